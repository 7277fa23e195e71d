import { ANY_FEAST, eve, type Feast, feasts } from './feasts'
import { monthsInDigits } from './months'
import { lettersToDigits, numbersInDigits } from './numbers'
import { spelt } from './spelt'

/** A piece of a date as written; a year of one or two digits is not yet placed in its century. */
export type DatePiece = {
  day?: number
  month?: number
  year?: number
  at: number
  /** Told by a feast: which day that is depends on the year. */
  feast?: Feast
  swapped?: boolean
  slip?: boolean
}

/** A folded text with its numbers in digits and its months as "#3", ready to look for dates in. */
export function dateText(folded: string): string {
  const text = spelt(folded)
    .replace(/\b(vinte|trinta) um\b/g, '$1 e um')
    .replace(/\bprimei?r[oa]\b|(?<!\/)\b1[oa]\b/g, '1')
    .replace(/(\d)(d[eo]\b)|\b(d[eo]?)(?=\d)/g, '$1 $2$3 ')
    .replace(/(?<! e )\bum(?= d[eo]?\b)|(?<=\b(?:dia|do|d) )um\b/g, '1')
    .replace(/\bmeia meia\b/g, '66')
    .replace(/\bd[iu]\b/g, 'de')
    .replace(/\bdias d[eo] (?=mes\b)/g, 'do ')
  // "do dez" is the tenth month; "de dez" and "/dez" shorten dezembro.
  const months = monthsInDigits(
    text.replace(/\bdecada de \d\d\b/g, ' ').replace(/(\d\s*(?:de|d|\/|-|\s)\s*)dez\b/g, '$1dezembro'),
  )
  const numbers = numbersInDigits(months)
  // A number just written may stand before a short month: "doze mar".
  return (numbers === months ? months : monthsInDigits(numbers)).replace(/\b19 (\d\d)\b(?!\s*\d)/g, '19$1')
}

/** Between the parts of a date: "12/3", "12 do 3", "12 de março de", "dia 12, mês 3, ano". */
const BETWEEN = '(?:\\s*(?:[/.,_:-]|\\b(?:d[eo]?|mes|ano|dia|agora)\\b)){0,4}\\s*'
const DAY = '(?<![\\d#])(\\d{1,2})(?![\\dk])'
const MONTH = '(#\\d{1,2})(?!\\d)'
const MONTH_TOO = '(#?\\d{1,2})(?!\\d)'
/** A number that counts something is no year. */
const YEAR = '(\\d{4}|\\d{2})(?!\\d|[.,]\\d|\\s*(?:anos?|contrib|mes(?:es)?\\b|mil\\b|quilo|kg|hora|reais))'

const FULL = new RegExp(`${DAY}${BETWEEN}${MONTH_TOO}${BETWEEN}${YEAR}`, 'g')
const YEAR_FIRST = /(?<!\d)(\d{4})[/-](\d{1,2})[/-](\d{1,2})(?!\d)/g
const MONTH_FIRST = new RegExp(`${MONTH}(?:\\s*,)?\\s+(?:dia\\s+)?${DAY}[\\s,]+(?:de\\s+)?(\\d{4})\\b`, 'g')
const GLUED = /(?<![\d.,/-])(\d{2})(\d{2})((?:18|19|20)?\d{2})(?![\d.,/-]?\d)/g
const GLUED_YEAR_FIRST = /(?<![\d.,/-])((?:19|20)\d{2})(0[1-9]|1[0-2])(\d{2})(?!\d)/g
const YEAR_THEN_DAY = new RegExp(`(?<!\\d)(\\d{4})(?!\\d)[^\\d#]{1,14}${DAY}${BETWEEN}${MONTH_TOO}`, 'g')
const DAY_MONTH = new RegExp(`${DAY}${BETWEEN}${MONTH}`, 'g')
const MONTH_YEAR = new RegExp(`${MONTH}${BETWEEN}${YEAR}`, 'g')
const NUMBERED_MONTH_YEAR = new RegExp(
  `(?<![\\d/])(?:\\bmes\\s+)?(\\d{1,2})\\s*(?:/|\\.|-)\\s*(\\d{4})(?![\\d/])|\\bmes\\s+(?:de\\s+)?(\\d{1,2})${BETWEEN}${YEAR}`,
  'g',
)
const NUMBERED_DAY_MONTH =
  /(?<![\d.,/#-])(\d{1,2})\s*(?:\/|-|\.|\b(?:do|do mes|de|mes|do mes de)\b)\s*(\d{1,2})(?![\d,.]*\d|\/\d{4}|\s*(?:anos?|mil|meses|reais|contrib))/g
const LONE_YEAR = /(?<![\d.,/-])((?:18|19|20)\d{2})(?![\d/-]|[.,]\d)/g
const SHORT_YEAR =
  /(?:\b(?:em|de|ano|ano de|desde|ate|de ano|anos?|nasci)\s+|')(\d{2})(?!\d|[/-]|[.,]\d|\s*(?:anos?|contrib|mes|dias?|mil|reais|por|%|de #))/g
const YEAR_MONTH_DAY = new RegExp(`(?<!\\d)(\\d{4})\\s+(?:de\\s+)?${MONTH}\\s+(?:dia\\s+)?${DAY}`, 'g')
const LONE_DAY = /\bdia (\d{1,2})(?!\d|\s*(?:e|ou|a)\s*\d)/g
const LONE_MONTH = new RegExp(MONTH, 'g')

/** Every date or piece of one, in order; nothing is checked against the calendar. */
export function findDates(text: string): DatePiece[] {
  const { text: digits, changed } = lettersToDigits(text)
  const pieces: DatePiece[] = []
  let rest = digits
  const take = (pattern: RegExp, read: (groups: string[]) => Omit<DatePiece, 'at'> | undefined) => {
    rest = rest.replace(pattern, (...found) => {
      const whole = String(found[0])
      const at = Number(found.find((each) => typeof each === 'number'))
      const piece = read(found.slice(1).map((each) => (typeof each === 'string' ? each : '')))
      if (piece === undefined) return whole
      pieces.push({ ...piece, at, ...(changed && { slip: true }) })
      return ' '.repeat(whole.length)
    })
  }
  const full = (day = '', month = '', year = '') => ordered(day, month, Number(year))
  take(YEAR_FIRST, ([year, month, day]) => full(day, month, year))
  take(GLUED_YEAR_FIRST, ([year, month, day]) => full(day, month, year))
  take(FULL, ([day, month, year]) => full(day, month, year))
  take(MONTH_FIRST, ([month, day, year]) => full(day, month, year))
  take(YEAR_MONTH_DAY, ([year, month, day]) => full(day, month, year))
  take(GLUED, ([day, month, year]) => full(day, month, year))
  take(YEAR_THEN_DAY, ([year, day, month]) => full(day, month, year))
  for (const [pattern, feast] of ANY_FEAST.test(rest) ? feasts : []) {
    const found = pattern.exec(rest)
    if (found === null) continue
    const before = /\bvespera (?:de|do|da) (?:dia (?:de |do |da )?)?$/.test(rest.slice(0, found.index))
    pieces.push({ at: found.index, feast: before ? eve(feast) : feast })
    rest = `${rest.slice(0, found.index)}${' '.repeat(found[0].length)}${rest.slice(found.index + found[0].length)}`
  }
  // "Em 51, mês de março": no day is so large.
  take(DAY_MONTH, ([first, month]) => ({
    [Number(first) > 31 ? 'year' : 'day']: Number(first),
    month: numberOf(month),
  }))
  take(MONTH_YEAR, ([month, year]) => ({ month: numberOf(month), year: Number(year) }))
  take(NUMBERED_MONTH_YEAR, ([month, year, named, itsYear]) => ({
    month: Number(month || named),
    year: Number(year || itsYear),
  }))
  take(NUMBERED_DAY_MONTH, ([day, month]) => ({ day: Number(day), month: Number(month) }))
  take(LONE_YEAR, ([year]) => ({ year: Number(year) }))
  take(SHORT_YEAR, ([year]) => ({ year: Number(year) }))
  take(LONE_MONTH, ([month]) => ({ month: numberOf(month) }))
  const dayless =
    pieces.length > 0 && pieces.every((piece) => piece.day === undefined && piece.feast === undefined)
  if (dayless && pieces.some((piece) => piece.month !== undefined))
    take(LONE_DAY, ([day]) => ({ day: Number(day) }))
  return pieces.sort((a, b) => a.at - b.at)
}

/** Day first, as here; the other way round when only that can be, which is worth confirming. */
function ordered(day: string, month: string, year: number): Omit<DatePiece, 'at'> {
  const first = Number(day)
  const second = numberOf(month)
  const named = month.startsWith('#')
  if (!named && second > 12 && second <= 31 && first >= 1 && first <= 12)
    return { day: second, month: first, year, swapped: true }
  return { day: first, month: second, year }
}

function numberOf(month = ''): number {
  return Number(month.replace('#', ''))
}
