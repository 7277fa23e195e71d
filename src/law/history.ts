import { accrueRecord, type Growing, nothing, type Span } from './accrual'
import { competenciaAt, type DayNumber, firstDayNumberOf, monthOf, toDayNumber } from './calendar'
import { convert } from './conversion'
import { assumption, degrees, exposures, type Facts, type Money, type Salaries } from './facts'
import { indicatorEffect, pendingIndicators } from './indicators'
import { countMonths, type MonthRun } from './months'
import { ceiling, ceilingOfMonth, minimumOfMonth, minimumWage, type Parameters } from './parameters'
import { type Counted, countPeriod, lastDay, lastUnpaidRuralMonth, monthlyTotals } from './record'
import { firstRealMonth, firstWholeMonth, reformDay } from './reform'
import type { Assumption, Centavos, HistoryPeriod, SimulationRequest } from './types'

/** A record reaches INSS some weeks late: a salary this many months old still means the person goes on. */
const recordDelay = 2

/** What is taken as solved: pending indicators, by period, and months below the minimum wage. */
export type Solved = { indicator(period: number, code: string): boolean; completed: boolean }
const nothingSolved: Solved = { indicator: () => false, completed: false }

/** The periods of a record that count, and what each month's total is. */
export function countRecord(
  parameters: Parameters,
  asOf: DayNumber,
  history: HistoryPeriod[],
  solved: Solved = nothingSolved,
): { counted: Counted[]; totals: Map<number, Centavos>; withoutReturn: boolean } {
  const known = history.filter((period, index) => {
    if (toDayNumber(period.start) > asOf) return false
    return pendingIndicators(period.indicators ?? []).every((code) => solved.indicator(index, code))
  })
  const counting = known.filter(
    (period) => period.kind !== 'incapacidade' || isBetweenWork(period, known, asOf),
  )
  const totals = monthlyTotals(counting, asOf)
  const counted = counting.map((period) => {
    const index = history.indexOf(period)
    const completed = (period.indicators ?? []).some(
      (code) => indicatorEffect(code) === 'below_minimum' && solved.indicator(index, code),
    )
    return countPeriod(parameters, period, totals, asOf, completed || solved.completed)
  })
  return { counted, totals, withoutReturn: counting.length < known.length }
}

/** Time in benefit counts only between times of work or contribution (Lei 8.213/1991, art. 55, II). */
function isBetweenWork(benefit: HistoryPeriod, all: HistoryPeriod[], asOf: DayNumber): boolean {
  const work = all.filter((period) => period.kind !== 'incapacidade')
  const last = lastDay(benefit, asOf)
  return (
    work.some((period) => period.start < benefit.start) && work.some((period) => lastDay(period, asOf) > last)
  )
}

/** Facts of a person with a contribution record. */
export function factsOfHistory(
  parameters: Parameters,
  request: SimulationRequest,
  history: HistoryPeriod[],
  solved?: Solved,
): Facts {
  const asOf = toDayNumber(request.asOf)
  const { counted, totals, withoutReturn } = countRecord(parameters, asOf, history, solved)
  const assumptions = assumptionsOf(counted, asOf)
  if (withoutReturn) assumptions.push(assumption('incapacidade_sem_volta'))
  const latest = latestPeriod(counted)
  const projection = projectionOf(parameters, request, counted, latest, totals, assumptions)
  const build = (select: (c: Counted) => boolean) =>
    accrual(counted.filter(select), latest, projection, select, asOf)
  const full = (c: Counted) => !c.reduced
  const anyReduced = counted.some((c) => c.reduced)
  const plainTime = build(() => true)
  const exposure = { '15': nothing, '20': nothing, '25': nothing }
  for (const group of exposures) exposure[group] = build((c) => c.kind === `especial_${group}`)
  const disability = { leve: nothing, moderada: nothing, grave: nothing }
  for (const degree of degrees) disability[degree] = build((c) => c.kind === `deficiencia_${degree}`)
  const time = convert(parameters, request.sex, plainTime, exposure)
  const carencia = countMonths(
    counted.flatMap((c) => c.carencia),
    undefined,
    projection?.run,
  )
  const fullRun = latest !== undefined && full(latest) ? projection?.run : undefined
  return {
    sex: request.sex,
    birth: toDayNumber(request.birthDate),
    asOf,
    affiliatedBeforeReform: history.some((p) => toDayNumber(p.start) <= reformDay),
    knowsPast: true,
    time,
    fullRateTime: anyReduced ? convert(parameters, request.sex, build(full), exposure) : time,
    plainTime,
    magisterio: build((c) => c.kind === 'magisterio'),
    exposure,
    disability,
    carencia,
    fullRateCarencia: anyReduced
      ? countMonths(
          counted.filter(full).flatMap((c) => c.carencia),
          undefined,
          fullRun,
        )
      : carencia,
    ...ruralOf(counted, latest, projection, asOf),
    affiliatedOn: history.length === 0 ? null : Math.min(...history.map((p) => toDayNumber(p.start))),
    money: moneyOf(parameters, counted, totals, projection, anyReduced, latest),
    assumptions,
  }
}

type Projected = { span: Span; run: MonthRun; salary: Centavos; month: number }

function accrual(
  chosen: Counted[],
  latest: Counted | undefined,
  projection: Projected | undefined,
  select: (c: Counted) => boolean,
  asOf: DayNumber,
): Growing {
  const goesOn = projection !== undefined && (latest === undefined ? true : select(latest))
  if (chosen.length === 0 && !goesOn) return nothing
  const months = [...new Set(chosen.flatMap((c) => c.months))].sort((a, b) => a - b)
  const byDay = chosen.flatMap((c) => c.byDay)
  if (goesOn && projection !== undefined) byDay.push(projection.span)
  const before = chosen.flatMap((c) => c.before)
  const inProgress = monthOf(asOf).competencia === firstWholeMonth
  const keepsNovember = inProgress || chosen.some((c) => c.keepsNovember)
  return accrueRecord({ before, months, byDay, keepsNovember }, asOf)
}

/** The period that reaches furthest: what the person does now, and goes on doing. */
function latestPeriod(counted: Counted[]): Counted | undefined {
  return counted.reduce<Counted | undefined>(
    (latest, c) => (latest === undefined || reach(c) > reach(latest) ? c : latest),
    undefined,
  )
}

function reach(c: Counted): number {
  return c.period.end === null ? c.last + 0.5 : c.last
}

function projectionOf(
  parameters: Parameters,
  request: SimulationRequest,
  counted: Counted[],
  latest: Counted | undefined,
  totals: Map<number, Centavos>,
  assumptions: Assumption[],
): Projected | undefined {
  const asOf = toDayNumber(request.asOf)
  const now = monthOf(asOf).competencia
  const open =
    latest !== undefined &&
    (latest.period.end === null || toDayNumber(latest.period.end) >= asOf) &&
    monthOf(latest.last).competencia >= now - recordDelay
  if (!(request.projection?.contributes ?? open)) {
    assumptions.push(assumption('nao_contribui_mais'))
    return undefined
  }
  const paidNow = counted.some((c) => c.months.includes(now) || c.belowMinimum.includes(now))
  const first = paidNow ? firstDayNumberOf(now + 1) : asOf + 1
  const month = monthOf(first).competencia
  const lastPaid = Math.max(...totals.keys())
  const wage = minimumWage(parameters, request.asOf)
  const salary = request.projection?.monthlySalary ?? Math.max(wage, totals.get(lastPaid) ?? 0)
  assumptions.push(assumption('continua_contribuindo'))
  const credited = counted.flatMap((c) => c.months).sort((a, b) => a - b)
  const lastCredited = credited.at(-1)
  if (lastCredited !== undefined && lastCredited < now) {
    assumptions.push(assumption('registro_ate', { month: competenciaAt(lastCredited) }))
  }
  if (request.projection?.monthlySalary === undefined)
    assumptions.push(assumption('mesmo_salario', { amount: salary }))
  if (latest !== undefined && latest.kind !== 'comum') assumptions.push(assumption('mesma_atividade'))
  return {
    span: { first, last: Number.POSITIVE_INFINITY },
    run: { day: first, first: month, last: Number.POSITIVE_INFINITY },
    salary: Math.min(salary, ceiling(parameters, request.asOf)),
    month,
  }
}

function moneyOf(
  parameters: Parameters,
  counted: Counted[],
  totals: Map<number, Centavos>,
  projection: Projected | undefined,
  anyReduced: boolean,
  latest: Counted | undefined,
): Money {
  if (![...totals.keys()].some((month) => month >= firstRealMonth)) return { known: 'nothing' }
  const salaries = (chosen: Counted[], goesOn: boolean): Salaries => {
    const lacking = new Set(chosen.flatMap((c) => c.withoutSalary))
    const months = [...new Set(chosen.flatMap((c) => [...c.carencia, ...c.months]))]
      .filter((month) => month >= firstRealMonth && (totals.has(month) || lacking.has(month)))
      .sort((a, b) => a - b)
    const amounts = months.map((month) => {
      const amount = totals.get(month) ?? minimumOfMonth(parameters, month)
      return Math.min(amount, ceilingOfMonth(parameters, month))
    })
    const projected =
      goesOn && projection !== undefined ? { from: projection.month, amount: projection.salary } : null
    return { months, amounts, projected }
  }
  const all = salaries(counted, true)
  const reducedGoesOn = latest?.reduced === true
  const withoutReduced = counted.filter((c) => !c.reduced)
  const fullRate = anyReduced ? salaries(withoutReduced, !reducedGoesOn) : all
  return { known: 'salaries', all, fullRate, withRural: withRural(parameters, counted, all) }
}

/** Bases with the minimum wage in each rural month without one (IN 128/2022, art. 223, § 4º). */
function withRural(parameters: Parameters, counted: Counted[], all: Salaries): Salaries {
  const known = new Map(all.months.map((month, index) => [month, all.amounts[index] ?? 0]))
  const rural = counted.flatMap((c) => c.ruralMonths).filter((month) => month >= firstRealMonth)
  if (rural.every((month) => known.has(month))) return all
  for (const month of rural) if (!known.has(month)) known.set(month, minimumOfMonth(parameters, month))
  const sorted = [...known].sort(([a], [b]) => a - b)
  return {
    months: sorted.map(([month]) => month),
    amounts: sorted.map(([, amount]) => amount),
    projected: all.projected,
  }
}

function ruralOf(
  counted: Counted[],
  latest: Counted | undefined,
  projection: Projected | undefined,
  asOf: DayNumber,
): Pick<Facts, 'ruralMonths' | 'ruralCarencia' | 'ruralTime'> {
  const rural = counted.flatMap((c) => c.ruralMonths)
  if (rural.length === 0) return { ruralMonths: nothing, ruralCarencia: nothing, ruralTime: nothing }
  const carencia = new Set(counted.flatMap((c) => c.carencia))
  const goesOn = latest?.rural === true && latest.last >= asOf ? projection?.run : undefined
  const unpaid = rural.filter((month) => !carencia.has(month))
  return {
    ruralMonths: countMonths(rural, undefined, goesOn),
    ruralCarencia: countMonths(unpaid),
    ruralTime: countMonths(unpaid.filter((month) => month > lastUnpaidRuralMonth)),
  }
}

function assumptionsOf(counted: Counted[], asOf: DayNumber): Assumption[] {
  const below = new Set(counted.flatMap((c) => c.belowMinimum)).size
  const lacking = new Set(counted.flatMap((c) => c.withoutSalary)).size
  const assumptions = [assumption('contagem_por_competencia')]
  if (below > 0) assumptions.push(assumption('abaixo_do_minimo', { months: below }))
  if (lacking > 0) assumptions.push(assumption('salario_minimo_onde_falta', { months: lacking }))
  if (counted.some((c) => c.byDay.length > 0)) assumptions.push(assumption('salarios_nao_informados'))
  if (counted.some((c) => c.reduced)) assumptions.push(assumption('plano_reduzido'))
  if (counted.some((c) => c.kind === 'magisterio' || c.kind.startsWith('especial'))) {
    assumptions.push(assumption('atividade_a_comprovar'))
  }
  // Two months without news are the usual delay of the record; longer, the end date is missing.
  if (counted.some((c) => c.period.end === null && c.last < asOf - 62))
    assumptions.push(assumption('sem_data_de_saida'))
  return assumptions
}
