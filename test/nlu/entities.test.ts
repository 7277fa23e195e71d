import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import {
  completeDate,
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
import { mentionsOf } from '../../src/nlu/mentions'
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

type Told = {
  say: string[]
  age?: number
  sex?: string
  kinship?: string
  birth?: string
  time?: string
  salary?: number
  still?: boolean
  teacher?: boolean
}

describe('a first sentence tells', () => {
  const told = parse(readFileSync(join(__dirname, 'mentions.yaml'), 'utf8')) as Told[]
  const sentences = told.flatMap(({ say, ...facts }) => say.map((text) => [text, facts] as const))
  test.each(sentences)('%s', (text, facts) => {
    const mentions = mentionsOf(text, today)
    const time = mentions.contributionTime
    expect({
      age: mentions.age,
      sex: mentions.sex,
      kinship: mentions.kinship,
      birth: mentions.birthDate === undefined ? undefined : inWords(mentions.birthDate),
      time: time === undefined ? undefined : `${time.years}${time.months > 0 ? `y${time.months}m` : ''}`,
      salary: mentions.averageSalary === undefined ? undefined : mentions.averageSalary / 100,
      teacher: mentions.teacher,
    }).toEqual({
      age: facts.age,
      sex: facts.sex,
      kinship: facts.kinship,
      birth: facts.birth === undefined ? undefined : `sure ${facts.birth}`,
      time: facts.time === undefined ? undefined : String(facts.time),
      salary: facts.salary,
      teacher: facts.teacher,
    })
    if (facts.still === true) expect(mentions.stillContributing).toBe(true)
  })
})

describe('a date told in two answers', () => {
  it.each<[string, string, string | undefined, string | undefined]>([
    ['1962', '12/03', '--03-12', '12/03/1962'],
    ['--03-12', 'em 1962', '1962', '12/03/1962'],
    ['--03-12', '62', undefined, '12/03/62'],
    ['1962-03', 'dia 12', undefined, '12/03/1962'],
    ['1962-03', '1962', '1962', undefined],
    ['1962', 'não lembro', undefined, undefined],
    ['1962', 'março', undefined, undefined],
  ])('%s and "%s"', (told, text, partial, whole) => {
    expect(completeDate(told, text, partial)).toBe(whole)
  })
})
