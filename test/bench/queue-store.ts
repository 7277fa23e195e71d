import type { Inbound, Outbound } from '../../src/message'
import { createRedisStore } from '../../src/store/redis'
import type { Store, Work } from '../../src/store/store'
import { type Handle, type Kind, LEASE_MS, type Queue } from './queue-kinds'

const STATE = { facts: 'x'.repeat(780) }
const AT_ONCE = 256

/** The product's store with all it does besides; `together` appends where the work is done, which saves a step. */
export function product(together: boolean): Kind {
  return {
    name: together ? 'the store, in one process' : 'the store, worker apart',
    open: (url) => open(url, together),
  }
}

async function open(url: string, together: boolean): Promise<Queue> {
  const front = await createRedisStore({ url })
  const stops: (() => void)[] = []
  const takers: ((work: Work) => void)[] = []
  let next = 0
  return {
    async append(conversation, name, message) {
      const inbound: Inbound = {
        id: name,
        channel: 'web',
        conversationId: conversation,
        at: new Date().toISOString(),
        kind: 'text',
        text: message,
      }
      next += 1
      const taker = together ? takers[next % takers.length] : undefined
      const claim = { worker: 'front', milliseconds: LEASE_MS }
      const stored = await front.inbox.append(inbound, taker && claim)
      if (typeof stored !== 'string') taker?.(stored)
    },
    async work(worker, handle, done) {
      const store = together ? front : await createRedisStore({ url })
      const busy = new Set<Promise<void>>()
      const take = (work: Work) => {
        const doing = through(store, work, worker, handle, done)
          .catch(() => undefined)
          .finally(() => busy.delete(doing))
        busy.add(doing)
      }
      const looking = new Map<number | undefined, boolean>()
      async function look(where?: number): Promise<void> {
        if (looking.has(where)) {
          looking.set(where, true)
          return
        }
        do {
          looking.set(where, false)
          const room = AT_ONCE - busy.size
          if (room > 0)
            for (const work of await store.inbox.lease({ worker, milliseconds: LEASE_MS }, room, where))
              take(work)
        } while (looking.get(where) === true)
        looking.delete(where)
      }
      takers.push(take)
      const off = store.inbox.onArrival((where) => void look(where).catch(() => looking.delete(where)))
      const timer = setInterval(() => void look().catch(() => looking.delete(undefined)), 500)
      const end = () => {
        off()
        clearInterval(timer)
        takers.splice(takers.indexOf(take), 1)
        if (!together) void store.close()
      }
      stops.push(end)
      return end
    },
    async stop() {
      for (const end of stops) end()
      await front.close()
    },
  }
}

async function through(
  store: Store,
  work: Work,
  worker: string,
  handle: Handle,
  done: (name: string) => void,
) {
  const { lease } = work
  for (let { waiting } = work; waiting.length > 0; ) {
    const [message] = waiting
    if (message === undefined) return
    const text = await handle(lease.conversationId, message.id, worker)
    const { conversationId, channel, at, id } = message
    const reply: Outbound = { id: `${id}.1`, conversationId, channel, at, text, outcome: 'answered' }
    const after = await store.conversations.commit(lease, [message], {
      state: STATE,
      replies: [reply],
      events: [],
    })
    done(id)
    waiting = after.waiting
  }
}
