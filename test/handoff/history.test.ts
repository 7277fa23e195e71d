import { sql } from 'drizzle-orm'
import { Pool } from 'pg'
import pino from 'pino'
import { type Connection, openConnection } from '../../src/database'
import { createAudit } from '../../src/handoff/audit'
import { deskDatabase } from '../../src/handoff/db/database'
import { createHistory } from '../../src/handoff/history'
import { central135, isNationalHoliday } from '../../src/handoff/hours'
import { createOffers, leaveRecentWaits } from '../../src/handoff/offer'
import { type Move, moved, newTicket, type Ticket } from '../../src/handoff/ticket'
import { verifyAudit } from '../../src/handoff/verify'
import { createMemoryStore } from '../../src/store/memory'
import type { JournalEntry } from '../../src/store/store'
import { describeWithPostgres, startPostgres } from '../inss-api/postgres-server'
import { movable, pglite, START } from './console-world'

const secretKey = Buffer.alloc(32, 7)

/** A ticket and what the journal has of it, moved at so many minutes after `START`. */
function ticketOf(
  conversationId: string,
  moves: [number, Move][],
  more: Partial<Ticket> = {},
): { ticket: Ticket; entries: JournalEntry[] } {
  const at = (minutes: number) => new Date(Date.parse(START) + minutes * 60_000).toISOString()
  const wish = {
    conversationId,
    channel: 'web' as const,
    why: 'asked' as const,
    skill: 'geral' as const,
    priority: 3 as const,
    brief: { level: 'none' as const, facts: [], done: [], failed: [], flags: [] },
    ...more,
  }
  let ticket = newTicket(wish, 't', at(moves[0]?.[0] ?? 0))
  const entries: JournalEntry[] = [{ kind: 'ticket', ticket, move: 'request' }]
  for (const [minutes, move] of moves) {
    ticket = moved(ticket, move, at(minutes))
    entries.push({ kind: 'ticket', ticket, move: move.type, by: 'router' })
  }
  return { ticket, entries }
}

const answer = (agentId = 'ana'): Move[] => [
  { type: 'assign', agentId },
  { type: 'answer', agentId },
]

function sameOn(name: string, open: () => Promise<Connection>, close: () => Promise<void>): void {
  describe(name, () => {
    const clock = movable()
    const tables = deskDatabase(open)
    const history = createHistory({ database: tables, secretKey, clock, slaMinutes: 5 })
    afterAll(close)

    it('counts abandoned and call-backs with the whole time they waited', async () => {
      const [assign, spoke] = answer() as [Move, Move]
      const quick = ticketOf('rapida', [
        [0, { type: 'queue' }],
        [1, assign],
        [2, spoke],
        [9, { type: 'close', outcome: 'resolved' }],
      ])
      const gaveUp = ticketOf('desistiu', [
        [0, { type: 'queue' }],
        [20, { type: 'return', outcome: 'gave_up' }],
      ])
      const owed = ticketOf('retorno', [
        [0, { type: 'expire' }],
        [0, { type: 'promise', by: new Date(Date.parse(START) + 240 * 60_000).toISOString() }],
      ])
      const declined = ticketOf('recusou', [[3, { type: 'return' }]])
      const entries = [quick, gaveUp, owed, declined].flatMap((each) => each.entries)
      const started = { kind: 'started' as const, id: 'um', day: '2026-11-25', count: 40 }
      const ended = {
        kind: 'ended' as const,
        ticketId: quick.ticket.id,
        lines: [{ number: 1, at: START, who: 'person' as const, text: 'CPF 000.010.001-59' }],
      }
      const rated = { kind: 'satisfaction' as const, ticketId: quick.ticket.id, value: 5, at: START }
      const all: JournalEntry[] = [...entries, ended, rated, started]
      await history.copy(all)
      clock.forward(60)
      const day = { from: '2026-11-25', to: '2026-11-25' }
      const figures = await history.figures(day)
      // Two minutes, twenty, and the hour a call-back is owed so far.
      expect(figures).toMatchObject({
        count: 4,
        wait: { count: 3, median: 20 * 60, p90: 60 * 60 },
        sla: { withinMinutes: 5, part: 1, of: 3 },
        containment: { botOnly: 39, botAndPerson: 0, person: 1 },
        csat: { answers: 1, average: 5 },
      })
      // The same again, and older ones after newer ones, change nothing.
      await history.copy(all)
      await history.copy(entries.slice(0, 2))
      expect(await history.figures(day)).toEqual(figures)
      const tomorrow = await history.figures({ from: '2026-11-26' })
      expect([tomorrow.count, tomorrow.containment.botOnly]).toEqual([0, 0])
    })

    it('lists by what is asked for, page by page, newest first', async () => {
      const all = await history.list({ limit: 50 })
      expect(all.items).toHaveLength(4)
      const first = await history.list({ limit: 3 })
      const second = await history.list({ limit: 3, after: first.next ?? '' })
      expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(all.items.map(({ id }) => id))
      expect(second.next).toBeUndefined()
      const resolved = await history.list({ limit: 50, outcome: 'resolved', channel: 'web', agentId: 'ana' })
      expect(resolved.items.map(({ wait, csat }) => [wait, csat])).toEqual([[120, 5]])
      expect((await history.list({ limit: 50, skill: 'crise' })).items).toEqual([])
    })

    it('exports nothing that tells who somebody is', async () => {
      const { rows } = await history.exported({ limit: 50 })
      const text = JSON.stringify(rows)
      for (const personal of ['rapida', 'ana', '000.010', 'desistiu']) expect(text).not.toContain(personal)
      expect(rows.map((row) => row[5]).sort()).toEqual(['callback', 'closed', 'returned', 'returned'])
    })

    it('keeps the transcript sealed, and gives it back with the moves', async () => {
      const db = await tables()
      const { rows } = (await db.execute(
        sql`select lines from desk.tickets where lines is not null`,
      )) as never as {
        rows: { lines: string }[]
      }
      expect(rows).toHaveLength(1)
      expect(rows[0]?.lines).not.toContain('CPF')
      const detail = await history.detail('rapida:t')
      expect(detail?.lines[0]?.text).toBe('CPF 000.010.001-59')
      expect(detail?.moves.map(({ state }) => state)).toEqual([
        'requested',
        'queued',
        'assigned',
        'agent',
        'closed',
      ])
      expect(await history.detail('ninguem:t')).toBeUndefined()
      clock.forward(200 * 24 * 60)
      await history.forget()
      expect((await history.detail('rapida:t'))?.lines).toEqual([])
    })

    it('chains the audit in one line, however many write at once, and names what is missing of it', async () => {
      const audit = createAudit({ database: tables, clock })
      await Promise.all(
        Array.from({ length: 12 }, (_, index) =>
          audit.write({ actor: `a${index}`, action: 'asked', details: { field: 'cpf', b: '1', a: '2' } }),
        ),
      )
      const verdict = await audit.verify()
      expect(verdict).toMatchObject({ ok: true, rows: 12 })
      const head = verdict.ok && 'head' in verdict ? verdict.head : ''
      await audit.write({ actor: 'a', action: 'exported' })
      expect(await audit.verify([head])).toMatchObject({ ok: true, rows: 13 })
      const never = 'f'.repeat(64)
      expect(await audit.verify([never])).toEqual({ ok: false, missing: never })
      const db = await tables()
      await expect(db.execute(sql`delete from desk.audit`)).rejects.toThrow()
      await db.execute(sql`alter table desk.audit disable trigger audit_append_only`)
      await db.execute(sql`update desk.audit set details = '{"field":"nome"}' where position = 7`)
      expect(await audit.verify()).toEqual({ ok: false, position: 7, fault: 'changed' })
    })
  })
}

const embedded = pglite()
sameOn('the history in PGlite', embedded.connection, embedded.close)

describeWithPostgres('on PostgreSQL', () => {
  let server: Awaited<ReturnType<typeof startPostgres>>
  let connection: Connection | undefined
  beforeAll(async () => {
    server = await startPostgres()
  })

  it('is walked by an operator, who is told the first broken row', async () => {
    const pool = new Pool({ connectionString: server.url })
    await pool.query('create database vazio')
    const databaseUrl = server.url.replace(/postgres$/, 'vazio')
    const said: string[] = []
    const verify = (...known: string[]) =>
      verifyAudit({ databaseUrl, dataFolder: '' }, known, (line) => said.push(line))
    expect(await verify()).toBe(0)
    const own = await openConnection({ databaseUrl, dataFolder: '', log: pino({ level: 'silent' }) })
    const database = deskDatabase(async () => own)
    const audit = createAudit({ database, clock: movable() })
    for (const actor of ['a', 'b', 'c']) await audit.write({ actor, action: 'asked' })
    expect(await verify()).toBe(0)
    const head = /[0-9a-f]{64}$/.exec(said.at(-1) ?? '')?.[0] ?? ''
    expect(await verify(head)).toBe(0)
    const db = await database()
    await db.execute(sql`alter table desk.audit disable trigger audit_append_only`)
    await db.execute(sql`update desk.audit set actor = 'x' where position = 2`)
    expect(await verify()).toBe(1)
    expect(said).toEqual([
      expect.stringMatching(/^0 rows, none broken/),
      expect.stringMatching(/^3 rows, none broken/),
      expect.stringMatching(/^3 rows, none broken/),
      'BROKEN: row 2 was changed',
    ])
    await expect(verify('abc')).rejects.toMatchObject({ code: 'config_invalid' })
    await own.close()
    await pool.end()
  })

  sameOn(
    'the history in PostgreSQL',
    async () => {
      connection ??= await openConnection({
        databaseUrl: server.url,
        dataFolder: '',
        log: pino({ level: 'silent' }),
      })
      return connection
    },
    async () => {
      await connection?.close()
      await server.stop()
    },
  )
})

describe('the hours of the Central 135', () => {
  it.each([
    ['2026-11-25T10:00:00Z', true, 'a Wednesday at seven'],
    ['2026-11-25T09:59:59Z', false, 'just before it'],
    ['2026-11-26T00:59:59Z', true, 'just before ten at night'],
    ['2026-11-26T01:00:00Z', false, 'ten at night'],
    ['2026-11-28T15:00:00Z', true, 'a Saturday'],
    ['2026-11-29T15:00:00Z', false, 'a Sunday'],
    ['2026-11-20T15:00:00Z', false, 'Consciência Negra'],
    ['2026-12-25T15:00:00Z', false, 'Christmas'],
    ['2026-04-03T15:00:00Z', false, 'Good Friday'],
    ['2026-02-17T15:00:00Z', true, 'Carnival, which is no national holiday'],
  ])('%s: %s, %s', (at, open) => {
    expect(central135.isOpen(new Date(at))).toBe(open)
  })

  it('knows when it opens next, and counts open minutes only', () => {
    expect(central135.nextOpening(new Date('2026-11-29T15:00:00Z'))).toBe('2026-11-30T10:00:00.000Z')
    expect(central135.nextOpening(new Date('2026-11-25T13:00:00Z'))).toBe('2026-11-25T13:00:00.000Z')
    // Saturday at nine at night, four open hours: Monday at ten.
    expect(central135.after(new Date('2026-11-29T00:00:00Z'), 240)).toBe('2026-11-30T13:00:00.000Z')
  })

  it('has the Good Fridays of other years, and Consciência Negra since 2024', () => {
    expect(['2024-03-29', '2025-04-18', '2027-03-26', '2028-04-14'].map(isNationalHoliday)).toEqual(
      Array(4).fill(true),
    )
    expect(['2023-11-20', '2024-11-20', '2025-04-21'].map(isNationalHoliday)).toEqual([false, true, true])
  })
})

describe('what can be offered', () => {
  const agent = (id: string, skills: Ticket['skill'][], status: 'available' | 'pause' = 'available') =>
    ({ id, name: id, skills, capacity: 4, status, since: 0 }) as const

  it('counts who can take it, who waits before it, and says the wait of late', async () => {
    const clock = movable()
    const { records } = createMemoryStore({ clock })
    await leaveRecentWaits(records, { all: [3.2, 12.1], recurso: [20, 45] })
    const queued = (id: string, skill: Ticket['skill'], priority: Ticket['priority'] = 3) =>
      ticketOf(id, [[-10, { type: 'queue' }]], { skill, priority }).ticket
    const tickets = [queued('um', 'beneficio'), queued('dois', 'geral'), queued('tres', 'recurso')]
    const agents = [
      agent('ana', ['beneficio']),
      agent('rui', ['recurso']),
      agent('eva', ['beneficio'], 'pause'),
    ]
    const offer = createOffers({
      desk: { open: async () => tickets, agents: async () => agents },
      records,
      hours: central135,
      callbackMinutes: 240,
      elsewhere: false,
      clock,
    })
    expect(await offer({ skill: 'beneficio', priority: 3 })).toEqual({
      open: true,
      people: 1,
      ahead: 2,
      waitMinutes: [3, 13],
      nextOpening: START,
      callbackBy: '2026-11-25T17:00:00.000Z',
      down: false,
    })
    expect(await offer({ skill: 'recurso', priority: 0 })).toMatchObject({ ahead: 0, waitMinutes: [20, 45] })
  })

  it('is nobody, and honest about it, when the desk does not answer', async () => {
    const clock = movable()
    const { records } = createMemoryStore({ clock })
    const offer = createOffers({
      desk: {
        open: async () => {
          throw new Error('away')
        },
        agents: async () => [],
      },
      records,
      hours: central135,
      callbackMinutes: 240,
      elsewhere: false,
      clock,
    })
    expect(await offer({ skill: 'geral', priority: 3 })).toMatchObject({ down: true, people: 0, open: true })
  })
})
