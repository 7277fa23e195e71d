import words from '../../locales/pt-BR/person-words.json'
import type { Mentions } from '../../src/nlu/index'
import { fold } from '../readings'

/** Somebody has had enough: whoever takes over should know before the first word. */
export function isAngry(text: string): boolean {
  return anger.test(bare(text))
}

/** A sentence about a disability, of the writer or of whoever the benefit is for. */
export function tellsDisability(text: string): boolean {
  return disability.test(bare(text))
}

/** The person needs somebody who can write to the deaf or the blind. */
export function needsAccessibility(text: string): boolean {
  return accessibility.test(bare(text))
}

/** "Voltar", "desisto", "sair da fila": said while waiting for a person. */
export function leavesLine(text: string): boolean {
  return leaveLine.test(bare(text))
}

/** "Voltar ao assistente": said to a person of the desk it can mean nothing else. */
export function leavesPeople(text: string): boolean {
  return leavePeople.test(bare(text))
}

/** "Alguém vem?", "cadê o atendente?": whoever was promised a call-back asks after it. */
export function asksAfterPeople(text: string): boolean {
  return askAfterPeople.test(bare(text))
}

/** Eighty years or older on a day, as far as a sentence or a fact tells. */
export function isElderly({ age, birthDate }: Pick<Mentions, 'age' | 'birthDate'>, today: string): boolean {
  if (age !== undefined) return age >= ELDERLY
  if (birthDate === undefined || birthDate.certainty === 'again') return false
  return birthDate.value <= `${Number(today.slice(0, 4)) - ELDERLY}${today.slice(4)}`
}

/** Lei 10.741/2003, art. 3º, § 2º: those over eighty come before other elderly people. */
const ELDERLY = 80

const anger = anywhere(words.anger)
const disability = anywhere(words.disability)
const accessibility = anywhere(words.accessibility)
const leaveLine = whole(words.leaveLine)
const leavePeople = whole(words.leavePeople)
const askAfterPeople = whole(words.asksAfterPeople)

function whole(patterns: string[]): RegExp {
  return new RegExp(`^(?:${patterns.join('|')})$`)
}

function anywhere(patterns: string[]): RegExp {
  return new RegExp(`\\b(?:${patterns.join('|')})(?![a-z])`)
}

/** Small letters without accents and signs. */
function bare(text: string): string {
  return fold(text)
    .replace(/[^a-z0-9]+/g, ' ')
    .trim()
}
