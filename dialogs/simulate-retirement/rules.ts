import { duration, timeBetween } from '../../src/format'
import type { Simulation, SimulationRule } from '../../src/inss/schemas'

/** Of the rules met today the one that pays most; otherwise the one that comes first. */
export function bestRule(simulation: Simulation): SimulationRule | undefined {
  const met = simulation.rules.filter((rule) => rule.entitled)
  if (met.length > 0) {
    return met.reduce((best, rule) =>
      (rule.benefit?.amount ?? 0) > (best.benefit?.amount ?? 0) ? rule : best,
    )
  }
  return simulation.rules.find((rule) => rule.id === simulation.best.soonest) ?? rulesByDate(simulation)[0]
}

/** A rule met today whose amount the law's numbers known here do not give: it may pay more than those that are known. */
export function ruleWithGap(simulation: Simulation): SimulationRule | undefined {
  const best = bestRule(simulation)
  return simulation.rules.find(
    (rule) => (rule.entitled || rule === best) && rule.benefit?.lawGap != null && rule.benefit.amount == null,
  )
}

/** The rules that will be met, the first one first. */
export function rulesByDate(simulation: Simulation): SimulationRule[] {
  return simulation.rules
    .filter((rule) => rule.entitled || rule.entitledOn !== null)
    .sort((a, b) => (a.entitledOn ?? '').localeCompare(b.entitledOn ?? ''))
}

/** Whether a rule is met within so many years. */
export function within(asOf: string, on: string, years: number): boolean {
  const limit = `${Number(asOf.slice(0, 4)) + years}${asOf.slice(4)}`
  return on <= limit
}

/** Rules that give the same amount on the same day say nothing new. */
export function distinct(rules: SimulationRule[], shown: SimulationRule | undefined): SimulationRule[] {
  const same = (rule: SimulationRule) => `${rule.entitledOn} ${rule.benefit?.amount}`
  const seen = new Set(shown === undefined ? [] : [same(shown)])
  return rules.filter((rule) => rule !== shown && !seen.has(same(rule)) && seen.add(same(rule)) !== undefined)
}

/** The time from one civil date to a later one, in words. */
export function waiting(from: string, to: string): string {
  return duration(timeBetween(from, to))
}
