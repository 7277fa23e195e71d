import { createHash } from 'node:crypto'
import { and, asc, desc, eq, gte, isNotNull, lt, or, type SQL, sql } from 'drizzle-orm'
import type { Clock } from '../clock'
import { derivedKey } from '../identity/records'
import { seal, unseal } from '../seal'
import type { JournalEntry, KeptLine } from '../store/store'
import type { History, HistoryQuery, Past, PastDetail } from './api-schemas'
import type { DeskDatabase } from './db/database'
import { agents, moves, starts, tickets } from './db/schema'
import type { Skill, Ticket } from './ticket'

type Figures = History['figures']
type Row = typeof tickets.$inferSelect

/** Of waits in minutes: half of them were shorter than the first number, nine of ten than the second. */
export type RecentWaits = Partial<Record<Skill | 'all', [number, number]>>

/** Fewer waits than this say nothing about the next one. */
const FEWEST_WAITS = 5
const RECENT_MS = 2 * 3_600_000
const SAME_HOUR_DAYS = 14
const LINES_KEPT_DAYS = 180

/** Tickets as the database knows them, copied from the store's journal. */
export type DeskHistory = ReturnType<typeof createHistory>

/** @param slaMinutes within so many minutes an answer should have come */
export function createHistory(options: {
  database: () => Promise<DeskDatabase>
  secretKey: Buffer
  clock: Clock
  slaMinutes: number
}) {
  const { database, clock, slaMinutes } = options
  const key = derivedKey(options.secretKey, 'desk-history')
  const now = () => sql`${clock.now().toISOString()}::timestamptz`

  /** Those who waited: in the line, or for a call-back. Who gave up and who is still owed one count in full. */
  const waited = () => or(isNotNull(tickets.queuedAt), isNotNull(tickets.callbackBy))
  const wait = () => sql<number>`extract(epoch from
    coalesce(${tickets.answeredAt}, ${tickets.endedAt}, ${now()}) - coalesce(${tickets.queuedAt}, ${tickets.requestedAt}))`

  function within({ from, to }: Pick<HistoryQuery, 'from' | 'to'>): SQL | undefined {
    return and(
      from === undefined ? undefined : gte(tickets.requestedAt, new Date(`${from}T00:00:00-03:00`)),
      to === undefined
        ? undefined
        : lt(tickets.requestedAt, new Date(Date.parse(`${to}T00:00:00-03:00`) + 86_400_000)),
    )
  }

  function matching(query: Omit<HistoryQuery, 'limit' | 'after'>): SQL | undefined {
    const { channel, skill, why, state, outcome, agentId } = query
    return and(
      within(query),
      channel && eq(tickets.channel, channel),
      skill && eq(tickets.skill, skill),
      why && eq(tickets.why, why),
      state && eq(tickets.state, state),
      outcome && eq(tickets.outcome, outcome),
      agentId === undefined ? undefined : eq(tickets.agentId, agentId),
    )
  }

  async function page(
    query: HistoryQuery,
  ): Promise<{ rows: (Row & { wait: number; agentName: string | null })[]; next?: string }> {
    const db = await database()
    const [at, id] = (query.after ?? '').split('|')
    const before =
      at && id ? sql`(${tickets.requestedAt}, ${tickets.id}) < (${at}::timestamptz, ${id})` : undefined
    const found = await db
      .select({ ticket: tickets, wait: wait(), agentName: agents.name })
      .from(tickets)
      .leftJoin(agents, eq(agents.id, tickets.agentId))
      .where(and(matching(query), before))
      .orderBy(desc(tickets.requestedAt), desc(tickets.id))
      .limit(query.limit + 1)
    const rows = found
      .slice(0, query.limit)
      .map(({ ticket, wait, agentName }) => ({ ...ticket, wait: Number(wait), agentName }))
    const last = rows.at(-1)
    return found.length > query.limit && last !== undefined
      ? { rows, next: `${last.requestedAt.toISOString()}|${last.id}` }
      : { rows }
  }

  return {
    /** Copies what happened; the same entries again change nothing. */
    async copy(entries: JournalEntry[]): Promise<void> {
      if (entries.length === 0) return
      const db = await database()
      await db.transaction(async (transaction) => {
        for (const entry of entries) {
          if (entry.kind === 'ticket') {
            const values = rowOf(entry.ticket)
            await transaction
              .insert(tickets)
              .values(values)
              .onConflictDoUpdate({
                target: tickets.id,
                set: values,
                setWhere: lt(tickets.version, values.version),
              })
            const { id: ticketId, version, state, agentId, skill, touchedAt } = entry.ticket
            const moving = { ticketId, version, at: new Date(touchedAt), move: entry.move, state, skill }
            await transaction
              .insert(moves)
              .values({ ...moving, agentId: agentId ?? null, actor: entry.by ?? null })
              .onConflictDoNothing()
          } else if (entry.kind === 'ended') {
            const { ticketId, lines } = entry
            const sealed = seal(key, ticketId, JSON.stringify(lines))
            await transaction.update(tickets).set({ lines: sealed }).where(eq(tickets.id, ticketId))
          } else if (entry.kind === 'satisfaction') {
            await transaction.update(tickets).set({ csat: entry.value }).where(eq(tickets.id, entry.ticketId))
          } else {
            const { id, day, count } = entry
            await transaction.insert(starts).values({ id, day, count }).onConflictDoNothing()
          }
        }
      })
    },
    async named(agent: { id: string; name: string }): Promise<void> {
      const db = await database()
      await db
        .insert(agents)
        .values(agent)
        .onConflictDoUpdate({ target: agents.id, set: { name: agent.name } })
    },
    async list(query: HistoryQuery): Promise<Pick<History, 'items' | 'next'>> {
      const { rows, next } = await page(query)
      return { items: rows.map(pastOf), ...(next !== undefined && { next }) }
    },
    /** A part of the export, and where the next one begins. Nothing in it tells who somebody is. */
    async exported(query: HistoryQuery): Promise<{ rows: (string | number)[][]; next?: string }> {
      const { rows, next } = await page(query)
      return { rows: rows.map(exportOf), ...(next !== undefined && { next }) }
    },
    async figures(query: Omit<HistoryQuery, 'limit' | 'after'>): Promise<Figures> {
      const db = await database()
      const where = matching(query)
      const limit = slaMinutes * 60
      const inTime = sql`${tickets.answeredAt} is not null and ${wait()} <= ${limit}`
      const [all] = await db
        .select({
          count: sql<number>`count(*)::int`,
          waits: sql<number>`count(*) filter (where ${waited()})::int`,
          median: sql<
            number | null
          >`percentile_disc(0.5) within group (order by ${wait()}) filter (where ${waited()})`,
          p90: sql<
            number | null
          >`percentile_disc(0.9) within group (order by ${wait()}) filter (where ${waited()})`,
          inTime: sql<number>`count(*) filter (where ${waited()} and ${inTime})::int`,
          // Who waits still, and not too long yet, is neither in time nor late.
          judged: sql<number>`count(*) filter (where ${waited()} and (${inTime} or ${wait()} > ${limit} or ${tickets.endedAt} is not null))::int`,
          csatCount: sql<number>`count(${tickets.csat})::int`,
          csat: sql<number | null>`avg(${tickets.csat})`,
          answered: sql<number>`count(distinct ${tickets.conversationId}) filter (where ${tickets.answeredAt} is not null and ${tickets.botHelped})::int`,
          person: sql<number>`count(distinct ${tickets.conversationId}) filter (where ${tickets.answeredAt} is not null and not ${tickets.botHelped})::int`,
        })
        .from(tickets)
        .where(where)
      const outcomes = await db
        .select({
          outcome: sql<string>`coalesce(${tickets.outcome}, ${tickets.state})`,
          count: sql<number>`count(*)::int`,
        })
        .from(tickets)
        // How it ended is known of what ended.
        .where(and(where, isNotNull(tickets.endedAt)))
        .groupBy(sql`1`)
        .orderBy(sql`2 desc`, sql`1`)
      const [begun] = await db
        .select({ count: sql<number>`coalesce(sum(${starts.count}), 0)::int` })
        .from(starts)
        .where(
          and(
            query.from === undefined ? undefined : gte(starts.day, query.from),
            query.to === undefined ? undefined : sql`${starts.day} <= ${query.to}`,
          ),
        )
      const botAndPerson = all?.answered ?? 0
      const person = all?.person ?? 0
      return {
        count: all?.count ?? 0,
        wait: { count: all?.waits ?? 0, ...known('median', all?.median), ...known('p90', all?.p90) },
        sla: { withinMinutes: slaMinutes, part: all?.inTime ?? 0, of: all?.judged ?? 0 },
        outcomes,
        containment: {
          botOnly: Math.max(0, (begun?.count ?? 0) - botAndPerson - person),
          botAndPerson,
          person,
        },
        csat: { answers: all?.csatCount ?? 0, ...known('average', all?.csat) },
      }
    },
    /** @returns undefined when there is no such ticket; lines as they were said */
    async detail(id: string): Promise<(Omit<PastDetail, 'lines'> & { lines: KeptLine[] }) | undefined> {
      const db = await database()
      const [found] = await db
        .select({ ticket: tickets, wait: wait(), agentName: agents.name })
        .from(tickets)
        .leftJoin(agents, eq(agents.id, tickets.agentId))
        .where(eq(tickets.id, id))
      if (found === undefined) return undefined
      const made = await db
        .select({ at: moves.at, state: moves.state, agentName: agents.name })
        .from(moves)
        .leftJoin(agents, eq(agents.id, moves.agentId))
        .where(eq(moves.ticketId, id))
        .orderBy(asc(moves.version))
      const { ticket, agentName } = found
      const opened = ticket.lines === null ? undefined : unseal(key, id, ticket.lines)
      return {
        ticket: pastOf({ ...ticket, wait: Number(found.wait), agentName }),
        moves: made.map(({ at, state, agentName }) => ({
          at: at.toISOString(),
          state,
          ...(agentName !== null && { agentName }),
        })),
        lines: opened === undefined ? [] : (JSON.parse(opened) as KeptLine[]),
      }
    },
    /** The contacts of a conversation before one of them, newest first. */
    async contacts(ticket: Pick<Ticket, 'id' | 'conversationId'>): Promise<Past[]> {
      const db = await database()
      const found = await db
        .select({ ticket: tickets, wait: wait(), agentName: agents.name })
        .from(tickets)
        .leftJoin(agents, eq(agents.id, tickets.agentId))
        .where(and(eq(tickets.conversationId, ticket.conversationId), sql`${tickets.id} <> ${ticket.id}`))
        .orderBy(desc(tickets.requestedAt))
        .limit(10)
      return found.map(({ ticket, wait, agentName }) => pastOf({ ...ticket, wait: Number(wait), agentName }))
    },
    /** What people waited of late; without enough of it, at this time of day in the last two weeks. */
    async recentWaits(): Promise<RecentWaits> {
      const db = await database()
      const at = clock.now().getTime()
      const since = (ms: number) => gte(tickets.requestedAt, new Date(at - ms))
      const hour = sql`extract(hour from ${tickets.requestedAt} at time zone 'America/Sao_Paulo')`
      const thisHour = sql`extract(hour from ${now()} at time zone 'America/Sao_Paulo')`
      const sameHour = and(since(SAME_HOUR_DAYS * 86_400_000), sql`abs(${hour} - ${thisHour}) <= 1`)
      const found: RecentWaits = {}
      for (const period of [sameHour, since(RECENT_MS)]) {
        const rows = await db
          .select({
            skill: sql<Skill | null>`${tickets.skill}`,
            count: sql<number>`count(*)::int`,
            median: sql<number>`percentile_disc(0.5) within group (order by ${wait()}) / 60`,
            p90: sql<number>`percentile_disc(0.9) within group (order by ${wait()}) / 60`,
          })
          .from(tickets)
          .where(and(waited(), period))
          .groupBy(sql`grouping sets ((${tickets.skill}), ())`)
        for (const { skill, count, median, p90 } of rows) {
          if (count >= FEWEST_WAITS) found[skill ?? 'all'] = [Number(median), Number(p90)]
        }
      }
      return found
    },
    /** Lets go of what was said long ago. */
    async forget(): Promise<void> {
      const db = await database()
      const before = new Date(clock.now().getTime() - LINES_KEPT_DAYS * 86_400_000)
      await db
        .update(tickets)
        .set({ lines: null })
        .where(and(lt(tickets.endedAt, before), isNotNull(tickets.lines)))
    },
  }
}

function known<Name extends string>(name: Name, value: number | null | undefined): { [K in Name]?: number } {
  return (value === null || value === undefined ? {} : { [name]: Number(value) }) as { [K in Name]?: number }
}

function rowOf(ticket: Ticket) {
  const date = (instant: string | undefined) => (instant === undefined ? null : new Date(instant))
  const { id, version, conversationId, channel, state, why, skill, priority, brief } = ticket
  return {
    id,
    version,
    conversationId,
    channel,
    state,
    why,
    skill,
    priority,
    requestedAt: new Date(ticket.requestedAt),
    queuedAt: date(ticket.queuedAt),
    answeredAt: date(ticket.answeredAt),
    endedAt: date(ticket.endedAt),
    agentId: ticket.agentId ?? null,
    outcome: ticket.outcome ?? null,
    callbackBy: date(ticket.callback?.by),
    botHelped: brief.intent !== undefined || brief.facts.length + brief.done.length > 0,
  }
}

function pastOf(row: Row & { wait: number; agentName: string | null }): Past {
  const counts = row.queuedAt !== null || row.callbackBy !== null
  const instant = <Name extends string>(name: Name, at: Date | null) =>
    (at === null ? {} : { [name]: at.toISOString() }) as { [K in Name]?: string }
  return {
    id: row.id,
    channel: row.channel as Past['channel'],
    state: row.state as Past['state'],
    why: row.why as Past['why'],
    skill: row.skill as Past['skill'],
    priority: row.priority as Past['priority'],
    requestedAt: row.requestedAt.toISOString(),
    ...instant('queuedAt', row.queuedAt),
    ...instant('answeredAt', row.answeredAt),
    ...instant('endedAt', row.endedAt),
    ...(row.agentName !== null && { agentName: row.agentName }),
    ...(row.outcome !== null && { outcome: row.outcome as Exclude<Past['outcome'], undefined> }),
    ...(counts && { wait: Math.round(row.wait) }),
    ...(row.csat !== null && { csat: row.csat }),
  }
}

/** The columns of `exportOf`, as text keys name them. */
export const exportColumns = [
  'ticket',
  'channel',
  'why',
  'skill',
  'priority',
  'state',
  'outcome',
  'requested',
  'queued',
  'answered',
  'ended',
  'wait',
  'callback',
  'agent',
  'csat',
] as const

function exportOf(row: Row & { wait: number }): (string | number)[] {
  const instant = (at: Date | null) => at?.toISOString() ?? ''
  const counts = row.queuedAt !== null || row.callbackBy !== null
  return [
    nameless(row.id),
    row.channel,
    row.why,
    row.skill,
    row.priority,
    row.state,
    row.outcome ?? '',
    instant(row.requestedAt),
    instant(row.queuedAt),
    instant(row.answeredAt),
    instant(row.endedAt),
    counts ? Math.round(row.wait) : '',
    instant(row.callbackBy),
    row.agentId === null ? '' : nameless(row.agentId),
    row.csat ?? '',
  ]
}

/** Tells rows apart without leading back to a conversation or an agent. */
function nameless(id: string): string {
  return createHash('sha256').update(`export|${id}`).digest('hex').slice(0, 12)
}
