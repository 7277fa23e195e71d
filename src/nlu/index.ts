import { loadCrisisDetector } from './crisis'
import type { IntentId } from './intents'
import { MODEL_FILE, readModel } from './model-file'
import type { Reading } from './reading'
import { createUnderstand } from './understand'

export { type IntentId, intentIds } from './intents'
export type { Reading, ReasonCode } from './reading'

/** What one sentence means, before any question of the conversation is considered. */
export type Meaning = {
  /** The text, cleaned: control characters out, spaces single. Accents and capitals stay. */
  text: string
  /** The first wish; the most likely intent even when `understood` is false. */
  intent: IntentId
  /** Calibrated: of all sentences with confidence 0.8, about 8 in 10 are right. */
  confidence: number
  /** Whether to act on `intent`. False: ask which of `nearest` was meant. */
  understood: boolean
  /** The three most likely intents, best first. */
  nearest: { intent: IntentId; confidence: number }[]
  /** Every wish of the sentence, in order, what was denied left out. At least one when understood. */
  intents: IntentId[]
  /** Set by a detector of its own, so that no threshold hides it. */
  crisis?: CrisisKind
  /** Facts told by the way. */
  mentions: Mentions
}

export type CrisisKind = 'suicide' | 'hunger' | 'violence' | 'emergency'

export type Duration = { years: number; months: number; days: number }

/** Facts told in any sentence. No number is taken twice: "30" of contribution is not also an age. */
export type Mentions = {
  /** Whole years. */
  age?: number
  birthDate?: Reading<string>
  sex?: 'F' | 'M'
  contributionTime?: Duration
  /** Centavos a month. */
  averageSalary?: number
  /** Who the sentence is about, when not the writer: "mãe", "marido"… */
  kinship?: string
  /** Final digit of the benefit number, without the check digit. */
  benefitDigit?: number
  /** Whether the benefit pays more than one minimum wage. */
  aboveMinimum?: boolean
  /** Day of the birth, adoption or loss a maternity pay is asked for. */
  eventDate?: Reading<string>
  eventKind?: 'parto' | 'adocao' | 'aborto' | 'natimorto' | 'afastamento_pre_parto'
  /** "E se eu parar de contribuir?" */
  stopsContributing?: boolean
  /** "E se eu passar a pagar sobre 3 mil?", in centavos a month. */
  newSalary?: number
  teacher?: boolean
  rural?: boolean
  employmentStatus?: 'employed' | 'unemployed' | 'self_employed' | 'mei' | 'domestic' | 'rural'
}

/**
 * Understands one sentence. Pure and quick (≤ 0.2 ms typically; bounded for any text).
 * `today` (civil date) is needed for relative days ("ontem") and two-digit years; without it those are left out.
 */
export type Understand = (text: string, today?: string) => Meaning

/**
 * Loads the model trained ahead by `src/nlu/train.ts`.
 * @throws Error when the file is missing or of another version: the build was not run
 */
export function loadUnderstanding(modelFile: string = MODEL_FILE): Understand {
  return createUnderstand(readModel(modelFile), loadCrisisDetector())
}

/** A birth date as `YYYY-MM-DD`, of a person aged 0 to 120 on `today`. */
export function readBirthDate(_text: string, _today: string): Reading<string> {
  throw new Error('not yet')
}

/** Any date as `YYYY-MM-DD`. With `past`, a missing year is the latest one that makes the day past. */
export function readDate(_text: string, _options: { today: string; past?: boolean }): Reading<string> {
  throw new Error('not yet')
}

/** A length of time. Not normalised: "180 meses" stays `{years: 0, months: 180, days: 0}`. */
export function readDuration(_text: string): Reading<Duration> {
  throw new Error('not yet')
}

/** An amount a month, in centavos. `minimumWage` and `ceiling` (centavos) resolve "dois salários" and "o teto". */
export function readMoney(
  _text: string,
  _amounts: { minimumWage: number; ceiling: number },
): Reading<number> {
  throw new Error('not yet')
}

/** Yes (true) or no (false). */
export function readYesNo(_text: string): Reading<boolean> {
  throw new Error('not yet')
}

/** Position (from 0) of the title meant: by number, order, place or name. */
export function readChoice(_text: string, _titles: string[]): Reading<number> {
  throw new Error('not yet')
}

export function readSex(_text: string): Reading<'F' | 'M'> {
  throw new Error('not yet')
}

/** Eleven digits with right check digits. */
export function readCpf(_text: string): Reading<string> {
  throw new Error('not yet')
}

/** Ten digits, the last one a check digit. */
export function readBenefitNumber(_text: string): Reading<string> {
  throw new Error('not yet')
}

/** The digit before the check digit, from a whole number or told alone ("termina em 4"): the payment calendar's key. */
export function readFinalDigit(_text: string): Reading<number> {
  throw new Error('not yet')
}

/** Protocol of a request, digits only. */
export function readProtocol(_text: string): Reading<string> {
  throw new Error('not yet')
}

/** Whole years. */
export function readAge(_text: string): Reading<number> {
  throw new Error('not yet')
}
