import { createHash, createHmac, randomBytes, randomUUID } from 'node:crypto'
import { and, asc, eq, gt, isNotNull, lt, sql } from 'drizzle-orm'
import type { Database, Transaction } from '../db/database'
import { events, followers, pairwiseKeys } from '../db/schema'
import type { CitizenEvent, EventData, EventType } from '../schemas/events'

export type Happening = {
  cpf: string
  type: EventType
  at: Date
  data: EventData
  /** Names the happening itself: it becomes an event once, however often it is noticed. */
  once: string
}

export type EventRow = typeof events.$inferSelect

/** Delivered events are kept for replays this long; undelivered ones until they are delivered. */
const KEPT_MS = 30 * 86_400_000

/**
 * Writes what happened for every client that follows the citizen, in the transaction in which it happened. To be
 * called last in it: positions are given out under a lock held until it ends, so that a reader who saw one position
 * has seen all before it.
 */
export async function writeEvents(tx: Transaction, cpf: string, happened: Happening[]): Promise<void> {
  if (happened.length === 0) return
  const following = await tx.select().from(followers).where(eq(followers.cpf, cpf))
  if (following.length === 0) return
  await tx.execute(sql`select pg_advisory_xact_lock(39791)`)
  const rows = following.flatMap(({ client, person }) =>
    happened.map(({ type, at, data, once }) => ({
      id: `evt_${randomUUID()}`,
      client,
      person,
      type,
      at,
      data,
      once: createHash('sha256').update(`${person}|${type}|${once}`).digest('base64url'),
      dueAt: at,
    })),
  )
  await tx.insert(events).values(rows).onConflictDoNothing()
}

/** The name a client knows a citizen by from now on: always the same one. */
export async function follow(
  tx: Transaction,
  who: { client: string; cpf: string },
  now: Date,
): Promise<{ person: string; since: Date }> {
  const fresh = randomBytes(32).toString('base64url')
  await tx.insert(pairwiseKeys).values({ client: who.client, key: fresh }).onConflictDoNothing()
  const [pairwise] = await tx.select().from(pairwiseKeys).where(eq(pairwiseKeys.client, who.client))
  const key = Buffer.from(pairwise?.key ?? fresh, 'base64url')
  const person = createHmac('sha256', key).update(who.cpf).digest('base64url').slice(0, 22)
  await tx
    .insert(followers)
    .values({ ...who, person, since: now })
    .onConflictDoNothing()
  const [row] = await tx
    .select()
    .from(followers)
    .where(and(eq(followers.client, who.client), eq(followers.cpf, who.cpf)))
  return { person, since: row?.since ?? now }
}

/** Ends it, and forgets what was told or waited to be told. */
export async function unfollow(db: Database, client: string, person: string): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.delete(followers).where(and(eq(followers.client, client), eq(followers.person, person)))
    await tx.delete(events).where(and(eq(events.client, client), eq(events.person, person)))
  })
}

/** What a client was or will be told, oldest first. */
export async function listClientEvents(
  db: Database,
  client: string,
  page: { after: number; limit: number },
): Promise<EventRow[]> {
  return db
    .select()
    .from(events)
    .where(and(eq(events.client, client), gt(events.position, page.after)))
    .orderBy(asc(events.position))
    .limit(page.limit)
}

/** Sends everything after a position again. @returns how many */
export async function deliverAgain(db: Database, client: string, after: number, now: Date): Promise<number> {
  const again = await db
    .update(events)
    .set({ deliveredAt: null, attempts: 0, dueAt: now })
    .where(and(eq(events.client, client), gt(events.position, after)))
    .returning({ position: events.position })
  return again.length
}

export async function forgetOldEvents(db: Database, now: Date): Promise<void> {
  const oldest = new Date(now.getTime() - KEPT_MS)
  await db.delete(events).where(and(isNotNull(events.deliveredAt), lt(events.at, oldest)))
}

/** An event as a client reads it, in a list or a webhook. */
export function wireEvent({ id, type, at, person, data }: EventRow): CitizenEvent {
  return { id, type, timestamp: at.toISOString(), person, data }
}
