import { again, confirm, type Reading, sure } from '../reading'
import { answerText, mended } from './answer'
import { eventYear } from './dates'
import { dateText, findDates } from './find-dates'
import { answersNothing } from './no-answer'
import { lettersToDigits } from './numbers'
import { monthAndYear } from './period'
import { withRelativeMonths } from './relative-dates'

const SHORT = /^\W*(?:de |d[oa] )?(jan|fev|mar|abr|mai|jun|jul|ago|set|out|nov|dez)\W*$/

/** The month a contribution is for, as `YYYY-MM`; a month told without its year is the latest one begun. */
export function readCompetence(text: string, today: string): Reading<string> {
  return mended(answerText(text), (folded) => readOnce(folded, today))
}

function readOnce(written: string, today: string): Reading<string> {
  const { text: folded, changed: slip } = lettersToDigits(written)
  const glued = /(?<!\d)(?:(0[1-9]|1[0-2])((?:19|20)\d{2})|((?:19|20)\d{2})-?(0[1-9]|1[0-2]))(?!\d|-\d)/.exec(
    folded,
  )
  if (glued) return begun(`${glued[2] ?? glued[3]}-${glued[1] ?? glued[4]}`, today)
  const said = dateText(withRelativeMonths(folded.replace(SHORT, '1/$1'), today))
    .replace(/(?<![\d#.])(\d{1,2}) (?:de|do) (\d{4})\b/g, (_, month, year) => `#${Number(month)} de ${year}`)
    .replace(
      /(?<![\d#.])(\d{1,2}) do (1[3-9]|[2-9]\d)\b/g,
      (_, month, year) => `#${Number(month)} de ${year}`,
    )
  const pieces = findDates(monthAndYear(said))
  const months = [...new Set(pieces.flatMap((piece) => (piece.month === undefined ? [] : [piece.month])))]
  const years = [...new Set(pieces.flatMap((piece) => (piece.year === undefined ? [] : [piece.year])))]
  const [month] = months
  if (pieces.length > 1 && /\b(?:ate|a|entre)\b/.test(said)) return again('range')
  if (months.length > 1 || years.length > 1) return again('two_dates')
  const year = years[0] === undefined ? undefined : eventYear(years[0], today)
  if (month === undefined) {
    return year === undefined
      ? again(answersNothing(folded) ?? 'nothing_found')
      : again('missing_month', String(year))
  }
  if (month < 1 || month > 12) return again('impossible_date')
  const inYear = (of: number) => `${of}-${String(month).padStart(2, '0')}`
  if (year !== undefined) {
    const reading = begun(inYear(year), today)
    return slip && reading.certainty === 'sure' ? confirm(reading.value, 'letter_for_digit') : reading
  }
  const thisYear = Number(today.slice(0, 4))
  const value = inYear(thisYear)
  return value <= today.slice(0, 7) ? sure(value) : confirm(inYear(thisYear - 1), 'year_assumed')
}

function begun(value: string, today: string): Reading<string> {
  return value > today.slice(0, 7) ? again('future') : sure(value)
}
