import { createHash } from 'node:crypto'
import { asc, desc, gt, sql } from 'drizzle-orm'
import type { Clock } from '../clock'
import { AppError } from '../errors'
import type { DeskDatabase } from './db/database'
import { audit } from './db/schema'

/** Something an agent did with a person's data or in their name. Ids, codes and the agent's own reason only. */
export type AuditEntry = {
  actor: string
  action:
    | 'signed_in'
    | 'signed_out'
    | 'revealed'
    | 'inss_called'
    | 'asked'
    | 'service_started'
    | 'file_sent'
    | 'taken_over'
    | 'transcript_read'
    | 'exported'
  ticketId?: string
  details?: Record<string, string | string[]>
}

export type Audit = {
  /** Durable when it resolves: only then what it tells of may happen. @throws AppError `audit_unavailable` */
  write(entry: AuditEntry): Promise<void>
  /**
   * Walks the chain from its first row.
   * @param known hashes noted at other times; each must still be in it, so that a chain made anew is noticed
   */
  verify(known?: readonly string[]): Promise<Verdict>
}

export type Verdict =
  | { ok: true; rows: number; head: string }
  | { ok: false; position: number; fault: 'missing' | 'changed' | 'unchained' }
  | { ok: false; missing: string }

type Row = typeof audit.$inferSelect

/** What the first row is chained to. */
const BEGINNING = '0'.repeat(64)
/** Writers of all processes queue up here, so that the chain has no branches. */
const CHAIN_LOCK = 3981
const AT_ONCE = 1000

/** The audit of the desk: append-only, each row carrying the hash of the one before it. */
export function createAudit(options: { database: () => Promise<DeskDatabase>; clock: Clock }): Audit {
  const { database, clock } = options
  return {
    async write({ actor, action, ticketId, details = {} }) {
      try {
        const db = await database()
        await db.transaction(async (transaction) => {
          await transaction.execute(sql`select pg_advisory_xact_lock(${CHAIN_LOCK})`)
          const [last] = await transaction.select().from(audit).orderBy(desc(audit.position)).limit(1)
          const row = {
            position: (last?.position ?? 0) + 1,
            at: clock.now().toISOString(),
            actor,
            action,
            ticketId: ticketId ?? null,
            details,
            previous: last?.hash ?? BEGINNING,
          }
          await transaction.insert(audit).values({ ...row, hash: hashOf(row) })
        })
      } catch (cause) {
        throw new AppError('audit_unavailable', { cause })
      }
    },
    async verify(known = []) {
      const db = await database()
      const missing = new Set(known)
      let head = BEGINNING
      let position = 0
      for (;;) {
        const rows = await db
          .select()
          .from(audit)
          .where(gt(audit.position, position))
          .orderBy(asc(audit.position))
          .limit(AT_ONCE)
        for (const row of rows) {
          position += 1
          if (row.position !== position) return { ok: false, position, fault: 'missing' }
          if (row.previous !== head) return { ok: false, position, fault: 'unchained' }
          if (row.hash !== hashOf(row)) return { ok: false, position, fault: 'changed' }
          head = row.hash
          missing.delete(head)
        }
        if (rows.length < AT_ONCE) break
      }
      const [first] = missing
      return first === undefined ? { ok: true, rows: position, head } : { ok: false, missing: first }
    },
  }
}

/** SHA-256 over every column, keys of the details in order: the database does not keep theirs. */
function hashOf(row: Omit<Row, 'hash'>): string {
  const details = Object.entries(row.details).sort(([a], [b]) => (a < b ? -1 : 1))
  const { position, at, actor, action, ticketId, previous } = row
  const text = JSON.stringify([position, at, actor, action, ticketId, details, previous])
  return createHash('sha256').update(text).digest('hex')
}
