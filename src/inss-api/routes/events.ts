import { z } from 'zod'
import { civilDate } from '../../clock'
import type { ApiClient } from '../auth/clients'
import type { Deps } from '../deps'
import { deliverAgain, follow, listClientEvents, unfollow, wireEvent } from '../events/outbox'
import { readCursor, writeCursor } from '../http/cursor'
import { citizenOperation, clientOperation, effectOperation, type Operation } from '../http/operation'
import { Problem } from '../http/problem'
import { recordStep } from '../requests/analysis'
import { recordOf } from '../requests/store'
import { appointment } from '../schemas/citizen'
import { named, page } from '../schemas/common'
import { eventPage, following, person } from '../schemas/events'
import { protocol, request } from '../schemas/requests'

const nothing = z.strictObject({})
const appointmentList = named('AppointmentList', z.strictObject({ items: z.array(appointment) }))
const after = z.string().min(1).max(200).describe('`cursor` of the call before')
/** What the desk writes for the citizen: lines of text, without the characters that no text or database may hold. */
const said = z
  .string()
  .trim()
  .min(1)
  .max(500)
  .regex(/^(?:\n|[^\p{Cc}\p{Cs}])*$/u)
const step = named(
  'AnalysisStep',
  z.strictObject({
    status: z.enum(['in_analysis', 'needs_document', 'denied']),
    text: said.describe('What the citizen reads in the events of the request'),
    nextStep: said.optional().describe('What the citizen does now'),
  }),
)

/** Who is told what happens to a citizen, what was told, and the desk whose work is news. */
export function eventOperations(deps: Deps): Operation[] {
  const { db, clock } = deps
  return [
    citizenOperation({
      id: 'listAppointments',
      method: 'get',
      path: '/v1/appointments',
      tag: 'citizen',
      level: 'bronze',
      summary: 'Appointments of the citizen from today on, the next one first',
      success: { status: 200, description: 'The appointments', schema: appointmentList },
      problems: ['citizen_not_found'],
      handle: async (_call, access) => {
        const { appointments } = await recordOf(deps, access)
        const today = civilDate(clock.now())
        return { body: { items: appointments.filter((each) => each.date >= today) } }
      },
    }),
    effectOperation({
      id: 'followCitizen',
      method: 'post',
      path: '/v1/citizen/following',
      tag: 'events',
      level: 'bronze',
      summary: 'The citizen lets this client be told what happens to them',
      description: 'Following twice is following once: the name and the day stay the same.',
      body: nothing,
      examples: { body: {} },
      success: { status: 200, description: 'How the client knows the citizen in events', schema: following },
      problems: ['citizen_not_found'],
      handle: async (_call, access, tx) => {
        const { cpf } = await recordOf(deps, access)
        const followed = await follow(tx, { client: access.client, cpf }, clock.now())
        return { body: { person: followed.person, since: followed.since.toISOString() } }
      },
    }),
    clientOperation({
      id: 'unfollowCitizen',
      method: 'post',
      path: '/v1/following/{person}/end',
      tag: 'events',
      summary: 'The client is told no more about a citizen, and what it was told is forgotten here',
      description: 'Also for a person it does not follow, so that it can be repeated.',
      params: z.strictObject({ person }),
      body: nothing,
      examples: { params: { person: 'q8Xw0cVb3mJk5nPz7rTdYA' }, body: {} },
      success: { status: 200, description: 'It is so', schema: z.strictObject({ person }) },
      handle: async ({ params }, client) => {
        await unfollow(db, client.id, params.person)
        return { body: { person: params.person } }
      },
    }),
    clientOperation({
      id: 'listEvents',
      method: 'get',
      path: '/v1/events',
      tag: 'events',
      summary: 'What happened to the citizens the client follows, oldest first, for thirty days',
      query: z.strictObject({ limit: page.limit, after: after.optional() }),
      examples: { query: { limit: '10' } },
      success: { status: 200, description: 'One page of events', schema: eventPage },
      problems: ['invalid_cursor'],
      handle: async ({ query }, client) => {
        const from = positionOf(query.after)
        const rows = await listClientEvents(db, client.id, { after: from, limit: query.limit + 1 })
        const items = rows.slice(0, query.limit)
        const last = items.at(-1)
        const cursor = last === undefined ? (query.after ?? null) : writeCursor(String(last.position))
        return { body: { items: items.map(wireEvent), cursor, more: rows.length > query.limit } }
      },
    }),
    clientOperation({
      id: 'redeliverEvents',
      method: 'post',
      path: '/v1/events/redelivery',
      tag: 'events',
      summary: 'Send every event after a cursor to the webhook of the client again, with the same ids',
      body: z.strictObject({ after: after.nullable().describe('null: from the oldest kept') }),
      examples: { body: { after: null } },
      success: {
        status: 200,
        description: 'How many wait to be sent',
        schema: z.strictObject({ events: z.int().min(0) }),
      },
      problems: ['invalid_cursor'],
      handle: async ({ body }, client) => ({
        body: { events: await deliverAgain(db, client.id, positionOf(body.after), clock.now()) },
      }),
    }),
    clientOperation({
      id: 'recordAnalysisStep',
      method: 'post',
      path: '/v1/requests/{protocol}/analysis-steps',
      tag: 'events',
      summary: "Write what the INSS's desk found in an open request; only for a client that is such a desk",
      params: z.strictObject({ protocol }),
      body: step,
      examples: {
        body: {
          status: 'needs_document',
          text: 'O INSS pediu a carteira de trabalho.',
          nextStep: 'Envie a carteira de trabalho pelo Meu INSS em até 30 dias.',
        },
      },
      success: {
        status: 200,
        description: 'The request after it',
        schema: request.pick({ protocol: true, status: true }),
      },
      problems: ['client_forbidden', 'request_not_found', 'request_closed', 'etag_mismatch'],
      handle: async ({ params, body }, client) => {
        onlyAnalyst(client)
        const row = await recordStep(deps, params.protocol, body)
        return { body: { protocol: row.protocol, status: row.status } }
      },
    }),
  ]
}

function positionOf(cursor: string | null | undefined): number {
  return cursor == null ? 0 : Number(readCursor(cursor, /^\d{1,15}$/))
}

function onlyAnalyst(client: ApiClient): void {
  if (client.analyst !== true) throw new Problem('client_forbidden')
}
