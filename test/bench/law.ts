import { performance } from 'node:perf_hooks'
import { projectFile } from '../../src/files'
import type { HistoryPeriod, SimulationRequest } from '../../src/law'
import type * as Benefits from '../../src/law/benefit'
import type * as Calendar from '../../src/law/calendar'
import type * as History from '../../src/law/history'
import type * as Parameters from '../../src/law/parameters'
import type * as Requirements from '../../src/law/requirement'
import type * as Rules from '../../src/law/rules'
import type * as Simulation from '../../src/law/simulation'
import { percentile } from './script'

/**
 * A 45-year record of 540 months through every rule, with amounts, and the same found by looking at each day from the
 * reform on. `npm run bench:law [-- --quick]` measures the compiled engine, on one core, and its memory over many runs.
 */
const quick = process.argv.includes('--quick')
const RUNS = quick ? 2_000 : 100_000
const NAIVE_RUNS = quick ? 20 : 100

/** The engine as it is served, not as the test runner transforms it. */
const compiled = (module: string) => require(projectFile(`dist/src/law/${module}`))
const { benefitOf } = compiled('benefit') as typeof Benefits
const calendar = compiled('calendar') as typeof Calendar
const { factsOfHistory } = compiled('history') as typeof History
const { loadParameters } = compiled('parameters') as typeof Parameters
const { isMet } = compiled('requirement') as typeof Requirements
const { rules } = compiled('rules') as typeof Rules
const { simulateRetirement } = compiled('simulation') as typeof Simulation

const parameters = loadParameters(projectFile('src/law/parameters'))
const asOf = '2026-01-15'

/** Four kinds of work since 1981, so that every family of rules applies. */
function record(): SimulationRequest {
  const spans: [string, string | null, HistoryPeriod['kind']][] = [
    ['1981-01-01', '1989-12-31', 'rural'],
    ['1990-01-01', '2004-12-31', 'magisterio'],
    ['2005-01-01', '2014-12-31', 'especial_25'],
    ['2015-01-01', null, 'deficiencia_leve'],
  ]
  const history = spans.map(([start, end, kind]): HistoryPeriod => {
    const last = (end ?? '2025-12-31').slice(0, 7)
    const salaries: Record<string, number> = {}
    for (let month = start.slice(0, 7); month <= last; month = calendar.addCompetencias(month, 1)) {
      if (month >= '1994-07')
        salaries[month] = 150_000 + ((calendar.competenciaNumber(month) * 7_919) % 500_000)
    }
    const category = kind === 'rural' ? 'segurado_especial' : 'empregado'
    return { start, end, category, kind, salaries }
  })
  return { asOf, sex: 'F', birthDate: '1966-05-20', history }
}

/** The first days and amounts of every rule, each day from the reform on looked at until all is met. */
function dayByDay(request: SimulationRequest): Map<string, string | null> {
  const facts = factsOfHistory(parameters, request, request.history ?? [])
  const found = new Map<string, string | null>()
  for (const rule of rules.filter((each) => each.applies(facts))) {
    const requirements = rule.requirements(facts, parameters)
    const end = calendar.addMonthsToDay(facts.birth, 120 * 12)
    let day = calendar.toDayNumber('2019-11-13')
    while (day <= end && !requirements.every((requirement) => isMet(requirement, day))) day += 1
    found.set(rule.id, day <= end ? calendar.fromDayNumber(day) : null)
    if (day > end) continue
    const on = Math.max(day, facts.asOf)
    benefitOf(parameters, facts, rule.formula(facts, parameters), requirements, on, day)
  }
  return found
}

function measure(runs: number, work: () => void): string {
  const times: number[] = []
  const cpu = process.cpuUsage()
  for (let run = 0; run < runs; run += 1) {
    const start = performance.now()
    work()
    times.push(performance.now() - start)
  }
  const { user, system } = process.cpuUsage(cpu)
  const ms = (value: number) => value.toFixed(2).padStart(8)
  return `cpu ${ms((user + system) / 1_000 / runs)} ms a run, median ${ms(percentile(times, 0.5))} ms, p99 ${ms(percentile(times, 0.99))} ms`
}

function heap(): number {
  globalThis.gc?.()
  return process.memoryUsage().heapUsed / 2 ** 20
}

function main(): void {
  const request = record()
  const answer = simulateRetirement(parameters, record())
  const slow = dayByDay(request)
  for (const { id, entitledOn } of answer.rules) {
    if (slow.get(id) !== entitledOn) throw new Error(`${id}: ${entitledOn}, day by day ${slow.get(id)}`)
  }
  const amounts = answer.rules.filter((rule) => rule.benefit?.amount != null).length
  const out = (line: string) => process.stdout.write(`${line}\n`)
  out(
    `${answer.rules.length} rules, ${amounts} with an amount, ${answer.comparison?.later.length} later days compared`,
  )
  // A new record each time, as a request brings one: nothing is remembered between runs.
  for (let run = 0; run < 500; run += 1) simulateRetirement(parameters, record())
  out(`engine      ${measure(1_000, () => simulateRetirement(parameters, record()))}`)
  out(`day by day  ${measure(NAIVE_RUNS, () => dayByDay(record()))}`)
  const sizes: number[] = []
  for (let run = 0; run <= RUNS; run += 1) {
    if (run % (RUNS / 10) === 0) sizes.push(heap())
    simulateRetirement(parameters, record())
  }
  out(`heap over ${RUNS} runs, MiB: ${sizes.map((size) => size.toFixed(1)).join(' ')}`)
}

main()
