import { calendar, loadParameters } from '../../src/law'
import { type IdOf, type NumberId, valueOn } from '../../src/law/parameters'
import { isoDuration, tempoYear } from '../../src/law/tempo'
import { parameterFolder } from './world'

const parameters = loadParameters(parameterFolder)

const of = (id: IdOf<'points' | 'duration'>, date: string, sex: 'F' | 'M') =>
  valueOn(parameters, id, calendar.toDayNumber(date), sex)

// Read off each article: the base of 13/11/2019, one step every 1 January from 2020 on, up to the limit.
describe.each([
  ['art15-pontos', 'F', 86, 100, 1],
  ['art15-pontos', 'M', 96, 105, 1],
  ['art15-professor-pontos', 'F', 81, 92, 1],
  ['art15-professor-pontos', 'M', 91, 100, 1],
  ['art16-idade', 'F', 56, 62, 0.5],
  ['art16-idade', 'M', 61, 65, 0.5],
  ['art16-professor-idade', 'F', 51, 57, 0.5],
  ['art16-professor-idade', 'M', 56, 60, 0.5],
  ['art18-idade', 'F', 60, 62, 0.5],
  ['art18-idade', 'M', 65, 65, 0.5],
] as const)('%s, %s', (id, sex, base, limit, step) => {
  it.each(Array.from({ length: 21 }, (_, i) => 2019 + i))('in %d', (year) => {
    const expected = Math.min(limit, base + step * (year - 2019)) * tempoYear
    expect(of(id, `${year}-12-31`, sex)).toBe(expected)
    if (year > 2019) expect(of(id, `${year}-01-01`, sex)).toBe(expected)
  })
})

describe('the years asked of people with disability', () => {
  it.each([
    ['lc142-tempo-grave', 'P20Y', 'P25Y'],
    ['lc142-tempo-moderada', 'P24Y', 'P29Y'],
    ['lc142-tempo-leve', 'P28Y', 'P33Y'],
  ] as const)('%s', (id, woman, man) => {
    expect([isoDuration(of(id, '2026-01-01', 'F')), isoDuration(of(id, '2026-01-01', 'M'))]).toEqual([
      woman,
      man,
    ])
  })
})

it('the 180 months of carencia do not change with the reform', () => {
  const id: NumberId = 'carencia-aposentadoria'
  for (const date of ['2019-11-12', '2019-11-13', '2019-11-14']) {
    expect(valueOn(parameters, id, calendar.toDayNumber(date))).toBe(180)
  }
})
