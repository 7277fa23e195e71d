import { setTimeout as wait } from 'node:timers/promises'
import type { Channel } from '../../src/channels/channel'
import { createGateway, type Gateway } from '../../src/gateway'
import { createDesk, type DeskService } from '../../src/handoff/desk'
import { runRouter } from '../../src/handoff/router'
import type { Ticket } from '../../src/handoff/ticket'
import type { Inbound, Outbound } from '../../src/message'
import type { Store } from '../../src/store/store'
import { contextOf, scriptedBot, silentLog } from './world'

export type Load = { people: number; agents: number; thinkMs: number }

export type LoadResult = {
  /** What went wrong, in words; empty when nothing did. */
  faults: string[]
  /** From the moment an agent was free until the next conversation could be seen by them, in milliseconds, sorted. */
  assignment: number[]
  queueSeconds: number
  serveSeconds: number
  messages: number
}

const clock = { now: () => new Date() }

/**
 * People queue, each writes once more while they wait, and agents then serve all of them, one at a time each: two
 * replies with the person's answer between them, then the end. Two processes share the store.
 */
export async function serveEverybody(stores: [Store, Store], load: Load): Promise<LoadResult> {
  const sent: Outbound[] = []
  const channel: Channel = {
    id: 'web',
    whenUnknown: 'resend',
    showsSpeaker: true,
    async send(message) {
      sent.push(message)
      hear.get(message.conversationId)?.(message)
    },
  }
  /** What each person does with what they are sent. */
  const hear = new Map<string, (message: Outbound) => void>()
  const processes = await Promise.all(stores.map((store, index) => startSide(store, `p${index}`, channel)))
  const sideOf = (index: number) => processes[index % 2] as Side
  const ids = Array.from({ length: load.people }, (_, index) => `person-${index}`)
  const write = (index: number, number: number, text: string) => {
    const conversationId = ids[index] as string
    const id = `${conversationId}-m${number}`
    const at = clock.now().toISOString()
    const message: Inbound = { id, channel: 'web', conversationId, at, kind: 'text', text }
    return sideOf(index + number).gateway.receive({ ...message, address: 'here' })
  }

  const queueing = performance.now()
  await Promise.all(ids.map((_, index) => write(index, 1, 'm1 pessoa')))
  await Promise.all(ids.map((_, index) => write(index, 2, 'enquanto espero')))
  await until(async () => (await sideOf(0).desk.open()).filter(isQueued).length === load.people)
  await until(() => count(sent, 'Anotei') === load.people)
  const queueSeconds = (performance.now() - queueing) / 1000

  const agents = Array.from({ length: load.agents }, (_, index) => ({
    id: `agent-${index}`,
    name: `Ana ${index}`,
  }))
  const served = new Map<string, string>()
  const faults: string[] = []
  const assignment: number[] = []
  const freeSince = new Map<string, number>()
  let open = load.people

  async function serve(side: Side, ticket: Ticket): Promise<void> {
    const agent = agents.find(({ id }) => id === ticket.agentId)
    if (agent === undefined) return void faults.push('assigned to nobody')
    const since = freeSince.get(agent.id)
    if (since !== undefined) assignment.push(performance.now() - since)
    freeSince.delete(agent.id)
    const { conversationId } = ticket
    if (served.has(conversationId)) faults.push(`${conversationId} was assigned twice`)
    served.set(conversationId, agent.id)
    const index = ids.indexOf(conversationId)
    const say = (number: number) =>
      side.desk.speak(
        conversationId,
        agent,
        { text: `resposta ${number} de ${agent.id}` },
        `${conversationId}-${number}`,
      )
    const answered = new Promise<void>((resolve) => {
      hear.set(conversationId, ({ text }) => {
        if (text.startsWith('resposta 1')) void write(index, 3, 'obrigado').then(() => resolve())
      })
    })
    await wait(Math.random() * load.thinkMs)
    const first = await say(1)
    if (!first.ok) faults.push(`${conversationId}: ${first.code}`)
    await answered
    await shows(side, conversationId, 'obrigado')
    await wait(Math.random() * load.thinkMs)
    const second = await say(2)
    // The same once more, as after a lost answer.
    await say(2)
    if (!second.ok) faults.push(`${conversationId}: ${second.code}`)
    // The next one may be there before this call is answered.
    freeSince.set(agent.id, performance.now())
    const closed = await side.desk.close(conversationId, agent, 'resolved', `${conversationId}-close`)
    if (!closed.ok) faults.push(`${conversationId}: ${closed.code}`)
    open -= 1
  }

  /** Resolves when the agent can read it, looking when told that something changed, as the console does. */
  function shows(side: Side, conversationId: string, wanted: string): Promise<void> {
    return new Promise((resolve) => {
      const look = async () => {
        const lines = await side.desk.lines(conversationId)
        if (!lines.some(({ text }) => text === wanted)) return
        looks.delete(conversationId)
        resolve()
      }
      looks.set(conversationId, () => void look())
      void look()
    })
  }
  const looks = new Map<string, () => void>()

  for (const side of processes) {
    const mine = new Set<string>()
    side.desk.onChange((conversationId) => {
      if (conversationId === undefined) return
      looks.get(conversationId)?.()
      void side.desk.ticket(conversationId).then((ticket) => {
        const here =
          ticket?.agentId !== undefined && Number(ticket.agentId.slice(6)) % 2 === processes.indexOf(side)
        if (ticket?.state !== 'assigned' || !here || mine.has(ticket.id)) return
        mine.add(ticket.id)
        serve(side, ticket).catch((error: Error) => faults.push(error.message))
      })
    })
  }
  const serving = performance.now()
  const present = () =>
    Promise.all(
      agents.map(({ id, name }, index) => {
        const more = { skills: ['geral'], capacity: 1, status: 'available', since: serving } as const
        return sideOf(index).desk.present({ id, name, ...more })
      }),
    )
  await present()
  const beating = setInterval(() => void present(), 10_000)
  await until(() => open === 0, 120_000)
  const serveSeconds = (performance.now() - serving) / 1000
  clearInterval(beating)
  // What the bot says when a conversation is its own again.
  await until(() => count(sent, 'desk_closed') === load.people)

  for (const [index, id] of ids.entries()) {
    const agent = served.get(id)
    const got = sent
      .filter(({ conversationId }) => conversationId === id)
      .map(({ text }) => text.replace(/^bot \S+ /, 'bot '))
    const name = agents.find((each) => each.id === agent)?.name
    const expected = [
      'bot m1 pessoa',
      'Anotei',
      `${name},`,
      `resposta 1 de ${agent}`,
      `resposta 2 de ${agent}`,
      'bot desk_closed',
    ]
    const told = got.filter((text) => !text.startsWith('A fila andou'))
    const right =
      told.length === expected.length && told.every((text, place) => text.startsWith(expected[place] ?? ''))
    if (!right) faults.push(`${id} was sent ${JSON.stringify(got)}`)
    const wrote = (await sideOf(index).desk.lines(id))
      .filter(({ who }) => who === 'person')
      .map(({ text }) => text)
    if (wrote.join() !== 'm1 pessoa,enquanto espero,obrigado')
      faults.push(`of ${id} is shown ${wrote.join()}`)
  }
  for (const side of processes) await side.stop()
  return {
    faults,
    assignment: assignment.sort((a, b) => a - b),
    queueSeconds,
    serveSeconds,
    messages: sent.length,
  }
}

type Side = { desk: DeskService; gateway: Gateway; stop(): Promise<void> }

async function startSide(store: Store, name: string, channel: Channel): Promise<Side> {
  const common = { clock, log: silentLog }
  const channelOf = () => channel
  const turn = {
    ...common,
    store,
    bot: scriptedBot(),
    contextOf: async (_: Inbound, now: Date) => contextOf(now),
    channelOf,
  }
  const gateway = await createGateway({
    ...common,
    store,
    channels: [channel],
    work: { name, turn, opens: () => false },
  })
  const desk = createDesk({ ...common, desk: store.desk, channelOf, mostWaitMinutes: 60 })
  const routes = { answerMinutes: 3, replyMinutes: 5, mostWaitMinutes: 60, hours: { isOpen: () => true } }
  const router = runRouter({ ...common, desk, store: store.desk, channelOf, ...routes, name })
  return {
    desk,
    gateway,
    async stop() {
      await router.stop()
      desk.stop()
      await gateway.stop()
    },
  }
}

function isQueued({ state }: Ticket): boolean {
  return state === 'queued'
}

function count(sent: Outbound[], word: string): number {
  return sent.filter(({ text }) => text.includes(word)).length
}

async function until(holds: () => boolean | Promise<boolean>, withinMs = 60_000): Promise<void> {
  const end = performance.now() + withinMs
  while (!(await holds())) {
    if (performance.now() > end) throw new Error('it did not come true')
    await wait(20)
  }
}
