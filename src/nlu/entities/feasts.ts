import { addDays, dayOf, iso, weekdayOf } from './civil'

/** The day a feast falls on in a year, as `YYYY-MM-DD`. */
export type Feast = (year: number) => string

const fixed =
  (day: number, month: number): Feast =>
  (year) =>
    iso({ year, month, day })
const afterEaster =
  (days: number): Feast =>
  (year) =>
    addDays(easter(year), days)
/** The second Sunday of a month. */
const secondSunday =
  (month: number): Feast =>
  (year) => {
    const first = iso({ year, month, day: 1 })
    return addDays(first, ((7 - weekdayOf(first)) % 7) + 7)
  }

/** Days people tell a date by. */
export const feasts: [RegExp, Feast][] = [
  [/\b(?:vespera de ano novo|reveillon|ultimo dia do ano)\b/, fixed(31, 12)],
  [/\bnatal\b/, fixed(25, 12)],
  [/\b(?:ano novo|ano bom|confraternizacao)\b/, fixed(1, 1)],
  [/\b(?:dia de|dia dos|santos?) reis\b/, fixed(6, 1)],
  [/\bsao jose\b/, fixed(19, 3)],
  [/\b(?:sexta(?:[ -]feira)? (?:santa|da paixao)|paixao de cristo)\b/, afterEaster(-2)],
  [/\b(?:domingo de )?pascoa\b/, afterEaster(0)],
  [/\bdomingo de ramos\b/, afterEaster(-7)],
  [/\bquarta(?:[ -]feira)? de cinzas\b/, afterEaster(-46)],
  [/\bcorpus christi\b/, afterEaster(60)],
  [/\btiradentes\b/, fixed(21, 4)],
  [/\bsao jorge\b/, fixed(23, 4)],
  [/\bdia d[oe] trabalh\w+\b/, fixed(1, 5)],
  [/\bdia das maes\b/, secondSunday(5)],
  [/\bdia dos pais\b/, secondSunday(8)],
  [/\bdia dos namorados\b/, fixed(12, 6)],
  [/\bsanto antonio\b/, fixed(13, 6)],
  [/\bsao joao\b/, fixed(24, 6)],
  [/\bsao pedro\b/, fixed(29, 6)],
  [/\bindependencia\b|\bdia da patria\b/, fixed(7, 9)],
  [/\b(?:dia das criancas|nossa senhora aparecida|dia de aparecida)\b/, fixed(12, 10)],
  [/\b(?:dia de )?todos os santos\b/, fixed(1, 11)],
  [/\bfinados\b/, fixed(2, 11)],
  [/\bproclamacao\b/, fixed(15, 11)],
  [/\bconsciencia negra\b/, fixed(20, 11)],
]

/** Whether any of them is named: one look instead of twenty. */
export const ANY_FEAST = new RegExp(feasts.map(([pattern]) => pattern.source).join('|'))

/** The day before a feast. */
export function eve(feast: Feast): Feast {
  return (year) => addDays(feast(year), -1)
}

/** Easter Sunday in the Gregorian calendar (Meeus, Jones and Butcher). */
function easter(year: number): string {
  const golden = year % 19
  const century = Math.floor(year / 100)
  const ofCentury = year % 100
  const correction = Math.floor((century + 8) / 25)
  const epact =
    (19 * golden + century - Math.floor(century / 4) - Math.floor((century - correction + 1) / 3) + 15) % 30
  const weekday = (32 + 2 * (century % 4) + 2 * Math.floor(ofCentury / 4) - epact - (ofCentury % 4)) % 7
  const late = Math.floor((golden + 11 * epact + 22 * weekday) / 451)
  const day = epact + weekday - 7 * late + 114
  return iso({ year, month: Math.floor(day / 31), day: (day % 31) + 1 })
}

/** The day and month of a feast that is the same every year, for a date whose year is missing. */
export function sameEveryYear(feast: Feast): { day: number; month: number } | undefined {
  const { day, month } = dayOf(feast(2025))
  const other = dayOf(feast(2026))
  return other.day === day && other.month === month ? { day, month } : undefined
}
