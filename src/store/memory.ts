import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import type { Clock } from '../clock'
import { AppError } from '../errors'
import type { Inbound } from '../message'
import { seal, unseal } from '../seal'
import type { Lease, OutboxEntry, Store, TranscriptEntry } from './store'

type Held = {
  seen: Record<string, number>
  queues: Record<string, Inbound[]>
  fences: Record<string, number>
  states: Record<string, string>
  events: Record<string, string[]>
  outbox: { entry: OutboxEntry; due: number; taken: boolean }[]
  transcripts: Record<string, string[]>
  records: Record<string, { value: string; expires: number }>
}

const DAY = 86_400_000
/** Providers repeat a message for up to seven days (WhatsApp's retry window). */
const REPEATS_FOR = 7 * DAY

/**
 * A store in this process's memory. With `file` it is read at start and written, encrypted with `key`, on
 * `close`; a killed process loses what came after the last start.
 * @throws AppError `config_invalid` when the file exists and cannot be read with this key
 */
export function createMemoryStore(options: { clock?: Clock; file?: string; key?: Buffer } = {}): Store {
  const clock = options.clock ?? { now: () => new Date() }
  const held = load(options.file, options.key)
  const leases = new Map<string, Lease & { until: number }>()
  const arrivals = listeners()
  const departures = listeners()
  const watchers = new Map<string, Set<(entry: TranscriptEntry) => void>>()
  const now = () => clock.now().getTime()

  function holds(lease: Lease): boolean {
    const current = leases.get(lease.conversationId)
    return current !== undefined && current.fence === lease.fence && current.until > now()
  }

  function liveRecord(key: string): string | undefined {
    const record = held.records[key]
    if (record === undefined) return undefined
    if (record.expires > now()) return record.value
    delete held.records[key]
    return undefined
  }

  return {
    inbox: {
      async append(message) {
        const key = `${message.channel}|${message.id}`
        const seenAt = held.seen[key]
        if (seenAt !== undefined && now() - seenAt < REPEATS_FOR) return 'duplicate'
        held.seen[key] = now()
        const queue = held.queues[message.conversationId] ?? []
        queue.push(structuredClone(message))
        held.queues[message.conversationId] = queue
        arrivals.call()
        return 'stored'
      },
      async lease(worker, milliseconds) {
        for (const conversationId of Object.keys(held.queues)) {
          const current = leases.get(conversationId)
          if (current !== undefined && current.until > now()) continue
          const fence = (held.fences[conversationId] ?? 0) + 1
          held.fences[conversationId] = fence
          const lease = { conversationId, fence, worker }
          leases.set(conversationId, { ...lease, until: now() + milliseconds })
          return lease
        }
        return undefined
      },
      async next(lease) {
        if (!holds(lease)) throw new AppError('store_fenced')
        const first = held.queues[lease.conversationId]?.[0]
        return first === undefined ? undefined : structuredClone(first)
      },
      async release(lease) {
        if (leases.get(lease.conversationId)?.fence === lease.fence) leases.delete(lease.conversationId)
        if (held.queues[lease.conversationId] !== undefined) arrivals.call()
      },
      onArrival: arrivals.add,
    },
    conversations: {
      async load(conversationId) {
        const state = held.states[conversationId]
        return state === undefined ? undefined : JSON.parse(state)
      },
      async commit(lease, handled, { state, replies, events }) {
        if (!holds(lease)) throw new AppError('store_fenced')
        const queue = held.queues[lease.conversationId]
        if (queue?.[0]?.id !== handled.id) throw new AppError('store_fenced')
        queue.shift()
        if (queue.length === 0) delete held.queues[lease.conversationId]
        held.states[lease.conversationId] = JSON.stringify(state)
        const log = held.events[lease.conversationId] ?? []
        held.events[lease.conversationId] = [...log, ...events.map((event) => JSON.stringify(event))]
        for (const message of replies) {
          held.outbox.push({
            entry: { message: structuredClone(message), attempts: 0 },
            due: now(),
            taken: false,
          })
        }
        if (replies.length > 0) departures.call()
      },
      async events(conversationId) {
        return (held.events[conversationId] ?? []).map((event) => JSON.parse(event))
      },
    },
    outbox: {
      async take(limit, at) {
        const busy = new Set<string>()
        const ready: OutboxEntry[] = []
        for (const item of held.outbox) {
          const { conversationId } = item.entry.message
          if (!busy.has(conversationId) && !item.taken && item.due <= at.getTime() && ready.length < limit) {
            item.taken = true
            item.entry.attempts += 1
            ready.push(structuredClone(item.entry))
          }
          // One at a time for each conversation keeps the order, also when the first must wait and be tried again.
          busy.add(conversationId)
        }
        return ready
      },
      async sent({ id }) {
        held.outbox = held.outbox.filter((item) => item.entry.message.id !== id)
        departures.call()
      },
      async failed({ id }, _code, at) {
        const item = held.outbox.find((each) => each.entry.message.id === id)
        if (item === undefined) return
        if (at === undefined) held.outbox = held.outbox.filter((each) => each !== item)
        else Object.assign(item, { due: at.getTime(), taken: false })
        departures.call()
      },
      onArrival: departures.add,
    },
    transcripts: {
      async append(conversationId, entry) {
        const entries = held.transcripts[conversationId] ?? []
        held.transcripts[conversationId] = entries
        const sequence = entries.push(JSON.stringify(entry))
        for (const listener of watchers.get(conversationId) ?? []) listener({ sequence, entry })
        return sequence
      },
      async list(conversationId, after) {
        return (held.transcripts[conversationId] ?? [])
          .slice(after)
          .map((entry, index) => ({ sequence: after + index + 1, entry: JSON.parse(entry) }))
      },
      watch(conversationId, listener) {
        const set = watchers.get(conversationId) ?? new Set()
        watchers.set(conversationId, set.add(listener))
        return () => {
          set.delete(listener)
          if (set.size === 0) watchers.delete(conversationId)
        }
      },
    },
    records: {
      async get(key) {
        const value = liveRecord(key)
        return value === undefined ? undefined : JSON.parse(value)
      },
      async set(key, value, secondsToLive) {
        held.records[key] = { value: JSON.stringify(value), expires: now() + secondsToLive * 1000 }
      },
      async take(key) {
        const value = liveRecord(key)
        delete held.records[key]
        return value === undefined ? undefined : JSON.parse(value)
      },
      async delete(key) {
        delete held.records[key]
      },
    },
    async close() {
      if (options.file !== undefined && options.key !== undefined) {
        for (const [key, seenAt] of Object.entries(held.seen))
          if (now() - seenAt >= REPEATS_FOR) delete held.seen[key]
        for (const key of Object.keys(held.records)) liveRecord(key)
        const temporary = `${options.file}.new`
        writeFileSync(temporary, seal(options.key, 'memory-store', JSON.stringify(held)), { mode: 0o600 })
        renameSync(temporary, options.file)
      }
    },
  }
}

function load(file: string | undefined, key: Buffer | undefined): Held {
  const empty: Held = {
    seen: {},
    queues: {},
    fences: {},
    states: {},
    events: {},
    outbox: [],
    transcripts: {},
    records: {},
  }
  if (file === undefined || key === undefined || !existsSync(file)) return empty
  const text = unseal(key, 'memory-store', readFileSync(file, 'utf8'))
  if (text === undefined) {
    throw new AppError('config_invalid', {
      message: `the saved conversations in ${file} cannot be read with this secret key; move the file away to start without them`,
    })
  }
  const held = { ...empty, ...(JSON.parse(text) as Partial<Held>) }
  for (const item of held.outbox) item.taken = false
  return held
}

function listeners() {
  const set = new Set<() => void>()
  return {
    add(listener: () => void): () => void {
      set.add(listener)
      return () => set.delete(listener)
    },
    call() {
      for (const listener of set) listener()
    },
  }
}
