import type { Parameters } from './parameters'
import type { CivilDate, Competencia } from './types'

/** `digit`: last figure of the benefit number before the dash (0 to 9). */
export type PaymentDayQuestion = { competencia: Competencia; digit: number; aboveMinimum: boolean }
/** `official`: read in INSS's published calendar; `computed`: from bank business days, may still change. */
export type PaymentDay = { payDate: CivilDate; status: 'official' | 'computed'; source: string }

/** Day a benefit of a month is paid. @throws LawGap before the rule's coverage */
export function paymentDay(_parameters: Parameters, _question: PaymentDayQuestion): PaymentDay {
  throw new Error('being written')
}
