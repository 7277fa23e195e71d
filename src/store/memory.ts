import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import type { Clock } from '../clock'
import { AppError } from '../errors'
import { type Owner, ownerOf } from '../handoff/ticket'
import type { Contact, Inbound, Outbound, PersonPace } from '../message'
import { seal, unseal } from '../seal'
import {
  createDeskSteps,
  createMemoryDesk,
  type HeldJournal,
  type KeptForDesk,
  unsaidLines,
} from './memory-desk'
import {
  type DeadLetter,
  type DeskChange,
  type Lease,
  type Line,
  lineOf,
  MOST_WAITING,
  type OutboxEntry,
  REPEATS_FOR_MS,
  readReceipt,
  receiptRank,
  SENDING_MS,
  type Store,
  type TranscriptEntry,
  type Work,
  writeReceipt,
  wroteAt,
} from './store'

type List = 'replies' | 'notices'
type Waiting = { message: Outbound; due: number; attempts: number; unknownSince?: number }

/** Everything of one conversation. */
type Kept = KeptForDesk & {
  state?: string
  contact: Contact
  inbox: Inbound[]
  replies: Waiting[]
  notices: Waiting[]
  /** Names of the messages seen, and when. */
  seen: Record<string, number>
  events: string[]
  receipts: Record<string, string>
  transcript: string[]
  marks: Record<string, number>
  fence: number
  leasedUntil?: number
  /** When its messages may be taken. */
  readyAt?: number
  sending?: { list: List; until: number }
  /** When one more message may go to this person, by their pace. */
  pacedAt: number
}

type Held = {
  conversations: Record<string, Kept>
  records: Record<string, { value: string; expires: number }>
  deadLetters: DeadLetter[]
  journal: HeldJournal
}

/**
 * A store in this process's memory. With `file` it is read at start and written, encrypted with `key`, on
 * `close`; a killed process loses what came after the last start.
 * @throws AppError `config_invalid` when the file exists and cannot be read with this key
 */
export function createMemoryStore(options: { clock?: Clock; file?: string; key?: Buffer } = {}): Store {
  const clock = options.clock ?? { now: () => new Date() }
  const held = load(options.file, options.key)
  /** Where to look: conversations with messages in, and with messages out. */
  const ready = new Set<string>()
  const due = new Set<string>()
  for (const [id, kept] of Object.entries(held.conversations)) {
    if (kept.inbox.length > 0) ready.add(id)
    if (kept.replies.length + kept.notices.length > 0) due.add(id)
  }
  const buckets = new Map<string, { tokens: number; at: number }>()
  const arrivals = listeners()
  const departures = listeners()
  const watchers = new Map<string, Set<(entry: TranscriptEntry) => void>>()
  const now = () => clock.now().getTime()
  const deskListeners = new Set<(conversationId: string | undefined) => void>()
  const steps = createDeskSteps({
    now,
    journal: held.journal,
    changed: (conversationId) =>
      queueMicrotask(() => {
        for (const listener of deskListeners) listener(conversationId)
      }),
  })

  function of(conversationId: string): Kept {
    let kept = held.conversations[conversationId]
    if (kept === undefined) {
      kept = {
        contact: {},
        inbox: [],
        replies: [],
        notices: [],
        seen: {},
        events: [],
        receipts: {},
        transcript: [],
        marks: {},
        fence: 0,
        pacedAt: 0,
        ...nothingSaid(),
      }
      held.conversations[conversationId] = kept
    }
    return kept
  }

  function isLeased(kept: Kept): boolean {
    return kept.leasedUntil !== undefined && kept.leasedUntil > now()
  }

  function mustHold({ conversationId, fence }: Lease): Kept {
    const kept = of(conversationId)
    if (kept.fence !== fence || !isLeased(kept)) throw new AppError('store_fenced')
    return kept
  }

  function isNew(kept: Kept, name: string): boolean {
    for (const [known, at] of Object.entries(kept.seen)) {
      if (now() - at >= REPEATS_FOR_MS) delete kept.seen[known]
    }
    if (kept.seen[name] !== undefined) return false
    kept.seen[name] = now()
    return true
  }

  function lease(conversationId: string, worker: string, milliseconds: number): Work {
    const kept = of(conversationId)
    kept.fence += 1
    kept.leasedUntil = now() + milliseconds
    const ticket = steps.ticket(kept)
    return {
      lease: { conversationId, fence: kept.fence, worker },
      waiting: waitingOf(kept),
      state: kept.state === undefined ? undefined : JSON.parse(kept.state),
      contact: { ...kept.contact },
      ...(ticket !== undefined && { ticket }),
    }
  }

  /** When one more message may go to this person; undefined for now, and then it is counted. */
  function paced(kept: Kept, pace: PersonPace | undefined): number | undefined {
    if (pace === undefined) return undefined
    const at = Math.max(kept.pacedAt, now())
    const room = pace.everyMs * (pace.burst - 1)
    if (at - now() > room) return at - room
    kept.pacedAt = at + pace.everyMs
    return undefined
  }

  function hand(kept: Kept, list: List, waiting: Waiting): OutboxEntry {
    waiting.attempts += 1
    kept.sending = { list, until: now() + SENDING_MS }
    return {
      message: structuredClone(waiting.message),
      contact: { ...kept.contact },
      owner: steps.owner(kept),
      attempts: waiting.attempts,
      ...(waiting.unknownSince !== undefined && { unknownSince: waiting.unknownSince }),
      until: kept.sending.until,
    }
  }

  /** The oldest reply or the earliest notice; `message` only if it is that one (a notice: any). */
  function find(kept: Kept, list: List, message?: Pick<Outbound, 'id'>): Waiting | undefined {
    if (list === 'replies') {
      const [first] = kept.replies
      return message === undefined || first?.message.id === message.id ? first : undefined
    }
    if (message !== undefined) return kept.notices.find((each) => each.message.id === message.id)
    return [...kept.notices].sort((a, b) => a.due - b.due)[0]
  }

  /** Takes a message that is done with out of the outbox, and hands over the reply after it if it may go. */
  function gone(
    message: Outbound,
    pace: PersonPace | undefined,
    handsOver: boolean,
  ): OutboxEntry | undefined {
    const kept = of(message.conversationId)
    const list = listOf(message)
    const done = find(kept, list, message)
    if (done === undefined) return undefined
    kept[list] = kept[list].filter((each) => each !== done)
    delete kept.sending
    departures.call()
    const [next] = kept.replies
    if (next === undefined || !handsOver) return undefined
    const later = paced(kept, pace)
    if (later === undefined) return hand(kept, 'replies', next)
    next.due = later
    return undefined
  }

  /** What the bot said and nobody took yet is not said any more, now that people have the conversation. */
  function silence(kept: Kept): Outbound[] {
    const [head] = kept.replies
    const unsaid = kept.replies.filter(
      (each) => each.message.speaker === undefined && !(each === head && kept.sending?.list === 'replies'),
    )
    kept.replies = kept.replies.filter((each) => !unsaid.includes(each))
    const [next] = kept.replies
    if (next !== undefined && next !== head) next.due = now()
    return unsaid.map(({ message }) => message)
  }

  /** Puts replies into the outbox, but the bot's where people have the conversation. @returns the lines of all */
  function reply(kept: Kept, conversationId: string, replies: Outbound[], owner: Owner): Line[] {
    const lines: Line[] = []
    for (const message of replies) {
      if (message.speaker === undefined && owner !== 'bot') lines.push(...unsaidLines([message], now()))
      else {
        kept.replies.push({ message: structuredClone(message), due: now(), attempts: 0 })
        lines.push(lineOf(message))
        due.add(conversationId)
      }
    }
    return lines
  }

  async function change(
    conversationId: string,
    { ticket, lines = [], replies = [], next, key, journal = [] }: DeskChange,
  ): Promise<'stored' | 'stale' | 'repeated'> {
    const kept = of(conversationId)
    const name = `desk ${key}`
    if (key !== undefined && kept.seen[name] !== undefined && now() - kept.seen[name] < REPEATS_FOR_MS)
      return 'repeated'
    if (!steps.fits(kept, ticket)) return 'stale'
    if (key !== undefined) isNew(kept, name)
    const before = steps.owner(kept)
    const owner = ticket?.to === undefined ? before : ownerOf(ticket.to)
    const unsaid = before === 'bot' && owner !== 'bot' ? silence(kept) : []
    const said = reply(kept, conversationId, replies, owner)
    steps.apply(conversationId, kept, {
      ...(ticket !== undefined && { ticket }),
      lines: [...unsaidLines(unsaid, now()), ...lines, ...said],
      journal,
    })
    if (next !== undefined) {
      kept.inbox.push(structuredClone(next))
      kept.readyAt = now()
      ready.add(conversationId)
      if (!isLeased(kept)) arrivals.call()
    }
    if (replies.length > 0) departures.call()
    return 'stored'
  }

  function takeFrom(
    conversationId: string,
    list: List,
    pace: PersonPace | undefined,
  ): OutboxEntry | undefined {
    const kept = of(conversationId)
    if (kept.replies.length + kept.notices.length === 0) due.delete(conversationId)
    const first = find(kept, list)
    if (first === undefined || first.due > now()) return undefined
    if (kept.sending !== undefined) {
      if (kept.sending.until > now()) return undefined
      // Its sender froze: whether the message went out is not known.
      const cut = find(kept, kept.sending.list)
      if (cut !== undefined) cut.unknownSince = kept.sending.until
      delete kept.sending
    }
    if (list === 'notices' && kept.replies.length > 0) return undefined
    const later = paced(kept, pace)
    if (later === undefined) return hand(kept, list, first)
    first.due = later
    return undefined
  }

  function liveRecord(key: string): string | undefined {
    const record = held.records[key]
    if (record === undefined) return undefined
    if (record.expires > now()) return record.value
    delete held.records[key]
    return undefined
  }

  function pickDeadLetter(id: string): DeadLetter | undefined {
    const letter = held.deadLetters.find((each) => each.message.id === id)
    held.deadLetters = held.deadLetters.filter((each) => each !== letter)
    return letter
  }

  return {
    inbox: {
      async append(message, claim) {
        const { conversationId, address } = message
        const kept = of(conversationId)
        if (!isNew(kept, `${message.channel} ${message.id}`)) return 'duplicate'
        if (address !== undefined) {
          // A message that comes late does not move back when the person last wrote.
          const lastInboundAt = Math.max(kept.contact.lastInboundAt ?? 0, wroteAt(message))
          kept.contact = { address, ...(lastInboundAt > 0 && { lastInboundAt }) }
        }
        kept.inbox.push(structuredClone(message))
        kept.readyAt = now()
        ready.add(conversationId)
        const [reply] = kept.replies
        if (reply !== undefined && reply.due >= HELD) {
          reply.due = now()
          departures.call()
        }
        if (isLeased(kept)) return 'stored'
        if (claim !== undefined) return lease(conversationId, claim.worker, claim.milliseconds)
        arrivals.call()
        return 'stored'
      },
      async lease(claim, limit) {
        const leased: Work[] = []
        for (const conversationId of ready) {
          const kept = of(conversationId)
          if (kept.inbox.length === 0) ready.delete(conversationId)
          else if (!isLeased(kept) && (kept.readyAt ?? 0) <= now())
            leased.push(lease(conversationId, claim.worker, claim.milliseconds))
          if (leased.length === limit) break
        }
        return leased
      },
      async renew(lease, milliseconds) {
        mustHold(lease).leasedUntil = now() + milliseconds
      },
      async release(lease, at) {
        const kept = of(lease.conversationId)
        if (kept.fence !== lease.fence) return
        delete kept.leasedUntil
        kept.readyAt = at ?? now()
        if (kept.inbox.length > 0 && at === undefined) arrivals.call()
      },
      onArrival: arrivals.add,
    },
    conversations: {
      async load(conversationId) {
        const state = held.conversations[conversationId]?.state
        return state === undefined ? undefined : JSON.parse(state)
      },
      async commit(lease, handled, turn) {
        const { state, replies, events, pace, ticket, lines = [], journal = [] } = turn
        const kept = mustHold(lease)
        if (handled.some((message, index) => kept.inbox[index]?.id !== message.id)) {
          throw new AppError('store_fenced')
        }
        if (!steps.fits(kept, ticket)) {
          const open = steps.ticket(kept)
          const waiting = waitingOf(kept)
          return { waiting, toSend: undefined, stale: true, ...(open !== undefined && { ticket: open }) }
        }
        kept.inbox.splice(0, handled.length)
        kept.state = JSON.stringify(state)
        kept.events = [...kept.events, ...events.map((event) => JSON.stringify(event))].slice(-100)
        const ownedBefore = steps.owner(kept)
        const owner = ticket?.to === undefined ? ownedBefore : ownerOf(ticket.to)
        const unsaid = ownedBefore === 'bot' && owner !== 'bot' ? silence(kept) : []
        const before = kept.replies.length
        const said = reply(kept, lease.conversationId, replies, owner)
        steps.apply(lease.conversationId, kept, {
          ...(ticket !== undefined && { ticket }),
          lines: [...unsaidLines(unsaid, now()), ...lines, ...said],
          journal,
        })
        if (kept.inbox.length === 0) delete kept.leasedUntil
        const [first] = kept.replies
        let toSend: OutboxEntry | undefined
        if (first !== undefined && kept.replies.length > before) {
          const later = before > 0 || kept.sending !== undefined ? undefined : paced(kept, pace)
          if (later !== undefined) first.due = later
          else if (before === 0 && kept.sending === undefined) toSend = hand(kept, 'replies', first)
        }
        const open = steps.ticket(kept)
        return { waiting: waitingOf(kept), toSend, ...(open !== undefined && { ticket: open }) }
      },
      async events(conversationId) {
        return (held.conversations[conversationId]?.events ?? []).map((event) => JSON.parse(event))
      },
    },
    outbox: {
      async take(limit, priority, paces) {
        const taken: OutboxEntry[] = []
        for (const conversationId of due) {
          if (taken.length === limit) break
          const list = priority === 'reply' ? 'replies' : 'notices'
          const channel = find(of(conversationId), list)?.message.channel
          const entry = takeFrom(conversationId, list, channel === undefined ? undefined : paces[channel])
          if (entry !== undefined) taken.push(entry)
        }
        return taken
      },
      sent: async (message, pace) => gone(message, pace, true),
      async putBack(message, how) {
        const kept = of(message.conversationId)
        const waiting = find(kept, listOf(message), message)
        if (waiting === undefined) return
        const heldBack = 'held' in how
        delete kept.sending
        // The bot's is to be withheld at once, and nobody of the desk waits behind it.
        const overtaken =
          message.notice === undefined && message.speaker === undefined && steps.owner(kept) !== 'bot'
        waiting.due = overtaken ? now() : heldBack ? HELD : how.at
        if (heldBack || !how.counts) waiting.attempts -= 1
        if (!heldBack && how.unknown === true) waiting.unknownSince ??= now()
        else delete waiting.unknownSince
        departures.call()
      },
      async withhold(message, pace) {
        const kept = of(message.conversationId)
        if (find(kept, listOf(message), message) === undefined) return undefined
        steps.apply(message.conversationId, kept, { lines: unsaidLines([message], now()) })
        return gone(message, pace, true)
      },
      async giveUp(message, code, pace) {
        if (find(of(message.conversationId), listOf(message), message) === undefined) return undefined
        held.deadLetters.push({ message: structuredClone(message), code, at: now() })
        return gone(message, pace, true)
      },
      async add(message, at) {
        const kept = of(message.conversationId)
        if (!isNew(kept, `out ${message.channel} ${message.id}`)) return 'duplicate'
        kept.notices.push({ message: structuredClone(message), due: at, attempts: 0 })
        due.add(message.conversationId)
        departures.call()
        return 'stored'
      },
      async receipt(receipt) {
        const kept = of(receipt.conversationId)
        const rank = receiptRank(receipt.status)
        const known = Number(kept.receipts[receipt.outboundId]?.split('|')[0] ?? 0)
        if (known >= rank || (receipt.status === 'failed' && known > 1)) return false
        kept.receipts[receipt.outboundId] = writeReceipt(receipt)
        if (receipt.status === 'failed') return true
        for (const list of ['replies', 'notices'] as const) {
          const waiting = find(kept, list, { id: receipt.outboundId })
          const open = kept.sending?.list === list || waiting?.unknownSince !== undefined
          if (waiting !== undefined && open) gone(waiting.message, undefined, false)
        }
        return true
      },
      async receipts(conversationId) {
        const kept = held.conversations[conversationId]?.receipts ?? {}
        return Object.fromEntries(Object.entries(kept).map(([id, text]) => [id, readReceipt(text)]))
      },
      deadLetters: {
        list: async () => structuredClone(held.deadLetters),
        async retry(id) {
          const letter = pickDeadLetter(id)
          if (letter === undefined) return false
          const { conversationId } = letter.message
          of(conversationId)[listOf(letter.message)].push({
            message: letter.message,
            due: now(),
            attempts: 0,
          })
          due.add(conversationId)
          departures.call()
          return true
        },
        drop: async (id) => pickDeadLetter(id) !== undefined,
      },
      onArrival: departures.add,
    },
    desk: createMemoryDesk({
      now,
      journal: held.journal,
      steps,
      listeners: deskListeners,
      hooks: {
        find: (conversationId) => held.conversations[conversationId],
        change,
        all: () => Object.values(held.conversations),
      },
    }),
    transcripts: {
      async append(conversationId, entry, mark) {
        const kept = of(conversationId)
        const known = mark === undefined ? undefined : kept.marks[mark]
        if (known !== undefined) return known
        const sequence = kept.transcript.push(JSON.stringify(entry))
        if (mark !== undefined) kept.marks[mark] = sequence
        for (const listener of watchers.get(conversationId) ?? []) listener({ sequence, entry })
        return sequence
      },
      async list(conversationId, after) {
        return (held.conversations[conversationId]?.transcript ?? [])
          .slice(after)
          .map((entry, index) => ({ sequence: after + index + 1, entry: JSON.parse(entry) }))
      },
      find: async (conversationId, mark) => held.conversations[conversationId]?.marks[mark],
      length: async (conversationId) => held.conversations[conversationId]?.transcript.length ?? 0,
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
    limits: {
      async take(name, wanted, perSecond, kept = 0) {
        const most = Math.max(perSecond, kept + 1)
        const bucket = buckets.get(name) ?? { tokens: most, at: now() }
        const tokens = Math.min(most, bucket.tokens + ((now() - bucket.at) * perSecond) / 1000)
        const granted = Math.max(0, Math.min(wanted, Math.floor(tokens - kept)))
        buckets.set(name, { tokens: tokens - granted, at: now() })
        const retryInMs = granted > 0 ? 0 : Math.ceil(((1 + kept - tokens) * 1000) / perSecond)
        return { granted, retryInMs }
      },
    },
    ping: async () => undefined,
    async close() {
      if (options.file === undefined || options.key === undefined) return
      for (const key of Object.keys(held.records)) liveRecord(key)
      const temporary = `${options.file}.new`
      writeFileSync(temporary, seal(options.key, 'memory-store', JSON.stringify(held)), { mode: 0o600 })
      renameSync(temporary, options.file)
    },
  }
}

/** Until the person writes. */
const HELD = Number.MAX_SAFE_INTEGER

function listOf(message: Outbound): List {
  return message.notice === undefined ? 'replies' : 'notices'
}

function nothingSaid(): KeptForDesk {
  return { lines: [], linesSaid: 0 }
}

function waitingOf(kept: Kept): Inbound[] {
  return structuredClone(kept.inbox.slice(0, MOST_WAITING))
}

function load(file: string | undefined, key: Buffer | undefined): Held {
  const empty: Held = {
    conversations: {},
    records: {},
    deadLetters: [],
    journal: { from: 1, entries: [] },
  }
  if (file === undefined || key === undefined || !existsSync(file)) return empty
  const text = unseal(key, 'memory-store', readFileSync(file, 'utf8'))
  if (text === undefined) {
    throw new AppError('config_invalid', {
      message: `the saved conversations in ${file} cannot be read with this secret key; move the file away to start without them`,
    })
  }
  const held = { ...empty, ...(JSON.parse(text) as Partial<Held>) }
  for (const [id, saved] of Object.entries(held.conversations)) {
    // One saved before there was a desk lacks its part.
    const kept: Kept = { ...nothingSaid(), ...saved }
    held.conversations[id] = kept
    // Nobody survived the end of the process that saved this.
    delete kept.leasedUntil
    delete kept.sending
  }
  return held
}

function listeners() {
  const set = new Set<(where: number) => void>()
  return {
    add(listener: (where: number) => void): () => void {
      set.add(listener)
      return () => set.delete(listener)
    },
    /** Once the step under way is done: a listener that takes at once must find what the step left. */
    call() {
      queueMicrotask(() => {
        for (const listener of set) listener(0)
      })
    },
  }
}
