import { calendar } from '../../law'
import type { PaymentLine } from './citizen'

/** Months of the two instalments of the 13th: August and November, or as a decree brought forward. */
const broughtForward: Record<string, [string, string]> = {
  '2020': ['04', '05'],
  '2021': ['05', '06'],
  '2022': ['04', '05'],
  '2023': ['05', '06'],
  '2024': ['04', '05'],
  '2025': ['04', '05'],
  '2026': ['04', '05'],
}

export type Paid = { start: string; end: string | null; amount: number; species: string }

/** The 13th salary (abono anual, Lei 8.213 art. 40) in the payment of a competência, if any falls there. */
export function thirteenthLine(competencia: string, benefit: Paid): PaymentLine | null {
  const year = competencia.slice(0, 4)
  const [first, second] = broughtForward[year] ?? ['08', '11']
  const { start, end } = benefit
  if (end?.startsWith(competencia)) {
    const months =
      benefit.species === '80'
        ? Math.round((calendar.daysBetween(start, end) + 1) / 30)
        : monthsOf(year, start, end)
    return line(Math.round((benefit.amount * months) / 12), `13º salário proporcional a ${months} meses`)
  }
  if (end?.startsWith(year) || benefit.species === '80') return null
  const whole = Math.round((benefit.amount * monthsOf(year, start, `${year}-12-31`)) / 12)
  const month = competencia.slice(5)
  if (start.slice(0, 7) > `${year}-${first}`) {
    return month === '11' ? line(whole, '13º salário proporcional, parcela única') : null
  }
  const half = Math.round(whole / 2)
  if (month === first) return line(half, '13º salário, 1ª parcela')
  return month === second ? line(whole - half, '13º salário, 2ª parcela') : null
}

/** Months of the year with 15 days or more of benefit. */
function monthsOf(year: string, start: string, end: string): number {
  const from = start < `${year}-01-01` ? `${year}-01-01` : start
  const lateStart = Number(from.slice(8)) > 16 ? 1 : 0
  const earlyEnd = Number(end.slice(8)) < 15 ? 1 : 0
  return Math.max(
    0,
    calendar.competenciasBetween(from.slice(0, 7), end.slice(0, 7)) + 1 - lateStart - earlyEnd,
  )
}

function line(amount: number, description: string): PaymentLine | null {
  return amount === 0 ? null : { code: '104', kind: 'credit', description, amount, detail: null }
}
