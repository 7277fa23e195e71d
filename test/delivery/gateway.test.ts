import { setTimeout as wait } from 'node:timers/promises'
import { type Bot, newConversation } from '../../src/bot'
import { type Channel, ChannelError } from '../../src/channels/channel'
import { createGateway } from '../../src/gateway'
import { createLog } from '../../src/log'
import type { Inbound, Outbound } from '../../src/message'
import { createMemoryStore } from '../../src/store/memory'

const log = createLog({ level: 'silent' })

function text(id: string, said: string, conversationId = 'c1'): Inbound {
  return { id, channel: 'web', conversationId, at: new Date().toISOString(), kind: 'text', text: said }
}

/** A bot that answers each message with all it has heard so far: losing or swapping one shows. */
function rememberingBot(milliseconds: number): Bot {
  return async (before, inbound) => {
    await wait(milliseconds)
    const heard = [
      ...((before as { heard?: string[] } | undefined)?.heard ?? []),
      inbound.kind === 'text' ? inbound.text : '',
    ]
    const state = { ...newConversation, heard } as typeof newConversation
    return { state, replies: [{ text: heard.join(',') }], outcome: 'answered', events: [] }
  }
}

function setUp(options: { bot: Bot; send?: (message: Outbound) => Promise<void>; workers?: number }) {
  const sent: Outbound[] = []
  const clock = { now: () => new Date() }
  const store = createMemoryStore({ clock })
  const channel: Channel = {
    id: 'web',
    send: async (message) => {
      await options.send?.(message)
      sent.push(message)
    },
  }
  const gateways = Array.from({ length: options.workers ?? 1 }, (_, index) =>
    createGateway({
      store,
      bot: options.bot,
      clock,
      log,
      channels: [channel],
      worker: `w${index}`,
      contextOf: async () => ({}) as never,
    }),
  )
  const receive = (message: Inbound) => store.inbox.append(message)
  const sentCount = async (count: number) => {
    for (let tries = 0; tries < 200 && sent.length < count; tries += 1) await wait(10)
    await wait(30)
    return sent
  }
  const stop = async () => {
    await Promise.all(gateways.map((gateway) => gateway.stop()))
    await store.close()
  }
  return { store, receive, sent, sentCount, stop }
}

describe('delivery', () => {
  it('takes two messages sent at once in order, each knowing the one before', async () => {
    const { receive, sentCount, stop } = setUp({ bot: rememberingBot(5), workers: 2 })
    for (let person = 0; person < 50; person += 1) {
      await Promise.all([
        receive(text('a', 'a', `p${person}`)),
        receive(text(`b${person}`, 'b', `p${person}`)),
      ])
    }
    await stop()
    const sent = await sentCount(0)
    expect(
      sent.filter((message) => message.text !== 'a' && message.text !== 'a,b' && message.text !== 'b'),
    ).toEqual([])
  })

  it('gives one effect to a message delivered many times', async () => {
    const { receive, sentCount, stop } = setUp({ bot: rememberingBot(5), workers: 2 })
    await Promise.all(Array.from({ length: 20 }, () => receive(text('m1', 'sim'))))
    expect((await sentCount(1)).map((message) => message.text)).toEqual(['sim'])
    await stop()
  })

  it('keeps order and loses nothing over many quick messages of many people', async () => {
    const { receive, sentCount, stop } = setUp({ bot: rememberingBot(1), workers: 3 })
    const people = Array.from({ length: 20 }, (_, index) => `p${index}`)
    await Promise.all(
      people.flatMap((person) =>
        Array.from({ length: 10 }, (_, index) => receive(text(`${person}-${index}`, `${index}`, person))),
      ),
    )
    const sent = await sentCount(200)
    for (const person of people) {
      const last = sent.filter((message) => message.conversationId === person).at(-1)
      expect(last?.text).toBe('0,1,2,3,4,5,6,7,8,9')
    }
    await stop()
  })

  it('says plainly that something failed when the bot breaks, keeps what it knew and goes on', async () => {
    let broken = true
    const remembering = rememberingBot(0)
    const { receive, sentCount, stop } = setUp({
      bot: (...args) => {
        if (broken && args[1].id === 'm2') throw new Error('a bug that quotes nothing')
        return remembering(...args)
      },
    })
    await receive(text('m1', 'um'))
    await receive(text('m2', 'dois'))
    await sentCount(2)
    broken = false
    await receive(text('m3', 'três'))
    const sent = await sentCount(3)
    expect(sent[1]?.outcome).toBe('error_internal')
    expect(sent[1]?.text).toMatch(/guardado/)
    expect(sent[2]?.text).toBe('um,três')
    await stop()
  })

  it('keeps a message that could not be sent and does not let the next one overtake it', async () => {
    let failures = 0
    const { receive, sentCount, stop, store } = setUp({
      bot: rememberingBot(0),
      send: async () => {
        failures += 1
        throw new ChannelError('http_503', true)
      },
    })
    await receive(text('m1', 'um'))
    await receive(text('m2', 'dois'))
    await sentCount(1)
    expect(failures).toBe(1)
    const later = await store.outbox.take(10, new Date(Date.now() + 6 * 60_000))
    expect(later.map((entry) => entry.message.text)).toEqual(['um'])
    await stop()
  })

  it('drops a message the channel refuses for good and sends the next', async () => {
    const { receive, sentCount, stop } = setUp({
      bot: rememberingBot(0),
      send: async (message) => {
        if (message.text === 'um') throw new ChannelError('refused', false)
      },
    })
    await receive(text('m1', 'um'))
    await receive(text('m2', 'dois'))
    expect((await sentCount(1)).map((message) => message.text)).toEqual(['um,dois'])
    await stop()
  })

  it('finishes the turn under way when it stops and leaves the rest for the next start', async () => {
    const { receive, sent, stop, store } = setUp({ bot: rememberingBot(100) })
    await receive(text('m1', 'um'))
    await receive(text('m2', 'dois'))
    await wait(20)
    await stop()
    expect(sent.length + (await store.outbox.take(10, new Date())).length).toBe(1)
    const lease = await store.inbox.lease('next', 1000)
    if (lease === undefined) throw new Error('the second message is gone')
    expect((await store.inbox.next(lease))?.id).toBe('m2')
  })
})
