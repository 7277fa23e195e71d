import { calendar, type HistoryPeriod } from '../../law'
import type { CitizenRecord, Indicator, RecordSource, Relationship } from '../sources/record-source'

/** A period as the law engine reads it, and the relationship of the record it comes from. */
export type RecordPeriod = HistoryPeriod & { sequence: number }

/** Months without earnings after which an open relationship is taken as ended at its last earning. */
const silentMonths = 3

/**
 * The record as the law engine reads it. A pending indicator of some months cuts the relationship there, so that
 * only those months wait. A relationship without an end goes no further than its last earning.
 * @param includePending count what pending indicators keep out, as if they were solved
 */
export function recordHistory(
  record: CitizenRecord,
  options: { asOf: string; includePending: boolean; source: Pick<RecordSource, 'indicator'> },
): RecordPeriod[] {
  return record.relationships
    .filter((relationship) => relationship.start <= options.asOf)
    .flatMap((relationship) => periodsOf(relationship, options))
}

type Options = Parameters<typeof recordHistory>[1]

function periodsOf(relationship: Relationship, options: Options): RecordPeriod[] {
  const whole = codesOf(relationship.indicators)
  const base = {
    sequence: relationship.sequence,
    category: relationship.category,
    kind: relationship.kind,
    plan: relationship.plan ?? undefined,
  }
  const end = endOf(relationship, options.asOf)
  const lastMonth = calendar.competenciaOf(end ?? options.asOf)
  const earnings = relationship.earnings.filter((each) => each.competencia <= lastMonth)
  const salaries = (from: string, to: string) => {
    const paid = earnings.filter((each) => from <= each.competencia && each.competencia <= to)
    return paid.length === 0
      ? undefined
      : Object.fromEntries(paid.map((each) => [each.competencia, each.amount]))
  }
  if (options.includePending) {
    const free = relationship.indicators.filter((each) => each.effect !== 'pending')
    return [
      {
        ...base,
        start: relationship.start,
        end,
        indicators: codesOf(free),
        salaries: salaries('0000', '9999'),
      },
    ]
  }
  return cuts(relationship, earnings, lastMonth, options.source).map(({ from, to, pending }) => ({
    ...base,
    start: later(relationship.start, calendar.firstDayOf(from)),
    end: to === lastMonth ? end : calendar.lastDayOf(to),
    indicators: [...whole, ...pending],
    salaries: salaries(from, to),
  }))
}

/** Runs of months with the same pending indicators of their own. */
function cuts(
  relationship: Relationship,
  earnings: Relationship['earnings'],
  lastMonth: string,
  source: Options['source'],
): { from: string; to: string; pending: string[] }[] {
  const pendingOf = new Map<string, string[]>()
  for (const { competencia, indicators } of earnings) {
    const pending = indicators.filter((code) => source.indicator(code).effect === 'pending')
    if (pending.length > 0) pendingOf.set(competencia, pending)
  }
  const runs: { from: string; to: string; pending: string[] }[] = []
  const first = calendar.competenciaOf(relationship.start)
  for (let month = first; month <= lastMonth; month = calendar.addCompetencias(month, 1)) {
    const pending = pendingOf.get(month) ?? []
    const last = runs.at(-1)
    if (last !== undefined && last.pending.join() === pending.join()) last.to = month
    else runs.push({ from: month, to: month, pending })
  }
  return runs
}

function endOf(relationship: Relationship, asOf: string): string | null {
  if (relationship.end !== null) return relationship.end <= asOf ? relationship.end : null
  return isSilent(relationship, asOf) ? calendar.lastDayOf(relationship.lastEarning ?? asOf) : null
}

/** No end in the record and no earning for months: nobody told the INSS whether it goes on. */
export function isSilent(relationship: Relationship, asOf: string): boolean {
  if (relationship.end !== null || relationship.lastEarning === null) return false
  return relationship.lastEarning < calendar.addCompetencias(calendar.competenciaOf(asOf), -silentMonths)
}

/** What waits in the record: of whole relationships and of months, each with its words. */
export type Pending = {
  sequence: number
  indicator: string
  competencias: string[]
  text: string
  howToSolve: string | null
}

export function pendingOf(record: CitizenRecord, source: Pick<RecordSource, 'indicator'>): Pending[] {
  return record.relationships.flatMap((relationship) => {
    const whole = relationship.indicators
      .filter((each) => each.effect === 'pending')
      .map((each) => item(relationship.sequence, each, []))
    const months = new Map<string, string[]>()
    for (const earning of relationship.earnings) {
      for (const code of earning.indicators)
        months.set(code, [...(months.get(code) ?? []), earning.competencia])
    }
    const byMonth = [...months]
      .map(([code, competencias]) => item(relationship.sequence, source.indicator(code), competencias))
      .filter((each) => source.indicator(each.indicator).effect === 'pending')
    return [...whole, ...byMonth]
  })
}

function item(sequence: number, indicator: Indicator, competencias: string[]): Pending {
  const { code, meaning, howToSolve } = indicator
  return { sequence, indicator: code, competencias, text: meaning, howToSolve }
}

function codesOf(indicators: Indicator[]): string[] {
  return indicators.map((each) => each.code)
}

function later(a: string, b: string): string {
  return a > b ? a : b
}
