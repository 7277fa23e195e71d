import { civilOf, type DayNumber, dayNumberOf, monthOf } from './calendar'
import { divideHalfUp } from './decimal'
import { single } from './parameter-file'
import { type Parameters, valueOn } from './parameters'
import { firstRealMonth, reformDay } from './reform'
import type { Centavos } from './types'

/**
 * An amount found at the reform, readjusted every January up to a day like a benefit being paid; the first time by
 * the INPC since the reform's month (Lei 8.213/1991, art. 41-A; Decreto 3.048/1999, art. 40).
 * @throws LawGap for a year whose readjustment is not known
 */
export function readjusted(parameters: Parameters, amount: Centavos, on: DayNumber): Centavos {
  const firstYear = civilOf(reformDay).year + 1
  const lastYear = civilOf(on).year
  let cents = BigInt(amount)
  for (let year = firstYear; year <= lastYear; year += 1) {
    const { digits, scale } =
      year === firstYear
        ? firstReadjustment(parameters)
        : valueOn(parameters, 'reajuste-de-beneficios', dayNumberOf(year, 1, 1))
    const hundred = 100n * 10n ** BigInt(scale)
    cents = divideHalfUp(cents * (hundred + digits), hundred)
  }
  return Number(cents)
}

/** INPC from the reform's month to that December, as a percentage of two decimals. */
function firstReadjustment(parameters: Parameters): { digits: bigint; scale: number } {
  const { entries } = parameters.series['indice-de-correcao']
  const from = monthOf(reformDay).competencia - firstRealMonth
  let factor = { digits: 1n, one: 1n }
  for (const entry of entries.slice(from, from + 2)) {
    const rate = entry.value?.[single]
    if (rate === undefined) throw new Error('the index has no rate for a month it covers')
    const hundred = 100n * 10n ** BigInt(rate.scale)
    factor = { digits: factor.digits * (hundred + rate.digits), one: factor.one * hundred }
  }
  return { digits: divideHalfUp((factor.digits - factor.one) * 10_000n, factor.one), scale: 2 }
}
