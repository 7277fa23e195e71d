import { hash } from 'node:crypto'
import { type Clock, civilDate } from '../clock'
import { AppError } from '../errors'
import { deadline } from '../format'
import type { Log } from '../log'
import type { ChannelId, DeskEvent, Outbound } from '../message'
import type { Desk, KeptLine, Line, Presence } from '../store/store'
import { t } from '../text'
import { inLine, placeOf } from './line'
import { type ChannelOf, createMessages, inboundOf, type Saying } from './messages'
import { createOpenTickets } from './open-tickets'
import {
  isOpen,
  type Move,
  moved,
  newTicket,
  ownerOf,
  type Skill,
  type Ticket,
  type TicketOutcome,
  touched,
} from './ticket'

/** Who acts: an agent of the console, of Chatwoot or of another desk. The name is said to the person. */
export type Agent = { id: string; name: string; supervisor?: boolean }

/**
 * What an action came to, and the lines it added. The same `key` again gives `ok` with the ticket as it is now and has
 * no second effect.
 */
export type DeskResult =
  | { ok: true; ticket: Ticket; lines: KeptLine[] }
  /** `taken`: somebody else has it. `refused`: the ticket is not in a state that allows it (any more). */
  | { ok: false; code: 'not_found' | 'refused' | 'asking_already' }
  | { ok: false; code: 'taken' | 'not_yours'; agentId: string }

/**
 * The desk: every way in which people take part in a conversation. All of it goes through the table of moves and one
 * atomic step of the store; when somebody else changed the ticket meanwhile, it is looked at again.
 * @throws AppError `store_unavailable`
 */
export type DeskService = {
  /** The tickets that are open, as this process last saw them: it hears of every change. */
  open(): Promise<Ticket[]>
  /** As it is now; also for two hours after it ended. */
  ticket(conversationId: string): Promise<Ticket | undefined>
  lines(conversationId: string, after?: number): Promise<KeptLine[]>
  /** The place in the line, from 1; undefined when it does not wait there. */
  position(ticket: Ticket): Promise<number | undefined>
  /** Also tells whether a ticket moved, rather than only something was said in it. */
  onChange(listener: (conversationId: string | undefined, moved: boolean) => void): () => void

  /** Takes one that waits, or is owed a call-back. Of several agents one gets it; the others are told `taken`. */
  claim(conversationId: string, agent: Agent, key: string): Promise<DeskResult>
  /**
   * Says something to the person, and takes the conversation first if nobody has it. `over`: also if somebody else
   * has it or the bot does (a supervisor, or another desk in which agents share conversations).
   */
  speak(conversationId: string, agent: Agent, said: Said, key: string): Promise<DeskResult>
  /** For agents only; whoever may see the conversation may note. `whisper`: a supervisor's, to whoever has it. */
  note(
    conversationId: string,
    agent: Agent,
    text: string,
    key: string,
    how?: { whisper: true },
  ): Promise<DeskResult>
  /** To an agent, who must answer in time, or back to the head of the line of a skill. */
  transfer(
    conversationId: string,
    agent: Agent,
    to: { agentId: string } | { skill: Skill },
    note: string,
    key: string,
  ): Promise<DeskResult>
  /** To the bot, which asks its open question again exactly there, or lets it go (`menu`). */
  giveBack(conversationId: string, agent: Agent, resume: 'resume' | 'menu', key: string): Promise<DeskResult>
  /** To the bot, which opens this service for the person. */
  start(conversationId: string, agent: Agent, service: string, key: string): Promise<DeskResult>
  close(conversationId: string, agent: Agent, outcome: TicketOutcome, key: string): Promise<DeskResult>
  /** A call-back until `by` (ISO 8601); the person is told. */
  promise(conversationId: string, agent: Agent, by: string, key: string): Promise<DeskResult>
  /** Has the bot ask the person for a field, or to log in (`login.<level>`). */
  ask(conversationId: string, agent: Agent, field: string, key: string): Promise<DeskResult>
  /** A supervisor's: from the line, from another agent, or from the bot of a conversation that has no ticket. */
  takeOver(conversationId: string, supervisor: Agent, key: string): Promise<DeskResult>

  /** Keeps an agent at work for half a minute; the console repeats it. */
  present(agent: Presence): Promise<void>
  /** Gone for good (signed out): what they had goes back to the head of the line at once. */
  leave(agentId: string): Promise<void>
  agents(): Promise<(Presence & { workedAt?: number })[]>
}

/** `channel` is needed where the conversation may have no ticket of late. */
export type Said = { text: string; file?: Outbound['file']; over?: boolean; channel?: ChannelId }

/** How long an agent counts as at work after the console last said so. */
export const PRESENT_MS = 30_000
/** Somebody else changed the ticket so often in a row only when something is wrong. */
const MOST_TRIES = 20

/** What an action makes of the ticket there is. */
type Plan = {
  from: Ticket | undefined
  to: Ticket
  moves?: { move: string; ticket: Ticket }[]
  lines?: Line[]
  replies?: Outbound[]
  next?: DeskEvent
}
type Refused = Extract<DeskResult, { ok: false }>

export function createDesk(options: {
  desk: Desk
  clock: Clock
  log: Log
  /** How the person's channel says things; a channel that is off says them plainly. */
  channelOf?: ChannelOf
  mostWaitMinutes: number
}): DeskService & { stop(): void } {
  const { desk, clock, log, mostWaitMinutes } = options
  const tickets = createOpenTickets(desk, log)
  const now = () => clock.now().toISOString()
  const messages = createMessages(options.channelOf)
  const until = (at: string) => new Date(Date.parse(at) + mostWaitMinutes * 60_000).toISOString()

  /**
   * Plans with the ticket there is, and stores that in one step; when somebody else was faster it is planned again.
   * @param plan undefined: nothing is to change
   */
  async function act(
    conversationId: string,
    agent: Agent,
    key: string,
    plan: (ticket: Ticket | undefined, last: Ticket | undefined, at: string) => Plan | Refused | undefined,
  ): Promise<DeskResult> {
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const last = await desk.ticket(conversationId)
      const ticket = last !== undefined && isOpen(last) ? last : undefined
      const at = now()
      const planned = allowed(() => plan(ticket, last, at))
      if (planned === undefined) return last === undefined ? notFound : { ok: true, ticket: last, lines: [] }
      if ('ok' in planned) return (await isKnown(conversationId, key)) ? asItIs(conversationId) : planned
      const { from, to, moves = [], lines = [], replies = [], next } = planned
      const result = await desk.change(conversationId, {
        ticket: { from, to },
        lines,
        replies,
        key,
        journal: moves.map(({ move, ticket: after }) => ({
          kind: 'ticket',
          ticket: after,
          move,
          by: agent.id,
        })),
        ...(next !== undefined && { next: inboundOf(to, next, at) }),
      })
      if (result === 'repeated') return asItIs(conversationId)
      if (result === 'stored') return done(from, to)
    }
    throw new AppError('store_unavailable', { message: 'a ticket changes faster than it can be read' })
  }

  async function done(from: Ticket | undefined, to: Ticket): Promise<DeskResult> {
    const before = from?.agentId
    if (before !== undefined && (before !== to.agentId || !isOpen(to))) {
      await desk.agents.worked(before, clock.now().getTime())
    }
    const lines = await desk.lines(to.conversationId)
    return { ok: true, ticket: to, lines: lines.filter(({ at }) => at >= to.touchedAt) }
  }

  /** Whether a change with this key was made; a ticket that never is compares with nothing else. */
  async function isKnown(conversationId: string, key: string): Promise<boolean> {
    const never = { id: '', version: -1 }
    return (await desk.change(conversationId, { ticket: { from: never }, key })) === 'repeated'
  }

  async function asItIs(conversationId: string): Promise<DeskResult> {
    const ticket = await desk.ticket(conversationId)
    return ticket === undefined ? notFound : { ok: true, ticket, lines: [] }
  }

  /** The ticket with its agent, who is about to act in it; taken first where nobody has it. */
  function taken(ticket: Ticket, agent: Agent, at: string, over = false): Course | Refused {
    const course = startAt(ticket)
    if (ownerOf(ticket) !== 'agent') return course.move({ type: 'assign', agentId: agent.id }, at)
    if (ticket.agentId === agent.id) return course
    if (over) return course.move({ type: 'transfer', agentId: agent.id }, at)
    return { ok: false, code: 'not_yours', agentId: ticket.agentId ?? '' }
  }

  /** Mine, or anybody's for a supervisor. */
  function held(ticket: Ticket | undefined, agent: Agent): Refused | undefined {
    if (ticket === undefined || ownerOf(ticket) !== 'agent') return refused
    if (ticket.agentId === agent.id || agent.supervisor === true) return undefined
    return { ok: false, code: 'not_yours', agentId: ticket.agentId ?? '' }
  }

  /** Who speaks for the first time is announced. */
  function joining(ticket: Ticket, agent: Agent): Saying[] {
    if (ticket.spokenBy === agent.id) return []
    const key = ticket.spokenBy === undefined ? 'handoff.joined' : 'handoff.joined_instead'
    return [{ text: t(key, { name: agent.name }) }]
  }

  /** Ends the agent's part with a move, and tells the bot. */
  function end(
    conversationId: string,
    agent: Agent,
    key: string,
    move: Extract<Move, { type: 'return' | 'close' }>,
    next: (ticketId: string) => DeskEvent,
  ): Promise<DeskResult> {
    return act(conversationId, agent, key, (ticket, _last, at) => {
      const refusal = held(ticket, agent)
      if (refusal !== undefined || ticket === undefined) return refusal ?? refused
      const course = startAt(ticket).move(move, at)
      return { from: ticket, to: course.ticket, moves: course.moves, next: next(ticket.id) }
    })
  }

  return {
    open: tickets.list,
    ticket: (conversationId) => desk.ticket(conversationId),
    lines: (conversationId, after) => desk.lines(conversationId, after),
    async position(ticket) {
      const [open, agents] = await Promise.all([tickets.list(), desk.agents.list()])
      return placeOf(ticket, inLine(open, clock.now().getTime()), agents)
    },
    onChange: tickets.onChange,

    claim: (conversationId, agent, key) =>
      act(conversationId, agent, key, (ticket, last, at) => {
        if (ticket === undefined) return last === undefined ? notFound : refused
        if (ownerOf(ticket) === 'agent') {
          if (ticket.agentId === agent.id) return undefined
          return { ok: false, code: 'taken', agentId: ticket.agentId ?? '' }
        }
        const course = startAt(ticket).move({ type: 'assign', agentId: agent.id }, at)
        return { from: ticket, to: course.ticket, moves: course.moves }
      }),

    speak: (conversationId, agent, { text, file, over, channel }, key) =>
      act(conversationId, agent, key, (ticket, last, at) => {
        const from = ticket
        const known =
          ticket ?? (over === true ? begun(conversationId, channel ?? last?.channel, key, at) : undefined)
        if (known === undefined) return last === undefined ? notFound : refused
        const course = taken(known, agent, at, over)
        if ('ok' in course) return course
        const announced = joining(course.ticket, agent)
        const spoke = course.move({ type: 'answer', agentId: agent.id }, at)
        const saying = () => [...announced, { text, agent, ...(file && { file }) }]
        // Nobody hears of every sentence in the database; who came and when they first spoke, it does.
        const heard = announced.length > 0 || from?.state !== 'agent'
        return {
          from,
          to: spoke.ticket,
          moves: heard ? spoke.moves : [],
          replies: messages(spoke.ticket, key, at, saying),
        }
      }),

    async note(conversationId, agent, text, key, how) {
      const ticket = await desk.ticket(conversationId)
      if (ticket === undefined) return notFound
      const at = now()
      const whisper = how?.whisper === true ? { whisper: true as const } : {}
      const line: Line = { at, who: 'note', text, agentId: agent.id, agentName: agent.name, ...whisper }
      const result = await desk.change(conversationId, { lines: [line], key })
      if (result === 'repeated') return asItIs(conversationId)
      const kept = (await desk.lines(conversationId)).filter((each) => each.at >= at)
      return { ok: true, ticket, lines: kept }
    },

    transfer: (conversationId, agent, to, note, key) =>
      act(conversationId, agent, key, (ticket, _last, at) => {
        const refusal = held(ticket, agent)
        if (refusal !== undefined || ticket === undefined) return refusal ?? refused
        if ('agentId' in to && to.agentId === ticket.agentId) return refused
        const course = startAt(ticket).move(
          'agentId' in to
            ? { type: 'transfer', agentId: to.agentId }
            : { type: 'requeue', skill: to.skill, until: until(at) },
          at,
        )
        const line: Line = { at, who: 'note', text: note, agentId: agent.id, agentName: agent.name }
        const saying = () => ('skill' in to ? [{ text: t('handoff.transferred') }] : [])
        const replies = messages(course.ticket, key, at, saying)
        return { from: ticket, to: course.ticket, moves: course.moves, lines: [line], replies }
      }),

    giveBack: (conversationId, agent, resume, key) =>
      end(conversationId, agent, key, { type: 'return' }, (ticketId) => {
        return { kind: 'event', event: 'desk_returned', ticketId, resume }
      }),
    start: (conversationId, agent, service, key) =>
      end(conversationId, agent, key, { type: 'return' }, (ticketId) => {
        return { kind: 'event', event: 'desk_starts', ticketId, service }
      }),
    async close(conversationId, agent, outcome, key) {
      return end(conversationId, agent, key, { type: 'close', outcome }, (ticketId) => {
        return { kind: 'event', event: 'desk_closed', ticketId }
      })
    },

    promise: (conversationId, agent, by, key) =>
      act(conversationId, agent, key, (ticket, _last, at) => {
        const refusal = held(ticket, agent)
        if (refusal !== undefined || ticket === undefined) return refusal ?? refused
        if (Date.parse(by) <= Date.parse(at)) return refused
        const course = startAt(ticket).move({ type: 'promise', by }, at)
        const until = deadline(by, civilDate(new Date(at)))
        const told = ticket.channel === 'web' ? 'handoff.callback_promised_web' : 'handoff.callback_promised'
        const replies = messages(course.ticket, key, at, () => [{ text: t(told, { by: until }) }])
        return { from: ticket, to: course.ticket, moves: course.moves, replies }
      }),

    ask: (conversationId, agent, field, key) =>
      act(conversationId, agent, key, (ticket, _last, at) => {
        if (ticket === undefined) return refused
        if (ticket.asking !== undefined) return { ok: false, code: 'asking_already' }
        const course = taken(ticket, agent, at)
        if ('ok' in course) return course
        const announced = joining(course.ticket, agent)
        const spoke = course.move({ type: 'answer', agentId: agent.id }, at)
        const to = touched(spoke.ticket, { asking: { field } }, at)
        return {
          from: ticket,
          to,
          moves: spoke.moves,
          replies: messages(to, key, at, () => announced),
          next: { kind: 'event', event: 'desk_asks', ticketId: to.id, field },
        }
      }),

    takeOver: (conversationId, supervisor, key) =>
      act(conversationId, supervisor, key, (ticket, last, at) => {
        if (supervisor.supervisor !== true) return refused
        const known = ticket ?? begun(conversationId, last?.channel, key, at)
        if (known === undefined) return notFound
        if (ticket?.agentId === supervisor.id && ownerOf(ticket) === 'agent') return undefined
        const course = taken(known, supervisor, at, true)
        if ('ok' in course) return course
        return { from: ticket, to: course.ticket, moves: course.moves }
      }),

    present: (agent) => desk.agents.put(agent, PRESENT_MS),
    leave: (agentId) => desk.agents.remove(agentId),
    agents: () => desk.agents.list(),
    stop: tickets.stop,
  }
}

/** What the table of moves refuses is refused to whoever acts. */
function allowed(plan: () => Plan | Refused | undefined): Plan | Refused | undefined {
  try {
    return plan()
  } catch (error) {
    if (error instanceof AppError && error.code === 'ticket_move_refused') return refused
    throw error
  }
}

const notFound = { ok: false, code: 'not_found' } as const
const refused = { ok: false, code: 'refused' } as const

/** A ticket on its way through moves, which the database is to know. */
type Course = {
  ticket: Ticket
  moves: { move: string; ticket: Ticket }[]
  move(move: Move, at: string): Course
}

/** @throws AppError `ticket_move_refused` from `move` */
function startAt(ticket: Ticket, moves: Course['moves'] = []): Course {
  return {
    ticket,
    moves,
    move(move, at) {
      const next = moved(ticket, move, at)
      return startAt(next, [...moves, { move: move.type, ticket: next }])
    },
  }
}

/** A ticket for a conversation that nobody had asked to hand over; undefined when its channel is not known. */
function begun(
  conversationId: string,
  channel: ChannelId | undefined,
  key: string,
  at: string,
): Ticket | undefined {
  if (channel === undefined) return undefined
  const brief: Ticket['brief'] = { level: 'none', facts: [], done: [], failed: [], flags: [] }
  const wish = { conversationId, channel, why: 'taken', skill: 'geral', priority: 3, brief } as const
  return newTicket(wish, hash('sha256', key, 'base64url').slice(0, 16), at)
}
