import { numbersInDigits } from './numbers'

/** A piece of a date as written; a year of one or two digits is not yet placed in its century. */
export type DatePiece = {
  day?: number
  month?: number
  year?: number
  at: number
  popular?: boolean
  swapped?: boolean
}

const monthNames: [RegExp, number][] = [
  [/^jan/, 1],
  [/^fev|^feb/, 2],
  [/^mar(?:c|s|ç|$)/, 3],
  [/^abr/, 4],
  [/^mai/, 5],
  [/^jun/, 6],
  [/^jul/, 7],
  [/^ago/, 8],
  [/^set|^sete/, 9],
  [/^out/, 10],
  [/^nov/, 11],
  [/^dez|^des/, 12],
]

const MONTH =
  '(?:jan(?:eiro|ero)?|fev(?:ereiro|ereio|erero)?|mar(?:co|so)?|abr(?:il|iu)?|mai(?:o|u)?|jun(?:ho|io)?|jul(?:ho|io)?|ago(?:sto|stu)?|set(?:embro|enbro|enbru)?|out(?:ubro|ubru)?|nov(?:embro|enbro)?|dez(?:embro|enbro)?|desembro)'

/** Between the parts of a date: "12/3", "12 do 3", "12 de março de". */
const BETWEEN = '\\s*(?:/|-|\\.|,|\\bd[eo]?\\b(?: mes(?: de)?| ano(?: de)?)?|\\bde\\b|\\s)\\s*'
const YEAR = '(\\d{4}|\\d{2})(?!\\d|\\s*(?:anos?|contrib|mes))'

const popularDays: [RegExp, number, number][] = [
  [/\bvespera de natal\b/, 24, 12],
  [/\bnatal\b/, 25, 12],
  [/\b(?:vespera de ano novo|reveillon|ultimo dia do ano)\b/, 31, 12],
  [/\b(?:ano novo|ano bom|confraternizacao)\b/, 1, 1],
  [/\b(?:dia de|dia dos|santos?) reis\b/, 6, 1],
  [/\bsao jose\b/, 19, 3],
  [/\btiradentes\b/, 21, 4],
  [/\bsao jorge\b/, 23, 4],
  [/\bdia d[oe] trabalh\w+\b/, 1, 5],
  [/\bdia dos namorados\b/, 12, 6],
  [/\bsanto antonio\b/, 13, 6],
  [/\bsao joao\b/, 24, 6],
  [/\bsao pedro\b/, 29, 6],
  [/\bindependencia\b/, 7, 9],
  [/\b(?:dia das criancas|nossa senhora aparecida|dia de aparecida)\b/, 12, 10],
  [/\b(?:dia de )?todos os santos\b/, 1, 11],
  [/\bfinados\b/, 2, 11],
  [/\bproclamacao\b/, 15, 11],
  [/\bconsciencia negra\b/, 20, 11],
]

/** A folded text with its numbers in digits, ready to look for dates in. */
export function dateText(folded: string): string {
  // "do dez" is the tenth month; "de dez" and "/dez" shorten dezembro.
  const spoken = folded
    .replace(/\bprimeiro\b|\b1o\b/g, '1')
    .replace(/(\d\s*(?:de|d|\/|-|\s)\s*)dez\b/g, '$1dezembro')
  return numbersInDigits(spoken).replace(/\b19 (\d\d)\b/g, '19$1')
}

/** Every date or piece of one, in order; nothing is checked against the calendar. */
export function findDates(text: string): DatePiece[] {
  const pieces: DatePiece[] = []
  let rest = text
  const take = (pattern: RegExp, read: (groups: string[]) => Omit<DatePiece, 'at'> | undefined) => {
    rest = rest.replace(pattern, (...found) => {
      const whole = String(found[0])
      const at = Number(found.find((each) => typeof each === 'number'))
      const piece = read(found.slice(1).map((each) => (typeof each === 'string' ? each : '')))
      if (piece === undefined) return whole
      pieces.push({ ...piece, at })
      return ' '.repeat(whole.length)
    })
  }
  const full = (day: string, month: string, year: string) =>
    ordered(Number(day), monthOf(month), Number(year))
  take(/\b(\d{4})-(\d{1,2})-(\d{1,2})\b/g, ([year = '', month = '', day = '']) => full(day, month, year))
  take(
    new RegExp(`\\b(\\d{1,2})${BETWEEN}(${MONTH}|\\d{1,2})${BETWEEN}${YEAR}`, 'g'),
    ([day = '', month = '', year = '']) => full(day, month, year),
  )
  take(/\b(\d{2})(\d{2})((?:18|19|20)\d{2})\b/g, ([day = '', month = '', year = '']) =>
    full(day, month, year),
  )
  take(/\b(\d{2})(\d{2})(\d{2})\b/g, ([day = '', month = '', year = '']) => full(day, month, year))
  take(
    new RegExp(`\\b(\\d{4})\\b[^\\d]{1,14}\\b(\\d{1,2})${BETWEEN}(${MONTH}|\\d{1,2})\\b`, 'g'),
    ([year = '', day = '', month = '']) => full(day, month, year),
  )
  for (const [pattern, day, month] of popularDays) {
    take(new RegExp(pattern.source, 'g'), () => ({ day, month, popular: true }))
  }
  take(new RegExp(`\\b(\\d{1,2})${BETWEEN}(${MONTH})\\b`, 'g'), ([day = '', month = '']) => ({
    day: Number(day),
    month: monthOf(month),
  }))
  take(new RegExp(`\\b(${MONTH})${BETWEEN}${YEAR}`, 'g'), ([month = '', year = '']) => ({
    month: monthOf(month),
    year: Number(year),
  }))
  take(/\b(\d{1,2})\s*\/\s*(\d{4})\b/g, ([month = '', year = '']) => ({
    month: Number(month),
    year: Number(year),
  }))
  take(
    /\b(\d{1,2})\s*(?:\/|-|\bdo\b(?: mes)?)\s*(\d{1,2})\b(?!\s*(?:anos|mil))/g,
    ([day = '', month = '']) => ({
      day: Number(day),
      month: Number(month),
    }),
  )
  take(/\b((?:18|19|20)\d{2})\b/g, ([year = '']) => ({ year: Number(year) }))
  take(
    /(?:\b(?:em|de|ano|ano de|desde|ate|'|anos?)\s+|')(\d{2})\b(?!\s*(?:anos?|contrib|mes|dias?|mil|reais|por|%|[.,/]\d))/g,
    ([year = '']) => ({ year: Number(year) }),
  )
  take(
    new RegExp(`\\b(${MONTH})\\b(?=\\s*(?:$|[,.;]|do ano|desse|deste|agora|passado))`, 'g'),
    ([month = '']) => (month.length < 4 && month !== 'maio' ? undefined : { month: monthOf(month) }),
  )
  return pieces.sort((a, b) => a.at - b.at)
}

/** Day first, as here; the other way round when only that can be, which is worth confirming. */
function ordered(day: number, month: number, year: number): Omit<DatePiece, 'at'> {
  if (month > 12 && month <= 31 && day >= 1 && day <= 12)
    return { day: month, month: day, year, swapped: true }
  return { day, month, year }
}

function monthOf(written: string): number {
  if (/^\d/.test(written)) return Number(written)
  return monthNames.find(([pattern]) => pattern.test(written))?.[1] ?? 0
}
