import { addDays, daysBetween, toDayNumber } from '../calendar'
import { assumption } from '../facts'
import { entryOn, type Parameters } from '../parameters'
import type { Category, Centavos, CivilDate } from '../types'
import { type BenefitAnswer, Conditions } from './answer'
import { type Cause, needsCarencia, requireCarencia } from './carencia'
import { limitsOn, part, shareOn } from './share'
import { type Work, workOn } from './work-record'

export type IncapacityFacts = Work & {
  category: Category
  cause: Cause
  /** First day without being able to work. */
  incapacitySince: CivilDate
  /** Last day of it, as far as foreseen. */
  incapacityUntil?: CivilDate | undefined
  requestedOn?: CivilDate | undefined
}

export type TemporaryIncapacityAnswer = BenefitAnswer & {
  /** Days the employer pays before the benefit. */
  employerDays: number
  average: Centavos | null
  /** Share of the average, before the limit of the last twelve salaries. */
  beforeLimit: Centavos | null
  /** Mean of the last twelve salaries; null when not known. */
  limit: Centavos | null
}

// Lei 8.213/1991, art. 59: "O auxílio-doença será devido ao segurado que, havendo cumprido, quando for o caso, o período
// de carência exigido nesta Lei, ficar incapacitado para o seu trabalho ou para a sua atividade habitual por mais de 15
// (quinze) dias consecutivos." Art. 29, § 10: "O auxílio-doença não poderá exceder a média aritmética simples dos últimos
// 12 (doze) salários-de-contribuição [...]"
/** Right to the benefit of temporary incapacity and its amount. @throws LawGap outside coverage */
export function auxilioIncapacidadeTemporaria(
  parameters: Parameters,
  facts: IncapacityFacts,
): TemporaryIncapacityAnswer {
  const { incapacitySince: since, cause } = facts
  const work = workOn(parameters, facts, since)
  const days = entryOn(parameters, 'incapacidade-temporaria-dias', toDayNumber(since))
  const conditions = new Conditions()
  conditions.isTrue('segurado', work.insured, 'Lei 8.213/1991, arts. 15 e 59')
  if (needsCarencia(cause)) requireCarencia(parameters, 'incapacidade-carencia', work, since, conditions)
  const employerDays = facts.category === 'empregado' ? (days.value?.empregador ?? 0) : 0
  const least = (days.value?.empregador ?? 0) + 1
  if (facts.incapacityUntil === undefined) conditions.missing.push('mais_de_15_dias')
  else {
    const found = daysBetween(since, facts.incapacityUntil) + 1
    conditions.duration('mais_de_15_dias', `P${least}D`, `P${found}D`, found >= least, days.source)
  }
  const startDate = incapacityStart(parameters, facts)
  if (facts.requestedOn === undefined) conditions.missing.push('data_do_pedido')
  const money = amountOf(parameters, facts, work, conditions)
  return {
    entitled: conditions.verdict,
    conditions: conditions.list,
    missing: conditions.missing,
    startDate,
    ...money,
    employerDays,
    source: [
      days.source,
      entryOn(parameters, 'incapacidade-temporaria-coeficiente', toDayNumber(since)).source,
    ],
    assumptions: work.assumptions,
    notModelled: [
      'pericia_medica',
      'doenca_anterior_a_filiacao',
      'varias_atividades',
      'nova_incapacidade_em_60_dias',
      'graca_estendida',
    ],
  }
}

/**
 * First day paid by INSS: the employee's sixteenth day away, others' first; the request's, when made after the thirtieth.
 * @throws LawGap
 */
export function incapacityStart(
  parameters: Parameters,
  facts: Pick<IncapacityFacts, 'category' | 'incapacitySince' | 'requestedOn'>,
): CivilDate {
  const { incapacitySince: since, requestedOn } = facts
  const days = entryOn(parameters, 'incapacidade-temporaria-dias', toDayNumber(since)).value
  const lastInTime = addDays(since, (days?.para_pedir ?? 0) - 1)
  if (requestedOn !== undefined && requestedOn > lastInTime) return requestedOn
  return facts.category === 'empregado' ? addDays(since, days?.empregador ?? 0) : since
}

function amountOf(
  parameters: Parameters,
  facts: IncapacityFacts,
  work: Work & { assumptions: ReturnType<typeof assumption>[] },
  conditions: Conditions,
): Pick<TemporaryIncapacityAnswer, 'amount' | 'average' | 'beforeLimit' | 'limit'> {
  const day = toDayNumber(facts.incapacitySince)
  const { floor, ceiling } = limitsOn(parameters, day)
  const rate = shareOn(parameters, 'incapacidade-temporaria-coeficiente', day)
  if (work.average === undefined) {
    // IN 128/2022, arts. 228, § 3º, and 233, § 8º: without contributions of one's own, the minimum wage.
    if (facts.category === 'segurado_especial')
      return { amount: floor, average: null, beforeLimit: null, limit: null }
    conditions.missing.push('media')
    return { amount: null, average: null, beforeLimit: null, limit: null }
  }
  const average = Math.min(work.average, ceiling)
  const beforeLimit = part(average, rate)
  const limit = work.last12Average ?? null
  if (limit === null) {
    conditions.missing.push('media_dos_12_ultimos')
    work.assumptions.push(assumption('sem_limite_dos_12_ultimos'))
  }
  const limited = limit === null ? beforeLimit : Math.min(beforeLimit, limit)
  return { amount: Math.max(floor, limited), average, beforeLimit, limit }
}
