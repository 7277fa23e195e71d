import type { Duration } from '../index'
import { again, confirm, type Reading } from '../reading'
import { dateText, findDates } from './find-dates'

const LONGEST_YEARS = 80
const JOINED =
  /\b(?:ate|a|ao|as)\b|\d\s*-\s*(?=\d|#)|\bentre\b.*\be\b|\b(?:comecei|entrei|trabalhei|de|desde)\b.*\be (?:parei|sai|fui ate|terminei|acabou)\b/
const MONTH_AND_YEAR = /(?<![\d/.])(0?[1-9]|1[0-2])\s*\/\s*(\d{4}|\d{2})(?![\d/])/g

/** "De 85 a 99": nobody contributes that long. */
const TWO_YEARS = /\b(?:de|desde) ([6-9]\d) (?:a|ate|ao) (\d{2})\b(?!\s*(?:anos|meses|contrib))/

/** Writes "03/98" as a month and a year, which it is where no day is told. */
export function monthAndYear(text: string): string {
  return text.replace(MONTH_AND_YEAR, (_, month, year) => ` #${Number(month)} de ${year} `)
}

/** "De março de 98 até dezembro de 2010": from the first month to the last, both included. */
export function readPeriod(spoken: string): Reading<Duration> | undefined {
  const text = monthAndYear(dateText(spoken)).replace(
    TWO_YEARS,
    (_, from, to) => `de ${fullYear(Number(from))} ate ${fullYear(Number(to))}`,
  )
  if (!JOINED.test(text)) return undefined
  const joined = text.replace(/((?:19|20)\d{2})\s*-\s*(?=(?:19|20)\d{2}|#)/g, '$1 ate ')
  const ends = findDates(joined).filter((piece) => piece.year !== undefined)
  const [start, end] = ends
  if (ends.length !== 2 || start === undefined || end === undefined) return undefined
  const from = fullYear(start.year ?? 0)
  const to = fullYear(end.year ?? 0)
  if (start.month === undefined || end.month === undefined) {
    const length = to - from
    return length < 0 || length > LONGEST_YEARS
      ? again('period')
      : confirm({ years: length, months: 0, days: 0 }, 'period')
  }
  const months = (to - from) * 12 + end.month - start.month + 1
  if (months <= 0 || months > LONGEST_YEARS * 12) return again('period')
  return confirm({ years: Math.floor(months / 12), months: months % 12, days: 0 }, 'period')
}

/** Work told by two-digit years lies in 1940–2039. */
function fullYear(year: number): number {
  return year > 99 ? year : year >= 40 ? 1900 + year : 2000 + year
}
