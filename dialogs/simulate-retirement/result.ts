import { duration, longDate, money } from '../../src/format'
import type { Answer as InssAnswer } from '../../src/inss/client'
import type { Simulation, SimulationRule } from '../../src/inss/schemas'
import { hasText, isAboutRelative, isShort, type TextKey, t } from '../../src/text'
import { conditionLine, pendingLine, ruleName } from '../law-words'
import type { Context, Found, Say } from '../service'
import {
  allRules,
  amountGap,
  assumptions,
  calculated,
  compare,
  lowMonths,
  mending,
  waitingDates,
  waitingWorth,
  why,
} from './details'
import { choiceRecord, type FollowUp, type SimulationFacts } from './dialog'
import { bestRule, ruleWithGap, waiting, within } from './rules'

type Facts = Partial<SimulationFacts>
type Projection = { contributes: boolean; monthlySalary?: number }

/** How long a wait for a higher amount is worth mentioning unasked. */
const YEARS_WORTH_WAITING = 10
/** Whoever would need longer to get back what they did not receive meanwhile is told of it only when they ask. */
const MONTHS_TO_RECOVER = 15 * 12

/** Simulates and says whether, when and how much; why and how can be asked. */
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
    facts: {
      result: true,
      waits: waitingWorth(simulation) !== undefined,
      mends: simulation.adjustments != null,
      ...(apply && { applyFor: apply }),
    },
    // What was offered before a correction may not be due any more.
    ...(apply === undefined && { forget: ['applyFor'] }),
    ...((ruleWithGap(simulation) !== undefined || ruralApart(facts)) && {
      person: 'service_needs_person' as const,
    }),
  }
}

/** The outcome, what waiting is worth and what can be mended; the reasons and the sum are offered. */
function atLength(facts: Facts, simulation: Simulation, best: SimulationRule | undefined): Say[] {
  const worth = waitingWorth(simulation)
  const pays = worth !== undefined && worth.recoveredIn <= MONTHS_TO_RECOVER
  const gap = ruleWithGap(simulation)
  const low = lowMonths(simulation)
  return [
    ...understood(facts, simulation),
    headline(simulation, best),
    ...(ruralApart(facts) ? [t('simulation.rural_apart')] : []),
    ...(best === undefined && simulation.totals.age.years >= BPC_AGE ? [t('answers.rules_bpc')] : []),
    ...(gap === undefined ? [] : [amountGap(gap)]),
    ...(pays && within(simulation.asOf, worth.on, YEARS_WORTH_WAITING) ? [worth.text] : []),
    ...(simulation.pending.length > 0 ? [pendingLine(simulation)] : []),
    ...(low > 0 ? [t('simulation.mend_hint', { n: low })] : []),
    ...(facts.source === 'told' ? [t('simulation.estimate')] : []),
  ]
}

/** The outcome and the one thing it hangs on, as one message; everything else can be asked for. */
function inBrief(facts: Facts, simulation: Simulation, best: SimulationRule | undefined): Say[] {
  const gap = ruleWithGap(simulation)
  const low = lowMonths(simulation)
  // What asks for something to be done comes before the reason, which can be asked for.
  const reason =
    gap === undefined && low === 0
      ? (best?.conditions.find((condition) => !condition.met) ?? best?.conditions[0])
      : undefined
  const sentences = [
    headline(simulation, best),
    ...(ruralApart(facts) ? [t('simulation.rural_apart')] : []),
    ...(gap === undefined ? [] : [amountGap(gap)]),
    ...(reason === undefined ? [] : [conditionLine(reason)]),
    ...(simulation.pending.length > 0 ? [t('simulation.pending_hint')] : []),
    ...(low > 0 ? [t('simulation.mend_hint', { n: low })] : []),
    ...(facts.source === 'told' ? [t('simulation.estimate')] : []),
    ...(facts.age === undefined ? [] : [t('simulation.from_age', { age: facts.age })]),
  ]
  return [sentences.join(' ')]
}

/** Work on the land that was told of; the record has what is proved of it. */
function ruralApart(facts: Facts): boolean {
  return facts.rural === true && facts.source === 'told'
}

/** Lei 8.742/1993, art. 20. */
const BPC_AGE = 65

/** The questions offered after the result, in the order shown. */
export function followUps(facts: Facts): { id: FollowUp; title: string }[] {
  const ids = isShort() ? fewFollowUps(facts) : allFollowUps(facts)
  const title = (id: FollowUp) => {
    const ofRelative = `simulation.next_${id}_kin`
    return t(isAboutRelative() && hasText(ofRelative) ? ofRelative : (`simulation.next_${id}` as TextKey))
  }
  return ids.map((id) => ({ id, title: title(id) }))
}

function allFollowUps(facts: Facts): FollowUp[] {
  return [
    'why',
    'calculated',
    'all_rules',
    ...later(facts),
    ...(facts.applyFor === undefined ? [] : (['apply'] as const)),
    'stop',
    'pay_more',
    ...(facts.source === 'told' ? (['log_in'] as const) : []),
    'done',
  ]
}

/** What the INSS API's answer has more to say about. */
function later(facts: Facts): FollowUp[] {
  return [
    ...(facts.waits === true ? (['wait'] as const) : []),
    ...(facts.mends === true ? (['mend'] as const) : []),
  ]
}

/** Two steps of a few: a list of all would cost more than the result it stands below. */
function fewFollowUps(facts: Facts): FollowUp[] {
  const apply: FollowUp[] = facts.applyFor === undefined ? [] : ['apply']
  if (facts.more !== true) return ['why', ...apply, 'more', 'done']
  return facts.source === 'told'
    ? [...later(facts), 'stop', 'all_rules', 'assumptions', 'log_in', 'done']
    : [...later(facts), 'stop', 'pay_more', 'all_rules', 'assumptions', 'done']
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
      if (facts.source === 'told')
        return { say: [t('simulation.pay_more_needs_record', { choice: choiceRecord() })], ...again }
      break
  }
  const before = await simulate(facts, context)
  if (!before.ok) return refusal(facts, before.code)
  if (facts.next === 'why') return { say: why(before.value, facts), ...again }
  if (facts.next === 'calculated') return { say: calculated(before.value, facts), ...again }
  if (facts.next === 'wait') return { say: waitingDates(before.value), ...again }
  if (facts.next === 'mend') return { say: mending(before.value), ...again }
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
function toldRequest(facts: Facts, today: string, projection?: Projection): object {
  const still = facts.stillContributing === true
  const until = still ? today : (facts.stoppedOn ?? today)
  const { years = 0, months = 0, days = 0 } = facts.time ?? {}
  return {
    asOf: today,
    sex: facts.sex,
    birthDate: facts.birthDate ?? birthFromAge(facts.age ?? 0, today),
    summary: {
      timeUntil: { date: until, years, months, days },
      afterReform: still ? 'continuous' : 'none',
      ...(typeof facts.averageSalary === 'number' && { averageSalary: facts.averageSalary }),
    },
    projection: projection ?? { contributes: still },
  }
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
  const { years, months, days } = simulation.totals.time
  const never = years + months + days === 0
  const say: Say[] = [
    typeof salary === 'number'
      ? t('simulation.from_told_salary', { ...params, salary: money(salary) })
      : t(never ? 'simulation.from_told_never' : 'simulation.from_told', params),
  ]
  if (facts.birthDate === undefined) say.push(t('simulation.from_age', { age: facts.age ?? 0 }))
  return say
}

function headline(simulation: Simulation, best: SimulationRule | undefined): string {
  if (best === undefined) return t('simulation.never')
  const rule = ruleName(best.id)
  const amount = best.benefit?.amount
  if (best.entitled) {
    if (amount == null) return t('simulation.yes', { rule })
    // A rule whose amount is not known may pay more than the one that pays most of those that are.
    const known = ruleWithGap(simulation) !== undefined
    return t(known ? 'simulation.yes_known' : 'simulation.yes_amount', { rule, amount: money(amount) })
  }
  const date = best.entitledOn ?? simulation.asOf
  const params = { rule, date: longDate(date), wait: waiting(simulation.asOf, date) }
  return amount == null
    ? t('simulation.not_yet', params)
    : t('simulation.not_yet_amount', { ...params, amount: money(amount) })
}

function serviceOfRule(id: string): 'aposentadoria-idade' | 'aposentadoria-tempo-contribuicao' | undefined {
  if (id === 'art18_idade' || id === 'art19_programada' || id === 'direito_adquirido_idade')
    return 'aposentadoria-idade'
  if (/^(art15_pontos|art16_idade|art17_|art20_pedagio|direito_adquirido_tc)/.test(id))
    return 'aposentadoria-tempo-contribuicao'
  return undefined
}
