import { calendar, decisionDeadline } from '../../law'
import type { Deps } from '../deps'
import type { Analysis, Decision } from '../schemas/requests'
import type { CitizenRecord, PastRequest } from '../sources/record-source'
import type { NewEvent, NewRequestRow } from './store'

/** Days to appeal of a refusal (Decreto 3.048/1999, art. 305, § 1º). */
export const appealDays = 30

/** The requests a record brings from before, oldest first, as this service keeps requests. */
export function pastRequestRows(
  record: CitizenRecord,
  deps: Deps,
): { row: NewRequestRow; events: NewEvent[] }[] {
  return [...record.pastRequests].reverse().map((past) => ({
    row: {
      protocol: past.protocol,
      cpf: record.cpf,
      service: past.service,
      status: past.status,
      createdAt: noon(past.createdOn),
      decidedAt: past.decidedOn === null ? null : noon(past.decidedOn),
      der: past.createdOn,
      automatic: false,
      facts: past.facts,
      decision: past.status === 'granted' ? decisionOf(past, record) : null,
      analysis: past.status === 'granted' || past.status === 'withdrawn' ? null : analysisOf(past, deps),
    },
    events: past.events.map((event) => ({ at: noon(event.on), type: event.type, text: event.text })),
  }))
}

function decisionOf(past: PastRequest, record: CitizenRecord): Decision | null {
  const benefit = record.benefits.find((each) => each.number === past.benefitNumber)
  if (benefit === undefined) return null
  return {
    benefitNumber: benefit.number,
    rule: null,
    startDate: benefit.startDate,
    endDate: benefit.endDate,
    amount: benefit.monthlyAmount,
    amountStatus: 'exact',
    firstPaymentDate: null,
    bankName: benefit.payment.bankName,
    legalBasis: [],
    conditions: [],
  }
}

function analysisOf(past: PastRequest, deps: Deps): Analysis {
  const denied = past.status === 'denied'
  const { days, source } = decisionDeadline(deps.parameters, past.service)
  const deadlineDays = denied ? appealDays : days
  return {
    reason: past.reasons,
    referenceDeadline: calendar.addDays(
      denied ? (past.decidedOn ?? past.createdOn) : past.createdOn,
      deadlineDays,
    ),
    deadlineDays,
    legalBasis: denied ? [appealBasis] : [{ source, text: 'Prazo de referência para a decisão do INSS.' }],
    nextStep: past.nextStep ?? (denied ? appealStep : waitStep),
    conditions: [],
  }
}

export const appealBasis = {
  source: 'Decreto 3.048/1999, art. 305, § 1º',
  text: 'Quem não concorda com a decisão pode recorrer em 30 dias.',
}
export const appealStep =
  'Se você não concorda, pode pedir o Recurso Ordinário no Meu INSS ou pelo 135, até a data indicada.'
export const waitStep =
  'Um servidor do INSS vai analisar. Se faltar algum documento, você recebe o aviso no Meu INSS.'

/** The record gives days; as an instant, noon UTC is the same day in Brasília. */
function noon(date: string): Date {
  return new Date(`${date}T12:00:00.000Z`)
}
