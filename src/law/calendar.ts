import type { CivilDate, Competencia, Duration } from './types'

/** Days since 1970-01-01 of a civil date in the proleptic Gregorian calendar. */
export type DayNumber = number

/** True for an existing day written `YYYY-MM-DD`. */
export function isCivilDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const { year, month, day } = split(text)
  return month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month)
}

/** True for an existing month written `YYYY-MM`. */
export function isCompetencia(text: string): boolean {
  return /^\d{4}-(0[1-9]|1[0-2])$/.test(text)
}

export function toDayNumber(date: CivilDate): DayNumber {
  const { year, month, day } = split(date)
  return dayNumberOf(year, month, day)
}

export function fromDayNumber(number: DayNumber): CivilDate {
  const { year, month, day } = civilOf(number)
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`
}

export function addDays(date: CivilDate, days: number): CivilDate {
  return fromDayNumber(toDayNumber(date) + days)
}

/** A month later, same day; a day that does not exist becomes the first of the following month. */
export function addMonths(date: CivilDate, months: number): CivilDate {
  return fromDayNumber(addMonthsToDay(toDayNumber(date), months))
}

/** A year later, same day; 29 February of a common year becomes 1 March. */
export function addYears(date: CivilDate, years: number): CivilDate {
  return addMonths(date, years * 12)
}

/** Negative, zero or positive, as `a` is before, the same as or after `b`. */
export function compare(a: CivilDate, b: CivilDate): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** Days from `from` to `to`, `from` not counted. */
export function daysBetween(from: CivilDate, to: CivilDate): number {
  return toDayNumber(to) - toDayNumber(from)
}

/** Whole years, months and days completed from `from` to `to`. */
export function timeBetween(from: CivilDate, to: CivilDate): Duration {
  const { months, days } = elapsed(toDayNumber(from), toDayNumber(to))
  return { years: Math.floor(months / 12), months: months % 12, days }
}

/** Age completed on a day. */
export function ageOn(birthDate: CivilDate, date: CivilDate): Duration {
  return timeBetween(birthDate, date)
}

/** 0 Sunday … 6 Saturday. */
export function weekday(date: CivilDate): number {
  return (((toDayNumber(date) + 4) % 7) + 7) % 7
}

export function competenciaOf(date: CivilDate): Competencia {
  return date.slice(0, 7)
}

export function firstDayOf(competencia: Competencia): CivilDate {
  return `${competencia}-01`
}

export function lastDayOf(competencia: Competencia): CivilDate {
  const { year, month } = split(`${competencia}-01`)
  return `${competencia}-${two(daysInMonth(year, month))}`
}

export function addCompetencias(competencia: Competencia, months: number): Competencia {
  return competenciaAt(competenciaNumber(competencia) + months)
}

/** Months from `from` to `to`; negative when `to` is earlier. */
export function competenciasBetween(from: Competencia, to: Competencia): number {
  return competenciaNumber(to) - competenciaNumber(from)
}

/** Months since year 0, so that neighbours differ by one. */
export function competenciaNumber(competencia: Competencia): number {
  return Number(competencia.slice(0, 4)) * 12 + Number(competencia.slice(5, 7)) - 1
}

export function competenciaAt(number: number): Competencia {
  return `${String(Math.floor(number / 12)).padStart(4, '0')}-${two((((number % 12) + 12) % 12) + 1)}`
}

/** Number of the month a day lies in, and its first day. */
export function monthOf(day: DayNumber): { competencia: number; first: DayNumber } {
  const civil = civilOf(day)
  return { competencia: civil.year * 12 + civil.month - 1, first: day - civil.day + 1 }
}

export function firstDayNumberOf(competencia: number): DayNumber {
  let day = firstDays[competencia - firstTabled]
  if (day === undefined) {
    day = dayNumberOf(Math.floor(competencia / 12), (competencia % 12) + 1, 1)
    if (competencia >= firstTabled && competencia < lastTabled) firstDays[competencia - firstTabled] = day
  }
  return day
}
// Records are walked month by month: the first days of the months that records have are computed once.
const firstTabled = 1900 * 12
const lastTabled = 2200 * 12
const firstDays: DayNumber[] = []

/** Easter Sunday of a Gregorian year (Meeus, Jones and Butcher). */
export function easterOf(year: number): CivilDate {
  const a = year % 19
  const b = Math.floor(year / 100)
  const c = year % 100
  const d = Math.floor(b / 4)
  const e = b % 4
  const f = Math.floor((b + 8) / 25)
  const g = Math.floor((b - f + 1) / 3)
  const h = (19 * a + b - d - g + 15) % 30
  const i = Math.floor(c / 4)
  const k = c % 4
  const l = (32 + 2 * e + 2 * i - h - k) % 7
  const m = Math.floor((a + 11 * h + 22 * l) / 451)
  const month = Math.floor((h + l - 7 * m + 114) / 31)
  const day = ((h + l - 7 * m + 114) % 31) + 1
  return `${year}-${two(month)}-${two(day)}`
}

/** Months completed from one day to another and the days left over (0 to 30). */
export function elapsed(from: DayNumber, to: DayNumber): { months: number; days: number } {
  const a = civilOf(from)
  const b = civilOf(to)
  let months = (b.year - a.year) * 12 + b.month - a.month
  if (addMonthsToDay(from, months) > to) months -= 1
  return { months, days: to - addMonthsToDay(from, months) }
}

/** @see addMonths */
export function addMonthsToDay(day: DayNumber, months: number): DayNumber {
  const civil = civilOf(day)
  const total = civil.year * 12 + civil.month - 1 + months
  const year = Math.floor(total / 12)
  const month = total - year * 12 + 1
  if (civil.day > daysInMonth(year, month)) return dayNumberOf(year, month, daysInMonth(year, month)) + 1
  return dayNumberOf(year, month, civil.day)
}

export function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

// Days and civil dates after Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
export function dayNumberOf(year: number, month: number, day: number): DayNumber {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}

export function civilOf(number: DayNumber): { year: number; month: number; day: number } {
  const z = number + 719_468
  const era = Math.floor(z / 146_097)
  const dayOfEra = z - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1_460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shifted = Math.floor((5 * dayOfYear + 2) / 153)
  const day = dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1
  const month = shifted < 10 ? shifted + 3 : shifted - 9
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day }
}

function split(date: CivilDate): { year: number; month: number; day: number } {
  return { year: Number(date.slice(0, 4)), month: Number(date.slice(5, 7)), day: Number(date.slice(8, 10)) }
}

function two(number: number): string {
  return String(number).padStart(2, '0')
}
