import { fold } from '../fold'
import { again, confirm, type Reading, type ReasonCode, sure } from '../reading'
import { addDays, ageOn, type Day, dayOf, exists, iso, weekdayOf } from './civil'
import { type DatePiece, dateText, findDates } from './find-dates'
import { answersNothing } from './no-answer'

const OLDEST = 120

/**
 * A birth date as `YYYY-MM-DD`. "12/3/62" is 12 March 1962: here the day comes first, and a year of two digits is
 * the latest one that is not after today.
 */
export function readBirthDate(text: string, today: string): Reading<string> {
  const folded = fold(text)
  const pieces = findDates(dateText(folded))
  if (pieces.length === 0) {
    if (/\b\d{1,3} ?anos\b|\btenho \d{2}\b/.test(dateText(folded))) return again('age')
    return readRelativeDay(folded, { today, past: true }) ?? again(answersNothing(folded) ?? 'nothing_found')
  }
  const reading = assemble(pieces, (year) => birthYear(year, today))
  if (reading.certainty === 'again') return reading
  if (reading.value > today) return again('future')
  if (ageOn(reading.value, today) > OLDEST) return again('too_old')
  return reading
}

/**
 * A date as `YYYY-MM-DD`, said in full, with parts missing, or by its distance from today. With `past`, a missing
 * year is the latest that makes the day past; a day that is still to come is only given back to be confirmed.
 */
export function readDate(text: string, options: { today: string; past?: boolean }): Reading<string> {
  const folded = fold(text)
  const relative = readRelativeDay(folded, options)
  if (relative !== undefined) return relative
  const pieces = findDates(dateText(folded))
  if (pieces.length === 0) return again(answersNothing(folded) ?? 'nothing_found')
  const reading = withYear(
    assemble(pieces, (year) => eventYear(year, options.today)),
    pieces,
    options,
  )
  if (reading.certainty === 'sure' && options.past === true && reading.value > options.today) {
    return confirm(reading.value, 'future')
  }
  return reading
}

/** One date from its pieces: "12 de março, sou de 62" is one, "15/05/1961 mas nasci em 63" is two. */
function assemble(pieces: DatePiece[], century: (year: number) => number): Reading<string> {
  let whole: Partial<Day> = {}
  let reason: ReasonCode | undefined
  for (const { day, month, year: written, popular, swapped } of pieces) {
    const year = written === undefined ? undefined : century(written)
    const clash =
      (day !== undefined && whole.day !== undefined && day !== whole.day) ||
      (month !== undefined && whole.month !== undefined && month !== whole.month) ||
      (year !== undefined && whole.year !== undefined && year !== whole.year)
    if (clash) {
      if (popular) continue
      return again('two_dates')
    }
    const known = whole.day !== undefined && whole.month !== undefined
    if (swapped) reason = 'day_month_swapped'
    if (popular && !known) reason = 'popular_day'
    whole = {
      ...whole,
      ...(day !== undefined && { day }),
      ...(month !== undefined && { month }),
      ...(year !== undefined && { year }),
    }
  }
  const { day, month, year } = whole
  const invalidMonth = month !== undefined && (month < 1 || month > 12)
  const invalidDay = day !== undefined && (day < 1 || day > 31)
  if (invalidMonth || invalidDay) return again('impossible_date')
  if (year === undefined) {
    if (month === undefined || day === undefined) return again('nothing_found')
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

/** An event told without its year: the latest such day that fits. */
function withYear(
  reading: Reading<string>,
  pieces: DatePiece[],
  { today, past }: { today: string; past?: boolean },
): Reading<string> {
  if (reading.certainty !== 'again' || reading.reason !== 'missing_year' || reading.partial === undefined)
    return reading
  const [, , month, day] = reading.partial.split('-').map(Number)
  const popular = pieces.some((piece) => piece.popular)
  let year = dayOf(today).year
  for (let tries = 0; tries < 8; tries += 1, year -= 1) {
    const date = { year, month: month ?? 0, day: day ?? 0 }
    if (!exists(date)) continue
    const value = iso(date)
    if (past === true && value > today) continue
    if (popular) return confirm(value, 'popular_day')
    return year === dayOf(today).year ? sure(value) : confirm(value, 'year_assumed')
  }
  return reading
}

function birthYear(written: number, today: string): number {
  if (written > 99) return written
  const { year } = dayOf(today)
  const century = year - (year % 100)
  return century + written <= year ? century + written : century - 100 + written
}

function eventYear(written: number, today: string): number {
  if (written > 99) return written
  const { year } = dayOf(today)
  const century = year - (year % 100)
  return century + written <= year + 2 ? century + written : century - 100 + written
}

const weekdays: [RegExp, number][] = [
  [/\bsegunda(?:[ -]feira)?\b/, 1],
  [/\bterca(?:[ -]feira)?\b/, 2],
  [/\bquarta(?:[ -]feira)?\b/, 3],
  [/\bquinta(?:[ -]feira)?\b/, 4],
  [/\bsexta(?:[ -]feira)?\b/, 5],
  [/\bsabado\b/, 6],
  [/\bdomingo\b/, 7],
]

/** "Ontem", "sábado agora", "dia 5 desse mês", "mês passado", "há 3 dias". */
function readRelativeDay(
  folded: string,
  { today, past }: { today: string; past?: boolean },
): Reading<string> | undefined {
  const { year, month } = dayOf(today)
  const text = dateText(folded)
  if (/\b(?:tras ?ant\w*ontem|trasantontem|antes de anteontem)\b/.test(text)) return sure(addDays(today, -3))
  if (/\b(?:anteontem|antes de ontem|antiontem|antontem)\b/.test(text)) return sure(addDays(today, -2))
  if (/\b(?:ontem|onte|onti)\b/.test(text)) return sure(addDays(today, -1))
  if (/\bdepois de amanha\b/.test(text)) return sure(addDays(today, 2))
  if (/\b(?:amanha|amanhan)\b(?! cedo\?)/.test(text)) return sure(addDays(today, 1))
  if (/\b(?:hoje|oje|hj|agora mesmo|agorinha)\b/.test(text) && findDates(text).length === 0)
    return sure(today)
  const ago =
    /\b(?:ha|faz|tem|a|fazem)(?: uns| umas| mais ou menos)? (\d{1,3}|um|uma) (dias?|semanas?|mes(?:es)?|anos?)\b/.exec(
      text,
    )
  const before = /\b(\d{1,3}|um|uma) (dias?|semanas?|mes(?:es)?|anos?) atras\b/.exec(text)
  const distance = before ?? (findDates(text).length === 0 ? ago : null)
  if (distance) return atDistance(Number(distance[1]) || 1, distance[2] ?? '', today)
  const monthDay = /\bdia (\d{1,2})\b(?: desse| deste| do| de)? ?(mes passado|mes que vem|mes|agora)?/.exec(
    text,
  )
  const bare = findDates(text).every((piece) => piece.month === undefined && piece.year === undefined)
  if (monthDay && bare && !weekdays.some(([name]) => name.test(text))) {
    return ofMonth(Number(monthDay[1]), monthDay[2] ?? '', today, past)
  }
  const weekday = weekdays.find(([name]) => name.test(text))
  if (weekday !== undefined && findDates(text).length === 0) return onWeekday(weekday[1], text, today, past)
  if (
    /\b(?:essa|esta|nessa|nesta|na|da)? ?(?:semana passada|outra semana|essa semana|semana que vem)\b/.test(
      text,
    )
  )
    return again('vague')
  if (
    /\bcarnaval\b|\bpascoa\b|\bsemana santa\b|\bdia das maes\b|\bdia dos pais\b|\bcorpus christi\b/.test(text)
  )
    return again('vague')
  if (findDates(text).length > 0) return undefined
  if (/\bmes passado\b/.test(text)) {
    return again(
      'missing_day',
      month === 1 ? `${year - 1}-12` : iso({ year, month: month - 1, day: 1 }).slice(0, 7),
    )
  }
  if (/\b(?:esse|este|nesse|neste|desse|deste) mes\b/.test(text))
    return again('missing_day', today.slice(0, 7))
  if (/\bano retrasado\b/.test(text)) return again('missing_day_month', String(year - 2))
  if (/\bano passado\b/.test(text)) return again('missing_day_month', String(year - 1))
  if (/\b(?:esse|este|nesse|neste) ano\b/.test(text)) return again('missing_day_month', String(year))
  return undefined
}

function atDistance(count: number, unit: string, today: string): Reading<string> {
  if (unit.startsWith('dia')) return confirm(addDays(today, -count), 'relative_day')
  if (unit.startsWith('semana')) return again('vague')
  const { year, month } = dayOf(today)
  if (unit.startsWith('ano')) return again('missing_day_month', String(year - count))
  const months = year * 12 + month - 1 - count
  return again(
    'missing_day',
    iso({ year: Math.floor(months / 12), month: (months % 12) + 1, day: 1 }).slice(0, 7),
  )
}

function ofMonth(day: number, which: string, today: string, past: boolean | undefined): Reading<string> {
  const { year, month } = dayOf(today)
  const shift = which === 'mes passado' ? -1 : which === 'mes que vem' ? 1 : 0
  const months = year * 12 + month - 1 + shift
  const date = (count: number): Day => ({ year: Math.floor(count / 12), month: (count % 12) + 1, day })
  if (!exists(date(months))) return again('impossible_date')
  const value = iso(date(months))
  if (which !== '') return sure(value)
  if (past === true && value > today) {
    const earlier = date(months - 1)
    return exists(earlier) ? confirm(iso(earlier), 'relative_day') : again('impossible_date')
  }
  return confirm(value, 'relative_day')
}

function onWeekday(weekday: number, text: string, today: string, past: boolean | undefined): Reading<string> {
  const now = weekdayOf(today)
  const back = (now - weekday + 7) % 7 || 7
  if (/\bque vem\b|\bproxim[ao]\b/.test(text))
    return confirm(addDays(today, 7 - now + weekday), 'relative_day')
  if (/\bretrasad[ao]\b/.test(text)) return confirm(addDays(today, -back - 7), 'relative_day')
  if (/\bpassad[ao]\b/.test(text)) return sure(addDays(today, -back))
  if (past === false) return confirm(addDays(today, (weekday - now + 7) % 7), 'relative_day')
  return confirm(addDays(today, -((now - weekday + 7) % 7)), 'relative_day')
}
