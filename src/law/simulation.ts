import { adjustmentYears, article29 } from './adjustments'
import { benefitOf, type Formula } from './benefit'
import { civilOf, type DayNumber, fromDayNumber, toDayNumber } from './calendar'
import { compareDates } from './comparison'
import { assumption, type Facts } from './facts'
import { factsOfHistory } from './history'
import { indicatorEffect, pendingIndicators } from './indicators'
import { entryOn, type Parameters } from './parameters'
import { conditionOn, firstDayMet, isMet, type Requirement } from './requirement'
import { rules } from './rules'
import type { Rule } from './rules/rule'
import { factsOfSummary } from './summary'
import { ageAt, durationOf, pointsText } from './tempo'
import type {
  Assumption,
  Centavos,
  Condition,
  HistoryPeriod,
  PendingItem,
  RuleAnswer,
  RuleId,
  SimulationAnswer,
  SimulationRequest,
  Totals,
} from './types'
import { validate } from './validate'

/**
 * Every retirement rule that can apply to a person, judged on `asOf` and projected from it.
 * @throws ImpossibleInput for a request that cannot be true
 * @throws LawGap for a day the law in here does not cover
 */
export function simulateRetirement(parameters: Parameters, request: SimulationRequest): SimulationAnswer {
  validate(parameters, request)
  const facts = factsOf(parameters, request)
  const assumptions = new Map(facts.assumptions.map((a) => [a.id, a]))
  const assume = (a: Assumption) => assumptions.set(a.id, a)
  const judged = rules
    .filter((rule) => rule.applies(facts))
    .map((rule) => judge(parameters, facts, rule, assume))
  const answers = judged.map(({ answer }) => answer)
  const notModelled = notModelledFor(facts)
  if (notModelled.length > 0) assume({ ...assumption('not_modelled'), ids: notModelled })
  return {
    asOf: request.asOf,
    totals: totalsOf(facts),
    rules: answers,
    best: bestOf(answers),
    assumptions: [...assumptions.values()],
    pending: request.history === undefined ? [] : pendingOf(parameters, request, request.history),
    adjustments:
      request.history === undefined ? null : adjustmentsFor(parameters, request, request.history, facts),
    comparison: compareDates(judged, facts, (rule, on) => amountFrom(parameters, facts, rule, on)),
  }
}

function factsOf(parameters: Parameters, request: SimulationRequest): Facts {
  if (request.summary !== undefined) return factsOfSummary(parameters, request, request.summary)
  return factsOfHistory(parameters, request, request.history ?? [])
}

/** A rule judged: its answer, and what the amount of another day needs. */
export type Judged = {
  answer: RuleAnswer
  requirements: Requirement[]
  formula: Formula | null
  entitledOn: DayNumber | null
}

function judge(parameters: Parameters, facts: Facts, rule: Rule, assume: (a: Assumption) => void): Judged {
  const requirements = rule.requirements(facts, parameters)
  const entitledOn = firstDayMet(requirements, facts.birth)
  const entitled = entitledOn !== null && entitledOn <= facts.asOf
  const stillMet = requirements.every((requirement) => isMet(requirement, facts.asOf))
  const shownOn = entitled && !stillMet ? entitledOn : facts.asOf
  const conditions = requirements
    .map((requirement) => conditionOn(requirement, shownOn))
    .filter((condition): condition is Condition => condition !== undefined)
  const answer = { id: rule.id, entitled, conditions, notModelled: rule.notModelled }
  if (entitledOn === null) {
    return { answer: { ...answer, entitledOn: null, benefit: null }, requirements, formula: null, entitledOn }
  }
  const on = Math.max(entitledOn, facts.asOf)
  const formula = rule.formula(facts, parameters)
  const { benefit, assumptions } = benefitOf(parameters, facts, formula, requirements, on, entitledOn)
  for (const each of assumptions) assume(each)
  if (benefit.amount !== null) assumeLimits(parameters, on, assume)
  const full = { ...answer, entitledOn: fromDayNumber(entitledOn), benefit }
  return { answer: full, requirements, formula, entitledOn }
}

function amountFrom(parameters: Parameters, facts: Facts, judged: Judged, on: DayNumber): Centavos | null {
  const { formula, requirements, entitledOn } = judged
  if (formula === null || entitledOn === null) return null
  return benefitOf(parameters, facts, formula, requirements, on, entitledOn).benefit.amount
}

function adjustmentsFor(
  parameters: Parameters,
  request: SimulationRequest,
  history: HistoryPeriod[],
  facts: Facts,
): SimulationAnswer['adjustments'] {
  if (!facts.assumptions.some(({ id }) => id === 'abaixo_do_minimo')) return null
  const years = adjustmentYears(parameters, toDayNumber(request.asOf), history)
  if (years.length === 0) return null
  const completed = factsOfHistory(parameters, request, history, { indicator: () => false, completed: true })
  return { source: article29, years, totalsIfCompleted: totalsOf(completed) }
}

/** Minimum wage and ceiling are set anew each year; for a later one the last known stand in. */
function assumeLimits(parameters: Parameters, on: DayNumber, assume: (a: Assumption) => void): void {
  for (const id of ['salario-minimo', 'teto'] as const) {
    const since = Number(entryOn(parameters, id, on).start.slice(0, 4))
    if (civilOf(on).year > since) assume(assumption('valores_atuais', { parameter: id, year: since }))
  }
}

function totalsOf(facts: Facts): Totals {
  const age = ageAt(facts.birth, facts.asOf)
  const time = facts.time.at(facts.asOf)
  return {
    age: durationOf(age),
    time: durationOf(time),
    carencia: facts.carencia.at(facts.asOf),
    points: pointsText(age + time),
  }
}

function bestOf(answers: RuleAnswer[]): SimulationAnswer['best'] {
  let soonest: RuleAnswer | undefined
  let highest: RuleAnswer | undefined
  for (const answer of answers) {
    if (answer.entitledOn === null) continue
    if (soonest === undefined || isSooner(answer, soonest)) soonest = answer
    if (answer.benefit?.amount != null && (highest === undefined || isHigher(answer, highest)))
      highest = answer
  }
  return { soonest: soonest?.id ?? null, highest: highest?.id ?? null }
}

function isSooner(a: RuleAnswer, b: RuleAnswer): boolean {
  const [dayA, dayB] = [a.entitledOn ?? '', b.entitledOn ?? '']
  return dayA !== dayB ? dayA < dayB : amountOf(a) > amountOf(b)
}

function isHigher(a: RuleAnswer, b: RuleAnswer): boolean {
  const [amountA, amountB] = [amountOf(a), amountOf(b)]
  return amountA !== amountB ? amountA > amountB : (a.entitledOn ?? '') < (b.entitledOn ?? '')
}

function amountOf(answer: RuleAnswer): number {
  return answer.benefit?.amount ?? 0
}

/** Rules that may apply but that the facts given do not let us judge. */
function notModelledFor(facts: Facts): RuleId[] {
  if (!facts.affiliatedBeforeReform || facts.knowsPast) return []
  return ['direito_adquirido_proporcional']
}

function pendingOf(
  parameters: Parameters,
  request: SimulationRequest,
  history: HistoryPeriod[],
): PendingItem[] {
  return history.flatMap((period, index) => {
    const indicators = period.indicators ?? []
    const blocking = pendingIndicators(indicators)
    return indicators.flatMap((indicator): PendingItem[] => {
      const effect = indicatorEffect(indicator)
      const stops = blocking.includes(indicator) || effect === 'below_minimum'
      if (!stops && effect !== undefined) return []
      const solved = factsOfHistory(parameters, request, history, {
        indicator: (at) => at === index,
        completed: false,
      })
      return [
        {
          period: index,
          indicator,
          effect: stops ? 'not counted' : 'to confirm',
          totalsIfSolved: totalsOf(solved),
        },
      ]
    })
  })
}
