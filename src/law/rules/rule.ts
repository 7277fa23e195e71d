import type { Formula } from '../benefit'
import type { Facts, Salaries } from '../facts'
import type { Parameters } from '../parameters'
import { type Requirement, requireCarencia, stepsOf } from '../requirement'
import type { RuleId } from '../types'

/** One way to retire: what it asks and what it gives. */
export type Rule = {
  id: RuleId
  /** Whether the rule can apply to the person at all; others are left out. */
  applies(facts: Facts): boolean
  requirements(facts: Facts, parameters: Parameters): Requirement[]
  formula(facts: Facts, parameters: Parameters): Formula
  /** What of the rule is not looked at, as ids. */
  notModelled: string[]
}

export const article26 = 'EC 103/2019, art. 26, §§ 2º e 5º'

/** Salaries a rule is computed from; null when the record has none. */
export function salariesOf(facts: Facts, of: 'all' | 'fullRate' | 'withRural'): Salaries | null {
  return facts.money.known === 'salaries' ? facts.money[of] : null
}

/** The 180 months of carencia of every programmed retirement. */
export function carencia(facts: Facts, parameters: Parameters, of: 'all' | 'fullRate'): Requirement {
  const found = of === 'all' ? facts.carencia : facts.fullRateCarencia
  return requireCarencia(found, stepsOf(parameters, 'carencia-aposentadoria'))
}
