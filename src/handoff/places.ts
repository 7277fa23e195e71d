import type { Presence } from '../store/store'
import { ableAgents } from './line'
import { type Skill, skills, type Ticket } from './ticket'

/** The place of each in the line, as `placeOf` has it, worked out for all of them at once. */
export function placesOf(line: Ticket[], agents: Pick<Presence, 'skills'>[]): Map<string, number> {
  const able = new Map(skills.map((skill) => [skill, ableAgents(agents, { skill })]))
  const share = (a: Skill, b: Skill) =>
    a === b || able.get(a)?.some((agent) => able.get(b)?.includes(agent)) === true
  const rivals = new Map(skills.map((skill) => [skill, skills.filter((other) => share(skill, other))]))
  const before = new Map<Skill, number>()
  const places = new Map<string, number>()
  for (const { id, skill } of line) {
    const ahead = (rivals.get(skill) ?? []).reduce((sum, rival) => sum + (before.get(rival) ?? 0), 0)
    places.set(id, ahead + 1)
    before.set(skill, (before.get(skill) ?? 0) + 1)
  }
  return places
}
