import { z } from 'zod'
import type { TurnDesk } from '../../dialogs/service'
import type { Clock } from '../../src/clock'
import { createDesk } from '../../src/handoff/desk'
import { central135 } from '../../src/handoff/hours'
import { inboundOf } from '../../src/handoff/messages'
import { createOffers, leaveRecentWaits } from '../../src/handoff/offer'
import { moved, newTicket, outcomes, skills, type Ticket } from '../../src/handoff/ticket'
import { createLog } from '../../src/log'
import type { JournalEntry, Store } from '../../src/store/store'
import { inRegister } from '../../src/text'

/** The people of a conversation's script; without it there are none, and the Central 135 is named. */
export const peopleOfScript = z.strictObject({
  /** Who is at work, with all skills unless they are named. */
  at_work: z.array(z.string()),
  skills: z.array(z.enum(skills)).optional(),
  /** How many wait already. */
  ahead: z.number().optional(),
  /** What people waited of late, in minutes. */
  waits: z.tuple([z.number(), z.number()]).optional(),
})
type PeopleOfScript = z.infer<typeof peopleOfScript>

export const deskStep = z.strictObject({
  /** Nobody can be reached. */
  down: z.boolean().optional(),
  arrives: z.string().optional(),
  leaves: z.string().optional(),
  /** Who acts below; by default the first at work. */
  agent: z.string().optional(),
  claims: z.literal(true).optional(),
  /** A message of the agent's, who takes the conversation with it. */
  says: z.string().optional(),
  /** Has the bot ask this field, or a login. */
  asks: z.string().optional(),
  gives_back: z.enum(['resume', 'menu']).optional(),
  closes: z.enum(outcomes).optional(),
  starts: z.string().optional(),
  /** A call-back until this instant. */
  promises: z.string().optional(),
  /** What the person wrote just before, and is read just after. */
  meanwhile: z.string().optional(),
  /** The line's time is up. */
  expires: z.literal(true).optional(),
})
type DeskStep = z.infer<typeof deskStep>

const LONG_MS = 400 * 86_400_000
/** As the product's default: so many open minutes until a call-back is owed. */
const CALLBACK_MINUTES = 240

/** The desk of a script: real tickets, hours and offers; only its figures are given. */
export async function openPeople(
  store: Store,
  clock: Clock,
  given: PeopleOfScript,
  channelOf: Parameters<typeof createDesk>[0]['channelOf'] = () => undefined,
) {
  const state = { down: false }
  let acts = 0
  const service = createDesk({
    desk: store.desk,
    clock,
    log: createLog({ level: 'silent' }),
    channelOf,
    mostWaitMinutes: 60,
  })
  const looked = new Map<string, number>()
  const { desk } = store
  const offer = createOffers({
    desk: {
      open: () => (state.down ? Promise.reject(new Error('down')) : service.open()),
      agents: service.agents,
    },
    records: store.records,
    hours: central135,
    callbackMinutes: CALLBACK_MINUTES,
    elsewhere: false,
    clock,
  })
  if (given.waits !== undefined) await leaveRecentWaits(store.records, { all: given.waits })
  for (let each = 0; each < (given.ahead ?? 0); each += 1) await wait(`before-${each}`)
  for (const name of given.at_work) await arrive(name)

  async function wait(conversationId: string): Promise<void> {
    const at = clock.now().toISOString()
    const brief = { level: 'none', facts: [], done: [], failed: [], flags: [] } as const
    const wish = { conversationId, channel: 'web', why: 'asked', skill: 'geral', priority: 3 } as const
    const ticket = newTicket(
      { ...wish, brief: { ...brief, facts: [], done: [], failed: [], flags: [] } },
      'w',
      at,
    )
    const queued = moved(ticket, { type: 'queue' }, at)
    await desk.change(conversationId, { ticket: { from: undefined, to: queued } })
  }

  /** What happened so far, as the database will know it. */
  async function journal(): Promise<JournalEntry[]> {
    const places = Array.from({ length: desk.journal.places }, (_, place) => place)
    const taken = await Promise.all(places.map((place) => desk.journal.take(place, 1000)))
    return taken.flatMap(({ entries }) => entries)
  }

  /** As the leader's sweep does it. */
  async function expire(id: string, key: string): Promise<{ ok: true }> {
    const ticket = await desk.ticket(id)
    if (ticket === undefined) throw new Error('nobody waits')
    const at = clock.now().toISOString()
    const to = moved(ticket, { type: 'expire' }, at)
    const next = inboundOf(to, { kind: 'event', event: 'desk_expired', ticketId: to.id }, at)
    await desk.change(id, { ticket: { from: ticket, to }, next, key })
    return { ok: true }
  }

  async function arrive(name: string): Promise<void> {
    const since = clock.now().getTime()
    const presence = {
      id: name,
      name,
      skills: given.skills ?? skills,
      capacity: 3,
      status: 'available',
      since,
    } as const
    await desk.agents.put(presence, LONG_MS)
  }

  return {
    state,
    turnDesk: (): TurnDesk => ({ offer }),
    async act(id: string, step: DeskStep): Promise<void> {
      if (step.down !== undefined) state.down = step.down
      if (step.arrives !== undefined) await arrive(step.arrives)
      if (step.leaves !== undefined) await desk.agents.remove(step.leaves)
      acts += 1
      const key = `act-${acts}`
      const name = step.agent ?? given.at_work[0] ?? ''
      const agent = { id: name, name }
      const results = [
        step.claims && (await service.claim(id, agent, key)),
        step.says !== undefined && (await service.speak(id, agent, { text: step.says }, key)),
        step.asks !== undefined && (await service.ask(id, agent, step.asks, key)),
        step.gives_back !== undefined && (await service.giveBack(id, agent, step.gives_back, key)),
        step.closes !== undefined && (await service.close(id, agent, step.closes, key)),
        step.starts !== undefined && (await service.start(id, agent, step.starts, key)),
        step.promises !== undefined && (await service.promise(id, agent, step.promises, key)),
        step.expires && (await expire(id, key)),
      ]
      const refusal = results.find((result) => result && !result.ok)
      if (refusal) throw new Error(`the desk refused: ${JSON.stringify(refusal)}`)
    },
    stop: service.stop,
    /** What an agent sees of who waits: why and for whom, what the bot knows, and what was written since they looked last. */
    async seen(conversationId: string): Promise<string[]> {
      const ticket = await desk.ticket(conversationId)
      const lines = await desk.lines(conversationId, looked.get(conversationId))
      looked.set(conversationId, lines.at(-1)?.number ?? 0)
      const ratings = (await journal()).flatMap((entry) => {
        return entry.kind === 'satisfaction' ? [`rated: ${entry.value}`] : []
      })
      const told = lines.filter(({ who, typed }) => who === 'person' || who === 'note' || typed !== undefined)
      return inRegister(undefined, () => [
        ...(ticket === undefined ? ['no ticket'] : briefOf(ticket)),
        ...ratings,
        ...told.map(({ who, text, typed }) => {
          return `${who}: ${text}${typed === undefined ? '' : ` = ${typed.field}: ${typed.value}`}`
        }),
      ])
    },
  }
}

function briefOf({ state, why, skill, priority, callback, outcome, brief }: Ticket): string[] {
  const facts = brief.facts.map(({ name, value, confirmed }) => `${name} ${value}${confirmed ? '' : ' (?)'}`)
  return [
    `${state}: ${why}, ${skill}, ${priority}${callback ? `, ${callback.by}` : ''}${outcome ? `, ${outcome}` : ''}`,
    [brief.level, brief.intent, brief.service, ...brief.flags].filter(Boolean).join(', '),
    ...facts,
    ...brief.done.map((each) => `done: ${each}`),
    ...brief.failed.map((each) => `failed: ${each}`),
  ]
}
