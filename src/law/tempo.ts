import { type DayNumber, elapsed } from './calendar'
import type { Duration } from './types'

/**
 * Contribution time, age, or their sum, in thousandths of a day of 30-day months and 12-month years: a safe integer.
 * Thousandths make halves (tolls) and hundredths (conversions) exact.
 */
export type Tempo = number

export const tempoDay: Tempo = 1_000
export const tempoMonth: Tempo = 30 * tempoDay
export const tempoYear: Tempo = 12 * tempoMonth

export function tempoOf(duration: Duration): Tempo {
  return duration.years * tempoYear + duration.months * tempoMonth + duration.days * tempoDay
}

/** Whole years, months and days; a part of a day is cut. */
export function durationOf(tempo: Tempo): Duration {
  const days = Math.floor(tempo / tempoDay)
  return { years: Math.floor(days / 360), months: Math.floor((days % 360) / 30), days: days % 30 }
}

/** Calendar time from one day to another, both included. Thirty days left over are still an incomplete month. */
export function tempoBetween(first: DayNumber, last: DayNumber): Tempo {
  if (last < first) return 0
  const { months, days } = elapsed(first, last + 1)
  return months * tempoMonth + Math.min(days, 29) * tempoDay
}

/** Age completed on a day. */
export function ageAt(birth: DayNumber, day: DayNumber): Tempo {
  return tempoBetween(birth, day - 1)
}

/** ISO 8601 duration, e.g. "P59Y6M", "P0D"; a part of a day counts as a whole one. */
export function isoDuration(tempo: Tempo): string {
  const { years, months, days } = durationOf(Math.ceil(tempo / tempoDay) * tempoDay)
  const text = `${years > 0 ? `${years}Y` : ''}${months > 0 ? `${months}M` : ''}${days > 0 ? `${days}D` : ''}`
  return text === '' ? 'P0D' : `P${text}`
}

/** The inverse of `isoDuration`; undefined for other texts. */
export function readIsoDuration(text: string): Tempo | undefined {
  const match = /^P(?=\d)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?$/.exec(text)
  if (match === null) return undefined
  return tempoOf({ years: Number(match[1] ?? 0), months: Number(match[2] ?? 0), days: Number(match[3] ?? 0) })
}

/** Points with two decimals, cut: "91.81". */
export function pointsText(tempo: Tempo): string {
  const hundredths = Math.floor((tempo * 100) / tempoYear)
  return `${Math.floor(hundredths / 100)}.${String(hundredths % 100).padStart(2, '0')}`
}
