/** An exact decimal number: `digits` divided by ten to the power of `scale`. */
export type Decimal = { digits: bigint; scale: number }

/** Reads "0.60" or "-0.32"; undefined for other texts. */
export function readDecimal(text: string): Decimal | undefined {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text)
  if (match === null) return undefined
  const [, sign = '', whole = '', fraction = ''] = match
  return { digits: BigInt(`${sign}${whole}${fraction}`), scale: fraction.length }
}

/** `numerator / denominator` rounded to the nearest integer, halves away from zero. */
export function divideHalfUp(numerator: bigint, denominator: bigint): bigint {
  const sign = numerator < 0n !== denominator < 0n ? -1n : 1n
  const n = numerator < 0n ? -numerator : numerator
  const d = denominator < 0n ? -denominator : denominator
  return sign * ((2n * n + d) / (2n * d))
}

/** The decimal as an integer of `scale` decimals. @throws RangeError when that would lose digits */
export function atScale(decimal: Decimal, scale: number): number {
  if (decimal.scale > scale)
    throw new RangeError(`${decimal.digits}e-${decimal.scale} has more than ${scale} decimals`)
  return Number(decimal.digits * 10n ** BigInt(scale - decimal.scale))
}

/** An integer of `scale` decimals as text: (9200, 4) is "0.9200". */
export function decimalText(value: number, scale: number): string {
  const digits = String(Math.abs(value)).padStart(scale + 1, '0')
  return `${value < 0 ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}
