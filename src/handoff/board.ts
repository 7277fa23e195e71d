import { type Clock, civilDate } from '../clock'
import type { Presence } from '../store/store'
import type { Board } from './api-schemas'
import type { DeskHistory } from './history'
import type { Hours } from './hours'
import { skills, type Ticket } from './ticket'

type Agent = Presence & { workedAt?: number }
type Figures = Awaited<ReturnType<DeskHistory['figures']>>

/** A call-back owed within so long is looked after first. */
const SOON_MS = 30 * 60_000

/** The board as it is now: who waits, who works, and the figures of today. */
export function boardOf(parts: {
  tickets: Ticket[]
  agents: Agent[]
  figures: Figures
  hours: Hours
  clock: Clock
}): Board {
  const { tickets, agents, figures, hours, clock } = parts
  const at = clock.now()
  const now = at.getTime()
  const inState = (...states: Ticket['state'][]) => tickets.filter(({ state }) => states.includes(state))
  const queued = inState('queued')
  const owed = inState('callback').map(({ callback }) => Date.parse(callback?.by ?? '') - now)
  const waits = queued.map(({ queuedAt, requestedAt }) => now - Date.parse(queuedAt ?? requestedAt))
  const open = hours.isOpen(at)
  return {
    at: at.toISOString(),
    open,
    ...(!open && { nextOpening: hours.nextOpening(at) }),
    waiting: queued.length,
    ...(waits.length > 0 && { longestWait: Math.round(Math.max(...waits) / 1000) }),
    bySkill: skills.map((skill) => ({
      skill,
      waiting: queued.filter((ticket) => ticket.skill === skill).length,
      agents: agents.filter((agent) => agent.status === 'available' && agent.skills.includes(skill)).length,
    })),
    assigned: inState('assigned').length,
    talking: inState('agent').length,
    idle: inState('idle').length,
    unanswered: tickets.filter(({ reminded }) => reminded === true).length,
    callbacks: {
      open: owed.length,
      soon: owed.filter((left) => left >= 0 && left < SOON_MS).length,
      late: owed.filter((left) => left < 0).length,
    },
    wait: figures.wait,
    sla: figures.sla,
    outcomes: figures.outcomes,
    containment: figures.containment,
    csat: figures.csat,
    agents: agents.map(({ id, name, skills, capacity, status, supervisor, since, workedAt }) => {
      const has = inState('assigned', 'agent', 'idle').filter(({ agentId }) => agentId === id).length
      return {
        id,
        name,
        role: supervisor === true ? 'supervisor' : 'agent',
        skills: [...skills],
        status,
        open: has,
        capacity,
        ...(has === 0 && { freeSince: new Date(Math.max(since, workedAt ?? 0)).toISOString() }),
      }
    }),
  }
}

/** Today, as a question to the history. */
export function today(clock: Clock): { from: string; to: string } {
  const on = civilDate(clock.now())
  return { from: on, to: on }
}
