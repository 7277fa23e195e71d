import { again, confirm, type Reading, type ReasonCode, sure } from '../reading'
import { answerText, mended } from './answer'
import { answersNothing } from './no-answer'
import { digitsSpoken, lettersToDigits } from './numbers'
import { spelt } from './spelt'

/** A number of fixed length, and how it is told from others. */
type Kind = {
  length: number
  isRight?: (digits: string) => boolean
  /** How it is written with its first zero left out: "16.505.102-76". */
  withoutZero?: RegExp
  /** Words before a number of another kind: "meu telefone é". */
  others: RegExp
}

const OTHER = '(?:e|eh|numero|n|do|da|o|a|meu|minha|[:#.]|\\s)*$'
const labelled = (words: string) => new RegExp(`\\b(?:${words})${OTHER}`)

const CPF: Kind = {
  length: 11,
  isRight: isCpf,
  withoutZero: /(?<![\d.])\d{2}\.\d{3}\.\d{3}-?\d{2}(?!\d)/,
  others: labelled('telefone|tel|fone|celular|zap|whatsapp|pis|nit|nis|protocolo|rg'),
}
const NIT: Kind = {
  length: 11,
  isRight: isNit,
  others: labelled('telefone|tel|fone|celular|zap|whatsapp|cpf|protocolo|rg'),
}
const BENEFIT: Kind = {
  length: 10,
  isRight: isBenefitNumber,
  withoutZero: /(?<![\d.])\d{2}\.\d{3}\.\d{3}-\d(?!\d)/,
  others: labelled('telefone|tel|fone|celular|zap|whatsapp|cpf|pis|nit|nis|protocolo|rg'),
}
const CEP: Kind = {
  length: 8,
  withoutZero: /(?<![\d.])(?:\d{4}|\d\.\d{3})-\d{3}(?!\d)/,
  others: labelled('telefone|tel|fone|celular|zap|whatsapp|cpf|pis|nit|nis|protocolo|rg'),
}

/** Eleven digits whose check digits are right; a letter typed for a digit is only confirmed. */
export function readCpf(text: string): Reading<string> {
  return readNumber(answerText(text), CPF)
}

/** Eleven digits of a PIS, PASEP, NIT or NIS, the last a check digit. */
export function readNit(text: string): Reading<string> {
  return readNumber(answerText(text), NIT)
}

/** Ten digits of a benefit, the last a check digit; a species before it ("41/…", "B42 …") is left out. */
export function readBenefitNumber(text: string): Reading<string> {
  return readNumber(withoutSpecies(answerText(text)), BENEFIT)
}

/** Eight digits. */
export function readCep(text: string): Reading<string> {
  const folded = alone(answerText(text))
  // Beside a house number only the usual shape tells which digits are meant.
  const shaped = [...new Set(folded.match(/(?<![\d.-])\d{2}\.?\d{3}[- ]\d{3}(?![\d-])/g))]
  const reading = readNumber(shaped.length === 1 ? (shaped[0] ?? '') : folded, CEP)
  return reading.certainty !== 'again' && /^0{5}/.test(reading.value) ? again('impossible_number') : reading
}

/** Digits of a request's protocol; marks between them are left out. */
export function readProtocol(text: string): Reading<string> {
  return mended(alone(answerText(text)), (folded) => {
    const { runs, changed } = digitRuns(folded)
    const long = [...new Set(runs.map(({ parts }) => parts.join('')).filter((run) => run.length >= 6))]
    const inParts = runs.flatMap(({ parts }) => parts.filter((part) => part.length >= 8))
    const whole = long.filter((run) => run.length <= 20)
    if (new Set(inParts).size > 1 || whole.length > 1) return again('two_values')
    const [protocol] = whole
    if (protocol === undefined) return missing(folded, runs)
    return changed ? confirm(protocol, 'letter_for_digit') : sure(protocol)
  })
}

function withoutSpecies(folded: string): string {
  return folded
    .replace(/(?<![\d.])\d{2} ?\/ ?(?=\d{3}[.\d ])/g, ' ')
    .replace(/\bb ?\/? ?\d{2}\b(?= ?\/?)/g, ' ')
    .replace(/\b(?:especie|nb) ?\d{2}\b(?= |\/)/g, ' ')
}

/** A date or an amount beside a number is no part of it. */
function alone(folded: string): string {
  return folded
    .replace(/(?<![\d.])\d{1,2}\/\d{1,2}\/(?:\d{4}|\d{2})(?!\d)/g, ' · ')
    .replace(/(?<![\d.])\d{1,3}(?:\.\d{3})*,\d{2}(?!\d)/g, ' · ')
}

/** Runs of digits of the right length with right check digits; a letter among them or a lost zero is confirmed. */
function readNumber(folded: string, kind: Kind): Reading<string> {
  return mended(folded, (said) => {
    const { runs, changed } = digitRuns(said, kind.isRight === undefined)
    const own = runs.filter((run) => !kind.others.test(run.before))
    const found = [...new Set(own.flatMap((run) => ofLength(run.parts, kind)))]
    if (found.length > 1) return again('two_values')
    const [number] = found
    if (number !== undefined) return changed ? confirm(number, 'letter_for_digit') : sure(number)
    const padded = lostZero(said, own, kind)
    if (padded !== undefined) return confirm(padded, 'leading_zero')
    if (kind.isRight !== undefined && own.some(({ parts }) => parts.join('').length === kind.length))
      return again('check_digit')
    return missing(said, runs)
  })
}

/** The whole run, or neighbouring parts of it that make the length: guarded by a check digit or by their shape. */
function ofLength(parts: string[], kind: Kind): string[] {
  const right = (digits: string) => digits.length === kind.length && (kind.isRight?.(digits) ?? true)
  const whole = parts.join('')
  if (right(whole)) return [whole]
  const found: string[] = []
  for (let from = 0; from < parts.length; from += 1) {
    let joined = ''
    for (let to = from; to < parts.length && joined.length < kind.length; to += 1) {
      joined += parts[to] ?? ''
      const shaped = kind.isRight !== undefined || (to - from < 2 && (parts[to]?.length ?? 0) >= 3)
      if (right(joined) && shaped) {
        found.push(joined)
        from = to
        break
      }
    }
  }
  return found
}

function lostZero(said: string, runs: Run[], { length, withoutZero, isRight }: Kind): string | undefined {
  const told = /\bzeros? (?:na|a|no) (?:frente|comeco)/.test(said)
  const written = withoutZero?.exec(said)?.[0].replace(/\D/g, '')
  const short = written ?? (told ? runs[0]?.parts.join('') : undefined)
  if (short === undefined || short.length >= length) return undefined
  const padded = short.padStart(length, '0')
  return (isRight?.(padded) ?? true) ? padded : undefined
}

/** Digits that stand together, in the parts people put or say them in, and what was said just before. */
type Run = { parts: string[]; before: string }

const MARKS = '(?:ponto|pontinho|traco|tracinho|barra|digito|final|hifen|virgula|menos|e|espaco)'
const GLUE = new RegExp(`\\b${MARKS}\\b`, 'g')
const RUN = /\d(?:[\s./,_-]*\d)*/g

/** Runs of digits, joined over the marks people put or say between them; other words end a run. */
function digitRuns(folded: string, mostly = true): { runs: Run[]; changed: boolean } {
  const { text, changed } = lettersToDigits(folded, { mostly, least: mostly ? 2 : 1 })
  const said = digitsSpoken(
    spelt(text)
      .replace(/(\d)([a-z])/g, '$1 $2')
      .replace(/([a-z])(\d)/g, '$1 $2'),
  )
    .replace(GLUE, ' ')
    .replace(/[()+*]/g, ' ')
  const runs: Run[] = []
  let end = 0
  for (const found of said.matchAll(RUN)) {
    const before = said.slice(end, found.index)
    end = found.index + found[0].length
    runs.push({ before, parts: found[0].split(/\D+/) })
  }
  return { runs, changed }
}

function missing<T>(folded: string, runs: Run[]): Reading<T> {
  const reason = answersNothing(folded)
  if (reason !== undefined && reason !== 'wants_explanation') return again(reason)
  return again(runs.length > 0 ? 'wrong_length' : (reason ?? 'nothing_found'))
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

/** Modulus 11 over the weights, remainders of no digit written as 0. */
function checkDigit(digits: string, weights: number[]): number {
  const sum = weights.reduce((total, weight, at) => total + weight * Number(digits[at]), 0)
  const check = 11 - (sum % 11)
  return check >= 10 ? 0 : check
}

function isNit(digits: string): boolean {
  if (/^(\d)\1{10}$/.test(digits)) return false
  return checkDigit(digits, [3, 2, 9, 8, 7, 6, 5, 4, 3, 2]) === Number(digits[10])
}

/** As inferred from published numbers: the INSS does not document it. */
function isBenefitNumber(digits: string): boolean {
  return checkDigit(digits, [2, 9, 8, 7, 6, 5, 4, 3, 2]) === Number(digits[9])
}

const DOUBTFUL = /\bach[oe]\b|\bdeve ser\b|\bse nao me engano\b|\bcreio\b|\bparece\b/

/** The digit that decides the payment day: the last one before the check digit, or the one digit told. */
export function readFinalDigit(text: string): Reading<number> {
  const whole = readBenefitNumber(text)
  if (whole.certainty !== 'again') return { ...whole, value: Number(whole.value[8]) }
  if (whole.reason === 'check_digit') return again('check_digit')
  return mended(answerText(text), (folded) => {
    const said = digitsSpoken(folded.replace(/\bzerinho\b/g, 'zero').replace(/\bquato\b/g, 'quatro'))
      .replace(/\b\d (?:salario|minimo)\w*.*$/, ' ')
      .replace(/\b(?:depois|apos)\b.*$/, ' ')
      .replace(/,? e? ?\b(?:ganho|recebo|nasci|tenho \d{2})\b.*$/, ' ')
    const dashed = /(\d) ?- ?\d\b/.exec(said)
    if (dashed) return sure(Number(dashed[1]))
    const single = [...said.matchAll(/(?<![\d.,/])\d(?![\d.,/]*\d)/g)].map(([digit]) => digit)
    if (new Set(single).size > 1) return again('two_values')
    const [digit] = single
    if (digit === undefined)
      return again(answersNothing(said) ?? (/\d/.test(said) ? 'wrong_length' : 'nothing_found'))
    return DOUBTFUL.test(said) ? confirm(Number(digit), 'approximate') : sure(Number(digit))
  })
}

/** Area codes in use. */
const AREA_CODES = /^(?:1[1-9]|2[12478]|3[1-578]|4[1-9]|5[1345]|6[1-9]|7[134579]|8[1-9]|9[1-9])/
const THIS_ONE =
  /\b(?:(?:n|d)?es[st]e|daqui|por aqui|aqui mesmo|o mesmo|(?:to|estou|estamos) (?:usando|falando|escrevendo))\b/
const THIRD_PARTY =
  /\brecado\b|\bvizinh|\bfilh|\bnet[oa]\b|\bamig|\bpatroa?\b|\bmarido\b|\besposa?\b|\bmulher\b|\birma[o]?\b|\bmae\b|\bpai\b|\bsobrinh|\bcunhad|\bnora\b|\bgenro\b/

/** `+55` and ten or eleven digits, or `@channel` for "this very number". */
export function readPhone(text: string): Reading<string> {
  return mended(answerText(text), (folded) => {
    if (THIS_ONE.test(folded) && !/\d{4}/.test(folded)) return sure('@channel')
    const { runs, changed } = digitRuns(
      folded
        .replace(/\b0xx/g, '0')
        .replace(/^(.*?)\s*(?:(?:com|o) )?\bddd (?:e )?(\d{2})\W*$/, '$2 $1')
        .replace(/^(\D*\d{4,5}[- ]?\d{4})\s*\((\d{2})\)\W*$/, '$2 $1')
        .replace(/\bddd (\d{2}) numero\b/, '$1')
        .replace(/\b(\d{2}) (?:e )?o ddd\b/, '$1'),
      false,
    )
    const own = runs.filter((run) => !labelled('cpf|pis|nit|nis|protocolo|rg|cep').test(run.before))
    const numbers = [...new Set(own.flatMap((run) => phonesIn(run.parts)))]
    if (numbers.length > 1) return again('two_values')
    const [number] = numbers
    if (number === undefined) return missing(folded, runs)
    const { value, reason } = national(number, /\d{4}-\d{4}/.test(folded))
    if (value === undefined) return again(reason ?? 'wrong_length')
    if (changed) return confirm(value, 'letter_for_digit')
    if (reason !== undefined) return confirm(value, reason)
    return THIRD_PARTY.test(folded) ? confirm(value, 'third_party') : sure(value)
  })
}

/** One number, or two that only a space or an "e" keeps apart. */
function phonesIn(parts: string[]): string[] {
  const long = parts.filter((part) => part.length >= 10)
  if (long.length > 1) return long
  const whole = parts.join('')
  return whole.length >= 8 ? [whole] : []
}

/** Without country, carrier and trunk prefixes; a mobile from before 2016 gets the nine all of them have now. */
function national(digits: string, halves: boolean): { value?: string; reason?: ReasonCode } {
  if (/^0[38]00/.test(digits)) return { reason: 'wrong_length' }
  const number = digits
    .replace(/^(?:00)?55(?=\d{10,11}$)/, '')
    .replace(/^0\d{2}(?=\d{11}$)/, '')
    .replace(/^0(?=[1-9]\d{9,10}$)/, '')
  if (number.length === 8 || number.length === 9) return { reason: 'area_code_missing' }
  if (number.length < 10 || number.length > 11) return { reason: 'wrong_length' }
  if (!AREA_CODES.test(number)) return { reason: 'area_code' }
  const local = number.slice(2)
  if (local.length === 9)
    return local.startsWith('9') ? { value: `+55${number}` } : { reason: 'wrong_length' }
  if (/^[2-5]/.test(local)) return { value: `+55${number}` }
  const old = /^[6-8]/.test(local) || (local.startsWith('9') && halves)
  return old
    ? { value: `+55${number.slice(0, 2)}9${local}`, reason: 'digit_added' }
    : { reason: 'wrong_length' }
}
