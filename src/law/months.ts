import type { Growing } from './accrual'
import { type DayNumber, monthOf } from './calendar'

/** Months in a row from a day on, counted from the month that day lies in; `last` may be Infinity. */
export type MonthRun = { day: DayNumber; first: number; last: number }

/**
 * A count of months: carencia and rural work, where one day in the month is enough.
 * @param months competência numbers, each counted from its first day @param run months still to come
 */
export function countMonths(
  months: Iterable<number>,
  base?: { day: DayNumber; months: number },
  run?: MonthRun,
): Growing {
  const sorted = [...new Set(months)].sort((a, b) => a - b)
  const known = new Set(sorted)
  return {
    at(day) {
      const current = monthOf(day).competencia
      let count = base !== undefined && day >= base.day ? base.months : 0
      let low = 0
      let high = sorted.length
      while (low < high) {
        const middle = (low + high) >> 1
        if ((sorted[middle] as number) <= current) low = middle + 1
        else high = middle
      }
      count += low
      if (run !== undefined && day >= run.day && current >= run.first) {
        count += Math.min(current, run.last) - run.first + 1
        if (known.has(run.first)) count -= 1
      }
      return count
    },
  }
}

/** Numbers of the months touched by a stretch of days. */
export function monthsTouched(first: DayNumber, last: DayNumber): number[] {
  if (last < first) return []
  const from = monthOf(first).competencia
  const to = monthOf(last).competencia
  return Array.from({ length: to - from + 1 }, (_, i) => from + i)
}
