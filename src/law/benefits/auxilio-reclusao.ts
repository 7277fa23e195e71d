import { divideRounding } from '../average'
import { monthOf, toDayNumber } from '../calendar'
import { countedUntil } from '../insured-status'
import { entryOn, type Parameters, valueOn } from '../parameters'
import { monthlyTotals } from '../record'
import type { Centavos, CivilDate, HistoryPeriod } from '../types'
import { type BenefitAnswer, Conditions } from './answer'
import { requireCarencia } from './carencia'
import { type Dependant, type DependantShare, dependantShares } from './dependants'
import { type Work, workOn } from './work-record'

export type PrisonFacts = Omit<Work, 'average' | 'last12Average'> & {
  imprisonedOn: CivilDate
  requestedOn?: CivilDate | undefined
  regime: 'fechado' | 'semiaberto' | 'aberto'
  /** Mean of the pay of the twelve months before the prison's; absent: found in the record. */
  averageIncome?: Centavos | undefined
  /** The employer goes on paying, or a benefit of the INSS is being received. */
  paidMeanwhile?: boolean | undefined
  dependants: Dependant[]
}

export type PrisonAnswer = BenefitAnswer & {
  /** Mean compared with the limit of low income; null when not known. */
  averageIncome: Centavos | null
  limit: Centavos
  each: Centavos | null
  dependants: DependantShare[]
}

// Lei 8.213/1991, art. 80: "O auxílio-reclusão, cumprida a carência prevista no inciso IV do caput do art. 25 desta Lei, será
// devido, nas condições da pensão por morte, aos dependentes do segurado de baixa renda recolhido à prisão em regime fechado
// que não receber remuneração da empresa nem estiver em gozo de auxílio-doença, de pensão por morte, de
// salário-maternidade, de aposentadoria ou de abono de permanência em serviço." EC 103/2019, art. 27, § 1º: "[...] seu valor
// será calculado na forma daquele aplicável à pensão por morte, não podendo exceder o valor de 1 (um) salário-mínimo."
/** Right of the dependants to auxilio-reclusao: one minimum wage, in equal parts. @throws LawGap outside coverage */
export function auxilioReclusao(parameters: Parameters, facts: PrisonFacts): PrisonAnswer {
  const { imprisonedOn: on, history } = facts
  const day = toDayNumber(on)
  const limit = entryOn(parameters, 'baixa-renda', day)
  const ceiling = valueOn(parameters, 'baixa-renda', day)
  const work = workOn(parameters, facts, on)
  const conditions = new Conditions()
  conditions.isTrue('segurado', work.insured, 'Lei 8.213/1991, arts. 15 e 80')
  requireCarencia(parameters, 'reclusao-carencia', work, on, conditions)
  conditions.isTrue('regime_fechado', facts.regime === 'fechado', 'Lei 8.213/1991, art. 80, caput')
  conditions.isTrue(
    'sem_remuneracao',
    facts.paidMeanwhile === undefined ? undefined : !facts.paidMeanwhile,
    'Lei 8.213/1991, art. 80, caput',
  )
  const averageIncome =
    facts.averageIncome ?? (history === undefined ? undefined : meanBefore(parameters, history, on))
  conditions.atMost('baixa_renda', ceiling, averageIncome, limit.source)
  const dependants = dependantShares(parameters, facts.dependants, {
    on,
    requestedOn: facts.requestedOn,
    cause: 'doenca',
    contributions: work.contributions,
  })
  conditions.isTrue('dependente', dependants.length > 0, 'Lei 8.213/1991, arts. 16 e 80')
  if (facts.requestedOn === undefined) conditions.missing.push('data_do_pedido')
  const amount = valueOn(parameters, 'salario-minimo', day)
  const starts = dependants.flatMap(({ from }) => (from === null ? [] : [from])).sort()
  return {
    entitled: conditions.verdict,
    conditions: conditions.list,
    missing: conditions.missing,
    startDate: starts[0] ?? null,
    amount,
    averageIncome: averageIncome ?? null,
    limit: ceiling,
    each: dependants.length === 0 ? null : divideRounding(amount, dependants.length),
    dependants,
    source: ['Lei 8.213/1991, art. 80', 'EC 103/2019, art. 27, § 1º; IN 128/2022, art. 236', limit.source],
    assumptions: [],
    notModelled: ['beneficio_nos_12_meses', 'fuga_e_soltura', 'dependencia_economica', 'graca_estendida'],
  }
}

/** Mean of the months with pay among the twelve before the prison's; 0 when there is none. */
function meanBefore(parameters: Parameters, history: HistoryPeriod[], on: CivilDate): Centavos {
  const day = toDayNumber(on)
  const month = monthOf(day).competencia
  const first = month - valueOn(parameters, 'reclusao-renda-meses', day)
  const counting = countedUntil(parameters, history, day).map((each) => each.period)
  const paid = [...monthlyTotals(counting, day)].filter(([each]) => each >= first && each < month)
  if (paid.length === 0) return 0
  return divideRounding(
    paid.reduce((sum, [, amount]) => sum + amount, 0),
    paid.length,
  )
}
