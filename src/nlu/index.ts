import { loadCrisisDetector } from './crisis'
import type { IntentId } from './intents'
import { MODEL_FILE, readModel } from './model-file'
import type { Reading } from './reading'
import { createUnderstand } from './understand'

export { readAge } from './entities/age'
export { readBank } from './entities/bank'
export { readChoice } from './entities/choice'
export { readCompetence } from './entities/competence'
export { completeDate, readBirthDate, readDate } from './entities/dates'
export { readDuration } from './entities/duration'
export {
  readBenefitNumber,
  readCep,
  readCpf,
  readFinalDigit,
  readNit,
  readPhone,
  readProtocol,
} from './entities/identifiers'
export { readKinship, tellsOfDeath } from './entities/kinship'
export { readMoney } from './entities/money'
export { readCity, readState } from './entities/places'
export { readSex } from './entities/sex'
export { readYesNo } from './entities/yes-no'
export { type IntentId, intentIds } from './intents'
export type { Reading } from './reading'
export { asides } from './wishes'

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
  /** "Ainda trabalho com carteira", "pago o carnê". */
  stillContributing?: boolean
  /** "E se eu parar de contribuir?" */
  stopsContributing?: boolean
  /** "E se eu passar a pagar sobre 3 mil?", in centavos a month. */
  newSalary?: number
  teacher?: boolean
  rural?: boolean
  employmentStatus?: 'employed' | 'unemployed' | 'self_employed' | 'mei' | 'domestic' | 'rural' | 'homemaker'
}

/**
 * Understands one sentence. Pure and quick (≤ 0.2 ms typically; bounded for any text).
 * `today` (civil date) is needed for relative days ("ontem") and two-digit years; without it those are left out.
 */
export type Understand = (text: string, today?: string) => Meaning

/** People say the same short things ("oi", "sim", "quero simular minha aposentadoria"); so many are remembered. */
const REMEMBERED = 2000
const SHORT = 60

/** The same understanding, which does not work out again what it was asked lately. */
export function remembering(understand: Understand): Understand {
  const known = new Map<string, Meaning>()
  return (text, today) => {
    if (text.length > SHORT) return understand(text, today)
    const key = `${today}|${text}`
    const before = known.get(key)
    known.delete(key)
    const meaning = before ?? understand(text, today)
    if (known.size >= REMEMBERED) known.delete(known.keys().next().value ?? '')
    known.set(key, meaning)
    return copyOf(meaning)
  }
}

/** Dialogs keep parts of it as facts, and change them. */
function copyOf(meaning: Meaning): Meaning {
  const { nearest, intents, mentions } = meaning
  const told = Object.entries(mentions)
  return {
    ...meaning,
    nearest: nearest.map((each) => ({ ...each })),
    intents: [...intents],
    mentions: Object.fromEntries(
      told.map(([name, value]) => [name, typeof value === 'object' ? { ...value } : value]),
    ),
  }
}

/**
 * Loads the model trained ahead by `src/nlu/train.ts`.
 * @throws Error when the file is missing or of another version: the build was not run
 */
export function loadUnderstanding(modelFile: string = MODEL_FILE): Understand {
  return createUnderstand(readModel(modelFile), loadCrisisDetector())
}
