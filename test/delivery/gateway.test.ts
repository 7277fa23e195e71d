import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { type Bot, newConversation } from '../../src/bot'
import { type Channel, ChannelError } from '../../src/channels/channel'
import { createGateway, type Gateway } from '../../src/gateway'
import type { Inbound, Receipt } from '../../src/message'
import { createMemoryStore } from '../../src/store/memory'
import {
  away,
  createFakeChannel,
  createKeptLog,
  inboundOf,
  noticeOf,
  START,
  settle,
  until,
  wrapStore,
} from './harness'

type Options = Partial<Parameters<typeof createGateway>[0]>

const now = () => new Date()
const text = (id: string, said: string, conversationId = 'c1'): Inbound =>
  inboundOf(id, said, { conversationId, at: now().toISOString(), address: `sealed ${conversationId}` })
const saidIn = (inbound: Inbound) => (inbound.kind === 'text' ? inbound.text : '')

/**
 * A bot that answers each message with all it has heard so far: losing, swapping or forgetting one shows. It has a
 * question open, so each message is an answer of its own.
 */
function rememberingBot(before: (inbound: Inbound) => Promise<void> = async () => undefined): Bot {
  return async (state, inbound) => {
    await before(inbound)
    const { known = [] } = (state ?? {}) as { known?: string[] }
    const all = [...known, ...saidIn(inbound).split('\n')]
    const dialogs = [{ id: 'open', state: {} }] as unknown as typeof newConversation.dialogs
    const after = { ...newConversation, dialogs, known: all } as unknown as typeof newConversation
    return { state: after, replies: [{ text: all.join(',') }], outcome: 'answered', events: [] }
  }
}

const running: Gateway[] = []
afterEach(async () => {
  jest.useRealTimers()
  await Promise.all(running.splice(0).map((gateway) => gateway.stop()))
})

/** Gateways over one store, with a store that can be told to go away. */
async function setUp(
  options: {
    bot?: Bot
    workers?: number
    fake?: Parameters<typeof createFakeChannel>[0]
    more?: Options
    isBroken?: (call: string, args: unknown[]) => unknown
  } = {},
) {
  const clock = { now }
  const { log, lines } = createKeptLog()
  const plain = createMemoryStore({ clock })
  const before = { call: options.isBroken ?? ((_name: string, _args: unknown[]): unknown => undefined) }
  const calls: { name: string; args: unknown[] }[] = []
  const store = wrapStore(plain, (name, args) => {
    calls.push({ name, args })
    return before.call(name, args)
  })
  const channel = createFakeChannel(options.fake)
  const work = (name: string) => ({
    name,
    turn: {
      store,
      bot: options.bot ?? rememberingBot(),
      clock,
      log,
      contextOf: async () => ({}) as never,
      channelOf: (): Channel => channel.channel,
    },
    opens: () => false,
  })
  const gateways: Gateway[] = []
  for (let index = 0; index < (options.workers ?? 1); index += 1) {
    const gateway = await createGateway({
      store,
      clock,
      log,
      channels: [channel.channel],
      work: work(`w${index}`),
      ...options.more,
    })
    gateways.push(gateway)
  }
  running.push(...gateways)
  const [gateway] = gateways
  if (gateway === undefined) throw new Error('no gateway')
  const lastTo = (conversationId: string) =>
    channel.messages().findLast((sent) => sent.conversationId === conversationId)?.text
  return { ...channel, store: plain, before, calls, lines, gateways, gateway, clock, log, lastTo }
}

/** Time is moved by hand from here on, for timers as for the clock. */
function fakeTime() {
  jest.useFakeTimers({
    doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'],
    now: Date.parse('2026-11-25T12:00:00Z'),
  })
  return async (seconds: number) => {
    for (let tenths = 0; tenths < seconds * 10; tenths += 1) {
      await jest.advanceTimersByTimeAsync(100)
      await settle()
    }
  }
}

const later = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds))

describe('delivery', () => {
  it.each([1, 2])(
    'takes quick messages in order, each knowing the one before, in %d processes',
    async (workers) => {
      const { gateways, lastTo } = await setUp({ workers, bot: rememberingBot(() => wait(2)) })
      const people = Array.from({ length: 30 }, (_, index) => `p${index}`)
      await Promise.all(
        people.flatMap((person) =>
          Array.from({ length: 10 }, (_, index) =>
            gateways[index % workers]?.receive(text(`${person}-${index}`, `${index}`, person)),
          ),
        ),
      )
      await until(() => people.every((person) => lastTo(person)?.endsWith('9') === true))
      for (const person of people) expect(lastTo(person)).toBe('0,1,2,3,4,5,6,7,8,9')
    },
  )

  it('lets no message overtake one that takes longer to be stored', async () => {
    const { gateway, lastTo } = await setUp({
      isBroken: (call, [message]) =>
        call === 'inbox.append' && (message as Inbound).id === 'm1' ? wait(20) : undefined,
    })
    await Promise.all([gateway.receive(text('m1', 'a')), gateway.receive(text('m2', 'b'))])
    await until(() => lastTo('c1') === 'a,b')
  })

  it('answers each message of a conversation with a question open by itself', async () => {
    const { gateway, texts } = await setUp()
    await gateway.receive(text('m0', 'a'))
    await Promise.all([gateway.receive(text('m1', 'b')), gateway.receive(text('m2', 'c'))])
    await until(() => texts().length === 3)
    expect(texts()).toEqual(['a', 'a,b', 'a,b,c'])
  })

  it('gives one effect to a message delivered many times, over any process', async () => {
    const { gateways, texts } = await setUp({ workers: 2, bot: rememberingBot(() => wait(5)) })
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, index) => gateways[index % 2]?.receive(text('m1', 'sim'))),
    )
    await wait(50)
    expect(texts()).toEqual(['sim'])
    expect(results.filter((result) => result === 'stored')).toHaveLength(1)
    expect(results.filter((result) => result === 'duplicate')).toHaveLength(19)
    expect(await gateways[0]?.receive(text('m1', 'sim'))).toBe('duplicate')
  })

  it('says plainly that something failed when the bot breaks, keeps what it knew and goes on', async () => {
    const remembering = rememberingBot()
    const { gateway, texts, messages, lines } = await setUp({
      bot: (...args) => {
        const state = args[0] as { known?: string[] } | undefined
        // In the middle of its work.
        state?.known?.push('meio')
        if (saidIn(args[1]) === 'dois') throw new Error(`a bug that quotes ${saidIn(args[1])}`)
        state?.known?.pop()
        return remembering(...args)
      },
    })
    for (const [id, said] of [
      ['m1', 'um'],
      ['m2', 'dois'],
      ['m3', 'três'],
    ] as const)
      await gateway.receive(text(id, said))
    await until(() => texts().length === 3)
    expect(messages()[1]?.outcome).toBe('error_internal')
    expect(texts()[1]).toMatch(/guardado/)
    expect(texts()[2]).toBe('um,três')
    expect(lines.join('')).toMatch(/"a turn failed"/)
    expect(lines.join('')).not.toMatch(/dois/)
  })

  it('says so too when a channel cannot arrange an answer, and goes on', async () => {
    const pass = fakeTime()
    const { gateway, texts } = await setUp({
      fake: {
        shape: (bubbles) => {
          if (bubbles.some(({ text: said }) => said === 'um,dois')) throw new RangeError('a bug')
          return bubbles
        },
      },
    })
    for (const [id, said] of [
      ['m1', 'um'],
      ['m2', 'dois'],
      ['m3', 'três'],
    ] as const)
      await gateway.receive(text(id, said))
    await pass(60)
    expect(texts()).toHaveLength(3)
    expect(texts()[1]).toMatch(/guardado/)
  })

  it('keeps a message that could not be sent and does not let the next one overtake it', async () => {
    const pass = fakeTime()
    const { gateway, tried, texts } = await setUp({
      fake: { fails: (_message, tries) => (tries === 1 ? new ChannelError('http_503', 'retry') : undefined) },
    })
    await gateway.receive(text('m1', 'um'))
    await settle()
    await gateway.receive(text('m2', 'dois'))
    await pass(10)
    expect(tried()).toHaveLength(1)
    jest.setSystemTime(Date.now() + 5 * 60_000)
    await pass(1)
    jest.setSystemTime(Date.now() + 5 * 60_000)
    await pass(1)
    expect(texts()).toEqual(['um', 'um,dois'])
  })

  it('drops a message the channel refuses for good, into the dead letters, and sends the next', async () => {
    const { gateway, texts, store } = await setUp({
      fake: {
        fails: (message) => (message.text === 'um' ? new ChannelError('refused', 'final') : undefined),
      },
    })
    await gateway.receive(text('m1', 'um'))
    await gateway.receive(text('m2', 'dois'))
    await until(() => texts().length === 1)
    expect(texts()).toEqual(['um,dois'])
    expect((await store.outbox.deadLetters.list()).map(({ code }) => code)).toEqual(['refused'])
  })

  it('takes messages that come while a turn runs after it, with the state of that turn', async () => {
    let finish = () => {}
    const first = new Promise<void>((resolve) => {
      finish = resolve
    })
    const { gateway, texts } = await setUp({
      bot: rememberingBot((inbound) => (saidIn(inbound) === 'a' ? first : Promise.resolve())),
    })
    await gateway.receive(text('m1', 'a'))
    for (const [id, said] of [
      ['m2', 'b'],
      ['m3', 'c'],
      ['m4', 'd'],
    ] as const)
      await gateway.receive(text(id, said))
    await wait(20)
    expect(texts()).toEqual([])
    finish()
    await until(() => texts().length === 4)
    expect(texts()).toEqual(['a', 'a,b', 'a,b,c', 'a,b,c,d'])
  })

  it('does not let a slow person hold up the others', async () => {
    const { gateway, lastTo } = await setUp({
      bot: rememberingBot((inbound) => (inbound.conversationId === 'slow' ? wait(300) : Promise.resolve())),
    })
    await gateway.receive(text('m1', 'a', 'slow'))
    await gateway.receive(text('m2', 'b', 'quick'))
    await until(() => lastTo('quick') === 'b')
    expect(lastTo('slow')).toBeUndefined()
    await until(() => lastTo('slow') === 'a')
  })
})

describe('who works on a conversation', () => {
  it('is whoever stored the message, without asking the store again', async () => {
    let answer = () => {}
    const silence = new Promise<undefined>((resolve) => {
      answer = () => resolve(undefined)
    })
    const { gateway, texts, calls } = await setUp({
      isBroken: (name) => (name === 'inbox.lease' ? silence : undefined),
    })
    await gateway.receive(text('m1', 'a'))
    await until(() => texts().length === 1)
    answer()
    const [append] = calls.filter(({ name }) => name === 'inbox.append')
    expect(append?.args[1]).toEqual({ worker: 'w0', milliseconds: 10_000 })
  })

  it('is a worker when the process that stored it only takes messages in, and at once', async () => {
    fakeTime()
    const { store, clock, log, channel, texts, calls } = await setUp()
    const front = await createGateway({ store, clock, log, channels: [channel] })
    running.push(front)
    await settle()
    expect(await front.receive(text('m1', 'a'))).toBe('stored')
    await settle()
    expect(texts()).toEqual(['a'])
    expect(calls.filter(({ name }) => name === 'inbox.append')).toEqual([])
    expect(await front.receive(text('m1', 'a'))).toBe('duplicate')
  })

  it('takes what waited in the store before it started', async () => {
    fakeTime()
    const { store, log, clock, channel, texts } = await setUp()
    await running.pop()?.stop()
    await store.inbox.append(text('m1', 'a'))
    const turn = { store, bot: rememberingBot(), clock, log, contextOf: async () => ({}) as never }
    const work = { name: 'next', turn, opens: () => false }
    running.push(await createGateway({ store, clock, log, channels: [channel], work }))
    await settle()
    expect(texts()).toEqual(['a'])
  })

  it('has the conversation for as long as a turn takes, longer than a lease too', async () => {
    const pass = fakeTime()
    let turns = 0
    const { gateway, texts, calls } = await setUp({
      workers: 2,
      bot: rememberingBot(async () => {
        turns += 1
        await later(25_000)
      }),
    })
    await gateway.receive(text('m1', 'a'))
    await pass(24)
    expect(texts()).toEqual([])
    await pass(2)
    expect(texts()).toEqual(['a'])
    expect(turns).toBe(1)
    expect(calls.filter(({ name }) => name === 'inbox.renew').length).toBeGreaterThanOrEqual(6)
  })

  it('loses it when it freezes: another one answers, and what it says itself counts for nothing', async () => {
    const pass = fakeTime()
    let turns = 0
    const { gateway, texts, before, lines } = await setUp({
      workers: 2,
      bot: rememberingBot(async () => {
        turns += 1
        if (turns === 1) await later(20_000)
      }),
    })
    before.call = (name) => {
      if (name === 'inbox.renew') throw away()
    }
    await gateway.receive(text('m1', 'a'))
    await pass(9)
    expect(texts()).toEqual([])
    await pass(3)
    expect(texts()).toEqual(['a'])
    await gateway.receive(text('m2', 'b'))
    await pass(20)
    expect(texts()).toEqual(['a', 'a,b'])
    expect(turns).toBe(3)
    expect(lines.filter((line) => JSON.parse(line).level >= 50)).toEqual([])
  })

  it('tries again when the store was away at the end of a turn, and answers once', async () => {
    const pass = fakeTime()
    const { gateway, texts, before, lines } = await setUp()
    before.call = (name) => {
      if (name === 'conversations.commit') throw away()
    }
    await gateway.receive(text('m1', 'a'))
    await pass(5)
    expect(texts()).toEqual([])
    before.call = () => undefined
    await pass(7)
    expect(texts()).toEqual(['a'])
    expect(lines.join('')).toMatch(/"err":"store_unavailable".*could not be worked on/)
  })

  it('tries again when the store was away in the middle of a turn, and says nothing of it', async () => {
    const pass = fakeTime()
    let turns = 0
    const { gateway, texts } = await setUp({
      bot: rememberingBot(async () => {
        turns += 1
        if (turns === 1) throw away()
      }),
    })
    await gateway.receive(text('m1', 'a'))
    await pass(11)
    expect(texts()).toEqual(['a'])
  })

  it('goes on looking after the store was away', async () => {
    const pass = fakeTime()
    const { store, texts, before } = await setUp()
    before.call = (name) => {
      if (name === 'inbox.lease' || name === 'outbox.take') throw away()
    }
    await store.inbox.append(text('m1', 'a'))
    await pass(2)
    expect(texts()).toEqual([])
    before.call = () => undefined
    await pass(1.1)
    expect(texts()).toEqual(['a'])
  })

  async function crowd() {
    const pass = fakeTime()
    const count = { now: 0, most: 0 }
    const releases: (() => void)[] = []
    const all = await setUp({
      bot: rememberingBot(async () => {
        count.now += 1
        count.most = Math.max(count.most, count.now)
        await new Promise<void>((resolve) => releases.push(resolve))
        count.now -= 1
      }),
    })
    const release = async () => {
      for (let rounds = 0; rounds < 10; rounds += 1) {
        for (const each of releases.splice(0)) each()
        await settle()
      }
    }
    return { ...all, pass, count, release }
  }

  it('works on 256 conversations at the same time, and takes up the others as soon as there is room', async () => {
    const { gateway, messages, pass, count, release } = await crowd()
    for (let person = 0; person < 600; person += 1)
      await gateway.receive(text(`m${person}`, 'a', `p${person}`))
    await pass(1.5)
    const before = { ...count }
    await release()
    expect(before).toEqual({ now: 256, most: 256 })
    expect(messages()).toHaveLength(600)
    expect(count.most).toBe(256)
    expect(new Set(messages().map(({ conversationId }) => conversationId)).size).toBe(600)
  })

  it('works on no more of them when they come all at once', async () => {
    const { gateway, messages, count, release } = await crowd()
    const messagesOfAll = Array.from({ length: 600 }, (_, person) => text(`m${person}`, 'a', `p${person}`))
    await Promise.all(messagesOfAll.map((message) => gateway.receive(message)))
    await settle()
    const before = count.now
    await release()
    expect(before).toBe(256)
    expect(messages()).toHaveLength(600)
  })

  it('shows that it is writing when a turn takes longer, and not otherwise', async () => {
    const pass = fakeTime()
    const shown: string[] = []
    const { gateway, texts } = await setUp({
      bot: rememberingBot((inbound) => (saidIn(inbound) === 'b' ? later(2000) : later(500))),
      fake: { typing: (inbound) => shown.push(saidIn(inbound)) },
    })
    await gateway.receive(text('quick', 'a'))
    await pass(1)
    await gateway.receive(text('slow', 'b'))
    await pass(3)
    expect(texts()).toEqual(['a', 'a,b'])
    expect(shown).toEqual(['b'])
  })
})

describe('what is to be sent', () => {
  it('is sent at once when another process adds it', async () => {
    fakeTime()
    const { store, texts } = await setUp()
    await settle()
    await store.outbox.add(noticeOf('n1', { text: 'aviso' }), Date.now())
    await settle()
    expect(texts()).toEqual(['aviso'])
  })

  it('is sent when its time comes, without anything else happening', async () => {
    const pass = fakeTime()
    const { store, texts } = await setUp()
    await store.outbox.add(noticeOf('n1', { text: 'aviso' }), Date.now() + 3000)
    await pass(2.5)
    expect(texts()).toEqual([])
    await pass(1.6)
    expect(texts()).toEqual(['aviso'])
  })
})

describe('receipts', () => {
  const receipt = (status: Receipt['status'], outboundId = 'o1'): Receipt => ({
    conversationId: 'c1',
    outboundId,
    status,
    at: '2026-11-25T12:00:00.000Z',
  })

  it('are told on when they say more, and otherwise not', async () => {
    const heard: string[] = []
    const { gateway, store } = await setUp({
      more: { onReceipt: async ({ status }) => void heard.push(status) },
    })
    for (const status of ['sent', 'delivered', 'sent', 'delivered', 'failed', 'read'] as const)
      await gateway.takeReceipt(receipt(status))
    expect(heard).toEqual(['sent', 'delivered', 'read'])
    expect(await store.outbox.receipts('c1')).toMatchObject({ o1: { status: 'read' } })
  })
})

describe('a gateway that stops', () => {
  it('finishes the turn under way and what it says, and leaves the rest for the next start', async () => {
    const { gateway, texts, store } = await setUp({ bot: rememberingBot(() => wait(50)) })
    await gateway.receive(text('m1', 'um'))
    await gateway.receive(text('m2', 'dois'))
    await wait(10)
    await gateway.stop()
    expect(texts()).toEqual(['um'])
    const [work] = await store.inbox.lease({ worker: 'next', milliseconds: 1000 }, 5)
    expect(work?.waiting.map(({ id }) => id)).toEqual(['m2'])
  })

  it('gives back also what the store is handing over just then', async () => {
    fakeTime()
    let handOver = () => {}
    const handedOver = new Promise<void>((resolve) => {
      handOver = resolve
    })
    const order: string[] = []
    const { gateway, store, before } = await setUp()
    await settle()
    before.call = (name) => {
      order.push(name)
      return name === 'inbox.lease' ? handedOver : undefined
    }
    await store.inbox.append(text('m1', 'um'))
    const stopped = gateway.stop().then(() => order.push('stopped'))
    await settle()
    handOver()
    await stopped
    await settle()
    expect(order).toEqual(['inbox.lease', 'inbox.release', 'stopped'])
  })

  it('still stores what comes, for others to answer', async () => {
    const { gateway, texts, store } = await setUp()
    await gateway.stop()
    expect(await gateway.receive(text('m1', 'um'))).toBe('stored')
    await wait(20)
    expect(texts()).toEqual([])
    expect(await store.inbox.lease({ worker: 'next', milliseconds: 1000 }, 5)).toHaveLength(1)
  })
})

describe('while the store is away', () => {
  async function withSpool(mostBytes = 1024 * 1024) {
    const folder = join(mkdtempSync(join(tmpdir(), 'gateway-')), 'spool')
    const received: string[] = []
    const all = await setUp({
      more: {
        spool: { folder, key: randomBytes(32), mostBytes },
        onReceived: (channel, result, seconds) => {
          expect(seconds).toBeGreaterThanOrEqual(0)
          received.push(`${channel} ${result}`)
        },
      },
    })
    const goAway = () => {
      all.before.call = (name) => {
        if (/^(inbox|outbox|conversations)\./.test(name)) throw away()
      }
    }
    const comeBack = () => {
      all.before.call = () => undefined
    }
    return { ...all, folder, received, goAway, comeBack }
  }

  it('keeps messages on the disk, says that they are kept, and answers them in order when it is back', async () => {
    const { gateway, goAway, comeBack, received, lastTo, folder, lines } = await withSpool()
    const people = ['p1', 'p2', 'p3']
    for (const person of people) await gateway.receive(text(`${person}-0`, '0', person))
    await until(() => people.every((person) => lastTo(person) === '0'))
    await settle()
    goAway()
    for (let index = 1; index < 5; index += 1) {
      for (const person of people)
        expect(await gateway.receive(text(`${person}-${index}`, `${index}`, person))).toBe('stored')
    }
    expect(gateway.spooled()).toBeGreaterThan(0)
    expect(readFileSync(join(folder, 'inbox.spool'), 'utf8')).not.toMatch(/sealed|kind/)
    comeBack()
    await Promise.all(people.map((person) => gateway.receive(text(`${person}-5`, '5', person))))
    await until(() => people.every((person) => lastTo(person)?.endsWith('5') === true))
    for (const person of people) expect(lastTo(person)).toBe('0,1,2,3,4,5')
    await until(() => gateway.spooled() === 0)
    await wait(30)
    expect(received).toEqual([...Array(3).fill('web stored'), ...Array(15).fill('web spooled')])
    await gateway.receive(text('after', '6', 'p1'))
    expect(received.at(-1)).toBe('web stored')
    expect(lines.join('')).not.toMatch(/sealed|"text"/)
  })

  it('lets no message overtake the one before it that is just being written to the disk', async () => {
    const { gateway, lastTo, before } = await withSpool()
    let failed = false
    before.call = (name, [message]) => {
      if (name !== 'inbox.append' || (message as Inbound).id !== 'm1' || failed) return
      failed = true
      throw away()
    }
    const first = gateway.receive(text('m1', 'primeira'))
    for (let moments = 0; moments < 20; moments += 1) await Promise.resolve()
    const second = gateway.receive(text('m2', 'segunda'))
    await Promise.all([first, second])
    await until(() => lastTo('c1')?.includes('segunda') === true)
    expect(lastTo('c1')).toBe('primeira,segunda')
  })

  it('lets no message overtake the one before it that the store is slow to refuse', async () => {
    const { gateway, before, lastTo } = await withSpool()
    before.call = async (call, [message]) => {
      if (call !== 'inbox.append' || (message as Inbound).id !== 'm1') return
      before.call = () => undefined
      await wait(20)
      throw away()
    }
    await Promise.all([gateway.receive(text('m1', 'a')), gateway.receive(text('m2', 'b'))])
    await until(() => lastTo('c1') === 'a,b')
  })

  it('drops the repeat of a message that it kept', async () => {
    const { gateway, goAway, comeBack, texts } = await withSpool()
    goAway()
    await gateway.receive(text('m1', 'a'))
    await gateway.receive(text('m1', 'a'))
    comeBack()
    await until(async () => (await gateway.receive(text('m1', 'a'))) === 'duplicate')
    await until(() => texts().length > 0)
    await wait(20)
    expect(texts()).toEqual(['a'])
  })

  it('keeps receipts as well', async () => {
    const { gateway, goAway, comeBack, store } = await withSpool()
    goAway()
    await gateway.takeReceipt({
      conversationId: 'c1',
      outboundId: 'o1',
      status: 'delivered',
      at: now().toISOString(),
    })
    comeBack()
    await until(async () => (await store.outbox.receipts('c1')).o1?.status === 'delivered')
  })

  it('tells a receipt on later when that failed after the store had it', async () => {
    const heard: string[] = []
    let fails = 1
    const { store, clock, log, channel } = await setUp()
    const front = await createGateway({
      store,
      clock,
      log,
      channels: [channel],
      spool: {
        folder: join(mkdtempSync(join(tmpdir(), 'gateway-')), 'spool'),
        key: randomBytes(32),
        mostBytes: 9999,
      },
      onReceipt: async ({ outboundId, status }) => {
        fails -= 1
        if (fails >= 0) throw away()
        heard.push(`${outboundId} ${status}`)
      },
    })
    running.push(front)
    await front.takeReceipt({ conversationId: 'c1', outboundId: 'o1', status: 'failed', at: START })
    await until(() => heard.length > 0)
    expect(heard).toEqual(['o1 failed'])
  })

  it('has the provider try again when the disk has no room either', async () => {
    const { gateway, goAway, received } = await withSpool(400)
    goAway()
    await gateway.receive(text('m1', 'a'))
    await expect(gateway.receive(text('m2', 'b'))).rejects.toMatchObject({ code: 'spool_full' })
    expect(received).toEqual(['web spooled'])
  })

  it('has the provider try again at once where there is no spool', async () => {
    const { gateway, before } = await setUp()
    before.call = () => {
      throw away()
    }
    await expect(gateway.receive(text('m1', 'a'))).rejects.toMatchObject({ code: 'store_unavailable' })
    expect(gateway.spooled()).toBe(0)
  })

  it('does not keep what the store refuses for another reason', async () => {
    const { gateway, before, folder } = await withSpool()
    before.call = (name) => {
      if (name === 'inbox.append') throw new TypeError('a bug')
    }
    await expect(gateway.receive(text('m1', 'a'))).rejects.toBeInstanceOf(TypeError)
    expect(existsSync(join(folder, 'inbox.spool')) && readFileSync(join(folder, 'inbox.spool')).length).toBe(
      0,
    )
  })

  it('refuses to start, and leaves nothing running, when the folder for it cannot be used', async () => {
    const pass = fakeTime()
    const { store, clock, log, channel } = await setUp()
    await running.pop()?.stop()
    const turn = { store, bot: rememberingBot(), clock, log, contextOf: async () => ({}) as never }
    const opening = createGateway({
      store,
      clock,
      log,
      channels: [channel],
      work: { name: 'w', turn, opens: () => false },
      spool: { folder: '/dev/null/spool', key: randomBytes(32), mostBytes: 1000 },
    })
    await expect(opening).rejects.toMatchObject({ code: 'config_invalid' })
    await store.inbox.append(text('m1', 'a'))
    await pass(3)
    expect(await store.conversations.load('c1')).toBeUndefined()
  })
})
