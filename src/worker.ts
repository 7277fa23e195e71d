import { asOne, nextTurn } from './burst'
import type { Channel } from './channels/channel'
import type { Clock } from './clock'
import { AppError } from './errors'
import { ownerOf } from './handoff/ticket'
import type { Log } from './log'
import type { Claim, Inbox, Lease, OutboxEntry, Place, Store, Work } from './store/store'
import { questionIsOpen, type TurnDeps, takeTurn } from './turn'

export type Worker = {
  /** Stores a message by `append`; where there is room its conversation is taken by that and worked on at once. */
  receive(append: (claim?: Claim) => ReturnType<Inbox['append']>): Promise<'stored' | 'duplicate'>
  /** Looks for conversations to work on. */
  look(where?: Place): void
  /** Finishes the turns under way and gives the rest back. */
  stop(): Promise<void>
}

/** A worker that died or froze keeps a conversation waiting for at most this long. */
const LEASE_MS = 10_000
const RENEW_MS = 3000
/** Conversations at the same time: most of them wait for the INSS API. */
const MOST_AT_ONCE = 256
const TYPING_AFTER_MS = 700

/** Takes conversations that have messages, each one strictly in order, one turn at a time. */
export function createWorker(options: {
  store: Store
  turn: TurnDeps
  channels: Channel[]
  name: string
  clock: Clock
  log: Log
  /** Whether a text only opens a conversation, so that more may follow. */
  opens: (text: string) => boolean
  send: (entry: OutboxEntry) => void
}): Worker {
  const { store, clock, log, name, opens } = options
  const channels = new Map(options.channels.map((channel) => [channel.id, channel]))
  const working = new Map<Promise<void>, { lease: Lease; since: number }>()
  const looking = new Map<Place | 'all', 'once' | 'again'>()
  const looks = new Set<Promise<void>>()
  const receiving = new Set<Promise<unknown>>()
  let turnedAway = false
  let stopped = false
  const claim: Claim = { worker: name, milliseconds: LEASE_MS }

  const renewing = setInterval(() => {
    for (const work of working.values()) {
      if (performance.now() - work.since < RENEW_MS) continue
      // When it fails the lease is lost, and the commit will say so.
      store.inbox.renew(work.lease, LEASE_MS).catch(() => undefined)
    }
  }, RENEW_MS)
  renewing.unref()

  function take(work: Work): void {
    const done = workThrough(work)
      .catch((error: unknown) => {
        const code = error instanceof AppError ? error.code : error instanceof Error ? error.name : 'unknown'
        if (code === 'store_fenced') return
        // The lease ends by itself, and the messages are still there.
        log.error({ err: code }, 'a conversation could not be worked on')
      })
      .finally(() => {
        working.delete(done)
        if (turnedAway && working.size < MOST_AT_ONCE / 2) {
          turnedAway = false
          look()
        }
      })
    working.set(done, { lease: work.lease, since: performance.now() })
  }

  function stored(result: 'stored' | 'duplicate' | Work): 'stored' | 'duplicate' {
    if (typeof result === 'string') return result
    take(result)
    return 'stored'
  }

  async function workThrough(work: Work): Promise<void> {
    const { lease } = work
    let { waiting, state, ticket } = work
    while (waiting.length > 0) {
      if (stopped) return store.inbox.release(lease)
      const question = questionIsOpen(state) || ownerOf(ticket) !== 'bot'
      const next = nextTurn(waiting, { question }, opens, clock.now().getTime())
      if ('waitUntil' in next) {
        setTimeout(look, next.waitUntil - clock.now().getTime() + 5).unref()
        return store.inbox.release(lease, next.waitUntil)
      }
      const inbound = asOne(next.messages)
      const typing = setTimeout(() => channels.get(inbound.channel)?.typing?.(inbound), TYPING_AFTER_MS)
      try {
        const turn = { lease, inbound, handled: next.messages, state, ticket }
        const taken = await takeTurn(turn, options.turn)
        state = taken.state
        waiting = taken.waiting
        ticket = taken.ticket
        if (taken.toSend !== undefined) options.send(taken.toSend)
      } finally {
        clearTimeout(typing)
      }
    }
  }

  function look(where?: Place): void {
    const key = where ?? 'all'
    if (stopped) return
    if (looking.has(key)) {
      looking.set(key, 'again')
      return
    }
    looking.set(key, 'once')
    const looked = lookAt(where).finally(() => {
      looks.delete(looked)
      const again = looking.get(key) === 'again'
      looking.delete(key)
      if (again) look(where)
    })
    looks.add(looked)
  }

  async function lookAt(where: Place | undefined): Promise<void> {
    try {
      for (;;) {
        const room = MOST_AT_ONCE - working.size - receiving.size
        if (room <= 0) turnedAway = true
        if (room <= 0 || stopped) return
        const found = await store.inbox.lease(claim, room, where)
        for (const work of found) take(work)
        if (found.length < room) return
      }
    } catch (error) {
      log.error({ err: error instanceof AppError ? error.code : 'internal' }, 'the inbox could not be read')
    }
  }

  return {
    async receive(append) {
      if (stopped || working.size + receiving.size >= MOST_AT_ONCE) return stored(await append())
      const appended = append(claim)
      receiving.add(appended)
      try {
        return stored(await appended)
      } finally {
        receiving.delete(appended)
      }
    },
    look: (where) => look(where),
    async stop() {
      stopped = true
      clearInterval(renewing)
      // What is being handed over just now is given back too.
      while (looks.size + receiving.size + working.size > 0) {
        await Promise.allSettled([...looks, ...receiving, ...working.keys()])
      }
    },
  }
}
