import fc from 'fast-check'
import {
  calendar,
  ceiling,
  type Duration,
  loadParameters,
  type RuleId,
  type SimulationRequest,
  simulateRetirement,
} from '../../src/law'
import { correctionFor } from '../../src/law/correction'
import { parameterFolder, salaries } from './world'

const parameters = loadParameters(parameterFolder)

const days = (text: string) => calendar.toDayNumber(text)
const birth = fc.integer({ min: days('1950-01-01'), max: days('1985-12-31') }).map(calendar.fromDayNumber)
const sex = fc.constantFrom('F' as const, 'M' as const)
const time = fc.record({
  years: fc.integer({ min: 0, max: 20 }),
  months: fc.integer({ min: 0, max: 11 }),
  days: fc.integer({ min: 0, max: 29 }),
})
const kind = fc.constantFrom('comum' as const, 'magisterio' as const, 'especial_25' as const)
const person = fc.record({ birthDate: birth, sex, timeAtReform: time, kindAtReform: kind })
type Person = {
  birthDate: string
  sex: 'F' | 'M'
  timeAtReform: Duration
  kindAtReform: 'comum' | 'magisterio' | 'especial_25'
}

function requestOf({ birthDate, sex, ...summary }: Person, asOf = '2026-11-23'): SimulationRequest {
  return { asOf, sex, birthDate, affiliatedBeforeReform: true, summary }
}

function datesOf(request: SimulationRequest): Map<RuleId, string> {
  const answer = simulateRetirement(parameters, request)
  return new Map(answer.rules.map((rule) => [rule.id, rule.entitledOn ?? '9999-12-31']))
}

describe('for anyone', () => {
  it('a day more of time makes no rule later', () => {
    fc.assert(
      fc.property(person, (someone) => {
        const before = datesOf(requestOf(someone))
        const { timeAtReform } = someone
        const more = { ...timeAtReform, days: timeAtReform.days + 1 }
        const after = datesOf(requestOf({ ...someone, timeAtReform: more }))
        for (const [rule, date] of before)
          expect([rule, (after.get(rule) ?? '') <= date]).toEqual([rule, true])
      }),
      { numRuns: 80 },
    )
  })

  it('being born a day later makes no rule earlier', () => {
    fc.assert(
      fc.property(person, (someone) => {
        const before = datesOf(requestOf(someone))
        const after = datesOf(requestOf({ ...someone, birthDate: calendar.addDays(someone.birthDate, 1) }))
        for (const [rule, date] of before)
          expect([rule, (after.get(rule) ?? '') >= date]).toEqual([rule, true])
      }),
      { numRuns: 80 },
    )
  })

  it('stopping makes no rule earlier', () => {
    fc.assert(
      fc.property(person, (someone) => {
        const going = datesOf(requestOf(someone))
        const stopped = datesOf({ ...requestOf(someone), projection: { contributes: false } })
        for (const [rule, date] of going)
          expect([rule, (stopped.get(rule) ?? '') >= date]).toEqual([rule, true])
      }),
      { numRuns: 60 },
    )
  })

  it('the first day is the first: entitled on it, not the day before', () => {
    fc.assert(
      fc.property(person, (someone) => {
        for (const [rule, date] of datesOf(requestOf(someone))) {
          if (date === '9999-12-31' || date > '2080-01-01') continue
          const on = (asOf: string) =>
            simulateRetirement(parameters, requestOf(someone, asOf)).rules.find((each) => each.id === rule)
          expect([rule, date, on(date)?.entitled]).toEqual([rule, date, true])
          expect(on(date)?.conditions.every((condition) => condition.met)).toBe(true)
          if (date > '2019-11-13')
            expect([rule, on(calendar.addDays(date, -1))?.entitled]).toEqual([rule, false])
        }
      }),
      { numRuns: 60 },
    )
  })

  it('whoever judges later finds the same first day', () => {
    fc.assert(
      fc.property(person, fc.integer({ min: 0, max: 6_000 }), (someone, later) => {
        const asOf = calendar.addDays('2019-11-13', later)
        expect(datesOf(requestOf(someone, asOf))).toEqual(datesOf(requestOf(someone, '2019-11-13')))
      }),
      { numRuns: 60 },
    )
  })

  it('an amount lies between the minimum wage and the ceiling', () => {
    fc.assert(
      fc.property(person, fc.integer({ min: 0, max: 2_000_000 }), (someone, averageSalary) => {
        const request = requestOf(someone)
        const answer = simulateRetirement(parameters, {
          ...request,
          summary: { ...request.summary, averageSalary },
        })
        for (const rule of answer.rules) {
          const amount = rule.benefit?.amount
          if (amount == null) continue
          expect(Number.isInteger(amount) && amount >= 162_100 && amount <= 847_555).toBe(true)
        }
      }),
      { numRuns: 60 },
    )
  })
})

describe('for a record', () => {
  const stretch = fc.record({
    months: fc.integer({ min: 1, max: 150 }),
    gap: fc.integer({ min: 0, max: 40 }),
    salary: fc.integer({ min: 165_000, max: 900_000 }),
  })
  const life = fc.array(stretch, { minLength: 1, maxLength: 5 })

  function historyOf(stretches: { months: number; gap: number; salary: number }[]) {
    let month = '1990-01'
    return stretches.flatMap(({ months, gap, salary }) => {
      const from = calendar.addCompetencias(month, gap)
      const to = calendar.addCompetencias(from, months - 1)
      month = calendar.addCompetencias(to, 1)
      if (to >= '2026-10') return []
      const paid = salaries(from, to, salary)
      return [
        { start: `${from}-01`, end: calendar.lastDayOf(to), category: 'empregado' as const, salaries: paid },
      ]
    })
  }

  const base = {
    asOf: '2026-11-23',
    sex: 'F' as const,
    birthDate: '1962-02-01',
    projection: { contributes: false },
  }

  it('whole months are months, in any order of the periods', () => {
    fc.assert(
      fc.property(life, (stretches) => {
        const history = historyOf(stretches)
        const answer = simulateRetirement(parameters, { ...base, history })
        const months = history.reduce((sum, period) => sum + Object.keys(period.salaries).length, 0)
        expect(answer.totals.time).toEqual({ years: Math.floor(months / 12), months: months % 12, days: 0 })
        expect(answer.totals.carencia).toBe(months)
        const reversed = simulateRetirement(parameters, { ...base, history: [...history].reverse() })
        expect(reversed.rules).toEqual(answer.rules)
      }),
      { numRuns: 80 },
    )
  })

  it('one more month paid at the ceiling lowers no amount', () => {
    fc.assert(
      fc.property(life, (stretches) => {
        const history = historyOf(stretches)
        const extra = {
          start: '2026-10-01',
          end: '2026-10-31',
          category: 'empregado' as const,
          salaries: { '2026-10': 847_555 },
        }
        const amount = (periods: typeof history) =>
          simulateRetirement(parameters, { ...base, history: periods }).rules.find(
            (rule) => rule.id === 'art18_idade',
          )?.benefit?.amount ?? 0
        expect(amount([...history, extra])).toBeGreaterThanOrEqual(amount(history))
      }),
      { numRuns: 80 },
    )
  })

  it('a higher salary lowers no amount, and every amount is between the minimum wage and the ceiling', () => {
    fc.assert(
      fc.property(life, fc.nat(), fc.integer({ min: 1, max: 500_000 }), (stretches, place, more) => {
        const history = historyOf(stretches)
        if (history.length === 0) return
        const amounts = (periods: typeof history) =>
          simulateRetirement(parameters, { ...base, birthDate: '1955-02-01', history: periods }).rules.map(
            ({ id, benefit }) => [id, benefit?.amount ?? null] as const,
          )
        const raised = history.map((period, index) => {
          if (index !== place % history.length) return period
          const higher = Object.entries(period.salaries).map(([month, paid]) => [month, paid + more])
          return { ...period, salaries: Object.fromEntries(higher) }
        })
        const after = new Map(amounts(raised))
        for (const [id, amount] of amounts(history)) {
          const then = after.get(id) ?? null
          if (amount === null || then === null) expect([id, then]).toEqual([id, amount])
          else {
            expect([id, then >= amount]).toEqual([id, true])
            expect([id, amount >= 162_100 && amount <= 847_555]).toEqual([id, true])
          }
        }
      }),
      { numRuns: 60 },
    )
  })

  it('leaving months out never lowers the amount', () => {
    const { factors } = correctionFor(parameters, days(base.asOf))
    fc.assert(
      fc.property(life, (stretches) => {
        const history = historyOf(stretches)
        const answer = simulateRetirement(parameters, { ...base, history })
        const benefit = answer.rules.find((rule) => rule.id === 'art18_idade')?.benefit
        if (benefit?.amount == null) return
        const corrected = history
          .flatMap((period) => Object.entries(period.salaries))
          .filter(([month]) => month >= '1994-07')
          .map(([month, paid]) => {
            const capped = Math.min(paid, ceiling(parameters, calendar.lastDayOf(month)))
            return (
              capped * ((factors[calendar.competenciasBetween('1994-07', month)] ?? 1_000_000) / 1_000_000)
            )
          })
        const mean = corrected.reduce((sum, each) => sum + each, 0) / Math.max(1, corrected.length)
        const years = Math.max(0, answer.totals.time.years - 15)
        const all = Math.min(847_555, mean) * (0.6 + 0.02 * years)
        expect(benefit.amount).toBeGreaterThanOrEqual(Math.floor(all))
      }),
      { numRuns: 60 },
    )
  })

  it('one job recorded as two that follow each other is the same job', () => {
    fc.assert(
      fc.property(life, fc.nat(), fc.nat(), (stretches, place, at) => {
        const history = historyOf(stretches)
        const whole = history[place % Math.max(1, history.length)]
        if (whole === undefined) return
        const length = calendar.daysBetween(whole.start, whole.end)
        if (length === 0) return
        const cut = calendar.addDays(whole.start, at % length)
        const month = calendar.competenciaOf(cut)
        const paid = Object.entries(whole.salaries)
        // The month of the cut is paid by both, in two parts.
        const first = paid
          .filter(([each]) => each <= month)
          .map(([each, amount]) => [each, each === month ? 1 : amount])
        const second = paid
          .filter(([each]) => each >= month)
          .map(([each, amount]) => [each, each === month ? amount - 1 : amount])
        const lastDayPaysAll = calendar.addDays(cut, 1).slice(0, 7) !== month
        const parts = [
          {
            ...whole,
            end: cut,
            salaries: Object.fromEntries(
              lastDayPaysAll ? paid.filter(([each]) => each <= month) : first,
            ) as Record<string, number>,
          },
          {
            ...whole,
            start: calendar.addDays(cut, 1),
            salaries: Object.fromEntries(
              lastDayPaysAll ? paid.filter(([each]) => each > month) : second,
            ) as Record<string, number>,
          },
        ]
        const others = history.filter((period) => period !== whole)
        const answerOf = (periods: typeof history) => {
          const { rules, totals } = simulateRetirement(parameters, { ...base, history: periods })
          return { rules, totals }
        }
        expect(answerOf([...others, ...parts])).toEqual(answerOf(history))
      }),
      { numRuns: 80 },
    )
  })
})
