import { type DayNumber, dayNumberOf, fromDayNumber, monthOf, toDayNumber } from './calendar'
import { pendingIndicators } from './indicators'
import { entryOn, type Parameters } from './parameters'
import { type Counted, countPeriod, monthlyTotals } from './record'
import type { CivilDate, HistoryPeriod } from './types'

export type InsuredStatus = {
  insured: boolean
  situation: 'contribuindo' | 'periodo_de_graca' | 'perdida' | 'nunca_filiado'
  /** Last day insured if nothing more is paid; null: never affiliated. */
  until: CivilDate | null
  /** Months of grace used; 0 while contributing. */
  graceMonths: number
  source: string
}

/** A job without end date is taken as going on when its last news are no older than this. */
const daysOfDelay = 62

/**
 * Whether a person is insured on a day, as far as the record shows: the twelve months more for involuntary unemployment
 * are proved elsewhere and not counted.
 * @throws LawGap before Lei 8.213/1991
 */
export function qualidadeDeSegurado(
  parameters: Parameters,
  history: HistoryPeriod[],
  date: CivilDate,
): InsuredStatus {
  const day = toDayNumber(date)
  const { value, source } = entryOn(parameters, 'periodo-de-graca', day)
  const counted = countedUntil(parameters, history, day)
  const latest = latestActivity(counted)
  if (latest === undefined)
    return { insured: false, situation: 'nunca_filiado', until: null, graceMonths: 0, source }
  const own = latest.counted.period.category === 'facultativo' ? value?.facultativo : value?.obrigatorio
  const long = value?.contribuicoes_sem_perda ?? Number.POSITIVE_INFINITY
  const extra = contributionsInARow(counted, own ?? 0) > long ? (value?.mais_de_120 ?? 0) : 0
  const grace = (own ?? 0) + (own === value?.obrigatorio ? extra : 0)
  const active = counted.some((c) => isActive(c, day))
  const month = active ? Math.max(latest.month, monthOf(day).competencia) : latest.month
  const until = lastInsuredDay(month, grace)
  const insured = active || day <= until
  return {
    insured,
    situation: active ? 'contribuindo' : insured ? 'periodo_de_graca' : 'perdida',
    until: fromDayNumber(until),
    graceMonths: active ? 0 : grace,
    source,
  }
}

/** The periods that count, up to a day. */
export function countedUntil(parameters: Parameters, history: HistoryPeriod[], day: DayNumber): Counted[] {
  const counting = history.filter(
    (period) => toDayNumber(period.start) <= day && pendingIndicators(period.indicators ?? []).length === 0,
  )
  const totals = monthlyTotals(counting, day)
  return counting.map((period) => countPeriod(parameters, period, totals, day))
}

/** Whether a period is going on on a day. */
export function isActive(counted: Counted, day: DayNumber): boolean {
  const { end } = counted.period
  if (end !== null) return toDayNumber(end) >= day && activityMonths(counted).length > 0
  return counted.last >= day - daysOfDelay && activityMonths(counted).length > 0
}

/** Months that keep a person insured. */
function activityMonths(counted: Counted): number[] {
  return counted.rural ? [...counted.carencia, ...counted.ruralMonths] : counted.carencia
}

function latestActivity(counted: Counted[]): { counted: Counted; month: number } | undefined {
  let latest: { counted: Counted; month: number } | undefined
  for (const c of counted) {
    for (const month of activityMonths(c)) {
      if (latest === undefined || month > latest.month) latest = { counted: c, month }
    }
  }
  return latest
}

/** The longest run of contributions without a gap that would have ended the insurance. */
function contributionsInARow(counted: Counted[], grace: number): number {
  const months = [...new Set(counted.flatMap(activityMonths))].sort((a, b) => a - b)
  let longest = 0
  let run = 0
  let previous = Number.NEGATIVE_INFINITY
  for (const month of months) {
    run = month - previous > grace + 2 ? 1 : run + 1
    longest = Math.max(longest, run)
    previous = month
  }
  return longest
}

// IN 128/2022, art. 186, § 3º: the insurance ends the day after the due date of the contribution for the month after the
// grace; that contribution is due on the 15th of the following month.
function lastInsuredDay(lastMonth: number, grace: number): DayNumber {
  const due = lastMonth + grace + 2
  return dayNumberOf(Math.floor(due / 12), (due % 12) + 1, 15)
}
