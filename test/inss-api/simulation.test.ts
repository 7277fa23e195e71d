import fc from 'fast-check'
import { createClock } from '../../src/clock'
import { projectFile } from '../../src/files'
import type { Deps } from '../../src/inss-api/deps'
import { asProblem } from '../../src/inss-api/http/faults'
import { serviceOperations } from '../../src/inss-api/routes/service'
import { calendar, loadParameters } from '../../src/law'
import type { Log } from '../../src/log'

const parameters = loadParameters(projectFile('src/law/parameters'))
const bugs: unknown[] = []
const log = { error: (line: unknown) => bugs.push(line) } as unknown as Log
const deps = { parameters, services: [], clock: createClock(), log } as unknown as Deps
const operation = serviceOperations(deps).find((each) => each.id === 'simulateRetirement')
if (operation?.access !== 'service') throw new Error('the simulation needs no login')
const simulate = operation

/** HTTP status a body gets; an answer must also follow the published schema. */
async function statusOf(body: unknown): Promise<number> {
  const parsed = simulate.body?.safeParse(body)
  if (parsed?.success !== true) return 400
  try {
    const answer = await simulate.handle({ params: {}, query: {}, body: parsed.data, ifMatch: undefined })
    simulate.success.schema.parse(JSON.parse(JSON.stringify(answer.body)))
    return 200
  } catch (error) {
    return asProblem(error, log).status
  }
}

const date = fc.oneof(
  { weight: 12, arbitrary: fc.integer({ min: -14_000, max: 28_000 }).map(calendar.fromDayNumber) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('2026-02-30', '0000-01-01', '9999-12-31', '1900-01-01', 'ontem', ''),
  },
)
const month = fc.oneof(
  { weight: 20, arbitrary: fc.integer({ min: 1960 * 12, max: 2040 * 12 }).map(calendar.competenciaAt) },
  { weight: 1, arbitrary: fc.constantFrom('1994-13', '94-07', '2026-00') },
)
const count = fc.oneof(
  { weight: 12, arbitrary: fc.integer({ min: 0, max: 45 }) },
  { weight: 1, arbitrary: fc.constantFrom(-1, 0.5, 1e9, Number.MAX_SAFE_INTEGER) },
)
const money = fc.oneof(
  { weight: 12, arbitrary: fc.integer({ min: 0, max: 2_000_000 }) },
  { weight: 1, arbitrary: fc.constantFrom(-1, 0.1, 1e12, Number.MAX_SAFE_INTEGER, 2 ** 60) },
)
const upTo = (most: number) =>
  fc.oneof({ weight: 12, arbitrary: fc.integer({ min: 0, max: most }) }, { weight: 1, arbitrary: count })
const duration = fc.record({ years: count, months: upTo(11), days: upTo(29) })
const kind = fc.constantFrom(
  'comum',
  'magisterio',
  'especial_15',
  'especial_20',
  'especial_25',
  'deficiencia_leve',
  'deficiencia_moderada',
  'deficiencia_grave',
  'rural',
  'incapacidade',
)
const sometimes = { requiredKeys: [] as [] }
const summary = fc.record(
  {
    timeAtReform: duration,
    timeUntil: fc.record({ date, years: count, months: upTo(11), days: upTo(29) }),
    kindAtReform: kind,
    otherTimeAtReform: duration,
    carenciaMonths: fc.integer({ min: 0, max: 1_200 }),
    ruralMonths: fc.integer({ min: 0, max: 1_200 }),
    afterReform: fc.oneof(
      fc.constantFrom('continuous', 'none', 'talvez'),
      fc.array(fc.record({ start: date, end: date }), { maxLength: 4 }),
    ),
    averageSalary: money,
  },
  sometimes,
)
const period = fc.record(
  {
    start: date,
    end: fc.option(date),
    category: fc.constantFrom(
      'empregado',
      'domestico',
      'avulso',
      'contribuinte_individual',
      'facultativo',
      'mei',
      'segurado_especial',
    ),
    kind,
    plan: fc.constantFrom('20', '11', '5', null),
    indicators: fc.array(fc.constantFrom('PEXT', 'AEXT-VT', 'PSC-MEN-SM-EC103', 'PREC-MENOR-MIN', 'XYZ'), {
      maxLength: 3,
    }),
    salaries: fc.dictionary(month, money, { maxKeys: 30 }),
  },
  { requiredKeys: ['start', 'category'] },
)
const known = fc.record(
  {
    asOf: date,
    sex: fc.constantFrom('F', 'M'),
    birthDate: date,
    affiliatedBeforeReform: fc.boolean(),
    projection: fc.record(
      { contributes: fc.boolean(), monthlySalary: money },
      { requiredKeys: ['contributes'] },
    ),
  },
  { requiredKeys: ['sex', 'birthDate'] },
)
const told = fc.tuple(known, summary).map(([base, given]) => ({ ...base, summary: given }))
const recorded = fc
  .tuple(known, fc.array(period, { maxLength: 6 }))
  .map(([base, history]) => ({ ...base, history }))
const sound = fc
  .record({ asOf: fc.integer({ min: 18_300, max: 24_000 }), years: count, salary: money, open: fc.boolean() })
  .map(({ asOf, years, salary, open }) => ({
    asOf: calendar.fromDayNumber(asOf),
    sex: 'F',
    birthDate: '1960-02-29',
    history: [
      {
        start: '1985-01-31',
        end: open ? null : '2019-02-28',
        category: 'empregado',
        salaries: {
          '1994-07': salary,
          '2019-11': salary,
          [`20${String(years).padStart(2, '0')}-01`]: salary,
        },
      },
    ],
  }))

describe('whatever is sent to the simulation', () => {
  it.each([
    ['totals', told, 4_000, [200, 400, 422]],
    ['records', recorded, 4_000, [200, 400, 422]],
    ['possible records', sound, 500, [200, 400]],
    ['anything at all', fc.jsonValue(), 1_500, [400]],
  ] as const)('%s get an answer or a refusal, never a failure', async (_name, bodies, numRuns, expected) => {
    const seen = new Set<number>()
    await fc.assert(
      fc.asyncProperty(bodies as fc.Arbitrary<unknown>, async (body) => {
        const status = await statusOf(body)
        seen.add(status)
        expect([200, 400, 422]).toContain(status)
      }),
      { numRuns },
    )
    expect(bugs).toEqual([])
    // Bodies that are always refused at the door would try nothing of the law.
    expect([...seen].sort()).toEqual(expected)
  })
})
