import { averageOf, correctedBases } from '../average'
import { competenciaAt, type DayNumber, monthOf, toDayNumber } from '../calendar'
import { assumption, type Salaries } from '../facts'
import { factsOfHistory } from '../history'
import { countedUntil, qualidadeDeSegurado } from '../insured-status'
import { entryOn, type Parameters, valueOn } from '../parameters'
import type { Tempo } from '../tempo'
import type { Assumption, Centavos, CivilDate, HistoryPeriod, Sex } from '../types'

/** What a benefit of the insured needs of a life of work: given as totals, or found in the record. */
export type Work = {
  /** The whole contribution record; it stands for everything below. */
  history?: HistoryPeriod[] | undefined
  /** Corrected mean of the bases since 07/1994. */
  average?: Centavos | undefined
  /** Mean of the last twelve bases. */
  last12Average?: Centavos | undefined
  /** Months of carencia. */
  contributions?: number | undefined
  /** Those since coming back, for who stopped being insured once. */
  contributionsSinceReturn?: number | undefined
  insured?: boolean | undefined
}

export type WorkFound = Omit<Work, 'history'> & {
  time?: Tempo
  assumptions: Assumption[]
}

/**
 * What the record (or the totals given) says on a day.
 * @throws LawGap for a day whose average leaves the lowest salaries out
 */
export function workOn(
  parameters: Parameters,
  work: Work,
  on: CivilDate,
  person: { sex: Sex; birthDate: CivilDate } = anyone,
): WorkFound {
  const { history, ...totals } = work
  if (history === undefined) return { ...totals, assumptions: [] }
  const day = toDayNumber(on)
  valueOn(parameters, 'media-integral', day)
  const facts = factsOfHistory(
    parameters,
    { ...person, asOf: on, history, projection: { contributes: false } },
    history,
  )
  const found: WorkFound = {
    contributions: facts.carencia.at(day),
    insured: qualidadeDeSegurado(parameters, history, on).insured,
    time: facts.time.at(day),
    assumptions: [],
  }
  const since = contributionsSinceReturn(parameters, history, day)
  if (since !== undefined) found.contributionsSinceReturn = since
  if (facts.money.known !== 'salaries') return found
  const { average, pricesOf } = meanOf(parameters, facts.money.all, day)
  const last12 = meanOf(parameters, lastTwelve(facts.money.all, day), day)
  if (average !== undefined) found.average = average
  if (last12.average !== undefined) found.last12Average = last12.average
  if (pricesOf !== null)
    found.assumptions.push(
      assumption('indice_ate', { parameter: 'indice-de-correcao', month: competenciaAt(pricesOf) }),
    )
  return found
}

/** Sex and age change neither the average nor the carencia. */
const anyone = { sex: 'F', birthDate: '1900-01-01' } as const

function meanOf(
  parameters: Parameters,
  salaries: Salaries,
  day: DayNumber,
): { average: Centavos | undefined; pricesOf: number | null } {
  const bases = correctedBases(parameters, salaries, day)
  if (bases.count === 0) return { average: undefined, pricesOf: null }
  return { average: averageOf(bases, 0, 1).average, pricesOf: bases.pricesOf }
}

function lastTwelve({ months, amounts }: Salaries, day: DayNumber): Salaries {
  const before = months.findLastIndex((month) => month < monthOf(day).competencia) + 1
  const first = Math.max(0, before - 12)
  return { months: months.slice(first, before), amounts: amounts.slice(first, before), projected: null }
}

/** Months paid since the person last came back as insured; undefined when the insurance was never lost. */
function contributionsSinceReturn(
  parameters: Parameters,
  history: HistoryPeriod[],
  day: DayNumber,
): number | undefined {
  const now = monthOf(day).competencia
  const months = [...new Set(countedUntil(parameters, history, day).flatMap((each) => each.carencia))]
    .filter((month) => month <= now)
    .sort((a, b) => a - b)
  const grace = entryOn(parameters, 'periodo-de-graca', day).value?.obrigatorio ?? 0
  const back = months.findLastIndex(
    (month, index) => index > 0 && month - (months[index - 1] ?? 0) > grace + 2,
  )
  return back < 0 ? undefined : months.length - back
}
