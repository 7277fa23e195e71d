/** Check digits of the numbers this service reads and issues. */

/** Whether eleven digits carry the two check digits of a CPF. */
export function isCpf(digits: string): boolean {
  return /^\d{11}$/.test(digits) && digits.endsWith(cpfDigits(digits.slice(0, 9)))
}

function cpfDigits(nine: string): string {
  const first = mod11(nine, [10, 9, 8, 7, 6, 5, 4, 3, 2])
  return `${first}${mod11(`${nine}${first}`, [11, 10, 9, 8, 7, 6, 5, 4, 3, 2])}`
}

/** The tenth digit of a benefit number. */
export function benefitCheckDigit(nine: string): number {
  return mod11(nine, [2, 9, 8, 7, 6, 5, 4, 3, 2])
}

function mod11(digits: string, weights: number[]): number {
  const digit = 11 - (weights.reduce((sum, weight, index) => sum + weight * Number(digits[index]), 0) % 11)
  return digit > 9 ? 0 : digit
}
