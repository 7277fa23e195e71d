import type { Clock } from '../../src/clock'
import { AppError } from '../../src/errors'
import type { Inbound, Outbound, Receipt } from '../../src/message'
import { type Committed, SENDING_MS, type Store, type Work } from '../../src/store/store'

export function inbound(id: string, conversationId: string, address?: string): Inbound {
  const at = '2026-11-23T12:00:00.000Z'
  return {
    id,
    channel: 'web',
    conversationId,
    at,
    kind: 'text',
    text: 'oi',
    ...(address !== undefined && { address }),
  }
}

export function outbound(id: string, conversationId: string, notice?: Outbound['notice']): Outbound {
  return {
    id,
    channel: 'web',
    conversationId,
    at: '2026-11-23T12:00:00.000Z',
    text: 'olá',
    outcome: 'answered',
    ...(notice !== undefined && { notice }),
  }
}

const noticeOf = (id: string) => ({ id, template: { name: 'aviso', parameters: [] } })
const turn = (replies: Outbound[] = [], more: Partial<Committed> = {}): Committed => ({
  state: {},
  replies,
  events: [],
  ...more,
})

/** What every store must do, whatever keeps it. */
export function describeStore(name: string, create: (clock: Clock) => Promise<Store>): void {
  describe(`${name} store`, () => {
    let store: Store
    let now: number
    const clock = { now: () => new Date(now) }
    const passSeconds = (seconds: number) => {
      now += seconds * 1000
    }
    const pause = () => new Promise((resolve) => setTimeout(resolve, 50))

    beforeEach(async () => {
      now = Date.parse('2026-11-23T12:00:00Z')
      store = await create(clock)
    })
    afterEach(() => store.close())

    async function leased(worker = 'w1', milliseconds = 30_000): Promise<Work> {
      const [work] = await store.inbox.lease({ worker, milliseconds }, 1)
      if (work === undefined) throw new Error('nothing to lease')
      return work
    }
    const idsOf = (messages: { id: string }[]) => messages.map((message) => message.id)

    describe('inbox', () => {
      it('takes a message once, however often the provider repeats it', async () => {
        expect(await store.inbox.append(inbound('m1', 'c1'))).toBe('stored')
        expect(await store.inbox.append(inbound('m1', 'c1'))).toBe('duplicate')
        passSeconds(6 * 86_400)
        expect(await store.inbox.append(inbound('m1', 'c1'))).toBe('duplicate')
      })

      it('drops a repeat also after the message was answered, and with a claim', async () => {
        await store.inbox.append(inbound('m1', 'c1'))
        const work = await leased()
        await store.conversations.commit(work.lease, work.waiting, turn())
        const claim = { worker: 'w1', milliseconds: 1000 }
        expect(await store.inbox.append(inbound('m1', 'c1'), claim)).toBe('duplicate')
        expect(await store.inbox.lease(claim, 10)).toEqual([])
      })

      it('knows messages by channel and id together', async () => {
        await store.inbox.append(inbound('m1', 'c1'))
        expect(await store.inbox.append({ ...inbound('m1', 'c1'), channel: 'terminal' })).toBe('stored')
      })

      it('gives one conversation to one worker at a time and different ones to different workers', async () => {
        await store.inbox.append(inbound('m1', 'c1'))
        await store.inbox.append(inbound('m2', 'c2'))
        const first = await leased('w1')
        const second = await leased('w2')
        expect([first.lease.conversationId, second.lease.conversationId].sort()).toEqual(['c1', 'c2'])
        expect(await store.inbox.lease({ worker: 'w3', milliseconds: 1000 }, 5)).toEqual([])
      })

      it('leases as many conversations as are asked for', async () => {
        for (let person = 0; person < 5; person += 1)
          await store.inbox.append(inbound(`m${person}`, `c${person}`))
        const works = await store.inbox.lease({ worker: 'w1', milliseconds: 1000 }, 50)
        expect(works.map(({ lease }) => lease.conversationId).sort()).toEqual(['c0', 'c1', 'c2', 'c3', 'c4'])
      })

      it('hands over what waits, oldest first, with what is known', async () => {
        await store.inbox.append(inbound('m1', 'c1', 'sealed address'))
        const first = await leased()
        await store.conversations.commit(first.lease, first.waiting, turn([], { state: { facts: 1 } }))
        for (const id of ['m2', 'm3']) await store.inbox.append(inbound(id, 'c1'))
        const work = await leased()
        expect(idsOf(work.waiting)).toEqual(['m2', 'm3'])
        expect(work.state).toEqual({ facts: 1 })
        expect(work.contact).toEqual({
          address: 'sealed address',
          lastInboundAt: Date.parse('2026-11-23T12:00:00Z'),
        })
      })

      it('keeps the newest time the person wrote, whatever comes late or was not written', async () => {
        await store.inbox.append(inbound('m1', 'c1', 'first address'))
        await store.inbox.append({ ...inbound('m2', 'c1', 'first address'), at: '2026-11-20T12:00:00.000Z' })
        await store.inbox.append({
          ...{ id: 'm3', channel: 'web', conversationId: 'c1', at: '2026-11-25T12:00:00.000Z' },
          ...{ kind: 'event', event: 'number_changed', address: 'second address' },
        } as Inbound)
        expect((await leased()).contact).toEqual({
          address: 'second address',
          lastInboundAt: Date.parse('2026-11-23T12:00:00Z'),
        })
      })

      it('lets whoever stores a message take the conversation at once, with all that waits in it', async () => {
        const claim = { worker: 'w1', milliseconds: 1000 }
        const work = await store.inbox.append(inbound('m1', 'c1', 'address'), claim)
        if (typeof work === 'string') throw new Error('not claimed')
        expect(idsOf(work.waiting)).toEqual(['m1'])
        expect(work.contact.address).toBe('address')
        expect(await store.inbox.append(inbound('m2', 'c1'), claim)).toBe('stored')
        await store.inbox.release(work.lease, now + 60_000)
        const again = await store.inbox.append(inbound('m3', 'c1'), claim)
        if (typeof again === 'string') throw new Error('not claimed')
        expect(idsOf(again.waiting)).toEqual(['m1', 'm2', 'm3'])
        expect(again.lease.fence).toBeGreaterThan(work.lease.fence)
      })

      it('gives a released conversation with messages left to the next worker, no sooner than asked', async () => {
        await store.inbox.append(inbound('m1', 'c1'))
        await store.inbox.release((await leased('w1')).lease)
        const second = await leased('w2')
        expect(second.lease.conversationId).toBe('c1')
        await store.inbox.release(second.lease, now + 1500)
        expect(await store.inbox.lease({ worker: 'w3', milliseconds: 1000 }, 1)).toEqual([])
        passSeconds(2)
        expect((await leased('w3')).lease.conversationId).toBe('c1')
      })

      it('gives a conversation to another worker when its lease ran out, unless it was renewed', async () => {
        await store.inbox.append(inbound('m1', 'c1'))
        const { lease } = await leased('w1', 10_000)
        passSeconds(8)
        await store.inbox.renew(lease, 10_000)
        passSeconds(8)
        expect(await store.inbox.lease({ worker: 'w2', milliseconds: 1000 }, 1)).toEqual([])
        passSeconds(3)
        expect((await leased('w2')).lease.fence).toBeGreaterThan(lease.fence)
        await expect(store.inbox.renew(lease, 10_000)).rejects.toMatchObject({ code: 'store_fenced' })
        await store.inbox.release(lease)
        expect(await store.inbox.lease({ worker: 'w3', milliseconds: 1000 }, 1)).toEqual([])
      })

      it('calls back when something arrives', async () => {
        let calls = 0
        const stop = store.inbox.onArrival(() => {
          calls += 1
        })
        await store.inbox.append(inbound('m1', 'c1'))
        await pause()
        expect(calls).toBeGreaterThan(0)
        stop()
      })
    })

    describe('commit', () => {
      it('writes state and replies and takes the message out, in one step', async () => {
        await store.inbox.append(inbound('m1', 'c1', 'address'))
        const { lease, waiting } = await leased()
        const after = await store.conversations.commit(
          lease,
          waiting,
          turn([outbound('o1', 'c1'), outbound('o2', 'c1')], { state: { facts: { a: 1 } } }),
        )
        expect(await store.conversations.load('c1')).toEqual({ facts: { a: 1 } })
        expect(after.waiting).toEqual([])
        expect(after.toSend).toMatchObject({
          message: { id: 'o1' },
          attempts: 1,
          contact: { address: 'address' },
        })
        expect(await store.outbox.take(10, 'reply', {})).toEqual([])
      })

      it('keeps the lease while messages wait and ends it with the last one', async () => {
        await store.inbox.append(inbound('m1', 'c1'))
        const { lease } = await leased()
        await store.inbox.append(inbound('m2', 'c1'))
        const after = await store.conversations.commit(lease, [inbound('m1', 'c1')], turn())
        expect(idsOf(after.waiting)).toEqual(['m2'])
        expect(await store.inbox.lease({ worker: 'w2', milliseconds: 1000 }, 1)).toEqual([])
        await store.conversations.commit(lease, after.waiting, turn())
        await store.inbox.append(inbound('m3', 'c1'))
        expect(idsOf((await leased('w2')).waiting)).toEqual(['m3'])
      })

      it('takes several messages out as one turn', async () => {
        for (const id of ['m1', 'm2', 'm3']) await store.inbox.append(inbound(id, 'c1'))
        const { lease, waiting } = await leased()
        const after = await store.conversations.commit(lease, waiting.slice(0, 2), turn())
        expect(idsOf(after.waiting)).toEqual(['m3'])
      })

      it('refuses a worker whose lease ran out, also before another took it, and writes nothing', async () => {
        await store.inbox.append(inbound('m1', 'c1'))
        const slow = await leased('slow', 1000)
        passSeconds(2)
        const late = () =>
          store.conversations.commit(
            slow.lease,
            slow.waiting,
            turn([outbound('o1', 'c1')], { state: { from: 'slow' } }),
          )
        await expect(late()).rejects.toMatchObject({ code: 'store_fenced' })
        const fast = await leased('fast')
        await store.conversations.commit(fast.lease, fast.waiting, turn([], { state: { from: 'fast' } }))
        await expect(late()).rejects.toBeInstanceOf(AppError)
        expect(await store.conversations.load('c1')).toEqual({ from: 'fast' })
        expect(await store.outbox.take(10, 'reply', {})).toEqual([])
      })

      it('refuses to commit a message that is not the next one', async () => {
        await store.inbox.append(inbound('m1', 'c1'))
        await store.inbox.append(inbound('m2', 'c1'))
        const { lease } = await leased()
        await expect(store.conversations.commit(lease, [inbound('m2', 'c1')], turn())).rejects.toMatchObject({
          code: 'store_fenced',
        })
        await store.conversations.commit(lease, [inbound('m1', 'c1')], turn())
        await expect(store.conversations.commit(lease, [inbound('m1', 'c1')], turn())).rejects.toMatchObject({
          code: 'store_fenced',
        })
      })

      it('keeps what happened with it, in order, the last hundred', async () => {
        await store.inbox.append(inbound('m1', 'c1'))
        await store.inbox.append(inbound('m2', 'c1'))
        const { lease } = await leased()
        const many = Array.from({ length: 99 }, (_, index) => ({ type: `e${index}` }))
        await store.conversations.commit(
          lease,
          [inbound('m1', 'c1')],
          turn([outbound('o1', 'c1')], { events: [{ type: 'a' }] }),
        )
        await store.conversations.commit(
          lease,
          [inbound('m2', 'c1')],
          turn([], { events: [{ type: 'b' }, ...many] }),
        )
        expect(await store.conversations.events('c1')).toEqual([{ type: 'b' }, ...many])
      })

      it('keeps what it was given, not a reference to it', async () => {
        await store.inbox.append(inbound('m1', 'c1'))
        const state = { facts: ['a'] }
        const { lease, waiting } = await leased()
        await store.conversations.commit(lease, waiting, turn([], { state }))
        state.facts.push('b')
        expect(await store.conversations.load('c1')).toEqual({ facts: ['a'] })
      })
    })

    describe('outbox', () => {
      let turns = 0
      async function reply(...ids: string[]) {
        turns += 1
        await store.inbox.append(inbound(`in-${turns}`, 'c1'))
        const { lease, waiting } = await leased()
        return store.conversations.commit(lease, waiting, turn(ids.map((id) => outbound(id, 'c1'))))
      }
      const taken = async (priority: 'reply' | 'notice' = 'reply') =>
        (await store.outbox.take(10, priority, {})).map((entry) => entry.message.id)

      it('hands out one message of a conversation at a time, in order', async () => {
        expect((await reply('o1', 'o2')).toSend?.message.id).toBe('o1')
        expect(await taken()).toEqual([])
        expect((await reply('o3')).toSend).toBeUndefined()
        expect((await store.outbox.sent(outbound('o1', 'c1')))?.message.id).toBe('o2')
        expect((await store.outbox.sent(outbound('o2', 'c1')))?.message.id).toBe('o3')
        expect(await store.outbox.sent(outbound('o3', 'c1'))).toBeUndefined()
        expect(await taken()).toEqual([])
      })

      it('hands a reply to one sender, also when another looks the moment the one before is done', async () => {
        await reply('o1', 'o2')
        const handed: (string | undefined)[] = []
        const stop = store.outbox.onArrival(() => {
          void store.outbox
            .take(10, 'reply', {})
            .then((entries) => handed.push(...entries.map(({ message }) => message.id)))
        })
        handed.push((await store.outbox.sent(outbound('o1', 'c1')))?.message.id)
        await pause()
        stop()
        expect(handed.filter((id) => id === 'o2')).toEqual(['o2'])
      })

      it('does nothing when a message is said to be sent twice', async () => {
        await reply('o1', 'o2')
        await store.outbox.sent(outbound('o1', 'c1'))
        expect(await store.outbox.sent(outbound('o1', 'c1'))).toBeUndefined()
        expect((await store.outbox.sent(outbound('o2', 'c1')))?.message.id).toBeUndefined()
      })

      it('tries again no sooner than it was told, and lets nothing of that person overtake', async () => {
        await reply('o1', 'o2')
        await store.outbox.putBack(outbound('o1', 'c1'), { at: now + 60_000, counts: true })
        expect(await taken()).toEqual([])
        passSeconds(61)
        expect(await store.outbox.take(10, 'reply', {})).toMatchObject([
          { message: { id: 'o1' }, attempts: 2 },
        ])
      })

      it('does not count a wait for a limit as an attempt', async () => {
        await reply('o1')
        await store.outbox.putBack(outbound('o1', 'c1'), { at: now, counts: false })
        expect(await store.outbox.take(10, 'reply', {})).toMatchObject([{ attempts: 1 }])
      })

      it('hands a message out again, saying that it may have gone out, when its sender died', async () => {
        await reply('o1', 'o2')
        passSeconds(SENDING_MS / 1000 + 1)
        const [entry] = await store.outbox.take(10, 'reply', {})
        expect(entry).toMatchObject({ message: { id: 'o1' }, attempts: 2 })
        expect(entry?.unknownSince).toBe(Date.parse('2026-11-23T12:00:00Z') + SENDING_MS)
        await store.outbox.putBack(outbound('o1', 'c1'), { at: now + 30_000, counts: true, unknown: true })
        passSeconds(31)
        const [again] = await store.outbox.take(10, 'reply', {})
        expect(again?.unknownSince).toBe(entry?.unknownSince)
        expect((await store.outbox.sent(outbound('o1', 'c1')))?.unknownSince).toBeUndefined()
      })

      it('goes on with the next when one was given up, and keeps that one to look at', async () => {
        await reply('o1', 'o2')
        const next = await store.outbox.giveUp(outbound('o1', 'c1'), 'refused')
        expect(next?.message.id).toBe('o2')
        expect(await store.outbox.deadLetters.list()).toMatchObject([
          { message: { id: 'o1', conversationId: 'c1' }, code: 'refused', at: now },
        ])
        await store.outbox.sent(outbound('o2', 'c1'))
        expect(await store.outbox.deadLetters.retry('o1')).toBe(true)
        expect(await store.outbox.deadLetters.retry('o1')).toBe(false)
        expect(await taken()).toEqual(['o1'])
        await store.outbox.giveUp(outbound('o1', 'c1'), 'refused')
        expect(await store.outbox.deadLetters.drop('o1')).toBe(true)
        expect(await store.outbox.deadLetters.list()).toEqual([])
      })

      it('puts a notice that was given up back among the notices', async () => {
        const notice = outbound('n1', 'c1', noticeOf('n1'))
        await store.outbox.add(notice, now)
        await taken('notice')
        await store.outbox.giveUp(notice, 'refused')
        expect(await store.outbox.deadLetters.retry('n1')).toBe(true)
        expect(await taken()).toEqual([])
        expect(await taken('notice')).toEqual(['n1'])
        await store.outbox.sent(notice)
        passSeconds(60)
        expect(await taken('notice')).toEqual([])
      })

      it('holds a reply until the person writes', async () => {
        await reply('o1')
        await store.outbox.putBack(outbound('o1', 'c1'), { held: true })
        passSeconds(3 * 86_400)
        expect(await taken()).toEqual([])
        await store.inbox.append(inbound('later', 'c1'))
        expect(await taken()).toEqual(['o1'])
      })

      it('spaces messages to one person and lets others through', async () => {
        const pace = { everyMs: 6000, burst: 2 }
        for (const person of ['c1', 'c2']) await store.inbox.append(inbound(`m-${person}`, person))
        for (const { lease, waiting } of await store.inbox.lease({ worker: 'w', milliseconds: 1000 }, 10)) {
          const { conversationId } = lease
          const replies = ['a', 'b', 'c', 'd'].map((id) =>
            outbound(`${conversationId}-${id}`, conversationId),
          )
          const { toSend } = await store.conversations.commit(lease, waiting, turn(replies, { pace }))
          expect(toSend?.message.id).toBe(`${conversationId}-a`)
        }
        expect((await store.outbox.sent(outbound('c1-a', 'c1'), pace))?.message.id).toBe('c1-b')
        expect(await store.outbox.sent(outbound('c1-b', 'c1'), pace)).toBeUndefined()
        expect((await store.outbox.sent(outbound('c2-a', 'c2'), pace))?.message.id).toBe('c2-b')
        passSeconds(5)
        expect(await store.outbox.take(10, 'reply', { web: pace })).toEqual([])
        passSeconds(2)
        expect(
          (await store.outbox.take(10, 'reply', { web: pace })).map((entry) => entry.message.id),
        ).toEqual(['c1-c'])
      })

      it('sends notices when their time has come, once each, and after replies', async () => {
        const first = outbound('n1', 'c1', noticeOf('n1'))
        expect(await store.outbox.add(first, now + 60_000)).toBe('stored')
        expect(await store.outbox.add(first, now + 60_000)).toBe('duplicate')
        await store.outbox.add(outbound('n2', 'c1', noticeOf('n2')), now + 30_000)
        expect(await taken('notice')).toEqual([])
        passSeconds(61)
        await reply('o1')
        expect(await taken('notice')).toEqual([])
        await store.outbox.sent(outbound('o1', 'c1'))
        passSeconds(3)
        expect(await taken('notice')).toEqual(['n2'])
        expect(await taken('notice')).toEqual([])
        expect((await reply('o2')).toSend).toBeUndefined()
        expect((await store.outbox.sent(outbound('n2', 'c1', noticeOf('n2'))))?.message.id).toBe('o2')
        await store.outbox.sent(outbound('o2', 'c1'))
        passSeconds(3)
        expect(await taken('notice')).toEqual(['n1'])
      })

      it('lets a reply through when the sender of a notice died', async () => {
        await store.outbox.add(outbound('n1', 'c1', noticeOf('n1')), now)
        expect(await taken('notice')).toEqual(['n1'])
        await reply('o1')
        passSeconds(SENDING_MS / 1000 + 1)
        expect(await taken()).toEqual(['o1'])
        await store.outbox.sent(outbound('o1', 'c1'))
        passSeconds(3)
        const [notice] = await store.outbox.take(10, 'notice', {})
        expect(notice?.message.id).toBe('n1')
        expect(notice?.unknownSince).toBeDefined()
      })

      it('calls back when something may be sent', async () => {
        let calls = 0
        const stop = store.outbox.onArrival(() => {
          calls += 1
        })
        await store.outbox.add(outbound('n1', 'c1', noticeOf('n1')), now)
        await pause()
        expect(calls).toBeGreaterThan(0)
        stop()
      })

      describe('receipts', () => {
        const receipt = (status: Receipt['status'], code?: string): Receipt => ({
          conversationId: 'c1',
          outboundId: 'o1',
          status,
          at: new Date(now).toISOString(),
          ...(code !== undefined && { code }),
        })

        it('keeps the furthest status, whatever order they come in', async () => {
          await reply('o1')
          await store.outbox.sent(outbound('o1', 'c1'))
          expect(await store.outbox.receipt(receipt('delivered'))).toBe(true)
          expect(await store.outbox.receipt(receipt('sent'))).toBe(false)
          expect(await store.outbox.receipt(receipt('delivered'))).toBe(false)
          expect(await store.outbox.receipt(receipt('failed', '131026'))).toBe(false)
          passSeconds(5)
          expect(await store.outbox.receipt(receipt('read'))).toBe(true)
          const kept = await store.outbox.receipts('c1')
          expect(kept).toEqual({ o1: { status: 'read', at: new Date(now).toISOString() } })
        })

        it('keeps a failure with its code, and nothing after it', async () => {
          await store.outbox.receipt(receipt('sent'))
          expect(await store.outbox.receipt(receipt('failed', '131026'))).toBe(true)
          expect(await store.outbox.receipt(receipt('delivered'))).toBe(false)
          expect(await store.outbox.receipts('c1')).toMatchObject({
            o1: { status: 'failed', code: '131026' },
          })
        })

        it('takes a message whose sending was cut short for sent', async () => {
          await reply('o1', 'o2')
          passSeconds(SENDING_MS / 1000 + 1)
          await store.outbox.take(10, 'reply', {})
          await store.outbox.putBack(outbound('o1', 'c1'), { at: now + 30_000, counts: true, unknown: true })
          await store.outbox.receipt(receipt('sent'))
          expect(await taken()).toEqual(['o2'])
        })

        it('takes a message for sent while its sender still waits for the answer', async () => {
          await reply('o1', 'o2')
          await store.outbox.receipt(receipt('delivered'))
          expect(await taken()).toEqual(['o2'])
          expect(await store.outbox.sent(outbound('o1', 'c1'))).toBeUndefined()
        })

        it('does not take a message that waits for another try after a refusal for sent', async () => {
          await reply('o1')
          await store.outbox.putBack(outbound('o1', 'c1'), { at: now, counts: true })
          await store.outbox.receipt(receipt('sent'))
          expect(await taken()).toEqual(['o1'])
        })
      })
    })

    describe('transcripts', () => {
      it('numbers entries without gaps and lists what came after', async () => {
        expect(await store.transcripts.append('c1', 'a')).toBe(1)
        expect(await store.transcripts.append('c1', 'b')).toBe(2)
        expect(await store.transcripts.append('c2', 'x')).toBe(1)
        expect(await store.transcripts.list('c1', 1)).toEqual([{ sequence: 2, entry: 'b' }])
        expect(await store.transcripts.list('nobody', 0)).toEqual([])
        expect(await store.transcripts.length('c1')).toBe(2)
      })

      it('appends what carries the same mark once', async () => {
        const numbers = await Promise.all([1, 2, 3].map(() => store.transcripts.append('c1', 'a', 'bot:1')))
        expect(numbers).toEqual([1, 1, 1])
        expect(await store.transcripts.append('c1', 'b', 'bot:2')).toBe(2)
        expect(await store.transcripts.find('c1', 'bot:2')).toBe(2)
        expect(await store.transcripts.find('c1', 'bot:3')).toBeUndefined()
        expect(await store.transcripts.list('c1', 0)).toHaveLength(2)
      })

      it('tells watchers of their conversation only, until they stop', async () => {
        const heard: unknown[] = []
        const stop = store.transcripts.watch('c1', (entry) => heard.push(entry))
        await pause()
        await store.transcripts.append('c1', { said: 'a\nb' })
        await store.transcripts.append('c2', 'b')
        await pause()
        stop()
        await pause()
        await store.transcripts.append('c1', 'c')
        await pause()
        expect(heard).toEqual([{ sequence: 1, entry: { said: 'a\nb' } }])
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

    describe('limits', () => {
      it('grants what a second has, and says when there is more', async () => {
        expect(await store.limits.take('sms', 5, 10)).toEqual({ granted: 5, retryInMs: 0 })
        expect(await store.limits.take('sms', 20, 10)).toEqual({ granted: 5, retryInMs: 0 })
        expect(await store.limits.take('sms', 1, 10)).toEqual({ granted: 0, retryInMs: 100 })
        expect(await store.limits.take('other', 1, 10)).toEqual({ granted: 1, retryInMs: 0 })
        passSeconds(0.2)
        expect(await store.limits.take('sms', 9, 10)).toEqual({ granted: 2, retryInMs: 0 })
        passSeconds(60)
        expect(await store.limits.take('sms', 99, 10)).toEqual({ granted: 10, retryInMs: 0 })
      })

      it('leaves what is kept for others', async () => {
        expect(await store.limits.take('sms', 99, 10, 3)).toEqual({ granted: 7, retryInMs: 0 })
        expect(await store.limits.take('sms', 1, 10, 3)).toEqual({ granted: 0, retryInMs: 100 })
        expect(await store.limits.take('sms', 2, 10)).toEqual({ granted: 2, retryInMs: 0 })
        passSeconds(0.3)
        expect(await store.limits.take('sms', 9, 10, 3)).toEqual({ granted: 1, retryInMs: 0 })
      })
    })

    it('says that it answers', async () => {
      await expect(store.ping()).resolves.toBeUndefined()
    })
  })
}
