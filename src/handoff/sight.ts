import type { KeptLine } from '../store/store'
import type { Agent, ConsoleDeps } from './api'
import * as schemas from './api-schemas'
import type { DeskResult } from './desk'
import { inLine } from './line'
import { placesOf } from './places'
import { ConsoleProblem } from './problems'
import { conversationOf, type Ticket } from './ticket'
import { channelView, lineOf, masked, type Names, present, showsTyping, summaryOf } from './views'

export type Sight = ReturnType<typeof createSight>

type Waiting = { queue: schemas.Summary[]; callbacks: schemas.Summary[] }

/** Consoles are told a little after a change, so what was worked out since is new enough for all of them. */
const SHARED_MS = 30
const TYPING_EVERY_MS = 2000
const MOST_LAST_LINES = 5000

/** How the console's calls and its stream see tickets: what is whose, and nothing of a person unmasked. */
export function createSight(deps: ConsoleDeps) {
  const { desk, history, identity, clock } = deps
  const known = new Map<string, string>()
  const names: Names = (id) => known.get(id)
  const typing = new Map<string, number>()
  const lastLines = new Map<string, { version: number; line: KeptLine | undefined }>()

  async function learnNames(): Promise<void> {
    for (const { id, name } of await desk.agents()) known.set(id, name)
  }

  function silentMs({ requestedAt, heardAt = '' }: Ticket, said: KeptLine[]): number {
    const written = said.findLast(({ who }) => who === 'person')?.at ?? ''
    const last = [requestedAt, heardAt, written].sort().at(-1) ?? requestedAt
    return clock.now().getTime() - Date.parse(last)
  }

  /** Their own, and what waits for anybody; supervisors see all. */
  function mayRead(agent: Agent, ticket: Ticket): boolean {
    const waits = ['queued', 'callback', 'requested', 'expired'].includes(ticket.state)
    return agent.role === 'supervisor' || ticket.agentId === agent.id || waits
  }

  async function summary(agent: Agent, ticket: Ticket): Promise<schemas.Summary> {
    return summaryOf(ticket, { by: agent, names, position: await desk.position(ticket) })
  }

  /** What the person said last, read once for each version of the ticket: it grows when they write. */
  async function lastSaid({ id, version, conversationId }: Ticket): Promise<KeptLine | undefined> {
    const kept = lastLines.get(id)
    if (kept?.version === version) return kept.line
    const line = (await desk.lines(conversationId)).findLast(({ who }) => who === 'person')
    if (lastLines.size > MOST_LAST_LINES) lastLines.clear()
    lastLines.set(id, { version, line })
    return line
  }

  const isMine = (agent: Agent) => (ticket: Ticket) =>
    ticket.agentId === agent.id && ['assigned', 'agent', 'idle'].includes(ticket.state)

  async function lines(ticket: Ticket, found: KeptLine[], unmasked?: true): Promise<schemas.Line[]> {
    // Where no receipts come, nothing is known of how far a reply got.
    const tells = deps.channelOf(ticket.channel)?.whenUnknown === 'await_receipt'
    const receipts = tells ? await deps.receipts(ticket.conversationId) : {}
    return found.map((line) => {
      const said = tells && line.who === 'agent' && line.id !== undefined
      const delivery = said ? (receipts[line.id ?? '']?.status ?? 'waiting') : undefined
      return lineOf(line, { names, ...(unmasked && { unmasked }), ...(delivery && { delivery }) })
    })
  }

  /** What waits for anybody, the same for all of them; worked out once for all consoles that a change woke. */
  async function waiting(): Promise<Waiting> {
    const agents = await desk.agents()
    for (const { id, name } of agents) known.set(id, name)
    const open = await desk.open()
    const line = inLine(open, clock.now().getTime())
    const places = placesOf(line, agents)
    const nobody = { id: '' }
    const queue = line.map((ticket) =>
      summaryOf(ticket, { by: nobody, names, position: places.get(ticket.id) }),
    )
    const callbacks = open
      .filter(({ state }) => state === 'callback')
      .map((ticket) => summaryOf(ticket, { by: nobody, names }))
      .sort((a, b) => ((a.callback?.by ?? '') < (b.callback?.by ?? '') ? -1 : 1))
    return { queue, callbacks }
  }

  let shared: { at: number; waiting: Promise<Waiting> } | undefined
  function sharedWaiting(): Promise<Waiting> {
    if (shared === undefined || performance.now() - shared.at > SHARED_MS)
      shared = { at: performance.now(), waiting: waiting() }
    return shared.waiting
  }

  async function mineOf(agent: Agent): Promise<schemas.Summary[]> {
    const open = await desk.open()
    const mine = await Promise.all(
      open
        .filter(isMine(agent))
        .map(async (ticket) => summaryOf(ticket, { by: agent, names, last: await lastSaid(ticket) })),
    )
    return mine.sort((a, b) => (a.touchedAt < b.touchedAt ? 1 : -1))
  }

  /** @param how `shared`: what waits may be a moment old */
  async function lists(agent: Agent, how?: 'shared') {
    const waits = await (how === 'shared' ? sharedWaiting() : waiting())
    return { mine: await mineOf(agent), ...waits }
  }

  return {
    names,
    isMine,
    mayRead,
    lines,
    lists,
    summary,
    async all(agent: Agent): Promise<schemas.Summary[]> {
      return Promise.all((await desk.open()).map((ticket) => summary(agent, ticket)))
    },
    /**
     * The ticket of an address; a supervisor's, one's own, or one that waits.
     * @param how `act`: whose it is the desk says itself, which also knows what was done under the same key before
     * @throws ConsoleProblem `not_found`, `not_yours` with whose it is
     */
    async ticket(agent: Agent, id: string, how?: 'act'): Promise<Ticket> {
      const conversationId = conversationOf(id)
      const ticket = conversationId === undefined ? undefined : await desk.ticket(conversationId)
      if (ticket === undefined || ticket.id !== id) throw new ConsoleProblem('not_found')
      await learnNames()
      if (how !== 'act' && !mayRead(agent, ticket))
        throw new ConsoleProblem('not_yours', present({ agentName: names(ticket.agentId ?? '') }))
      return ticket
    },
    async detail(agent: Agent, ticket: Ticket): Promise<schemas.Detail> {
      const { brief, asking, channel, conversationId } = ticket
      const [said, session, contacts] = await Promise.all([
        desk.lines(conversationId),
        identity.session(`${channel}:${conversationId}`),
        // Without the database the conversation goes on, without its past.
        history.contacts(ticket).catch(() => []),
      ])
      const label = asking && deps.fields.find(({ id }) => id === asking.field)?.label
      return {
        ticket: await summary(agent, ticket),
        lines: await lines(ticket, said),
        person: {
          level: session?.level ?? 'none',
          loggedIn: session !== undefined,
          ...(session !== undefined && { firstName: session.firstName }),
          revealable: schemas.revealable.options.filter((each) => each === 'lines' || session !== undefined),
        },
        brief: {
          ...present({ intent: brief.intent, service: brief.service }),
          facts: brief.facts.map((fact) => ({ ...fact, label: fact.name, value: masked(fact.value) })),
          done: brief.done,
          failed: brief.failed,
          flags: brief.flags,
        },
        channel: channelView(channel, deps.channelOf(channel), silentMs(ticket, said)),
        ...(asking !== undefined && { asking: { field: asking.field, label: label ?? asking.field } }),
        contacts: contacts.map((past) => ({
          id: past.id,
          requestedAt: past.requestedAt,
          state: past.state,
          why: past.why,
          skill: past.skill,
          ...present({ endedAt: past.endedAt, outcome: past.outcome, agentName: past.agentName }),
        })),
      }
    },
    /** What an effect is answered with. @throws ConsoleProblem why there was none */
    async changed(agent: Agent, result: DeskResult): Promise<schemas.Changed> {
      if (result.ok)
        return {
          ticket: await summary(agent, result.ticket),
          lines: await lines(result.ticket, result.lines),
        }
      const { code } = result
      if (code === 'taken' || code === 'not_yours')
        throw new ConsoleProblem(code, present({ agentName: names(result.agentId) }))
      throw new ConsoleProblem(code === 'refused' ? 'move_refused' : code)
    },
    /** Shows that somebody writes. */
    showTyping({ conversationId, channel }: Ticket): void {
      if (!showsTyping(channel)) return
      const at = clock.now()
      if (at.getTime() - (typing.get(conversationId) ?? 0) < TYPING_EVERY_MS) return
      if (typing.size > 10_000) typing.clear()
      typing.set(conversationId, at.getTime())
      const inbound = { id: 'typing', channel, conversationId, at: at.toISOString(), kind: 'opened' } as const
      deps.channelOf(channel)?.typing?.(inbound)
    },
  }
}
