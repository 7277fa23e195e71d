import type { Clock } from '../../src/clock'
import { AppError } from '../../src/errors'
import type { Inbound, Outbound } from '../../src/message'
import type { Lease, Store } from '../../src/store/store'

export function inbound(id: string, conversationId: string): Inbound {
  return { id, channel: 'web', conversationId, at: '2026-11-23T12:00:00.000Z', kind: 'text', text: 'oi' }
}

export function outbound(id: string, conversationId: string): Outbound {
  return {
    id,
    channel: 'web',
    conversationId,
    at: '2026-11-23T12:00:00.000Z',
    text: 'olá',
    outcome: 'answered',
  }
}

/** What every store must do, whatever keeps it. */
export function describeStore(name: string, create: (clock: Clock) => Promise<Store>): void {
  describe(`${name} store`, () => {
    let store: Store
    let now: number
    const clock = { now: () => new Date(now) }
    const passSeconds = (seconds: number) => {
      now += seconds * 1000
    }

    beforeEach(async () => {
      now = Date.parse('2026-11-23T12:00:00Z')
      store = await create(clock)
    })
    afterEach(() => store.close())

    async function leased(worker = 'w1', milliseconds = 30_000): Promise<Lease> {
      const lease = await store.inbox.lease(worker, milliseconds)
      if (lease === undefined) throw new Error('nothing to lease')
      return lease
    }

    describe('inbox', () => {
      it('takes a message once, however often the provider repeats it', async () => {
        expect(await store.inbox.append(inbound('m1', 'c1'))).toBe('stored')
        expect(await store.inbox.append(inbound('m1', 'c1'))).toBe('duplicate')
        passSeconds(6 * 86_400)
        expect(await store.inbox.append(inbound('m1', 'c1'))).toBe('duplicate')
      })

      it('knows messages by channel and id together', async () => {
        await store.inbox.append(inbound('m1', 'c1'))
        expect(await store.inbox.append({ ...inbound('m1', 'c2'), channel: 'terminal' })).toBe('stored')
      })

      it('gives one conversation to one worker at a time and different ones to different workers', async () => {
        await store.inbox.append(inbound('m1', 'c1'))
        await store.inbox.append(inbound('m2', 'c2'))
        const first = await leased('w1')
        const second = await leased('w2')
        expect([first.conversationId, second.conversationId].sort()).toEqual(['c1', 'c2'])
        expect(await store.inbox.lease('w3', 1000)).toBeUndefined()
      })

      it('keeps the order of one person and hands over one message at a time', async () => {
        for (const id of ['m1', 'm2', 'm3']) await store.inbox.append(inbound(id, 'c1'))
        const lease = await leased()
        for (const id of ['m1', 'm2', 'm3']) {
          expect((await store.inbox.next(lease))?.id).toBe(id)
          expect((await store.inbox.next(lease))?.id).toBe(id)
          await store.conversations.commit(lease, inbound(id, 'c1'), { state: {}, replies: [], events: [] })
        }
        expect(await store.inbox.next(lease)).toBeUndefined()
      })

      it('gives a released conversation with messages left to the next worker', async () => {
        await store.inbox.append(inbound('m1', 'c1'))
        await store.inbox.release(await leased('w1'))
        expect((await leased('w2')).conversationId).toBe('c1')
      })

      it('calls back when something arrives', async () => {
        let calls = 0
        const stop = store.inbox.onArrival(() => {
          calls += 1
        })
        await store.inbox.append(inbound('m1', 'c1'))
        await new Promise((resolve) => setTimeout(resolve, 50))
        expect(calls).toBeGreaterThan(0)
        stop()
      })
    })

    describe('commit', () => {
      it('writes state and replies and takes the message out, in one step', async () => {
        await store.inbox.append(inbound('m1', 'c1'))
        const lease = await leased()
        await store.conversations.commit(lease, inbound('m1', 'c1'), {
          state: { facts: { a: 1 } },
          replies: [outbound('o1', 'c1')],
          events: [],
        })
        expect(await store.conversations.load('c1')).toEqual({ facts: { a: 1 } })
        expect(await store.inbox.next(lease)).toBeUndefined()
        expect((await store.outbox.take(10, clock.now())).map((entry) => entry.message.id)).toEqual(['o1'])
      })

      it('refuses a worker whose lease ran out, also before another took it, and writes nothing', async () => {
        await store.inbox.append(inbound('m1', 'c1'))
        const slow = await leased('slow', 1000)
        passSeconds(2)
        const late = store.conversations.commit(slow, inbound('m1', 'c1'), {
          state: { from: 'slow' },
          replies: [outbound('o1', 'c1')],
          events: [],
        })
        await expect(late).rejects.toMatchObject({ code: 'store_fenced' })
        const fast = await leased('fast')
        await store.conversations.commit(fast, inbound('m1', 'c1'), {
          state: { from: 'fast' },
          replies: [],
          events: [],
        })
        await expect(
          store.conversations.commit(slow, inbound('m1', 'c1'), {
            state: { from: 'slow' },
            replies: [],
            events: [],
          }),
        ).rejects.toBeInstanceOf(AppError)
        expect(await store.conversations.load('c1')).toEqual({ from: 'fast' })
        expect(await store.outbox.take(10, clock.now())).toEqual([])
      })

      it('refuses to commit a message that is not the next one', async () => {
        await store.inbox.append(inbound('m1', 'c1'))
        const lease = await leased()
        await store.conversations.commit(lease, inbound('m1', 'c1'), { state: {}, replies: [], events: [] })
        await expect(
          store.conversations.commit(lease, inbound('m1', 'c1'), { state: {}, replies: [], events: [] }),
        ).rejects.toMatchObject({
          code: 'store_fenced',
        })
      })

      it('keeps what happened with it, in order', async () => {
        await store.inbox.append(inbound('m1', 'c1'))
        await store.inbox.append(inbound('m2', 'c1'))
        const lease = await leased()
        const replies = [outbound('o1', 'c1')]
        await store.conversations.commit(lease, inbound('m1', 'c1'), {
          state: {},
          replies,
          events: [{ type: 'a' }],
        })
        await store.conversations.commit(lease, inbound('m2', 'c1'), {
          state: {},
          replies: [],
          events: [{ type: 'b' }, { type: 'c' }],
        })
        expect(await store.conversations.events('c1')).toEqual([{ type: 'a' }, { type: 'b' }, { type: 'c' }])
        expect(await store.outbox.take(10, clock.now())).toHaveLength(1)
      })

      it('keeps what it was given, not a reference to it', async () => {
        await store.inbox.append(inbound('m1', 'c1'))
        const state = { facts: ['a'] }
        await store.conversations.commit(await leased(), inbound('m1', 'c1'), {
          state: state,
          replies: [],
          events: [],
        })
        state.facts.push('b')
        expect(await store.conversations.load('c1')).toEqual({ facts: ['a'] })
      })
    })

    describe('outbox', () => {
      async function reply(...ids: string[]): Promise<void> {
        await store.inbox.append(inbound(`in-${ids.join()}`, 'c1'))
        const lease = await leased()
        const replies = ids.map((id) => outbound(id, 'c1'))
        await store.conversations.commit(lease, inbound(`in-${ids.join()}`, 'c1'), {
          state: {},
          replies,
          events: [],
        })
        await store.inbox.release(lease)
      }
      const taken = async () => (await store.outbox.take(10, clock.now())).map((entry) => entry.message.id)

      it('hands out one message of a conversation at a time, in order', async () => {
        await reply('o1', 'o2')
        expect(await taken()).toEqual(['o1'])
        expect(await taken()).toEqual([])
        await store.outbox.sent(outbound('o1', 'c1'))
        expect(await taken()).toEqual(['o2'])
      })

      it('tries again no sooner than it was told, and lets nothing of that person overtake', async () => {
        await reply('o1', 'o2')
        await store.outbox.take(1, clock.now())
        await store.outbox.failed(outbound('o1', 'c1'), 'http_503', new Date(now + 60_000))
        expect(await taken()).toEqual([])
        passSeconds(61)
        expect(await store.outbox.take(10, clock.now())).toMatchObject([
          { message: { id: 'o1' }, attempts: 2 },
        ])
      })

      it('goes on with the next when one was given up', async () => {
        await reply('o1', 'o2')
        await store.outbox.take(1, clock.now())
        await store.outbox.failed(outbound('o1', 'c1'), 'refused', undefined)
        expect(await taken()).toEqual(['o2'])
      })
    })

    describe('transcripts', () => {
      it('numbers entries without gaps and lists what came after', async () => {
        expect(await store.transcripts.append('c1', 'a')).toBe(1)
        expect(await store.transcripts.append('c1', 'b')).toBe(2)
        expect(await store.transcripts.append('c2', 'x')).toBe(1)
        expect(await store.transcripts.list('c1', 1)).toEqual([{ sequence: 2, entry: 'b' }])
        expect(await store.transcripts.list('nobody', 0)).toEqual([])
      })

      it('tells watchers of their conversation only, until they stop', async () => {
        const heard: number[] = []
        const stop = store.transcripts.watch('c1', (entry) => heard.push(entry.sequence))
        await store.transcripts.append('c1', 'a')
        await store.transcripts.append('c2', 'b')
        await new Promise((resolve) => setTimeout(resolve, 50))
        stop()
        await store.transcripts.append('c1', 'c')
        await new Promise((resolve) => setTimeout(resolve, 50))
        expect(heard).toEqual([1])
      })
    })

    describe('records', () => {
      it('forgets a value when its time is over', async () => {
        await store.records.set('k', { a: 1 }, 60)
        expect(await store.records.get('k')).toEqual({ a: 1 })
        passSeconds(61)
        expect(await store.records.get('k')).toBeUndefined()
      })

      it('gives a value to one taker', async () => {
        await store.records.set('k', 'once', 60)
        const taken = await Promise.all([
          store.records.take('k'),
          store.records.take('k'),
          store.records.take('k'),
        ])
        expect(taken.filter((value) => value === 'once')).toHaveLength(1)
      })
    })
  })
}
