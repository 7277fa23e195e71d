import http from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { messageWebhook, post, type Sent } from '../channels/whatsapp-cloud/graph-server'
import { statusOf, statusWebhook } from '../channels/whatsapp-cloud/webhooks'
import type { Random } from './random'

/** A message as Meta tells it, with the contact it comes with. */
export type WireMessage = { message: { id: string; [field: string]: unknown }; contact: object }

export type Delivered = { tries: number }

export type Status = 'sent' | 'delivered' | 'read'

/** What became of the statuses of one message of ours. */
export type Told = { firstTakenAt?: number; furthest?: Status }

const RANK: Record<Status, number> = { sent: 1, delivered: 2, read: 3 }

export type Meta = ReturnType<typeof createMeta>

/**
 * Meta's side: webhooks are posted until they are answered by 200 (Meta waits longer between tries, up to seven
 * days), some twice, some several messages together; statuses come late, doubled and out of order.
 * @param options.twice of a hundred webhooks, how many come again
 * @param options.againAfterMs how much later the second one comes, at most
 */
export function createMeta(options: { url: string; random: Random; twice: number; againAfterMs: number }) {
  const { url, random } = options
  const kept = new http.Agent({ keepAlive: true, maxSockets: 64 })
  const fresh = new http.Agent({ keepAlive: false })
  const counts = { messages: 0, posts: 0, refused: 0, unanswered: 0, repeated: 0, statuses: 0, together: 0 }
  const told = new Map<string, Told>()
  const underWay = new Set<Promise<unknown>>()
  let batch: { messages: WireMessage[]; delivered: Promise<Delivered> } | undefined

  async function deliver(body: string, agent = kept): Promise<Delivered> {
    for (let tries = 1; ; tries += 1) {
      counts.posts += 1
      const status = await post(url, body, undefined, agent)
      if (status === 200) return { tries }
      if (status === 0) counts.unanswered += 1
      else counts.refused += 1
      await wait(Math.min(100 * 2 ** tries, 3000) * random.between(0.8, 1.2))
    }
  }

  function follow<T>(work: Promise<T>): Promise<T> {
    underWay.add(work)
    void work.finally(() => underWay.delete(work))
    return work
  }

  async function again(body: string, inMs: number): Promise<void> {
    counts.repeated += 1
    await wait(inMs)
    await deliver(body)
  }

  function tell(messages: WireMessage[], agent?: http.Agent): Promise<Delivered> {
    const body = webhookOf(messages)
    counts.messages += messages.length
    const delivered = follow(deliver(body, agent))
    // The repeat of a message must not overtake the one before it on another connection.
    const from = agent === fresh ? delivered : Promise.resolve()
    if (random.percent(options.twice))
      void follow(from.then(() => again(body, random.between(0, options.againAfterMs))))
    return delivered
  }

  async function inTheNextBatch(message: WireMessage): Promise<Delivered> {
    if (batch === undefined) {
      const mine = { messages: [] as WireMessage[], delivered: Promise.resolve({ tries: 0 }) }
      batch = mine
      mine.delivered = wait(80).then(() => {
        batch = undefined
        if (mine.messages.length > 1) counts.together += 1
        return tell(mine.messages)
      })
    }
    batch.messages.push(message)
    return batch.delivered
  }

  async function tellStatuses(sent: Sent, statuses: Status[], inMs: number): Promise<void> {
    await wait(inMs)
    const body = statusWebhook(statuses.map((status) => statusOf(sent, status)))
    counts.statuses += statuses.length
    if (random.percent(10)) void follow(again(body, random.between(0, 1000)))
    await deliver(body)
    const id = outboundOf(sent)
    const known = told.get(id) ?? {}
    known.firstTakenAt ??= performance.now()
    for (const status of statuses)
      if (known.furthest === undefined || RANK[status] > RANK[known.furthest]) known.furthest = status
    told.set(id, known)
  }

  return {
    counts,
    /** By the id of our message. */
    told,
    /** One message; now and then in one webhook with those of other people. */
    send: (message: WireMessage): Promise<Delivered> =>
      random.percent(20) ? inTheNextBatch(message) : tell([message]),
    /** Messages of one person in one webhook, in order. */
    sendTogether: (messages: WireMessage[]) => tell(messages),
    /** On a connection of its own. */
    sendApart: (message: WireMessage) => tell([message], fresh),
    /**
     * What becomes of a message: mostly its statuses come at once, some in another order or late.
     * @param never of a hundred messages, how many nothing is ever heard of
     */
    statuses(sent: Sent, never: number, lateMs: number) {
      if (sent.correlation === undefined || random.percent(never)) return
      if (random.percent(50)) {
        void follow(tellStatuses(sent, ['sent', 'delivered', 'read'], random.between(1, 300)))
        return
      }
      const late = random.percent(15) ? lateMs : 800
      for (const status of random.shuffled(['sent', 'delivered', 'read'] as const))
        void follow(tellStatuses(sent, [status], random.between(1, late)))
    },
    /** Resolves when everything was told. */
    async settled() {
      while (underWay.size > 0) await Promise.all(underWay)
    },
    stop() {
      kept.destroy()
      fresh.destroy()
    },
  }
}

/** `Outbound.id` of a message that Meta took. */
export function outboundOf(sent: Sent): string {
  return sent.correlation?.split('~')[1] ?? ''
}

/** Each message in an entry of its own. */
export function webhookOf(messages: WireMessage[]): string {
  const bodies = messages.map(
    ({ message, contact }) => JSON.parse(messageWebhook([message], [contact])) as { entry: object[] },
  )
  const [first] = bodies
  return JSON.stringify({ ...first, entry: bodies.flatMap((body) => body.entry) })
}
