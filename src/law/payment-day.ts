import { addDays, easterOf, firstDayOf, lastDayOf, weekday } from './calendar'
import { LawGap } from './errors'
import type { Parameters } from './parameters'
import type { CivilDate, Competencia } from './types'

/** `digit`: last figure of the benefit number before the dash (0 to 9). */
export type PaymentDayQuestion = { competencia: Competencia; digit: number; aboveMinimum: boolean }
/** `official`: read in INSS's published calendar; `computed`: from bank business days, may still change. */
export type PaymentDay = { payDate: CivilDate; status: 'official' | 'computed'; source: string }

/** First month paid under the rule of Lei 11.665/2008. */
const firstMonth: Competencia = '2008-05'
const ruleSource = 'Lei 8.213/1991, art. 41-A, §§ 2º a 4º (Lei 11.665/2008)'

/** Day the benefit of a month is paid; that month's days begin in it or, above the minimum, in the next one. @throws LawGap before 05/2008 */
export function paymentDay(parameters: Parameters, question: PaymentDayQuestion): PaymentDay {
  const { competencia, digit, aboveMinimum } = question
  const official = parameters.payDays.get(competencia)
  const published = (aboveMinimum ? official?.aboveMinimum : official?.untilMinimum)?.[String(digit)]
  if (official !== undefined && published !== undefined) {
    return { payDate: published, status: 'official', source: official.source }
  }
  if (competencia < firstMonth) throw new LawGap('calendario-de-pagamentos', firstDayOf(competencia))
  return { payDate: computedDay(parameters, question), status: 'computed', source: ruleSource }
}

// "no período compreendido entre o quinto último dia útil do mês a que se refere o seu pagamento e o quinto dia útil
// do mês subsequente" (§ 3º); above the minimum, "até o quinto dia útil do mês seguinte" (§ 2º).
function computedDay(
  parameters: Parameters,
  { competencia, digit, aboveMinimum }: PaymentDayQuestion,
): CivilDate {
  const place = digit === 0 ? 10 : digit
  if (!aboveMinimum && place <= 5) {
    return nthBusinessDay(parameters, addDays(lastDayOf(competencia), 1), -(6 - place))
  }
  const order = place > 5 ? place - 5 : place
  return nthBusinessDay(parameters, lastDayOf(competencia), order)
}

/** The nth day of payment after (or, negative, before) a date. */
function nthBusinessDay(parameters: Parameters, from: CivilDate, n: number): CivilDate {
  const step = n > 0 ? 1 : -1
  let date = from
  for (let left = Math.abs(n); left > 0; ) {
    date = addDays(date, step)
    if (isPaymentDay(parameters, date)) left -= 1
  }
  return date
}

/** Whether banks open and INSS pays on a day. */
export function isPaymentDay({ holidays }: Parameters, date: CivilDate): boolean {
  const day = weekday(date)
  if (day === 0 || day === 6) return false
  const year = Number(date.slice(0, 4))
  const easter = easterOf(year)
  const fixed = holidays.fixed.some((h) => h.monthDay === date.slice(5) && year >= h.since)
  const movable = holidays.movable.some((h) => addDays(easter, h.daysAfterEaster) === date)
  return !fixed && !movable
}
