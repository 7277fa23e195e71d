import { asOne, nextTurn } from './burst'
import type { Channel } from './channels/channel'
import type { Clock } from './clock'
import { AppError } from './errors'
import type { Log } from './log'
import type { Lease, OutboxEntry, Place, Store, Work } from './store/store'
import { questionIsOpen, type TurnDeps, takeTurn } from './turn'

export type Worker = {
  /** What `inbox.append` needs so that the message is worked on here at once; undefined when there is no room. */
  claim(): { worker: string; milliseconds: number } | undefined
  /** Works through a leased conversation. */
  take(work: Work): void
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
  let turnedAway = false
  let stopped = false
  const claim = { worker: name, milliseconds: LEASE_MS }

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

  async function workThrough(work: Work): Promise<void> {
    const { lease } = work
    let { waiting, state } = work
    while (waiting.length > 0) {
      if (stopped) return store.inbox.release(lease)
      const next = nextTurn(waiting, { question: questionIsOpen(state) }, opens, clock.now().getTime())
      if ('waitUntil' in next) {
        setTimeout(look, next.waitUntil - clock.now().getTime() + 5).unref()
        return store.inbox.release(lease, next.waitUntil)
      }
      const inbound = asOne(next.messages)
      const typing = setTimeout(() => channels.get(inbound.channel)?.typing?.(inbound), TYPING_AFTER_MS)
      try {
        const taken = await takeTurn({ lease, inbound, handled: next.messages, state }, options.turn)
        state = taken.state
        waiting = taken.waiting
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
    void lookAt(where).finally(() => {
      const again = looking.get(key) === 'again'
      looking.delete(key)
      if (again) look(where)
    })
  }

  async function lookAt(where: Place | undefined): Promise<void> {
    try {
      for (;;) {
        const room = MOST_AT_ONCE - working.size
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
    claim: () => (stopped || working.size >= MOST_AT_ONCE ? undefined : claim),
    take,
    look: (where) => look(where),
    async stop() {
      stopped = true
      clearInterval(renewing)
      await Promise.all(working.keys())
    },
  }
}
