import { benefitCheckDigit } from '../digits'

/** Ten digits of a benefit, the last one right. */
export function isBenefitNumber(digits: string): boolean {
  return /^\d{10}$/.test(digits) && digits.endsWith(`${benefitCheckDigit(digits.slice(0, 9))}`)
}

/** The worker's number (NIT): 000 and the serial part of the CPF, so that one can be told from the other. */
export function nitOf(cpf: string): string {
  const ten = `0${cpf.slice(0, 9)}`
  return `${ten}${elevenMinus(weigh(ten, [3, 2, 9, 8, 7, 6, 5, 4, 3, 2]))}`
}

/** A company number in the range 99.xxx.xxx, the same for the same name. */
export function cnpjOf(employer: string): string {
  const twelve = `99${String(hash(employer) % 1_000_000).padStart(6, '0')}0001`
  const first = elevenMinus(weigh(twelve, [5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]))
  return `${twelve}${first}${elevenMinus(weigh(`${twelve}${first}`, [6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]))}`
}

/** A whole number from any text, the same everywhere and always (FNV-1a). */
export function hash(text: string): number {
  let value = 0x811c9dc5
  for (const character of text) {
    value = Math.imul(value ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0
  }
  return value
}

function weigh(digits: string, weights: number[]): number {
  return weights.reduce((sum, weight, index) => sum + weight * Number(digits[index]), 0)
}

function elevenMinus(sum: number): number {
  const digit = 11 - (sum % 11)
  return digit > 9 ? 0 : digit
}
