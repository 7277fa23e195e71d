import { setTimeout as wait } from 'node:timers/promises'
import pino from 'pino'
import type { Context } from '../../dialogs/service'
import type { Channel } from '../../src/channels/channel'
import { AppError } from '../../src/errors'
import type { Log } from '../../src/log'
import type { Contact, Inbound, InboundContent, Outbound } from '../../src/message'
import type { OutboxEntry, Store } from '../../src/store/store'

export const START = '2026-11-25T12:00:00.000Z'

/** Time that stands still until it is moved. */
export function createHandClock(start = START) {
  let now = Date.parse(start)
  return {
    now: () => new Date(now),
    forward(seconds: number) {
      now += seconds * 1000
    },
  }
}

/** A log that is kept, one JSON line after another. */
export function createKeptLog(): { log: Log; lines: string[] } {
  const lines: string[] = []
  return { log: pino({ level: 'trace', base: null }, { write: (line: string) => lines.push(line) }), lines }
}

/** Lets everything run that waits for nothing but other promises. */
export async function settle(): Promise<void> {
  for (let rounds = 0; rounds < 5; rounds += 1) await new Promise((resolve) => setImmediate(resolve))
}

export async function until(holds: () => boolean | Promise<boolean>, what = 'it'): Promise<void> {
  for (let tries = 0; tries < 1000; tries += 1) {
    if (await holds()) return
    await wait(5)
  }
  throw new Error(`${what} did not come true`)
}

export function inboundOf(
  id: string,
  content: string | InboundContent,
  more: Partial<Pick<Inbound, 'conversationId' | 'at' | 'channel' | 'address'>> = {},
): Inbound {
  return {
    id,
    channel: 'web',
    conversationId: 'c1',
    at: START,
    ...more,
    ...(typeof content === 'string' ? { kind: 'text', text: content } : content),
  }
}

export function outboundOf(id: string, more: Partial<Outbound> = {}): Outbound {
  return {
    id,
    channel: 'web',
    conversationId: 'c1',
    at: START,
    text: `texto de ${id}`,
    outcome: 'answered',
    ...more,
  }
}

export function noticeOf(id: string, more: Partial<Outbound> = {}): Outbound {
  return outboundOf(id, { notice: { id, template: { name: 'aviso', parameters: [] } }, ...more })
}

/** Commits replies as a turn does; gives what the turn's worker is to send. */
export async function commitReplies(
  store: Store,
  replies: Outbound[],
  pace?: { everyMs: number; burst: number },
): Promise<OutboxEntry | undefined> {
  const { conversationId = 'c1', channel = 'web', id = '' } = replies[0] ?? {}
  const asked = inboundOf(`before ${id}`, 'oi', {
    conversationId,
    channel,
    address: `sealed ${conversationId}`,
  })
  const work = await store.inbox.append(asked, { worker: 'w', milliseconds: 1000 })
  if (typeof work === 'string') throw new Error('the conversation is not free')
  const turn = { state: {}, replies, events: [], ...(pace && { pace }) }
  return (await store.conversations.commit(work.lease, [asked], turn)).toSend
}

/** What a turn may use, of somebody who is not logged in, with an INSS API that has nothing to say. */
export function contextOf(conversationId: string, more: Partial<Context> = {}): Omit<Context, 'record'> {
  return {
    conversationId,
    today: '2026-11-25',
    now: START,
    brasilia: { weekday: 3, hour: 9 },
    amounts: { minimumWage: 162_100, ceiling: 847_555 },
    inss: { service: async () => ({}) } as never,
    login: {
      session: async () => undefined,
      token: () => Promise.reject(new AppError('login_required')),
      link: async () => ({ url: 'http://localhost:3978/entrar/exemplo', code: '47 82', minutes: 10 }),
      lastFailure: async () => undefined,
      logout: async () => ({}),
    },
    ...more,
  }
}

/** A channel that keeps what it sends, and fails as it is told. */
export function createFakeChannel(
  more: Partial<Channel> & { fails?: (message: Outbound, tries: number) => Error | undefined } = {},
) {
  const { fails, ...own } = more
  const tried: Outbound[] = []
  const sent: Outbound[] = []
  const contacts: Contact[] = []
  const channel: Channel = {
    id: 'web',
    whenUnknown: 'resend',
    async send(message, contact) {
      tried.push(message)
      contacts.push(contact)
      const error = fails?.(message, tried.filter(({ id }) => id === message.id).length)
      if (error !== undefined) throw error
      sent.push(message)
    },
    ...own,
  }
  const ids = (messages: Outbound[]) => messages.map(({ id }) => id)
  return {
    channel,
    tried: () => ids(tried),
    sent: () => ids(sent),
    texts: () => sent.map(({ text }) => text),
    messages: () => sent,
    contacts,
  }
}

/** A store whose chosen calls do something else first: fail, wait, count. */
export function wrapStore(store: Store, before: (call: string, args: unknown[]) => unknown): Store {
  const wrapPart = <T extends object>(part: T, name: string): T =>
    new Proxy(part, {
      get(target, key) {
        const value = Reflect.get(target, key) as unknown
        if (typeof value === 'object' && value !== null) return wrapPart(value, `${name}.${String(key)}`)
        if (typeof value !== 'function' || String(key).startsWith('on')) return value
        return async (...args: unknown[]) => {
          await before(`${name}.${String(key)}`, args)
          return (value as (...args: unknown[]) => unknown).apply(target, args)
        }
      },
    })
  return {
    ...store,
    inbox: wrapPart(store.inbox, 'inbox'),
    conversations: wrapPart(store.conversations, 'conversations'),
    outbox: wrapPart(store.outbox, 'outbox'),
    records: wrapPart(store.records, 'records'),
    limits: wrapPart(store.limits, 'limits'),
  }
}

export const away = () => new AppError('store_unavailable')
