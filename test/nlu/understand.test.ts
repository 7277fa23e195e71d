import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { type IntentId, intentIds, loadUnderstanding, type Understand } from '../../src/nlu/index'
import { loadPhrases } from '../../src/nlu/phrases'
import { ensureModel } from '../../src/nlu/train'
import { best } from '../../src/nlu/understand'

const read = (file: string) => parse(readFileSync(join(__dirname, file), 'utf8')) as unknown
const sentences = read('intents.yaml') as { say: string; intent: IntentId }[]
const crises = read('crisis.yaml') as Record<string, string[]>
const today = '2026-11-23'

let understand: Understand
beforeAll(() => {
  ensureModel()
  understand = loadUnderstanding()
}, 120_000)

test('no sentence measured here was trained on', () => {
  const phrases = new Set(loadPhrases().map(({ text, intent }) => `${intent}: ${text.toLowerCase()}`))
  const short = new Set(['sim', 'oi', 'não', 'isso mesmo'])
  expect(
    sentences.filter(({ say, intent }) => !short.has(say) && phrases.has(`${intent}: ${say.toLowerCase()}`)),
  ).toEqual([])
})

test('every intent has at least 80 phrases, what is not ours 150', () => {
  const counts = new Map(intentIds.map((intent) => [intent, 0]))
  for (const { intent } of loadPhrases()) counts.set(intent, (counts.get(intent) ?? 0) + 1)
  expect([...counts].filter(([, count]) => count < 80)).toEqual([])
  expect(counts.get('out_of_scope')).toBeGreaterThanOrEqual(150)
})

describe('wishes', () => {
  test.each(sentences)('$say → $intent', ({ say, intent }) => {
    const meaning = understand(say, today)
    expect(meaning.intent).toBe(intent)
    expect(meaning.understood).toBe(true)
    expect(meaning.intents[0]).toBe(intent)
  })

  test.each([
    ['quero ver meu pagamento e simular minha aposentadoria', ['check_payment', 'simulate_retirement']],
    ['cancela isso, quero ver meu pagamento', ['cancel', 'check_payment']],
    ['quando cai meu pagamento? e como está meu pedido?', ['check_payment', 'check_request_status']],
  ])('two wishes in order: %s', (text, intents) => {
    expect(understand(text, today).intents).toEqual(intents)
  })

  test.each([
    ['não quero simular, quero ver meu pedido', 'check_request_status'],
    ['quero ver meu pagamento, não quero simular', 'check_payment'],
    ['não é por idade, quero aposentadoria por tempo de contribuição', 'request_retirement_contribution'],
  ])('what is denied is no wish: %s', (text, intent) => {
    expect(understand(text, today).intents).toEqual([intent])
  })

  test.each([
    '',
    '   ',
    '😀😀',
    '!!!',
    '\u0000\u0007',
    'xqzt wvkpl grrfh',
    'the quick brown fox jumps over lazy dogs',
  ])('is honest about not knowing: %j', (text) => {
    const { understood, intent, nearest } = understand(text, today)
    expect(understood && intent !== 'out_of_scope').toBe(false)
    expect(nearest).toHaveLength(3)
  })

  test('gives the three nearest, best first, as probabilities', () => {
    const { nearest, confidence } = understand('aposentadoria', today)
    expect(nearest).toHaveLength(3)
    expect(nearest[0]?.confidence).toBe(confidence)
    const sum = nearest.reduce((total, each) => total + each.confidence, 0)
    expect(sum).toBeLessThanOrEqual(1.000001)
  })

  test('says clearly that the model is missing', () => {
    expect(() => loadUnderstanding('/nowhere/model.json')).toThrow(
      'no trained model at /nowhere/model.json: run the build',
    )
  })
})

test.each(['azul', 'jaca', 'azul claro', 'xpto', 'lápis'])('%s is no cry for help', (say) => {
  expect(understand(say, today).crisis).toBeUndefined()
})

describe('crisis', () => {
  const alarms = Object.entries(crises).filter(([kind]) => kind !== 'calm')
  test.each(alarms.flatMap(([kind, list]) => list.map((say) => [say, kind])))('%s is %s', (say, kind) => {
    const meaning = understand(say, today)
    expect(meaning.crisis).toBe(kind)
    expect(meaning.intent).toBe('crisis')
    expect(meaning.understood).toBe(true)
  })

  test.each(crises.calm ?? [])('no alarm: %s', (say) => {
    expect(understand(say, today).crisis).toBeUndefined()
  })
})

describe('mentions', () => {
  const sure = (value: string) => ({ certainty: 'sure', value })
  const years = (count: number, months = 0) => ({ years: count, months, days: 0 })
  test.each([
    [
      'tenho 58 anos, 30 de contribuição e ganho 3 mil, já posso aposentar?',
      { age: 58, contributionTime: years(30), averageSalary: 300_000 },
    ],
    ['sou mulher nasci em 12/03/62', { sex: 'F', birthDate: sure('1962-03-12') }],
    ['tenho 35 anos de contribuição e 58 de idade', { age: 58, contributionTime: years(35) }],
    [
      'tenho trinta e cinco anos de contribuição e cinquenta e oito de idade, ganho dois mil e quinhentos',
      { age: 58, contributionTime: years(35), averageSalary: 250_000 },
    ],
    ['paguei 27 anos e 3 meses', { contributionTime: years(27, 3) }],
    ['comecei a trabalhar com 14 anos', {}],
    ['meu benefício termina em 4 e ganho um salário', { benefitDigit: 4, aboveMinimum: false }],
    ['recebo mais de um salário, final 7', { benefitDigit: 7, aboveMinimum: true }],
    ['minha mãe tem 61 anos', { kinship: 'mãe', sex: 'F', age: 61 }],
    ['meu marido morreu', {}],
    ['tive neném dia 10 de outubro', { eventKind: 'parto', eventDate: sure('2026-10-10') }],
    ['adotei uma menina', { eventKind: 'adocao' }],
    ['e se eu parar de contribuir?', { stopsContributing: true }],
    ['e se eu passar a pagar sobre 3 mil?', { newSalary: 300_000 }],
    ['sou professora há 24 anos', { sex: 'F', teacher: true, contributionTime: years(24) }],
    ['trabalho na roça', { rural: true, employmentStatus: 'rural' }],
    ['sou mei', { employmentStatus: 'mei' }],
    ['quando cai meu pagamento', {}],
  ])('%s', (text, mentions) => {
    expect(understand(text, today).mentions).toEqual(mentions)
  })

  test('relative days need today', () => {
    expect(understand('meu filho nasceu ontem').mentions.eventDate).toBeUndefined()
    expect(understand('meu filho nasceu ontem', today).mentions.eventDate).toEqual(sure('2026-11-22'))
  })
})

describe("what is nearly as likely to be nobody's", () => {
  const ranked = (outside: number) => {
    const chances = new Float64Array(intentIds.length)
    chances[intentIds.indexOf('check_payment')] = 0.4
    chances[intentIds.indexOf('complaint')] = 0.35
    chances[intentIds.indexOf('out_of_scope')] = outside
    return best(chances, 3).map(({ intent }) => intent)
  }

  test('comes before the best wish', () => {
    expect(ranked(0.31)).toEqual(['out_of_scope', 'check_payment', 'complaint'])
  })

  test('comes after it when it is less likely than that', () => {
    expect(ranked(0.29)).toEqual(['check_payment', 'complaint', 'out_of_scope'])
  })
})
