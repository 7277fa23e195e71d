import { digest, journalOf, nameOf, packLine, saidOf, ticketArgs, ticketOf, unpackLines } from './redis-form'
import type { ScriptName } from './redis-scripts'
import { type Desk, type Presence, REPEATS_FOR_MS } from './store'

/** Who is at work is kept in one place; any would do. */
const AGENTS = 0

/** The desk in Redis; its steps are in `redis-desk-scripts.ts`. */
export function createRedisDesk(redis: {
  step(name: ScriptName, conversationId: string, ...args: (string | number)[]): Promise<unknown>
  stepAt(name: ScriptName, place: number, ...args: (string | number)[]): Promise<unknown>
  places: number
  listen: Desk['onChange']
  /** The ticket as it is stored. */
  read(conversationId: string): Promise<string | undefined>
  lead(name: string, worker: string, milliseconds: string): Promise<unknown>
}): Desk {
  const { step, stepAt, places } = redis
  return {
    async ticket(conversationId) {
      return ticketOf(await redis.read(conversationId))
    },
    async change(conversationId, { ticket, lines = [], replies = [], next, key, journal = [] }) {
      const result = await step(
        'change',
        conversationId,
        ...ticketArgs(ticket),
        key === undefined ? '' : digest(`desk ${key}`),
        REPEATS_FOR_MS,
        next === undefined ? '' : nameOf(next),
        next === undefined ? '' : JSON.stringify(next),
        replies.length,
        lines.length,
        journal.length,
        ...replies.flatMap(saidOf),
        ...lines.map(packLine),
        ...journal.map((entry) => JSON.stringify(entry)),
      )
      return String(result) as 'stored' | 'stale' | 'repeated'
    },
    async open(where) {
      const wanted = where === undefined ? Array.from({ length: places }, (_, place) => place) : [where]
      const found = await Promise.all(wanted.map((place) => stepAt('open', place)))
      return found.flatMap((tickets) => (tickets as string[]).flatMap((text) => ticketOf(text) ?? []))
    },
    async lines(conversationId, after = 0) {
      const [said, packed] = (await step('lines', conversationId)) as [string | null, string[]]
      const first = Number(said ?? 0) - packed.length + 1
      return unpackLines(packed, first).filter(({ number }) => number > after)
    },
    onChange: redis.listen,
    agents: {
      async put(agent, milliseconds) {
        await stepAt('present', AGENTS, agent.id, JSON.stringify(agent), milliseconds)
      },
      async remove(id) {
        await stepAt('present', AGENTS, id, '', 0)
      },
      async worked(id, at) {
        await stepAt('worked', AGENTS, id, at)
      },
      async list() {
        const held = (await stepAt('agents', AGENTS)) as [string, string | null][]
        return held.map(([agent, worked]) => ({
          ...(JSON.parse(agent) as Presence),
          ...(worked !== null && { workedAt: Number(worked) }),
        }))
      },
    },
    async lead(name, worker, milliseconds) {
      return (await redis.lead(name, worker, String(milliseconds))) === 1
    },
    async resign(name, worker) {
      await redis.lead(name, worker, '0')
    },
    journal: {
      places,
      async take(where, limit) {
        const [gone, entries] = (await stepAt('journal', where, limit)) as [string | null, string[]]
        return { from: Number(gone ?? 0) + 1, entries: entries.map(journalOf) }
      },
      async done(where, before) {
        await stepAt('copied', where, before - 1)
      },
    },
  }
}
