import { completeDate, readChoice, readYesNo } from '../src/nlu/index'
import type { Reading } from '../src/nlu/reading'
import { type Asked, questionsOf, type State } from './collect-state'
import { fold } from './readings'
import type { Answer, Context, Question, Service } from './service'
import type { Turn } from './turn-context'

/** The choice of an older question, or a word sent before a question with an effect was even asked. */
export function isStale(turn: Turn, asked: Asked, confirms: boolean): boolean {
  if (turn.inbound.kind !== 'text') return false
  const { questionId } = turn.inbound
  if (questionId !== undefined) return questionId !== asked.questionId
  return confirms && turn.inbound.at < asked.at
}

/**
 * What an effect needs: a few words and no figures, so that nothing else was meant. A number alone is the choice it
 * stands before, where choices are numbered lines.
 */
export function isPlainAnswer(text: string): boolean {
  if (/^\W*\d{1,2}\W*$/.test(text)) return true
  return text.split(/\s+/).length <= 6 && !/\d/.test(text)
}

/** The message as an answer to the open question. */
export function answerOf(turn: Turn, asked: Asked): Answer {
  const { inbound, meaning } = turn
  if (inbound.kind !== 'text' || meaning === undefined) throw new Error('an answer needs text')
  const answer: Answer = { text: meaning.text, meaning, pressed: false }
  if (asked.choices === undefined) return answer
  const same = asked.choices.indexOf(inbound.text.trim())
  if (same >= 0) return { ...answer, choice: same, pressed: true }
  const reading = readChoice(inbound.text, asked.choices)
  return reading.certainty === 'sure' ? { ...answer, choice: reading.value } : answer
}

/** The answer as the question reads it, with the part of a date that was told before: "nasci em 62", then "12/03". */
export function readAnswer<F extends object>(
  question: Question<F>,
  answer: Answer,
  state: State<F>,
  context: Context,
): Reading<unknown> {
  const told = state.partial?.fact === question.fact ? state.partial.date : undefined
  delete state.partial
  const reading = question.read(answer, state.facts, context)
  if (reading.certainty !== 'again' || answer.pressed) return reading
  const whole = told === undefined ? undefined : completeDate(told, answer.text, reading.partial)
  if (whole !== undefined) return question.read({ ...answer, text: whole }, state.facts, context)
  const date = reading.partial ?? told
  if (date !== undefined) state.partial = { fact: question.fact, date }
  return reading
}

export function isNo(text: string): boolean {
  const reading = readYesNo(text)
  return reading.certainty === 'sure' && !reading.value
}

/** Whether a message begins by refusing, however long it goes on. */
export function refusesFirst(text: string): boolean {
  return /^\W*(?:\w+\W+){0,2}(?:nao|n|num|nem|nunca|jamais|negativo)\b/.test(fold(text))
}

/** Facts that were not asked for yet and are told all the same, so that nobody is asked for them again. */
export function toldBesides<F extends object>(
  service: Service<F>,
  facts: Partial<F>,
  asked: Question<F>,
  reading: Reading<unknown>,
  answer: Answer,
  context: Context,
): Partial<F> {
  const known = reading.certainty === 'sure' ? { ...facts, [asked.fact]: reading.value } : facts
  const told: Partial<F> = { ...service.prefill?.(answer.meaning.mentions, context, known) }
  for (const question of questionsOf(service.steps)) {
    // A choice of the open question says nothing about another one.
    const applies = question.volunteered === true && answer.choice === undefined
    if (!applies || question.when?.(known) === false || told[question.fact] !== undefined) continue
    const volunteered = question.read(answer, known, context)
    if (volunteered.certainty === 'sure') Object.assign(told, { [question.fact]: volunteered.value })
  }
  const fresh = Object.entries(told).filter(
    ([fact]) => fact !== asked.fact && known[fact as keyof F] === undefined,
  )
  return Object.fromEntries(fresh) as Partial<F>
}
