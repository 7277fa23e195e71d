import { createClient } from 'redis'
import type { Clock } from '../clock'
import { AppError } from '../errors'
import type { Inbound } from '../message'
import { scripts } from './redis-scripts'
import type { OutboxEntry, Store, TranscriptEntry } from './store'

const DAY = 86_400_000
/** Providers repeat a message for up to seven days (WhatsApp's retry window). */
const REPEATS_FOR = 7 * DAY
/** A message taken from the outbox and neither sent nor failed belongs to a dead process after this. */
const SENDING_MS = 60_000
/** Arrivals are announced; a lost announcement is made up for by looking this often. */
const LOOK_AGAIN_MS = 2000
const CANDIDATES = 50

/**
 * A store in Redis 7+, for any number of processes. Everything of one conversation shares the hash tag of its
 * id, so each step is one script on one node, also in Redis Cluster. `inbox:ready` and `outbox:due` only say where
 * to look: they are written before and after what they point to, and checked against it.
 * @param options.clock only for tests; otherwise Redis's own time judges leases and lives
 * @throws AppError `store_unavailable` when Redis cannot be reached
 */
export async function createRedisStore(options: {
  url: string
  prefix?: string
  clock?: Clock
}): Promise<Store> {
  const prefix = options.prefix ?? 'assistant'
  let connected = false
  const client = createClient({
    url: options.url,
    socket: {
      connectTimeout: 5000,
      // A Redis that was never there is a setting to mend; one that went away is waited for.
      reconnectStrategy: (retries) => (connected ? Math.min(retries * 100, 3000) : false),
    },
  })
  client.on('error', () => undefined)
  try {
    await client.connect()
  } catch (cause) {
    throw new AppError('store_unavailable', { message: 'Redis cannot be reached at REDIS_URL', cause })
  }
  connected = true
  const subscriber = client.duplicate()
  subscriber.on('error', () => undefined)
  await subscriber.connect()

  const own = (conversationId: string, name: string) => `${prefix}:{${conversationId}}:${name}`
  const readyKey = `${prefix}:inbox:ready`
  const dueKey = `${prefix}:outbox:due`
  const now = () => (options.clock === undefined ? '-1' : String(options.clock.now().getTime()))
  const announce = (what: string) => client.publish(`${prefix}:${what}`, '')
  const run = (script: string, keys: string[], args: string[]) =>
    client.eval(scripts.time + script, { keys, arguments: [now(), ...args] })

  function listen(what: string, listener: () => void): () => void {
    const channel = `${prefix}:${what}`
    const hear = () => listener()
    const subscribed = subscriber.subscribe(channel, hear)
    const timer = setInterval(listener, LOOK_AGAIN_MS)
    timer.unref()
    return () => {
      clearInterval(timer)
      subscribed.then(() => subscriber.unsubscribe(channel, hear)).catch(() => undefined)
    }
  }

  async function markReady(conversationId: string): Promise<void> {
    await run(scripts.mark, [readyKey], [conversationId])
  }

  return {
    inbox: {
      async append(message) {
        const { conversationId } = message
        const keys = [
          own(conversationId, 'inbox'),
          own(conversationId, `seen:${message.channel}|${message.id}`),
        ]
        await markReady(conversationId)
        const stored = await run(scripts.append, keys, [JSON.stringify(message), String(REPEATS_FOR)])
        if (stored !== 1) return 'duplicate'
        await markReady(conversationId)
        await announce('arrivals')
        return 'stored'
      },
      async lease(worker, milliseconds) {
        const candidates = await client.zRangeWithScores(readyKey, 0, CANDIDATES - 1)
        for (const { value: conversationId, score } of candidates) {
          const keys = [
            own(conversationId, 'inbox'),
            own(conversationId, 'lease'),
            own(conversationId, 'fence'),
          ]
          const fence = await run(scripts.lease, keys, [String(milliseconds)])
          if (typeof fence === 'number' && fence > 0) return { conversationId, fence, worker }
          if (fence === 0) await run(scripts.unmark, [readyKey], [conversationId, String(score)])
        }
        return undefined
      },
      async next(lease) {
        const first = await run(
          scripts.next,
          [own(lease.conversationId, 'inbox'), own(lease.conversationId, 'lease')],
          [String(lease.fence)],
        )
        if (first === 0) throw new AppError('store_fenced')
        return typeof first === 'string' ? (JSON.parse(first) as Inbound) : undefined
      },
      async release(lease) {
        const keys = [own(lease.conversationId, 'inbox'), own(lease.conversationId, 'lease')]
        const left = await run(scripts.release, keys, [String(lease.fence)])
        if (typeof left === 'number' && left > 0) await announce('arrivals')
      },
      onArrival: (listener) => listen('arrivals', listener),
    },
    conversations: {
      async load(conversationId) {
        const state = await client.get(own(conversationId, 'state'))
        return state === null ? undefined : JSON.parse(String(state))
      },
      async commit(lease, handled, { state, replies, events }) {
        const { conversationId } = lease
        const keys = ['inbox', 'lease', 'state', 'outbox', 'events'].map((name) => own(conversationId, name))
        if (replies.length > 0) await run(scripts.mark, [dueKey], [conversationId])
        const entries = replies.map((message) => JSON.stringify(message))
        const written = await run(scripts.commit, keys, [
          String(lease.fence),
          handled.id,
          JSON.stringify(state),
          String(entries.length),
          ...entries,
          ...events.map((event) => JSON.stringify(event)),
        ])
        if (written !== 1) throw new AppError('store_fenced')
        if (replies.length === 0) return
        await run(scripts.mark, [dueKey], [conversationId])
        await announce('departures')
      },
      async events(conversationId) {
        const events = await client.lRange(own(conversationId, 'events'), 0, -1)
        return events.map((event) => JSON.parse(String(event)))
      },
    },
    outbox: {
      async take(limit, at) {
        const due = await client.zRangeByScoreWithScores(dueKey, '-inf', at.getTime(), {
          LIMIT: { offset: 0, count: limit },
        })
        const entries: OutboxEntry[] = []
        for (const { value: conversationId, score } of due) {
          const keys = ['outbox', 'sending', 'attempts'].map((name) => own(conversationId, name))
          const taken = await run(scripts.take, keys, [String(SENDING_MS)])
          if (Array.isArray(taken)) {
            const [message, attempts] = taken as [string, number]
            entries.push({ message: JSON.parse(message), attempts })
            // Comes back by itself if this process dies while sending.
            await run(scripts.postpone, [dueKey], [conversationId, String(at.getTime() + SENDING_MS)])
          } else if (taken === 0) await run(scripts.unmark, [dueKey], [conversationId, String(score)])
        }
        return entries
      },
      async sent({ id, conversationId }) {
        const keys = ['outbox', 'sending', 'attempts'].map((name) => own(conversationId, name))
        const left = await run(scripts.gone, keys, [id])
        if (typeof left !== 'number' || left <= 0) return
        await run(scripts.mark, [dueKey], [conversationId])
        await announce('departures')
      },
      async failed({ id, conversationId }, _code, at) {
        const keys = ['outbox', 'sending', 'attempts'].map((name) => own(conversationId, name))
        if (at === undefined) {
          await run(scripts.gone, keys, [id])
          await run(scripts.mark, [dueKey], [conversationId])
        } else {
          await run(scripts.postpone, [dueKey], [conversationId, String(at.getTime())])
          await run(scripts.putBack, keys, [id, String(at.getTime())])
        }
        await announce('departures')
      },
      onArrival: (listener) => listen('departures', listener),
    },
    transcripts: {
      async append(conversationId, entry) {
        const text = JSON.stringify(entry)
        const sequence = await client.rPush(own(conversationId, 'transcript'), text)
        await client.publish(own(conversationId, 'said'), JSON.stringify({ sequence, entry }))
        return sequence
      },
      async list(conversationId, after) {
        const entries = await client.lRange(own(conversationId, 'transcript'), after, -1)
        return entries.map((entry, index) => ({
          sequence: after + index + 1,
          entry: JSON.parse(String(entry)),
        }))
      },
      watch(conversationId, listener) {
        const channel = own(conversationId, 'said')
        const hear = (text: string) => listener(JSON.parse(text) as TranscriptEntry)
        const subscribed = subscriber.subscribe(channel, hear)
        return () => {
          subscribed.then(() => subscriber.unsubscribe(channel, hear)).catch(() => undefined)
        }
      },
    },
    records: {
      async get(key) {
        const value = await run(scripts.read, [own(key, 'record')], ['keep'])
        return typeof value === 'string' ? JSON.parse(value) : undefined
      },
      async set(key, value, secondsToLive) {
        await run(scripts.write, [own(key, 'record')], [JSON.stringify(value), String(secondsToLive * 1000)])
      },
      async take(key) {
        const value = await run(scripts.read, [own(key, 'record')], ['take'])
        return typeof value === 'string' ? JSON.parse(value) : undefined
      },
      async delete(key) {
        await client.del(own(key, 'record'))
      },
    },
    async close() {
      subscriber.destroy()
      await client.close()
    },
  }
}
