import { randomInt } from 'node:crypto'
import { and, asc, desc, eq, inArray, lt } from 'drizzle-orm'
import { civilDate } from '../../clock'
import type { Access } from '../auth/access-tokens'
import type { Database, Transaction } from '../db/database'
import { citizens, grantedBenefits, requestEvents, requests } from '../db/schema'
import { benefitOf } from '../decisions/payout'
import type { Deps } from '../deps'
import { benefitCheckDigit } from '../digits'
import { Problem } from '../http/problem'
import type { Benefit, CitizenRecord } from '../sources/record-source'
import { pastRequestRows } from './history'

export type RequestRow = typeof requests.$inferSelect
export type NewRequestRow = typeof requests.$inferInsert
export type NewEvent = { at: Date; type: string; text: string }

/** The record of the citizen of a token. @throws Problem `citizen_not_found` */
export async function recordOf(deps: Deps, access: Access): Promise<CitizenRecord> {
  const record = await deps.source.find(access.cpf)
  if (record === undefined) throw new Problem('citizen_not_found')
  return record
}

/**
 * Hold the citizen's row until the transaction ends, so that their calls with effect run one after the other, and
 * take over, once, the requests they made before this service existed.
 */
export async function holdCitizen(tx: Transaction, deps: Deps, record: CitizenRecord): Promise<void> {
  const now = deps.clock.now()
  await tx.insert(citizens).values({ cpf: record.cpf }).onConflictDoNothing()
  const [row] = await tx.select().from(citizens).where(eq(citizens.cpf, record.cpf)).for('update')
  if (row?.historyImportedAt != null) return
  for (const { row: request, events } of pastRequestRows(record, deps)) {
    const kept = await tx.insert(requests).values(request).onConflictDoNothing().returning()
    // A protocol already here belongs to another set of citizens that this database has served.
    if (kept.length > 0 && events.length > 0) await insertEvents(tx, request.protocol, events)
  }
  await tx.update(citizens).set({ historyImportedAt: now }).where(eq(citizens.cpf, record.cpf))
}

/** As `holdCitizen`, for reading: nothing is locked when the history is already here. */
export async function withHistory(deps: Deps, record: CitizenRecord): Promise<void> {
  const [row] = await deps.db.select().from(citizens).where(eq(citizens.cpf, record.cpf))
  if (row?.historyImportedAt != null) return
  await deps.db.transaction((tx) => holdCitizen(tx, deps, record))
}

export async function insertRequest(
  tx: Transaction,
  row: NewRequestRow,
  events: NewEvent[],
): Promise<RequestRow> {
  const [written] = await tx.insert(requests).values(row).returning()
  if (written === undefined) throw new Error('an insert gave no row back')
  await insertEvents(tx, row.protocol, events)
  return written
}

async function insertEvents(tx: Transaction, protocol: string, events: NewEvent[]): Promise<void> {
  await tx.insert(requestEvents).values(events.map((event) => ({ ...event, protocol })))
}

/** Newest first; `before` is the ordinal of the last one already read. */
export async function listRequests(
  db: Database,
  cpf: string,
  page: { limit: number; before?: number | undefined },
): Promise<RequestRow[]> {
  const mine = eq(requests.cpf, cpf)
  const where = page.before === undefined ? mine : and(mine, lt(requests.ordinal, page.before))
  return db.select().from(requests).where(where).orderBy(desc(requests.ordinal)).limit(page.limit)
}

/** @throws Problem `request_not_found`, also for another citizen's protocol */
export async function getRequest(db: Database, cpf: string, protocol: string): Promise<RequestRow> {
  const [row] = await db
    .select()
    .from(requests)
    .where(and(eq(requests.cpf, cpf), eq(requests.protocol, protocol)))
  if (row === undefined) throw new Problem('request_not_found')
  return row
}

export async function listEvents(db: Database, protocol: string): Promise<NewEvent[]> {
  return db
    .select({ at: requestEvents.at, type: requestEvents.type, text: requestEvents.text })
    .from(requestEvents)
    .where(eq(requestEvents.protocol, protocol))
    .orderBy(asc(requestEvents.id))
}

/** Change a request to its next version and add what happened. */
export async function changeRequest(
  tx: Transaction,
  row: RequestRow,
  change: Partial<NewRequestRow>,
  event: NewEvent,
): Promise<RequestRow> {
  const [changed] = await tx
    .update(requests)
    .set({ ...change, version: row.version + 1 })
    .where(and(eq(requests.protocol, row.protocol), eq(requests.version, row.version)))
    .returning()
  if (changed === undefined) throw new Problem('etag_mismatch')
  await tx.insert(requestEvents).values({ ...event, protocol: row.protocol })
  return changed
}

/** The requests that stand in the way of another of the same service. */
export async function liveRequests(db: Database, cpf: string, service: string): Promise<RequestRow[]> {
  return db
    .select()
    .from(requests)
    .where(
      and(
        eq(requests.cpf, cpf),
        eq(requests.service, service),
        inArray(requests.status, ['granted', 'in_analysis', 'needs_document']),
      ),
    )
    .orderBy(desc(requests.ordinal))
}

/** Every benefit of a citizen: those granted here, newest first, then those of the record. */
export async function benefitsOf(db: Database, deps: Deps, record: CitizenRecord): Promise<Benefit[]> {
  const today = civilDate(deps.clock.now())
  const granted = await db
    .select()
    .from(grantedBenefits)
    .where(eq(grantedBenefits.cpf, record.cpf))
    .orderBy(desc(grantedBenefits.startDate))
  return [...granted.map((each) => benefitOf(deps.parameters, each, today)), ...record.benefits]
}

/** Ten digits no one can guess from another protocol. */
export async function freeProtocol(tx: Transaction): Promise<string> {
  for (;;) {
    const protocol = String(randomInt(1_000_000_000, 10_000_000_000))
    const taken = await tx
      .select({ at: requests.createdAt })
      .from(requests)
      .where(eq(requests.protocol, protocol))
    if (taken.length === 0) return protocol
  }
}

/** A benefit number of the range from 900.000.000, which the INSS has not reached. */
export async function freeBenefitNumber(tx: Transaction): Promise<string> {
  for (;;) {
    const nine = String(randomInt(900_000_000, 1_000_000_000))
    const number = `${nine}${benefitCheckDigit(nine)}`
    const taken = await tx
      .select({ cpf: grantedBenefits.cpf })
      .from(grantedBenefits)
      .where(eq(grantedBenefits.number, number))
    if (taken.length === 0) return number
  }
}
