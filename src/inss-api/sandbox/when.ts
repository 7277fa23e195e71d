import { calendar } from '../../law'

/**
 * The dates of a citizen's file, so that the same life fits any day:
 * `1991-02-04` · `today` · `12y ago`, `62y2m ago`, `40d ago` · `in 3m` · `at 18y`, `at 18y4m` (of age).
 * In a job, months and years take the first day of the month in `from` and the last in `to`; `, day 12` names another.
 */
export const dateWords =
  /^(\d{4}-\d\d-\d\d|today|(\d+y)?(\d+m)?(\d+d)? ago|in (\d+y)?(\d+m)?(\d+d)?|at \d+y(\d+m)?)(, day \d\d?)?$/

export type Life = { today: string; birthDate: string }

/** The civil date meant by `words` (already matched by `dateWords`). */
export function readDate(words: string, life: Life): string {
  const [expression = '', day] = words.split(', day ')
  const date = readExpression(expression, life)
  return day === undefined ? date : onDay(date, Number(day))
}

/** Like `readDate`, for the first day of a job. */
export function readJobStart(words: string, life: Life): string {
  const date = readDate(words, life)
  return isExact(words) ? date : onDay(date, 1)
}

/** Like `readDate`, for the last day of a job. */
export function readJobEnd(words: string, life: Life): string {
  const date = readDate(words, life)
  return isExact(words) ? date : onDay(date, 31)
}

function readExpression(expression: string, life: Life): string {
  if (expression === 'today') return life.today
  if (/^\d{4}-/.test(expression)) return expression
  if (expression.startsWith('at ')) return move(life.birthDate, expression, 1)
  return move(life.today, expression, expression.startsWith('in ') ? 1 : -1)
}

function move(date: string, expression: string, sign: 1 | -1): string {
  const count = (unit: string) => Number(new RegExp(`(\\d+)${unit}`).exec(expression)?.[1] ?? 0)
  const months = count('y') * 12 + count('m')
  // From the last days of a month the shorter month ends the term: what matters is staying in the month named.
  const month = calendar.addCompetencias(calendar.competenciaOf(date), sign * months)
  return calendar.addDays(onDay(month, Number(date.slice(8))), sign * count('d'))
}

function onDay(date: string, day: number): string {
  const last = calendar.lastDayOf(calendar.competenciaOf(date))
  return Number(last.slice(8)) <= day ? last : `${last.slice(0, 8)}${String(day).padStart(2, '0')}`
}

function isExact(words: string): boolean {
  return /^\d{4}-|day|\dd|today/.test(words)
}
