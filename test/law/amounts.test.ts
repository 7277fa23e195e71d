import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { z } from 'zod'
import { projectFile } from '../../src/files'
import {
  calendar,
  type HistoryPeriod,
  loadParameters,
  type Parameters,
  type RuleId,
  simulateRetirement,
} from '../../src/law'
import { correctionFor, factorParts } from '../../src/law/correction'
import { readDecimal } from '../../src/law/decimal'
import { fatorPrevidenciario } from '../../src/law/fator'
import { readjusted } from '../../src/law/readjustment'
import { readIsoDuration } from '../../src/law/tempo'
import { parameterFolder, salaries } from './world'

const parameters = loadParameters(parameterFolder)

/** The same law in a country without inflation and with no ceiling in the way. */
const still: Parameters = {
  ...parameters,
  series: {
    ...parameters.series,
    'indice-de-correcao': {
      ...parameters.series['indice-de-correcao'],
      entries: parameters.series['indice-de-correcao'].entries.map((entry) => ({
        ...entry,
        value: { value: { digits: 0n, scale: 0 } },
      })),
    },
  },
  monthly: { minimum: [100_000], ceiling: [847_555] },
}

type Paid = { salaries: Record<string, number>; start?: string; end?: string | null }

function benefit(
  law: Parameters,
  rule: RuleId,
  sex: 'F' | 'M',
  birthDate: string,
  asOf: string,
  paid: Paid[],
) {
  const history = paid.map((each): HistoryPeriod => {
    const months = Object.keys(each.salaries).sort()
    const last = months.at(-1) ?? asOf.slice(0, 7)
    return {
      start: each.start ?? `${months[0]}-01`,
      end: each.end === undefined ? calendar.lastDayOf(last) : each.end,
      category: 'empregado',
      kind: 'comum',
      salaries: each.salaries,
    }
  })
  const request = { asOf, sex, birthDate, history, projection: { contributes: false } }
  const answer = simulateRetirement(law, request)
  return { answer, benefit: answer.rules.find((each) => each.id === rule)?.benefit }
}

describe('the factors that bring salaries up to date', () => {
  const published = z
    .array(
      z.strictObject({ source: z.string(), start: z.string(), factors: z.record(z.string(), z.string()) }),
    )
    .parse(parse(readFileSync(projectFile('test/law/vectors/indice-de-correcao.yaml'), 'utf8')))

  it.each(published.map((each) => [`${each.source}, ${each.start}`, each] as const))(
    'are those of %s',
    (_name, each) => {
      const { factors } = correctionFor(parameters, calendar.toDayNumber(`${each.start}-01`))
      for (const [month, official] of Object.entries(each.factors)) {
        const found = factors[calendar.competenciasBetween('1994-07', month)] ?? 0
        // The ordinances multiply factors already rounded, so the last decimal may differ by one.
        const difference = Math.abs(found - Number(official.replace('.', '')))
        expect([month, difference <= 1]).toEqual([month, true])
      }
    },
  )

  it('end with the last published month and say so', () => {
    expect(correctionFor(parameters, calendar.toDayNumber('2026-09-30')).cutShort).toBe(false)
    const later = correctionFor(parameters, calendar.toDayNumber('2026-10-01'))
    expect(later).toMatchObject({ cutShort: true, last: calendar.competenciaNumber('2026-08') })
  })

  it('include the month of the salary and not the month of the start', () => {
    const { factors } = correctionFor(parameters, calendar.toDayNumber('2026-02-15'))
    const last = factors.at(-1)
    expect(factors).toHaveLength(calendar.competenciasBetween('1994-07', '2026-02'))
    expect(last).toBe(factorParts + 3_900)
  })
})

describe('the fator previdenciario', () => {
  it.each([
    ['homem, 60 e 36', 'P36Y', 'P0D', 'P60Y', '22.6', 8_452],
    ['professora, 50 e 25', 'P25Y', 'P10Y', 'P50Y', '30.4', 5_741],
    ['homem, 58 e 35 e meio', 'P35Y6M', 'P0D', 'P58Y', '24.1', 7_717],
    ['homem, 55 e 35', 'P35Y', 'P0D', 'P55Y', '21.8', 8_254],
    ['homem, 43 e 15, tabela de 2012: 0,196', 'P15Y', 'P0D', 'P43Y', '35.1', 1_956],
    ['homem, 60 e 20, tabela de 2012: 0,482', 'P20Y', 'P0D', 'P60Y', '21.4', 4_815],
  ])('%s', (_name, time, bonus, age, expectancy, expected) => {
    const read = (text: string) => readIsoDuration(text) ?? Number.NaN
    const decimal = (text: string) => readDecimal(text) ?? { digits: 0n, scale: 0 }
    const inputs = { time: read(time), bonus: read(bonus), age: read(age) }
    expect(fatorPrevidenciario({ ...inputs, expectancy: decimal(expectancy), rate: decimal('0.31') })).toBe(
      expected,
    )
  })
})

describe('the average', () => {
  it('leaves out all 36 low months when that pays, although the coefficient falls to 60 %', () => {
    const { benefit: found } = benefit(still, 'art18_idade', 'F', '1962-01-01', '2026-01-15', [
      {
        salaries: { ...salaries('2008-01', '2022-12', 600_000), ...salaries('2023-01', '2025-12', 160_000) },
      },
    ])
    expect(found).toMatchObject({
      discarded: 36,
      average: 600_000,
      coefficient: '0.6000',
      amount: 360_000,
      divisor: 180,
    })
  })

  it('leaves nothing out when every salary is the same', () => {
    const { benefit: found } = benefit(still, 'art18_idade', 'F', '1962-01-01', '2026-01-15', [
      { salaries: salaries('2006-01', '2025-12', 300_000) },
    ])
    expect(found).toMatchObject({
      discarded: 0,
      average: 300_000,
      coefficient: '0.7000',
      amount: 210_000,
      divisor: 240,
    })
  })

  it.each([
    ['the day before', '1957-05-04', 60],
    ['on the day', '1957-05-05', 108],
    ['the day after', '1957-05-06', 108],
  ])('is divided by at least 108 when the right was met from 05/05/2022 on: %s', (_name, birth, divisor) => {
    const { benefit: found } = benefit(still, 'art18_idade', 'M', birth, '2022-05-20', [
      { salaries: {}, start: '1974-01-01', end: '1993-12-31' },
      { salaries: salaries('2017-05', '2022-04', 500_000), start: '2017-05-01', end: '2022-04-30' },
    ])
    expect(found?.divisor).toBe(divisor)
  })

  it('has no least divisor for who came after 07/1994', () => {
    const { benefit: found } = benefit(still, 'art18_idade', 'M', '1958-01-10', '2024-01-10', [
      { salaries: salaries('1994-08', '2023-12', 500_000), start: '1994-08-01' },
    ])
    expect(found?.discarded).toBe(0)
    expect(found?.divisor).toBe(353)
  })

  it("adds the jobs of a month and cuts the sum at that month's ceiling", () => {
    const { benefit: found } = benefit(still, 'art18_idade', 'F', '1962-01-01', '2026-01-15', [
      { salaries: salaries('2011-01', '2025-12', 500_000) },
      { salaries: salaries('2011-01', '2025-12', 500_000) },
    ])
    expect(found).toMatchObject({ average: 847_555, divisor: 180 })
  })

  it('takes the minimum wage for a month of work without salary, and says so', () => {
    const paid = salaries('2011-01', '2025-12', 100_000)
    delete paid['2015-03']
    const { answer, benefit: found } = benefit(still, 'art18_idade', 'F', '1962-01-01', '2026-01-15', [
      { salaries: paid },
    ])
    expect(found?.divisor).toBe(180)
    expect(answer.assumptions).toContainEqual(
      expect.objectContaining({ id: 'salario_minimo_onde_falta', months: 1 }),
    )
  })

  it('is in the prices of the last month with an index, and says which', () => {
    const { answer } = benefit(parameters, 'art18_idade', 'F', '1962-01-01', '2026-11-23', [
      { salaries: salaries('2000-01', '2026-10', 300_000) },
    ])
    expect(answer.assumptions).toContainEqual({
      id: 'indice_ate',
      text_key: 'assumption_indice_ate',
      parameter: 'indice-de-correcao',
      month: '2026-08',
    })
  })

  it('is exact when the benefit starts by 09/2026, and says nothing', () => {
    const { answer } = benefit(parameters, 'art18_idade', 'F', '1962-01-01', '2026-09-10', [
      { salaries: salaries('2000-01', '2026-08', 300_000) },
    ])
    expect(answer.assumptions.map((each) => each.id)).not.toContain('indice_ate')
  })

  it('of a worked life is right to the centavo', () => {
    // 318 months: 07/1994–12/1999 at R$ 500, 2000–2012 at R$ 1.500, 03/2018–02/2026 at R$ 4.000; computed apart with
    // exact fractions.
    const { benefit: found } = benefit(parameters, 'art18_idade', 'F', '1963-05-20', '2026-08-20', [
      { salaries: salaries('1994-07', '1999-12', 50_000) },
      { salaries: salaries('2000-01', '2012-12', 150_000) },
      { salaries: salaries('2018-03', '2026-02', 400_000) },
    ])
    expect(found).toMatchObject({
      average: 470078,
      coefficient: '0.8200',
      amount: 385464,
      discarded: 6,
      divisor: 312,
    })
  })
})

describe('a person with disability', () => {
  it('has the average of the 80 % highest, and is told that of all', () => {
    const paid = { ...salaries('2017-09', '2024-04', 500_000), ...salaries('2024-05', '2025-12', 250_000) }
    const common = { category: 'empregado', kind: 'deficiencia_grave' } as const
    const history: HistoryPeriod[] = [
      { start: '1977-01-01', end: '1994-06-30', ...common },
      { start: '2017-09-01', end: '2025-12-31', ...common, salaries: paid },
    ]
    const projection = { contributes: false }
    const answer = simulateRetirement(still, {
      asOf: '2026-01-15',
      sex: 'M',
      birthDate: '1960-01-01',
      history,
      projection,
    })
    const found = answer.rules.find((rule) => rule.id === 'lc142_tc_grave')
    expect(found?.benefit).toMatchObject({ average: 500_000, amount: 500_000, divisor: 80 })
    expect(answer.assumptions).toContainEqual(
      expect.objectContaining({ id: 'lc142_media', average: 450_000 }),
    )
  })
})

describe('acquired rights', () => {
  it('take the 80 % highest until 10/2019 and are then readjusted every January', () => {
    const { benefit: found } = benefit(still, 'direito_adquirido_idade', 'F', '1950-01-01', '2026-06-15', [
      {
        salaries: { ...salaries('1994-07', '2014-12', 400_000), ...salaries('2015-01', '2019-10', 200_000) },
      },
    ])
    expect(found).toMatchObject({ average: 400_000, divisor: 243, coefficient: '0.9500' })
  })

  it.each([
    ['until 28/11/1999, by 60 % of the months since 07/1994 at least', '1999-11-28', 182],
    ['the day after, by the 80 % highest alone', '1999-11-29', 144],
  ])('of who was affiliated %s', (_name, start, divisor) => {
    const { benefit: found } = benefit(still, 'direito_adquirido_idade', 'F', '1950-01-01', '2026-06-15', [
      { start, salaries: salaries('1999-11', '2014-10', 400_000) },
    ])
    expect(found?.divisor).toBe(divisor)
  })

  it.each([
    ['2019-11-13', 300_000],
    ['2019-12-31', 300_000],
    // 1,77 %, the INPC of November and December 2019
    ['2020-01-01', 305_310],
    ['2020-12-31', 305_310],
    ['2021-01-01', 321_949],
  ])('of R$ 3.000,00 are worth on %s %d centavos', (day, amount) => {
    expect(readjusted(parameters, 300_000, calendar.toDayNumber(day))).toBe(amount)
  })

  it('grow every January by the readjustment of benefits', () => {
    const { benefit: found } = benefit(
      parameters,
      'direito_adquirido_idade',
      'F',
      '1950-01-01',
      '2020-06-15',
      [{ salaries: salaries('1994-07', '2019-10', 500_000) }],
    )
    const { benefit: later } = benefit(
      parameters,
      'direito_adquirido_idade',
      'F',
      '1950-01-01',
      '2021-06-15',
      [{ salaries: salaries('1994-07', '2019-10', 500_000) }],
    )
    // 5,45 % of January 2021
    expect(later?.amount).toBe(Math.round(((found?.amount ?? 0) * 10_545) / 10_000))
  })

  it('of a year whose readjustment is not known have no amount, and name the gap', () => {
    const { benefit: found } = benefit(
      parameters,
      'direito_adquirido_idade',
      'F',
      '1950-01-01',
      '2027-06-15',
      [{ salaries: salaries('1994-07', '2019-10', 500_000) }],
    )
    expect(found).toMatchObject({
      amount: null,
      lawGap: { parameter: 'reajuste-de-beneficios', date: '2027-01-01' },
    })
  })
})

describe('the hybrid retirement', () => {
  it('takes the minimum wage for the rural months since 07/1994', () => {
    const history: HistoryPeriod[] = [
      { start: '1998-01-01', end: '2007-12-31', category: 'segurado_especial', kind: 'rural' },
      {
        start: '2008-01-01',
        end: '2014-12-31',
        category: 'empregado',
        salaries: salaries('2008-01', '2014-12', 700_000),
      },
    ]
    const projection = { contributes: false }
    const answer = simulateRetirement(still, {
      asOf: '2026-01-15',
      sex: 'F',
      birthDate: '1963-01-01',
      history,
      projection,
    })
    const found = answer.rules.find((rule) => rule.id === 'hibrida')
    // 17 years; the 24 lowest months may be left out: (96 × 1.000 + 84 × 7.000) / 180 = 3.800
    expect(found).toMatchObject({
      entitled: true,
      benefit: { discarded: 24, divisor: 180, average: 380_000, coefficient: '0.6000', amount: 228_000 },
    })
  })
})

describe('months left out where the fator multiplies', () => {
  it('shorten the time in it, so that none is left out of salaries that are all the same', () => {
    // 60 years and 41 years and 5 months: 41,4167 × 0,31 / 22,6 × (1 + (60 + 12,8392) / 100) = 0,9819
    const { benefit: found } = benefit(still, 'art17_pedagio50', 'M', '1966-06-15', '2026-06-15', [
      { start: '1985-01-01', salaries: salaries('1994-07', '2026-05', 300_000) },
    ])
    expect(found).toMatchObject({ discarded: 0, average: 300_000, fator: '0.9819', amount: 294_570 })
  })

  it('are left out only where the average gains more than the fator loses', () => {
    const { benefit: found } = benefit(still, 'art17_pedagio50', 'M', '1966-06-15', '2026-06-15', [
      {
        start: '1985-01-01',
        salaries: { ...salaries('1994-07', '2022-03', 600_000), ...salaries('2022-04', '2026-05', 160_000) },
      },
    ])
    // (333 × 6.000 + 50 × 1.600) / 383 = 5.425,59, times 0,9819; with 37 years and 3 months it were 6.000 × 0,8765
    expect(found).toMatchObject({ discarded: 0, fator: '0.9819', average: 542_559, amount: 532_739 })
  })
})

describe('months left out in the rules with a toll', () => {
  it('raise the toll too: each takes two months of the surplus', () => {
    // 29 years on the day of the reform, 35 years, 1 month and 18 days in the end: 1.488 days above the 31 asked.
    const { benefit: found } = benefit(still, 'art20_pedagio100', 'F', '1960-01-01', '2026-01-15', [
      {
        start: '1990-11-14',
        salaries: { ...salaries('1994-07', '2021-12', 600_000), ...salaries('2022-01', '2025-12', 160_000) },
      },
    ])
    expect(found).toMatchObject({ discarded: 24, divisor: 354 })
  })

  it('take one month each where nothing was missing', () => {
    // 31 years on the day of the reform and 37 years, 1 month and 18 days in the end: 85 months above the 30 asked.
    const { benefit: found } = benefit(still, 'art20_pedagio100', 'F', '1960-01-01', '2026-01-15', [
      {
        start: '1988-11-14',
        salaries: { ...salaries('1994-07', '2018-12', 600_000), ...salaries('2019-01', '2025-12', 160_000) },
      },
    ])
    expect(found).toMatchObject({ discarded: 84, divisor: 294, amount: 600_000 })
  })
})

describe('the fator where it is the holder who gains', () => {
  it('multiplies the amount of a person with disability when it is above 1', () => {
    const person = (birthDate: string) =>
      simulateRetirement(parameters, {
        asOf: '2026-06-15',
        sex: 'F',
        birthDate,
        summary: {
          timeUntil: { date: '2026-06-15', years: 30, months: 0, days: 0 },
          kindAtReform: 'deficiencia_leve',
          averageSalary: 300_000,
        },
      }).rules.find((rule) => rule.id === 'lc142_tc_leve')?.benefit
    // (35 x 0,31 / 18,0) x (1 + (66 + 10,85) / 100) = 1,0660
    expect(person('1960-06-15')).toMatchObject({ coefficient: '1.0000', fator: '1.0660', amount: 319_800 })
    expect(person('1966-06-15')).toMatchObject({ coefficient: '1.0000', fator: null, amount: 300_000 })
  })

  it('is not seen, and that is said, where the table of the day is missing', () => {
    const answer = simulateRetirement(parameters, {
      asOf: '2026-12-15',
      sex: 'F',
      birthDate: '1960-06-15',
      summary: {
        timeUntil: { date: '2026-06-15', years: 30, months: 0, days: 0 },
        kindAtReform: 'deficiencia_leve',
        averageSalary: 300_000,
      },
    })
    const found = answer.rules.find((rule) => rule.id === 'lc142_tc_leve')?.benefit
    expect(found).toMatchObject({ fator: null, amount: 300_000 })
    expect(answer.assumptions).toContainEqual({
      id: 'fator_nao_visto',
      text_key: 'assumption_fator_nao_visto',
      parameter: 'expectativa-de-sobrevida',
      date: '2026-12-15',
    })
  })
})

describe('waiting', () => {
  const woman = {
    asOf: '2026-06-15',
    sex: 'F' as const,
    birthDate: '1964-06-15',
    summary: {
      timeUntil: { date: '2026-06-15', years: 20, months: 6, days: 0 },
      averageSalary: 300_000,
    },
  }

  it('is worth the next complete years of time, and is told with what it costs', () => {
    const { comparison } = simulateRetirement(parameters, woman)
    // 60 % and 2 % for each of the 5 years above 15: R$ 2.100; the next year is complete on 15/12/2026
    expect(comparison?.from).toEqual({ rule: 'art18_idade', on: '2026-06-15', amount: 210_000 })
    expect(comparison?.later[0]).toEqual({
      rule: 'art18_idade',
      on: '2026-12-15',
      amount: 216_000,
      months: 6,
      more: 6_000,
      recoveredIn: 210,
    })
    expect(comparison?.later.map(({ on, amount }) => [on, amount])).toContainEqual(['2027-12-15', 222_000])
  })

  it('changes nothing for who pays no more', () => {
    const { comparison } = simulateRetirement(parameters, { ...woman, projection: { contributes: false } })
    expect(comparison?.later).toEqual([])
  })

  it('is not compared without amounts', () => {
    const { averageSalary: _none, ...summary } = woman.summary
    expect(simulateRetirement(parameters, { ...woman, summary }).comparison).toBe(null)
  })

  it('can lead to another rule', () => {
    const { comparison } = simulateRetirement(parameters, {
      asOf: '2026-06-15',
      sex: 'F',
      birthDate: '1964-03-15',
      summary: { timeAtReform: { years: 25, months: 0, days: 0 }, averageSalary: 300_000 },
    })
    // 62 years: 92 % now by art. 18; 35 years with the toll on 13/11/2029: the whole average by art. 20
    const whole = comparison?.later.find(({ rule }) => rule === 'art20_pedagio100')
    expect(comparison?.from).toMatchObject({ on: '2026-06-15', amount: 276_000 })
    expect(whole).toMatchObject({
      on: '2029-11-13',
      amount: 300_000,
      months: 41,
      more: 24_000,
      recoveredIn: 472,
    })
  })
})
