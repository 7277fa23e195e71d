import type { Span } from './accrual'
import type { DayNumber } from './calendar'
import { competenciaNumber, firstDayNumberOf, monthOf, toDayNumber } from './calendar'
import { monthsTouched } from './months'
import { minimumOfMonth, type Parameters } from './parameters'
import { firstRealMonth, firstWholeMonth, reformDay } from './reform'
import type { Centavos, HistoryPeriod, PeriodKind } from './types'

/** What one period of the record gives. */
export type Counted = {
  period: HistoryPeriod
  kind: PeriodKind
  /** Paid at 11 % or 5 %: does not count for retirement by time. */
  reduced: boolean
  rural: boolean
  /** Stretches counted by the calendar until the reform. */
  before: Span[]
  /** Whole months counted from 11/2019 on. */
  months: number[]
  /** Stretches after the reform counted day by day, because the record gives no salaries. */
  byDay: Span[]
  /** The record gives no salary for 11/2019: its days count. */
  keepsNovember: boolean
  /** Months of carencia. */
  carencia: number[]
  /** Months of rural work. */
  ruralMonths: number[]
  /** Months with activity whose salary the record lacks: they enter the average with the minimum wage. */
  withoutSalary: number[]
  /** Months that do not count because what was paid is below the minimum wage. */
  belowMinimum: number[]
  /** Last day known of activity. */
  last: DayNumber
}

/** Rural work counts as contribution time without payment until then (Lei 8.213/1991, art. 55, § 2º). */
const unpaidRuralUntil = toDayNumber('1991-10-31')
export const lastUnpaidRuralMonth = monthOf(unpaidRuralUntil).competencia
/** From this month on the contributions of a domestic worker are the employer's duty (LC 150/2015). */
const firstPresumedDomestic = competenciaNumber('2015-06')

/** Salaries of a period by competência number. */
export function salariesOf(period: HistoryPeriod): Map<number, Centavos> {
  let salaries = parsed.get(period)
  if (salaries === undefined) {
    salaries = new Map()
    for (const competencia in period.salaries) {
      salaries.set(competenciaNumber(competencia), period.salaries[competencia] ?? 0)
    }
    parsed.set(period, salaries)
  }
  return salaries
}
// A record is counted several times in one simulation; its months are read once.
const parsed = new WeakMap<HistoryPeriod, Map<number, Centavos>>()

/** Sum of the month over the given periods, the month's total being what the minimum is compared with. */
export function monthlyTotals(periods: HistoryPeriod[], asOf: DayNumber): Map<number, Centavos> {
  const totals = new Map<number, Centavos>()
  for (const period of periods) {
    const last = monthOf(lastDay(period, asOf)).competencia
    for (const [month, amount] of salariesOf(period)) {
      if (month <= last) totals.set(month, (totals.get(month) ?? 0) + amount)
    }
  }
  return totals
}

/** Last day a period reaches: its end, or the month of its last salary when it has no end, never after `asOf`. */
export function lastDay(period: HistoryPeriod, asOf: DayNumber): DayNumber {
  if (period.end !== null) return Math.min(toDayNumber(period.end), asOf)
  const salaries = salariesOf(period)
  if (salaries.size === 0) return asOf
  let latest = Number.NEGATIVE_INFINITY
  for (const month of salaries.keys()) latest = Math.max(latest, month)
  return Math.min(firstDayNumberOf(latest + 1) - 1, asOf)
}

/**
 * Counts one period. @param totals what was paid in each month over all periods that count
 * @param completed months below the minimum count as if completed (what they would be worth once adjusted)
 */
export function countPeriod(
  parameters: Parameters,
  period: HistoryPeriod,
  totals: Map<number, Centavos>,
  asOf: DayNumber,
  completed = false,
): Counted {
  const first = toDayNumber(period.start)
  const last = lastDay(period, asOf)
  const kind = period.kind ?? 'comum'
  const unpaid = period.category === 'segurado_especial'
  const rural = unpaid || kind === 'rural'
  const counted: Counted = {
    period,
    kind,
    reduced: isReduced(period),
    rural,
    before: [],
    months: [],
    byDay: [],
    keepsNovember: false,
    carencia: [],
    ruralMonths: rural ? monthsTouched(first, last) : [],
    withoutSalary: [],
    belowMinimum: [],
    last,
  }
  const salaries = salariesOf(period)
  const informed = salaries.size > 0
  const employed = ['empregado', 'domestico', 'avulso'].includes(period.category)
  for (const month of monthsTouched(first, last)) {
    const span = {
      first: Math.max(first, firstDayNumberOf(month)),
      last: Math.min(last, firstDayNumberOf(month + 1) - 1),
    }
    const enough = month < firstRealMonth || (totals.get(month) ?? 0) >= minimumOfMonth(parameters, month)
    const worked: MonthWorked = { month, span, paid: salaries.has(month), reaches: completed || enough }
    const presumed = employed && (period.category !== 'domestico' || month >= firstPresumedDomestic)
    if (kind === 'incapacidade') countInBenefit(counted, worked)
    else if (unpaid && worked.span.first <= unpaidRuralUntil) countUnpaidRural(counted, worked)
    else if (!informed && !unpaid) countWithoutSalaries(counted, worked)
    else if (month >= firstWholeMonth) countWholeMonth(counted, worked, employed)
    else if (presumed) countPresumed(counted, worked)
    else if (employed) countPaidOfDomestic(counted, worked)
    else countPaid(counted, worked)
  }
  return counted
}

type MonthWorked = {
  month: number
  span: Span
  /** The record has a salary of this period for the month. */
  paid: boolean
  /** The month's total is not below the minimum wage; before the Real amounts cannot be compared. */
  reaches: boolean
}

/** Adds a stretch, up to a day at most, to stretches in order; neighbours become one. */
function join(spans: Span[], { first, last }: Span, until = last): void {
  const end = Math.min(last, until)
  if (end < first) return
  const previous = spans.at(-1)
  if (previous !== undefined && previous.last + 1 === first) previous.last = end
  else spans.push({ first, last: end })
}

function countUnpaidRural(counted: Counted, { span }: MonthWorked): void {
  join(counted.before, span, unpaidRuralUntil)
}

/** A period without any salary in the record is counted by its days, before and after the reform. */
function countWithoutSalaries(counted: Counted, { month, span }: MonthWorked): void {
  if (month === firstWholeMonth) counted.keepsNovember = true
  join(counted.before, span, reformDay)
  if (span.last > reformDay) join(counted.byDay, { ...span, first: Math.max(span.first, reformDay + 1) })
  counted.carencia.push(month)
  if (month >= firstRealMonth) counted.withoutSalary.push(month)
}

/** From 11/2019 on: the month whole or not at all. */
function countWholeMonth(counted: Counted, worked: MonthWorked, presumed: boolean): void {
  const { month, span, paid } = worked
  const credited = paid && worked.reaches
  if (credited) {
    counted.months.push(month)
    counted.carencia.push(month)
  } else if (paid) counted.belowMinimum.push(month)
  const untilReform = month === firstWholeMonth && (credited || presumed)
  if (untilReform) join(counted.before, span, reformDay)
}

/** Work whose contributions are the employer's duty: it counts whatever was paid (IN 128/2022, art. 209, § 2º). */
function countPresumed(counted: Counted, { month, span, paid }: MonthWorked): void {
  join(counted.before, span)
  counted.carencia.push(month)
  if (month >= firstRealMonth && !paid) counted.withoutSalary.push(month)
}

/** Before it, a domestic worker's month counts when it was paid, whatever the amount. */
function countPaidOfDomestic(counted: Counted, { month, span, paid }: MonthWorked): void {
  if (!paid && month >= firstRealMonth) return
  join(counted.before, span)
  counted.carencia.push(month)
}

/** Time in benefit between two times of activity (Lei 8.213/1991, arts. 29, § 5º, and 55, II; STF, Tema 1.125). */
function countInBenefit(counted: Counted, { month, span, paid }: MonthWorked): void {
  join(counted.before, span, reformDay)
  if (month >= firstWholeMonth) counted.months.push(month)
  counted.carencia.push(month)
  if (month >= firstRealMonth && !paid) counted.withoutSalary.push(month)
}

/** Who pays for oneself: the month counts only when paid, and not below the minimum (IN 128/2022, art. 210). */
function countPaid(counted: Counted, worked: MonthWorked): void {
  const { month, span, paid } = worked
  // Before the Real amounts cannot be compared: what the record holds is taken as enough.
  const enough =
    month < firstRealMonth ? paid || counted.period.category !== 'segurado_especial' : paid && worked.reaches
  if (enough) {
    join(counted.before, span)
    counted.carencia.push(month)
  } else if (paid) counted.belowMinimum.push(month)
}

// EC 103/2019, arts. 15, 16, 17 and 20 ask for time of contribution; Lei 8.212/1991, art. 21, § 3º, keeps the reduced
// plans out of it until the difference to 20 % is paid.
function isReduced(period: HistoryPeriod): boolean {
  if (!['contribuinte_individual', 'facultativo', 'mei'].includes(period.category)) return false
  return (period.plan ?? (period.category === 'mei' ? '5' : '20')) !== '20'
}
