import { again, confirm, type Reading, sure } from '../reading'
import { addDays, dayOf, exists, iso, weekdayOf } from './civil'

export type Options = { today: string; past?: boolean }

export function daysIn(year: number, month: number): number {
  return [31, 30, 29, 28].find((day) => exists({ year, month, day })) ?? 28
}

const LAST_DAY = '(?:\\bno )?(\\bultimo dia )?(?:d[oe] )?'
const monthsFromNow: [RegExp, number][] = [
  [`\\b(?:ultimo mes|mes passado|mes anterior)\\b`, -1] as const,
  [`\\bmes retrasado\\b`, -2] as const,
  [`\\b(?:mes que vem|proximo mes)\\b`, 1] as const,
  [`\\b(?:[dn]?(?:esse|este) mes|mes (?:corrente|atual)|corrente(?: mes)?)\\b`, 0] as const,
].map(([words, shift]) => [new RegExp(`${LAST_DAY}${words}`, 'g'), shift])
const yearsFromNow: [RegExp, number][] = [
  [/\b(?:d?o )?ano retrasado\b/g, -2],
  [/\b(?:d?o )?ano passado\b/g, -1],
  [/\b[dn]?(?:esse|este) ano\b/g, 0],
  [/\bano que vem\b/g, 1],
]

/** Writes "mês passado", "este mês", "ano passado" as the month or year meant: "20 de agosto do ano passado" → "… 2025". */
export function withRelativeMonths(folded: string, today: string): string {
  if (!/\bmes\b|\bano\b|\bcorrente\b/.test(folded)) return folded
  const { year, month } = dayOf(today)
  let text = folded
  for (const [pattern, shift] of monthsFromNow) {
    const count = year * 12 + month - 1 + shift
    const of = { year: Math.floor(count / 12), month: (count % 12) + 1 }
    const named = ` #${of.month} de ${of.year} `
    text = text.replace(pattern, (_, last: string | undefined) =>
      last === undefined ? named : ` ${daysIn(of.year, of.month)} de${named}`,
    )
  }
  for (const [pattern, shift] of yearsFromNow) text = text.replace(pattern, ` de ${year + shift} `)
  return text
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

/** "Ontem", "sábado agora", "dia 5", "há 3 dias": text as `dateText` gives it. */
export function readRelativeDay(text: string, { today, past }: Options): Reading<string> | undefined {
  const weekday = weekdays.find(([name]) => name.test(text))
  const monthDay =
    /\bdia (\d{1,2})\b|\b(?:feira|segunda|terca|quarta|quinta|sexta|sabado|domingo),? (\d{1,2})\b/.exec(text)
  if (monthDay !== null) return ofMonth(Number(monthDay[1] ?? monthDay[2]), text, today, past)
  const ahead = /\b(?:daqui|de hoje) (?:a |ha )?(?:uns |umas )?(\d{1,3}|uma) (dias|semanas?)\b/.exec(text)
  if (ahead) {
    const days = (Number(ahead[1]) || 1) * (ahead[2] === 'dias' ? 1 : 7)
    return confirm(addDays(today, days), 'relative_day')
  }
  const ago =
    /\b(?:ha|faz|tem|a|fazem|deve ter)(?: uns| umas| mais ou menos| ja)? (\d{1,3}|um|uma) (dias?|semanas?|mes(?:es)?|anos?)\b/.exec(
      text,
    ) ?? /\b(\d{1,3}|um|uma) (dias?|semanas?|mes(?:es)?|anos?) (?:atras|antes)\b/.exec(text)
  if (ago) return atDistance(Number(ago[1]) || 1, ago[2] ?? '', today)
  if (/\b(?:(?:tras|tres|3) ?(?:de )?(?:ant|ont)\w*onte?[mi]?|trasantonti|antes de ante ?ontem)\b/.test(text))
    return sure(addDays(today, -3))
  if (/\b(?:[ao]nt[ei]s? ?-?(?:d[e']? ?)?ont(?:em|e|i)|[ao]nt ?-?ont(?:em|e|i))\b/.test(text))
    return sure(addDays(today, -2))
  if (/\bont(?:em|e|i)\b/.test(text)) return sure(addDays(today, -1))
  if (/\bdepois de amanha\b/.test(text)) return sure(addDays(today, 2))
  if (/\bamanhan?\b/.test(text)) return sure(addDays(today, 1))
  if (/\b(?:hoje|oje|hj|agora mesmo|agorinha)\b/.test(text)) return sure(today)
  if (weekday !== undefined && !/\b(?:na )?outra semana\b/.test(text))
    return onWeekday(weekday[1], text, today, past)
  if (
    /\bsemana\b|\bcarnaval\b|\bquaresma\b|\b(?:esses|uns|nesses) dias\b|\boutro dia\b|\bfaz(?: muito)? tempo\b|\brecente|\bdias atras\b|\bha pouco\b|\bpouco tempo\b|\bferias\b/.test(
      text,
    )
  )
    return again('vague')
  return undefined
}

function atDistance(count: number, unit: string, today: string): Reading<string> {
  if (unit.startsWith('dia')) return confirm(addDays(today, -count), 'relative_day')
  if (unit.startsWith('semana')) return confirm(addDays(today, -7 * count), 'relative_day')
  const { year, month } = dayOf(today)
  if (unit.startsWith('ano')) return again('missing_day_month', String(year - count))
  const months = year * 12 + month - 1 - count
  return again(
    'missing_day',
    iso({ year: Math.floor(months / 12), month: (months % 12) + 1, day: 1 }).slice(0, 7),
  )
}

/** "Dia 20", of no month told: the latest one when it is past. */
function ofMonth(day: number, text: string, today: string, past: boolean | undefined): Reading<string> {
  const { year, month } = dayOf(today)
  const months = year * 12 + month - 1
  const date = (count: number) => ({ year: Math.floor(count / 12), month: (count % 12) + 1, day })
  const thisMonth = date(months)
  if (day < 1 || day > 31) return again('impossible_date')
  const value = exists(thisMonth) ? iso(thisMonth) : undefined
  // "Ontem, dia 22" is one day told twice.
  if (value !== undefined && /\bont(?:em|e|i)\b/.test(text) && value === addDays(today, -1))
    return sure(value)
  if (value === undefined || (past === true && value > today)) {
    const earlier = date(months - 1)
    return exists(earlier) ? confirm(iso(earlier), 'relative_day') : again('impossible_date')
  }
  return confirm(value, 'relative_day')
}

function onWeekday(weekday: number, text: string, today: string, past: boolean | undefined): Reading<string> {
  const now = weekdayOf(today)
  const back = (now - weekday + 7) % 7 || 7
  const ahead = (weekday - now + 7) % 7 || 7
  if (/\bsemana passada\b/.test(text)) return confirm(addDays(today, weekday - now - 7), 'relative_day')
  if (/\bque vem\b/.test(text)) return confirm(addDays(today, 7 - now + weekday), 'relative_day')
  if (/\bproxim[ao]\b/.test(text)) return confirm(addDays(today, ahead), 'relative_day')
  if (/\bretrasad[ao]\b/.test(text)) return confirm(addDays(today, -back - 7), 'relative_day')
  if (/\bpassad[ao]\b/.test(text)) return sure(addDays(today, -back))
  if (past === false) return confirm(addDays(today, ahead % 7), 'relative_day')
  return confirm(addDays(today, -back), 'relative_day')
}
