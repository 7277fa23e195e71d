import {
  bigserial,
  boolean,
  index,
  integer,
  json,
  jsonb,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
  unique,
} from 'drizzle-orm/pg-core'
import type { JWK } from 'jose'
import type { EventData, EventType } from '../schemas/events'
import type { Analysis, Decision, RequestStatus } from '../schemas/requests'
import type { PaymentAccount } from '../sources/record-source'

/** What this service itself decides and must not forget. The citizen's record belongs to its source, not here. */

const at = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' })

/** The one key that signs access tokens (`id` is always 1). */
export const signingKeys = pgTable('signing_keys', {
  id: smallint('id').primaryKey(),
  privateJwk: jsonb('private_jwk').$type<JWK>().notNull(),
  createdAt: at('created_at').notNull(),
})

/** Digests of the gov.br id_tokens already exchanged, kept until the token would have expired anyway. */
export const spentIdTokens = pgTable('spent_id_tokens', {
  digest: text('digest').primaryKey(),
  expiresAt: at('expires_at').notNull(),
})

/** One row per citizen seen: the row lock that makes their requests happen one after the other. */
export const citizens = pgTable('citizens', {
  cpf: text('cpf').primaryKey(),
  /** When the requests they made before were taken over from the record's source. */
  historyImportedAt: at('history_imported_at'),
})

export const requests = pgTable(
  'requests',
  {
    protocol: text('protocol').primaryKey(),
    /** Order of creation; the key of the pages. */
    ordinal: bigserial('ordinal', { mode: 'number' }).notNull(),
    cpf: text('cpf').notNull(),
    service: text('service').notNull(),
    status: text('status').$type<RequestStatus>().notNull(),
    createdAt: at('created_at').notNull(),
    decidedAt: at('decided_at'),
    der: text('der').notNull(),
    automatic: boolean('automatic').notNull(),
    facts: jsonb('facts').$type<Record<string, unknown>>().notNull(),
    decision: jsonb('decision').$type<Decision>(),
    analysis: jsonb('analysis').$type<Analysis>(),
    /** Grows with every change; the ETag. */
    version: integer('version').notNull().default(1),
  },
  (table) => [index('requests_of_citizen').on(table.cpf, table.ordinal)],
)

export const requestEvents = pgTable(
  'request_events',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    protocol: text('protocol')
      .notNull()
      .references(() => requests.protocol),
    at: at('at').notNull(),
    type: text('type').notNull(),
    text: text('text').notNull(),
  },
  (table) => [index('events_of_request').on(table.protocol, table.id)],
)

/** Benefits granted by this service; the others come from the record's source. */
export const grantedBenefits = pgTable(
  'granted_benefits',
  {
    number: text('number').primaryKey(),
    cpf: text('cpf').notNull(),
    protocol: text('protocol')
      .notNull()
      .unique()
      .references(() => requests.protocol),
    speciesCode: text('species_code').notNull(),
    speciesName: text('species_name').notNull(),
    startDate: text('start_date').notNull(),
    endDate: text('end_date'),
    monthlyAmount: integer('monthly_amount').notNull(),
    aboveMinimum: boolean('above_minimum').notNull(),
    payment: jsonb('payment').$type<PaymentAccount>().notNull(),
    firstPaymentDate: text('first_payment_date').notNull(),
  },
  (table) => [index('benefits_of_citizen').on(table.cpf)],
)

/** The answers of calls with effect, to be given again when the same call is repeated. */
export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    client: text('client').notNull(),
    cpf: text('cpf').notNull(),
    key: text('key').notNull(),
    /** Of the operation and its validated input. */
    digest: text('digest').notNull(),
    status: integer('status'),
    headers: jsonb('headers').$type<Record<string, string>>(),
    /** `json`, not `jsonb`: the repeated answer keeps its bytes. */
    body: json('body').$type<unknown>(),
    createdAt: at('created_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.client, table.cpf, table.key] }),
    index('idempotency_keys_by_age').on(table.createdAt),
  ],
)

/** The key each client's names for citizens are made with, so that two clients cannot compare theirs. */
export const pairwiseKeys = pgTable('pairwise_keys', {
  client: text('client').primaryKey(),
  key: text('key').notNull(),
})

/** The citizens who let a client be told what happens to them. */
export const followers = pgTable(
  'followers',
  {
    client: text('client').notNull(),
    cpf: text('cpf').notNull(),
    /** The client's name for the citizen. */
    person: text('person').notNull(),
    since: at('since').notNull(),
    /** Civil date up to which payments and appointments were looked through. */
    scannedOn: text('scanned_on'),
  },
  (table) => [
    primaryKey({ columns: [table.client, table.cpf] }),
    unique('followers_by_person').on(table.client, table.person),
    index('followers_to_scan').on(table.scannedOn),
  ],
)

/** What happened, one row per client that follows the citizen. No CPF: a client's name for the person is enough. */
export const events = pgTable(
  'events',
  {
    /** Order of commit; the cursor of replays. */
    position: bigserial('position', { mode: 'number' }).primaryKey(),
    id: text('id').notNull().unique(),
    client: text('client').notNull(),
    person: text('person').notNull(),
    type: text('type').$type<EventType>().notNull(),
    at: at('at').notNull(),
    data: jsonb('data').$type<EventData>().notNull(),
    /** What makes it happen once, however often it is noticed; a digest. */
    once: text('once').notNull(),
    attempts: integer('attempts').notNull().default(0),
    /** Not to be sent before; also how long a process that is sending it keeps it. */
    dueAt: at('due_at').notNull(),
    deliveredAt: at('delivered_at'),
  },
  (table) => [
    unique('events_once').on(table.client, table.once),
    index('events_to_deliver').on(table.client, table.deliveredAt, table.dueAt),
    index('events_of_person').on(table.client, table.person, table.position),
  ],
)
