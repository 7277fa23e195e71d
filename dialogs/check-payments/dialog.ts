import { type Mentions, readBenefitNumber, readFinalDigit } from '../../src/nlu/index'
import type { Reading } from '../../src/nlu/reading'
import { t } from '../../src/text'
import { fold, picked, yesOrNo } from '../readings'
import type { Answer, Service } from '../service'
import { answerNext, chooseBenefit, tellCalendar, tellPayments } from './report'

export type PaymentFacts = {
  /** The person says that something is wrong with a payment. */
  problem: boolean
  path: 'login' | 'calendar'
  login: string
  /** Which of the person's benefits, by position in the INSS's list; -1 while several wait for a choice. */
  benefit: number
  /** Names of the benefits to choose from. */
  names: string[]
  chosen: true
  /** Final digit of the benefit number, the one before the dash. */
  digit: number
  aboveMinimum: boolean
  calendar: true
  report: true
  next: NextPaymentStep
  followUp: true
}

export type NextPaymentStep = 'older' | 'lines' | 'calendar' | 'done'

/** Payments: with login what was and will be paid; without it the calendar by the benefit number's final digit. */
export const checkPayments: Service<PaymentFacts> = {
  id: 'check-payments',
  title: 'payments.title',
  ofRelatives: () => true,
  prefill,
  steps: [
    {
      fact: 'path',
      ask: (facts) => ({
        say: [t(facts.problem === true ? 'payments.ask_path_problem' : 'payments.ask_path')],
        choices: [t('payments.choice_login'), t('payments.choice_calendar')],
      }),
      read: readPath,
      why: 'payments.why_path',
      example: 'payments.example_path',
    },
    {
      fact: 'login',
      when: (facts) => facts.path === 'login',
      login: { purpose: 'payments.login_purpose', level: 'bronze' },
      refused: () => ({ say: [t('payments.without_login')], facts: { path: 'calendar' } }),
    },
    { fact: 'names', when: (facts) => facts.path === 'login', find: chooseBenefit },
    {
      fact: 'benefit',
      when: (facts) => facts.path === 'login',
      ask: (facts) => ({ say: [t('payments.ask_benefit')], choices: facts.names ?? [] }),
      read: (answer, facts) =>
        picked(
          answer,
          (facts.names ?? []).map((_, index) => index),
        ),
      example: 'payments.example_benefit',
    },
    { fact: 'report', when: (facts) => facts.path === 'login', find: tellPayments },
    {
      fact: 'digit',
      when: (facts) => facts.path === 'calendar',
      ask: () => ({ say: [t('payments.ask_digit')] }),
      read: readDigit,
      show: (value) => String(value),
      names: 'payments.names_digit',
      why: 'payments.why_digit',
      example: 'payments.example_digit',
      reasons: { check_digit: 'payments.digit_check' },
    },
    {
      fact: 'aboveMinimum',
      when: (facts) => facts.path === 'calendar',
      ask: () => ({
        say: [t('payments.ask_above')],
        choices: [t('payments.choice_above'), t('payments.choice_minimum')],
      }),
      read: readAbove,
      show: (value) => t(value === true ? 'payments.choice_above' : 'payments.choice_minimum'),
      names: 'payments.names_above',
      why: 'payments.why_above',
      example: 'payments.example_above',
    },
    { fact: 'calendar', when: (facts) => facts.path === 'calendar', find: tellCalendar },
    {
      fact: 'next',
      when: (facts) => facts.path === 'login',
      ask: () => ({
        say: [t('payments.ask_next')],
        choices: [
          t('payments.next_lines'),
          t('payments.next_older'),
          t('payments.next_calendar'),
          t('payments.next_done'),
        ],
      }),
      read: readNext,
      example: 'payments.example_next',
    },
    { fact: 'followUp', when: (facts) => facts.path === 'login', find: answerNext },
  ],
  finish: async () => ({ end: 'answered' }),
}

function prefill(mentions: Mentions): Partial<PaymentFacts> {
  const facts: Partial<PaymentFacts> = {}
  if (mentions.benefitDigit !== undefined)
    Object.assign(facts, { digit: mentions.benefitDigit, path: 'calendar' })
  if (mentions.aboveMinimum !== undefined) facts.aboveMinimum = mentions.aboveMinimum
  return facts
}

const ASKS_WHEN = /\bquando\b|\bq(ue)? dia\b/

/** "E quando que cai, então?" is answered by the calendar; why it did not come is not. */
function readPath(answer: Answer): Reading<PaymentFacts['path']> {
  const choice = picked(answer, ['login', 'calendar'] as const)
  const text = fold(answer.text)
  if (choice.certainty === 'again' && ASKS_WHEN.test(text) && !/\bpor ?q/.test(text))
    return { certainty: 'sure', value: 'calendar' }
  return choice
}

/** The digit alone ("4", "termina em 4") or the whole number, whose ninth digit it is. */
function readDigit(answer: Answer): Reading<number> {
  const whole = readBenefitNumber(answer.text)
  if (whole.certainty !== 'again') return { certainty: 'sure', value: Number(whole.value[8]) }
  return whole.reason === 'check_digit' ? whole : readFinalDigit(answer.text)
}

function readAbove(answer: Answer): Reading<boolean> {
  if (answer.choice !== undefined) return { certainty: 'sure', value: answer.choice === 0 }
  const text = fold(answer.text)
  if (/\b(mais|acima|maior)\b/.test(text)) return { certainty: 'sure', value: true }
  if (/\b(um|1) salario|\bso o minimo|\bminimo\b|\bloas\b|\bbpc\b/.test(text))
    return { certainty: 'sure', value: false }
  return yesOrNo(answer)
}

function readNext(answer: Answer): Reading<NextPaymentStep> {
  const choice = picked(answer, ['lines', 'older', 'calendar', 'done'] as const)
  if (choice.certainty === 'sure') return choice
  const text = fold(answer.text)
  if (/\bdescont|\bexplic|\bpor ?que|\bmenos\b|\bmenor\b/.test(text))
    return { certainty: 'sure', value: 'lines' }
  if (ASKS_WHEN.test(text) || /\bcalendario|\bproxim/.test(text))
    return { certainty: 'sure', value: 'calendar' }
  if (/\banterior|\bantig|\boutros|\bpassad|\bextrato|\bultim/.test(text))
    return { certainty: 'sure', value: 'older' }
  if (
    /^(nao|n|nada|so isso|obrigad\w*|valeu|tchau|termin\w*|encerr\w*|chega|ok|ta bom|pronto)\b/.test(text)
  ) {
    return { certainty: 'sure', value: 'done' }
  }
  return { certainty: 'again', reason: 'choice' }
}
