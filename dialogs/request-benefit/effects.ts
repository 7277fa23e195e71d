import { dateWithWeekday, longDate, money } from '../../src/format'
import type { BenefitRequest, Entitlement } from '../../src/inss/schemas'
import { hasText, isShort, t } from '../../src/text'
import { conditionLine, ruleName } from '../law-words'
import type { Context, Found, Say } from '../service'
import type { Checked, Kind, RequestFacts } from './dialog'

type Facts = Partial<RequestFacts>

/** A child born in the last year that the registry already told the INSS about: then neither is asked. */
export async function findNewborn(_: Facts, context: Context): Promise<Found<RequestFacts>> {
  const { dependants } = await context.inss.citizen(await context.login.token())
  const yearAgo = `${Number(context.today.slice(0, 4)) - 1}${context.today.slice(4)}`
  const [newborn] = dependants
    .filter(
      (each) => each.kinship === 'filho' && each.birthDate >= yearAgo && each.birthDate <= context.today,
    )
    .sort((a, b) => b.birthDate.localeCompare(a.birthDate))
  const known =
    newborn === undefined ? null : { name: newborn.name.split(' ')[0] ?? '', birthDate: newborn.birthDate }
  return { facts: { newborn: known } }
}

/** Checks the right against the record and says it; a right by the other kind of retirement is offered instead. */
export async function checkEntitlement(facts: Facts, context: Context): Promise<Found<RequestFacts>> {
  const kind = facts.kind ?? 'aposentadoria-idade'
  const found = await check(kind, facts, context)
  if (found === undefined)
    return { say: [t('request.cannot_check')], end: 'answered', person: 'service_needs_person' }
  if (found.existingProtocol != null) return { say: existing(kind, found.existingProtocol), end: 'answered' }
  const other = found.entitled ? undefined : otherRetirement(kind)
  const instead = other === undefined ? undefined : await check(other, facts, context)
  if (other !== undefined && instead?.entitled === true && instead.existingProtocol == null) {
    const switched = t('request.other_kind', {
      asked: t(`request.kind_${kind}`),
      other: t(`request.kind_${other}`),
    })
    return { say: [switched, ...verdict(instead)], facts: { kind: other, checked: keep(instead) } }
  }
  context.record({ type: 'entitlement_checked', service: kind, entitled: found.entitled })
  if (found.paidBy === 'employer')
    return { say: [found.notice ?? t('request.paid_by_employer')], end: 'answered' }
  return { say: verdict(found), facts: { checked: keep(found) } }
}

/** Checks once more with what the person added, which may change the day it starts and the amount. */
export async function checkAgain(facts: Facts, context: Context): Promise<Found<RequestFacts>> {
  const found = await check(facts.kind ?? 'aposentadoria-idade', facts, context)
  if (found === undefined)
    return { say: [t('request.cannot_check')], end: 'answered', person: 'service_needs_person' }
  const lacks = facts.checked?.lacks ?? []
  return { facts: { checked: { ...keep(found), lacks }, rechecked: true } }
}

/** What goes to the INSS, for the person to confirm. */
export function summary(facts: Facts): Say[] {
  const { checked } = facts
  const lines = [
    t('request.summary_kind', { kind: t(`request.kind_${facts.kind ?? 'aposentadoria-idade'}`) }),
    ...(facts.eventKind === undefined
      ? []
      : [t('request.summary_event', { event: t(`request.event_${facts.eventKind}`) })]),
    ...(facts.eventDate === undefined
      ? []
      : [t('request.summary_date', { date: longDate(facts.eventDate) })]),
    ...(checked?.startDate === undefined
      ? []
      : [t('request.summary_start', { date: longDate(checked.startDate) })]),
    ...(checked?.amount === undefined
      ? []
      : [t('request.summary_amount', { amount: money(checked.amount) })]),
    ...(checked?.bank === undefined ? [] : [t('request.summary_bank', { bank: checked.bank })]),
  ]
  return [[t('request.summary_title'), ...lines].join('\n'), t('request.ask_confirm')]
}

/** Sends the request after the yes, once: the same yes can be taken again after a crash and has one effect. */
export async function sendRequest(facts: Facts, context: Context): Promise<Found<RequestFacts>> {
  if (facts.confirmed === undefined || facts.confirmed === 'no') {
    return { say: [t('request.not_sent')], end: 'repair_cancelled' }
  }
  const kind = facts.kind ?? 'aposentadoria-idade'
  const body = { service: kind, facts: factsForInss(facts), declaration: true }
  const key = `${context.conversationId}.${facts.confirmed}`
  const answer = await context.inss.createRequest(await context.login.token(), body, key)
  if (!answer.ok) {
    if (answer.protocol !== undefined) return { say: existing(kind, answer.protocol), end: 'answered' }
    return { say: [t('request.refused')], end: 'error_inss', person: 'service_needs_person' }
  }
  context.record({ type: 'benefit_requested', service: kind, status: answer.value.status })
  const { serviceName, protocol } = answer.value
  const done = `${serviceName}: ${protocol}`
  const said = { say: tell(answer.value), facts: { requested: true }, done } as const
  // Nobody waits for news of a request that was decided at once.
  const waits = answer.value.status === 'in_analysis' && context.notices?.carries === true
  if (!waits || (await context.notices?.current())?.includes('pedido')) return { ...said, end: 'answered' }
  return { ...said, start: { service: 'notices', facts: { wish: 'offer' } } }
}

/** The state of a request in words: granted with start, amount, bank and law; otherwise what happens next. */
export function tell(request: BenefitRequest): Say[] {
  const protocol = t('request.protocol', { protocol: request.protocol })
  const { decision, analysis } = request
  switch (request.status) {
    case 'granted': {
      const lines = [
        ...(decision?.amount == null
          ? []
          : [t('request.granted_amount', { amount: money(decision.amount) })]),
        ...(decision?.startDate == null
          ? []
          : [t('request.granted_start', { date: longDate(decision.startDate) })]),
        ...(decision?.firstPaymentDate == null
          ? []
          : [t('request.granted_first_payment', { date: dateWithWeekday(decision.firstPaymentDate) })]),
        ...(decision?.bankName == null ? [] : [t('request.granted_bank', { bank: decision.bankName })]),
        ...(decision?.benefitNumber == null
          ? []
          : [t('request.granted_number', { number: decision.benefitNumber })]),
      ]
      const sources = (decision?.legalBasis ?? []).map((basis) => basis.source)
      const law = sources.slice(0, isShort() ? 1 : sources.length).join('; ')
      const say: Say[] = [
        t(request.automatic ? 'request.granted_automatic' : 'request.granted', {
          service: request.serviceName,
        }),
        protocol,
        lines.join('\n'),
        ...(law === '' ? [] : [t('request.law', { law })]),
        ...(decision?.amountStatus === 'provisional' ? [t('request.provisional')] : []),
      ]
      return say.filter((bubble) => bubble !== '')
    }
    case 'in_analysis':
    case 'needs_document': {
      // In brief: what to do and until when; the reasons were said before the request was sent.
      const why = isShort() ? [] : (analysis?.reason ?? [])
      const reasons = why.map((each) => t('format.item', { text: each.text }))
      const waits = !isShort() || request.status === 'in_analysis'
      return [
        t(`request.status_${request.status}`, { service: request.serviceName }),
        protocol,
        ...(reasons.length > 0 ? [[t('request.analysis_why'), ...reasons].join('\n')] : []),
        ...(analysis?.nextStep == null ? [] : [analysis.nextStep]),
        ...(analysis?.referenceDeadline == null || !waits
          ? []
          : [
              t('request.deadline', {
                date: longDate(analysis.referenceDeadline),
                days: analysis.deadlineDays ?? 0,
              }),
            ]),
      ]
    }
    case 'denied': {
      const missing = (analysis?.conditions ?? []).filter((condition) => !condition.met).map(conditionLine)
      return [
        t('request.status_denied', { service: request.serviceName }),
        protocol,
        ...(missing.length > 0 ? [missing.join('\n')] : []),
        t('request.appeal'),
      ]
    }
    case 'withdrawn':
      return [t('request.status_withdrawn', { service: request.serviceName }), protocol]
  }
}

async function check(kind: Kind, facts: Facts, context: Context): Promise<Entitlement | undefined> {
  const answer = await context.inss.checkEntitlement(await context.login.token(), {
    service: kind,
    facts: factsForInss({ ...facts, kind }),
  })
  return answer.ok ? answer.value : undefined
}

/** The `facts` of the INSS API for this kind of benefit: only what the person gave. */
function factsForInss(facts: Facts): object {
  const bank = facts.paymentBank === undefined ? {} : { paymentBank: facts.paymentBank }
  if (facts.kind !== 'salario-maternidade') {
    return { ...bank, ...(facts.leftLastJobOn !== undefined && { leftLastJobOn: facts.leftLastJobOn }) }
  }
  const certificate =
    facts.certificate === undefined || facts.certificate === null ? null : { registry: facts.certificate }
  return {
    ...bank,
    eventKind: facts.eventKind,
    eventDate: facts.eventDate,
    ...(facts.certificate !== undefined && { certificate }),
  }
}

function otherRetirement(kind: Kind): Kind | undefined {
  if (kind === 'aposentadoria-idade') return 'aposentadoria-tempo-contribuicao'
  return kind === 'aposentadoria-tempo-contribuicao' ? 'aposentadoria-idade' : undefined
}

function keep(found: Entitlement): Checked {
  return {
    entitled: found.entitled,
    automatic: found.automatic,
    ...(found.rule != null && { rule: found.rule }),
    ...(found.benefit?.amount != null && { amount: found.benefit.amount }),
    ...(found.benefit?.amountStatus === 'provisional' && { provisional: true }),
    ...(found.benefit != null && { startDate: found.benefit.startDate }),
    ...(found.benefit?.endDate != null && { endDate: found.benefit.endDate }),
    ...(found.paymentAccount != null && { bank: found.paymentAccount.bankName }),
    ...(found.decisionDeadlineDays != null && { deadlineDays: found.decisionDeadlineDays }),
    lacks: found.lacks,
  }
}

function verdict(found: Entitlement): Say[] {
  if (isShort()) return verdictInBrief(found)
  const conditions = found.conditions.map(conditionLine)
  const rule = nameOf(found)
  const title = found.entitled
    ? rule === undefined
      ? t('request.entitled')
      : t('request.entitled_by', { rule })
    : t('request.not_entitled')
  const say: Say[] = [[title, ...conditions].join('\n')]
  if (found.notice != null) say.push(found.notice)
  if (found.entitled && !found.automatic) say.push(t('request.will_be_analysed'))
  return say
}

/** The outcome with its law, or what is missing; and what the INSS wants said, unless a shorter text says it. */
function verdictInBrief(found: Entitlement): Say[] {
  const rule = nameOf(found)
  const law = found.conditions[0]?.source
  const missing = found.conditions.filter((condition) => !condition.met).map(conditionLine)
  const entitled = [
    rule === undefined ? t('request.entitled') : t('request.entitled_by', { rule }),
    ...(law === undefined ? [] : [t('request.law', { law })]),
  ]
  const say: Say[] = [
    found.entitled ? entitled.join(' ') : [t('request.not_entitled'), ...missing].join('\n'),
  ]
  const onlyProvisional = found.automatic && found.benefit?.amountStatus === 'provisional'
  if (found.notice != null) say.push(onlyProvisional ? t('request.provisional') : found.notice)
  else if (found.entitled && !found.automatic) say.push(t('request.will_be_analysed'))
  return say
}

function nameOf({ rule }: Entitlement): string | undefined {
  return rule != null && hasText(`law.rule_${rule}`) ? ruleName(rule) : undefined
}

function existing(kind: Kind, protocol: string): Say[] {
  return [t('request.exists', { kind: t(`request.kind_${kind}`), protocol }), t('request.exists_follow')]
}
