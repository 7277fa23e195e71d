import { longDate } from '../../src/format'
import { type Mentions, readDate } from '../../src/nlu/index'
import type { Reading } from '../../src/nlu/reading'
import { isShort, type TextKey, t } from '../../src/text'
import { fold, picked, yesOrNo } from '../readings'
import type { Answer, Context, Service } from '../service'
import { checkAgain, checkEntitlement, findNewborn, sendRequest, summary } from './effects'

export type RequestFacts = {
  kind: Kind
  login: string
  /** A child of less than a year in the record; null when there is none. */
  newborn: { name: string; birthDate: string } | null
  forNewborn: boolean
  newbornTaken: true
  eventKind: EventKind
  eventDate: string
  checked: Checked
  /** Last day of the job that has no end in the record; null while the person still works there. */
  leftLastJobOn: string | null
  /** Code of the bank where to receive by card. */
  paymentBank: string
  /** Number of the birth certificate; null when it is not at hand. */
  certificate: string | null
  rechecked: true
  /** Whether to ask although the record does not prove the right. */
  anyway: boolean
  declined: true
  /** The id of the question whose yes sends the request. */
  confirmed: string
  requested: true
}

export type Kind = 'aposentadoria-idade' | 'aposentadoria-tempo-contribuicao' | 'salario-maternidade'
export type EventKind = 'parto' | 'adocao' | 'aborto' | 'natimorto' | 'afastamento_pre_parto'

/** What the check found, as far as the summary and the next question need it. */
export type Checked = {
  entitled: boolean
  automatic: boolean
  rule?: string
  amount?: number
  provisional?: boolean
  startDate?: string
  endDate?: string
  bank?: string
  deadlineDays?: number
  lacks: Lack[]
}

/** What the record does not hold and the person may tell, with the INSS's words for why. */
export type Lack = { fact: string; why: string; choices: { value: string; title: string }[] }

const kinds = ['aposentadoria-idade', 'aposentadoria-tempo-contribuicao', 'salario-maternidade'] as const
const eventKinds = ['parto', 'afastamento_pre_parto', 'adocao', 'natimorto', 'aborto'] as const

/** Request of a benefit: the record is checked first, only what it lacks is asked, and nothing goes without a yes. */
export const requestBenefit: Service<RequestFacts> = {
  id: 'request-benefit',
  title: 'request.title',
  ofRelatives: ({ kind }) => kind?.startsWith('aposentadoria') === true,
  prefill,
  steps: [
    {
      fact: 'kind',
      ask: () => ({ say: [t('request.ask_kind')], choices: kinds.map((kind) => t(`request.kind_${kind}`)) }),
      read: (answer) => picked(answer, kinds),
      show: (value) => t(`request.kind_${value}` as TextKey),
      why: 'request.why_kind',
      example: 'request.example_kind',
    },
    {
      fact: 'login',
      login: { purpose: 'request.login_purpose', level: 'silver' },
      refused: () => ({ say: [t('request.without_login')], end: 'answered', person: 'service_needs_person' }),
    },
    {
      fact: 'newborn',
      when: (facts) => maternity(facts) && facts.eventDate === undefined,
      find: findNewborn,
    },
    {
      fact: 'forNewborn',
      when: (facts) => maternity(facts) && facts.newborn != null,
      ask: ({ newborn }) => ({
        say: [
          t('request.ask_newborn', { name: newborn?.name ?? '', date: longDate(newborn?.birthDate ?? '') }),
        ],
        choices: [t('repair.choice_yes'), t('repair.choice_no')],
      }),
      read: yesOrNo,
      example: 'request.example_newborn',
    },
    {
      fact: 'newbornTaken',
      when: (facts) => facts.forNewborn === true,
      find: async ({ newborn }) => ({
        facts: {
          newbornTaken: true,
          eventKind: 'parto',
          ...(newborn != null && { eventDate: newborn.birthDate }),
        },
      }),
    },
    {
      fact: 'eventKind',
      when: maternity,
      ask: () => ({
        say: [t('request.ask_event')],
        choices: eventKinds.map((kind) => t(`request.event_${kind}`)),
      }),
      read: readEventKind,
      show: (value) => t(`request.event_${value}` as TextKey),
      names: 'request.names_event',
      why: 'request.why_event',
      example: 'request.example_event',
    },
    {
      fact: 'eventDate',
      when: maternity,
      ask: (facts) => ({ say: [t(`request.ask_date_${facts.eventKind ?? 'parto'}`)] }),
      read: readEventDate,
      show: (value) => longDate(String(value)),
      names: 'request.names_date',
      why: 'request.why_date',
      example: 'request.example_date',
      reasons: {
        future: 'request.date_future',
        too_old: 'request.date_too_old',
        impossible_date: 'simulation.birth_impossible',
        missing_day: 'simulation.birth_missing_day',
        missing_year: 'simulation.birth_missing_year',
      },
    },
    { fact: 'checked', find: checkEntitlement },
    {
      fact: 'leftLastJobOn',
      when: (facts) => lack(facts, 'leftLastJobOn') !== undefined,
      ask: (facts) => ({
        say: [lack(facts, 'leftLastJobOn')?.why ?? '', t('request.ask_left_job')],
        choices: [t('request.choice_still_there')],
      }),
      read: (answer, _facts, context) => readLeftJob(answer, context),
      show: (value) => (value === null ? t('request.choice_still_there') : longDate(String(value))),
      names: 'request.names_left_job',
      why: 'request.why_left_job',
      example: 'request.example_left_job',
      reasons: { future: 'request.date_future', impossible_date: 'simulation.birth_impossible' },
    },
    {
      fact: 'paymentBank',
      when: (facts) => lack(facts, 'paymentBank') !== undefined,
      ask: (facts) => ({
        say: [t('request.ask_bank')],
        choices: (lack(facts, 'paymentBank')?.choices ?? []).map((choice) => choice.title),
      }),
      read: (answer, facts) =>
        picked(
          answer,
          (lack(facts, 'paymentBank')?.choices ?? []).map((choice) => choice.value),
        ),
      show: (value) => String(value),
      names: 'request.names_bank',
      why: 'request.why_bank',
      example: 'request.example_bank',
    },
    {
      fact: 'certificate',
      when: (facts) => lack(facts, 'certificate') !== undefined,
      ask: (facts) => ({
        // In brief the check already said what the registry has not told.
        say: [...(isShort() ? [] : [lack(facts, 'certificate')?.why ?? '']), t('request.ask_certificate')],
        choices: [t('request.choice_no_certificate')],
      }),
      read: readCertificate,
      show: (value) => (value === null ? t('request.choice_no_certificate') : String(value)),
      names: 'request.names_certificate',
      why: 'request.why_certificate',
      example: 'request.example_certificate',
    },
    { fact: 'rechecked', when: (facts) => (facts.checked?.lacks.length ?? 0) > 0, find: checkAgain },
    {
      fact: 'anyway',
      when: (facts) => facts.checked?.entitled === false,
      ask: () => ({
        say: [t('request.ask_anyway')],
        choices: [t('request.choice_anyway'), t('request.choice_not_now')],
      }),
      read: yesOrNo,
      why: 'request.why_anyway',
      example: 'request.example_anyway',
    },
    {
      fact: 'declined',
      when: (facts) => facts.anyway === false,
      find: async () => ({ say: [t('request.not_sent')], end: 'answered' }),
    },
    {
      fact: 'confirmed',
      ask: (facts) => ({
        say: summary(facts),
        choices: [t('request.choice_send'), t('request.choice_do_not_send')],
      }),
      read: yesOrNo,
      why: 'request.why_confirm',
      example: 'request.example_confirm',
      confirms: true,
    },
    { fact: 'requested', find: sendRequest },
  ],
  finish: async () => ({ end: 'answered' }),
}

function maternity(facts: Partial<RequestFacts>): boolean {
  return facts.kind === 'salario-maternidade'
}

function lack(facts: Partial<RequestFacts>, fact: string): Lack | undefined {
  return facts.checked?.lacks.find((each) => each.fact === fact)
}

function readLeftJob(answer: Answer, context: Context): Reading<string | null> {
  const still = /\b(ainda|continuo|nao sai|sigo|estou la|to la)\b/.test(fold(answer.text))
  if (answer.choice === 0 || still) return { certainty: 'sure', value: null }
  const reading = readDate(answer.text, { today: context.today, past: true })
  if (reading.certainty === 'again') return reading
  return reading.value > context.today ? { certainty: 'again', reason: 'future' } : reading
}

/** The matrícula of a certificate has 32 digits (Provimento CNJ 63/2017); older ones are books and pages. */
function readCertificate(answer: Answer): Reading<string | null> {
  if (answer.choice === 0 || /\bnao (tenho|sei|achei)\b|\bsem certidao\b/.test(fold(answer.text))) {
    return { certainty: 'sure', value: null }
  }
  const digits = answer.text.replace(/\D/g, '')
  return digits.length === 32
    ? { certainty: 'sure', value: digits }
    : { certainty: 'again', reason: 'wrong_length' }
}

function prefill(mentions: Mentions, context: Context): Partial<RequestFacts> {
  const facts: Partial<RequestFacts> = {}
  const kind = eventKinds.find((each) => each === mentions.eventKind)
  if (kind !== undefined) facts.eventKind = kind
  const date = mentions.eventDate
  if (date?.certainty === 'sure' && kind === 'parto' && date.value <= context.today)
    facts.eventDate = date.value
  return facts
}

function readEventKind(answer: Answer): Reading<EventKind> {
  const choice = picked(answer, eventKinds)
  if (choice.certainty === 'sure') return choice
  const text = fold(answer.text)
  const said: [RegExp, EventKind][] = [
    [/\badot|\badoc|\bguarda\b/, 'adocao'],
    [/\bnatimort|\bnasceu mort|\bmorreu na barriga/, 'natimorto'],
    [/\babort|\bperdi o (bebe|nenem|nene)/, 'aborto'],
    [/\bgravid|\bgestante|\bainda nao nasceu|\bvai nascer|\bafast/, 'afastamento_pre_parto'],
    [/\bnasceu|\bparto|\bganhei (o |meu )?(bebe|nenem|nene)|\bcesarea/, 'parto'],
  ]
  const found = said.find(([pattern]) => pattern.test(text))
  return found === undefined
    ? { certainty: 'again', reason: 'choice' }
    : { certainty: 'sure', value: found[1] }
}

/** Five years: after that a salário-maternidade can no longer be asked for (Lei 8.213, art. 103 e parágrafo único). */
const OLDEST_EVENT_YEARS = 5

function readEventDate(answer: Answer, facts: Partial<RequestFacts>, context: Context): Reading<string> {
  const reading = readDate(answer.text, { today: context.today })
  if (reading.certainty === 'again') return reading
  const { value } = reading
  if (value > context.today && facts.eventKind !== 'afastamento_pre_parto')
    return { certainty: 'again', reason: 'future' }
  if (Number(value.slice(0, 4)) < Number(context.today.slice(0, 4)) - OLDEST_EVENT_YEARS) {
    return { certainty: 'again', reason: 'too_old' }
  }
  return reading
}
