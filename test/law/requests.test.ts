import {
  type FaultCode,
  ImpossibleInput,
  LawGap,
  loadParameters,
  type SimulationRequest,
  simulateRetirement,
} from '../../src/law'
import { parameterFolder } from './world'

const parameters = loadParameters(parameterFolder)

const told: SimulationRequest = {
  asOf: '2026-11-23',
  sex: 'F',
  birthDate: '1966-05-10',
  summary: { timeAtReform: { years: 24, months: 3, days: 0 } },
}
const job = { start: '1990-01-02', end: null, category: 'empregado' as const, salaries: {} }
const recorded: SimulationRequest = { asOf: '2026-11-23', sex: 'F', birthDate: '1966-05-10', history: [job] }

function faultsOf(request: SimulationRequest): [string, FaultCode][] {
  try {
    simulateRetirement(parameters, request)
  } catch (fault) {
    if (fault instanceof ImpossibleInput) return fault.faults.map(({ pointer, code }) => [pointer, code])
    throw fault
  }
  return []
}

describe('a request that cannot be true', () => {
  it.each<[string, SimulationRequest, string, FaultCode]>([
    ['a day that does not exist', { ...told, asOf: '2026-02-30' }, '/asOf', 'invalid_date'],
    ['born after the day', { ...told, birthDate: '2026-11-24' }, '/birthDate', 'birth_after_as_of'],
    ['121 years old', { ...told, birthDate: '1905-11-22' }, '/birthDate', 'too_old'],
    [
      'neither summary nor history',
      { ...told, summary: undefined },
      '/summary',
      'exactly_one_of_summary_and_history',
    ],
    ['both', { ...told, history: [] }, '/history', 'exactly_one_of_summary_and_history'],
    ['no time', { ...told, summary: {} }, '/summary', 'exactly_one_of_time_at_reform_and_time_until'],
    [
      'more time than life',
      { ...told, summary: { timeAtReform: { years: 41, months: 6, days: 4 } } },
      '/summary/timeAtReform',
      'time_longer_than_life',
    ],
    [
      'thirteen months',
      { ...told, summary: { timeAtReform: { years: 1, months: 13, days: 0 } } },
      '/summary/timeAtReform',
      'invalid_duration',
    ],
    [
      'half a month',
      { ...told, summary: { timeAtReform: { years: 1, months: 0.5, days: 0 } } },
      '/summary/timeAtReform',
      'invalid_duration',
    ],
    [
      'time known for a day to come',
      { ...told, summary: { timeUntil: { date: '2026-11-24', years: 20, months: 0, days: 0 } } },
      '/summary/timeUntil/date',
      'after_as_of',
    ],
    [
      'time before the reform of someone affiliated after it',
      { ...told, affiliatedBeforeReform: false },
      '/affiliatedBeforeReform',
      'affiliation_contradicts_time',
    ],
    [
      'a later stretch that begins before the reform ends',
      { ...told, summary: { ...told.summary, afterReform: [{ start: '2019-11-13', end: '2020-01-01' }] } },
      '/summary/afterReform/0/start',
      'before_reform',
    ],
    [
      'two later stretches over the same days',
      {
        ...told,
        summary: {
          ...told.summary,
          afterReform: [
            { start: '2020-01-01', end: '2020-12-31' },
            { start: '2020-12-31', end: '2021-06-30' },
          ],
        },
      },
      '/summary/afterReform/1',
      'overlap',
    ],
    [
      'a job before 12 years of age',
      { ...recorded, history: [{ ...job, start: '1978-05-09' }] },
      '/history/0/start',
      'before_age_12',
    ],
    [
      'an end before the start',
      { ...recorded, history: [{ ...job, end: '1990-01-01' }] },
      '/history/0/end',
      'end_before_start',
    ],
    [
      'a salary before the job',
      { ...recorded, history: [{ ...job, salaries: { '1989-12': 1_000 } }] },
      '/history/0/salaries/1989-12',
      'salary_outside_period',
    ],
    [
      'a month 13',
      { ...recorded, history: [{ ...job, salaries: { '1999-13': 1_000 } }] },
      '/history/0/salaries/1999-13',
      'invalid_competencia',
    ],
    [
      'a negative salary',
      { ...recorded, history: [{ ...job, salaries: { '1999-12': -1 } }] },
      '/history/0/salaries/1999-12',
      'negative_amount',
    ],
    [
      'two degrees of disability on the same days',
      {
        ...recorded,
        history: [
          { ...job, kind: 'deficiencia_leve' },
          { ...job, start: '2000-01-01', end: '2000-12-31', kind: 'deficiencia_grave' },
        ],
      },
      '/history/1/kind',
      'overlap',
    ],
    [
      'a future salary below the minimum wage',
      { ...told, projection: { monthlySalary: 162_099 } },
      '/projection/monthlySalary',
      'below_minimum_wage',
    ],
  ])('%s', (_name, request, pointer, code) => {
    expect(faultsOf(request)).toContainEqual([pointer, code])
  })

  it('has the faults after a bad date told too', () => {
    const history = [{ ...job, end: '1989-01-01' }]
    expect(
      faultsOf({ ...recorded, birthDate: '1966-02-30', history, projection: { monthlySalary: -1 } }),
    ).toEqual([
      ['/birthDate', 'invalid_date'],
      ['/history/0/end', 'end_before_start'],
      ['/projection/monthlySalary', 'negative_amount'],
    ])
  })

  it('has every fault told at once', () => {
    const history = [{ ...job, start: '1977-01-01', end: '1976-01-01' }]
    expect(faultsOf({ ...recorded, history, projection: { monthlySalary: 1 } })).toEqual([
      ['/history/0/start', 'before_age_12'],
      ['/history/0/end', 'end_before_start'],
      ['/projection/monthlySalary', 'below_minimum_wage'],
    ])
  })

  it.each<[string, SimulationRequest]>([
    [
      'rural work as a child',
      {
        ...recorded,
        history: [{ ...job, start: '1976-05-10', kind: 'rural', category: 'segurado_especial' }],
      },
    ],
    [
      'one degree of disability after another',
      {
        ...recorded,
        history: [
          { ...job, end: '1999-12-31', kind: 'deficiencia_leve' },
          { ...job, start: '2000-01-01', kind: 'deficiencia_grave' },
        ],
      },
    ],
    ['work from the twelfth birthday', { ...recorded, history: [{ ...job, start: '1978-05-10' }] }],
    [
      'all of life worked since 12',
      { ...told, summary: { timeAtReform: { years: 41, months: 6, days: 3 } } },
    ],
    ['exactly 120 years old', { ...told, birthDate: '1906-11-23' }],
    ['an empty record', { ...recorded, history: [] }],
  ])('is not %s', (_name, request) => {
    expect(faultsOf(request)).toEqual([])
  })

  it('before the reform is a gap of the law', () => {
    expect(() => simulateRetirement(parameters, { ...told, asOf: '2019-11-12' })).toThrow(
      new LawGap('regras-anteriores-a-reforma', '2019-11-12'),
    )
    expect(simulateRetirement(parameters, { ...told, asOf: '2019-11-13' }).totals.time).toEqual({
      years: 24,
      months: 3,
      days: 0,
    })
  })
})
