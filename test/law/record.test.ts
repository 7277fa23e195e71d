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
