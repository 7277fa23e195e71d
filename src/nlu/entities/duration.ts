import { fold } from '../fold'
import type { Duration } from '../index'
import { again, confirm, type Reading, sure } from '../reading'
import { type DatePiece, dateText, findDates } from './find-dates'
import { answersNothing } from './no-answer'
import { numbersInDigits } from './numbers'

/** Nobody contributes longer than this. */
const LONGEST_YEARS = 80
/** A bare number up to this is years ("30"), above it months ("360"). */
const MOST_BARE_YEARS = 60

const UNIT =
  '(anos?|ano|anu|meses|mes|meis|mesis|dias?|semanas?|decadas?|contribuicoes|contribuicao|carnes?|parcelas|guias|recolhimentos|a|m|d)'
const AMOUNT = new RegExp(`(-?\\d+(?:[.,]\\d+)?)\\s*${UNIT}\\b`, 'g')
/** What may follow a number that is a time although no unit is said. */
const PLACE =
  '(?:$|e\\b|mais\\b|com\\b|na\\b|no\\b|de (?!\\d)|em\\b|so\\b|regist|pag|contrib|cart|certin|apenas\\b|complet|exat|cheio|fechad)'
const BARE = new RegExp(`(?<![\\d.,/])(-?\\d{1,3})(?:[.,](\\d))?(?= *[.!]*\\s*${PLACE}|[,;])`, 'g')

/** A length of time as said: "180 meses" is `{years: 0, months: 180, days: 0}`; see `normalised`. */
export function readDurationAsSaid(text: string): Reading<Duration> {
  const folded = fold(text)
  const spoken = numbersInDigits(oneOfUnit(folded))
  const period = readPeriod(spoken)
  if (period !== undefined) return period
  const threefold = /^\D{0,20}(\d{1,2})[/.-](\d{1,2})[/.-](\d{1,2})\D*$/.exec(spoken)
  if (threefold) {
    const [years, months, days] = threefold.slice(1).map(Number)
    if ((months ?? 99) < 12 && (days ?? 99) < 31) {
      return confirm({ years: years ?? 0, months: months ?? 0, days: days ?? 0 }, 'looks_like_date')
    }
  }
  if (
    /\b(?:quase|mais de|menos de|acima de|abaixo de|ate|no maximo|no minimo|pelo menos|passa de|perto de|por volta d|beirando)\b(?=[^\d]{0,8}\d)/.test(
      spoken,
    )
  ) {
    return again('bound')
  }
  if (/\bentre\b.*\d.* e \d|\b\d+ ?(?:a|ou|ate|-) ?\d+ ?(?:anos|meses|$)/.test(spoken)) return again('range')
  if (/\b(?:desde|a partir d|comecei (?:com|aos)|desde os|aos \d)/.test(spoken)) return again('period')
  return measured(spoken) ?? bare(spoken) ?? nothing(folded)
}

/** The same length in years, months (0–11) and days (0–29), as the law counts. */
export function normalised({ years, months, days }: Duration): Duration {
  const allMonths = years * 12 + months + Math.floor(days / 30)
  return { years: Math.floor(allMonths / 12), months: allMonths % 12, days: days % 30 }
}

/** A length of time in years, months and days: "180 meses" is 15 years. */
export function readDuration(text: string): Reading<Duration> {
  const reading = readDurationAsSaid(text)
  return reading.certainty === 'again' ? reading : { ...reading, value: normalised(reading.value) }
}

/** "Um ano" counts; "um" elsewhere is an article. "Meio ano" is six months, "e meio" half of the unit before. */
function oneOfUnit(folded: string): string {
  return folded
    .replace(/\b(?:um|uma|hum) (?=ano|mes|dia|semana|decada)/g, '1 ')
    .replace(/\bmeio ano\b/g, '6 meses')
    .replace(/\bmeia decada\b/g, '5 anos')
}

function measured(spoken: string): Reading<Duration> | undefined {
  const total: Duration = { years: 0, months: 0, days: 0 }
  const seen: string[] = []
  let last = ''
  for (const [, number = '', unit = ''] of spoken.matchAll(AMOUNT)) {
    const amount = Number(number.replace(',', '.'))
    if (amount < 0) return again('negative')
    const kind = kindOf(unit)
    if (kind === 'year') addYears(total, amount)
    else if (kind === 'decade') addYears(total, amount * 10)
    else if (kind === 'week') total.days += Math.round(amount * 7)
    else if (kind === 'day') total.days += Math.round(amount)
    else total.months += Math.round(amount)
    seen.push(kind)
    last = kind
  }
  if (seen.length === 0) return undefined
  if (/\be mei[oa]\b/.test(spoken)) {
    if (last === 'year') total.months += 6
    if (last === 'month') total.days += 15
  }
  const loose = /\be (\d{1,2})\s*$/.exec(spoken)
  if (loose && seen.length === 1 && last === 'year' && Number(loose[1]) < 12) total.months += Number(loose[1])
  if (total.years > LONGEST_YEARS || total.months > LONGEST_YEARS * 12) return again('too_high')
  if (new Set(seen).size < seen.length) return confirm(total, 'sum')
  if (seen.includes('week')) return confirm(total, 'approximate')
  if (APPROXIMATE_YEARS.test(spoken)) return confirm(total, 'approximate')
  return sure(total)
}

const APPROXIMATE_YEARS =
  /\b(?:uns|umas|cerca de|mais ou menos|aproximadamente|acho que|creio que|por ai)\b[^\d]{0,6}\d+ ?ano|ano\w*(?: e \d+ mes\w*)? (?:mais ou menos|por ai|e pouco|e pouquinho|e poucos|e uns quebrados)/

function bare(spoken: string): Reading<Duration> | undefined {
  const numbers = [...spoken.matchAll(BARE)].map(([, whole = '', part]) => ({ whole: Number(whole), part }))
  const first = numbers[0]
  if (first === undefined) return undefined
  if (numbers.some(({ whole }) => whole < 0)) return again('negative')
  const approximate =
    /\b(?:uns|umas|cerca de|mais ou menos|aproximadamente|acho que|por ai|e pouco|e poucos)\b/.test(spoken)
  const half = /\be mei[oa]\b/.test(spoken) || first.part === '5'
  if (numbers.length === 1) {
    if (first.whole > LONGEST_YEARS * 12) return again('too_high')
    if (first.whole > MOST_BARE_YEARS)
      return confirm({ years: 0, months: first.whole, days: 0 }, 'unit_assumed')
    const value = { years: first.whole, months: half ? 6 : 0, days: 0 }
    return approximate ? confirm(value, 'approximate') : sure(value)
  }
  const summed = /\bmais\b|\b(?:na|no|em|de|com)\b/.test(spoken)
  const sum = numbers.reduce((total, { whole }) => total + whole, 0)
  if (summed && sum <= LONGEST_YEARS) return confirm({ years: sum, months: half ? 6 : 0, days: 0 }, 'sum')
  const second = numbers[1]
  if (numbers.length === 2 && second !== undefined && second.whole < 12 && first.whole <= MOST_BARE_YEARS) {
    return confirm({ years: first.whole, months: second.whole, days: 0 }, 'unit_assumed')
  }
  return again('two_values')
}

function nothing(folded: string): Reading<Duration> {
  const reason = answersNothing(folded)
  if (reason !== undefined) return again(reason)
  if (
    /^(?:nenhum\w*|nada|zero|0|nunca\b.*|nao (?:tenho|paguei|contribui)\b.*|nem um|nadinha)\W*(?:tempo|ano|mes|dia)?$/.test(
      folded,
    )
  ) {
    return sure({ years: 0, months: 0, days: 0 })
  }
  return again('nothing_found')
}

/** "De março de 98 até dezembro de 2010", both months included. */
function readPeriod(spoken: string): Reading<Duration> | undefined {
  if (!/\b(?:ate|a|ao)\b/.test(spoken)) return undefined
  const ends = findDates(dateText(spoken)).filter((piece) => piece.year !== undefined)
  const [start, end] = ends
  if (ends.length !== 2 || start === undefined || end === undefined) return undefined
  const years = [start, end].map((piece) => fullYear(piece))
  if (start.month === undefined || end.month === undefined) {
    const length = (years[1] ?? 0) - (years[0] ?? 0)
    return length < 0 || length > LONGEST_YEARS
      ? again('period')
      : confirm({ years: length, months: 0, days: 0 }, 'period')
  }
  const months = ((years[1] ?? 0) - (years[0] ?? 0)) * 12 + end.month - start.month + 1
  if (months <= 0 || months > LONGEST_YEARS * 12) return again('period')
  return confirm({ years: Math.floor(months / 12), months: months % 12, days: 0 }, 'period')
}

/** Work told by two-digit years lies in 1940–2039. */
function fullYear(piece: DatePiece): number {
  const year = piece.year ?? 0
  return year > 99 ? year : year >= 40 ? 1900 + year : 2000 + year
}

function kindOf(unit: string): 'year' | 'month' | 'day' | 'week' | 'decade' {
  if (unit.startsWith('an') || unit === 'a') return 'year'
  if (unit.startsWith('dec')) return 'decade'
  if (unit.startsWith('sem')) return 'week'
  return unit.startsWith('d') ? 'day' : 'month'
}

function addYears(total: Duration, amount: number): void {
  total.years += Math.floor(amount)
  total.months += Math.round((amount - Math.floor(amount)) * 12)
}
