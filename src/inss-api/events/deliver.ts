import { and, asc, eq, inArray, isNull, lt, lte, notExists } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import { Webhook } from 'standardwebhooks'
import type { ApiClient } from '../auth/clients'
import { events } from '../db/schema'
import type { Deps } from '../deps'
import { type EventRow, wireEvent } from './outbox'

const AT_ONCE = 20
const TIMEOUT_MS = 10_000
/** How long a process keeps an event it is sending; longer than the time-out. */
const CLAIMED_MS = 30_000
const FIRST_WAIT_MS = 2000
const LONGEST_WAIT_MS = 3_600_000

/**
 * Tells a client what is due, the oldest event of each citizen first: the next one waits until it is taken, however
 * often that must be tried. What was sent and not recorded as such (a killed process) is sent again with its id.
 */
export async function deliverDue(
  deps: Pick<Deps, 'db' | 'clock' | 'log'>,
  client: ApiClient,
  stopping: AbortSignal,
): Promise<void> {
  const { webhook } = client
  if (webhook === undefined) return
  while (!stopping.aborted) {
    const claimed = await claim(deps, client.id)
    if (claimed.length === 0) return
    await Promise.all(claimed.map((event) => deliver(deps, webhook, event)))
  }
}

/** Of several processes one gets each event; a person's event is nobody's while an older one waits. */
async function claim({ db, clock }: Pick<Deps, 'db' | 'clock'>, client: string): Promise<EventRow[]> {
  const now = clock.now()
  const earlier = alias(events, 'earlier')
  return db.transaction(async (tx) => {
    const due = await tx
      .select()
      .from(events)
      .where(
        and(
          eq(events.client, client),
          isNull(events.deliveredAt),
          lte(events.dueAt, now),
          notExists(
            tx
              .select()
              .from(earlier)
              .where(
                and(
                  eq(earlier.client, events.client),
                  eq(earlier.person, events.person),
                  isNull(earlier.deliveredAt),
                  lt(earlier.position, events.position),
                ),
              ),
          ),
        ),
      )
      .orderBy(asc(events.position))
      .limit(AT_ONCE)
      .for('update', { skipLocked: true })
    if (due.length === 0) return []
    const positions = due.map((event) => event.position)
    const until = new Date(now.getTime() + CLAIMED_MS)
    await tx.update(events).set({ dueAt: until }).where(inArray(events.position, positions))
    return due
  })
}

async function deliver(
  { db, clock, log }: Pick<Deps, 'db' | 'clock' | 'log'>,
  webhook: { url: string; secret: string },
  event: EventRow,
): Promise<void> {
  const status = await post(webhook, event)
  const mine = eq(events.position, event.position)
  const attempts = event.attempts + 1
  if (status >= 200 && status < 300) {
    await db.update(events).set({ deliveredAt: clock.now(), attempts }).where(mine)
    log.info({ event: 'event_delivered', id: event.id, type: event.type, attempts })
    return
  }
  const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(event.attempts, 20))
  // Half of it by chance, so that what failed together does not come back together.
  const dueAt = new Date(clock.now().getTime() + wait / 2 + Math.random() * (wait / 2))
  await db.update(events).set({ attempts, dueAt }).where(mine)
  log.warn({ event: 'event_not_delivered', id: event.id, status, attempts })
}

/** @returns the HTTP status; 0 when nothing answered in time */
async function post(webhook: { url: string; secret: string }, event: EventRow): Promise<number> {
  const body = JSON.stringify(wireEvent(event))
  const signedAt = new Date()
  try {
    const response = await fetch(webhook.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'webhook-id': event.id,
        'webhook-timestamp': String(Math.floor(signedAt.getTime() / 1000)),
        'webhook-signature': signer(webhook.secret).sign(event.id, signedAt, body),
      },
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    await response.body?.cancel()
    return response.status
  } catch {
    return 0
  }
}

/** A secret in the standard's own form (`whsec_` and base64), or any other text as it stands. */
function signer(secret: string): Webhook {
  return secret.startsWith('whsec_') ? new Webhook(secret) : new Webhook(secret, { format: 'raw' })
}
