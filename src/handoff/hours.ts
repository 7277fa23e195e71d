import { civilDate } from '../clock'

/** When people are at work. */
export type Hours = {
  isOpen(at: Date): boolean
  /** When it opens next, ISO 8601 in UTC; `at` itself while it is open. */
  nextOpening(at: Date): string
  /** The instant by which so many open minutes have passed since `at`, ISO 8601 in UTC. */
  after(at: Date, openMinutes: number): string
}

const OPENS = 7
const CLOSES = 22
/** Brasília keeps one time all year since Decreto 9.772/2019. */
const ZONE = '-03:00'
const DAY_MS = 86_400_000
const MINUTE_MS = 60_000

/** Lei 662/1949 (as of Lei 10.607/2002), Lei 6.802/1980 and Lei 14.759/2023; the year is the first it holds for. */
const fixedHolidays: Record<string, number> = {
  '01-01': 1949,
  '04-21': 1949,
  '05-01': 1949,
  '09-07': 1949,
  '10-12': 1980,
  '11-02': 1949,
  '11-15': 1949,
  '11-20': 2024,
  '12-25': 1949,
}

/** The hours of the Central 135: Monday to Saturday from 7 to 22 in Brasília, not on national holidays. */
export const central135: Hours = {
  isOpen(at) {
    const { opens, closes } = hoursOf(civilDate(at))
    return worksOn(civilDate(at)) && at.getTime() >= opens && at.getTime() < closes
  },
  nextOpening(at) {
    return new Date(nextOpen(at.getTime())).toISOString()
  },
  after(at, openMinutes) {
    let left = openMinutes * MINUTE_MS
    let from = nextOpen(at.getTime())
    for (;;) {
      const { closes } = hoursOf(civilDate(new Date(from)))
      if (from + left <= closes) return new Date(from + left).toISOString()
      left -= closes - from
      from = nextOpen(closes)
    }
  },
}

function nextOpen(at: number): number {
  for (let day = at; ; day += DAY_MS) {
    const on = civilDate(new Date(day))
    const { opens, closes } = hoursOf(on)
    if (worksOn(on) && at < closes) return Math.max(at, opens)
  }
}

function hoursOf(on: string): { opens: number; closes: number } {
  const at = (hour: number) => Date.parse(`${on}T${String(hour).padStart(2, '0')}:00:00${ZONE}`)
  return { opens: at(OPENS), closes: at(CLOSES) }
}

function worksOn(on: string): boolean {
  const sunday = new Date(`${on}T12:00:00Z`).getUTCDay() === 0
  return !sunday && !isNationalHoliday(on)
}

/** Whether a civil date is a national holiday; Good Friday is one by custom of every state. */
export function isNationalHoliday(on: string): boolean {
  const year = Number(on.slice(0, 4))
  const since = fixedHolidays[on.slice(5)]
  return (since !== undefined && year >= since) || on === goodFriday(year)
}

/** Two days before Easter Sunday (Meeus, Jones and Butcher). */
function goodFriday(year: number): string {
  const a = year % 19
  const b = Math.floor(year / 100)
  const c = year % 100
  const d = (19 * a + b - Math.floor(b / 4) - Math.floor((b - Math.floor((b + 8) / 25) + 1) / 3) + 15) % 30
  const e = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - d - (c % 4)) % 7
  const f = d + e - 7 * Math.floor((a + 11 * d + 22 * e) / 451) + 114
  const easter = Date.UTC(year, Math.floor(f / 31) - 1, (f % 31) + 1)
  return new Date(easter - 2 * DAY_MS).toISOString().slice(0, 10)
}
