import { setTimeout as wait } from 'node:timers/promises'
import type { Client } from 'whatsapp-web.js'
import type { Clock } from '../../clock'
import type { Log } from '../../log'
import type { Inbound } from '../../message'
import type { Addresses } from '../address'
import type { Receive } from '../channel'
import { inboundOf, isPerson, type RawMessage, readMessage } from './inbound'

/** Older messages are not answered: who wrote yesterday has gone another way, and an answer would surprise. */
const ANSWERED_FOR_MS = 24 * 3_600_000
/** How far our machine's time and WhatsApp's may be apart. */
const TIME_APART_MS = 120_000
/** Unread messages of one chat that are read at most. */
const MOST_UNREAD = 200
const CATCH_UP_MS = 60_000
/** Messages that wait while they cannot be stored; more than these stay unread in WhatsApp until the next start. */
const MOST_WAITING = 1_000
const LONGEST_WAIT_MS = 30_000
const TRIES = 30

type Arrival = { inbound: Inbound; chat: string }

/**
 * Brings messages into the inbox, in order. Nobody sends them again when that fails, so they wait here; and as a
 * chat is marked as read only when its messages are stored, what was not stored is found unread at the next start.
 */
export function createIntake(options: {
  receive: Receive
  addresses: Addresses
  clock: Clock
  log: Log
  /** Marks a chat as read. */
  sendSeen: (chat: string) => void
  firstWaitMs: number
}) {
  const { receive, addresses, clock, log } = options
  const queue: Arrival[] = []
  const stopped = new AbortController()
  let held: RawMessage[] | undefined = []
  let life = 0
  let since = Number.POSITIVE_INFINITY
  let draining: Promise<void> | undefined
  let lastActive = 0

  function take(raw: RawMessage): void {
    // Real time, as WhatsApp counts, and not our clock, which a demonstration may have set elsewhere.
    if (raw.t * 1000 < Math.max(since, Date.now() - ANSWERED_FOR_MS)) return
    const inbound = inboundOf(raw, addresses, clock.now())
    if (inbound === undefined) return
    lastActive = Date.now()
    if (queue.length >= MOST_WAITING) log.error('whatsapp-web: too many messages wait to be stored')
    else queue.push({ inbound, chat: raw.from })
    draining ??= drain().finally(() => {
      draining = undefined
    })
  }

  async function drain(): Promise<void> {
    let failures = 0
    for (let first = queue[0]; first !== undefined && !stopped.signal.aborted; first = queue[0]) {
      try {
        await receive(first.inbound)
      } catch (error) {
        failures += 1
        log.error(
          { err: (error as Error).name, failures, waiting: queue.length },
          'whatsapp-web: a message could not be stored',
        )
        if (failures < TRIES) {
          const waitMs = Math.min(LONGEST_WAIT_MS, options.firstWaitMs * 2 ** (failures - 1))
          await wait(waitMs, undefined, { signal: stopped.signal }).catch(() => undefined)
          continue
        }
        // It alone may be what cannot be stored; unread in WhatsApp, it is tried again at the next start.
        queue.shift()
        failures = 0
        continue
      }
      failures = 0
      queue.shift()
      const { chat } = first
      if (!queue.some((other) => other.chat === chat)) options.sendSeen(chat)
    }
  }

  return {
    /** When the last message came, in milliseconds since 1970. */
    lastActive: () => lastActive,
    /** A new browser opens: what arrives waits until the unread messages from before are in. */
    hold(): void {
      life += 1
      held ??= []
    },
    arrived(raw: unknown): void {
      const message = readMessage(raw)
      if (message === undefined) log.warn('whatsapp-web: a message of an unknown shape')
      else if (held === undefined) take(message)
      else held.push(message)
    },
    /**
     * Takes what was written while nobody listened: the unread messages of people's chats, each id once.
     * @param linkedSince nothing older is taken: it was written to a person, before this number was the assistant's
     */
    async catchUp(client: Client, linkedSince: number): Promise<void> {
      const mine = life
      since = linkedSince - TIME_APART_MS
      const unread: RawMessage[] = []
      try {
        await Promise.race([
          collectUnread(client, unread),
          wait(CATCH_UP_MS, undefined, { ref: false }).then(() => Promise.reject(new Error('timeout'))),
        ])
      } catch (error) {
        log.warn({ err: (error as Error).name }, 'whatsapp-web: the unread messages were not all read')
      }
      if (mine !== life) return // that browser is gone; the next one looks again
      const arrived = held ?? []
      held = undefined
      const once = new Map([...unread, ...arrived].map((raw) => [raw.id.id, raw]))
      for (const raw of [...once.values()].sort((a, b) => a.t - b.t)) take(raw)
    },
    async stop(): Promise<void> {
      stopped.abort()
      await draining
    },
  }
}

async function collectUnread(client: Client, into: RawMessage[]): Promise<void> {
  for (const chat of await client.getChats()) {
    // -1 is a chat that was marked as unread by hand.
    if (!isPerson(chat.id._serialized) || !(chat.unreadCount > 0)) continue
    const limit = Math.min(chat.unreadCount, MOST_UNREAD)
    for (const { rawData } of await chat.fetchMessages({ limit, fromMe: false })) {
      const raw = readMessage(rawData)
      if (raw !== undefined) into.push(raw)
    }
  }
}
