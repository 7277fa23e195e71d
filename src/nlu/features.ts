import { remembered } from './remembered'
import { stemOf } from './stem'
import type { Words } from './words'

/** Buckets of the hashed feature space; a power of two. */
export const BUCKETS = 1 << 17

/** One sentence as sparse weights: `buckets[i]` carries `values[i]`. */
export type Features = { buckets: Int32Array; values: Float32Array }

/** How much each family of features weighs in the sentence's vector. */
const FAMILIES = {
  word: 1,
  stem: 0.6,
  pair: 0.6,
  role: 0.4,
  rolePair: 0.5,
  together: 0.5,
  letters: 0.8,
  shape: 0.3,
}
/** Each telling part weighs this much however long the sentence: one "fgts" decides a whole story. */
const SIGN = 0.35

/** The sentence's features, hashed into buckets. */
export function featuresOf(sentence: Words): Features {
  const used: number[] = []
  eachFeature(sentence, (key, weight) => {
    const bucket = bucketOf(key)
    if (sums[bucket] === 0) used.push(bucket)
    sums[bucket] = (sums[bucket] as number) + weight
  })
  const buckets = Int32Array.from(used)
  const values = new Float32Array(used.length)
  for (let at = 0; at < used.length; at += 1) {
    values[at] = sums[used[at] as number] as number
    sums[used[at] as number] = 0
  }
  return { buckets, values }
}

/** All zero between sentences; every weight is positive. */
const sums = new Float64Array(BUCKETS)

/**
 * Words, their stems, pairs of words, the parts they play (alone, in pairs and in the same sentence), and the letters
 * inside them (which survive spellings nobody foresaw). Each family has unit length times its weight, so a long story
 * does not outweigh a short wish; only signs do not fade. A key may come more than once.
 */
export function eachFeature(sentence: Words, take: (key: string, weight: number) => void): void {
  const { words, roles } = sentence
  const family = (weight: number, keys: Set<string>) => {
    const value = weight / Math.sqrt(Math.max(1, keys.size))
    for (const key of keys) take(key, value)
  }
  const each = words.map(keysOf)
  family(FAMILIES.word, new Set(each.map(({ word }) => word)))
  family(FAMILIES.stem, new Set(each.map(({ stem }) => stem)))
  family(FAMILIES.pair, pairs(words, 'p'))
  family(FAMILIES.role, new Set(roles.map((role) => `r${role}`)))
  family(FAMILIES.rolePair, pairs(roles, 'q'))
  family(FAMILIES.together, together(roles))
  family(FAMILIES.letters, new Set(each.flatMap(({ letters }) => letters)))
  family(FAMILIES.shape, shape(sentence))
  for (const key of signs(words, roles)) take(key, SIGN)
}

function pairs(words: string[], mark: string): Set<string> {
  const keys = new Set<string>()
  for (let at = 0; at <= words.length; at += 1) keys.add(`${mark}${words[at - 1] ?? '^'} ${words[at] ?? '$'}`)
  return keys
}

/** Parts that are played in the same sentence, however far apart: stories put many words between them. */
const MOST_TOGETHER = 14

function together(roles: string[]): Set<string> {
  const telling = [...new Set(roles.filter((role) => role.startsWith('@') || role.length > 4))]
  const first = telling.slice(0, MOST_TOGETHER).sort()
  const keys = new Set<string>()
  for (let at = 0; at < first.length; at += 1)
    for (const other of first.slice(at + 1)) keys.add(`b${first[at]} ${other}`)
  return keys
}

/** What belongs to another body is a sign by its word too, since there are many of them. */
function signs(words: string[], roles: string[]): Set<string> {
  const keys = new Set<string>()
  roles.forEach((role, at) => {
    if (role.startsWith('@')) keys.add(`M${role}`)
    if (role === '@alheio') keys.add(`m${words[at]}`)
  })
  return keys
}

/** The keys a word gives wherever it stands. */
const keysOf = remembered((word) => ({ word: `w${word}`, stem: `t${stemOf(word)}`, letters: letters(word) }))

function letters(word: string): string[] {
  if (word.startsWith('#')) return []
  const framed = `^${word}$`
  const keys: string[] = []
  for (const size of [3, 4]) {
    for (let at = 0; at + size <= framed.length; at += 1) keys.push(`l${framed.slice(at, at + size)}`)
  }
  return keys
}

function shape({ words, question }: Words): Set<string> {
  const length =
    words.length <= 2 ? 'short' : words.length <= 6 ? 'middle' : words.length <= 14 ? 'long' : 'story'
  return new Set([`s${length}`, `s?${question}`, `s^${words[0] ?? ''}`, `s$${words.at(-1) ?? ''}`])
}

/** FNV-1a over the key's code units, mixed and folded into the buckets. */
export function bucketOf(key: string): number {
  let value = 0x811c9dc5
  for (let at = 0; at < key.length; at += 1) {
    value ^= key.charCodeAt(at)
    value = Math.imul(value, 0x01000193)
  }
  value = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d)
  return (value ^ (value >>> 12)) & (BUCKETS - 1)
}
