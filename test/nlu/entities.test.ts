import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import {
  type Duration,
  type Reading,
  readAge,
  readBenefitNumber,
  readBirthDate,
  readCep,
  readChoice,
  readCpf,
  readDate,
  readDuration,
  readFinalDigit,
  readMoney,
  readPhone,
  readProtocol,
  readSex,
  readYesNo,
} from '../../src/nlu/index'

const today = '2026-11-23'
const amounts = { minimumWage: 151_800, ceiling: 815_741 }

const readers: Record<string, (text: string) => Reading<unknown>> = {
  birth_date: (text) => readBirthDate(text, today),
  event_date: (text) => readDate(text, { today, past: true }),
  duration: (text) => inLetters(readDuration(text)),
  money: (text) => readMoney(text, amounts),
  yes_no: readYesNo,
  sex: readSex,
  cpf: readCpf,
  benefit_number: readBenefitNumber,
  final_digit: readFinalDigit,
  age: readAge,
  protocol: readProtocol,
  phone: readPhone,
  cep: readCep,
}

type Case = {
  say: string | number
  value?: unknown
  confirm?: unknown
  again?: string
  reason?: string
  partial?: string
}

const cases = parse(readFileSync(join(__dirname, 'entities.yaml'), 'utf8')) as Record<string, Case[]>

describe.each(Object.entries(cases))('%s', (kind, list) => {
  test.each(list)('$say', ({ say, value, confirm, again, reason, partial }) => {
    const reading = readers[kind]?.(String(say))
    if (again !== undefined) {
      expect(reading).toEqual({
        certainty: 'again',
        reason: again,
        ...(partial !== undefined && { partial: String(partial) }),
      })
    } else if (confirm !== undefined)
      expect(reading).toEqual({ certainty: 'confirm', value: confirm, reason })
    else expect(reading).toEqual({ certainty: 'sure', value })
  })
})

describe('choice', () => {
  const titles = ['Contar meus dados', 'Usar meu cadastro do INSS', 'Sair']
  test.each([
    ['a segunda', 1],
    ['2', 1],
    ['opção 3', 2],
    ['o de cima', 0],
    ['a última', 2],
    ['usar meu cadastro', 1],
    ['cadastro', 1],
    ['quero contar', 0],
    ['letra b', 1],
    ['número um', 0],
  ])('%s', (text, index) => {
    expect(readChoice(text, titles)).toEqual({ certainty: 'sure', value: index })
  })

  test.each([
    ['5', 'out_of_range'],
    ['nenhuma', 'none_of_them'],
    ['qualquer uma', 'any_of_them'],
    ['quando cai meu pagamento', 'choice'],
  ])('%s is asked again', (text, reason) => {
    expect(readChoice(text, titles)).toEqual({ certainty: 'again', reason })
  })

  test('a weekday among the titles is not an order', () => {
    const days = ['Segunda, dia 30', 'Terça, dia 1']
    expect(readChoice('segunda', days)).toEqual({ certainty: 'sure', value: 0 })
    expect(readChoice('terça dia 1', days)).toEqual({ certainty: 'sure', value: 1 })
  })

  test('a number beside a single title is an answer of its own', () => {
    expect(readChoice('1', ['Não sei']).certainty).toBe('again')
    expect(readChoice('30 anos', ['Não sei']).certainty).toBe('again')
    expect(readChoice('não sei', ['Não sei'])).toEqual({ certainty: 'sure', value: 0 })
  })

  test('yes and no as titles take any yes or no', () => {
    expect(readChoice('aham', ['Sim', 'Não'])).toEqual({ certainty: 'sure', value: 0 })
    expect(readChoice('quero não', ['Sim, quero', 'Não, obrigado'])).toEqual({ certainty: 'sure', value: 1 })
  })
})

function inLetters(reading: Reading<Duration>): Reading<string> {
  if (reading.certainty === 'again') return reading
  const { years, months, days } = reading.value
  const value = `${years}y${months ? `${months}m` : ''}${days ? `${days}d` : ''}`
  return { ...reading, value }
}
