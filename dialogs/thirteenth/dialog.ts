import { dateWithWeekday, money, monthOfYear } from '../../src/format'
import type { Benefit, Calculated } from '../../src/inss/schemas'
import { readMoney } from '../../src/nlu/index'
import type { Reading } from '../../src/nlu/reading'
import { type TextKey, t } from '../../src/text'
import { picked, yesOrNo } from '../readings'
import type { Answer, Context, Found, Say, Service } from '../service'

export type ThirteenthFacts = {
  path: 'login' | 'told'
  login: string
  report: true
  kind: Kind
  /** Centavos a month. */
  monthly: number
  /** Received since before this year. */
  allYear: boolean
  /** First month of the benefit, 1 to 12, when it began this year. */
  firstMonth: number
  told: true
}

type Kind = 'aposentadoria' | 'pensao_por_morte' | 'auxilio_incapacidade_temporaria' | 'bpc'
type Facts = Partial<ThirteenthFacts>
type Thirteenth = Calculated<'decimo-terceiro'>

/** The 13th of what the INSS pays: of the person's own benefits after login, or of what they tell. */
export const thirteenth: Service<ThirteenthFacts> = {
  id: 'thirteenth',
  title: 'thirteenth.title',
  ofRelatives: () => true,
  steps: [
    {
      fact: 'path',
      ask: () => ({
        say: [t('thirteenth.ask_path')],
        choices: [t('thirteenth.choice_login'), t('thirteenth.choice_told')],
      }),
      read: (answer) => picked(answer, ['login', 'told'] as const),
      why: 'thirteenth.why_path',
      example: 'thirteenth.example_path',
    },
    {
      fact: 'login',
      when: (facts) => facts.path === 'login',
      login: { purpose: 'thirteenth.login_purpose', level: 'bronze' },
      refused: () => ({ say: [t('thirteenth.without_login')], facts: { path: 'told' } }),
    },
    { fact: 'report', when: (facts) => facts.path === 'login', find: tellOwn },
    {
      fact: 'kind',
      when: (facts) => facts.path === 'told',
      ask: () => ({
        say: [t('thirteenth.ask_kind')],
        choices: [
          t('thirteenth.choice_retirement'),
          t('thirteenth.choice_pension'),
          t('thirteenth.choice_sickness'),
          t('thirteenth.choice_bpc'),
        ],
      }),
      read: (answer) =>
        picked(answer, [
          'aposentadoria',
          'pensao_por_morte',
          'auxilio_incapacidade_temporaria',
          'bpc',
        ] as const),
      why: 'thirteenth.why_kind',
      example: 'thirteenth.example_kind',
    },
    {
      fact: 'monthly',
      when: (facts) => facts.path === 'told' && facts.kind !== 'bpc',
      ask: () => ({ say: [t('thirteenth.ask_monthly')] }),
      read: readMonthly,
      show: (value) => money(Number(value)),
      names: 'thirteenth.names_monthly',
      why: 'thirteenth.why_monthly',
      example: 'thirteenth.example_monthly',
    },
    {
      fact: 'allYear',
      when: (facts) => facts.path === 'told' && facts.kind !== 'bpc',
      ask: (_facts, context) => ({
        say: [t('thirteenth.ask_all_year', { year: context.today.slice(0, 4) })],
        choices: [t('repair.choice_yes'), t('repair.choice_no')],
      }),
      read: yesOrNo,
      show: (value) => t(value === true ? 'repair.choice_yes' : 'repair.choice_no'),
      why: 'thirteenth.why_all_year',
      example: 'thirteenth.example_all_year',
    },
    {
      fact: 'firstMonth',
      when: (facts) => facts.path === 'told' && facts.allYear === false,
      ask: () => ({ say: [t('thirteenth.ask_first_month')] }),
      read: readMonth,
      show: (value) => String(value),
      why: 'thirteenth.why_all_year',
      example: 'thirteenth.example_first_month',
    },
    { fact: 'told', when: (facts) => facts.path === 'told', find: tellTold },
  ],
  finish: async () => ({ end: 'answered' }),
}

/** Species of the INSS by what the 13th asks of them; others have none. */
const kinds: Record<string, Kind | 'salario_maternidade' | 'auxilio_acidente' | 'auxilio_reclusao'> = {
  '21': 'pensao_por_morte',
  '93': 'pensao_por_morte',
  '25': 'auxilio_reclusao',
  '31': 'auxilio_incapacidade_temporaria',
  '91': 'auxilio_incapacidade_temporaria',
  '36': 'auxilio_acidente',
  '94': 'auxilio_acidente',
  '80': 'salario_maternidade',
  '87': 'bpc',
  '88': 'bpc',
}

function readMonthly(answer: Answer, _facts: Facts, context: Context): Reading<number> {
  return readMoney(answer.text, context.amounts)
}

/** "Março", "3", "desde março". */
function readMonth(answer: Answer): Reading<number> {
  const text = answer.text.toLowerCase()
  const named = Array.from({ length: 12 }, (_, index) => index + 1).find((month) =>
    text.includes(t(`format.month_${month}` as TextKey)),
  )
  const number = named ?? Number(/^\D*(\d{1,2})\D*$/.exec(text)?.[1] ?? Number.NaN)
  return number >= 1 && number <= 12
    ? { certainty: 'sure', value: number }
    : { certainty: 'again', reason: 'nothing_found' }
}

/** The 13th of each benefit in force, with the days of its number. */
async function tellOwn(_facts: Facts, context: Context): Promise<Found<ThirteenthFacts>> {
  const benefits = await context.inss.benefits(await context.login.token())
  const current = benefits.filter((each) => each.status !== 'ceased')
  if (current.length === 0) return { say: [t('thirteenth.no_benefit')], end: 'answered' }
  const say: Say[] = []
  for (const benefit of current) {
    const name = benefit.species.name
    const answer = await context.inss.calculate('decimo-terceiro', ofBenefit(benefit, context))
    if (!answer.ok) say.push(t('thirteenth.no_values'))
    else say.push(...inWords(answer.value, name, context))
  }
  return { say, facts: { report: true }, end: 'answered' }
}

function ofBenefit(benefit: Benefit, context: Context): object {
  return {
    year: Number(context.today.slice(0, 4)),
    benefit: kinds[String(benefit.species.code)] ?? 'aposentadoria',
    startDate: benefit.startDate,
    ...(benefit.endDate == null ? {} : { endDate: benefit.endDate }),
    monthlyAmount: benefit.monthlyAmount,
    digit: Number(benefit.number[8]),
    aboveMinimum: benefit.aboveMinimum,
  }
}

async function tellTold(facts: Facts, context: Context): Promise<Found<ThirteenthFacts>> {
  const year = Number(context.today.slice(0, 4))
  const first = facts.allYear === false ? (facts.firstMonth ?? 1) : undefined
  const startDate = first === undefined ? `${year - 1}-01-01` : `${year}-${String(first).padStart(2, '0')}-01`
  const answer = await context.inss.calculate('decimo-terceiro', {
    year,
    benefit: facts.kind,
    startDate,
    monthlyAmount: facts.monthly ?? 0,
  })
  if (!answer.ok) return { say: [t('thirteenth.no_values')], end: 'answered' }
  const say = inWords(answer.value, undefined, context)
  return { say, facts: { told: true }, end: 'answered' }
}

/** @param name of the benefit, where there may be several */
function inWords(answer: Thirteenth, name: string | undefined, context: Context): Say[] {
  const title = name === undefined ? '' : `${name}. `
  if (!answer.entitled) return [title + t('thirteenth.none')]
  const lines = answer.instalments.map((each) => {
    const amount = money(each.amount)
    if (each.payDate === null)
      return t('thirteenth.line_month', { amount, month: monthOfYear(each.competencia) })
    const date = dateWithWeekday(each.payDate)
    return t(each.payDate < context.today ? 'thirteenth.line_past' : 'thirteenth.line_next', { amount, date })
  })
  const whole = t('thirteenth.whole', { amount: money(answer.amount), months: answer.months })
  return [[title + whole, ...lines].join('\n'), t('thirteenth.before_tax')]
}
