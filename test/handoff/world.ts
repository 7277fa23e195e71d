import pino from 'pino'
import type { Context, Handoff, PersonWish } from '../../dialogs/service'
import { type Bot, newConversation } from '../../src/bot'
import type { Channel } from '../../src/channels/channel'
import { AppError } from '../../src/errors'
import { createDesk, type DeskService } from '../../src/handoff/desk'
import { createRouting } from '../../src/handoff/router'
import type { Ticket } from '../../src/handoff/ticket'
import { ownerOf } from '../../src/handoff/ticket'
import type { Inbound, Outbound } from '../../src/message'
import { createSender } from '../../src/sender'
import type { CommitResult, Committed, Lease, OutboxEntry, Store } from '../../src/store/store'
import { type TurnDeps, takeTurn } from '../../src/turn'

export const START = Date.parse('2026-11-25T13:00:00Z')
export const silentLog = pino({ level: 'silent' })

const wish: PersonWish = {
  why: 'asked',
  skill: 'geral',
  priority: 3,
  brief: { level: 'none', facts: [], done: [], failed: [], flags: [] },
}

/** What the words of these tests make the bot do; anything else it answers with `bot <text>`. */
const handoffs: Record<string, (now: string) => Handoff> = {
  oferta: () => ({ do: 'request', wish }),
  pessoa: () => ({ do: 'queue', wish }),
  depois: (now) => ({ do: 'promise', wish, by: new Date(Date.parse(now) + 3_600_000).toISOString() }),
  'deixa pra la': () => ({ do: 'return' }),
}

/** @param pause what the bot waits for before it answers, so that its turns take time */
export function scriptedBot(pause: () => Promise<void> = async () => undefined): Bot {
  return async (before, inbound, context) => {
    await pause()
    const state = before ?? structuredClone(newConversation)
    const text =
      inbound.kind === 'text' ? inbound.text : inbound.kind === 'event' ? inbound.event : inbound.kind
    const replies = [{ text: `bot ${inbound.id} ${text}` }]
    const asked = context.desk?.ticket?.asking?.field
    const word = text.replace(/^m\d+ /, '')
    const handoff: Handoff | undefined =
      asked !== undefined && inbound.kind === 'text'
        ? { do: 'answer', field: asked, value: word }
        : handoffs[word]?.(context.now)
    return { state, replies, outcome: 'answered', events: [], ...(handoff && { handoff }) }
  }
}

export function contextOf(now: Date): Omit<Context, 'record'> {
  const offer = { open: true, people: 1, ahead: 0, nextOpening: '', callbackBy: '', down: false }
  const desk = { offer: async () => offer }
  const login = { session: async () => undefined, logout: async () => ({}) }
  return { desk, login, now: now.toISOString() } as unknown as Omit<Context, 'record'>
}

/** Every call of a store goes through `around`, which may wait, fail, and look at the outcome. */
export function throughStore(
  store: Store,
  around: (name: string, args: unknown[], call: () => Promise<unknown>) => Promise<unknown>,
): Store {
  const wrap = <T extends object>(part: T, name: string): T =>
    new Proxy(part, {
      get(target, key) {
        const value = Reflect.get(target, key) as unknown
        const path = `${name}${String(key)}`
        if (typeof value === 'object' && value !== null) return wrap(value, `${path}.`)
        if (typeof value !== 'function' || String(key).startsWith('on')) return value
        return (...args: unknown[]) => around(path, args, async () => value.apply(target, args))
      },
    })
  return wrap(store, '')
}

export type Process = {
  name: string
  desk: DeskService
  /** Takes a conversation that has messages, and answers them. */
  work(): Promise<void>
  route(sweeping: boolean): Promise<void>
  send(): void
  kill(): void
  stop(): Promise<void>
}

/** A process as the product builds it, less its timers: what it does is up to the test. */
export function startProcess(options: {
  name: string
  store: Store
  clock: { now(): Date }
  channel: Channel
  bot: Bot
  inDanger?: TurnDeps['inDanger']
  open?: () => boolean
}): Process {
  const { name, clock, channel, bot } = options
  let dead = false
  const store = throughStore(options.store, async (_name, _args, call) => {
    if (dead) throw new AppError('store_unavailable')
    const result = await call()
    if (dead) throw new AppError('store_unavailable')
    return result
  })
  const channelOf = () => channel
  const desk = createDesk({ desk: store.desk, clock, log: silentLog, channelOf, mostWaitMinutes: 60 })
  const routing = createRouting({
    desk,
    store: store.desk,
    clock,
    log: silentLog,
    channelOf,
    hours: { isOpen: () => options.open?.() ?? true },
    answerMinutes: 3,
    replyMinutes: 5,
    mostWaitMinutes: 60,
  })
  const alive: Channel = {
    ...channel,
    async send(message, contact) {
      if (dead) throw new AppError('store_unavailable')
      await channel.send(message, contact)
    },
  }
  const sender = createSender({ store, channels: [alive], clock, log: silentLog })
  const turn: TurnDeps = {
    store,
    bot,
    clock,
    log: silentLog,
    contextOf: async (_inbound, now) => contextOf(now),
    channelOf,
    ...(options.inDanger && { inDanger: options.inDanger }),
  }
  return {
    name,
    desk,
    async work() {
      for (const work of await store.inbox.lease({ worker: name, milliseconds: 10_000 }, 1)) {
        const { lease } = work
        let { waiting, state, ticket } = work
        while (waiting[0] !== undefined) {
          const [inbound] = waiting
          const taken = await takeTurn({ lease, inbound, handled: [inbound], state, ticket }, turn)
          ;({ waiting, state, ticket } = { ticket: undefined, ...taken })
          if (taken.toSend !== undefined && !dead) sender.send(taken.toSend)
        }
      }
    },
    route: (sweeping) => routing.pass(sweeping),
    send: () => sender.drain(),
    kill() {
      dead = true
      ;(desk as ReturnType<typeof createDesk>).stop()
    },
    async stop() {
      ;(desk as ReturnType<typeof createDesk>).stop()
      await sender.stop()
    },
  }
}

export function textOf(id: string, conversationId: string, text: string, at: Date): Inbound {
  return { id, channel: 'web', conversationId, at: at.toISOString(), kind: 'text', text: `${id} ${text}` }
}

/**
 * Watches a store: when each message was handed over to be sent, and since when people have each conversation. A
 * message of the bot's that was handed over when people had it must not be sent.
 */
export function createWitness(store: Store, conversations: string[]) {
  let step = 0
  const handed = new Map<string, number>()
  const peoplesSince = new Map<string, number>()
  const faults: string[] = []
  const owner = async (id: string) => {
    const ticket = await store.desk.ticket(id)
    return ownerOf(ticket)
  }
  async function look(result: unknown): Promise<void> {
    step += 1
    for (const id of conversations) {
      const theirs = (await owner(id)) !== 'bot'
      if (!theirs) peoplesSince.delete(id)
      else if (!peoplesSince.has(id)) peoplesSince.set(id, step)
    }
    for (const entry of entriesOf(result)) handed.set(entry.message.id, step)
  }
  /** What the bot says nothing to must be there for people to answer. */
  async function heard(args: unknown[], { stale }: CommitResult): Promise<void> {
    const [{ conversationId }, handled, { replies }] = args as [Lease, Inbound[], Committed]
    const unanswered = stale !== true && replies.length === 0 && handled.some(({ kind }) => kind === 'text')
    if (unanswered && (await owner(conversationId)) === 'bot')
      faults.push(`nobody answers in ${conversationId}`)
  }
  return {
    store: throughStore(store, async (name, args, call) => {
      const result = await call()
      await look(result)
      if (name === 'conversations.commit') await heard(args, result as CommitResult)
      return result
    }),
    faults,
    /** To be called by the channel at the moment a message goes out. */
    sending(message: Outbound, sentBefore: Outbound[]): void {
      if (message.speaker !== undefined) return
      const since = peoplesSince.get(message.conversationId)
      if (since === undefined) return
      if ((handed.get(message.id) ?? 0) > since)
        faults.push(`the bot spoke while people had ${message.conversationId}`)
      const theirs = sentBefore.some(
        ({ id, conversationId, speaker }) =>
          conversationId === message.conversationId && speaker === 'agent' && (handed.get(id) ?? 0) > since,
      )
      if (theirs) faults.push(`the bot spoke after an agent in ${message.conversationId}`)
    },
  }
}

function entriesOf(result: unknown): OutboxEntry[] {
  if (Array.isArray(result)) return result.flatMap(entriesOf)
  if (typeof result !== 'object' || result === null) return []
  if ('toSend' in result) return entriesOf(result.toSend)
  return 'message' in result && 'attempts' in result ? [result as OutboxEntry] : []
}

/** Whatever its state, an open ticket names who or what moves it on. */
export function isOwned(ticket: Ticket): boolean {
  switch (ticket.state) {
    case 'queued':
      return ticket.queuedAt !== undefined && ticket.waitUntil !== undefined
    case 'assigned':
    case 'agent':
    case 'idle':
      return ticket.agentId !== undefined && ticket.assignedAt !== undefined
    case 'callback':
      return ticket.callback !== undefined
    default:
      return ticket.touchedAt !== undefined
  }
}
