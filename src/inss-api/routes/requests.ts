import { z } from 'zod'
import { civilDate } from '../../clock'
import { calendar, decisionDeadline } from '../../law'
import type { Database } from '../db/database'
import { type Finding, type Lack, verdictOf } from '../decisions/finding'
import { findMaternity } from '../decisions/maternity'
import { payingPlace } from '../decisions/payout'
import { findRetirement } from '../decisions/retirement'
import type { Deps } from '../deps'
import { readCursor, writeCursor } from '../http/cursor'
import { citizenOperation, effectOperation, type Operation } from '../http/operation'
import { Problem } from '../http/problem'
import { tellFollowers } from '../requests/analysis'
import { decide } from '../requests/decide'
import {
  benefitsOf,
  changeRequest,
  getRequest,
  holdCitizen,
  listEvents,
  listRequests,
  liveRequests,
  type RequestRow,
  recordOf,
  withHistory,
} from '../requests/store'
import { named, nextCursor, page } from '../schemas/common'
import {
  entitlementCheck,
  entitlementQuestion,
  newRequest,
  payingBanks,
  protocol,
  request,
  requestEvent,
} from '../schemas/requests'
import type { CitizenRecord } from '../sources/record-source'

const requestPage = named('RequestPage', z.strictObject({ items: z.array(request), nextCursor }))
const eventList = named('RequestEventList', z.strictObject({ items: z.array(requestEvent) }))
const byProtocol = z.strictObject({ protocol })
const nothing = z.strictObject({})

type Question = z.infer<typeof entitlementQuestion>

/** Days between two events within which a second salario-maternidade is the same request told again. */
const sameBirthDays = 200

/** Rights, requests, decisions and what happened to them. */
export function requestOperations(deps: Deps): Operation[] {
  const { parameters, source, clock } = deps
  const example = { service: 'aposentadoria-idade', facts: {} }
  return [
    citizenOperation({
      id: 'checkEntitlement',
      method: 'post',
      path: '/v1/entitlement-checks',
      tag: 'requests',
      level: 'bronze',
      summary: 'What the record says about a right, without asking for it; no effect',
      body: entitlementQuestion,
      examples: { body: example },
      success: {
        status: 200,
        description: 'The right, its conditions and what is missing',
        schema: entitlementCheck,
      },
      problems: ['citizen_not_found', 'impossible_input', 'law_gap'],
      handle: async ({ body }, access) => {
        const record = await recordOf(deps, access)
        await withHistory(deps, record)
        const finding = await find(deps.db, record, body)
        const existing = await sameKind(deps.db, record.cpf, body)
        return { body: checkOf(finding, record, body, existing?.protocol ?? null) }
      },
    }),
    effectOperation({
      id: 'createRequest',
      method: 'post',
      path: '/v1/requests',
      tag: 'requests',
      level: 'silver',
      summary: 'Ask for a benefit; decided at once when the record proves every condition',
      description:
        'An open or granted request of the same kind answers 409 `request_exists` with its `protocol` in the body.',
      body: newRequest,
      examples: { body: { ...example, declaration: true } },
      etag: true,
      success: {
        status: 201,
        description: 'The request, with its decision or its analysis',
        schema: request,
      },
      problems: ['citizen_not_found', 'request_exists', 'impossible_input', 'law_gap'],
      handle: async ({ body }, access, tx) => {
        const record = await recordOf(deps, access)
        await holdCitizen(tx, deps, record)
        const existing = await sameKind(tx, record.cpf, body)
        if (existing !== undefined)
          throw new Problem('request_exists', { members: { protocol: existing.protocol } })
        const finding = await find(tx, record, body)
        const now = clock.now()
        const asked = { service: body.service, facts: body.facts, der: civilDate(now), now }
        const row = await decide(tx, deps, record, asked, finding)
        const decided = row.status === 'in_analysis' ? [] : (['request.decided'] as const)
        await tellFollowers(tx, row, ['request.created', ...decided], now)
        deps.log.info({
          event: 'request_decided',
          service: row.service,
          status: row.status,
          automatic: row.automatic,
        })
        return { ...wire(row), headers: { Location: `/v1/requests/${row.protocol}` } }
      },
    }),
    citizenOperation({
      id: 'listRequests',
      method: 'get',
      path: '/v1/requests',
      tag: 'requests',
      level: 'bronze',
      summary: 'Requests of the citizen, newest first',
      query: z.strictObject(page),
      examples: { query: { limit: '10' } },
      success: { status: 200, description: 'One page of requests', schema: requestPage },
      problems: ['citizen_not_found', 'invalid_cursor'],
      handle: async ({ query }, access) => {
        await withHistory(deps, await recordOf(deps, access))
        const before = query.cursor === undefined ? undefined : Number(readCursor(query.cursor, /^\d{1,15}$/))
        const rows = await listRequests(deps.db, access.cpf, { limit: query.limit + 1, before })
        const items = rows.slice(0, query.limit)
        const last = items.at(-1)
        return {
          body: {
            items: items.map((row) => wire(row).body),
            nextCursor:
              last === undefined || rows.length <= query.limit ? null : writeCursor(String(last.ordinal)),
          },
        }
      },
    }),
    citizenOperation({
      id: 'getRequest',
      method: 'get',
      path: '/v1/requests/{protocol}',
      tag: 'requests',
      level: 'bronze',
      summary: 'One request of the citizen',
      etag: true,
      params: byProtocol,
      success: { status: 200, description: 'The request', schema: request },
      problems: ['citizen_not_found', 'request_not_found'],
      handle: async ({ params }, access) => {
        await withHistory(deps, await recordOf(deps, access))
        return wire(await getRequest(deps.db, access.cpf, params.protocol))
      },
    }),
    citizenOperation({
      id: 'listRequestEvents',
      method: 'get',
      path: '/v1/requests/{protocol}/events',
      tag: 'requests',
      level: 'bronze',
      summary: 'What happened to a request, oldest first',
      params: byProtocol,
      success: { status: 200, description: 'The events', schema: eventList },
      problems: ['citizen_not_found', 'request_not_found'],
      handle: async ({ params }, access) => {
        await withHistory(deps, await recordOf(deps, access))
        const row = await getRequest(deps.db, access.cpf, params.protocol)
        const events = await listEvents(deps.db, row.protocol)
        return { body: { items: events.map((event) => ({ ...event, at: event.at.toISOString() })) } }
      },
    }),
    effectOperation({
      id: 'withdrawRequest',
      method: 'post',
      path: '/v1/requests/{protocol}/withdrawal',
      tag: 'requests',
      level: 'silver',
      ifMatch: true,
      summary: 'Give up an open request',
      params: byProtocol,
      body: nothing,
      examples: { body: {} },
      etag: true,
      success: { status: 200, description: 'The request, withdrawn', schema: request },
      problems: ['citizen_not_found', 'request_not_found', 'request_closed'],
      handle: async ({ params, ifMatch }, access, tx) => {
        const record = await recordOf(deps, access)
        await holdCitizen(tx, deps, record)
        const row = await getRequest(tx, access.cpf, params.protocol)
        if (ifMatch !== etagOf(row)) throw new Problem('etag_mismatch')
        if (row.status !== 'in_analysis' && row.status !== 'needs_document')
          throw new Problem('request_closed')
        const now = clock.now()
        const event = { at: now, type: 'withdrawn', text: 'Você desistiu deste pedido.' }
        const withdrawn = await changeRequest(tx, row, { status: 'withdrawn', decidedAt: now }, event)
        await tellFollowers(tx, withdrawn, ['request.decided'], now)
        return wire(withdrawn)
      },
    }),
  ]

  async function find(db: Database, record: CitizenRecord, question: Question): Promise<Finding> {
    const shared = {
      parameters,
      source,
      record,
      benefits: await benefitsOf(db, deps, record),
      der: civilDate(clock.now()),
    }
    return question.service === 'salario-maternidade'
      ? findMaternity({ ...shared, facts: question.facts })
      : findRetirement({ ...shared, service: question.service, facts: question.facts })
  }

  async function sameKind(db: Database, cpf: string, question: Question): Promise<RequestRow | undefined> {
    const live = await liveRequests(db, cpf, question.service)
    if (question.service !== 'salario-maternidade') return live[0]
    const { eventDate } = question.facts
    return live.find((row) => {
      const other = row.facts.eventDate
      if (typeof other !== 'string' || !calendar.isCivilDate(other)) return row.status !== 'granted'
      return Math.abs(calendar.daysBetween(other, eventDate)) <= sameBirthDays
    })
  }

  function checkOf(
    finding: Finding,
    record: CitizenRecord,
    question: Question,
    existingProtocol: string | null,
  ): z.infer<typeof entitlementCheck> {
    const { benefit } = finding
    return {
      service: question.service,
      entitled: finding.entitled,
      der: civilDate(clock.now()),
      rule: finding.rule,
      entitledOn: finding.entitledOn,
      conditions: finding.conditions,
      benefit:
        benefit === null
          ? null
          : {
              startDate: benefit.startDate,
              amount: benefit.amount,
              amountStatus: benefit.amountStatus,
              legalBasis: finding.legalBasis,
              ...(benefit.durationDays === null ? {} : { durationDays: benefit.durationDays }),
              ...(benefit.endDate === null ? {} : { endDate: benefit.endDate }),
            },
      paidBy: finding.paidBy,
      notice: finding.notice,
      pending: finding.pending,
      lacks: [...finding.lacks, ...bankLack(record, question, finding)],
      automatic: verdictOf(finding) !== 'in_analysis',
      automaticObstacles: finding.obstacles,
      paymentAccount: payingPlace(record, question.facts.paymentBank),
      decisionDeadlineDays: decisionDeadline(parameters, question.service).days,
      existingProtocol,
      time: finding.time,
    }
  }

  function wire(row: RequestRow): { body: z.infer<typeof request>; etag: string } {
    const service = request.shape.service.parse(row.service)
    return {
      etag: etagOf(row),
      body: {
        protocol: row.protocol,
        service,
        serviceName: deps.services.find((each) => each.id === service)?.name ?? service,
        status: row.status,
        createdAt: row.createdAt.toISOString(),
        decidedAt: row.decidedAt?.toISOString() ?? null,
        der: row.der,
        automatic: row.automatic,
        decision: row.decision,
        analysis: row.analysis,
      },
    }
  }
}

function etagOf(row: RequestRow): string {
  return `${row.protocol}-${row.version}`
}

function bankLack(record: CitizenRecord, question: Question, finding: Finding): Lack[] {
  if (
    record.paymentAccount !== null ||
    question.facts.paymentBank !== undefined ||
    finding.paidBy === 'employer'
  ) {
    return []
  }
  const choices = Object.entries(payingBanks).map(([value, title]) => ({ value, title }))
  const why = 'Não há conta no seu cadastro: você pode escolher em que banco receber com cartão.'
  return [{ fact: 'paymentBank', why, type: 'choice', choices }]
}
