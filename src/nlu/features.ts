import { remembered } from './remembered'
import { stemOf } from './stem'
import type { Words } from './words'

/** Buckets of the hashed feature space; a power of two. */
export const BUCKETS = 1 << 17

/** One sentence as sparse weights: `buckets[i]` carries `values[i]`. */
export type Features = { buckets: Int32Array; values: Float32Array }

/** Takes one key: a letter that tells its family, and one or two words. It may come more than once. */
type Take = (mark: string, word: string, other?: string) => void

type Family = {
  /** Of the whole family in the sentence's vector, so that a long story does not outweigh a short wish. */
  weight: number
  /** Each key has the weight of the family however many there are: one "fgts" decides a whole story. */
  steady?: true
  keys: (sentence: Words, take: Take) => void
}

/**
 * Words, their stems, pairs of words, the parts they play (alone, in pairs and in the same sentence), and the letters
 * inside them (which survive spellings nobody foresaw).
 */
const families: Family[] = [
  { weight: 1, keys: ({ words }, take) => words.forEach((word) => void take('w', word)) },
  { weight: 0.6, keys: ({ words }, take) => words.forEach((word) => void take('t', stem(word))) },
  { weight: 0.6, keys: ({ words }, take) => pairs('p', words, take) },
  { weight: 0.4, keys: ({ roles }, take) => roles.forEach((role) => void take('r', role)) },
  { weight: 0.5, keys: ({ roles }, take) => pairs('q', roles, take) },
  { weight: 0.5, keys: together },
  { weight: 0.8, keys: ({ words }, take) => words.forEach((word) => void letters(word, take)) },
  { weight: 0.3, keys: shape },
  { weight: 0.35, steady: true, keys: signs },
]

/**
 * The sentence's features, hashed into buckets.
 * @param names gets what each bucket was made from, for explanations
 */
export function featuresOf(sentence: Words, names?: Map<number, string>): Features {
  const used: number[] = []
  let found: number[] = []
  const take: Take = (mark, word, other) => {
    const bucket = bucketOf(mark, word, other)
    if (seen[bucket] === turn) return
    seen[bucket] = turn
    found.push(bucket)
    names?.set(bucket, `${mark}${word}${other === undefined ? '' : ` ${other}`}`)
  }
  for (const { weight, steady, keys } of families) {
    turn = (turn + 1) | 0
    found = []
    keys(sentence, take)
    const value = steady === true ? weight : weight / Math.sqrt(Math.max(1, found.length))
    for (const bucket of found) {
      if (sums[bucket] === 0) used.push(bucket)
      sums[bucket] = (sums[bucket] as number) + value
    }
  }
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
/** In which family of which sentence a bucket was last found. */
const seen = new Int32Array(BUCKETS)
let turn = 0

const stem = remembered(stemOf)

function pairs(mark: string, words: string[], take: Take): void {
  for (let at = 0; at <= words.length; at += 1) take(mark, words[at - 1] ?? '^', words[at] ?? '$')
}

/** Parts that are played in the same sentence, however far apart: stories put many words between them. */
const MOST_TOGETHER = 14

function together({ roles }: Words, take: Take): void {
  const telling = [...new Set(roles.filter((role) => role.startsWith('@') || role.length > 4))]
  const first = telling.slice(0, MOST_TOGETHER).sort()
  for (let at = 0; at < first.length; at += 1)
    for (let other = at + 1; other < first.length; other += 1)
      take('b', first[at] as string, first[other] as string)
}

/** What belongs to another body is a sign by its word too, since there are many of them. */
function signs({ words, roles }: Words, take: Take): void {
  roles.forEach((role, at) => {
    if (role.startsWith('@')) take('M', role)
    if (role === '@alheio') take('m', words[at] as string)
  })
}

function letters(word: string, take: Take): void {
  for (const each of runs(word)) take('l', each)
}

/** Every three and four letters in a row of a word with its ends marked. */
const runs = remembered((word) => {
  const framed = `^${word}$`
  const found: string[] = []
  if (word.startsWith('#')) return found
  for (const size of [3, 4])
    for (let at = 0; at + size <= framed.length; at += 1) found.push(framed.slice(at, at + size))
  return found
})

function shape({ words, question }: Words, take: Take): void {
  const length =
    words.length <= 2 ? 'short' : words.length <= 6 ? 'middle' : words.length <= 14 ? 'long' : 'story'
  take('s', length)
  take('s?', String(question))
  take('s^', words[0] ?? '')
  take('s$', words.at(-1) ?? '')
}

/** FNV-1a over the code units of "mark, word, space, other word", mixed and folded into the buckets. */
function bucketOf(mark: string, word: string, other?: string): number {
  let value = hashed(0x811c9dc5, mark)
  value = hashed(value, word)
  if (other !== undefined) value = hashed(Math.imul(value ^ 32, 0x01000193), other)
  value = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d)
  return (value ^ (value >>> 12)) & (BUCKETS - 1)
}

function hashed(from: number, text: string): number {
  let value = from
  for (let at = 0; at < text.length; at += 1) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193)
  return value
}
