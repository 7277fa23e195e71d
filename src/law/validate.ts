import { addYears, isCivilDate, isCompetencia, toDayNumber } from './calendar'
import { type Fault, type FaultCode, ImpossibleInput, LawGap } from './errors'
import { minimumWage, type Parameters } from './parameters'
import { reformDate } from './reform'
import { ageAt, tempoOf, tempoYear } from './tempo'
import type { Duration, HistoryPeriod, SimulationRequest, Summary } from './types'

/** Nobody works before this age; rural work is looked at apart. */
const youngest = 12
const oldest = 120

/** @throws ImpossibleInput with every fault found @throws LawGap for a day before the reform */
export function validate(parameters: Parameters, request: SimulationRequest): void {
  const faults: Fault[] = []
  const fault = (pointer: string, code: FaultCode) => faults.push({ pointer, code })
  const { asOf, birthDate, summary, history } = request
  const dated = isCivilDate(asOf)
  const born = isCivilDate(birthDate)
  if (!dated) fault('/asOf', 'invalid_date')
  if (!born) fault('/birthDate', 'invalid_date')
  if ((summary === undefined) === (history === undefined)) {
    fault(summary === undefined ? '/summary' : '/history', 'exactly_one_of_summary_and_history')
  }
  if (dated && born) {
    if (birthDate > asOf) fault('/birthDate', 'birth_after_as_of')
    else if (addYears(birthDate, oldest) < asOf) fault('/birthDate', 'too_old')
    else if (summary !== undefined) checkSummary(request, summary, fault)
  }
  history?.forEach((period, index) => {
    checkPeriod(born ? birthDate : undefined, period, `/history/${index}`, fault)
  })
  if (history !== undefined) checkDegrees(history, fault)
  checkProjection(parameters, request, dated, fault)
  if (faults.length > 0) throw new ImpossibleInput(faults)
  if (asOf < reformDate) throw new LawGap('regras-anteriores-a-reforma', asOf)
}

type Report = (pointer: string, code: FaultCode) => void

function checkProjection(
  parameters: Parameters,
  { asOf, projection }: SimulationRequest,
  dated: boolean,
  fault: Report,
): void {
  const salary = projection?.monthlySalary
  if (salary === undefined || projection?.contributes === false) return
  const pointer = '/projection/monthlySalary'
  if (!Number.isSafeInteger(salary) || salary < 0) fault(pointer, 'negative_amount')
  else if (dated && asOf >= reformDate && salary < minimumWage(parameters, asOf))
    fault(pointer, 'below_minimum_wage')
}

/** Nobody has two degrees of disability on one day. */
function checkDegrees(history: HistoryPeriod[], fault: Report): void {
  const forever = '9999-12-31'
  history.forEach((period, index) => {
    if (period.kind?.startsWith('deficiencia') !== true) return
    const clash = history.slice(0, index).some((other) => {
      if (other.kind === period.kind || other.kind?.startsWith('deficiencia') !== true) return false
      return other.start <= (period.end ?? forever) && period.start <= (other.end ?? forever)
    })
    if (clash) fault(`/history/${index}/kind`, 'overlap')
  })
}

function checkSummary(request: SimulationRequest, summary: Summary, fault: Report): void {
  const { timeAtReform, timeUntil, otherTimeAtReform } = summary
  if ((timeAtReform === undefined) === (timeUntil === undefined)) {
    fault('/summary', 'exactly_one_of_time_at_reform_and_time_until')
  }
  checkDuration(timeAtReform, '/summary/timeAtReform', fault)
  checkDuration(timeUntil, '/summary/timeUntil', fault)
  checkDuration(otherTimeAtReform, '/summary/otherTimeAtReform', fault)
  const until = timeUntil?.date
  if (until !== undefined && !isCivilDate(until)) {
    fault('/summary/timeUntil/date', 'invalid_date')
    return
  }
  if (until !== undefined && until > request.asOf) fault('/summary/timeUntil/date', 'after_as_of')
  const own = timeAtReform ?? timeUntil
  if (own !== undefined) {
    const total = tempoOf(own) + (otherTimeAtReform === undefined ? 0 : tempoOf(otherTimeAtReform))
    const age = ageAt(toDayNumber(request.birthDate), toDayNumber(until ?? reformDate))
    const pointer = timeAtReform === undefined ? '/summary/timeUntil' : '/summary/timeAtReform'
    if (total > Math.max(0, age - youngest * tempoYear)) fault(pointer, 'time_longer_than_life')
    if (request.affiliatedBeforeReform === false && timeAtReform !== undefined && total > 0) {
      fault('/affiliatedBeforeReform', 'affiliation_contradicts_time')
    }
  }
  for (const key of ['carenciaMonths', 'ruralMonths', 'averageSalary'] as const) {
    const number = summary[key]
    if (number !== undefined && (!Number.isSafeInteger(number) || number < 0)) {
      fault(`/summary/${key}`, 'negative_amount')
    }
  }
  if (!Array.isArray(summary.afterReform)) return
  summary.afterReform.forEach((span, index) => {
    const pointer = `/summary/afterReform/${index}`
    if (!isCivilDate(span.start)) fault(`${pointer}/start`, 'invalid_date')
    else if (span.start <= reformDate) fault(`${pointer}/start`, 'before_reform')
    if (!isCivilDate(span.end)) fault(`${pointer}/end`, 'invalid_date')
    else if (span.end < span.start) fault(`${pointer}/end`, 'end_before_start')
    else if (span.end > request.asOf) fault(`${pointer}/end`, 'after_as_of')
    const others = summary.afterReform as { start: string; end: string }[]
    const overlaps = others.some(
      (other, at) => at < index && other.start <= span.end && span.start <= other.end,
    )
    if (overlaps) fault(pointer, 'overlap')
  })
}

function checkDuration(duration: Duration | undefined, pointer: string, fault: Report): void {
  if (duration === undefined) return
  const { years, months, days } = duration
  const whole = [years, months, days].every((n) => Number.isInteger(n) && n >= 0)
  if (!whole || years > oldest || months > 11 || days > 30) fault(pointer, 'invalid_duration')
}

function checkPeriod(
  birthDate: string | undefined,
  period: HistoryPeriod,
  pointer: string,
  fault: Report,
): void {
  if (!isCivilDate(period.start)) fault(`${pointer}/start`, 'invalid_date')
  else if (birthDate !== undefined) {
    const rural = period.kind === 'rural' || period.category === 'segurado_especial'
    if (period.start < (rural ? birthDate : addYears(birthDate, youngest))) {
      fault(`${pointer}/start`, 'before_age_12')
    }
  }
  if (period.end !== null) {
    if (!isCivilDate(period.end)) fault(`${pointer}/end`, 'invalid_date')
    else if (period.end < period.start) fault(`${pointer}/end`, 'end_before_start')
  }
  const firstMonth = period.start.slice(0, 7)
  for (const [month, amount] of Object.entries(period.salaries ?? {})) {
    const at = `${pointer}/salaries/${month}`
    if (!isCompetencia(month)) fault(at, 'invalid_competencia')
    else if (month < firstMonth) fault(at, 'salary_outside_period')
    if (!Number.isSafeInteger(amount) || amount < 0) fault(at, 'negative_amount')
  }
}
