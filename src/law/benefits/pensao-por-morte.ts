import { divideRounding } from '../average'
import { addDays, toDayNumber } from '../calendar'
import { assumption } from '../facts'
import { entryOn, type Parameters } from '../parameters'
import { tempoOf } from '../tempo'
import type { Assumption, Centavos, CivilDate, Duration, Sex } from '../types'
import { type BenefitAnswer, Conditions } from './answer'
import { permanentShare } from './aposentadoria-incapacidade-permanente'
import type { Cause } from './carencia'
import { type Dependant, type DependantShare, dependantShares } from './dependants'
import { limitsOn, part, type Share, shareOn, shareText, whole } from './share'
import { type Work, workOn } from './work-record'

export type PensionFacts = Work & {
  deathDate: CivilDate
  requestedOn?: CivilDate | undefined
  cause: Cause
  /** What the dead person received as retirement; absent: what permanent incapacity would have given. */
  retirementAmount?: Centavos | undefined
  sex?: Sex | undefined
  /** Contribution time; absent: found in the record. */
  time?: Duration | undefined
  /** Small farmer, fisher or gatherer who paid nothing of one's own. */
  ruralWithoutContributions?: boolean | undefined
  dependants: Dependant[]
}

/** The pension from a day on, while the same people receive it. */
export type PensionStage = {
  from: CivilDate
  dependants: number
  /** "0.7000" */
  percent: string
  amount: Centavos | null
  /** Equal part of each. */
  each: Centavos | null
}

export type PensionAnswer = BenefitAnswer & {
  /** What the shares are taken of. */
  base: Centavos | null
  percent: string | null
  each: Centavos | null
  dependants: DependantShare[]
  /** How it goes on as people leave; amounts of the first day, not readjusted. */
  stages: PensionStage[]
}

// EC 103/2019, art. 23: "A pensão por morte concedida a dependente de segurado do Regime Geral de Previdência Social ou de
// servidor público federal será equivalente a uma cota familiar de 50% (cinquenta por cento) do valor da aposentadoria
// recebida pelo segurado ou servidor ou daquela a que teria direito se fosse aposentado por incapacidade permanente na data
// do óbito, acrescida de cotas de 10 (dez) pontos percentuais por dependente, até o máximo de 100% (cem por cento). § 1º As
// cotas por dependente cessarão com a perda dessa qualidade e não serão reversíveis aos demais dependentes [...]"
/** Right to the pension of the dependants, its amount and how long each receives it. @throws LawGap outside coverage */
export function pensaoPorMorte(parameters: Parameters, facts: PensionFacts): PensionAnswer {
  const { deathDate } = facts
  const work = workOf(parameters, facts)
  const conditions = new Conditions()
  const insured = facts.retirementAmount === undefined ? work.insured : true
  conditions.isTrue('segurado', insured, 'Lei 8.213/1991, arts. 74 e 102')
  const { contributions } = work
  const shares = dependantShares(parameters, facts.dependants, {
    on: deathDate,
    requestedOn: facts.requestedOn,
    cause: facts.cause,
    contributions,
  })
  conditions.isTrue('dependente', shares.length > 0, 'Lei 8.213/1991, arts. 16 e 74')
  if (facts.requestedOn === undefined) conditions.missing.push('data_do_pedido')
  const base = baseOf(parameters, facts, work, conditions)
  const stages = shares.length === 0 ? [] : stagesOf(parameters, facts, shares, base)
  const first = stages[0]
  return {
    entitled: conditions.verdict,
    conditions: conditions.list,
    missing: conditions.missing,
    startDate: shares.map((each) => each.from).reduce(earliest, null),
    amount: first?.amount ?? null,
    base,
    percent: first?.percent ?? null,
    each: first?.each ?? null,
    dependants: shares,
    stages,
    source: [
      entryOn(parameters, 'pensao-cota', toDayNumber(deathDate)).source,
      'Lei 8.213/1991, arts. 16, 74 e 77',
    ],
    assumptions: [...work.assumptions, ...taken(facts, contributions)],
    notModelled: ['dependencia_economica', 'prova_da_uniao', 'dependente_habilitado_depois', 'reajuste'],
  }
}

function workOf(parameters: Parameters, facts: PensionFacts) {
  if (facts.retirementAmount !== undefined) return { ...facts, history: undefined, assumptions: [] }
  return workOn(parameters, facts, facts.deathDate, { sex: facts.sex ?? 'F', birthDate: '1900-01-01' })
}

/** What the law asks of a spouse and was not told, taken as met. */
function taken(facts: PensionFacts, contributions: number | undefined): Assumption[] {
  const spouse = facts.dependants.some((each) => ['conjuge', 'companheiro'].includes(each.kind))
  if (!spouse) return []
  const assumptions: Assumption[] = []
  if (contributions === undefined) assumptions.push(assumption('dezoito_contribuicoes'))
  const unknown = facts.dependants.some(
    (each) => ['conjuge', 'companheiro'].includes(each.kind) && each.unionSince === undefined,
  )
  if (unknown) assumptions.push(assumption('dois_anos_de_uniao'))
  return assumptions
}

/** What the shares are taken of; null when it is not known. */
function baseOf(
  parameters: Parameters,
  facts: PensionFacts,
  work: ReturnType<typeof workOf>,
  conditions: Conditions,
): Centavos | null {
  const day = toDayNumber(facts.deathDate)
  const { floor, ceiling } = limitsOn(parameters, day)
  if (facts.retirementAmount !== undefined) return Math.min(ceiling, facts.retirementAmount)
  if (facts.ruralWithoutContributions === true) return floor
  const time = facts.time === undefined ? work.time : tempoOf(facts.time)
  const timeOf = typeof time === 'number' ? time : undefined
  const { sex, cause } = facts
  const share =
    sex === undefined
      ? permanentShare(parameters, { sex: 'F', cause, time: undefined, on: facts.deathDate })
      : permanentShare(parameters, { sex, cause, time: timeOf, on: facts.deathDate })
  if (work.average === undefined) conditions.missing.push('media')
  if (share === undefined) conditions.missing.push('tempo')
  if (work.average === undefined || share === undefined) return null
  return Math.min(ceiling, Math.max(floor, part(Math.min(work.average, ceiling), share)))
}

/** From the first day, and from each day on which fewer people receive it. */
function stagesOf(
  parameters: Parameters,
  facts: PensionFacts,
  shares: DependantShare[],
  base: Centavos | null,
): PensionStage[] {
  const ends = shares.flatMap(({ until }) => (until === null ? [] : [addDays(until, 1)]))
  const days = [...new Set([facts.deathDate, ...ends])].sort()
  return days.flatMap((from) => {
    const left = shares.filter(({ until }) => until === null || until >= from)
    if (left.length === 0) return []
    const percent = percentOf(parameters, facts, left)
    const { floor } = limitsOn(parameters, toDayNumber(facts.deathDate))
    const amount = base === null ? null : Math.max(floor, part(base, percent))
    const each = amount === null ? null : divideRounding(amount, left.length)
    return [{ from, dependants: left.length, percent: shareText(percent), amount, each }]
  })
}

/** The family's share and one for each, up to the whole; the whole while a disabled dependant receives. */
function percentOf(parameters: Parameters, facts: PensionFacts, left: DependantShare[]): Share {
  const day = toDayNumber(facts.deathDate)
  if (left.some(({ dependant }) => facts.dependants[dependant]?.disabled === true)) return whole
  const family = shareOn(parameters, 'pensao-cota', day, 'familiar')
  return Math.min(whole, family + left.length * shareOn(parameters, 'pensao-cota', day, 'dependente'))
}

function earliest(a: CivilDate | null, b: CivilDate | null): CivilDate | null {
  if (a === null || b === null) return a ?? b
  return a < b ? a : b
}
