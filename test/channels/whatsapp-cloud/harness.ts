import http from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import pino from 'pino'
import { createAddresses } from '../../../src/channels/address'
import type { Channel } from '../../../src/channels/channel'
import {
  createWhatsAppCloudChannel,
  type WhatsAppCloudOptions,
} from '../../../src/channels/whatsapp-cloud/channel'
import type { Contact, Inbound, Outbound, Receipt } from '../../../src/message'
import type { Records } from '../../../src/store/store'
import { GRAPH, type GraphServer, startGraphServer } from './graph-server'

const SECRET_KEY = Buffer.alloc(32, 7)

/** When it is in these tests: half an hour after the people in the fixtures wrote. */
export const NOW = '2026-11-25T12:30:00.000Z'

export const addresses = createAddresses('whatsapp-cloud', SECRET_KEY)

export type Harness = Awaited<ReturnType<typeof startHarness>>

/** The channel with its webhook on a port of its own, before a fake Graph server. */
export async function startHarness(options: Partial<WhatsAppCloudOptions> = {}) {
  const graph: GraphServer = await startGraphServer()
  const received: Inbound[] = []
  const receipts: Receipt[] = []
  const lines: string[] = []
  let now = Date.parse(NOW)
  const clock = { now: () => new Date(now) }
  const records = createRecords()
  const seen = new Set<string>()
  const channel: Channel = createWhatsAppCloudChannel({
    ...GRAPH,
    graphUrl: graph.url,
    messagesPerSecond: 80,
    resumeTemplate: 'retomar_conversa',
    secretKey: SECRET_KEY,
    receive: async (message) => {
      if (seen.has(message.id)) return 'duplicate'
      seen.add(message.id)
      received.push(message)
      return 'stored'
    },
    takeReceipt: async (receipt) => void receipts.push(receipt),
    records,
    clock,
    log: pino({ level: 'trace', base: null }, { write: (line: string) => lines.push(line) }),
    ...options,
  })
  const app = express()
  if (channel.router !== undefined) app.use(channel.router)
  const server = http.createServer(app)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/whatsapp`,
    graph,
    channel,
    received,
    receipts,
    records,
    /** Everything the log said. */
    logged: () => lines.join(''),
    forward: (milliseconds: number) => {
      now += milliseconds
    },
    async stop() {
      await channel.stop?.()
      await graph.stop()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Records in memory that count how often they are asked, and forget nothing. */
function createRecords() {
  const held = new Map<string, unknown>()
  const count = { get: 0, set: 0 }
  const records: Records = {
    async get(key) {
      count.get += 1
      return held.get(key)
    },
    async set(key, value) {
      count.set += 1
      held.set(key, JSON.parse(JSON.stringify(value)))
    },
    async take(key) {
      const value = held.get(key)
      held.delete(key)
      return value
    },
    async delete(key) {
      held.delete(key)
    },
  }
  return { ...records, count, held }
}

export function outbound(message: Partial<Outbound> = {}): Outbound {
  return {
    id: 't1-0',
    conversationId: 'conversation0000000000',
    channel: 'whatsapp-cloud',
    at: NOW,
    text: 'Olá',
    outcome: 'answered',
    ...message,
  }
}

/** Of somebody who wrote half an hour ago. */
export function contactOf(person: { phone?: string; bsuid?: string }): Contact {
  return { address: addresses.seal(person), lastInboundAt: Date.parse(NOW) - 1_800_000 }
}
