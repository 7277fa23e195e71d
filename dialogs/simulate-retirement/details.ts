import { duration, list, longDate, money } from '../../src/format'
import type { Simulation, SimulationRule } from '../../src/inss/schemas'
import { isShort, type TextKey, t } from '../../src/text'
import { assumptionLine, conditionLine, notModelledLine, pendingLine, ruleName } from '../law-words'
import type { Say } from '../service'
import type { SimulationFacts } from './dialog'
import { bestRule, distinct, rulesByDate, ruleWithGap } from './rules'

type Facts = Partial<SimulationFacts>
type Later = NonNullable<Simulation['comparison']>['later'][number]

const MOST_RULES_IN_BRIEF = 6
/** Below this many months a wait is said in months alone. */
const MONTHS_SAID_AS_MONTHS = 24
const MOST_DATES_COMPARED = 3

/** Why the best rule is, or is not yet, met: its conditions; in few words also the sum. */
export function why(simulation: Simulation, facts: Facts): Say[] {
  const best = bestRule(simulation)
  if (best === undefined) return allRules(simulation)
  return isShort() ? [whyRule(best), ...amountOf(best, simulation, facts)] : [whyRule(best)]
}

/** How the amount came about, what was assumed and what was not looked at. */
export function calculated(simulation: Simulation, facts: Facts): Say[] {
  const best = bestRule(simulation)
  const sum = best === undefined ? [] : amountOf(best, simulation, facts)
  if (isShort()) return sum.length === 0 ? assumptions(simulation) : sum
  const open = (best?.notModelled ?? []).map(notModelledLine).filter((line) => line !== undefined)
  return [...sum, ...assumptions(simulation), ...titled('simulation.not_modelled_title', open)]
}

function amountOf(best: SimulationRule, simulation: Simulation, facts: Facts): Say[] {
  const { benefit } = best
  const gap = ruleWithGap(simulation)
  const unknown = gap === undefined ? [] : [amountGap(gap)]
  if (benefit?.amount == null) {
    if (gap === best) return unknown
    return [t(facts.averageSalary === null ? 'simulation.no_amount_without_salary' : 'simulation.no_amount')]
  }
  if (benefit.average == null) return unknown
  const sources = benefit.source ?? []
  return [calculation(benefit, list(isShort() ? sources.slice(0, 1) : sources)), ...unknown]
}

/** Says that the amount of a rule is not known, and who can find out. */
export function amountGap(rule: SimulationRule): string {
  return t('simulation.amount_gap', { rule: ruleName(rule.id) })
}

function calculation(benefit: NonNullable<SimulationRule['benefit']>, source: string): string {
  const average = money(benefit.average ?? 0)
  const amount = money(benefit.amount ?? 0)
  const percent = percentOf(benefit.coefficient)
  if (benefit.fator != null)
    return t('simulation.calculation_fator', {
      average,
      fator: benefit.fator.replace('.', ','),
      amount,
      source,
    })
  const product = Math.round((benefit.average ?? 0) * Number(benefit.coefficient ?? 1))
  const key =
    product === benefit.amount
      ? 'simulation.calculation'
      : product < (benefit.amount ?? 0)
        ? 'simulation.calculation_floor'
        : 'simulation.calculation_ceiling'
  return t(key, { average, percent, amount, source })
}

function percentOf(coefficient: string | null | undefined): string {
  return `${Math.round(Number(coefficient ?? 1) * 10_000) / 100}%`.replace('.', ',')
}

/** Conditions of the best rule, met and missing, each with its article. */
function whyRule(rule: SimulationRule): string {
  const lines = rule.conditions.map(conditionLine)
  return [t('simulation.why_title', { rule: ruleName(rule.id) }), ...lines].join('\n')
}

/** Every rule: when it is met, or what it lacks. */
export function allRules(simulation: Simulation): Say[] {
  const reachable = rulesByDate(simulation)
  if (isShort()) {
    // The best one was told before.
    const others = distinct(reachable, bestRule(simulation))
    return others.length > 0
      ? [ruleList(others.slice(0, MOST_RULES_IN_BRIEF), 'simulation.others_title')]
      : [t('simulation.no_other')]
  }
  const never = simulation.rules.filter((rule) => !rule.entitled && rule.entitledOn === null)
  const say: Say[] = reachable.length === 0 ? [] : [ruleList(reachable, 'simulation.all_title')]
  if (never.length > 0) {
    const lines = never.map((rule) => {
      const missing = rule.conditions.filter((condition) => !condition.met).map(conditionLine)
      return [`• ${ruleName(rule.id)}`, ...missing].join('\n')
    })
    say.push([t('simulation.never_title'), ...lines].join('\n'))
  }
  return say
}

function ruleList(rules: SimulationRule[], title: TextKey): string {
  const lines = rules.map((rule) => {
    const amount = rule.benefit?.amount
    const params = { rule: ruleName(rule.id), date: longDate(rule.entitledOn ?? '') }
    if (rule.entitled) {
      return amount == null
        ? t('simulation.line_now', params)
        : t('simulation.line_now_amount', { ...params, amount: money(amount) })
    }
    return amount == null
      ? t('simulation.line', params)
      : t('simulation.line_amount', { ...params, amount: money(amount) })
  })
  return [t(title), ...lines].join('\n')
}

/** What was taken as given. */
export function assumptions(simulation: Simulation): Say[] {
  const lines = simulation.assumptions.map(assumptionLine).filter((line) => line !== undefined)
  // In brief the result only said that something is pending.
  const pending = simulation.pending.length > 0 && (isShort() || lines.length === 0)
  if (lines.length === 0) return [pending ? pendingLine(simulation) : t('simulation.no_assumptions')]
  return [...(pending ? [pendingLine(simulation)] : []), ...titled('simulation.assumptions_title', lines)]
}

/** A title and its lines as one bubble; nothing without lines. */
function titled(title: TextKey, lines: string[]): Say[] {
  if (lines.length === 0) return []
  return [[t(title), ...lines.map((line) => t('format.item', { text: line }))].join('\n')]
}

/**
 * What waiting is worth, as the INSS API compared it: the date that makes up soonest for what waiting costs. Undefined
 * when no later date pays more, or when the amount of a rule is not known, which may pay more today.
 */
export function waitingWorth(
  simulation: Simulation,
): { text: string; on: string; recoveredIn: number } | undefined {
  const { comparison, asOf } = simulation
  if (ruleWithGap(simulation) !== undefined) return undefined
  const [best] = bySoonestRecovery(comparison?.later ?? [])
  if (best === undefined) return undefined
  const now = (comparison?.from.on ?? asOf) <= asOf
  return {
    text: t(now ? 'simulation.wait_now' : 'simulation.wait_later', worth(best)),
    on: best.on,
    recoveredIn: best.recoveredIn,
  }
}

/** The later dates that pay more, each with what it takes to make up for the wait. */
export function waitingDates(simulation: Simulation): Say[] {
  const { comparison } = simulation
  const gap = ruleWithGap(simulation)
  if (gap !== undefined) return [amountGap(gap)]
  if (comparison == null) return [t('simulation.wait_unknown')]
  if (comparison.later.length === 0) return [t('simulation.wait_no_gain')]
  const shown = bySoonestRecovery(comparison.later).slice(0, MOST_DATES_COMPARED)
  const lines = shown
    .sort((a, b) => a.on.localeCompare(b.on))
    .map((later) => t('simulation.wait_line', { ...worth(later), date: longDate(later.on) }))
  const { on, amount } = comparison.from
  return [[t('simulation.wait_title', { date: longDate(on), amount: money(amount) }), ...lines].join('\n')]
}

function bySoonestRecovery(later: Later[]): Later[] {
  return [...later].sort((a, b) => a.recoveredIn - b.recoveredIn)
}

function worth({ months, more, recoveredIn }: Later) {
  return { wait: inMonths(months), more: money(more), recovery: inMonths(recoveredIn) }
}

function inMonths(months: number): string {
  if (months < MONTHS_SAID_AS_MONTHS && months % 12 !== 0) return t('format.months', { n: months })
  return duration({ years: Math.floor(months / 12), months: months % 12, days: 0 })
}

/** How many months below the minimum wage can be mended. */
export function lowMonths(simulation: Simulation): number {
  return (simulation.adjustments?.years ?? []).reduce((sum, { months }) => sum + months.length, 0)
}

/** The months below the minimum wage by year, and what each way of mending them gives. */
export function mending(simulation: Simulation): Say[] {
  const { adjustments } = simulation
  if (adjustments == null) return [t('simulation.mend_none')]
  const lines = adjustments.years.map(({ year, months, completedBySurplus, leftByGrouping }) => {
    const missing = months.reduce((sum, month) => sum + month.missing, 0)
    const names = months.map(({ month }) => t(`format.month_${Number(month.slice(5))}` as TextKey))
    return [
      t('simulation.mend_year', { year, months: list(names), missing: money(missing) }),
      ...(completedBySurplus > 0 ? [t('simulation.mend_surplus', { n: completedBySurplus })] : []),
      ...(leftByGrouping > 0 ? [t('simulation.mend_grouped', { n: leftByGrouping })] : []),
    ].join(' ')
  })
  const source = isShort() ? (adjustments.source.split(';')[0] ?? '') : adjustments.source
  const total = t('simulation.mend_total', {
    before: duration(simulation.totals.time),
    after: duration(adjustments.totalsIfCompleted.time),
  })
  return [[t('simulation.mend_title', { source }), ...lines].join('\n'), total]
}

/** What another way of going on would change. */
export function compare(before: Simulation, after: Simulation, facts: Facts): Say[] {
  const was = bestRule(before)
  const is = bestRule(after)
  const intro =
    facts.next === 'stop'
      ? t('simulation.if_stop')
      : t('simulation.if_pay_more', { salary: money(facts.newSalary ?? 0) })
  if (is === undefined) return [`${intro}\n${t('simulation.if_never')}`]
  const date = is.entitled ? t('simulation.already_now') : longDate(is.entitledOn ?? '')
  const amount = is.benefit?.amount
  const params = { rule: ruleName(is.id), date }
  const now =
    amount == null
      ? t('simulation.if_result', params)
      : t('simulation.if_result_amount', { ...params, amount: money(amount) })
  const difference = (amount ?? 0) - (was?.benefit?.amount ?? 0)
  const same = was?.entitledOn === is.entitledOn && difference === 0
  if (same) return [`${intro}\n${t('simulation.if_same')}`]
  const change =
    amount == null || was?.benefit?.amount == null || difference === 0
      ? ''
      : ` ${t(difference > 0 ? 'simulation.if_more' : 'simulation.if_less', { difference: money(Math.abs(difference)) })}`
  return [`${intro}\n${now}${change}`]
}
