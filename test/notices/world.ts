import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import pino from 'pino'
import { Webhook } from 'standardwebhooks'
import type { Clock } from '../../src/clock'
import type { InssEvents } from '../../src/inss/events'
import type { ChannelId, Inbound, InboundContent, Outbound, Receipt } from '../../src/message'
import { createNotices, type Notices, type Subject } from '../../src/notices/notices'
import { createMemoryStore } from '../../src/store/memory'
import type { Store } from '../../src/store/store'

export const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
export const whatsapp = { channel: 'whatsapp-cloud', conversationId: 'conversa-whatsapp' } as const
export const sms = { channel: 'sms-kannel', conversationId: 'conversa-sms' } as const
const HOUR = 3_600_000

export type Where = { channel: ChannelId; conversationId: string }
export type Sent = Pick<Outbound, 'id' | 'channel' | 'conversationId' | 'text'> & { at: string }

/** A login as `name`; the INSS API knows the same person as `pessoa-<name>`. */
export function loggedInAs(name: string, level: 'bronze' | 'silver' | 'gold' = 'silver') {
  return {
    session: async () => ({ level, personRef: `ref-${name}` }),
    token: async () => `token-de-${name}`,
  }
}
export const notLoggedIn = {
  session: async () => undefined,
  token: async (): Promise<string> => {
    throw new Error('nobody is logged in')
  },
}

/** Notices over a memory store, with an INSS API and a gateway played by the test. */
export async function createWorld(
  start: string,
  options: { store?: (clock: Clock) => Promise<Store>; inss?: Partial<InssEvents> } = {},
) {
  let now = Date.parse(start)
  const clock = { now: () => new Date(now) }
  const lines: string[] = []
  const log = pino({ level: 'trace', base: null }, { write: (line: string) => void lines.push(line) })
  const store = (await options.store?.(clock)) ?? createMemoryStore({ clock })
  const asked = { follow: [] as [string, string][], unfollow: [] as string[] }
  const inss: InssEvents = {
    follow: async (token, key) => {
      asked.follow.push([token, key])
      return token.replace('token-de-', 'pessoa-')
    },
    unfollow: async (person) => void asked.unfollow.push(person),
    list: async () => ({ items: [], cursor: null, more: false }),
    ...options.inss,
  }
  const failing = { add: false }
  const make = (records: Store['records'] = store.records): Notices =>
    createNotices({
      outbox: {
        add: (message, at) =>
          failing.add ? Promise.reject(new Error('the store is away')) : store.outbox.add(message, at),
        receipts: store.outbox.receipts,
      },
      records,
      inss,
      secretKey: Buffer.alloc(32, 5),
      webhookSecret: secret,
      channels: ['whatsapp-cloud', 'whatsapp-web', 'sms-kannel', 'sms-twilio'],
      publicUrl: 'http://localhost:3978',
      clock,
      log,
    })
  const notices = make()
  const app = express()
  app.use(notices.router)
  const server = createServer(app)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const sent: Sent[] = []
  const messages = new Map<string, Outbound>()
  let inbounds = 0
  let events = 0

  /** What the gateway does: take, ask, send, or put back. */
  async function drain(by: Notices = notices): Promise<void> {
    for (;;) {
      const [entry] = await store.outbox.take(1, 'notice', {})
      if (entry === undefined) return
      const { message } = entry
      messages.set(message.id, message)
      const going = await by.beforeSending(message)
      if (typeof going === 'object') {
        await store.outbox.putBack(message, { at: going.at, counts: false })
        continue
      }
      if (going === 'go') {
        const { id, channel, conversationId, text } = message
        sent.push({ id, channel, conversationId, text, at: clock.now().toISOString() })
      }
      await store.outbox.sent(message)
    }
  }

  return {
    notices,
    make,
    store,
    clock,
    sent,
    asked,
    failing,
    url,
    drain,
    logged: () => lines.join(''),
    set: (instant: string) => {
      now = Date.parse(instant)
    },
    /** Lets time pass in quarters of an hour, sending what is due. */
    async pass(hours: number): Promise<void> {
      for (let quarter = 0; quarter < hours * 4; quarter += 1) {
        now += HOUR / 4
        await drain()
      }
    },
    inbound(where: Where, content: InboundContent = { kind: 'text', text: 'oi' }): Inbound {
      inbounds += 1
      return { id: `m${inbounds}`, at: clock.now().toISOString(), ...where, ...content }
    },
    async optIn(
      where: Where,
      name: string,
      subjects: Subject[] = ['pagamento', 'pedido', 'documento', 'agendamento'],
    ): Promise<void> {
      inbounds += 1
      const inbound: Inbound = {
        id: `m${inbounds}`,
        at: clock.now().toISOString(),
        ...where,
        kind: 'text',
        text: 'sim',
      }
      await (await notices.of(inbound, loggedInAs(name))).choose(subjects, 'notices.ask')
    },
    event(person: string, type: string, data: object = {}, id?: string) {
      events += 1
      return { id: id ?? `evt_${events}`, type, timestamp: clock.now().toISOString(), person, data }
    },
    /** Delivers an event as the INSS API does; the signature follows the machine's time. */
    async post(
      event: object,
      change: { headers?: Record<string, string>; body?: string } = {},
    ): Promise<number> {
      const body = change.body ?? JSON.stringify(event)
      const at = new Date()
      const id = (event as { id?: string }).id ?? 'evt_0'
      const response = await fetch(`${url}/webhooks/inss`, {
        method: 'POST',
        body,
        headers: {
          'content-type': 'application/json',
          'webhook-id': id,
          'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
          'webhook-signature': new Webhook(secret).sign(id, at, body),
          ...change.headers,
        },
      })
      return response.status
    },
    /** A receipt of the provider, which the store and the notices are told. */
    async receipt(sentMessage: Sent | undefined, status: Receipt['status'], code?: string): Promise<void> {
      const message = messages.get(sentMessage?.id ?? '')
      if (message === undefined) throw new Error('no such message was sent')
      const { conversationId, id } = message
      const at = clock.now().toISOString()
      const receipt = { conversationId, outboundId: id, status, at, ...(code !== undefined && { code }) }
      await store.outbox.receipt(receipt)
      await notices.onReceipt(receipt)
    },
    /** The outbox tried it too often. */
    async giveUp(sentMessage: Sent | undefined, code: string): Promise<void> {
      const message = messages.get(sentMessage?.id ?? '')
      if (message === undefined) throw new Error('no such message was sent')
      await notices.onGivenUp(message, code)
    },
    codeIn: (message: Sent | undefined) => /Código deste aviso: (\S+)\./.exec(message?.text ?? '')?.[1] ?? '',
    async stop(): Promise<void> {
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
      await store.close()
    },
  }
}

export type World = Awaited<ReturnType<typeof createWorld>>
