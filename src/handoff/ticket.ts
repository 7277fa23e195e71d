import { AppError } from '../errors'
import type { ChannelId } from '../message'

/**
 * A wish to speak to a person, from the moment it is offered until a person ended it. One conversation has at most one
 * that is open; who owns the conversation follows from its state alone.
 */
export type Ticket = {
  id: string
  conversationId: string
  channel: ChannelId
  state: TicketState
  /** Grows with every change; a change that names an older one is refused. */
  version: number
  why: Why
  skill: Skill
  /** Whoever needs it more comes first; within one, whoever waited longer. */
  priority: Priority
  /** When each came, ISO 8601 in UTC. `queuedAt` keeps the place in the line, also after it was given back. */
  requestedAt: string
  queuedAt?: string
  assignedAt?: string
  answeredAt?: string
  /** When something last happened in it: a message of either side, or a move. */
  touchedAt: string
  /** When the person, and when an agent, last wrote: who is waited for. */
  heardAt?: string
  spokeAt?: string
  /** Since when the person waits for an answer of the agent they talk to, and that the agent was reminded. */
  owedSince?: string
  reminded?: true
  /** The agent who last spoke; another one is announced. */
  spokenBy?: string
  /** Past this nobody waits in the line any longer: a call-back is offered. */
  waitUntil?: string
  endedAt?: string
  /** Whose it is while assigned, agent or idle. */
  agentId?: string
  /** Those who had it and lost it by not answering or by leaving: they are not offered it again at once. */
  passedOver?: string[]
  /** The position last told to the person, and when. */
  toldPosition?: number
  toldAt?: string
  /** It was said to the person that what they write while they wait is kept. */
  acknowledged?: true
  callback?: Callback
  /** How it ended. */
  outcome?: TicketOutcome
  /** What the bot knew when it handed over; never more data than needed. */
  brief: Brief
  /** What the bot asks the person on the agent's behalf, until the answer comes back typed. */
  asking?: { field: string }
}

export type TicketState =
  | 'requested'
  | 'queued'
  | 'assigned'
  | 'agent'
  | 'idle'
  | 'returned'
  | 'closed'
  | 'expired'
  | 'callback'

export type Owner = 'bot' | 'queue' | 'agent'

export type Why =
  | 'asked'
  | 'not_understood'
  | 'login_failed'
  | 'crisis'
  | 'complaint'
  | 'service_needs_person'
  | 'bot_failed'
  | 'turned_off'
  /** An agent or a supervisor took a conversation nobody had asked to hand over. */
  | 'taken'

export const skills = [
  'beneficio',
  'pagamento',
  'recurso',
  'cadastro',
  'acessibilidade',
  'crise',
  'geral',
] as const
export type Skill = (typeof skills)[number]

/** 0 crisis, 1 eighty years or older, 2 disability, 3 everybody else. */
export type Priority = 0 | 1 | 2 | 3

export const outcomes = [
  'resolved',
  'informed',
  'forwarded',
  'no_answer',
  'gave_up',
  'duplicate',
  'abuse',
] as const
export type TicketOutcome = (typeof outcomes)[number]

/**
 * A promise to write: `by` is the deadline (ISO 8601), `promisedAt` when it was given. `late`: the person was told that
 * it was missed.
 */
export type Callback = { promisedAt: string; by: string; late?: true }

export type Brief = {
  /** How sure we are who it is; `none` when nobody logged in. */
  level: 'none' | 'bronze' | 'silver' | 'gold'
  intent?: string
  service?: string
  /** Facts of the open service by name, as text keys can show them, and whether the person confirmed them. */
  facts: { name: string; value: string; confirmed: boolean }[]
  /** What was done (protocols) and what was tried and failed (codes). */
  done: string[]
  failed: string[]
  flags: ('crisis' | 'anger')[]
}

/** What may happen to a ticket. */
export type Move =
  | { type: 'queue'; until?: string }
  | { type: 'assign'; agentId: string }
  /** The agent spoke for the first time, or again after a silence. */
  | { type: 'answer'; agentId: string }
  /** The person wrote. */
  | { type: 'write' }
  /** The person has been silent for long. */
  | { type: 'idle' }
  /** Back to the head of the line: not answered in time, the agent dropped, or it goes to another skill. */
  | { type: 'requeue'; skill?: Skill; until?: string }
  | { type: 'transfer'; agentId: string }
  /** Back to the bot; `outcome` when it also says how it ended (the person gave up, or disappeared). */
  | { type: 'return'; outcome?: TicketOutcome }
  | { type: 'close'; outcome: TicketOutcome }
  | { type: 'expire' }
  | { type: 'promise'; by: string }
  /** A call-back that was given to an agent who did not answer is owed again. */
  | { type: 'recall' }

/** The table of allowed moves; what is not in it is refused. */
const withAgent = {
  answer: 'agent',
  transfer: 'assigned',
  return: 'returned',
  close: 'closed',
  promise: 'callback',
} as const
const moves: Record<TicketState, Partial<Record<Move['type'], TicketState>>> = {
  requested: { queue: 'queued', assign: 'assigned', return: 'returned', expire: 'expired' },
  queued: { assign: 'assigned', write: 'queued', return: 'returned', expire: 'expired' },
  assigned: { ...withAgent, write: 'assigned', requeue: 'queued', recall: 'callback' },
  agent: { ...withAgent, write: 'agent', idle: 'idle', requeue: 'queued' },
  idle: { ...withAgent, write: 'agent', requeue: 'queued' },
  expired: { promise: 'callback', queue: 'queued', assign: 'assigned', return: 'returned' },
  callback: { assign: 'assigned', queue: 'queued', return: 'returned', close: 'closed' },
  returned: {},
  closed: {},
}

const owners: Record<TicketState, Owner> = {
  // The offer is a question of the bot; so is what follows a line that ended.
  requested: 'bot',
  expired: 'bot',
  callback: 'bot',
  returned: 'bot',
  closed: 'bot',
  queued: 'queue',
  assigned: 'agent',
  agent: 'agent',
  idle: 'agent',
}

/** Who speaks in a conversation with this ticket; without one, the bot. */
export function ownerOf(ticket: Ticket | undefined): Owner {
  return ticket === undefined ? 'bot' : owners[ticket.state]
}

export function isOpen(ticket: Ticket): boolean {
  return ticket.state !== 'returned' && ticket.state !== 'closed'
}

/** A wish as it begins, before any move. */
export type Wish = Pick<Ticket, 'conversationId' | 'channel' | 'why' | 'skill' | 'priority' | 'brief'>

/**
 * A new ticket, offered and not yet queued. Its id is made of the conversation's, so that either leads to the other.
 * @param name tells it from the other tickets of the conversation; letters, digits, `-` and `_`
 */
export function newTicket(wish: Wish, name: string, at: string): Ticket {
  const id = `${wish.conversationId}:${name}`
  return { ...wish, id, state: 'requested', version: 1, requestedAt: at, touchedAt: at }
}

/** The conversation of a ticket's id; undefined when it is none of ours. */
export function conversationOf(ticketId: string): string | undefined {
  return /^([\w.-]{1,80}):[\w-]{1,40}$/.exec(ticketId)?.[1]
}

/** What changed in a ticket without changing whose it is; `asking` undefined: nothing is asked any more. */
export function touched(ticket: Ticket, what: TicketNotes, at: string): Ticket {
  const { asking, ...rest } = { ...ticket, ...what }
  return { ...rest, ...(asking !== undefined && { asking }), version: ticket.version + 1, touchedAt: at }
}

type TicketNotes = Partial<
  Pick<
    Ticket,
    | 'why'
    | 'priority'
    | 'skill'
    | 'brief'
    | 'toldPosition'
    | 'toldAt'
    | 'acknowledged'
    | 'callback'
    | 'reminded'
  >
> & { asking?: Ticket['asking'] | undefined }

/**
 * The ticket after a move.
 * @throws AppError `ticket_move_refused` when the table does not allow it
 */
export function moved(ticket: Ticket, move: Move, at: string): Ticket {
  const state = moves[ticket.state][move.type]
  if (state === undefined) throw new AppError('ticket_move_refused')
  const { agentId, asking, owedSince, reminded, ...rest } = ticket
  const next: Ticket = { ...rest, state, version: ticket.version + 1, touchedAt: at }
  const same = { ...next, ...(agentId !== undefined && { agentId }), ...(asking !== undefined && { asking }) }
  switch (move.type) {
    case 'queue': {
      // Who waits in the line is owed nothing later.
      const { callback: _callback, ...waiting } = next
      return { ...waiting, queuedAt: ticket.queuedAt ?? at, ...(move.until && { waitUntil: move.until }) }
    }
    case 'assign': {
      // A call-back comes while they do something else, so that they are told anew who reads now.
      const { acknowledged, ...given } = next
      const told = ticket.state !== 'callback' && acknowledged === true
      return { ...given, ...(told && { acknowledged }), agentId: move.agentId, assignedAt: at }
    }
    case 'transfer':
      return { ...next, agentId: move.agentId, assignedAt: at }
    case 'answer':
      return {
        ...same,
        agentId: move.agentId,
        answeredAt: ticket.answeredAt ?? at,
        spokeAt: at,
        spokenBy: move.agentId,
      }
    case 'write':
      return {
        ...same,
        heardAt: at,
        ...(state === 'agent' && { owedSince: owedSince ?? at }),
        ...(reminded !== undefined && { reminded }),
      }
    case 'idle':
      return same
    case 'requeue':
      return {
        ...next,
        queuedAt: ticket.queuedAt ?? ticket.requestedAt,
        ...passedOver(ticket),
        ...(move.skill !== undefined && { skill: move.skill }),
        ...(move.until !== undefined && { waitUntil: move.until }),
      }
    case 'recall':
      return { ...next, ...passedOver(ticket) }
    case 'promise':
      return { ...next, callback: { promisedAt: at, by: move.by } }
    case 'close':
    case 'return':
      return {
        ...next,
        ...(agentId !== undefined && { agentId }),
        ...(move.outcome !== undefined && { outcome: move.outcome }),
        endedAt: at,
      }
    case 'expire':
      return next
  }
}

function passedOver({ agentId, passedOver = [] }: Ticket): Pick<Ticket, 'passedOver'> {
  if (agentId === undefined || passedOver.includes(agentId)) return { passedOver }
  return { passedOver: [...passedOver, agentId] }
}
