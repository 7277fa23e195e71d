import type { DayNumber } from './calendar'
import { competenciaNumber, monthOf } from './calendar'
import { divideHalfUp } from './decimal'
import { single } from './parameter-file'
import type { Parameters } from './parameters'
import { firstRealMonth } from './reform'

/** Factors are integers of this many parts: six decimals, as published. */
export const factorParts = 1_000_000

/** Factor of each month from 07/1994 to the month before the start of the benefit. */
export type Correction = {
  factors: number[]
  /** Last month whose rate is in the factors, as a competência number. */
  last: number
  /** The index ends before the month the benefit starts in: prices are those of `last`. */
  cutShort: boolean
}

/**
 * What brings salaries to the prices of the month a benefit starts in: the rates of the salary's own month up to the
 * month before the start (Lei 8.213/1991, art. 29-B), multiplied exactly and then rounded to six decimals.
 */
export function correctionFor(parameters: Parameters, start: DayNumber): Correction {
  const { entries } = parameters.series['indice-de-correcao']
  const lastKnown = competenciaNumber(entries.at(-1)?.start ?? '')
  const wanted = monthOf(start).competencia - 1
  const last = Math.min(wanted, lastKnown)
  let tables = cache.get(parameters)
  if (tables === undefined) {
    tables = new Map()
    cache.set(parameters, tables)
  }
  let factors = tables.get(last)
  if (factors === undefined) {
    factors = computeFactors(parameters, last)
    tables.set(last, factors)
  }
  return { factors, last, cutShort: wanted > lastKnown }
}

// Factors depend on the parameters alone, which do not change once loaded.
const cache = new WeakMap<Parameters, Map<number, number[]>>()
const one = 10n ** 40n

function computeFactors(parameters: Parameters, last: number): number[] {
  const { entries } = parameters.series['indice-de-correcao']
  const factors: number[] = []
  let product = one
  for (let index = last - firstRealMonth; index >= 0; index -= 1) {
    const rate = entries[index]?.value?.[single]
    if (rate === undefined) throw new Error('the index has no rate for a month it covers')
    const hundred = 100n * 10n ** BigInt(rate.scale)
    product = divideHalfUp(product * (hundred + rate.digits), hundred)
    factors[index] = Number(divideHalfUp(product * BigInt(factorParts), one))
  }
  return factors
}
