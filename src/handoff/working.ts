import type { Clock } from '../clock'
import type { Records } from '../store/store'
import type { Status } from './api-schemas'
import type { DeskService } from './desk'
import type { AgentSession } from './session'

/** What each agent chose to be, for as long as a working day. */
const CHOICE_SECONDS = 12 * 3600

type Choice = { status: Status; since: number }

export type Working = ReturnType<typeof createWorking>

/**
 * Who is at work. An agent's choice is kept apart from their presence: presence lapses by itself when their console
 * is gone, and comes back with it.
 */
export function createWorking(options: {
  desk: Pick<DeskService, 'present' | 'leave'>
  records: Records
  capacity: number
  clock: Clock
}) {
  const { desk, records, capacity, clock } = options
  const place = (id: string) => `desk-status:${id}`

  async function chosen(id: string): Promise<Choice> {
    return ((await records.get(place(id))) as Choice | undefined) ?? { status: 'offline', since: 0 }
  }

  async function stay(agent: AgentSession): Promise<void> {
    const { status, since } = await chosen(agent.id)
    if (status === 'offline') return
    const { id, name, skills, role } = agent
    await desk.present({
      id,
      name,
      skills,
      capacity,
      status,
      since,
      ...(role === 'supervisor' && { supervisor: true }),
    })
  }

  return {
    capacity,
    status: async (id: string): Promise<Status> => (await chosen(id)).status,
    /** Told again and again while an agent's console is there. */
    stay,
    async choose(agent: AgentSession, status: Status): Promise<void> {
      const before = await chosen(agent.id)
      const since = before.status === status ? before.since : clock.now().getTime()
      await records.set(place(agent.id), { status, since }, CHOICE_SECONDS)
      if (status === 'offline') await desk.leave(agent.id)
      else await stay(agent)
    },
    async leave(agent: AgentSession): Promise<void> {
      await records.delete(place(agent.id))
      await desk.leave(agent.id)
    },
  }
}
