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
  endedAt?: string
  /** Whose it is while assigned, agent or idle. */
  agentId?: string
  /** Those who had it and lost it by not answering or by leaving: they are not offered it again at once. */
  passedOver?: string[]
  /** The position last told to the person. */
  toldPosition?: number
  callback?: Callback
  /** How it ended. */
  outcome?: TicketOutcome
  /** What the bot knew when it handed over; never more data than needed. */
  brief: Brief
  /** What the person should be asked by the bot on the agent's behalf, and came back typed. */
  asking?: { field: string; questionId: string; tries: number }
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

/** A promise to write or ring: `by` is the deadline (ISO 8601), `promisedAt` when it was given. */
export type Callback = { promisedAt: string; by: string }

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
  | { type: 'queue' }
  | { type: 'assign'; agentId: string }
  /** The agent spoke for the first time, or again after a silence. */
  | { type: 'answer'; agentId: string }
  | { type: 'idle' }
  /** Back to the head of the line: not answered in time, or the agent dropped. */
  | { type: 'requeue'; skill?: Skill }
  | { type: 'transfer'; agentId: string }
  | { type: 'return' }
  | { type: 'close'; outcome: TicketOutcome }
  | { type: 'expire' }
  | { type: 'promise'; by: string }

/** The table of allowed moves; what is not in it is refused. */
const moves: Record<TicketState, Partial<Record<Move['type'], TicketState>>> = {
  requested: { queue: 'queued', assign: 'assigned', return: 'returned', expire: 'expired' },
  queued: { assign: 'assigned', return: 'returned', expire: 'expired' },
  assigned: { answer: 'agent', requeue: 'queued', transfer: 'assigned', return: 'returned', close: 'closed' },
  agent: {
    answer: 'agent',
    idle: 'idle',
    requeue: 'queued',
    transfer: 'assigned',
    return: 'returned',
    close: 'closed',
  },
  idle: { answer: 'agent', requeue: 'queued', transfer: 'assigned', return: 'returned', close: 'closed' },
  expired: { promise: 'callback', return: 'returned' },
  callback: { assign: 'assigned', return: 'returned', close: 'closed' },
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

/**
 * The ticket after a move.
 * @throws AppError `ticket_move_refused` when the table does not allow it
 */
export function moved(ticket: Ticket, move: Move, at: string): Ticket {
  const state = moves[ticket.state][move.type]
  if (state === undefined) throw new AppError('ticket_move_refused')
  const { agentId, ...rest } = ticket
  const next: Ticket = { ...rest, state, version: ticket.version + 1, touchedAt: at }
  switch (move.type) {
    case 'queue':
      return { ...next, queuedAt: ticket.queuedAt ?? at }
    case 'assign':
    case 'transfer':
      return { ...next, agentId: move.agentId, assignedAt: at }
    case 'answer':
      return { ...next, agentId: move.agentId, answeredAt: ticket.answeredAt ?? at }
    case 'idle':
      return { ...next, ...(agentId !== undefined && { agentId }) }
    case 'requeue': {
      const passedOver = agentId === undefined ? ticket.passedOver : [...(ticket.passedOver ?? []), agentId]
      return {
        ...next,
        queuedAt: ticket.queuedAt ?? ticket.requestedAt,
        ...(passedOver !== undefined && { passedOver }),
        ...(move.skill !== undefined && { skill: move.skill }),
      }
    }
    case 'promise':
      return { ...next, callback: { promisedAt: at, by: move.by } }
    case 'close':
      return { ...next, ...(agentId !== undefined && { agentId }), outcome: move.outcome, endedAt: at }
    case 'return':
    case 'expire':
      return {
        ...next,
        ...(agentId !== undefined && { agentId }),
        ...(move.type === 'return' && { endedAt: at }),
      }
  }
}
