import { z } from 'zod'
import { civilDate, instant, named, nextCursor } from './common'
import { serviceIds, statuses } from './requests'

export const eventTypes = [
  'request.created',
  'request.moved',
  'request.document_required',
  'request.decided',
  'payment.credited',
  'payment.returned',
  'appointment.tomorrow',
] as const
export type EventType = (typeof eventTypes)[number]

/** The client's own name for a citizen: the same in every event, and of no use to another client. */
export const person = z
  .string()
  .regex(/^[\w-]{22}$/)
  .describe("The client's own name for the citizen; another client has another")

const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/)

/** Little on purpose: the client reads the rest with the citizen's own token. */
export const eventData = named(
  'EventData',
  z.strictObject({
    service: z.enum(serviceIds).optional().describe('Of a request'),
    status: z.enum(statuses).optional().describe('Of a request'),
    automatic: z.boolean().optional().describe('The decision came at once, to who was asking'),
    date: civilDate.optional().describe('Pay day, or day of the appointment'),
    time: clockTime.optional().describe('Of the appointment, in Brasília'),
  }),
)
export type EventData = z.infer<typeof eventData>

// { "id": "evt_6f9c2d2e…", "type": "payment.credited", "timestamp": "2026-11-27T03:00:04.000Z",
//   "person": "q8Xw0cVb3mJk5nPz7rTdYA", "data": { "date": "2026-11-27" } }
/** One event, the same in a webhook and in a list. */
export const citizenEvent = named(
  'CitizenEvent',
  z.strictObject({
    id: z
      .string()
      .regex(/^evt_[0-9a-f-]{36}$/)
      .describe('Also the webhook-id: the same at every delivery'),
    type: z.enum(eventTypes),
    timestamp: instant.describe('When it happened, or was noticed'),
    person,
    data: eventData,
  }),
)

export type CitizenEvent = z.infer<typeof citizenEvent>

export const eventPage = named(
  'CitizenEventPage',
  z.strictObject({
    items: z.array(citizenEvent),
    cursor: nextCursor.describe('`after` of the next call, now or later; null while nothing was ever read'),
    more: z.boolean(),
  }),
)

export const following = named('Following', z.strictObject({ person, since: instant }))
