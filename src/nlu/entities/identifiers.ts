import { fold } from '../fold'
import { again, confirm, type Reading, sure } from '../reading'
import { answersNothing } from './no-answer'
import { digitsSpoken, lettersToDigits, numbersInDigits } from './numbers'

/** Eleven digits whose check digits are right; a letter typed for a digit is only confirmed. */
export function readCpf(text: string): Reading<string> {
  const { groups, changed } = digitGroups(text)
  const valid = [...new Set(groups.filter((group) => group.length === 11 && isCpf(group)))]
  if (valid.length > 1) return again('two_values')
  const [cpf] = valid
  if (cpf !== undefined) return changed ? confirm(cpf, 'letter_for_digit') : sure(cpf)
  if (groups.some((group) => group.length === 11)) return again('check_digit')
  return missing(text, groups)
}

/** Ten digits of a benefit, the last a check digit; a species before a slash ("41/…") is left out. */
export function readBenefitNumber(text: string): Reading<string> {
  const { groups, changed } = digitGroups(text.replace(/\b\d{2}\s*\/\s*(?=\d{3}[.\d ])/g, ' '))
  const valid = [...new Set(groups.filter((group) => group.length === 10 && isBenefitNumber(group)))]
  if (valid.length > 1) return again('two_values')
  const [number] = valid
  if (number !== undefined) return changed ? confirm(number, 'letter_for_digit') : sure(number)
  if (groups.some((group) => group.length === 10)) return again('check_digit')
  return missing(text, groups)
}

/** The digit that decides the payment day: the last one before the check digit, or the one digit told. */
export function readFinalDigit(text: string): Reading<number> {
  const whole = readBenefitNumber(text)
  if (whole.certainty !== 'again') return { ...whole, value: Number(whole.value[8]) }
  const said = digitsSpoken(fold(text))
  const dashed = /(\d)\s*-\s*\d\b/.exec(said)
  if (dashed) return sure(Number(dashed[1]))
  const single = [...said.matchAll(/(?<![\d.,/])\d(?![\d.,/]\d|\d)/g)].map(([digit]) => digit)
  if (new Set(single).size > 1) return again('two_values')
  if (single[0] !== undefined) return sure(Number(single[0]))
  if (whole.reason === 'check_digit') return again('check_digit')
  return again(answersNothing(said) ?? (/\d/.test(said) ? 'wrong_length' : 'nothing_found'))
}

/** Digits of a request's protocol; marks between them are left out. */
export function readProtocol(text: string): Reading<string> {
  const { groups } = digitGroups(text)
  const long = [...new Set(groups.filter((group) => group.length >= 6 && group.length <= 20))]
  if (long.length > 1) return again('two_values')
  return long[0] === undefined ? missing(text, groups) : sure(long[0])
}

/** Eight digits. */
export function readCep(text: string): Reading<string> {
  const { groups } = digitGroups(text)
  const ceps = [...new Set(groups.filter((group) => group.length === 8))]
  if (ceps.length > 1) return again('two_values')
  return ceps[0] === undefined ? missing(text, groups) : sure(ceps[0])
}

/** Whole years. */
export function readAge(text: string): Reading<number> {
  const said = numbersInDigits(fold(text))
  if (/-\s*\d/.test(said)) return again('negative')
  if (/\b(?:19|20)\d{2}\b|\d\s*\/\s*\d/.test(said)) return again('nothing_found')
  const ages = [
    ...new Set([...said.matchAll(/(?<![\d.,])\d{1,3}(?![\d.,]*\d)/g)].map(([age]) => Number(age))),
  ]
  const [age] = ages
  if (age === undefined) return again(answersNothing(said) ?? 'nothing_found')
  if (ages.length > 1) return again('two_values')
  if (/\bquase\b|\bmais de\b|\bmenos de\b/.test(said)) return again('bound')
  if (age < 14) return again('too_young')
  if (age > 110) return again('too_old')
  if (/\b(?:vou fazer|faco|vai fazer|completo)\b/.test(said)) return confirm(age - 1, 'approximate')
  return /\buns\b|\bacho\b|\bmais ou menos\b/.test(said) ? confirm(age, 'approximate') : sure(age)
}

/** Area codes in use. */
const AREA_CODES = /^(?:1[1-9]|2[12478]|3[1-578]|4[1-9]|5[1345]|6[1-9]|7[134579]|8[1-9]|9[1-9])/

/** `+55` and ten or eleven digits, or `@channel` for "this very number". */
export function readPhone(text: string): Reading<string> {
  const said = fold(text)
  if (
    /\b(?:esse|este|desse|deste)(?: mesmo| numero| aqui| daqui| whatsapp| zap)|\bo mesmo\b/.test(said) &&
    !/\d{4}/.test(said)
  )
    return sure('@channel')
  const { groups } = digitGroups(text)
  const numbers = groups
    .map((group) => group.replace(/^55(?=\d{10,11}$)/, '').replace(/^0(?=\d{10,11}$)/, ''))
    .filter((group) => group.length >= 8)
  if (new Set(numbers).size > 1) return again('two_values')
  const [number] = numbers
  if (number === undefined) return missing(text, groups)
  if (number.length === 8 || number.length === 9) return again('area_code_missing')
  if (number.length > 11 || !AREA_CODES.test(number)) return again('wrong_length')
  const value = `+55${number}`
  return /\brecado\b|\bvizinh|\bfilh|\bneta?\b|\bneto\b|\bamig/.test(said)
    ? confirm(value, 'third_party')
    : sure(value)
}

/**
 * Runs of digits, joined over the marks people put or say between them. A run broken by other words is two runs.
 */
function digitGroups(text: string): { groups: string[]; changed: boolean } {
  const { text: digits, changed } = lettersToDigits(fold(text))
  const said = digitsSpoken(digits)
    .replace(/\b(?:ponto|traco|barra|digito|hifen|e|espaco)\b/g, ' ')
    .replace(/[().+]/g, ' ')
  const groups = (said.match(/\d(?:[\s./-]*\d)*/g) ?? []).map((group) => group.replace(/\D/g, ''))
  return { groups, changed }
}

function missing<T>(text: string, groups: string[]): Reading<T> {
  if (groups.length > 0) return again('wrong_length')
  return again(answersNothing(fold(text)) ?? 'nothing_found')
}

function isCpf(digits: string): boolean {
  if (/^(\d)\1{10}$/.test(digits)) return false
  const check = (length: number) => {
    let sum = 0
    for (let at = 0; at < length; at += 1) sum += Number(digits[at]) * (length + 1 - at)
    const rest = (sum * 10) % 11
    return rest === 10 ? 0 : rest
  }
  return check(9) === Number(digits[9]) && check(10) === Number(digits[10])
}

const BENEFIT_WEIGHTS = [2, 9, 8, 7, 6, 5, 4, 3, 2]

/** Modulus 11, as inferred from published numbers: the INSS does not document it. */
function isBenefitNumber(digits: string): boolean {
  const sum = BENEFIT_WEIGHTS.reduce((total, weight, at) => total + weight * Number(digits[at]), 0)
  const check = 11 - (sum % 11)
  return (check >= 10 ? 0 : check) === Number(digits[9])
}
