import { money, shortDate } from '../../src/format'
import {
  readBenefitNumber,
  readBirthDate,
  readCpf,
  readDate,
  readMoney,
  readProtocol,
} from '../../src/nlu/index'
import type { Reading } from '../../src/nlu/reading'
import { type TextKey, t } from '../../src/text'
import { birthReasons, yesOrNo } from '../readings'
import type { Answer, Context } from '../service'

/** What an agent may have the bot ask, by id; the answer comes back in the form people write it. */
export const deskFields = [
  'birth_date',
  'cpf',
  'nit',
  'benefit_number',
  'date',
  'money',
  'yes_no',
  'free_text',
] as const
export type DeskField = (typeof deskFields)[number]

export function isDeskField(id: string): id is DeskField {
  return (deskFields as readonly string[]).includes(id)
}

/** What an agent calls the field: "Data de nascimento". */
export function fieldLabel(field: DeskField): string {
  return t(`handoff.field_${field}`)
}

export function fieldQuestion(field: DeskField): string {
  return t(`handoff.ask_${field}`)
}

export function fieldExample(field: DeskField): string {
  return t(`handoff.example_${field}`)
}

/** Why an answer cannot be it, where there is more to say than an example. */
export function fieldReason(field: DeskField, reason: string): TextKey | undefined {
  if (field === 'birth_date' || field === 'date') return birthReasons[reason]
  return reason === 'check_digit' ? 'handoff.wrong_digit' : undefined
}

/**
 * The answer in the form people write it: `12/03/1962`, `000.000.001-91`, `R$ 1.621,00`, "Sim".
 */
export function readField(field: DeskField, answer: Answer, context: Context): Reading<string> {
  const { text } = answer
  switch (field) {
    case 'birth_date':
      return shown(readBirthDate(text, context.today), shortDate)
    case 'date':
      return shown(readDate(text, { today: context.today }), shortDate)
    case 'cpf':
      return shown(readCpf(text), (cpf) => cpf.replace(/(...)(...)(...)(..)/, '$1.$2.$3-$4'))
    case 'nit':
      return shown(readNit(text), (nit) => nit.replace(/(...)(.....)(..)(.)/, '$1.$2.$3-$4'))
    case 'benefit_number':
      return shown(readBenefitNumber(text), (number) => number.replace(/(...)(...)(...)(.)/, '$1.$2.$3-$4'))
    case 'money':
      return shown(readMoney(text, context.amounts), money)
    case 'yes_no':
      return shown(yesOrNo(answer), (yes) => t(yes ? 'repair.choice_yes' : 'repair.choice_no'))
    case 'free_text':
      return { certainty: 'sure', value: text }
  }
}

function shown<T>(reading: Reading<T>, inWords: (value: T) => string): Reading<string> {
  return reading.certainty === 'again' ? reading : { ...reading, value: inWords(reading.value) }
}

const NIT_WEIGHTS = [3, 2, 9, 8, 7, 6, 5, 4, 3, 2]

/** Eleven digits of a NIT, PIS or PASEP, the last a check digit of modulus 11. */
function readNit(text: string): Reading<string> {
  const reading = readProtocol(text)
  if (reading.certainty === 'again') return reading
  const { value } = reading
  if (value.length !== 11) return { certainty: 'again', reason: 'wrong_length' }
  const sum = NIT_WEIGHTS.reduce((total, weight, at) => total + weight * Number(value[at]), 0)
  const check = 11 - (sum % 11)
  const right = (check >= 10 ? 0 : check) === Number(value[10]) && !/^0+$/.test(value)
  return right ? reading : { certainty: 'again', reason: 'check_digit' }
}
