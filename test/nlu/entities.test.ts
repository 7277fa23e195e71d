import {
  type Duration,
  type Reading,
  readAge,
  readBank,
  readBenefitNumber,
  readBirthDate,
  readCep,
  readChoice,
  readCity,
  readCompetence,
  readCpf,
  readDate,
  readDuration,
  readFinalDigit,
  readKinship,
  readMoney,
  readNit,
  readPhone,
  readProtocol,
  readSex,
  readState,
  readYesNo,
} from '../../src/nlu/index'
import { agrees, inWords, loadCases } from './entity-cases'

const today = '2026-11-23'
const amounts = { minimumWage: 151_800, ceiling: 815_741 }

const readers: Record<string, (text: string, titles?: string[]) => Reading<unknown>> = {
  age: readAge,
  bank: readBank,
  benefit_number: readBenefitNumber,
  birth_date: (text) => readBirthDate(text, today),
  cep: readCep,
  choice: (text, titles = []) => readChoice(text, titles),
  city: readCity,
  competence: (text) => readCompetence(text, today),
  cpf: readCpf,
  duration: (text) => inLetters(readDuration(text)),
  event_date: (text) => readDate(text, { today, past: true }),
  final_digit: readFinalDigit,
  kinship: readKinship,
  money: (text) => readMoney(text, amounts),
  nit: readNit,
  phone: readPhone,
  protocol: readProtocol,
  sex: readSex,
  state: readState,
  yes_no: readYesNo,
}

const tables = Object.entries(loadCases())

test('every kind of answer has a table of at least sixty', () => {
  expect(tables.map(([kind]) => kind)).toEqual(Object.keys(readers))
  expect(tables.filter(([, cases]) => cases.length < 60)).toEqual([])
})

test.each(tables)('%s', (kind, cases) => {
  const wrong = cases.flatMap(({ say, titles, expected }) => {
    const reading = readers[kind]?.(say, titles)
    const read = reading === undefined ? 'nothing' : inWords(reading)
    return agrees(expected, read) ? [] : [`${say}: ${expected}, not ${read}`]
  })
  expect(wrong).toEqual([])
})

function inLetters(reading: Reading<Duration>): Reading<string> {
  if (reading.certainty === 'again') return reading
  const { years, months, days } = reading.value
  const value = `${years}y${months ? `${months}m` : ''}${days ? `${days}d` : ''}`
  return { ...reading, value }
}
