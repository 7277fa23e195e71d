import type { Presence } from '../store/store'
import type { Skill, Ticket } from './ticket'

/** After so much waiting somebody comes one class of need further, so that nobody waits for ever. */
const AGES_AFTER_MS = 15 * 60_000

/** Those who wait for their turn, the next one first. Danger comes before everything, however long others waited. */
export function inLine(tickets: Ticket[], now: number): Ticket[] {
  return tickets
    .filter(({ state }) => state === 'queued')
    .map((ticket) => {
      const since = waitsSince(ticket)
      return { ticket, since, need: needOf(ticket, now - since) }
    })
    .sort((a, b) => a.need - b.need || a.since - b.since || (a.ticket.id < b.ticket.id ? -1 : 1))
    .map(({ ticket }) => ticket)
}

function needOf({ priority }: Ticket, waited: number): number {
  if (priority === 0) return 0
  return Math.max(1, priority - Math.floor(Math.max(0, waited) / AGES_AFTER_MS))
}

export function waitsSince({ queuedAt, requestedAt }: Ticket): number {
  return Date.parse(queuedAt ?? requestedAt)
}

/** Whether somebody with these skills can help; what is general anybody can. */
export function canTake(skills: readonly Skill[], skill: Skill): boolean {
  return skill === 'geral' || skills.includes(skill)
}

/**
 * Who of those at work can take a ticket. Where nobody at work has its skill anybody can: it must not wait for
 * somebody who is not there.
 */
export function ableAgents<A extends Pick<Presence, 'skills'>>(
  agents: A[],
  { skill }: Pick<Ticket, 'skill'>,
): A[] {
  const able = agents.filter(({ skills }) => canTake(skills, skill))
  return able.length > 0 ? able : agents
}

/**
 * The place in the line, from 1: those before it who wait for an agent that could take it, too.
 * @returns undefined when it does not wait
 */
export function placeOf(
  ticket: Pick<Ticket, 'id'>,
  line: Ticket[],
  agents: Pick<Presence, 'skills'>[],
): number | undefined {
  const at = line.findIndex(({ id }) => id === ticket.id)
  const own = line[at]
  if (own === undefined) return undefined
  const able = ableAgents(agents, own)
  const before = line.slice(0, at).filter((other) => {
    return other.skill === own.skill || ableAgents(agents, other).some((agent) => able.includes(agent))
  })
  return before.length + 1
}
