import {
  bigint,
  boolean,
  index,
  integer,
  jsonb,
  pgSchema,
  primaryKey,
  smallint,
  text,
  timestamp,
} from 'drizzle-orm/pg-core'
import type { Ticket } from '../ticket'

/** What the desk must not forget. The live tickets are in the store; this is their copy, and the audit. */
export const desk = pgSchema('desk')

const at = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' })

/** The newest state of each ticket that reached the database. */
export const tickets = desk.table(
  'tickets',
  {
    id: text('id').primaryKey(),
    version: integer('version').notNull(),
    conversationId: text('conversation_id').notNull(),
    channel: text('channel').notNull(),
    state: text('state').notNull(),
    why: text('why').notNull(),
    skill: text('skill').notNull(),
    priority: smallint('priority').notNull(),
    requestedAt: at('requested_at').notNull(),
    queuedAt: at('queued_at'),
    answeredAt: at('answered_at'),
    endedAt: at('ended_at'),
    agentId: text('agent_id'),
    outcome: text('outcome'),
    callbackBy: at('callback_by'),
    csat: smallint('csat'),
    /** Whether the bot had found out anything before. */
    botHelped: boolean('bot_helped').notNull(),
    /** The transcript at its end, sealed; forgotten after a while. */
    lines: text('lines'),
  },
  (table) => [
    index('tickets_by_time').on(table.requestedAt, table.id),
    index('tickets_of_conversation').on(table.conversationId, table.requestedAt),
  ],
)

/** Every move of a ticket. */
export const moves = desk.table(
  'moves',
  {
    ticketId: text('ticket_id').notNull(),
    version: integer('version').notNull(),
    at: at('at').notNull(),
    move: text('move').notNull(),
    state: text('state').$type<Ticket['state']>().notNull(),
    agentId: text('agent_id'),
    skill: text('skill').notNull(),
    /** Who made it; null for the desk itself and for the person. */
    actor: text('actor'),
  },
  (table) => [primaryKey({ columns: [table.ticketId, table.version] }), index('moves_by_time').on(table.at)],
)

/** Names of the agents, as they last logged in. */
export const agents = desk.table('agents', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
})

/** How many conversations a process saw begin in a while; `day` is civil, in Brasília. */
export const starts = desk.table(
  'starts',
  { id: text('id').primaryKey(), day: text('day').notNull(), count: integer('count').notNull() },
  (table) => [index('starts_by_day').on(table.day)],
)

/** Who looked at what and why; only ever added to (a trigger refuses the rest), each row chained to the one before. */
export const audit = desk.table('audit', {
  position: bigint('position', { mode: 'number' }).primaryKey(),
  /** ISO 8601 text: the very bytes that were hashed. */
  at: text('at').notNull(),
  actor: text('actor').notNull(),
  action: text('action').notNull(),
  ticketId: text('ticket_id'),
  details: jsonb('details').$type<Record<string, string | string[]>>().notNull(),
  previous: text('previous').notNull(),
  hash: text('hash').notNull(),
})
