import { createHash } from 'node:crypto'
import { and, eq, lt } from 'drizzle-orm'
import type { Database, Transaction } from '../db/database'
import { idempotencyKeys } from '../db/schema'
import { Problem } from './problem'

/** What was answered, as it goes on the wire. */
export type Sent = { status: number; headers: Record<string, string>; body: unknown }

/** Keys are remembered for a week, longer than any retry of a caller. */
const remembered = 7 * 24 * 3600 * 1000

/**
 * Run a call with effect at most once per (client, citizen, key). The key's row is written first, in the same
 * transaction as the effect: a second call with the same key waits on that row and then gives the stored answer.
 * A refusal undoes the effect and is stored too, except a failed precondition, which the caller mends and repeats.
 * @throws Problem `idempotency_conflict` when the key came with other input
 */
export async function once(
  db: Database,
  call: { client: string; cpf: string; key: string; operation: string; input: unknown; now: Date },
  act: (tx: Transaction) => Promise<Sent>,
  refuse: (problem: Problem) => Sent,
): Promise<Sent & { replayed: boolean }> {
  const digest = createHash('sha256')
    .update(call.operation)
    .update('\n')
    .update(canonical(call.input))
    .digest('hex')
  const row = { client: call.client, cpf: call.cpf, key: call.key }
  const same = and(
    eq(idempotencyKeys.client, call.client),
    eq(idempotencyKeys.cpf, call.cpf),
    eq(idempotencyKeys.key, call.key),
  )
  return db.transaction(async (tx) => {
    const oldest = new Date(call.now.getTime() - remembered)
    await tx.delete(idempotencyKeys).where(and(same, lt(idempotencyKeys.createdAt, oldest)))
    const fresh = await tx
      .insert(idempotencyKeys)
      .values({ ...row, digest, createdAt: call.now })
      .onConflictDoNothing()
      .returning({ key: idempotencyKeys.key })
    if (fresh.length === 0) {
      const [stored] = await tx.select().from(idempotencyKeys).where(same)
      if (stored === undefined || stored.digest !== digest) throw new Problem('idempotency_conflict')
      if (stored.status === null) throw new Error('an idempotency key without its answer was committed')
      return { status: stored.status, headers: stored.headers ?? {}, body: stored.body, replayed: true }
    }
    const sent = await actOrRefuse(tx, act, refuse)
    await tx
      .update(idempotencyKeys)
      .set({ status: sent.status, headers: sent.headers, body: sent.body })
      .where(same)
    return { ...sent, replayed: false }
  })
}

/** Forget keys past their time. */
export async function forgetOldKeys(db: Database, now: Date): Promise<void> {
  await db.delete(idempotencyKeys).where(lt(idempotencyKeys.createdAt, new Date(now.getTime() - remembered)))
}

async function actOrRefuse(
  tx: Transaction,
  act: (tx: Transaction) => Promise<Sent>,
  refuse: (problem: Problem) => Sent,
): Promise<Sent> {
  try {
    return await tx.transaction(act)
  } catch (error) {
    if (!(error instanceof Problem) || error.status === 412 || error.status === 428) throw error
    return refuse(error)
  }
}

/** JSON with sorted keys, so that the same input has the same digest. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const entries = Object.entries(value).filter(([, each]) => each !== undefined)
  entries.sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, each]) => `${JSON.stringify(key)}:${canonical(each)}`).join(',')}}`
}
