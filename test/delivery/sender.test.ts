import fc from 'fast-check'
import { ChannelError, type Failure, type Pace } from '../../src/channels/channel'
import type { Outbound } from '../../src/message'
import { createSender, type Sent } from '../../src/sender'
import { createMemoryStore } from '../../src/store/memory'
import {
  away,
  commitReplies,
  createFakeChannel,
  createHandClock,
  createKeptLog,
  noticeOf,
  outboundOf,
  settle,
  wrapStore,
} from './harness'

type Options = Partial<Parameters<typeof createSender>[0]>

function setUp(fake: Parameters<typeof createFakeChannel>[0] = {}, options: Options = {}) {
  const clock = createHandClock()
  const { log, lines } = createKeptLog()
  const plain = options.store ?? createMemoryStore({ clock })
  const calls: { name: string; args: unknown[] }[] = []
  const before = { call: (_name: string): unknown => undefined }
  const store = wrapStore(plain, (name, args) => {
    calls.push({ name, args })
    return before.call(name)
  })
  const channel = createFakeChannel(fake)
  const notes: Sent[] = []
  const sender = createSender({
    store,
    channels: [channel.channel],
    clock,
    log,
    onSent: (sent) => notes.push(sent),
    ...options,
  })
  async function say(replies: Outbound[]) {
    const entry = await commitReplies(plain, replies, channel.channel.pace?.perPerson)
    if (entry !== undefined) sender.send(entry)
    await settle()
  }
  async function drain() {
    sender.drain()
    await settle()
  }
  /** Moves time, and looks at what is due then. */
  async function pass(seconds: number) {
    clock.forward(seconds)
    await drain()
  }
  const dead = async () =>
    (await plain.outbox.deadLetters.list()).map(({ message, code }) => [message.id, code])
  return { ...channel, store: plain, before, calls, clock, lines, notes, sender, say, drain, pass, dead }
}

const perPerson = (everyMs: number, burst: number): Pace => ({
  perSecond: 1000,
  perPerson: { everyMs, burst },
})
const refused = (
  code: string,
  ...rest: ConstructorParameters<typeof ChannelError> extends [string, ...infer R] ? R : never
) => new ChannelError(code, ...rest)

describe('sending', () => {
  it('sends the replies of a turn in order, each to where the person is reached', async () => {
    const { say, sent, contacts, notes } = setUp()
    await say(['a', 'b', 'c'].map((id) => outboundOf(id)))
    expect(sent()).toEqual(['a', 'b', 'c'])
    expect(contacts.map(({ address }) => address)).toEqual(['sealed c1', 'sealed c1', 'sealed c1'])
    expect(notes).toEqual(Array(3).fill({ channel: 'web', result: 'sent', code: 'ok' }))
  })

  it('sends replies of anybody before notices, and a notice after the replies of its own conversation', async () => {
    const { store, sent, drain, clock } = setUp()
    const now = clock.now().getTime()
    await store.outbox.add(noticeOf('n1'), now)
    await store.outbox.add(noticeOf('n2', { conversationId: 'c2' }), now)
    const replies = [['c1 a', 'c1 b'], ['c3 a'], ['c4 a']]
    for (const ids of replies) {
      const conversationId = ids[0]?.slice(0, 2) ?? ''
      const first = await commitReplies(
        store,
        ids.map((id) => outboundOf(id, { conversationId })),
      )
      if (first !== undefined) await store.outbox.putBack(first.message, { at: now, counts: false })
    }
    await drain()
    const order = sent()
    expect([...order].sort()).toEqual(['c1 a', 'c1 b', 'c3 a', 'c4 a', 'n1', 'n2'])
    expect(order.slice(0, 3).sort()).toEqual(['c1 a', 'c3 a', 'c4 a'])
    expect(order.indexOf('n1')).toBeGreaterThan(order.indexOf('c1 b'))
  })

  it('does not send a notice before its time', async () => {
    const { store, sent, pass, drain, clock } = setUp()
    await store.outbox.add(noticeOf('n1'), clock.now().getTime() + 60_000)
    await drain()
    expect(sent()).toEqual([])
    await pass(60)
    expect(sent()).toEqual(['n1'])
  })

  it('sends again what a cut-short sender left, as one that may have gone out', async () => {
    const { store, sent, pass, drain } = setUp()
    await commitReplies(store, [outboundOf('a')])
    await pass(19)
    expect(sent()).toEqual([])
    await pass(2)
    expect(sent()).toEqual(['a'])
    await drain()
    expect(sent()).toEqual(['a'])
  })

  it('leaves a message alone when its time is nearly over: a process that was frozen sends nothing twice', async () => {
    const { store, sender, tried, clock } = setUp()
    const entry = await commitReplies(store, [outboundOf('a')])
    if (entry === undefined) throw new Error('nothing to send')
    clock.forward(13)
    sender.send(entry)
    await settle()
    expect(tried()).toEqual([])
    const fresh = setUp()
    const inTime = await commitReplies(fresh.store, [outboundOf('a')])
    if (inTime === undefined) throw new Error('nothing to send')
    fresh.clock.forward(11)
    fresh.sender.send(inTime)
    await settle()
    expect(fresh.tried()).toEqual(['a'])
  })

  it('looks at its time again after asking who has the conversation: it may be frozen just then', async () => {
    const store = createMemoryStore({ clock: { now: () => all.clock.now() } })
    const ticket: typeof store.desk.ticket = (conversationId) => {
      all.clock.forward(11)
      return store.desk.ticket(conversationId)
    }
    const all: ReturnType<typeof setUp> = setUp({}, { store: { ...store, desk: { ...store.desk, ticket } } })
    const entry = await commitReplies(store, [outboundOf('a')])
    if (entry === undefined) throw new Error('nothing to send')
    all.clock.forward(2)
    all.sender.send(entry)
    await settle()
    expect(all.tried()).toEqual([])
  })

  it('gives up what is for a channel that is off now', async () => {
    const { say, dead, notes, tried } = setUp({ id: 'terminal' })
    await say([outboundOf('a'), outboundOf('b')])
    expect(tried()).toEqual([])
    expect(await dead()).toEqual([
      ['a', 'channel_off'],
      ['b', 'channel_off'],
    ])
    expect(notes.map(({ result }) => result)).toEqual(['given_up', 'given_up'])
  })
})

describe('how fast it sends', () => {
  it('asks the shared limit for a twentieth of a second at a time, not for each message', async () => {
    const { say, sent, calls } = setUp({ pace: { perSecond: 100 } })
    await say(Array.from({ length: 12 }, (_, index) => outboundOf(`m${index}`)))
    expect(sent()).toHaveLength(12)
    const asked = calls.filter(({ name }) => name === 'limits.take').map(({ args }) => args)
    expect(asked).toEqual(Array(3).fill(['web', 5, 100, 0]))
  })

  it('asks for one at a time where a channel is slow', async () => {
    const { say, calls } = setUp({ pace: { perSecond: 2 } })
    await say([outboundOf('a'), outboundOf('b')])
    const asked = calls.filter(({ name }) => name === 'limits.take').map(({ args }) => args)
    expect(asked).toEqual([
      ['web', 1, 2, 0],
      ['web', 1, 2, 0],
    ])
  })

  it('holds back what is too fast for the channel, which is no failure', async () => {
    const { say, sent, pass, store, clock } = setUp({ pace: { perSecond: 2 } })
    await say(['a', 'b', 'c', 'd'].map((id) => outboundOf(id)))
    expect(sent()).toEqual(['a', 'b'])
    await pass(0.4)
    expect(sent()).toEqual(['a', 'b'])
    await pass(0.2)
    expect(sent()).toEqual(['a', 'b', 'c'])
    clock.forward(0.5)
    const [entry] = await store.outbox.take(1, 'reply', {})
    expect(entry).toMatchObject({ message: { id: 'd' }, attempts: 1 })
    expect(entry?.unknownSince).toBeUndefined()
  })

  it('takes each waiting message about once for each time it could go, however many wait', async () => {
    const { store, calls, sent, pass, drain, clock } = setUp({ pace: { perSecond: 10 } })
    for (let person = 0; person < 200; person += 1) {
      await store.outbox.add(noticeOf(`n${person}`, { conversationId: `p${person}` }), clock.now().getTime())
    }
    await drain()
    for (let tenths = 0; tenths < 50; tenths += 1) await pass(0.1)
    expect(sent().length).toBeGreaterThanOrEqual(55)
    expect(sent().length).toBeLessThanOrEqual(60)
    const putBacks = calls.filter(({ name }) => name === 'outbox.putBack').length
    expect(putBacks).toBeLessThan(400)
  })

  it('keeps to the pace of each person, and does not let one hold up another', async () => {
    const { say, sent, pass } = setUp({ pace: perPerson(1000, 2) })
    await say(['a', 'b', 'c', 'd'].map((id) => outboundOf(id)))
    await say([outboundOf('other', { conversationId: 'c2' })])
    expect(sent()).toEqual(['a', 'b', 'other'])
    await pass(0.9)
    expect(sent()).toEqual(['a', 'b', 'other'])
    await pass(0.2)
    expect(sent()).toEqual(['a', 'b', 'other', 'c'])
    await pass(1)
    expect(sent()).toEqual(['a', 'b', 'other', 'c', 'd'])
  })

  it('waits for one person when the provider says so, without counting it as a try', async () => {
    const { say, sent, tried, pass, store, clock, notes } = setUp({
      fails: (message, tries) =>
        message.id === 'a' && tries === 1
          ? refused('131056', 'throttled', { retryAfterMs: 4000 })
          : undefined,
    })
    await say([outboundOf('a'), outboundOf('b')])
    await say([outboundOf('other', { conversationId: 'c2' })])
    expect(sent()).toEqual(['other'])
    expect(notes[0]).toEqual({ channel: 'web', result: 'put_back', code: '131056' })
    await pass(3.9)
    expect(tried()).toEqual(['a', 'other'])
    clock.forward(0.1)
    const [entry] = await store.outbox.take(1, 'reply', {})
    expect(entry?.attempts).toBe(1)
    if (entry !== undefined) await store.outbox.putBack(entry.message, { at: 0, counts: false })
    await pass(0)
    expect(sent()).toEqual(['other', 'a', 'b'])
  })

  it('waits six seconds when the provider does not say for how long', async () => {
    const { say, sent, pass } = setUp({
      fails: (_message, tries) => (tries === 1 ? refused('130429', 'throttled') : undefined),
    })
    await say([outboundOf('a')])
    await pass(5.9)
    expect(sent()).toEqual([])
    await pass(0.1)
    expect(sent()).toEqual(['a'])
  })

  it('stops for everybody when it is the whole channel that was too fast', async () => {
    const { say, sent, tried, pass } = setUp({
      fails: (message, tries) =>
        message.id === 'a' && tries === 1
          ? refused('80007', 'throttled', { retryAfterMs: 10_000, everyone: true })
          : undefined,
    })
    await say([outboundOf('a')])
    await say([outboundOf('b', { conversationId: 'c2' })])
    await pass(9)
    expect(tried()).toEqual(['a'])
    await pass(1)
    expect(sent().sort()).toEqual(['a', 'b'])
  })

  it('is throttled as often as it takes without giving a message up', async () => {
    const { say, sent, pass, dead } = setUp({
      fails: (_message, tries) =>
        tries <= 20 ? refused('130429', 'throttled', { retryAfterMs: 1000 }) : undefined,
    })
    await say([outboundOf('a')])
    for (let seconds = 0; seconds < 20; seconds += 1) await pass(1)
    expect(sent()).toEqual(['a'])
    expect(await dead()).toEqual([])
  })
})

describe('what does not go out', () => {
  it('is tried again after 5, 10 and 15 minutes, and then given up with its code; what follows goes on', async () => {
    const { say, tried, sent, pass, dead, notes } = setUp({
      fails: (message) => (message.id === 'a' ? refused('http_503', 'retry') : undefined),
    })
    await say([outboundOf('a'), outboundOf('b')])
    const tries: number[] = []
    for (const minutes of [4.9, 0.1, 9.9, 0.1, 14.9, 0.1]) {
      await pass(minutes * 60)
      tries.push(tried().filter((id) => id === 'a').length)
    }
    expect(tries).toEqual([1, 2, 2, 3, 3, 4])
    expect(await dead()).toEqual([['a', 'http_503']])
    expect(sent()).toEqual(['b'])
    expect(notes.map(({ result }) => result)).toEqual([
      'put_back',
      'put_back',
      'put_back',
      'given_up',
      'sent',
    ])
  })

  it('holds what follows it back, so that nothing overtakes', async () => {
    const { say, sent, pass } = setUp({
      fails: (message, tries) =>
        message.id === 'a' && tries === 1 ? refused('http_503', 'retry') : undefined,
    })
    await say([outboundOf('a')])
    await say([outboundOf('b')])
    expect(sent()).toEqual([])
    await pass(5 * 60)
    expect(sent()).toEqual(['a', 'b'])
  })

  it('is given up at once when trying again cannot help', async () => {
    const { say, sent, dead, lines } = setUp({
      fails: (message) => (message.id === 'a' ? refused('131026', 'final') : undefined),
    })
    await say([outboundOf('a'), outboundOf('b')])
    expect(sent()).toEqual(['b'])
    expect(await dead()).toEqual([['a', '131026']])
    expect(lines.join('')).not.toMatch(/refuses this account/)
  })

  it('alarms when the provider refuses the whole account', async () => {
    const { say, lines } = setUp({ fails: () => refused('190', 'final', { alarm: true }) })
    await say([outboundOf('a')])
    const alarms = lines.map((line) => JSON.parse(line)).filter(({ level }) => level === 50)
    expect(alarms).toEqual([expect.objectContaining({ code: '190', channel: 'web' })])
  })

  it('is tried again when the channel itself has a bug, whose words are not logged', async () => {
    const { say, sent, pass, lines, notes } = setUp({
      fails: (message, tries) => (tries === 1 ? new TypeError(`cannot read ${message.text}`) : undefined),
    })
    await say([outboundOf('a', { text: 'a sua aposentadoria' })])
    expect(notes).toEqual([{ channel: 'web', result: 'put_back', code: 'internal' }])
    expect(lines.join('')).toMatch(/"err":"TypeError"/)
    expect(lines.join('')).not.toMatch(/aposentadoria/)
    await pass(5 * 60)
    expect(sent()).toEqual(['a'])
  })

  it('waits until the person writes when the provider wants that, and goes out then', async () => {
    const { say, sent, tried, pass, store, dead } = setUp({
      fails: (message, tries) => (message.id === 'a' && tries === 1 ? refused('131047', 'held') : undefined),
    })
    await say([outboundOf('a')])
    await pass(3 * 86_400)
    expect(tried()).toEqual(['a'])
    await say([outboundOf('b')])
    await pass(0)
    expect(sent()).toEqual(['a', 'b'])
    expect(await dead()).toEqual([])
    expect(await store.outbox.take(1, 'reply', {})).toEqual([])
  })

  it('is not held for longer than a week', async () => {
    const { say, dead, clock } = setUp({ fails: () => refused('131047', 'held') })
    clock.forward(7 * 86_400 + 1)
    await say([outboundOf('a')])
    expect(await dead()).toEqual([['a', '131047']])
  })
})

describe('what may or may not have gone out', () => {
  const cutShort = (ids: string[], times: number) => ({
    fails: (message: Outbound, tries: number) =>
      ids.includes(message.id) && tries <= times ? refused('timed_out', 'unknown') : undefined,
  })

  it('is sent again soon where the channel takes each id once', async () => {
    const { say, sent, tried, pass } = setUp({ whenUnknown: 'resend', ...cutShort(['a'], 2) })
    await say([outboundOf('a'), outboundOf('b')])
    await pass(4.9)
    expect(tried()).toEqual(['a'])
    await pass(0.1)
    expect(tried()).toEqual(['a', 'a'])
    await pass(10)
    expect(sent()).toEqual(['a', 'b'])
  })

  it('is given up in the end also there', async () => {
    const { say, tried, pass, dead } = setUp({ whenUnknown: 'resend', ...cutShort(['a'], 99) })
    await say([outboundOf('a')])
    for (let rounds = 0; rounds < 10; rounds += 1) await pass(60)
    expect(tried()).toHaveLength(6)
    expect(await dead()).toEqual([['a', 'timed_out']])
  })

  it('is not sent again when a receipt says that it arrived', async () => {
    const { say, sent, tried, pass, store, clock } = setUp({
      whenUnknown: 'await_receipt',
      ...cutShort(['a'], 1),
    })
    await say([outboundOf('a'), outboundOf('b')])
    await pass(20)
    const receipt = { conversationId: 'c1', outboundId: 'a', at: clock.now().toISOString() }
    await store.outbox.receipt({ ...receipt, status: 'delivered' })
    await pass(0)
    expect(sent()).toEqual(['b'])
    await pass(3600)
    expect(tried()).toEqual(['a', 'b'])
  })

  it('is sent again when no receipt came within half a minute', async () => {
    const { say, sent, tried, pass } = setUp({ whenUnknown: 'await_receipt', ...cutShort(['a'], 1) })
    await say([outboundOf('a')])
    await pass(29)
    expect(tried()).toEqual(['a'])
    await pass(1)
    expect(sent()).toEqual(['a'])
  })

  it('is given up after a few tries without any receipt', async () => {
    const { say, tried, pass, dead } = setUp({ whenUnknown: 'await_receipt', ...cutShort(['a'], 99) })
    await say([outboundOf('a')])
    for (let rounds = 0; rounds < 10; rounds += 1) await pass(31)
    expect(tried()).toHaveLength(3)
    expect((await dead()).map(([id]) => id)).toEqual(['a'])
  })

  it('waits for the receipt also when its sender died', async () => {
    const { store, tried, pass } = setUp({ whenUnknown: 'await_receipt' })
    await commitReplies(store, [outboundOf('a')])
    await pass(21)
    expect(tried()).toEqual([])
    await pass(30)
    expect(tried()).toEqual(['a'])
  })

  it.each([
    ['throttled', refused('131056', 'throttled', { retryAfterMs: 4000 })],
    ['refused for a moment', refused('http_503', 'retry')],
  ])('is still known by a late receipt after the second try was %s', async (_what, second) => {
    const { say, sent, tried, pass, store, clock } = setUp({
      whenUnknown: 'await_receipt',
      fails: (message, tries) =>
        message.id !== 'a'
          ? undefined
          : tries === 1
            ? refused('timed_out', 'unknown')
            : tries === 2
              ? second
              : undefined,
    })
    await say([outboundOf('a'), outboundOf('b')])
    await pass(30)
    expect(tried()).toEqual(['a', 'a'])
    await store.outbox.receipt({
      conversationId: 'c1',
      outboundId: 'a',
      status: 'sent',
      at: clock.now().toISOString(),
    })
    await pass(3600)
    expect(tried()).toEqual(['a', 'a', 'b'])
    expect(sent()).toEqual(['b'])
  })

  it('comes again by itself when the store was away while the sending was recorded', async () => {
    const { say, tried, pass, before, lines } = setUp({ whenUnknown: 'resend' })
    before.call = (name) => {
      if (name === 'outbox.sent') throw away()
    }
    await say([outboundOf('a', { text: 'segredo' })])
    expect(tried()).toEqual(['a'])
    expect(lines.join('')).toMatch(/"err":"store_unavailable"/)
    expect(lines.join('')).not.toMatch(/segredo/)
    before.call = () => undefined
    await pass(21)
    expect(tried()).toEqual(['a', 'a'])
    await pass(60)
    expect(tried()).toEqual(['a', 'a'])
  })

  it('is sent once when a receipt came although the store was away when it was recorded', async () => {
    const { say, tried, pass, before, store, clock } = setUp({ whenUnknown: 'await_receipt' })
    before.call = (name) => {
      if (name === 'outbox.sent') throw away()
    }
    await say([outboundOf('a')])
    before.call = () => undefined
    await pass(21)
    await store.outbox.receipt({
      conversationId: 'c1',
      outboundId: 'a',
      status: 'sent',
      at: clock.now().toISOString(),
    })
    await pass(60)
    expect(tried()).toEqual(['a'])
  })
})

describe('notices on their way out', () => {
  async function withNotice(options: Options, fake: Parameters<typeof createFakeChannel>[0] = {}) {
    const all = setUp(fake, options)
    await all.store.outbox.add(noticeOf('n1'), all.clock.now().getTime())
    await all.drain()
    return all
  }

  it('are asked about at the last moment, and go', async () => {
    const asked: string[] = []
    const { sent } = await withNotice({
      beforeNotice: async ({ id }) => {
        asked.push(id)
        return 'go'
      },
    })
    expect(asked).toEqual(['n1'])
    expect(sent()).toEqual(['n1'])
  })

  it('are dropped when nobody wants them any more, without being given up', async () => {
    const { tried, dead, pass, notes } = await withNotice({ beforeNotice: async () => 'drop' })
    await pass(3600)
    expect(tried()).toEqual([])
    expect(await dead()).toEqual([])
    expect(notes).toEqual([])
  })

  it('wait until the hour they are allowed at, and are asked about again then', async () => {
    const at = Date.parse('2026-11-25T20:00:00.000Z')
    let early = true
    const { sent, pass, clock, store, dead } = await withNotice({
      beforeNotice: async () => (early ? { at } : 'go'),
    })
    await pass(7 * 3600)
    expect(sent()).toEqual([])
    clock.forward(3600)
    early = false
    const [entry] = await store.outbox.take(1, 'notice', {})
    expect(entry?.attempts).toBe(1)
    if (entry !== undefined) await store.outbox.putBack(entry.message, { at, counts: false })
    await pass(0)
    expect(sent()).toEqual(['n1'])
    expect(await dead()).toEqual([])
  })

  it('are not asked about when a reply goes out', async () => {
    const { say, sent } = setUp({}, { beforeNotice: () => Promise.reject(new Error('a reply is no notice')) })
    await say([outboundOf('a')])
    expect(sent()).toEqual(['a'])
  })

  it('that may have gone out are still known by a receipt while they wait for a better hour', async () => {
    let quiet = false
    const { tried, pass, store, clock } = await withNotice(
      { beforeNotice: async () => (quiet ? { at: clock.now().getTime() + 3_600_000 } : 'go') },
      {
        whenUnknown: 'await_receipt',
        fails: (_message, tries) => (tries === 1 ? refused('timed_out', 'unknown') : undefined),
      },
    )
    quiet = true
    await pass(31)
    await store.outbox.receipt({
      conversationId: 'c1',
      outboundId: 'n1',
      status: 'delivered',
      at: clock.now().toISOString(),
    })
    quiet = false
    await pass(3600)
    expect(tried()).toEqual(['n1'])
  })

  it('tell whoever keeps count when they are given up; replies do not', async () => {
    const given: string[] = []
    const { say } = await withNotice(
      { onNoticeGivenUp: async ({ id }, code) => void given.push(`${id} ${code}`) },
      { fails: () => refused('131026', 'final') },
    )
    await say([outboundOf('a')])
    expect(given).toEqual(['n1 131026'])
  })

  it('do not hold up the reply behind them when that fails', async () => {
    const { store, clock, drain, sent, lines } = setUp(
      { fails: ({ id }) => (id === 'n1' ? refused('131026', 'final') : undefined) },
      { onNoticeGivenUp: () => Promise.reject(away()) },
    )
    await store.outbox.add(noticeOf('n1'), clock.now().getTime())
    const [notice] = await store.outbox.take(1, 'notice', {})
    await commitReplies(store, [outboundOf('a')])
    if (notice === undefined) throw new Error('no notice')
    await store.outbox.putBack(notice.message, { at: clock.now().getTime(), counts: false })
    await drain()
    expect(sent()).toEqual(['a'])
    expect(lines.join('')).not.toMatch(/texto de/)
  })

  it('go out once when an operator has a given-up one sent again', async () => {
    let refuse = true
    const { pass, sent, store, dead } = await withNotice(
      {},
      { fails: () => (refuse ? refused('131026', 'final') : undefined) },
    )
    refuse = false
    await store.outbox.deadLetters.retry('n1')
    for (let rounds = 0; rounds < 10; rounds += 1) await pass(30)
    expect(sent()).toEqual(['n1'])
    expect(await dead()).toEqual([])
  })

  it('come again by themselves when the store was away while they were asked about', async () => {
    let asked = 0
    const { pass, tried, notes } = await withNotice({
      beforeNotice: async () => {
        asked += 1
        if (asked === 1) throw away()
        return 'go'
      },
    })
    expect(notes).toEqual([])
    await pass(21)
    expect(tried()).toEqual(['n1'])
  })

  it('are tried again later when asking about them breaks, and in the end given up', async () => {
    let asked = 0
    const { pass, dead, tried } = await withNotice({
      beforeNotice: async () => {
        asked += 1
        throw new TypeError('a bug')
      },
    })
    for (const minutes of [5, 10, 15, 15, 15]) await pass(minutes * 60)
    expect(asked).toBe(4)
    expect(tried()).toEqual([])
    expect(await dead()).toEqual([['n1', 'internal']])
  })
})

describe('two processes that send from one store', () => {
  const failure = fc.constantFrom<(Failure | 'ok' | 'everyone' | 'bug')[]>(
    'ok',
    'ok',
    'ok',
    'retry',
    'throttled',
    'everyone',
    'unknown',
    'final',
    'bug',
  )
  const whenUnknown = fc.constantFrom('resend' as const, 'await_receipt' as const)

  it('send each message in its order, never again once it went out, and lose none, whatever the provider answers', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(failure, { minLength: 40, maxLength: 40 }),
        whenUnknown,
        fc.boolean(),
        async (answers, when, paced) => {
          const clock = createHandClock()
          const { log } = createKeptLog()
          const store = createMemoryStore({ clock })
          const went: Outbound[] = []
          let calls = 0
          const channel = createFakeChannel({
            whenUnknown: when,
            ...(paced && { pace: { perSecond: 3, perPerson: { everyMs: 1000, burst: 2 } } }),
            fails(message) {
              const answer = answers[calls % answers.length] ?? 'ok'
              calls += 1
              if (answer === 'ok' || calls > 400) {
                went.push(message)
                return undefined
              }
              if (answer === 'bug') return new TypeError('a bug')
              if (answer === 'everyone')
                return refused('80007', 'throttled', { everyone: true, retryAfterMs: 2000 })
              return refused(answer, answer)
            },
          })
          const senders = [0, 1].map(() => createSender({ store, channels: [channel.channel], clock, log }))
          const all: string[] = []
          for (const conversationId of ['c1', 'c2', 'c3']) {
            const replies = [1, 2, 3, 4].map((number) =>
              outboundOf(`${conversationId}-${number}`, { conversationId }),
            )
            all.push(...replies.map(({ id }) => id))
            const first = await commitReplies(store, replies, channel.channel.pace?.perPerson)
            if (first !== undefined) senders[0]?.send(first)
            const notice = noticeOf(`${conversationId}-n`, { conversationId })
            all.push(notice.id)
            await store.outbox.add(notice, clock.now().getTime())
          }
          for (let rounds = 0; rounds < 400; rounds += 1) {
            clock.forward(rounds < 60 ? 1 : 30)
            for (const sender of senders) sender.drain()
            await settle()
          }
          const given = (await store.outbox.deadLetters.list()).map(({ message }) => message.id)
          const sent = went.map(({ id }) => id)
          expect([...sent, ...given].sort()).toEqual(all.sort())
          for (const conversationId of ['c1', 'c2', 'c3']) {
            const replies = sent.filter((id) => id.startsWith(conversationId) && !id.endsWith('n'))
            expect(replies).toEqual([...replies].sort())
          }
          await Promise.all(senders.map((sender) => sender.stop()))
        },
      ),
      { numRuns: 20 },
    )
  })
})

describe('a sender that stops', () => {
  it('finishes what is under way, also what the store is handing over just then', async () => {
    let deliver = () => {}
    const delivered = new Promise<void>((resolve) => {
      deliver = resolve
    })
    let handOver = () => {}
    const handedOver = new Promise<void>((resolve) => {
      handOver = resolve
    })
    const { store, before, sender, sent, say, clock } = setUp({
      send: async ({ id }) => {
        if (id === 'slow') await delivered
        finished.push(id)
      },
    })
    const finished: string[] = []
    await say([outboundOf('slow')])
    const late = await commitReplies(store, [outboundOf('late', { conversationId: 'c2' })])
    if (late !== undefined)
      await store.outbox.putBack(late.message, { at: clock.now().getTime(), counts: false })
    before.call = (name) => (name === 'outbox.take' ? handedOver : undefined)
    sender.drain()
    const stopped = sender.stop().then(() => finished.push('stopped'))
    await settle()
    expect(finished).toEqual([])
    deliver()
    await settle()
    expect(finished).toEqual(['slow'])
    handOver()
    await stopped
    expect(finished).toEqual(['slow', 'late', 'stopped'])
    expect(await store.outbox.take(9, 'reply', {})).toEqual([])
    expect(sent()).toEqual([])
  })

  it('takes no more than it can send, and nothing more once it stops', async () => {
    let deliver = () => {}
    const delivered = new Promise<void>((resolve) => {
      deliver = resolve
    })
    const { store, sender, calls, clock } = setUp({ send: () => delivered })
    for (let person = 0; person < 300; person += 1) {
      await store.outbox.add(noticeOf(`n${person}`, { conversationId: `p${person}` }), clock.now().getTime())
      const entry = await commitReplies(store, [outboundOf(`r${person}`, { conversationId: `p${person}` })])
      if (entry !== undefined && person < 256) sender.send(entry)
      else if (entry !== undefined)
        await store.outbox.putBack(entry.message, { at: clock.now().getTime(), counts: false })
    }
    sender.drain()
    await settle()
    const stopped = sender.stop()
    deliver()
    await stopped
    expect(calls.filter(({ name }) => name === 'outbox.take')).toEqual([])
  })

  it('looks for nothing any more', async () => {
    const { store, sender, drain, calls, clock } = setUp()
    await sender.stop()
    await store.outbox.add(noticeOf('n1'), clock.now().getTime())
    await drain()
    expect(calls).toEqual([])
  })
})
