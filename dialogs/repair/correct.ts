import { t } from '../../src/text'
import { fold } from '../readings'
import type { Answer, Context, Question } from '../service'

type Input<F extends object> = {
  answer: Answer
  context: Context
  facts: Partial<F>
  /** Facts the person gave, oldest first: the newest is the likeliest to be meant. */
  given: (keyof F & string)[]
  questions: Question<F>[]
  openFact: string
  openReadingIsSure: boolean
}

/** What the person wants changed: to a value, or (without one) asked again. */
export type Correction<F extends object> =
  | { question: Question<F>; value: unknown }
  | { question: Question<F>; value?: undefined }

/**
 * Recognises the correction of an earlier answer: by name ("a data está errada, é 12/03/65"), by marker and value
 * ("na verdade são 30 anos"), by old and new value in either order ("não 180, 200"; "200, não 180").
 */
export function findCorrection<F extends object>(input: Input<F>): Correction<F> | undefined {
  const text = fold(input.answer.text)
  const marked = MARKERS.test(text)
  if (!marked) return undefined
  const changeable = input.questions
    .filter((question) => question.confirms !== true && input.facts[question.fact] !== undefined)
    .sort((a, b) => input.given.indexOf(b.fact) - input.given.indexOf(a.fact))
  const named = changeable.find((question) => names(question).some((name) => hasWord(text, name)))
  if (named !== undefined) {
    const value = newValue(named, input)
    if (value !== undefined) return { question: named, value }
    // "não é a data" is no order to erase it while the open question can take the sentence.
    return input.openReadingIsSure ? undefined : { question: named }
  }
  if (input.openReadingIsSure) return undefined
  for (const question of changeable) {
    const value = newValue(question, input)
    if (value !== undefined) return { question, value }
  }
  return undefined
}

/** "Deixa como estava": takes the last correction back. */
export function undoesCorrection(text: string): boolean {
  return /\b(deixa|deixe|volta|fica)\b.*\b(como (estava|era|tava)|quieto|anterior)\b|\bestava cert[oa]\b/.test(
    fold(text),
  )
}

const MARKERS =
  /\b(corrig\w*|corrij\w*|errei|erra(do|da)|engan\w*|na verdade|alias|quis dizer|mud(a|ar|e|ei)|alter\w*|troc(a|ar|ue|o)|apag(a|ar|ue)|nao (e|era|eh|sao|foi)|desculpa|confundi|retific\w*|nao \d)/

/** The value in the message that differs from the one we have; what was denied is not it. */
function newValue<F extends object>(question: Question<F>, input: Input<F>): unknown {
  const current = JSON.stringify(input.facts[question.fact])
  for (const part of parts(input.answer.text)) {
    const answer: Answer = { text: part, meaning: input.answer.meaning, pressed: false }
    const reading = question.read(answer, input.facts, input.context)
    if (reading.certainty !== 'again' && JSON.stringify(reading.value) !== current) return reading.value
  }
  return undefined
}

/** The sentence in pieces that may each hold a value, the denied pieces last. */
function parts(text: string): string[] {
  const pieces = text
    .split(/[,;]|\b(?:e sim|mas|foi|é|eh|era|são|sao|para|pra)\b/i)
    .map((piece) => piece.trim())
    .filter((piece) => piece !== '')
  const denied = pieces.filter((piece) => /^n[aã]o\b/i.test(piece))
  const affirmed = pieces.filter((piece) => !denied.includes(piece))
  return [...affirmed.reverse(), text, ...denied.map((piece) => piece.replace(/^n[aã]o\s*/i, ''))]
}

function names<F extends object>(question: Question<F>): string[] {
  return question.names === undefined
    ? []
    : t(question.names)
        .split(',')
        .map((name) => fold(name.trim()))
}

function hasWord(text: string, word: string): boolean {
  return new RegExp(`\\b${word}\\b`).test(text)
}
