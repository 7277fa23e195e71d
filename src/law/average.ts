import { type DayNumber, monthOf } from './calendar'
import { correctionFor, factorParts } from './correction'
import type { Salaries } from './facts'
import type { Parameters } from './parameters'
import { firstRealMonth } from './reform'
import type { Centavos } from './types'

/** Corrected bases of every month before the start of the benefit, lowest first, and their running sums. */
export type CorrectedBases = {
  /** In millionths of a centavo. */
  sums: Float64Array
  count: number
  /** Set when the index ends before the benefit starts: the last month it covers. */
  pricesOf: number | null
}

/** Bases known and still to come, in the prices of the start (or of the last month the index covers). */
export function correctedBases(parameters: Parameters, salaries: Salaries, start: DayNumber): CorrectedBases {
  const startMonth = monthOf(start).competencia
  const known = cache.get(salaries)?.get(startMonth)
  if (known !== undefined) return known
  const bases = correct(parameters, salaries, start, startMonth)
  const ofSalaries = cache.get(salaries) ?? new Map<number, CorrectedBases>()
  cache.set(salaries, ofSalaries.set(startMonth, bases))
  return bases
}

// Several rules often start in the same month: one simulation sorts its salaries once for all of them.
const cache = new WeakMap<Salaries, Map<number, CorrectedBases>>()

function correct(
  parameters: Parameters,
  salaries: Salaries,
  start: DayNumber,
  startMonth: number,
): CorrectedBases {
  const { factors, last, cutShort } = correctionFor(parameters, start)
  const past = salaries.months.findLastIndex((month) => month < startMonth) + 1
  const { projected } = salaries
  const ahead = projected === null ? 0 : Math.max(0, startMonth - projected.from)
  const values = new Float64Array(past + ahead)
  for (let index = 0; index < past; index += 1) {
    const factor = factors[(salaries.months[index] as number) - firstRealMonth] ?? factorParts
    values[index] = (salaries.amounts[index] as Centavos) * factor
  }
  if (projected !== null) values.fill(projected.amount * factorParts, past)
  values.sort()
  const sums = new Float64Array(values.length + 1)
  for (let index = 0; index < values.length; index += 1) {
    sums[index + 1] = (sums[index] as number) + (values[index] as number)
  }
  return { sums, count: values.length, pricesOf: cutShort ? last : null }
}

/** Mean of all bases but the `discarded` lowest, halves of a centavo up. */
export function averageOf(
  bases: CorrectedBases,
  discarded: number,
  leastDivisor: number,
): { average: Centavos; divisor: number } {
  const divisor = Math.max(bases.count - discarded, leastDivisor)
  const sum = (bases.sums[bases.count] ?? 0) - (bases.sums[discarded] ?? 0)
  return { average: divideRounding(sum, divisor * factorParts), divisor }
}

/** Mean of the `count` highest over a divisor, halves of a centavo up. */
export function averageOfHighest(bases: CorrectedBases, count: number, divisor: number): Centavos {
  const sum = (bases.sums[bases.count] ?? 0) - (bases.sums[bases.count - count] ?? 0)
  return divideRounding(sum, divisor * factorParts)
}

/** Half-up quotient of two safe integers, exact. */
export function divideRounding(numerator: number, denominator: number): number {
  const twice = 2 * numerator + denominator
  const quotient = Math.floor(twice / (2 * denominator))
  const excess = twice - quotient * 2 * denominator
  if (excess < 0) return quotient - 1
  return excess >= 2 * denominator ? quotient + 1 : quotient
}
