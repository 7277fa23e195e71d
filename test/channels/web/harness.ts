import { randomUUID } from 'node:crypto'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import pino from 'pino'
import type { Receive } from '../../../src/channels/channel'
import { createWebChannel, type WebChannel, type WebChannelOptions } from '../../../src/channels/web/channel'
import type { Inbound, Outbound } from '../../../src/message'
import { createMemoryStore } from '../../../src/store/memory'
import type { Store } from '../../../src/store/store'

export const SECRET = 'direct-line-secret-of-tests'

export type Answer = (message: Inbound) => Partial<Outbound>[]

export type Harness = {
  url: string
  channel: WebChannel
  /** Everything the conversation heard, in order. */
  heard: Inbound[]
  /** Everything the log said, one line after another. */
  logged(): string
  clock: { now(): Date; forward(minutes: number): void }
  /** Sends a message as the outbox would. */
  send(conversationId: string, message: Partial<Outbound>): Promise<void>
  stop(): Promise<void>
}

/**
 * The assistant's server with nothing but the web channel, and a bot that answers each message by `answer`; with a
 * `store` that others share it is one of several processes.
 */
export async function startHarness(
  options: Partial<WebChannelOptions> & { answer?: Answer; failing?: () => boolean; store?: Store } = {},
): Promise<Harness> {
  const clock = createMovableClock('2026-03-10T14:00:00.000Z')
  const store = options.store ?? createMemoryStore({ clock })
  const heard: Inbound[] = []
  const lines: string[] = []
  const log = pino({ level: 'trace', base: null }, { write: (line: string) => lines.push(line) })
  const answer = options.answer ?? echo

  const send = (conversationId: string, message: Partial<Outbound>) =>
    channel.send(
      {
        id: randomUUID(),
        conversationId,
        channel: 'web',
        at: clock.now().toISOString(),
        text: '',
        outcome: 'answered',
        ...message,
      },
      {},
    )
  const receive: Receive = async (message) => {
    if (options.failing?.() === true) throw new Error('the inbox is down')
    if ((await store.inbox.append(message)) === 'duplicate') return 'duplicate'
    heard.push(message)
    setTimeout(() => {
      const answers = answer(message)
      if (answers.length > 0) channel.typing?.(message)
      for (const reply of answers) {
        void send(message.conversationId, { replyTo: message.id, ...reply })
      }
    }, 10)
    return 'stored'
  }

  const app = express()
  const server = http.createServer(app)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const { answer: _answer, failing: _failing, store: _store, ...given } = options
  const channel = createWebChannel({
    receive,
    transcripts: store.transcripts,
    records: store.records,
    secretKey: Buffer.alloc(32, 7),
    directLineSecret: SECRET,
    publicUrl: url,
    clock,
    log,
    secureCookies: false,
    chatPageFolder: '/nowhere',
    demo: false,
    ...given,
  })
  if (channel.router) app.use(channel.router)
  channel.attachUpgrade(server)

  return {
    url,
    channel,
    heard,
    logged: () => lines.join('\n'),
    clock,
    send,
    async stop() {
      await channel.stop?.()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await store.close()
    },
  }
}

const echo: Answer = (message) => {
  if (message.kind === 'opened') return [{ text: 'Olá! Como posso ajudar?' }]
  if (message.kind === 'unsupported') return [{ text: `Não sei ler: ${message.what}` }]
  return message.kind === 'text' ? [{ text: `Você disse: ${message.text}` }] : []
}

function createMovableClock(start: string) {
  let offset = Date.parse(start) - Date.now()
  return {
    now: () => new Date(Date.now() + offset),
    forward(minutes: number) {
      offset += minutes * 60_000
    },
  }
}

/** Waits until `read` gives something, looking often. */
export async function until<T>(
  read: () => T | undefined | false | Promise<T | undefined | false>,
  milliseconds = 20_000,
): Promise<T> {
  const limit = Date.now() + milliseconds
  for (;;) {
    const value = await read()
    if (value !== undefined && value !== false) return value
    if (Date.now() > limit) throw new Error(`waited ${milliseconds} ms in vain for ${read}`)
    await new Promise((resolve) => setTimeout(resolve, 15))
  }
}
