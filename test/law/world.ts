import { projectFile } from '../../src/files'
import { calendar, type Duration, type HistoryPeriod, type SimulationRequest } from '../../src/law'

export const parameterFolder = projectFile('src/law/parameters')

/** "P33Y4M" as years, months and days. */
export function duration(iso: string): Duration {
  const match = /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?$/.exec(iso)
  if (match === null) throw new Error(`${iso} is not a duration`)
  return { years: Number(match[1] ?? 0), months: Number(match[2] ?? 0), days: Number(match[3] ?? 0) }
}

/** The same salary in every month of a stretch. */
export function salaries(from: string, to: string, amount: number): Record<string, number> {
  const months = calendar.competenciasBetween(from, to) + 1
  return Object.fromEntries(
    Array.from({ length: months }, (_, i) => [calendar.addCompetencias(from, i), amount]),
  )
}

type Given = Record<string, unknown> & {
  sex?: 'F' | 'M'
  birth?: string
  affiliatedBeforeReform?: boolean
  projection?: SimulationRequest['projection']
  history?: (Omit<HistoryPeriod, 'salaries' | 'category'> & {
    category?: HistoryPeriod['category']
    salaries?: { from: string; to: string; amount: number }[]
  })[]
}

/** A simulation request from the short form of the cases: durations as "P33Y4M", salaries as stretches. */
export function requestOf(given: Given, asOf: string): SimulationRequest {
  const { sex = 'F', birth = '1970-01-01', affiliatedBeforeReform, projection, history, ...summary } = given
  const base = { asOf, sex, birthDate: birth, affiliatedBeforeReform, projection }
  if (history !== undefined) {
    const periods = history.map((period): HistoryPeriod => {
      const all = (period.salaries ?? []).map(({ from, to, amount }) => salaries(from, to, amount))
      return { ...period, category: period.category ?? 'empregado', salaries: Object.assign({}, ...all) }
    })
    return { ...base, history: periods }
  }
  const read = Object.entries(summary).map(([key, value]) => {
    if (key === 'timeUntil') {
      const { date, time } = value as { date: string; time: string }
      return [key, { date, ...duration(time) }]
    }
    return [key, typeof value === 'string' && value.startsWith('P') ? duration(value) : value]
  })
  return { ...base, summary: Object.fromEntries(read) }
}
