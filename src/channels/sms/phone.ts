import { withoutNinthDigit } from '../address'

/**
 * The digits of a person's number with country code, or undefined when nobody can be behind it: short codes and
 * names, which operators and companies send from, and service numbers such as 0800.
 * @param sender as gateways write it: `+5511900000001`, `005511900000001`, `011900000001`, `11900000001`
 */
export function phoneOf(sender: string): string | undefined {
  const written = sender.trim().replace(/[\s().-]/g, '')
  if (!/^\+?\d{1,20}$/.test(written)) return undefined
  const international = /^(?:\+|00)(.*)$/.exec(written)
  if (international !== null) return withCountryCode(international[1] ?? '')
  const digits = written.replace(/^0/, '')
  // Area code and number: a mobile has nine digits and starts with 9, anything shorter eight.
  if (/^[1-9][1-9](9\d{8}|[2-9]\d{7})$/.test(digits)) return `55${digits}`
  return written.startsWith('0') ? undefined : withCountryCode(digits)
}

/** Whether two numbers are one line, with or without the ninth digit. */
export function sameLine(one: string, other: string): boolean {
  return withoutNinthDigit(one) === withoutNinthDigit(other)
}

function withCountryCode(digits: string): string | undefined {
  return /^[1-9]\d{9,14}$/.test(digits) ? digits : undefined
}
