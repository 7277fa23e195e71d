import { again, confirm, type Reading, sure } from '../reading'
import { addDays, dayOf, exists, iso, weekdayOf } from './civil'

export type Options = { today: string; past?: boolean }

export function daysIn(year: number, month: number): number {
  return [31, 30, 29, 28].find((day) => exists({ year, month, day })) ?? 28
}

/** Writes "mês passado", "este mês", "ano passado" as the month or year meant: "20 de agosto do ano passado" → "… 2025". */
export function withRelativeMonths(folded: string, today: string): string {
  const { year, month } = dayOf(today)
  const inMonths = (shift: number) => {
    const count = year * 12 + month - 1 + shift
    return { year: Math.floor(count / 12), month: (count % 12) + 1 }
  }
  const named = (shift: number) => {
    const of = inMonths(shift)
    return ` #${of.month} de ${of.year} `
  }
  const named2 = (text: string, pattern: RegExp, shift: number) =>
    text.replace(pattern, (_, last: string | undefined) => {
      const of = inMonths(shift)
      return last === undefined ? named(shift) : ` ${daysIn(of.year, of.month)} de${named(shift)}`
    })
  const LAST = '(?:\\bno )?(\\bultimo dia )?(?:d[oe] )?'
  let text = folded
  text = named2(text, new RegExp(`${LAST}\\b(?:ultimo mes|mes passado|mes anterior)\\b`, 'g'), -1)
  text = named2(text, new RegExp(`${LAST}\\b(?:mes retrasado)\\b`, 'g'), -2)
  text = named2(text, new RegExp(`${LAST}\\b(?:mes que vem|proximo mes)\\b`, 'g'), 1)
  text = named2(
    text,
    new RegExp(`${LAST}\\b(?:[dn]?(?:esse|este) mes|(?:mes (?:corrente|atual)|corrente mes))\\b`, 'g'),
    0,
  )
  return text
    .replace(/\b(?:d?o )?ano retrasado\b/g, ` de ${year - 2} `)
    .replace(/\b(?:d?o )?ano passado\b/g, ` de ${year - 1} `)
    .replace(/\b[dn]?(?:esse|este) ano\b/g, ` de ${year} `)
    .replace(/\bano que vem\b/g, ` de ${year + 1} `)
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
  const ahead = /\bdaqui (?:a )?(?:uns )?(\d{1,3}) dias\b|\bde hoje a (\d{1,3}) dias\b/.exec(text)
  if (ahead) return confirm(addDays(today, Number(ahead[1] ?? ahead[2])), 'relative_day')
  const ago =
    /\b(?:ha|faz|tem|a|fazem|deve ter)(?: uns| umas| mais ou menos| ja)? (\d{1,3}|um|uma) (dias?|semanas?|mes(?:es)?|anos?)\b/.exec(
      text,
    ) ?? /\b(\d{1,3}|um|uma) (dias?|semanas?|mes(?:es)?|anos?) (?:atras|antes)\b/.exec(text)
  if (ago) return atDistance(Number(ago[1]) || 1, ago[2] ?? '', today)
  if (/\b(?:tras ?(?:de )?ant\w*onte?[mi]?|trasantonti|antes de ante ?ontem)\b/.test(text))
    return sure(addDays(today, -3))
  if (/\b(?:ant[ei]s? ?-?(?:d[e']? ?)?ont(?:em|e|i)|ant ?-?ont(?:em|e|i))\b/.test(text))
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
