import type { Clock } from '../../src/clock'
import { moved, newTicket, type Ticket } from '../../src/handoff/ticket'
import type { Inbound, Outbound } from '../../src/message'
import type { Committed, JournalEntry, Line, Presence, Store, Work } from '../../src/store/store'
import { inbound, outbound } from './contract'

const AT = '2026-11-23T12:00:00.000Z'

export function ticketOf(conversationId: string, name = 't1'): Ticket {
  const brief = { level: 'none' as const, facts: [], done: [], failed: [], flags: [] }
  const wish = { conversationId, channel: 'web', why: 'asked', skill: 'geral', priority: 3, brief } as const
  return newTicket(wish, name, AT)
}
const queued = (conversationId: string, name?: string) =>
  moved(ticketOf(conversationId, name), { type: 'queue' }, AT)
const said = (who: Line['who'], text: string, more: Partial<Line> = {}): Line => ({
  at: AT,
  who,
  text,
  ...more,
})
const agent = (id: string, more: Partial<Presence> = {}): Presence => ({
  ...{ id, name: 'Maria', skills: ['geral'], capacity: 3, status: 'available', since: 1 },
  ...more,
})

/** What the desk of every store must do, whatever keeps it. */
export function describeDesk(name: string, create: (clock: Clock) => Promise<Store>): void {
  describe(`the desk of a ${name} store`, () => {
    let store: Store
    let now: number
    const clock = { now: () => new Date(now) }
    const pause = () => new Promise((resolve) => setTimeout(resolve, 50))

    beforeEach(async () => {
      now = Date.parse(AT)
      store = await create(clock)
    })
    afterEach(() => store.close())

    async function leased(conversationId = 'c1', id = 'm1'): Promise<Work> {
      const work = await store.inbox.append(inbound(id, conversationId), {
        worker: 'w',
        milliseconds: 30_000,
      })
      if (typeof work === 'string') throw new Error('not free')
      return work
    }
    const turn = (more: Partial<Committed> = {}): Committed => ({
      state: {},
      replies: [],
      events: [],
      ...more,
    })
    const desk = (id: string, speaker: 'desk' | 'agent' = 'desk'): Outbound => ({
      ...outbound(id, 'c1'),
      speaker,
    })
    const open = (ticket: Ticket) =>
      store.desk.change(ticket.conversationId, { ticket: { from: undefined, to: ticket } })
    const told = async (conversationId = 'c1') =>
      (await store.desk.lines(conversationId)).map(
        ({ who, text, unsaid }) => `${who}${unsaid ? '?' : ''} ${text}`,
      )
    const entries = async (): Promise<JournalEntry[]> => {
      const all: JournalEntry[] = []
      for (let place = 0; place < store.desk.journal.places; place += 1)
        all.push(...(await store.desk.journal.take(place, 1000)).entries)
      return all
    }

    it('knows no ticket and no line of somebody new', async () => {
      expect(await store.desk.ticket('c1')).toBeUndefined()
      expect(await store.desk.open()).toEqual([])
      expect(await store.desk.lines('c1')).toEqual([])
      expect((await leased()).ticket).toBeUndefined()
    })

    it('stores a change only of the ticket it was made from', async () => {
      const first = queued('c1')
      expect(await open(first)).toBe('stored')
      expect(await open(queued('c1', 't2'))).toBe('stale')
      const next = moved(first, { type: 'assign', agentId: 'a1' }, AT)
      const other = moved(first, { type: 'assign', agentId: 'a2' }, AT)
      const results = await Promise.all(
        [next, other].map((to) => store.desk.change('c1', { ticket: { from: first, to } })),
      )
      expect(results.sort()).toEqual(['stale', 'stored'])
      const kept = await store.desk.ticket('c1')
      expect([next, other]).toContainEqual(kept)
      expect(await store.desk.open()).toEqual([kept])
    })

    it('compares without storing when nothing is to change', async () => {
      const ticket = queued('c1')
      await open(ticket)
      expect(await store.desk.change('c1', { ticket: { from: undefined }, lines: [said('note', 'a')] })).toBe(
        'stale',
      )
      expect(await store.desk.change('c1', { ticket: { from: ticket }, lines: [said('note', 'b')] })).toBe(
        'stored',
      )
      expect(await told()).toEqual(['note b'])
      expect(await store.desk.ticket('c1')).toEqual(ticket)
    })

    it('hands out the open ticket with the conversation, and its owner with each message', async () => {
      const ticket = queued('c1')
      await open(ticket)
      const work = await leased()
      expect(work.ticket).toEqual(ticket)
      const { toSend } = await store.conversations.commit(
        work.lease,
        work.waiting,
        turn({ replies: [desk('d1')] }),
      )
      expect(toSend?.owner).toBe('queue')
      await store.inbox.append(inbound('m2', 'c1'))
      const [again] = await store.inbox.lease({ worker: 'w', milliseconds: 1000 }, 1)
      expect(again?.ticket).toEqual(ticket)
      now += 30_000
      expect((await store.outbox.take(1, 'reply', {}))[0]?.owner).toBe('queue')
    })

    it('ends a ticket: nothing is open, and another may begin', async () => {
      const ticket = queued('c1')
      await open(ticket)
      const to = moved(ticket, { type: 'return', outcome: 'gave_up' }, AT)
      await store.desk.change('c1', { ticket: { from: ticket, to } })
      expect(await store.desk.open()).toEqual([])
      expect(await store.desk.ticket('c1')).toEqual(to)
      expect((await leased()).ticket).toBeUndefined()
      expect(await open(queued('c1', 't2'))).toBe('stored')
    })

    it('does a thing with a known key once, also when it would be stale by now', async () => {
      const ticket = queued('c1')
      await open(ticket)
      const answer = { ticket: { from: ticket, to: moved(ticket, { type: 'assign', agentId: 'a1' }, AT) } }
      const change = { ...answer, replies: [desk('a1', 'agent')], key: 'k1' }
      const results = await Promise.all([store.desk.change('c1', change), store.desk.change('c1', change)])
      expect(results.sort()).toEqual(['repeated', 'stored'])
      expect(await store.outbox.take(9, 'reply', {})).toHaveLength(1)
    })

    it('forgets the key of a change that was stale', async () => {
      const ticket = queued('c1')
      await open(ticket)
      const key = 'k1'
      expect(await store.desk.change('c1', { ticket: { from: undefined }, key })).toBe('stale')
      expect(await store.desk.change('c1', { ticket: { from: ticket }, key })).toBe('stored')
    })

    describe('a turn', () => {
      it('commits its ticket, its lines and its replies in one step', async () => {
        const work = await leased()
        const to = queued('c1')
        const { toSend } = await store.conversations.commit(
          work.lease,
          work.waiting,
          turn({
            ticket: { from: undefined, to },
            lines: [said('person', 'quero uma pessoa')],
            replies: [desk('d1')],
            journal: [{ kind: 'ticket', ticket: to, move: 'queue' }],
          }),
        )
        expect(toSend?.message.id).toBe('d1')
        expect(await store.desk.ticket('c1')).toEqual(to)
        expect(await told()).toEqual(['person quero uma pessoa', 'desk olá'])
        expect(await entries()).toEqual([{ kind: 'ticket', ticket: to, move: 'queue' }])
      })

      it('writes nothing when the ticket is another one by now, and keeps the lease', async () => {
        const work = await leased()
        const ticket = queued('c1')
        await open(ticket)
        const result = await store.conversations.commit(
          work.lease,
          work.waiting,
          turn({ ticket: { from: undefined }, replies: [outbound('o1', 'c1')], state: { wrong: 1 } }),
        )
        expect(result).toMatchObject({ stale: true, ticket, toSend: undefined })
        expect(result.waiting).toEqual(work.waiting)
        expect(await store.conversations.load('c1')).toBeUndefined()
        const second = await store.conversations.commit(
          work.lease,
          work.waiting,
          turn({ ticket: { from: ticket } }),
        )
        expect(second.stale).toBeUndefined()
      })

      it('that ends after people took over says nothing, and a line tells what', async () => {
        const work = await leased()
        await open(moved(queued('c1'), { type: 'assign', agentId: 'a1' }, AT))
        const late = turn({ lines: [said('person', 'oi')], replies: [outbound('o1', 'c1')] })
        const { toSend } = await store.conversations.commit(work.lease, work.waiting, late)
        expect(toSend).toBeUndefined()
        expect(await store.outbox.take(9, 'reply', {})).toEqual([])
        expect(await told()).toEqual(['person oi', 'bot? olá'])
      })

      it('gives the next message the ticket as it is after the commit', async () => {
        const work = await leased()
        await store.inbox.append(inbound('m2', 'c1'))
        const to = queued('c1')
        const after = await store.conversations.commit(
          work.lease,
          work.waiting,
          turn({ ticket: { from: undefined, to } }),
        )
        expect(after.ticket).toEqual(to)
        expect(after.waiting.map(({ id }) => id)).toEqual(['m2'])
      })
    })

    describe('what the bot said before people took over', () => {
      async function twoReplies() {
        const work = await leased()
        const replies = [
          { ...outbound('o1', 'c1'), text: 'um' },
          { ...outbound('o2', 'c1'), text: 'dois, "entre aspas"\n\\ e ção' },
        ]
        const { toSend } = await store.conversations.commit(work.lease, work.waiting, turn({ replies }))
        if (toSend === undefined) throw new Error('nothing to send')
        return toSend
      }
      const takeOver = (replies: Outbound[] = []) =>
        store.desk.change('c1', {
          ticket: { from: undefined, to: moved(queued('c1'), { type: 'assign', agentId: 'a1' }, AT) },
          replies,
        })

      it('is not said any more, but for what is under way', async () => {
        const first = await twoReplies()
        await takeOver([desk('d1')])
        expect(await told()).toEqual([
          'bot um',
          'bot dois, "entre aspas"\n\\ e ção',
          'bot? dois, "entre aspas"\n\\ e ção',
          'desk olá',
        ])
        expect((await store.outbox.sent(first.message))?.message.id).toBe('d1')
      })

      it('is withheld when its sending comes back, and nobody waits behind it', async () => {
        const first = await twoReplies()
        await takeOver([desk('d1')])
        await store.outbox.putBack(first.message, { at: now + 300_000, counts: true })
        const [again] = await store.outbox.take(9, 'reply', {})
        expect(again).toMatchObject({ owner: 'agent', message: { id: 'o1' } })
        if (again === undefined) return
        const next = await store.outbox.withhold(again.message)
        expect(next?.message.id).toBe('d1')
        expect((await told()).at(-1)).toBe('bot? um')
      })

      it('goes out of the way at once when it waited for its next try', async () => {
        const first = await twoReplies()
        await store.outbox.putBack(first.message, { at: now + 300_000, counts: true })
        await takeOver([desk('d1')])
        const [next] = await store.outbox.take(9, 'reply', {})
        expect(next).toMatchObject({ message: { id: 'd1' }, attempts: 1 })
        expect(next?.unknownSince).toBeUndefined()
      })

      it('does not wait for the person to write, either', async () => {
        const first = await twoReplies()
        await store.outbox.putBack(first.message, { held: true })
        await takeOver([desk('d1')])
        expect((await store.outbox.take(9, 'reply', {})).map(({ message }) => message.id)).toEqual(['d1'])
      })

      it('leaves what agents said in its place when the bot has the conversation again', async () => {
        const ticket = moved(queued('c1'), { type: 'assign', agentId: 'a1' }, AT)
        await open(ticket)
        const answered = moved(ticket, { type: 'answer', agentId: 'a1' }, AT)
        await store.desk.change('c1', {
          ticket: { from: ticket, to: answered },
          replies: [desk('r1', 'agent')],
        })
        const to = moved(answered, { type: 'return' }, AT)
        await store.desk.change('c1', { ticket: { from: answered, to } })
        expect((await store.outbox.take(9, 'reply', {})).map(({ message }) => message.id)).toEqual(['r1'])
      })
    })

    describe('lines', () => {
      const add = (conversationId: string, lines: Line[]) => store.desk.change(conversationId, { lines })

      it('come back whole, numbered', async () => {
        const lines: Line[] = [
          said('person', 'com\ttabulação\ne linha'),
          said('agent', 'olá', { id: 'r1', agentId: 'a1', agentName: 'Maria' }),
          said('note', 'só nós', { agentId: 's1', whisper: true }),
          said('person', '', { media: { what: 'image', id: 'f1', mimeType: 'image/png' } }),
          said('person', '12/3/62', { typed: { field: 'birth_date', value: '1962-03-12' } }),
          said('bot', 'não dito', { unsaid: true }),
        ]
        await add('c1', lines)
        expect(await store.desk.lines('c1')).toEqual(
          lines.map((line, index) => ({ ...line, number: index + 1 })),
        )
        expect((await store.desk.lines('c1', 4)).map(({ number }) => number)).toEqual([5, 6])
      })

      it('are the last forty, for two hours, when no ticket is open', async () => {
        for (let index = 1; index <= 45; index += 1) await add('c1', [said('person', String(index))])
        const kept = await store.desk.lines('c1')
        expect(kept).toHaveLength(40)
        expect(kept[0]).toMatchObject({ number: 6, text: '6' })
      })

      it('are all kept while a ticket is open, and go into the journal when it ends', async () => {
        await add('c1', [said('person', 'antes')])
        const ticket = queued('c1')
        await open(ticket)
        for (let index = 1; index <= 50; index += 1) await add('c1', [said('person', String(index))])
        const kept = await store.desk.lines('c1')
        expect(kept).toHaveLength(51)
        const to = moved(ticket, { type: 'return' }, AT)
        const last = [said('desk', 'tchau', { id: 'x' })]
        await store.desk.change('c1', {
          ticket: { from: ticket, to },
          lines: last,
          journal: [{ kind: 'ticket', ticket: to, move: 'return' }],
        })
        expect(await entries()).toEqual([
          { kind: 'ticket', ticket: to, move: 'return' },
          { kind: 'ended', ticketId: ticket.id, lines: [...kept, { ...last[0], number: 52 }] },
        ])
      })
    })

    it('goes on in the inbox with what the bot is to do', async () => {
      const ticket = moved(queued('c1'), { type: 'assign', agentId: 'a1' }, AT)
      await open(ticket)
      const to = moved(ticket, { type: 'return' }, AT)
      const event = { kind: 'event', event: 'desk_returned', ticketId: ticket.id, resume: 'resume' } as const
      const next: Inbound = { id: 'desk.1', channel: 'web', conversationId: 'c1', at: AT, ...event }
      let heard = 0
      store.inbox.onArrival(() => {
        heard += 1
      })
      await pause()
      await store.desk.change('c1', { ticket: { from: ticket, to }, next })
      await pause()
      expect(heard).toBeGreaterThan(0)
      const [work] = await store.inbox.lease({ worker: 'w', milliseconds: 1000 }, 1)
      expect(work).toMatchObject({ waiting: [next] })
      expect(work?.ticket).toBeUndefined()
    })

    it('tells of changes of open tickets and of agents, and of nothing else', async () => {
      const heard: (string | undefined)[] = []
      const stop = store.desk.onChange((what) => heard.push(what))
      await pause()
      await store.desk.change('c2', { lines: [said('person', 'oi')] })
      await pause()
      expect(heard).toEqual([])
      await open(queued('c1'))
      await store.desk.agents.put(agent('a1'), 30_000)
      await store.desk.agents.put(agent('a1'), 30_000)
      await pause()
      expect(heard).toEqual(['c1', undefined])
      await store.desk.change('c1', { lines: [said('person', 'oi')] })
      await store.desk.agents.remove('a1')
      await pause()
      expect(heard).toEqual(['c1', undefined, 'c1', undefined])
      stop()
    })

    it('knows who is at work, until they are silent for too long', async () => {
      await store.desk.agents.put(agent('a1'), 30_000)
      await store.desk.agents.put(agent('a2', { status: 'pause' }), 60_000)
      await store.desk.agents.worked('a2', now - 5)
      const byId = async () => (await store.desk.agents.list()).sort((a, b) => (a.id < b.id ? -1 : 1))
      expect(await byId()).toEqual([agent('a1'), { ...agent('a2', { status: 'pause' }), workedAt: now - 5 }])
      now += 31_000
      expect((await byId()).map(({ id }) => id)).toEqual(['a2'])
      await store.desk.agents.remove('a2')
      expect(await byId()).toEqual([])
    })

    it('lets one lead, and another when the first is silent or resigns', async () => {
      expect(await store.desk.lead('desk', 'w1', 5000)).toBe(true)
      expect(await store.desk.lead('desk', 'w2', 5000)).toBe(false)
      now += 4000
      expect(await store.desk.lead('desk', 'w1', 5000)).toBe(true)
      now += 4000
      expect(await store.desk.lead('desk', 'w2', 5000)).toBe(false)
      now += 1500
      expect(await store.desk.lead('desk', 'w2', 5000)).toBe(true)
      await store.desk.resign('desk', 'w1')
      expect(await store.desk.lead('desk', 'w1', 5000)).toBe(false)
      await store.desk.resign('desk', 'w2')
      expect(await store.desk.lead('desk', 'w1', 5000)).toBe(true)
    })

    it('keeps the journal until it is copied, whoever copies it twice', async () => {
      for (let value = 1; value <= 5; value += 1) {
        const entry = { kind: 'satisfaction', ticketId: 'c1:t1', value, at: AT } as const
        await store.desk.change('c1', { journal: [entry] })
      }
      const places = Array.from({ length: store.desk.journal.places }, (_, place) => place)
      const found = await Promise.all(places.map((place) => store.desk.journal.take(place, 2)))
      const place = found.findIndex(({ entries: some }) => some.length > 0)
      expect(found[place]).toMatchObject({ from: 1, entries: [{ value: 1 }, { value: 2 }] })
      await store.desk.journal.done(place, 3)
      await store.desk.journal.done(place, 3)
      await store.desk.journal.done(place, 2)
      expect(await store.desk.journal.take(place, 9)).toMatchObject({
        from: 3,
        entries: [{ value: 3 }, { value: 4 }, { value: 5 }],
      })
    })
  })
}
