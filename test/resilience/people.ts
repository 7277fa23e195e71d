import { setTimeout as wait } from 'node:timers/promises'
import type { GraphServer, Sent } from '../channels/whatsapp-cloud/graph-server'
import { type createGolden, type Person, type Planned, type Reply, replyName } from './golden'
import { type Delivered, type Meta, outboundOf } from './meta'
import type { Random } from './random'

/** What one person was sent, and what they should have been. */
export type Played = {
  person: Person
  plan: Planned[]
  /** Pairs whose first message Meta had to tell again, so that either may have come first. */
  eitherOrder: number
  /** How many of their messages they have said. */
  said: number
  /** What would explain a violation. */
  notes: string[]
}

/** Tells when a message of ours has reached WhatsApp. */
export type Arrivals = ReturnType<typeof createArrivals>

export function createArrivals() {
  const there = new Map<string, { at: number; place: number }>()
  const waiting = new Map<string, (() => void)[]>()
  return {
    hear(sent: Sent) {
      const id = outboundOf(sent)
      if (there.has(id)) return
      there.set(id, { at: performance.now(), place: there.size })
      for (const call of waiting.get(id) ?? []) call()
      waiting.delete(id)
    },
    find: (id: string) => there.get(id),
    async of(ids: string[]): Promise<void> {
      await Promise.all(
        ids.map(
          (id) =>
            there.has(id) ||
            new Promise<void>((resolve) => waiting.set(id, [...(waiting.get(id) ?? []), resolve])),
        ),
      )
    },
  }
}

export type Scene = {
  meta: Meta
  arrivals: Arrivals
  plan: ReturnType<typeof createGolden>
  random: Random
  /** Grows when another gateway is led to: two connections may then have met two gateways. */
  generation: () => number
  thinkMs: [number, number]
  /** Seconds from a message until all of its answer was there. */
  onAnswered: (seconds: number) => void
  counts: { pairs: number }
}

/** Of a hundred places where two answers could be given at once, how many are. */
const PAIRED = 11

/**
 * Says what the script holds, each message after the answer to the one before, but some answers of an open form in
 * pairs at most 20 ms apart.
 */
export async function play(played: Played, scene: Scene): Promise<void> {
  const { meta, random } = scene
  for (let at = 0; at < played.plan.length; ) {
    await wait(random.between(...scene.thinkMs))
    const from = at
    const [now, next] = played.plan.slice(from, from + 2)
    if (now === undefined) return
    const started = performance.now()
    if (next !== undefined && mayFollowAtOnce(now, next) && random.percent(PAIRED)) {
      scene.counts.pairs += 1
      if (random.percent(50)) await meta.sendTogether([now.wire, next.wire])
      else await sendBoth(played, at, scene)
      at += 2
    } else {
      await meta.send(now.wire)
      at += 1
    }
    const replies = played.plan.slice(from, at).flatMap(idsOf)
    played.said = at
    await scene.arrivals.of(replies)
    if (replies.length > 0) scene.onAnswered((performance.now() - started) / 1000)
  }
}

function idsOf(planned: Planned): string[] {
  return planned.replies.map((reply) => reply.id)
}

function mayFollowAtOnce(now: Planned, next: Planned): boolean {
  const answered = now.replies.length > 0 && next.replies.length > 0
  return now.open && answered && 'say' in now.step && 'say' in next.step
}

/**
 * Two webhooks of their own. When Meta had to tell the first one again, or another gateway took over before both were
 * answered, either may have come first: the answers tell which, and the rest is planned anew.
 */
async function sendBoth(played: Played, at: number, scene: Scene): Promise<void> {
  const { plan } = played
  const [now, next] = [plan[at], plan[at + 1]]
  if (now === undefined || next === undefined) return
  const generation = scene.generation()
  const first: Promise<Delivered> = scene.meta.sendApart(now.wire)
  await wait(scene.random.between(1, 20))
  const [{ tries }] = await Promise.all([first, scene.meta.sendApart(next.wire)])
  const [ofNow, ofNext] = [`${replyName(now.id)}.1`, `${replyName(next.id)}.1`]
  await scene.arrivals.of([ofNow, ofNext])
  const swapped = (scene.arrivals.find(ofNow)?.place ?? 0) > (scene.arrivals.find(ofNext)?.place ?? 0)
  if (tries === 1 && generation === scene.generation()) {
    if (swapped) played.notes.push(`${now.id} and ${next.id} were taken in another order than they came`)
    return
  }
  played.eitherOrder += 1
  if (!swapped) return
  const messages = plan.map(({ id, step }) => ({ id, step }))
  messages.splice(at, 2, { id: next.id, step: next.step }, { id: now.id, step: now.step })
  played.plan = await scene.plan(played.person, messages)
}

export type Faults = { lost: string[]; wrong: string[]; outOfOrder: string[]; unexpected: string[] }

/** Compares what a person was sent with what they should have been; a message sent again counts once here. */
export function compare({ person, plan, said }: Played, sends: Sent[]): Faults {
  const expected = plan.slice(0, said).flatMap((planned) => planned.replies)
  return compareReplies(person, expected, sends)
}

function compareReplies(person: Person, expected: Reply[], sends: Sent[]): Faults {
  const seen = new Map<string, Sent>()
  for (const sent of sends) if (!seen.has(outboundOf(sent))) seen.set(outboundOf(sent), sent)
  const known = new Map(expected.map((reply) => [reply.id, reply.content]))
  const order = expected.map((reply) => reply.id).filter((id) => seen.has(id))
  const came = [...seen.keys()].filter((id) => known.has(id))
  return {
    lost: [...known.keys()].filter((id) => !seen.has(id)),
    wrong: came.filter((id) => known.get(id) !== contentOf(seen.get(id)) || !goesTo(person, seen.get(id))),
    outOfOrder: came.filter((id, index) => order[index] !== id),
    unexpected: [...seen.keys()].filter((id) => !known.has(id)),
  }
}

/** What was said, as `contentOfMessage` writes it. */
export function contentOf(sent: Sent | undefined): string {
  const type = String(sent?.body.type)
  return JSON.stringify({ type, [type]: sent?.body[type] })
}

function goesTo({ phone, bsuid }: Person, sent: Sent | undefined): boolean {
  return sent?.recipient === (bsuid ?? phone)
}

/** What each conversation was sent, in order. */
export function byConversation(graph: GraphServer): Map<string, Sent[]> {
  const found = new Map<string, Sent[]>()
  for (const sent of graph.sends) {
    const id = sent.correlation?.split('~')[0] ?? ''
    const before = found.get(id)
    if (before === undefined) found.set(id, [sent])
    else before.push(sent)
  }
  return found
}
