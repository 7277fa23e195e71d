import { dateWithWeekday, money, monthOfYear } from '../../src/format'
import type { Calculated } from '../../src/inss/schemas'
import { type Mentions, readMoney } from '../../src/nlu/index'
import type { Reading } from '../../src/nlu/reading'
import { isShort, t } from '../../src/text'
import { picked } from '../readings'
import type { Answer, Context, Found, Say, Service } from '../service'

export type ContributionFacts = {
  who: Who
  plan: '20' | '11' | '5'
  /** Centavos of the month. */
  pay: number
  told: true
}

type Who = 'empregado' | 'domestico' | 'autonomo' | 'mei' | 'facultativo' | 'empresa'
type Facts = Partial<ContributionFacts>
type Contribution = Calculated<'contribuicao'>

const whos = ['empregado', 'domestico', 'autonomo', 'mei', 'facultativo', 'empresa'] as const

/** How much a person pays the INSS in a month, until when, and what makes the month count. */
export const contribution: Service<ContributionFacts> = {
  id: 'contribution',
  title: 'contribution.title',
  prefill,
  steps: [
    {
      fact: 'who',
      ask: () => ({
        say: [t('contribution.ask_who')],
        choices: [
          t('contribution.choice_empregado'),
          t('contribution.choice_domestico'),
          t('contribution.choice_autonomo'),
          t('contribution.choice_mei'),
          t('contribution.choice_facultativo'),
          t('contribution.choice_empresa'),
        ],
      }),
      read: (answer) => picked(answer, whos),
      show: (value) => t(`contribution.choice_${value as Who}`),
      names: 'contribution.names_who',
      why: 'contribution.why_who',
      example: 'contribution.example_who',
    },
    {
      fact: 'plan',
      when: (facts) => facts.who === 'autonomo' || facts.who === 'facultativo',
      ask: (facts) => ({
        say: [t(facts.who === 'facultativo' ? 'contribution.ask_plan_three' : 'contribution.ask_plan')],
        choices: plansOf(facts).map((plan) => t(`contribution.choice_plan_${plan}`)),
      }),
      read: (answer, facts) => picked(answer, plansOf(facts)),
      show: (value) => t(`contribution.choice_plan_${value as '20' | '11' | '5'}`),
      names: 'contribution.names_plan',
      why: 'contribution.why_plan',
      example: 'contribution.example_plan',
    },
    {
      fact: 'pay',
      when: (facts) => facts.who !== 'mei' && (facts.plan === undefined || facts.plan === '20'),
      ask: (facts) => ({
        say: [t(facts.who === 'facultativo' ? 'contribution.ask_pay_chosen' : 'contribution.ask_pay')],
      }),
      read: (answer, _facts, context) => readPay(answer, context),
      show: (value) => money(Number(value)),
      names: 'contribution.names_pay',
      why: 'contribution.why_pay',
      example: 'contribution.example_pay',
      reasons: { too_low: 'contribution.pay_too_low' },
    },
    { fact: 'told', find: tell },
  ],
  finish: async () => ({ end: 'answered' }),
}

const whoByWork: Partial<Record<NonNullable<Mentions['employmentStatus']>, Who>> = {
  employed: 'empregado',
  domestic: 'domestico',
  self_employed: 'autonomo',
  mei: 'mei',
  homemaker: 'facultativo',
}

function prefill({ employmentStatus, averageSalary }: Mentions): Partial<ContributionFacts> {
  const who = employmentStatus && whoByWork[employmentStatus]
  return { ...(who && { who }), ...(averageSalary !== undefined && { pay: averageSalary }) }
}

/** The cheapest plan of all is only for those without income of their own. */
function plansOf(facts: Facts): ('20' | '11' | '5')[] {
  return facts.who === 'facultativo' ? ['20', '11', '5'] : ['20', '11']
}

function readPay(answer: Answer, context: Context): Reading<number> {
  const reading = readMoney(answer.text, context.amounts)
  if (reading.certainty !== 'again' && reading.value < 1_000) return { certainty: 'again', reason: 'too_low' }
  return reading
}

/** The month that can still be paid in time: the one before, until its day has passed. */
async function tell(facts: Facts, context: Context): Promise<Found<ContributionFacts>> {
  const month = context.today.slice(0, 7)
  const before = await ask(facts, previous(month), context)
  const inTime = before?.dueDate != null && before.dueDate >= context.today
  const answer = inTime ? before : await ask(facts, month, context)
  if (answer === undefined) return { say: [t('contribution.no_values')], end: 'answered' }
  return { say: [...inWords(facts, answer), ...more(answer)], facts: { told: true }, end: 'answered' }
}

/** Undefined where the year's values are not known. */
async function ask(facts: Facts, month: string, context: Context): Promise<Contribution | undefined> {
  const { who = 'empregado', plan, pay = 0 } = facts
  const answer = await context.inss.calculate('contribuicao', {
    month,
    pay,
    category: who === 'autonomo' || who === 'empresa' ? 'contribuinte_individual' : who,
    ...(who === 'empresa' ? { forCompany: true } : {}),
    ...(plan === undefined ? {} : { plan }),
  })
  return answer.ok ? answer.value : undefined
}

function inWords({ who, pay = 0 }: Facts, answer: Contribution): Say[] {
  const amount = money(answer.amount)
  const month = monthOfYear(answer.month)
  if (answer.dueDate === null) {
    const params = { amount, month, pay: money(pay) }
    return [t(who === 'empresa' ? 'contribution.kept_by_company' : 'contribution.kept_by_employer', params)]
  }
  const due = dateWithWeekday(answer.dueDate)
  if (answer.das !== null) {
    const { comercio, comercio_e_servicos: both } = answer.das
    return [t('contribution.mei', { amount, month, due, least: money(comercio), most: money(both) })]
  }
  return [t('contribution.own', { amount, month, due, base: money(answer.base) })]
}

/** What makes the month count, and how it is paid. */
function more(answer: Contribution): Say[] {
  const { complement } = answer
  const say: Say[] = []
  if (complement?.why === 'abaixo_do_minimo') {
    const params = { amount: money(complement.amount), due: dateWithWeekday(complement.dueDate) }
    say.push(t('contribution.below_minimum', params))
  }
  if (complement?.why === 'plano_reduzido')
    say.push(t('contribution.reduced', { amount: money(complement.amount) }))
  if (answer.dueDate !== null) {
    say.push(t(answer.das === null ? 'contribution.how' : 'contribution.how_mei'))
    // What is late costs more, and in brief it is told only when asked for.
    if (!isShort()) say.push(t('contribution.late'))
  }
  return say
}

function previous(month: string): string {
  const [year = 0, number = 0] = month.split('-').map(Number)
  return number === 1 ? `${year - 1}-12` : `${year}-${String(number - 1).padStart(2, '0')}`
}
