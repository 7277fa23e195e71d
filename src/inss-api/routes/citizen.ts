import { z } from 'zod'
import { civilDate } from '../../clock'
import { simulateRetirement } from '../../law'
import { pendingOf, recordHistory } from '../decisions/history'
import type { Deps } from '../deps'
import { readCursor, writeCursor } from '../http/cursor'
import { citizenOperation, type Operation } from '../http/operation'
import { Problem } from '../http/problem'
import { benefitsOf, recordOf } from '../requests/store'
import { benefit, citizen, contributionRecord, payment } from '../schemas/citizen'
import { benefitNumber, competencia, named, nextCursor, page } from '../schemas/common'
import { recordSimulation, recordSimulationRequest } from '../schemas/simulation'
import type { CitizenRecord } from '../sources/record-source'

const benefitList = named('BenefitList', z.strictObject({ items: z.array(benefit) }))
const paymentPage = named('PaymentPage', z.strictObject({ items: z.array(payment), nextCursor }))

/** What the INSS holds about the citizen of the token. */
export function citizenOperations(deps: Deps): Operation[] {
  const { parameters, source } = deps
  const today = () => civilDate(deps.clock.now())
  /** The record is brought up to date once a day, at midnight in Brasília. */
  const updatedAt = () => `${today()}T03:00:00.000Z`
  return [
    citizenOperation({
      id: 'getCitizen',
      method: 'get',
      path: '/v1/citizen',
      tag: 'citizen',
      level: 'bronze',
      summary: 'Profile of the citizen',
      etag: true,
      success: { status: 200, description: 'The profile', schema: citizen },
      problems: ['citizen_not_found'],
      handle: async (_call, access) => ({ body: profileOf(await recordOf(deps, access)) }),
    }),
    citizenOperation({
      id: 'getContributionRecord',
      method: 'get',
      path: '/v1/contribution-record',
      tag: 'citizen',
      level: 'bronze',
      summary: 'Contribution record (CNIS): relationships, earnings, indicators, totals',
      etag: true,
      query: z.strictObject({
        from: competencia.optional().describe('First competência of the earnings'),
        to: competencia.optional().describe('Last competência of the earnings'),
      }),
      examples: { query: { from: '2020-01', to: '2026-10' } },
      success: { status: 200, description: 'The record', schema: contributionRecord },
      problems: ['citizen_not_found', 'law_gap'],
      handle: async ({ query }, access) => {
        const record = await recordOf(deps, access)
        const inside = (month: string) => (query.from ?? '0000') <= month && month <= (query.to ?? '9999')
        return {
          body: {
            nit: record.nit,
            updatedAt: updatedAt(),
            relationships: record.relationships.map((each) => ({
              ...each,
              earnings: each.earnings.filter((earning) => inside(earning.competencia)),
            })),
            totals: totalsOf(record),
            pending: pendingOf(record, source),
          },
        }
      },
    }),
    citizenOperation({
      id: 'listBenefits',
      method: 'get',
      path: '/v1/benefits',
      tag: 'citizen',
      level: 'bronze',
      summary: 'Benefits of the citizen, with the next payment of each',
      success: { status: 200, description: 'The benefits', schema: benefitList },
      problems: ['citizen_not_found'],
      handle: async (_call, access) => {
        const all = await benefitsOf(deps.db, deps, await recordOf(deps, access))
        return { body: { items: all.map(({ payments: _payments, ...rest }) => rest) } }
      },
    }),
    citizenOperation({
      id: 'listPayments',
      method: 'get',
      path: '/v1/benefits/{number}/payments',
      tag: 'citizen',
      level: 'bronze',
      summary: 'Payments of a benefit, newest first',
      params: z.strictObject({ number: benefitNumber }),
      query: z.strictObject(page),
      examples: { query: { limit: '3' } },
      success: { status: 200, description: 'One page of payments', schema: paymentPage },
      problems: ['citizen_not_found', 'benefit_not_found', 'invalid_cursor'],
      handle: async ({ params, query }, access) => {
        const all = await benefitsOf(deps.db, deps, await recordOf(deps, access))
        const found = all.find((each) => each.number === params.number)
        if (found === undefined) throw new Problem('benefit_not_found')
        const before = query.cursor === undefined ? undefined : readCursor(query.cursor, /^\d{4}-\d{2}$/)
        const rest = found.payments.filter((each) => before === undefined || each.competencia < before)
        const items = rest.slice(0, query.limit)
        const last = items.at(-1)
        return {
          body: {
            items,
            nextCursor:
              last === undefined || rest.length <= query.limit ? null : writeCursor(last.competencia),
          },
        }
      },
    }),
    citizenOperation({
      id: 'simulateOwnRetirement',
      method: 'post',
      path: '/v1/citizen/retirement-simulations',
      tag: 'citizen',
      level: 'bronze',
      summary: "Simulate retirement from the citizen's own record; nothing is stored",
      body: recordSimulationRequest,
      examples: { body: { projection: { contributes: true }, includePending: false } },
      success: { status: 200, description: 'Every rule that can apply', schema: recordSimulation },
      problems: ['citizen_not_found', 'impossible_input', 'law_gap'],
      handle: async ({ body }, access) => {
        const record = await recordOf(deps, access)
        const asOf = body.asOf ?? today()
        if (asOf > today()) {
          throw new Problem('impossible_input', { errors: [{ pointer: '/asOf', detail: 'after_today' }] })
        }
        const includePending = body.includePending ?? false
        const history = periodsOf(record, asOf, includePending)
        const { sex, birthDate } = record
        const answer = simulateRetirement(parameters, {
          asOf,
          sex,
          birthDate,
          history,
          projection: body.projection,
        })
        return { body: { ...answer, recordUpdatedAt: updatedAt() } }
      },
    }),
  ]

  function periodsOf(record: CitizenRecord, asOf: string, includePending: boolean) {
    const history = recordHistory(record, { asOf, includePending, source })
    return history.map(({ sequence: _sequence, ...period }) => period)
  }

  function totalsOf(record: CitizenRecord) {
    const history = periodsOf(record, today(), false)
    if (history.length === 0) return { time: { years: 0, months: 0, days: 0 }, carencia: 0 }
    const { sex, birthDate } = record
    const { totals } = simulateRetirement(parameters, { asOf: today(), sex, birthDate, history })
    return { time: totals.time, carencia: totals.carencia }
  }
}

function profileOf(record: CitizenRecord): z.infer<typeof citizen> {
  return {
    cpf: record.cpf,
    name: record.name,
    socialName: record.socialName,
    birthDate: record.birthDate,
    sex: record.sex,
    motherName: record.motherName,
    email: record.email,
    phone: record.phone,
    address: record.address,
    paymentAccount: record.paymentAccount,
    dependants: record.dependants,
    flags: record.flags,
  }
}
