import { join } from 'node:path'
import { projectFile } from '../../src/files'
import { pendingOf, recordHistory } from '../../src/inss-api/decisions/history'
import { findRetirement } from '../../src/inss-api/decisions/retirement'
import { defaultCitizensFolder, loadCitizens } from '../../src/inss-api/sandbox/index'
import type { CitizenRecord, Relationship } from '../../src/inss-api/sources/record-source'
import { createSandboxSource } from '../../src/inss-api/sources/sandbox'
import { loadParameters } from '../../src/law'

const today = '2026-11-23'
const parameters = loadParameters(projectFile(join('src', 'law', 'parameters')))
const source = createSandboxSource({ parameters, clock: { now: () => new Date(`${today}T15:00:00Z`) } })
const citizens = loadCitizens(defaultCitizensFolder, today, parameters)

function citizen(name: string): CitizenRecord {
  const found = citizens.find((each) => each.name.startsWith(name))
  if (found === undefined) throw new Error(`no citizen ${name}`)
  return found
}

/** A job of two years at the minimum wage of then, month by month. */
function job(change: Partial<Relationship> = {}): Relationship {
  const months = Array.from(
    { length: 24 },
    (_, index) => `${2015 + Math.floor(index / 12)}-${String((index % 12) + 1).padStart(2, '0')}`,
  )
  return {
    sequence: 1,
    nit: '00000000000',
    employer: { name: 'Padaria', cnpj: null },
    category: 'empregado',
    kind: 'comum',
    plan: null,
    start: '2015-01-10',
    end: '2016-12-20',
    lastEarning: '2016-12',
    indicators: [],
    earnings: months.map((competencia) => ({ competencia, amount: 100000, indicators: [] })),
    ...change,
  }
}

const record = (...relationships: Relationship[]): CitizenRecord => ({ ...citizen('Yasmin'), relationships })
const history = (of: CitizenRecord, options: { asOf?: string; includePending?: boolean } = {}) =>
  recordHistory(of, { asOf: today, includePending: false, source, ...options })

describe('the record as the law engine reads it', () => {
  test('a clean job is one period with every salary', () => {
    const [period, ...others] = history(record(job()))
    expect(others).toEqual([])
    expect(period).toMatchObject({ sequence: 1, start: '2015-01-10', end: '2016-12-20', indicators: [] })
    expect(Object.keys(period?.salaries ?? {})).toHaveLength(24)
  })

  test('a pending month is cut out, and only that month waits', () => {
    const pending = job()
    pending.earnings = pending.earnings.map((each) =>
      each.competencia === '2016-03' ? { ...each, indicators: ['PREC-MENOR-MIN'] } : each,
    )
    expect(history(record(pending)).map(({ start, end, indicators }) => [start, end, indicators])).toEqual([
      ['2015-01-10', '2016-02-29', []],
      ['2016-03-01', '2016-03-31', ['PREC-MENOR-MIN']],
      ['2016-04-01', '2016-12-20', []],
    ])
    const solved = history(record(pending), { includePending: true })
    expect(solved.map(({ start, end, indicators }) => [start, end, indicators])).toEqual([
      ['2015-01-10', '2016-12-20', []],
    ])
    expect(pendingOf(record(pending), source)).toEqual([
      {
        sequence: 1,
        indicator: 'PREC-MENOR-MIN',
        competencias: ['2016-03'],
        text: expect.any(String),
        howToSolve: expect.any(String),
      },
    ])
  })

  test('an informative mark of a month cuts nothing', () => {
    const marked = job()
    marked.earnings = marked.earnings.map((each) => ({ ...each, indicators: ['ACNISVR'] }))
    expect(history(record(marked))).toHaveLength(1)
    expect(pendingOf(record(marked), source)).toEqual([])
  })

  test('a mark this service does not know waits, with its code told', () => {
    const marked = job()
    marked.earnings = marked.earnings.map((each) => ({ ...each, indicators: ['PNOVO-2027'] }))
    expect(pendingOf(record(marked), source)[0]?.text).toContain('PNOVO-2027')
  })

  test('a job left open goes no further than its last earning', () => {
    expect(history(record(job({ end: null })))[0]?.end).toBe('2016-12-31')
    expect(history(record(job({ end: null })), { asOf: '2017-03-31' })[0]?.end).toBeNull()
    expect(history(record(job({ end: null })), { asOf: '2017-04-01' })[0]?.end).toBe('2016-12-31')
  })

  test('judged on a day in the past, what came later is not there', () => {
    const [period] = history(record(job()), { asOf: '2015-06-15' })
    expect(period?.end).toBeNull()
    expect(Object.keys(period?.salaries ?? {}).at(-1)).toBe('2015-06')
    expect(history(record(job()), { asOf: '2014-12-31' })).toEqual([])
  })
})

describe('the day a retirement starts (Lei 8.213/1991, art. 49)', () => {
  /** Marinalva, with her last job ended (or left open without news) as told. */
  function startOf(change: Partial<Relationship>, facts: { leftLastJobOn?: string } = {}) {
    const marinalva = citizen('Marinalva')
    const relationships = marinalva.relationships.map((each, index) => {
      if (index !== marinalva.relationships.length - 1) return each
      const last = change.end?.slice(0, 7) ?? change.lastEarning ?? '9999-12'
      const earnings = each.earnings.filter((earning) => earning.competencia <= last)
      return { ...each, earnings, lastEarning: earnings.at(-1)?.competencia ?? null, ...change }
    })
    const question = {
      parameters,
      source,
      benefits: [],
      service: 'aposentadoria-idade' as const,
      facts,
      der: today,
    }
    return findRetirement({ ...question, record: { ...marinalva, relationships } })
  }

  test.each([
    ['who still works: on the request', { end: null }, today],
    ['who left 90 days before: on leaving', { end: '2026-08-25' }, '2026-08-25'],
    ['who left 91 days before: on the request', { end: '2026-08-24' }, today],
    ['who left on the day of the request: that day', { end: today }, today],
    ['who had no right yet on leaving, 90 days before or not: on the request', { end: '2026-07-22' }, today],
  ])('%s', (_name, change, expected) => {
    expect(startOf(change).benefit?.startDate).toBe(expected)
  })

  test('a last job without news is asked about, and the answer counts where the record agrees', () => {
    const silent = { end: null, lastEarning: '2026-07' }
    expect(startOf(silent).lacks.map((each) => each.fact)).toEqual(['leftLastJobOn'])
    expect(startOf(silent).benefit?.startDate).toBe(today)
    const agreed = startOf(silent, { leftLastJobOn: '2026-08-28' })
    expect([agreed.lacks, agreed.benefit?.startDate]).toEqual([[], '2026-08-28'])
    expect(startOf(silent, { leftLastJobOn: '2026-10-15' }).benefit?.startDate).toBe(today)
  })
})
