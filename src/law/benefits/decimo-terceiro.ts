import { divideRounding } from '../average'
import { addCompetencias, competenciaOf, daysBetween, firstDayOf, lastDayOf, toDayNumber } from '../calendar'
import { entryOn, type Parameters, valueOn } from '../parameters'
import { paymentDay } from '../payment-day'
import type { Centavos, CivilDate, Competencia } from '../types'
import { type BenefitCondition, Conditions } from './answer'

export type ThirteenthBenefit =
  | 'aposentadoria'
  | 'pensao_por_morte'
  | 'auxilio_incapacidade_temporaria'
  | 'auxilio_acidente'
  | 'auxilio_reclusao'
  | 'salario_maternidade'
  | 'bpc'

export type ThirteenthFacts = {
  year: number
  benefit: ThirteenthBenefit
  startDate: CivilDate
  /** Last day of the benefit, when it ends. */
  endDate?: CivilDate | undefined
  monthlyAmount: Centavos
  /** Figure of the benefit number before the dash: it gives the pay days. */
  digit?: number | undefined
  aboveMinimum?: boolean | undefined
}

export type Instalment = {
  kind: 'primeira' | 'segunda' | 'unica' | 'acerto'
  competencia: Competencia
  amount: Centavos
  /** null when the figure of the benefit number was not given. */
  payDate: CivilDate | null
  payDateStatus: 'official' | 'computed' | null
}

export type ThirteenthAnswer = {
  entitled: boolean
  conditions: BenefitCondition[]
  /** Months of the year that count. */
  months: number
  amount: Centavos
  instalments: Instalment[]
  source: string[]
  notModelled: string[]
}

// Lei 8.213/1991, art. 40: "É devido abono anual ao segurado e ao dependente da Previdência Social que, durante o ano,
// recebeu auxílio-doença, auxílio-acidente ou aposentadoria, pensão por morte ou auxílio-reclusão." Decreto 3.048/1999,
// art. 120, § 1º: paid in two instalments; § 2º: that of salario-maternidade with its last payment of each year.
/** The 13th payment of a benefit in a year, before income tax. @throws LawGap for a year outside coverage */
export function decimoTerceiro(parameters: Parameters, facts: ThirteenthFacts): ThirteenthAnswer {
  const { year, benefit, monthlyAmount } = facts
  const lastDay = toDayNumber(`${year}-12-31`)
  const plan = entryOn(parameters, 'decimo-terceiro-parcelas', toDayNumber(`${year}-01-01`))
  const conditions = new Conditions()
  conditions.isTrue(
    'da_direito_ao_decimo_terceiro',
    benefit !== 'bpc',
    'Lei 8.213/1991, art. 40; Decreto 3.048/1999, art. 120; Lei 8.742/1993, art. 20',
  )
  const months = monthsOf(year, facts, valueOn(parameters, 'decimo-terceiro-dias', lastDay))
  const entitled = conditions.verdict === true && months > 0
  const amount = entitled ? divideRounding(monthlyAmount * months, 12) : 0
  const first = `${year}-${two(plan.value?.primeira ?? 0)}`
  const second = `${year}-${two(plan.value?.segunda ?? 0)}`
  const instalments = entitled ? planned(facts, amount, first, second) : []
  return {
    entitled,
    conditions: conditions.list,
    months,
    amount,
    instalments: instalments.map((each) => ({ ...each, ...payDateOf(parameters, facts, each.competencia) })),
    source: ['Lei 8.213/1991, art. 40; Decreto 3.048/1999, art. 120', plan.source],
    notModelled: ['imposto_de_renda', 'valor_de_dezembro', 'adiantamento_antes_do_fim'],
  }
}

type Planned = Omit<Instalment, 'payDate' | 'payDateStatus'>

function planned(
  facts: ThirteenthFacts,
  amount: Centavos,
  first: Competencia,
  second: Competencia,
): Planned[] {
  const { year, startDate, endDate } = facts
  const last = endDate === undefined || endDate > `${year}-12-31` ? undefined : competenciaOf(endDate)
  if (facts.benefit === 'salario_maternidade')
    return [{ kind: 'unica', competencia: last ?? `${year}-12`, amount }]
  if (last !== undefined) return [{ kind: 'acerto', competencia: last, amount }]
  // Granted after the first instalment was paid: all of it with November.
  if (competenciaOf(startDate) > first) return [{ kind: 'unica', competencia: `${year}-11`, amount }]
  const half = divideRounding(amount, 2)
  return [
    { kind: 'primeira', competencia: first, amount: half },
    { kind: 'segunda', competencia: second, amount: amount - half },
  ]
}

function payDateOf(
  parameters: Parameters,
  { digit, aboveMinimum }: ThirteenthFacts,
  competencia: Competencia,
): Pick<Instalment, 'payDate' | 'payDateStatus'> {
  if (digit === undefined || aboveMinimum === undefined) return { payDate: null, payDateStatus: null }
  const { payDate, status } = paymentDay(parameters, { competencia, digit, aboveMinimum })
  return { payDate, payDateStatus: status }
}

/** Months of the year with enough days of benefit. */
function monthsOf(year: number, { startDate, endDate }: ThirteenthFacts, least: number): number {
  let count = 0
  for (let month = `${year}-01`; month <= `${year}-12`; month = addCompetencias(month, 1)) {
    const from = startDate > firstDayOf(month) ? startDate : firstDayOf(month)
    const to = endDate !== undefined && endDate < lastDayOf(month) ? endDate : lastDayOf(month)
    if (to >= from && daysBetween(from, to) + 1 >= least) count += 1
  }
  return count
}

function two(number: number): string {
  return String(number).padStart(2, '0')
}
