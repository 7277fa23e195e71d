import { type HistoryPeriod, loadParameters, type SimulationAnswer, simulateRetirement } from '../../src/law'
import { parameterFolder, salaries } from './world'

const parameters = loadParameters(parameterFolder)

function answerOf(history: HistoryPeriod[], asOf = '2026-11-23', contributes?: boolean): SimulationAnswer {
  const projection = contributes === undefined ? undefined : { contributes }
  return simulateRetirement(parameters, { asOf, sex: 'F', birthDate: '1968-03-10', history, projection })
}

function job(
  start: string,
  end: string | null,
  paid: Record<string, number> = {},
  more: Partial<HistoryPeriod> = {},
): HistoryPeriod {
  return { start, end, category: 'empregado', kind: 'comum', salaries: paid, ...more }
}

const time = (years: number, months: number, days: number) => ({ years, months, days })

describe('time until the reform', () => {
  it.each([
    ['2001-05-10', '2001-05-10', time(0, 0, 1)],
    ['1998-01-31', '1998-02-28', time(0, 1, 0)],
    ['1990-02-01', '1990-02-28', time(0, 1, 0)],
    ['1984-01-01', '2018-12-30', time(34, 11, 29)],
    ['1984-01-01', '2018-12-31', time(35, 0, 0)],
  ])('from %s to %s', (start, end, expected) => {
    expect(answerOf([job(start, end)]).totals.time).toEqual(expected)
  })

  it('counts a job inside another once', () => {
    const history = [job('2000-01-01', '2015-12-31'), job('2010-01-01', '2014-06-30')]
    expect(answerOf(history).totals).toMatchObject({ time: time(16, 0, 0), carencia: 192 })
  })

  it('joins jobs that overlap and adds the ones apart', () => {
    const history = [
      job('2000-01-01', '2004-12-31'),
      job('2003-06-01', '2006-12-31'),
      job('2010-01-01', '2010-06-30'),
    ]
    expect(answerOf(history).totals.time).toEqual(time(7, 6, 0))
  })

  it('counts every month touched for carencia', () => {
    const paid = salaries('2020-01', '2020-04', 200_000)
    expect(answerOf([job('2020-01-15', '2020-04-10', paid)]).totals.carencia).toBe(4)
  })

  it('counts an employee below the minimum, and who pays for oneself not', () => {
    const paid = salaries('2010-01', '2010-12', 30_000)
    expect(answerOf([job('2010-01-01', '2010-12-31', paid)]).totals).toMatchObject({
      time: time(1, 0, 0),
      carencia: 12,
    })
    const own = answerOf([job('2010-01-01', '2010-12-31', paid, { category: 'contribuinte_individual' })])
    expect(own.totals).toMatchObject({ time: time(0, 0, 0), carencia: 0 })
    expect(own.assumptions).toContainEqual(expect.objectContaining({ id: 'abaixo_do_minimo', months: 12 }))
  })
})

describe('time since the reform', () => {
  it('is a whole month for any day of work that reaches the minimum, and none below it', () => {
    const paid = { '2021-01': 110_000, '2021-02': 109_999, '2021-03': 110_000 }
    expect(answerOf([job('2021-01-29', '2021-03-02', paid)]).totals).toMatchObject({
      time: time(0, 2, 0),
      carencia: 2,
    })
  })

  it('compares the sum of the jobs of a month with the minimum', () => {
    const part = salaries('2021-01', '2021-12', 60_000)
    expect(answerOf([job('2021-01-01', '2021-12-31', part)]).totals.time).toEqual(time(0, 0, 0))
    expect(
      answerOf([job('2021-01-01', '2021-12-31', part), job('2021-01-01', '2021-12-31', part)]).totals.time,
    ).toEqual(time(1, 0, 0))
  })

  it('asks 1.039 in January and 1.045 in February 2020', () => {
    const paid = { '2020-01': 103_900, '2020-02': 103_900 }
    expect(answerOf([job('2020-01-01', '2020-02-29', paid)]).totals.time).toEqual(time(0, 1, 0))
  })

  it('counts November 2019 whole when it reaches the minimum, and its days only for acquired rights when not', () => {
    const until = salaries('2019-01', '2019-10', 200_000)
    const whole = job('2019-01-01', '2019-11-30', { ...until, '2019-11': 99_800 })
    expect(answerOf([whole]).totals.time).toEqual(time(0, 11, 0))
    const below = job('2019-01-01', '2019-11-30', { ...until, '2019-11': 99_799 })
    const answer = answerOf([below])
    expect(answer.totals.time).toEqual(time(0, 10, 0))
    const then = answer.rules.find((rule) => rule.id === 'direito_adquirido_tc')?.conditions[0]
    expect(then).toMatchObject({ id: 'tempo_na_reforma', found: 'P10M13D' })
  })

  it('counts the month of the day asked whole once its salary is in the record, and goes on with the next', () => {
    const open = job('2026-01-01', null, salaries('2026-01', '2026-11', 200_000))
    expect(answerOf([open]).totals.time).toEqual(time(0, 11, 0))
    expect(answerOf([job('2026-01-01', null, salaries('2026-01', '2026-10', 200_000))]).totals.time).toEqual(
      time(0, 10, 0),
    )
  })

  it('stops at the last salary of a job without end date', () => {
    const answer = answerOf([job('2021-01-01', null, salaries('2021-01', '2021-12', 200_000))])
    expect(answer.totals.time).toEqual(time(1, 0, 0))
    const ids = answer.assumptions.map((each) => each.id)
    expect(ids).toEqual(expect.arrayContaining(['sem_data_de_saida', 'nao_contribui_mais']))
  })

  it('looks only at what was there on the day asked', () => {
    const history = [
      job('2020-01-01', '2026-10-31', salaries('2020-01', '2026-10', 200_000)),
      job('2026-11-01', null),
    ]
    expect(answerOf(history, '2021-12-31').totals.time).toEqual(time(2, 0, 0))
  })
})

describe('pending indicators', () => {
  const clean = job('2000-01-01', '2009-12-31', salaries('2000-01', '2009-12', 200_000))

  it('keep a period out until solved, and say what it would be worth', () => {
    const answer = answerOf([
      clean,
      job('2010-01-01', '2011-12-31', salaries('2010-01', '2011-12', 200_000), { indicators: ['PEXT'] }),
    ])
    expect(answer.totals).toMatchObject({ time: time(10, 0, 0), carencia: 120 })
    expect(answer.pending).toEqual([
      {
        period: 1,
        indicator: 'PEXT',
        effect: 'not counted',
        totalsIfSolved: expect.objectContaining({ time: time(12, 0, 0), carencia: 144 }),
      },
    ])
  })

  it('keep only the low months out when they are about the minimum wage', () => {
    const paid = { ...salaries('2020-01', '2020-12', 200_000), '2020-06': 50_000 }
    const answer = answerOf([job('2020-01-01', '2020-12-31', paid, { indicators: ['PSC-MEN-SM-EC103'] })])
    expect(answer.totals.time).toEqual(time(0, 11, 0))
    expect(answer.pending[0]).toMatchObject({
      effect: 'not counted',
      totalsIfSolved: { time: time(1, 0, 0) },
    })
  })

  it('no longer stop a late job that INSS confirmed', () => {
    const answer = answerOf([job('2010-01-01', '2011-12-31', {}, { indicators: ['PEXT', 'AEXT-VT'] })])
    expect(answer.totals.time).toEqual(time(2, 0, 0))
    expect(answer.pending).toEqual([])
  })

  it('not known here are shown to confirm and take nothing away', () => {
    const answer = answerOf([{ ...clean, indicators: ['XYZ-NEW'] }])
    expect(answer.totals.time).toEqual(time(10, 0, 0))
    expect(answer.pending).toMatchObject([{ indicator: 'XYZ-NEW', effect: 'to confirm' }])
  })

  it('that only inform are not shown', () => {
    expect(answerOf([{ ...clean, indicators: ['IREM-ACD', 'GFIP'] }]).pending).toEqual([])
  })
})

describe('months paid at 5 %', () => {
  const kinds = ['comum', 'magisterio', 'especial_25', 'deficiencia_leve'] as const
  const lives = Object.fromEntries(
    kinds.map((kind) => {
      const work = job('1985-01-01', '2015-12-31', salaries('1994-07', '2015-12', 300_000), { kind })
      const mei = job('2016-01-01', '2026-10-31', salaries('2016-01', '2026-10', 162_100), {
        category: 'mei',
      })
      const answer = simulateRetirement(parameters, {
        asOf: '2026-11-23',
        sex: 'F',
        birthDate: '1950-03-10',
        history: [work, mei],
        projection: { contributes: false },
      })
      return [kind, answer]
    }),
  )

  it.each([
    ['art15_pontos', 'comum', 372, 258],
    ['art16_idade_progressiva', 'comum', 372, 258],
    ['art17_pedagio50', 'comum', 372, 258],
    ['art20_pedagio100', 'comum', 372, 258],
    ['art15_professor', 'magisterio', 372, 258],
    ['art16_professor', 'magisterio', 372, 258],
    ['art20_professor', 'magisterio', 372, 258],
    // The 80 % highest of 258 months, and of 304.
    ['direito_adquirido_tc', 'comum', 372, 206],
    ['direito_adquirido_tc_8595', 'comum', 372, 206],
    ['direito_adquirido_proporcional', 'comum', 372, 206],
    ['art18_idade', 'comum', 502, 388],
    ['art19_programada', 'comum', 502, 388],
    ['art19_professor', 'magisterio', 502, 388],
    ['art21_especial_25', 'especial_25', 502, 388],
    ['lc142_idade', 'deficiencia_leve', 502, 310],
    ['lc142_tc_leve', 'deficiencia_leve', 502, 310],
    ['direito_adquirido_idade', 'comum', 419, 243],
    ['direito_adquirido_especial', 'especial_25', 419, 243],
  ] as const)('%s: carencia and salaries', (id, kind, carencia, months) => {
    const rule = lives[kind]?.rules.find((each) => each.id === id)
    const asked = rule?.conditions.find((each) => each.id.startsWith('carencia'))
    expect(asked?.found).toBe(String(carencia))
    expect((rule?.benefit?.divisor ?? 0) + (rule?.benefit?.discarded ?? 0)).toBe(months)
  })
})

describe('a domestic worker', () => {
  const domestic = (paid: Record<string, number>) =>
    answerOf([job('2014-06-01', '2016-05-31', paid, { category: 'domestico' })], '2026-11-23', false)

  it('has the months since 06/2015 presumed, and those before only when paid', () => {
    const { totals } = domestic({ '2014-06': 10_000, '2016-05': 10_000 })
    expect(totals).toMatchObject({ time: time(1, 1, 0), carencia: 13 })
  })

  it('has every month paid counted, whatever the amount', () => {
    const { totals } = domestic(salaries('2014-06', '2016-05', 10_000))
    expect(totals).toMatchObject({ time: time(2, 0, 0), carencia: 24 })
  })
})

describe('time in benefit for incapacity', () => {
  const before = job('2000-01-01', '2009-12-31', salaries('2000-01', '2009-12', 200_000))
  const benefit = job('2010-01-01', '2010-12-31', {}, { kind: 'incapacidade' })
  const after = job('2011-01-01', '2011-01-31', salaries('2011-01', '2011-01', 200_000))

  it('counts as time and as carencia between two times of work', () => {
    const { totals } = answerOf([before, benefit, after], '2026-11-23', false)
    expect(totals).toMatchObject({ time: time(11, 1, 0), carencia: 133 })
  })

  it('does not count without a return to work, and says so', () => {
    const answer = answerOf([before, benefit], '2026-11-23', false)
    expect(answer.totals).toMatchObject({ time: time(10, 0, 0), carencia: 120 })
    expect(answer.assumptions.map((each) => each.id)).toContain('incapacidade_sem_volta')
  })

  it('does not count before the first work', () => {
    expect(answerOf([benefit, after], '2026-11-23', false).totals.time).toEqual(time(0, 1, 0))
  })

  it('makes a month whole since the reform, although the job paid nothing then', () => {
    const paid = { ...salaries('2020-01', '2020-03', 200_000), ...salaries('2020-09', '2020-12', 200_000) }
    const history = [
      job('2020-01-01', '2020-12-31', paid),
      job('2020-04-01', '2020-08-31', {}, { kind: 'incapacidade' }),
    ]
    expect(answerOf(history, '2026-11-23', false).totals).toMatchObject({ time: time(1, 0, 0), carencia: 12 })
  })
})

describe('months below the minimum wage since the reform', () => {
  const paid = {
    '2021-01': 200_000,
    '2021-02': 60_000,
    '2021-03': 55_000,
    '2021-04': 105_000,
    '2022-01': 121_199,
  }
  const history = [
    job('2019-01-01', '2019-10-31', salaries('2019-01', '2019-10', 50_000)),
    job('2021-01-01', '2022-01-31', paid),
  ]

  it('are told by year, with what completing, surplus and grouping give', () => {
    const { adjustments, totals } = answerOf(history, '2026-11-23', false)
    expect(totals.time).toEqual(time(0, 11, 0))
    expect(adjustments).toEqual({
      source: 'EC 103/2019, art. 29; Decreto 3.048/1999, art. 19-E',
      years: [
        {
          year: 2021,
          months: [
            { month: '2021-02', paid: 60_000, minimum: 110_000, missing: 50_000 },
            { month: '2021-03', paid: 55_000, minimum: 110_000, missing: 55_000 },
            { month: '2021-04', paid: 105_000, minimum: 110_000, missing: 5_000 },
          ],
          // 90.000 pay for 5.000 and 50.000; the 220.000 of the three are two minimum wages
          surplus: 90_000,
          completedBySurplus: 2,
          leftByGrouping: 2,
        },
        {
          year: 2022,
          months: [{ month: '2022-01', paid: 121_199, minimum: 121_200, missing: 1 }],
          surplus: 0,
          completedBySurplus: 0,
          leftByGrouping: 0,
        },
      ],
      totalsIfCompleted: expect.objectContaining({ time: time(1, 3, 0), carencia: 15 }),
    })
  })

  it('have no surplus above the ceiling of the month', () => {
    const { adjustments } = answerOf(
      [job('2021-01-01', '2021-02-28', { '2021-01': 2_000_000, '2021-02': 10_000 })],
      '2026-11-23',
      false,
    )
    expect(adjustments?.years[0]?.surplus).toBe(643_357 - 110_000)
  })

  it('are nothing to adjust when there are none', () => {
    expect(
      answerOf([job('2020-01-01', '2020-12-31', salaries('2020-01', '2020-12', 104_500))]).adjustments,
    ).toBe(null)
  })
})

describe('at the borders between one way of counting and the next', () => {
  const ids = ['salarios_nao_informados', 'salario_minimo_onde_falta', 'abaixo_do_minimo']
  const told = (history: HistoryPeriod[]) => {
    const { totals, assumptions } = answerOf(history)
    const named = assumptions.filter(({ id }) => ids.includes(id))
    return {
      time: totals.time,
      carencia: totals.carencia,
      assumed: Object.fromEntries(named.map(({ id, months }) => [id, months])),
    }
  }

  it.each<[string, HistoryPeriod[], ReturnType<typeof told>]>([
    [
      'a period without salaries keeps its days over the reform: 1 month and 13 days, 17 days, 2 months, 28 days',
      [job('2019-10-01', '2020-02-28')],
      {
        time: time(0, 4, 28),
        carencia: 5,
        assumed: { salarios_nao_informados: undefined, salario_minimo_onde_falta: 5 },
      },
    ],
    [
      'one that ends on the day of the reform holds no month after it',
      [job('2019-10-01', '2019-11-13')],
      { time: time(0, 1, 13), carencia: 2, assumed: { salario_minimo_onde_falta: 2 } },
    ],
    [
      'one that begins the day after has days only',
      [job('2019-11-14', '2019-12-31')],
      {
        time: time(0, 1, 18),
        carencia: 2,
        assumed: { salarios_nao_informados: undefined, salario_minimo_onde_falta: 2 },
      },
    ],
    [
      'before July 1994 no salary is missed',
      [job('1994-05-01', '1994-08-31')],
      { time: time(0, 4, 0), carencia: 4, assumed: { salario_minimo_onde_falta: 2 } },
    ],
    [
      "an employee's month counts unpaid, and its salary is missed from July 1994 on",
      [job('1994-05-01', '1994-08-31', { '1994-08': 7000 })],
      { time: time(0, 4, 0), carencia: 4, assumed: { salario_minimo_onde_falta: 1 } },
    ],
    [
      "a domestic worker's counts unpaid only before July 1994",
      [job('1994-05-01', '1994-08-31', { '1994-08': 7000 }, { category: 'domestico' })],
      { time: time(0, 3, 0), carencia: 3, assumed: {} },
    ],
    [
      'who pays for oneself: before July 1994 what the record holds is enough, then R$ 64,79 is asked',
      [job('1994-05-01', '1994-08-31', { '1994-08': 6478 }, { category: 'contribuinte_individual' })],
      { time: time(0, 2, 0), carencia: 2, assumed: { abaixo_do_minimo: 1 } },
    ],
    [
      'the same with the very minimum',
      [job('1994-05-01', '1994-08-31', { '1994-08': 6479 }, { category: 'contribuinte_individual' })],
      { time: time(0, 3, 0), carencia: 3, assumed: {} },
    ],
    [
      'whoever lives off the land has the months that were paid, and those unpaid until October 1991 without carencia',
      [
        job('1991-09-01', '1991-12-31', {}, { category: 'segurado_especial' }),
        job(
          '1994-05-01',
          '1994-08-31',
          { '1994-05': 1000, '1994-08': 7000 },
          { category: 'segurado_especial' },
        ),
      ],
      { time: time(0, 4, 0), carencia: 2, assumed: {} },
    ],
    [
      'November 2019 below the minimum is no month for an employee either',
      [job('2019-10-01', '2019-12-31', { '2019-10': 99_800, '2019-11': 50_000, '2019-12': 99_800 })],
      { time: time(0, 2, 0), carencia: 2, assumed: { abaixo_do_minimo: 1 } },
    ],
    [
      'sickness benefit between two jobs counts whole from November 2019 on, and its salaries are missed',
      [
        job('2019-01-01', '2019-09-30', salaries('2019-01', '2019-09', 200_000)),
        job('2019-10-01', '2020-02-29', {}, { kind: 'incapacidade' }),
        job('2020-03-01', '2020-12-31', salaries('2020-03', '2020-12', 200_000)),
      ],
      { time: time(2, 0, 0), carencia: 24, assumed: { salario_minimo_onde_falta: 5 } },
    ],
    [
      'in 1994 too, from July on',
      [
        job('1994-01-01', '1994-04-30', salaries('1994-01', '1994-04', 1000)),
        job('1994-05-01', '1994-08-31', { '1994-08': 7000 }, { kind: 'incapacidade' }),
        job('1994-09-01', '1994-12-31', salaries('1994-09', '1994-12', 8000)),
      ],
      { time: time(1, 0, 0), carencia: 12, assumed: { salario_minimo_onde_falta: 1 } },
    ],
  ])('%s', (_, history, expected) => {
    expect(told(history)).toEqual(expected)
  })
})
