import { calendar, decisionDeadline } from '../../law'
import type { Transaction } from '../db/database'
import { grantedBenefits } from '../db/schema'
import type { Finding, FoundBenefit } from '../decisions/finding'
import { verdictOf } from '../decisions/finding'
import { firstPaymentDate, isAboveMinimum, payingPlace } from '../decisions/payout'
import { dateWords, moneyWords } from '../decisions/words'
import type { Deps } from '../deps'
import type { Analysis, Decision, ServiceId } from '../schemas/requests'
import type { CitizenRecord } from '../sources/record-source'
import { appealBasis, appealDays, appealStep, waitStep } from './history'
import {
  freeBenefitNumber,
  freeProtocol,
  insertRequest,
  type NewEvent,
  type NewRequestRow,
  type RequestRow,
} from './store'

type PaymentBank = Parameters<typeof payingPlace>[1]

export type Asked = {
  service: ServiceId
  facts: { paymentBank?: PaymentBank } & Record<string, unknown>
  der: string
  now: Date
}

/** Write a new request with the decision its finding allows: granted with its benefit, denied, or in analysis. */
export async function decide(
  tx: Transaction,
  deps: Deps,
  record: CitizenRecord,
  asked: Asked,
  finding: Finding,
): Promise<RequestRow> {
  const protocol = await freeProtocol(tx)
  const verdict = verdictOf(finding)
  const { now, der, service } = asked
  const base: NewRequestRow = {
    protocol,
    cpf: record.cpf,
    service,
    status: verdict,
    createdAt: now,
    decidedAt: verdict === 'in_analysis' ? null : now,
    der,
    automatic: verdict !== 'in_analysis',
    facts: asked.facts,
    version: 1,
  }
  const created: NewEvent = { at: now, type: 'created', text: `Pedido feito em ${dateWords(der)}.` }
  const checked: NewEvent = {
    at: now,
    type: 'record_checked',
    text: 'O registro de contribuições foi conferido.',
  }
  if (verdict === 'granted' && finding.benefit?.amount != null) {
    const amount = finding.benefit.amount
    const number = await freeBenefitNumber(tx)
    const decision = decisionOf(deps, record, asked, finding, { ...finding.benefit, amount }, number)
    const events = [created, checked, grantedEvent(decision, now)]
    const row = await insertRequest(tx, { ...base, decision, analysis: null }, events)
    await insertBenefit(tx, deps, record, asked, protocol, finding.benefit, decision)
    return row
  }
  const analysis = verdict === 'denied' ? denialOf(asked, finding) : analysisOf(deps, asked, finding)
  const events = [created, checked, notGrantedEvent(verdict, analysis, now)]
  return insertRequest(tx, { ...base, decision: null, analysis }, events)
}

function decisionOf(
  deps: Deps,
  record: CitizenRecord,
  asked: Asked,
  finding: Finding,
  benefit: FoundBenefit & { amount: number },
  number: string,
): Decision {
  const aboveMinimum = isAboveMinimum(deps.parameters, benefit.amount, asked.der)
  return {
    benefitNumber: number,
    rule: finding.rule,
    startDate: benefit.startDate,
    endDate: benefit.endDate,
    amount: benefit.amount,
    amountStatus: benefit.amountStatus,
    firstPaymentDate: firstPaymentDate(
      deps.parameters,
      { number, aboveMinimum, startDate: benefit.startDate },
      asked.der,
    ),
    bankName: payingPlace(record, asked.facts.paymentBank).bankName,
    legalBasis: finding.legalBasis,
    conditions: finding.conditions,
  }
}

async function insertBenefit(
  tx: Transaction,
  deps: Deps,
  record: CitizenRecord,
  asked: Asked,
  protocol: string,
  benefit: FoundBenefit,
  decision: Decision,
): Promise<void> {
  await tx.insert(grantedBenefits).values({
    number: decision.benefitNumber,
    cpf: record.cpf,
    protocol,
    speciesCode: benefit.species.code,
    speciesName: benefit.species.name,
    startDate: decision.startDate,
    endDate: decision.endDate,
    monthlyAmount: decision.amount,
    aboveMinimum: isAboveMinimum(deps.parameters, decision.amount, asked.der),
    payment: payingPlace(record, asked.facts.paymentBank),
    firstPaymentDate: decision.firstPaymentDate ?? decision.startDate,
  })
}

function analysisOf(deps: Deps, asked: Asked, finding: Finding): Analysis {
  const { days, source } = decisionDeadline(deps.parameters, asked.service)
  const reason = [...finding.obstacles, ...finding.refusals]
  return {
    reason:
      reason.length > 0
        ? reason
        : [{ code: 'needs_person', text: 'Um servidor precisa conferir este pedido.' }],
    referenceDeadline: calendar.addDays(asked.der, days),
    deadlineDays: days,
    legalBasis: [{ source, text: 'Prazo de referência para a decisão do INSS.' }, ...finding.legalBasis],
    nextStep: [...finding.pending.flatMap((item) => item.howToSolve ?? []), waitStep]
      .filter(unique)
      .join(' '),
    conditions: finding.conditions,
  }
}

function denialOf(asked: Asked, finding: Finding): Analysis {
  return {
    reason: finding.refusals,
    referenceDeadline: calendar.addDays(asked.der, appealDays),
    deadlineDays: appealDays,
    legalBasis: [...finding.legalBasis, appealBasis],
    nextStep: appealStep,
    conditions: finding.conditions,
  }
}

function grantedEvent(decision: Decision, at: Date): NewEvent {
  const first =
    decision.firstPaymentDate === null ? '' : ` Primeiro pagamento: ${dateWords(decision.firstPaymentDate)}.`
  const text = `Pedido aceito: ${moneyWords(decision.amount)} por mês, desde ${dateWords(decision.startDate)}.${first}`
  return { at, type: 'granted', text }
}

function notGrantedEvent(
  verdict: 'denied' | 'in_analysis' | 'granted',
  analysis: Analysis,
  at: Date,
): NewEvent {
  if (verdict === 'denied') {
    const text = `Pedido negado. ${analysis.reason.map((each) => each.text).join(' ')}`
    return { at, type: 'denied', text }
  }
  const text = `Pedido em análise. A data de referência para a decisão é ${dateWords(analysis.referenceDeadline)}.`
  return { at, type: 'analysis_started', text }
}

function unique<T>(value: T, index: number, all: T[]): boolean {
  return all.indexOf(value) === index
}
