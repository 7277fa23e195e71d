import { again, confirm, type Reading, type ReasonCode, sure } from '../reading'
import { answerText, slipOf } from './answer'
import { ageOn, type Day, dayOf, exists, iso } from './civil'
import { sameEveryYear } from './feasts'
import { type DatePiece, dateText, findDates } from './find-dates'
import { answersNothing } from './no-answer'
import { daysIn, readRelativeDay, withRelativeMonths } from './relative-dates'

const OLDEST = 120

/**
 * A birth date as `YYYY-MM-DD`. "12/3/62" is 12 March 1962: here the day comes first, and a year of two digits is
 * the latest one that makes the day past.
 */
export function readBirthDate(text: string, today: string): Reading<string> {
  const folded = answerText(text)
  const reading = mendedDate(folded, (pieces, said) => birthOf(pieces, said, folded, today))
  if (reading.certainty === 'again') return reading
  if (reading.value > today) return again('future')
  return ageOn(reading.value, today) > OLDEST ? again('too_old') : reading
}

const AGE =
  /\b(\d{1,3}) ?an(?:os|inhos)\b|\b(?:tenho|tem|fiz|fazer|faco|completei|com) (\d{2,3})\b|^\W*(\d{2})\W*$/

function birthOf(pieces: DatePiece[], said: string, folded: string, today: string): Reading<string> {
  const age = AGE.exec(said)
  const told = age === null ? undefined : Number(age[1] ?? age[2] ?? age[3])
  if (pieces.length === 0) {
    if (told !== undefined && !/\bde (?:contrib|inss|carteira)/.test(said)) return again('age')
    const relative = readRelativeDay(said, { today, past: true })
    const isDayOnly = /\bdia \d{1,2}\b/.test(said)
    return (isDayOnly ? undefined : relative) ?? again(answersNothing(folded) ?? 'nothing_found')
  }
  if (registeredOtherwise(said, pieces)) return again('two_dates')
  const reading = assemble(pieces, (year, date) => birthYear(year, date, today))
  const partial =
    reading.certainty === 'again' && reading.reason === 'missing_year' ? reading.partial : undefined
  if (partial !== undefined && told !== undefined && told > 13) {
    if (partial.length < 7) return again('age')
    // "12 de março, tenho 64 anos": only one year makes both true.
    const year = dayOf(today).year - told - (today.slice(5) < partial.slice(2) ? 1 : 0)
    return confirm(`${year}-${partial.slice(2)}`, 'year_assumed')
  }
  return reading
}

/** "Nasci dia 10 mas fui registrada dia 12 de março de 62": two days, even when one of them is told in part. */
function registeredOtherwise(said: string, pieces: DatePiece[]): boolean {
  if (!/\bmas\b|\bso que\b|\bregistr\w+|\bno (?:papel|documento|rg)\b/.test(said)) return false
  const days = [...said.matchAll(/\bdia (\d{1,2})\b/g)].map(([, day]) => Number(day))
  const inPieces = pieces.flatMap((piece) => (piece.day === undefined ? [] : [piece.day]))
  return new Set([...days, ...inPieces]).size > 1
}

/**
 * A date as `YYYY-MM-DD`, said in full, with parts missing, or by its distance from today. With `past`, a missing
 * year is the latest that makes the day past; a day that is still to come is only given back to be confirmed.
 */
export function readDate(text: string, options: { today: string; past?: boolean }): Reading<string> {
  const folded = answerText(text)
  if (/\b\d{1,2} (?:ou|a|e) \d{1,2} (?:de|do)\b/.test(dateText(folded))) return again('two_dates')
  const reading = mendedDate(
    folded,
    (pieces, said) => eventOf(pieces, said, folded, options),
    (said) => withRelativeMonths(said, options.today),
  )
  if (reading.certainty === 'sure' && options.past === true && reading.value > options.today) {
    return /\b(?:amanha|que vem)/.test(folded) ? reading : confirm(reading.value, 'future')
  }
  return reading
}

function eventOf(
  pieces: DatePiece[],
  said: string,
  folded: string,
  options: { today: string; past?: boolean },
): Reading<string> {
  const told = pieces.some((piece) => piece.month !== undefined || piece.feast !== undefined)
  const relative = told ? undefined : readRelativeDay(said, options)
  if (relative !== undefined) return relative
  if (pieces.length === 0) return again(answersNothing(folded) ?? 'nothing_found')
  return withYear(
    assemble(pieces, (year) => eventYear(year, options.today)),
    pieces,
    options,
    said,
  )
}

/** Reads the dates of an answer; after a slip the corrected parts stand, the others stay. */
function mendedDate(
  folded: string,
  read: (pieces: DatePiece[], said: string) => Reading<string>,
  prepare: (folded: string) => string = (said) => said,
): Reading<string> {
  const seen = (part: string) => {
    const said = dateText(prepare(part))
    return { said, pieces: findDates(said) }
  }
  const slip = slipOf(folded)
  const before = slip && seen(slip.said)
  if (slip !== undefined && before !== undefined && before.pieces.length > 0) {
    const after = seen(/^\d{2}$/.test(slip.meant) ? `em ${slip.meant}` : slip.meant)
    if (after.pieces.length > 0) {
      const old = before.pieces.at(-1)
      const kept = after.pieces.map((piece, index) => (index === 0 ? { ...old, ...piece } : piece))
      const reading = read(kept, after.said)
      if (reading.certainty !== 'again' && !slip.plain) return confirm(reading.value, 'corrected')
      return reading
    }
  }
  const { said, pieces } = seen(folded)
  return read(pieces, said)
}

/** One date from its pieces: "12 de março, sou de 62" is one, "15/05/1961 mas nasci em 63" is two. */
function assemble(
  pieces: DatePiece[],
  century: (year: number, date: { day?: number; month?: number }) => number,
): Reading<string> {
  let whole: Partial<Day> = {}
  let reason: ReasonCode | undefined
  const feast = pieces.find((piece) => piece.feast !== undefined)?.feast
  for (const { day, month, year: written, swapped, slip } of pieces) {
    const year =
      written === undefined ? undefined : century(written, { ...whole, ...defined({ day, month }) })
    const clash =
      (day !== undefined && whole.day !== undefined && day !== whole.day) ||
      (month !== undefined && whole.month !== undefined && month !== whole.month) ||
      (year !== undefined && whole.year !== undefined && year !== whole.year)
    if (clash) return again('two_dates')
    if (slip) reason = 'letter_for_digit'
    if (swapped) reason = 'day_month_swapped'
    whole = { ...whole, ...defined({ day, month, year }) }
  }
  const inItsMonth = whole.month === undefined || (feast && sameEveryYear(feast)?.month === whole.month)
  if (feast !== undefined && whole.day === undefined && inItsMonth) {
    reason = 'popular_day'
    const day = whole.year === undefined ? sameEveryYear(feast) : dayOf(feast(whole.year))
    if (day === undefined) return again('missing_year')
    whole = { ...whole, day: day.day, month: day.month }
  }
  return checked(whole, reason)
}

function checked({ day, month, year }: Partial<Day>, reason: ReasonCode | undefined): Reading<string> {
  const invalidMonth = month !== undefined && (month < 1 || month > 12)
  const invalidDay = day !== undefined && (day < 1 || day > 31)
  if (invalidMonth || invalidDay) return again('impossible_date')
  if (year === undefined) {
    if (month === undefined) return again('nothing_found')
    if (day === undefined) return again('missing_year', `--${String(month).padStart(2, '0')}`)
    if (!exists({ day, month, year: 2000 })) return again('impossible_date')
    return again('missing_year', `--${iso({ day, month, year: 0 }).slice(5)}`)
  }
  if (year < 1850 || year > 2150) return again('impossible_date')
  if (month === undefined) return again('missing_day_month', String(year))
  if (day === undefined) return again('missing_day', iso({ year, month, day: 1 }).slice(0, 7))
  if (!exists({ year, month, day })) return again('impossible_date')
  const value = iso({ year, month, day })
  return reason === undefined ? sure(value) : confirm(value, reason)
}

function defined<T extends object>(parts: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)) as never
}

/** An event told without its year: the latest such day that fits, or the month it was in. */
function withYear(
  reading: Reading<string>,
  pieces: DatePiece[],
  { today, past }: { today: string; past?: boolean },
  said: string,
): Reading<string> {
  if (reading.certainty !== 'again' || reading.reason !== 'missing_year') return reading
  const thisYear = dayOf(today).year
  const ahead = /\bvai\b|\bvou\b|\bprevist|\bmarcad/.test(said)
  const feast = pieces.find((piece) => piece.feast !== undefined)?.feast
  if (feast !== undefined && pieces.every((piece) => piece.month === undefined)) {
    const value = feast(thisYear)
    return confirm(past === true && value > today ? feast(thisYear - 1) : value, 'popular_day')
  }
  const [, , month = 0, day] = (reading.partial ?? '').split('-').map(Number)
  if (day === undefined) {
    const value = iso({ year: thisYear, month, day: 1 }).slice(0, 7)
    const earlier = iso({ year: thisYear - 1, month, day: 1 }).slice(0, 7)
    return again('missing_day', past === true && value > today.slice(0, 7) ? earlier : value)
  }
  for (let tries = 0; tries < 8; tries += 1) {
    const year = thisYear + (ahead ? tries : -tries)
    if (day > daysIn(year, month)) continue
    const value = iso({ year, month, day })
    if (ahead ? value < today : past === true && value > today) continue
    return year === thisYear ? sure(value) : confirm(value, 'year_assumed')
  }
  return reading
}

/** The century that makes the day past: "30/12/26" told in November 2026 is of 1926. */
function birthYear(written: number, { day, month }: { day?: number; month?: number }, today: string): number {
  if (written > 99) return written
  const { year } = dayOf(today)
  const century = year - (year % 100)
  const latest = century + written
  const known = day !== undefined && month !== undefined
  const past = known ? iso({ year: latest, month, day }) <= today : latest <= year
  return past ? latest : latest - 100
}

export function eventYear(written: number, today: string): number {
  if (written > 99) return written
  const { year } = dayOf(today)
  const century = year - (year % 100)
  return century + written <= year + 2 ? century + written : century - 100 + written
}

/**
 * A date told in two answers, as it would have been written at once (DD/MM/YYYY, the year perhaps of two digits).
 * @param told `YYYY`, `YYYY-MM` or `--MM-DD`, of the answer before
 * @param partial the same of this one
 */
export function completeDate(told: string, text: string, partial?: string): string | undefined {
  const number = /^\D*(\d{1,4})\D*$/.exec(text)?.[1]
  const dayOfYear = /^--(\d\d)-(\d\d)$/
  const [, month, day] = dayOfYear.exec(told) ?? dayOfYear.exec(partial ?? '') ?? []
  if (month !== undefined && day !== undefined) {
    const year = [told, partial, number].find((each) => each !== undefined && /^\d{2}(?:\d{2})?$/.test(each))
    return year === undefined ? undefined : `${day}/${month}/${year}`
  }
  const [, year, ofYear] = /^(\d{4})-(\d\d)$/.exec(told) ?? []
  return ofYear === undefined || number === undefined || number.length > 2
    ? undefined
    : `${number}/${ofYear}/${year}`
}
