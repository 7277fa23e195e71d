import { numbersInDigits } from './entities/numbers'
import { fold } from './fold'
import type { Lexicon } from './lexicon'
import { remembered } from './remembered'
import type { Speller } from './spelling'

/** A folded sentence as the model sees it. */
export type Words = {
  /** Words corrected and with expressions joined ("dar entrada" is one). */
  words: string[]
  /** For each word, the part it plays, or the word itself. */
  roles: string[]
  /** Share of the words that belong to the domain's vocabulary after correction. */
  familiar: number
  question: boolean
}

export type Reader = {
  read: (text: string) => Words
  /** The words as written, after abbreviations only: what the vocabulary is made from. */
  plain: (text: string) => string[]
}

/** Turns text into words by the lexicon and, when given, a speller. */
export function createReader(lexicon: Lexicon, speller?: Speller, known?: ReadonlySet<string>): Reader {
  const abbreviations = new Map(
    Object.entries(lexicon.words).map(([word, meaning]) => [word, meaning.split(' ')]),
  )
  const expressions = new Map<string, { words: string[]; becomes: string[] }[]>()
  for (const [expression, becomes] of Object.entries(lexicon.expressions)) {
    const words = expression.split(' ')
    const first = words[0] ?? ''
    const list = expressions.get(first) ?? []
    list.push({ words, becomes: becomes.split(' ') })
    expressions.set(
      first,
      list.sort((a, b) => b.words.length - a.words.length),
    )
  }
  const courtesy = new Set(lexicon.courtesy.filter((each) => !each.includes(' ')))
  const courtesyPairs = new Set(lexicon.courtesy.filter((each) => each.includes(' ')))
  const role = remembered(roleFinder(lexicon))
  const spell = speller === undefined ? undefined : remembered(speller)
  const emoji = Object.entries(lexicon.emoji)

  // The same sentence is read for danger and for its wish.
  let last: { text: string; words: string[] } | undefined

  function plain(text: string): string[] {
    if (last?.text !== text) last = { text, words: wordsOf(text) }
    return last.words
  }

  function wordsOf(text: string): string[] {
    let spoken = text
    for (const [sign, word] of emoji) if (spoken.includes(sign)) spoken = spoken.replaceAll(sign, ` ${word} `)
    const raw = numbersInDigits(fold(spoken)).match(/\d+(?:[.,/-]\d+)*|[a-z]+|[º@]/g) ?? []
    const words: string[] = []
    for (const token of raw) {
      const word = /^\d/.test(token) ? token : token.replace(/([a-z])\1{2,}/g, '$1')
      words.push(...(abbreviations.get(word) ?? [word]))
    }
    return words
  }

  function read(text: string): Words {
    const spelt =
      spell === undefined ? plain(text) : plain(text).map((word) => (isNumber(word) ? word : spell(word)))
    const joined = join(spelt, expressions)
    const words = withoutCourtesy(joined, courtesy, courtesyPairs).map((word) =>
      isNumber(word) ? shapeOf(word) : word,
    )
    const letters = words.filter((word) => !word.startsWith('#'))
    const familiar =
      known === undefined ? 1 : letters.filter((word) => known.has(word)).length / Math.max(1, letters.length)
    return { words, roles: words.map(role), familiar, question: text.includes('?') }
  }

  return { read, plain }
}

function isNumber(word: string): boolean {
  return /^\d/.test(word)
}

/** Numbers matter by their shape: an age, a year, an amount, a long code. */
function shapeOf(number: string): string {
  if (/^(19|20)\d\d$/.test(number)) return '#year'
  if (/^\d{1,2}[/-]\d{1,2}([/-]\d{2,4})?$/.test(number)) return '#date'
  if (/^\d{1,3}(\.\d{3})+|,\d\d$/.test(number)) return '#amount'
  const digits = number.replace(/\D/g, '').length
  if (digits <= 2) return '#small'
  return digits <= 4 ? '#middle' : '#long'
}

function join(words: string[], expressions: Map<string, { words: string[]; becomes: string[] }[]>): string[] {
  const joined: string[] = []
  for (let at = 0; at < words.length; ) {
    const match = (expressions.get(words[at] ?? '') ?? []).find((each) =>
      each.words.every((word, offset) => words[at + offset] === word),
    )
    if (match === undefined) {
      joined.push(words[at] ?? '')
      at += 1
    } else {
      joined.push(...match.becomes)
      at += match.words.length
    }
  }
  return joined
}

/** "Bom dia, moça, quando cai meu pagamento?" is about the payment; "bom dia" alone is a greeting. */
function withoutCourtesy(words: string[], courtesy: Set<string>, pairs: Set<string>): string[] {
  const kept: string[] = []
  for (let at = 0; at < words.length; at += 1) {
    if (courtesy.has(words[at] ?? '')) continue
    if (pairs.has(`${words[at]} ${words[at + 1]}`)) at += 1
    else kept.push(words[at] ?? '')
  }
  const thanked = words.some((word) => THANKS.test(word))
  const telling = kept.filter((word) => word.length > 3).length
  return telling >= (thanked ? 3 : 1) ? kept : words
}

const THANKS = /^(obrigad[oa]|grat[oa]|agradeco)$/

function roleFinder(lexicon: Lexicon): (word: string) => string {
  const exact = new Map<string, string>()
  const starts: [string, string][] = []
  for (const [concept, words] of Object.entries(lexicon.concepts)) {
    for (const word of words) {
      if (word.endsWith('*')) starts.push([word.slice(0, -1), `@${concept}`])
      else if (!exact.has(word)) exact.set(word, `@${concept}`)
    }
  }
  return (word) => exact.get(word) ?? starts.find(([start]) => word.startsWith(start))?.[1] ?? word
}
