import fc from 'fast-check'
import {
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
import { inWords, loadCases } from './entity-cases'
import { spoken } from './spoken'
import { milliseconds } from './yardstick'

const today = '2026-11-23'
const amounts = { minimumWage: 151_800, ceiling: 815_741 }
const months =
  'janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro'.split(' ')
const two = (number: number) => String(number).padStart(2, '0')

const readers: Record<string, (text: string) => Reading<unknown>> = {
  age: readAge,
  bank: readBank,
  benefit_number: readBenefitNumber,
  birth_date: (text) => readBirthDate(text, today),
  cep: readCep,
  choice: (text) => readChoice(text, ['Sim', 'Não', 'Talvez depois']),
  city: readCity,
  competence: (text) => readCompetence(text, today),
  cpf: readCpf,
  duration: readDuration,
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

test('a birth date written in any of the usual ways is read back', () => {
  const day = fc.record({
    year: fc.integer({ min: 1930, max: 2010 }),
    month: fc.integer({ min: 1, max: 12 }),
    day: fc.integer({ min: 1, max: 28 }),
  })
  const ways = fc.constantFrom<(y: number, m: number, d: number) => string>(
    (y, m, d) => `${d}/${m}/${y}`,
    (y, m, d) => `${two(d)}.${two(m)}.${y}`,
    (y, m, d) => `${two(d)} ${two(m)} ${y}`,
    (y, m, d) => `${two(d)}${two(m)}${y}`,
    (y, m, d) => `${two(d)}${two(m)}${two(y % 100)}`,
    (y, m, d) => `${d}-${m}-${two(y % 100)}`,
    (y, m, d) => `${y}-${two(m)}-${two(d)}`,
    (y, m, d) => `${d} de ${months[m - 1]} de ${y}`,
    (y, m, d) => `NASCI EM ${d} DE ${months[m - 1]?.toUpperCase()} DE ${two(y % 100)}`,
    (y, m, d) => `${d} ${months[m - 1]?.slice(0, 3)} ${y}`,
    (y, m, d) => `dia ${d} do ${m} de ${two(y % 100)}`,
    (y, m, d) => `dia ${spoken(d)} do ${spoken(m)} de ${spoken(y)}`,
    (y, m, d) => `${spoken(d)} de ${months[m - 1]} de ${spoken(y)}`,
    (y, m, d) => `bom dia, ${d}/${two(m)}/${y}, obrigada`,
  )
  fc.assert(
    fc.property(day, ways, ({ year, month, day }, write) => {
      const value = `${year}-${two(month)}-${two(day)}`
      expect(inWords(readBirthDate(write(year, month, day), today))).toBe(`sure ${value}`)
    }),
    { numRuns: 1500, seed: 11 },
  )
})

test('a length of time written in any of the usual ways is read back', () => {
  const time = fc.record({ years: fc.integer({ min: 2, max: 55 }), months: fc.integer({ min: 2, max: 11 }) })
  const ways = fc.constantFrom<(y: number, m: number) => string>(
    (y, m) => `${y} anos e ${m} meses`,
    (y, m) => `${y} anos, ${m} meses`,
    (y, m) => `${y}a ${m}m`,
    (y, m) => `${y}a${m}m`,
    (y, m) => `${spoken(y)} anos e ${spoken(m)} meses`,
    (y, m) => `tenho ${y} ano e ${m} mes de contribuição`,
    (y, m) => `${y} ANOS COM ${m} MESES`,
    (y, m) => `${y} anos ${m} meses viu moça`,
    (y, m) => `tenho 64 anos de idade e ${y} anos e ${m} meses de contribuição`,
    (y, m) => `${12 * y + m} meses`,
    (y, m) => `${12 * y + m} contribuições`,
    (y, m) => `${spoken(12 * y + m)} meses`,
  )
  fc.assert(
    fc.property(time, ways, ({ years, months }, write) => {
      expect(readDuration(write(years, months))).toEqual({
        certainty: 'sure',
        value: { years, months, days: 0 },
      })
    }),
    { numRuns: 1500, seed: 12 },
  )
})

test('an amount written in any of the usual ways is read back to the centavo', () => {
  const reais = fc.integer({ min: 100, max: 99_999 })
  const grouped = (n: number) => String(n).replace(/(\d)(?=(\d{3})+$)/g, '$1.')
  const whole = fc.constantFrom<(n: number) => string>(
    (n) => String(n),
    (n) => `${n} reais`,
    (n) => `R$${grouped(n)}`,
    (n) => `R$ ${grouped(n)},00`,
    (n) => `${n},00`,
    (n) => `${n}.00`,
    (n) => `ganho ${n} por mês`,
    (n) => `${spoken(n)} reais`,
    (n) => spoken(n).toUpperCase(),
    (n) => `olha, ${grouped(n)} por favor`,
  )
  fc.assert(
    fc.property(reais, whole, (n, write) => {
      expect(readMoney(write(n), amounts)).toEqual({ certainty: 'sure', value: n * 100 })
    }),
    { numRuns: 1500, seed: 13 },
  )
  fc.assert(
    fc.property(reais, fc.integer({ min: 1, max: 99 }), (n, cents) => {
      for (const text of [
        `${grouped(n)},${two(cents)}`,
        `${n} reais e ${cents} centavos`,
        `R$ ${n},${two(cents)}`,
      ])
        expect(readMoney(text, amounts)).toEqual({ certainty: 'sure', value: n * 100 + cents })
    }),
    { numRuns: 300, seed: 14 },
  )
})

test('digits are read back however they are grouped, and a wrong check digit never passes', () => {
  const digits = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 9, maxLength: 9 })
  const separator = fc.constantFrom('', '.', ' ', '-', ' . ')
  fc.assert(
    fc.property(digits, separator, fc.integer({ min: 1, max: 9 }), (nine, mark, shift) => {
      fc.pre(new Set(nine).size > 1)
      const cpf = withCheckDigits(nine)
      const text = [cpf.slice(0, 3), cpf.slice(3, 6), cpf.slice(6, 9), cpf.slice(9)].join(mark)
      expect(readCpf(text)).toEqual({ certainty: 'sure', value: cpf })
      expect(readCpf([...cpf].join(' '))).toEqual({ certainty: 'sure', value: cpf })
      expect(readCpf([...cpf].map((digit) => spoken(Number(digit))).join(' '))).toEqual({
        certainty: 'sure',
        value: cpf,
      })
      const wrong = cpf.slice(0, 10) + ((Number(cpf[10]) + shift) % 10)
      expect(readCpf(wrong).certainty).toBe('again')
    }),
    { numRuns: 300, seed: 15 },
  )
})

function withCheckDigits(nine: number[]): string {
  const all = [...nine]
  for (const length of [9, 10]) {
    const sum = all.reduce((total, digit, at) => total + digit * (length + 1 - at), 0)
    all.push(((sum * 10) % 11) % 10)
  }
  return all.join('')
}

test('capitals, accents, courtesy and marks around an answer change nothing', () => {
  const changes: ((text: string) => string)[] = [
    (text) => text.normalize('NFD').replace(/\p{M}/gu, ''),
    (text) => text.toUpperCase(),
    (text) => `${text}.`,
    (text) => `  ${text}   `,
    (text) => `${text} 🙂`,
    (text) => `${text} por favor`,
    (text) => `${text} moça`,
    (text) => `bom dia, ${text}`,
    (text) => `olha, ${text}, obrigada`,
  ]
  const sure = Object.entries(loadCases())
    .filter(([kind]) => kind !== 'choice')
    .flatMap(([kind, cases]) =>
      cases.filter(({ expected }) => expected.startsWith('sure')).map((each) => ({ kind, ...each })),
    )
  const moved = sure.flatMap(({ kind, say, expected }) =>
    changes
      .map((change) => change(say))
      .filter((text) => inWords(readers[kind]?.(text) as Reading<unknown>) !== wordsOf(kind, say, expected)),
  )
  expect(moved.length / (sure.length * changes.length)).toBeLessThan(0.005)
})

/** A duration is compared by its own reading: the tables write it in letters. */
function wordsOf(kind: string, say: string, expected: string): string {
  return kind === 'duration' ? inWords(readDuration(say)) : expected
}

const long: string[] = [
  'a'.repeat(10_000),
  '1'.repeat(10_000),
  '1 '.repeat(5_000),
  '1e'.repeat(5_000),
  '1 e meio '.repeat(1_100),
  'um e dois e vinte e mil '.repeat(420),
  '12/3/62 '.repeat(1_250),
  'de de de do do mes ano '.repeat(450),
  '12 de março de '.repeat(660),
  'não, não, '.repeat(1_000),
  'não é 1, é 2, '.repeat(700),
  'minha mãe '.repeat(1_000),
  'são josé do rio preto '.repeat(450),
  'O1lSB '.repeat(1_600),
  '.'.repeat(10_000),
  ' '.repeat(10_000),
  '😀'.repeat(5_000),
  '\u0645\uFDFA'.repeat(5_000),
  'é, '.repeat(3_300),
  'por favor '.repeat(1_000),
  'tenho 58 anos e 30 de contribuição '.repeat(280),
  'uns 28 anos e meio ou '.repeat(450),
]

test('10,000 characters of anything take a reader 5 ms at most', () => {
  const slow: string[] = []
  for (const [kind, read] of [
    ...Object.entries(readers),
    ['mentions', (text: string) => mentionsOf(text, today)] as const,
  ]) {
    for (const text of long) {
      // The best of a few: the first ones pay for compiling.
      let best = Number.POSITIVE_INFINITY
      for (let times = 0; times < 4 && best > 5; times += 1)
        best = Math.min(
          best,
          milliseconds(() => read(text)),
        )
      if (best > 5) slow.push(`${kind}: ${text.slice(0, 20)}… ${best.toFixed(1)} ms`)
    }
  }
  expect(slow).toEqual([])
})

test('a short answer takes 0.2 ms at most', () => {
  const slow: string[] = []
  for (const [kind, cases] of Object.entries(loadCases())) {
    const read = readers[kind]
    if (read === undefined) continue
    for (const { say } of cases) read(say)
    let best = Number.POSITIVE_INFINITY
    for (let times = 0; times < 5; times += 1) {
      const spent = milliseconds(() => {
        for (const { say } of cases) read(say)
      })
      best = Math.min(best, spent / cases.length)
    }
    if (best > 0.2) slow.push(`${kind}: ${(1000 * best).toFixed(0)} µs`)
  }
  expect(slow).toEqual([])
})

test('no text makes a reader fail', () => {
  const piece = fc.constantFrom(
    ...'não sim mil e um dois trinta anos meses de até março dez / - , . 12 62 1962 31 00 R$ salário meio nasci tenho quero dia segunda passada digo opa é O l 2O ‮ 😀'.split(
      ' ',
    ),
  )
  const anything = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.string({ unit: 'grapheme', maxLength: 200 }),
    fc.array(piece, { maxLength: 40 }).map((words) => words.join(' ')),
  )
  fc.assert(
    fc.property(anything, (text) => {
      for (const read of Object.values(readers))
        expect(['sure', 'confirm', 'again']).toContain(read(text).certainty)
      mentionsOf(text, today)
    }),
    { numRuns: 600, seed: 16 },
  )
})
