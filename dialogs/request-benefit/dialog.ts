import { longDate } from '../../src/format'
import { type Mentions, readDate } from '../../src/nlu/index'
import type { Reading } from '../../src/nlu/reading'
import { type TextKey, t } from '../../src/text'
import { fold, picked, yesOrNo } from '../readings'
import type { Answer, Context, Service } from '../service'
import { checkEntitlement, sendRequest, summary } from './effects'

export type RequestFacts = {
  kind: Kind
  login: string
  eventKind: EventKind
  eventDate: string
  checked: Checked
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
}

const kinds = ['aposentadoria-idade', 'aposentadoria-tempo-contribuicao', 'salario-maternidade'] as const
const eventKinds = ['parto', 'afastamento_pre_parto', 'adocao', 'natimorto', 'aborto'] as const

/** Request of a benefit: the record is checked first, only what it lacks is asked, and nothing goes without a yes. */
export const requestBenefit: Service<RequestFacts> = {
  id: 'request-benefit',
  title: 'request.title',
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
      refused: () => ({ say: [t('request.without_login')], end: 'answered' }),
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
