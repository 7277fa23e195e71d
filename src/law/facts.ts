import type { Growing } from './accrual'
import type { DayNumber } from './calendar'
import type { Assumption, Centavos, Sex } from './types'

/** Groups of agents of the special retirement, by years of exposure. */
export type Exposure = '15' | '20' | '25'
export const exposures: Exposure[] = ['15', '20', '25']
export type Degree = 'leve' | 'moderada' | 'grave'
export const degrees: Degree[] = ['leve', 'moderada', 'grave']

/** What the rules read of a person, the same from a summary and from a record. */
export type Facts = {
  sex: Sex
  birth: DayNumber
  asOf: DayNumber
  affiliatedBeforeReform: boolean
  /** Days before the reform are known too (a record), not only the total at the reform (a summary). */
  knowsPast: boolean
  /** All contribution time, special time until the reform converted. */
  time: Growing
  /** The same without months paid at 11 % or 5 %. */
  fullRateTime: Growing
  /** All contribution time as worked, nothing converted. */
  plainTime: Growing
  magisterio: Growing
  exposure: Record<Exposure, Growing>
  disability: Record<Degree, Growing>
  /** Months of carencia. */
  carencia: Growing
  /** The same without months paid at 11 % or 5 %. */
  fullRateCarencia: Growing
  /** Months of rural work. */
  ruralMonths: Growing
  /** Those that are carencia, and those that are time, only for the hybrid retirement. */
  ruralCarencia: Growing
  ruralTime: Growing
  /** First day of affiliation known; null when only totals are. */
  affiliatedOn: DayNumber | null
  money: Money
  assumptions: Assumption[]
}

/** Where the average comes from. */
export type Money =
  | { known: 'nothing' }
  | { known: 'average'; average: Centavos }
  | {
      known: 'salaries'
      all: Salaries
      /** Without months paid at 11 % or 5 %. */
      fullRate: Salaries
      /** With the minimum wage in rural months that count only for the hybrid retirement. */
      withRural: Salaries
    }

/** Monthly bases from 07/1994 on, each already within its month's ceiling, in order; then those to come. */
export type Salaries = {
  months: number[]
  amounts: Centavos[]
  /** From this month on, in today's prices. */
  projected: { from: number; amount: Centavos } | null
}

/** An assumption with its text key. */
export function assumption(id: string, parameters: Record<string, string | number> = {}): Assumption {
  return { id, text_key: `assumption_${id}`, ...parameters }
}
