import { duration, list, longDate, money, timeBetween } from '../../src/format'
import type { Answer as InssAnswer } from '../../src/inss/client'
import type { Simulation, SimulationRule } from '../../src/inss/schemas'
import { isShort, type TextKey, t } from '../../src/text'
import { assumptionLine, conditionLine, pendingLine, ruleName } from '../law-words'
import type { Context, Found, Say } from '../service'
import type { FollowUp, SimulationFacts } from './dialog'

type Facts = Partial<SimulationFacts>
type Projection = { contributes: boolean; monthlySalary?: number }

const MOST_RULES_IN_A_LIST = 6
/** Later dates say little to someone who plans a life; "ver todas as regras" still shows them. */
const YEARS_IN_LIST = 20
/** How long a wait for a higher amount is worth mentioning unasked. */
const YEARS_WORTH_WAITING = 10

/** Simulates and says whether, when, how much and why. */
export async function tellResult(facts: Facts, context: Context): Promise<Found<SimulationFacts>> {
  const answer = await simulate(facts, context)
  if (!answer.ok) return refusal(facts, answer.code)
  const simulation = answer.value
  context.record({
    type: 'retirement_simulated',
    source: facts.source,
    entitled: simulation.rules.some((r) => r.entitled),
  })
  const best = bestRule(simulation)
  const apply = best?.entitled === true ? serviceOfRule(best.id) : undefined
  return {
    say: isShort() ? inBrief(facts, simulation, best) : atLength(facts, simulation, best),
    facts: { result: true, ...(apply && { applyFor: apply }) },
  }
}

function atLength(facts: Facts, simulation: Simulation, best: SimulationRule | undefined): Say[] {
  const say: Say[] = [...understood(facts, simulation), headline(simulation, best)]
  if (best !== undefined) say.push(whyRule(best))
  const others = distinct(rulesByDate(simulation), best).filter((rule) =>
    within(simulation.asOf, rule, YEARS_IN_LIST),
  )
  if (others.length > 0) say.push(ruleList(others))
  if (simulation.pending.length > 0) say.push(pendingLine(simulation))
  if (facts.source === 'told') say.push(t('simulation.estimate'))
  return say
}

/** The outcome and the one thing it hangs on, as one message; everything else can be asked for. */
function inBrief(facts: Facts, simulation: Simulation, best: SimulationRule | undefined): Say[] {
  const reason = best?.conditions.find((condition) => !condition.met) ?? best?.conditions[0]
  const sentences = [
    headline(simulation, best),
    ...(reason === undefined ? [] : [conditionLine(reason)]),
    ...(simulation.pending.length > 0 ? [t('simulation.pending_hint')] : []),
    ...(facts.source === 'told' ? [t('simulation.estimate')] : []),
    ...(facts.age === undefined ? [] : [t('simulation.from_age', { age: facts.age })]),
  ]
  return [sentences.join(' ')]
}

/** The questions offered after the result, in the order shown. */
export function followUps(facts: Facts): { id: FollowUp; title: string }[] {
  const ids = isShort() ? fewFollowUps(facts) : allFollowUps(facts)
  return ids.map((id) => ({ id, title: t(`simulation.next_${id}` as TextKey) }))
}

function allFollowUps(facts: Facts): FollowUp[] {
  return [
    'why',
    'stop',
    'pay_more',
    ...(facts.applyFor === undefined ? (['all_rules'] as const) : (['apply'] as const)),
    ...(facts.source === 'told' ? (['log_in'] as const) : (['assumptions'] as const)),
    'done',
  ]
}

/** Two steps of a few: a list of all would cost more than the result it stands below. */
function fewFollowUps(facts: Facts): FollowUp[] {
  const apply: FollowUp[] = facts.applyFor === undefined ? [] : ['apply']
  if (facts.more !== true) return ['why', ...apply, 'more', 'done']
  return facts.source === 'told'
    ? ['stop', 'all_rules', 'assumptions', 'log_in', 'done']
    : ['stop', 'pay_more', 'all_rules', 'assumptions', 'done']
}

/** Answers one follow-up and goes back to asking what else. */
export async function answerFollowUp(facts: Facts, context: Context): Promise<Found<SimulationFacts>> {
  const again = { forget: ['next', 'newSalary', 'followUp', 'more'] as (keyof SimulationFacts & string)[] }
  switch (facts.next) {
    case 'done':
      return { say: [t('simulation.done')], end: 'answered' }
    case 'more':
      return { facts: { more: true }, forget: ['next', 'followUp'] }
    case 'apply':
      return {
        say: [t('simulation.to_request')],
        start: { service: 'request-benefit', facts: { kind: facts.applyFor ?? 'aposentadoria-idade' } },
      }
    case 'log_in':
      return { facts: { source: 'record' }, forget: [...again.forget, 'result'] }
    case 'pay_more':
      if (facts.source === 'told') return { say: [t('simulation.pay_more_needs_record')], ...again }
      break
  }
  const before = await simulate(facts, context)
  if (!before.ok) return refusal(facts, before.code)
  if (facts.next === 'why') return { say: why(before.value, facts), ...again }
  if (facts.next === 'all_rules') return { say: allRules(before.value), ...again }
  if (facts.next === 'assumptions') return { say: assumptions(before.value), ...again }
  const projection: Projection =
    facts.next === 'stop'
      ? { contributes: false }
      : { contributes: true, monthlySalary: facts.newSalary ?? context.amounts.minimumWage }
  const after = await simulate(facts, context, projection)
  if (!after.ok) return refusal(facts, after.code)
  return { say: compare(before.value, after.value, facts), ...again }
}

function simulate(facts: Facts, context: Context, projection?: Projection): Promise<InssAnswer<Simulation>> {
  if (facts.source === 'record') {
    return context.login
      .token()
      .then((token) => context.inss.simulateFromRecord(token, projection ? { projection } : {}))
  }
  return context.inss.simulate(toldRequest(facts, context.today, projection))
}

/** The body of POST /v1/retirement-simulations from what the person told. */
export function toldRequest(facts: Facts, today: string, projection?: Projection): object {
  const still = facts.stillContributing === true
  const until = still ? today : (facts.stoppedOn ?? today)
  const { years = 0, months = 0, days = 0 } = facts.time ?? {}
  const time = { years, months, days }
  const beforeReform = until <= REFORM
  return {
    asOf: today,
    sex: facts.sex,
    birthDate: facts.birthDate ?? birthFromAge(facts.age ?? 0, today),
    affiliatedBeforeReform: beforeReform || startedBeforeReform(until, years, months, days),
    summary: {
      ...(beforeReform ? { timeAtReform: time } : { timeUntil: { date: until, ...time } }),
      afterReform: still ? 'continuous' : 'none',
      ...(typeof facts.averageSalary === 'number' && { averageSalary: facts.averageSalary }),
    },
    projection: projection ?? { contributes: still },
  }
}

/** Last day of the old rules (EC 103/2019). */
const REFORM = '2019-11-13'

/** Whether contributions without a gap that end on `until` began by the reform. */
function startedBeforeReform(until: string, years: number, months: number, days: number): boolean {
  const gone = timeBetween(REFORM, until)
  return (years * 12 + months) * 30 + days > (gone.years * 12 + gone.months) * 30 + gone.days
}

/** Someone who gave only their age is taken to have had the birthday today: no right is announced too early. */
function birthFromAge(age: number, today: string): string {
  const year = Number(today.slice(0, 4)) - age
  return today.endsWith('-02-29') ? `${year}-03-01` : `${year}${today.slice(4)}`
}

function refusal(facts: Facts, code: string): Found<SimulationFacts> {
  if (code === 'law-gap' || code === 'law_gap')
    return { say: [t('simulation.law_gap')], end: 'answered', person: 'service_needs_person' }
  if (facts.source === 'record')
    return { say: [t('simulation.record_unusable')], end: 'answered', person: 'service_needs_person' }
  return {
    say: [t('simulation.impossible')],
    forget: ['time', 'timeHelp', 'birthDate', 'age', 'stoppedOn', 'stillContributing'],
  }
}

function understood(facts: Facts, simulation: Simulation): Say[] {
  const params = {
    age: duration({ ...simulation.totals.age, days: 0 }),
    time: duration(simulation.totals.time),
    carencia: simulation.totals.carencia,
  }
  if (facts.source === 'record') return [t('simulation.from_record', params)]
  const salary = facts.averageSalary
  const say: Say[] = [
    typeof salary === 'number'
      ? t('simulation.from_told_salary', { ...params, salary: money(salary) })
      : t('simulation.from_told', params),
  ]
  if (facts.birthDate === undefined) say.push(t('simulation.from_age', { age: facts.age ?? 0 }))
  return say
}

function headline(simulation: Simulation, best: SimulationRule | undefined): string {
  if (best === undefined) return t('simulation.never')
  const rule = ruleName(best.id)
  const amount = best.benefit?.amount
  if (best.entitled) {
    return amount == null
      ? t('simulation.yes', { rule })
      : t('simulation.yes_amount', { rule, amount: money(amount) })
  }
  const date = best.entitledOn ?? simulation.asOf
  const params = { rule, date: longDate(date), wait: waiting(simulation.asOf, date) }
  const soonest =
    amount == null
      ? t('simulation.not_yet', params)
      : t('simulation.not_yet_amount', { ...params, amount: money(amount) })
  const highest = simulation.rules.find((each) => each.id === simulation.best.highest)
  if (highest === undefined || highest === best) return soonest
  if (highest.entitledOn == null || highest.benefit?.amount == null) return soonest
  if (!within(simulation.asOf, highest, YEARS_WORTH_WAITING)) return soonest
  if (amount != null && highest.benefit.amount <= amount) return soonest
  const more = {
    rule: ruleName(highest.id),
    date: longDate(highest.entitledOn),
    amount: money(highest.benefit.amount),
  }
  return `${soonest} ${t('simulation.higher_later', more)}`
}

function waiting(from: string, to: string): string {
  return duration(timeBetween(from, to))
}

/** Conditions of the best rule, met and missing, each with its article. */
function whyRule(rule: SimulationRule): string {
  const lines = rule.conditions.map(conditionLine)
  return [t('simulation.why_title', { rule: ruleName(rule.id) }), ...lines].join('\n')
}

function ruleList(rules: SimulationRule[]): string {
  const lines = rules.slice(0, MOST_RULES_IN_A_LIST).map((rule) => {
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
  return [t('simulation.others_title'), ...lines].join('\n')
}

function why(simulation: Simulation, facts: Facts): Say[] {
  const best = bestRule(simulation)
  if (best === undefined) return allRules(simulation)
  const { benefit } = best
  const say: Say[] = [whyRule(best)]
  if (benefit?.amount == null) {
    say.push(t(facts.averageSalary === null ? 'simulation.no_amount_without_salary' : 'simulation.no_amount'))
  } else if (benefit.average != null) {
    const sources = benefit.source ?? []
    say.push(calculation(benefit, list(isShort() ? sources.slice(0, 1) : sources)))
  }
  return isShort() ? say : [...say, ...assumptions(simulation)]
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

function allRules(simulation: Simulation): Say[] {
  const reachable = rulesByDate(simulation)
  if (isShort()) {
    // The best one was told before.
    const others = distinct(reachable, bestRule(simulation))
    return others.length > 0 ? [ruleList(others)] : [t('simulation.no_other')]
  }
  const never = simulation.rules.filter((rule) => !rule.entitled && rule.entitledOn === null)
  const say: Say[] = reachable.length === 0 ? [] : [ruleList(reachable)]
  if (never.length > 0) {
    const lines = never.slice(0, MOST_RULES_IN_A_LIST).map((rule) => {
      const missing = rule.conditions.filter((condition) => !condition.met).map(conditionLine)
      return [`• ${ruleName(rule.id)}`, ...missing].join('\n')
    })
    say.push([t('simulation.never_title'), ...lines].join('\n'))
  }
  return say
}

function assumptions(simulation: Simulation): Say[] {
  const lines = simulation.assumptions.map(assumptionLine).filter((line) => line !== undefined)
  // In brief the result only said that something is pending.
  const pending = simulation.pending.length > 0 && (isShort() || lines.length === 0)
  if (lines.length === 0) return [pending ? pendingLine(simulation) : t('simulation.no_assumptions')]
  const assumed = [
    t('simulation.assumptions_title'),
    ...lines.map((line) => t('format.item', { text: line })),
  ]
  return [...(pending ? [pendingLine(simulation)] : []), assumed.join('\n')]
}

function compare(before: Simulation, after: Simulation, facts: Facts): Say[] {
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

/** Of the rules met today the one that pays most; otherwise the one that comes first. */
function bestRule(simulation: Simulation): SimulationRule | undefined {
  const met = simulation.rules.filter((rule) => rule.entitled)
  if (met.length > 0) {
    return met.reduce((best, rule) =>
      (rule.benefit?.amount ?? 0) > (best.benefit?.amount ?? 0) ? rule : best,
    )
  }
  return simulation.rules.find((rule) => rule.id === simulation.best.soonest) ?? rulesByDate(simulation)[0]
}

function rulesByDate(simulation: Simulation): SimulationRule[] {
  return simulation.rules
    .filter((rule) => rule.entitled || rule.entitledOn !== null)
    .sort((a, b) => (a.entitledOn ?? '').localeCompare(b.entitledOn ?? ''))
}

function within(asOf: string, rule: SimulationRule, years: number): boolean {
  const limit = `${Number(asOf.slice(0, 4)) + years}${asOf.slice(4)}`
  return (rule.entitledOn ?? asOf) <= limit
}

/** Rules that give the same amount on the same day say nothing new. */
function distinct(rules: SimulationRule[], shown: SimulationRule | undefined): SimulationRule[] {
  const same = (rule: SimulationRule) => `${rule.entitledOn} ${rule.benefit?.amount}`
  const seen = new Set(shown === undefined ? [] : [same(shown)])
  return rules.filter((rule) => rule !== shown && !seen.has(same(rule)) && seen.add(same(rule)) !== undefined)
}

function serviceOfRule(id: string): 'aposentadoria-idade' | 'aposentadoria-tempo-contribuicao' | undefined {
  if (id === 'art18_idade' || id === 'art19_programada' || id === 'direito_adquirido_idade')
    return 'aposentadoria-idade'
  if (/^(art15_pontos|art16_idade|art17_|art20_pedagio|direito_adquirido_tc)/.test(id))
    return 'aposentadoria-tempo-contribuicao'
  return undefined
}
