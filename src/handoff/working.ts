import type { Clock } from '../clock'
import type { Records } from '../store/store'
import type { Status } from './api-schemas'
import type { DeskService } from './desk'
import type { AgentSession } from './session'

/** What each agent chose to be, for as long as a working day. */
const CHOICE_SECONDS = 12 * 3600

/** `unanswered`: they were given somebody and did not answer, so nobody else is given to them until they say so. */
export type Choice = { status: Status; since: number; because?: 'unanswered' }

export type Working = ReturnType<typeof createWorking>

/**
 * Who is at work. An agent's choice is kept apart from their presence: presence lapses by itself when their console
 * is gone, and comes back with it.
 */
export function createWorking(options: {
  desk: Pick<DeskService, 'agents' | 'present' | 'leave'>
  records: Records
  capacity: number
  clock: Clock
}) {
  const { desk, records, capacity, clock } = options
  const place = (id: string) => `desk-status:${id}`

  async function chosen(id: string): Promise<Choice> {
    return ((await records.get(place(id))) as Choice | undefined) ?? { status: 'offline', since: 0 }
  }

  async function stay(agent: AgentSession): Promise<Choice> {
    const choice = await chosen(agent.id)
    await present(agent, choice)
    return choice
  }

  async function present(agent: AgentSession, { status, since }: Choice): Promise<void> {
    if (status === 'offline') return
    const { id, name, skills, role } = agent
    const supervisor = role === 'supervisor' && { supervisor: true as const }
    await desk.present({ id, name, skills, capacity, status, since, ...supervisor })
  }

  async function choose(agent: AgentSession, status: Status): Promise<void> {
    const before = await chosen(agent.id)
    const since = before.status === status ? before.since : clock.now().getTime()
    await records.set(place(agent.id), { status, since }, CHOICE_SECONDS)
    if (status === 'offline') await desk.leave(agent.id)
    else await stay(agent)
  }

  return {
    capacity,
    status: async (id: string): Promise<Status> => (await chosen(id)).status,
    /** Told again and again while an agent's console is there. */
    stay,
    /** Their console closed: they are given nobody more, and keep whom they have until their presence lapses. */
    async closed(agent: AgentSession): Promise<void> {
      const choice = await chosen(agent.id)
      if (choice.status === 'available') await present(agent, { ...choice, status: 'pause' })
    },
    /** Whoever takes a conversation is here, if not for others. */
    async took(agent: AgentSession): Promise<void> {
      const { status } = await chosen(agent.id)
      if (status === 'offline') await choose(agent, 'pause')
    },
    /** They did not answer whom they were given. */
    async silent(agentId: string): Promise<void> {
      const { status, since } = await chosen(agentId)
      if (status !== 'available') return
      const pause: Choice = { status: 'pause', since, because: 'unanswered' }
      await records.set(place(agentId), pause, CHOICE_SECONDS)
      const agent = (await desk.agents()).find(({ id }) => id === agentId)
      if (agent !== undefined) await desk.present({ ...agent, status: 'pause' })
    },
    choose,
    async leave(agent: AgentSession): Promise<void> {
      await records.delete(place(agent.id))
      await desk.leave(agent.id)
    },
  }
}
