import type { Growing } from './accrual'
import { addMonthsToDay, type DayNumber } from './calendar'
import type { Facts } from './facts'
import { single } from './parameter-file'
import type { IdOf, Parameters } from './parameters'
import { reformDay } from './reform'
import { ageAt, durationOf, isoDuration, pointsText, tempoMonth, tempoOf, tempoYear } from './tempo'
import type { Condition, ConditionId } from './types'

/** What is asked from a day on; `null`: no longer asked. */
export type Step = { start: DayNumber; value: number | null; source: string }

/** A quantity that must reach a threshold, which may change with the years. */
export type Requirement = {
  id: ConditionId
  unit: 'duration' | 'points' | 'months'
  found: Growing
  steps: Step[]
  /** More than the threshold, not just as much. */
  strict: boolean
  /** What leaving one month of contribution out takes from it (EC 103/2019, art. 26, § 6º). */
  perMonth: number
}

/** Age on each day. */
export function ageOf(facts: Facts): Growing {
  return { at: (day) => ageAt(facts.birth, day) }
}

/** The thresholds of a parameter, for a sex or another key. */
export function stepsOf(
  parameters: Parameters,
  id: IdOf<'duration' | 'points' | 'months'>,
  key: string = single,
): Step[] {
  return parameters.series[id].entries.map((entry) => ({
    start: entry.startDay,
    value: entry.value?.[key] ?? null,
    source: entry.source,
  }))
}

export function requireAge(facts: Facts, steps: Step[]): Requirement {
  return { id: 'idade', unit: 'duration', found: ageOf(facts), steps, strict: false, perMonth: 0 }
}

export function requireTime(id: ConditionId, found: Growing, steps: Step[]): Requirement {
  return { id, unit: 'duration', found, steps, strict: false, perMonth: tempoMonth }
}

export function requirePoints(facts: Facts, time: Growing, steps: Step[]): Requirement {
  const age = ageOf(facts)
  const found = { at: (day: DayNumber) => age.at(day) + time.at(day) }
  return { id: 'pontos', unit: 'points', found, steps, strict: false, perMonth: tempoMonth }
}

export function requireCarencia(found: Growing, steps: Step[]): Requirement {
  return { id: 'carencia', unit: 'months', found, steps, strict: false, perMonth: 1 }
}

/** The requirement as it stood on a fixed day, whatever comes later. */
export function frozen(requirement: Requirement, id: ConditionId, day: DayNumber): Requirement {
  const found = requirement.found.at(day)
  const { value, source } = stepOn(requirement, day)
  return { ...requirement, id, found: { at: () => found }, steps: [{ start: reformDay, value, source }] }
}

export function stepOn(requirement: Requirement, day: DayNumber): Step {
  const step = requirement.steps.findLast((s) => s.start <= day)
  if (step === undefined) throw new Error(`${requirement.id} has no threshold yet`)
  return step
}

export function isMet(requirement: Requirement, day: DayNumber): boolean {
  return reaches(requirement, stepOn(requirement, day).value, day)
}

/** The requirement on a day as data; undefined when it is no longer asked. */
export function conditionOn(requirement: Requirement, day: DayNumber): Condition | undefined {
  const { value, source } = stepOn(requirement, day)
  if (value === null) return undefined
  const found = requirement.found.at(day)
  const met = reaches(requirement, value, day)
  const { id, unit } = requirement
  if (unit === 'months') return { id, required: String(value), found: String(found), met, source }
  if (unit === 'points') {
    return { id, required: String(value / tempoYear), found: pointsText(found), met, source }
  }
  return { id, required: isoDuration(value), found: isoDuration(tempoOf(durationOf(found))), met, source }
}

/**
 * First day from the reform on when all hold together, to the day; null when there is none in a lifetime.
 * Between two changes of the thresholds every quantity only grows, so each is found by bisection.
 */
export function firstDayMet(requirements: Requirement[], birth: DayNumber): DayNumber | null {
  const end = addMonthsToDay(birth, 120 * 12)
  // The reform's own day stands alone: it still counts by the calendar, the next ones by whole months.
  const starts = new Set([reformDay, reformDay + 1])
  for (const { steps } of requirements)
    for (const { start } of steps) if (start > reformDay) starts.add(start)
  const sorted = [...starts].sort((a, b) => a - b)
  for (const [index, start] of sorted.entries()) {
    const last = (sorted[index + 1] ?? end + 1) - 1
    let day = start
    for (const requirement of requirements) {
      const reached = firstReach(requirement, stepOn(requirement, start).value, day, last)
      if (reached === null) {
        day = last + 1
        break
      }
      day = reached
    }
    if (day <= last) return day
  }
  return null
}

function firstReach(
  requirement: Requirement,
  value: number | null,
  from: DayNumber,
  to: DayNumber,
): DayNumber | null {
  if (reaches(requirement, value, from)) return from
  if (!reaches(requirement, value, to)) return null
  let no = from
  let yes = to
  while (yes - no > 1) {
    const middle = (no + yes) >> 1
    if (reaches(requirement, value, middle)) yes = middle
    else no = middle
  }
  return yes
}

function reaches(requirement: Requirement, value: number | null, day: DayNumber): boolean {
  if (value === null) return true
  const found = requirement.found.at(day)
  return requirement.strict ? found > value : found >= value
}
