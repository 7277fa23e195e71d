import fc from 'fast-check'
import { type Channel, ChannelError } from '../../src/channels/channel'
import type { Agent, DeskResult } from '../../src/handoff/desk'
import type { Outbound } from '../../src/message'
import { createMemoryStore } from '../../src/store/memory'
import type { KeptLine, Presence } from '../../src/store/store'
import {
  createWitness,
  isOwned,
  type Process,
  START,
  scriptedBot,
  startProcess,
  textOf,
  throughStore,
} from './world'

const CONVERSATIONS = ['c0', 'c1', 'c2']
const AGENTS: Agent[] = [
  { id: 'a0', name: 'Ana' },
  { id: 'a1', name: 'Bia' },
  { id: 's0', name: 'Célia', supervisor: true },
]
const WORDS = ['pessoa', 'pessoa', 'oferta', 'depois', 'oi', 'voltar', 'socorro', 'deixa pra la']

const conversation = fc.nat(CONVERSATIONS.length - 1)
const who = fc.nat(AGENTS.length - 1)
const process = fc.nat(1)
const action = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('write'), conversation, word: fc.nat(WORDS.length - 1) }),
  },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('turn'), process }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('send'), process }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('route'), process, sweeping: fc.boolean() }) },
  {
    weight: 10,
    arbitrary: fc.record({
      do: fc.constantFrom(
        ...([
          'claim',
          'speak',
          'speak',
          'speak',
          'again',
          'over',
          'note',
          'transfer',
          'skill',
          'giveBack',
          'close',
        ] as const),
        ...(['start', 'promise', 'ask', 'takeOver'] as const),
      ),
      process,
      conversation,
      who,
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('race'), process, conversation }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('present', 'leave'), process, who }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('wait'), seconds: fc.constantFrom(1, 12, 45, 200, 700, 2000) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart'), process }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('fail') }) },
)
type Action = {
  do: string
  conversation?: number
  word?: number
  process?: number
  who?: number
  sweeping?: boolean
  seconds?: number
}

/** So many histories, each of up to sixty actions, up to five of them at the same time. */
const RUNS = Number(globalThis.process.env.OWNER_RUNS ?? 60)

describe('whatever happens in whatever order, in two processes', () => {
  it('one speaks, somebody moves it on, and no message is lost or doubled', async () => {
    let steps = 0
    const counted = { actions: 0, sent: 0, unsaid: 0, handovers: 0 }
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(fc.array(action, { minLength: 1, maxLength: 5 }), { minLength: 5, maxLength: 12 }),
        async (scheduler, batches) => {
          const world = createWorld(() => scheduler.schedule(Promise.resolve()))
          await scheduler.waitFor(world.begin())
          for (const batch of batches) {
            counted.actions += batch.length
            const done = Promise.all(batch.map((each) => world.act(each as Action)))
            await scheduler.waitFor(done)
            await scheduler.waitIdle()
            await world.check()
          }
          await scheduler.waitFor(world.end())
          const totals = await world.judge()
          steps += totals.steps
          counted.sent += totals.sent
          counted.unsaid += totals.unsaid
          counted.handovers += totals.handovers
        },
      ),
      { numRuns: RUNS, endOnFailure: globalThis.process.env.OWNER_RUNS !== undefined },
    )
    if (globalThis.process.env.OWNER_RUNS !== undefined) {
      globalThis.process.stderr.write(`${JSON.stringify({ runs: RUNS, steps, ...counted })}\n`)
    }
    // It would prove nothing if next to nothing happened.
    expect(counted.handovers).toBeGreaterThan(RUNS / 2)
    expect(counted.unsaid).toBeGreaterThan(RUNS / 20)
  }, 600_000)
})

/** @param pause lets anything else go first: every call of the store waits for it, and the bot thinks for three */
function createWorld(pause: () => Promise<void>) {
  let now = START
  let steps = 0
  let freely = false
  const clock = { now: () => new Date(now) }
  const store = createMemoryStore({ clock })
  const witness = createWitness(store, CONVERSATIONS)
  const scheduled = throughStore(witness.store, async (_name, _args, call) => {
    steps += 1
    if (!freely) await pause()
    return call()
  })
  const sent: Outbound[] = []
  const channel: Channel = {
    id: 'web',
    whenUnknown: 'resend',
    showsSpeaker: true,
    async send(message) {
      witness.sending(message, sent)
      if (failing > 0) {
        failing -= 1
        throw new ChannelError('http_503', 'retry')
      }
      if (!sent.some(({ id }) => id === message.id)) sent.push(message)
      if (!freely) await pause()
    },
  }
  const bot = scriptedBot(async () => {
    for (let thoughts = 0; thoughts < 3 && !freely; thoughts += 1) await pause()
  })
  const start = (name: string) => {
    const inDanger = (text: string) => text.endsWith('socorro')
    return startProcess({ name, store: scheduled, clock, channel, bot, inDanger })
  }
  const processes: [Process, Process] = [start('p0'), start('p1')]
  const written: { id: string; conversationId: string; text: string }[] = []
  /** Replies of agents the desk said yes to, by key. */
  const spoken = new Map<string, { conversationId: string; text: string }>()
  let count = 0
  /** So many of the next messages do not go out at once. */
  let failing = 0
  const said = new Map<string, KeptLine>()
  let lastSaid: { conversationId: string; who: Agent; text: string; key: string } | undefined

  const presence = ({ id, name, supervisor }: Agent): Presence => ({
    ...{ id, name, skills: ['geral', 'crise'], capacity: 2, status: 'available', since: now },
    ...(supervisor === true && { supervisor }),
  })

  async function act(action: Action): Promise<void> {
    const process = processes[action.process === 1 ? 1 : 0]
    const conversationId = CONVERSATIONS[action.conversation ?? 0] ?? 'c0'
    const agent = AGENTS[action.who ?? 0] as Agent
    const { desk } = process
    count += 1
    const key = `key-${count}`
    try {
      switch (action.do) {
        case 'write': {
          const message = textOf(`m${count}`, conversationId, WORDS[action.word ?? 0] ?? 'oi', clock.now())
          await store.inbox.append(message)
          if (message.kind === 'text') written.push({ id: message.id, conversationId, text: message.text })
          return
        }
        case 'turn':
          return await process.work()
        case 'race': {
          // The bot thinks about an answer while somebody takes over.
          await act({ ...action, do: 'write', word: WORDS.indexOf('oi') })
          const other = action.process === 1 ? 0 : 1
          await Promise.all([
            act({ ...action, do: 'turn' }),
            act({ ...action, do: 'over', process: other, who: 2 }),
          ])
          return
        }
        case 'send':
          return process.send()
        case 'route':
          return await process.route(action.sweeping ?? true)
        case 'wait':
          now += (action.seconds ?? 1) * 1000
          return
        case 'restart': {
          process.kill()
          const { name } = process
          processes[action.process === 1 ? 1 : 0] = start(`${name}+`)
          return
        }
        case 'present':
          return await desk.present(presence(agent))
        case 'leave':
          return await desk.leave(agent.id)
        case 'speak':
        case 'over': {
          const text = `fala ${count}`
          lastSaid = { conversationId, who: agent, text, key }
          const said = { text, ...(action.do === 'over' && { over: true, channel: 'web' as const }) }
          return heard(await desk.speak(conversationId, agent, said, key), conversationId, text, key)
        }
        case 'again': {
          // The network dropped, and the console sends the same again, perhaps to another process.
          if (lastSaid === undefined) return
          const { conversationId: where, who: again, text, key: same } = lastSaid
          return heard(await desk.speak(where, again, { text }, same), where, text, same)
        }
        case 'twice': {
          const text = `fala ${count}`
          const say = async ({ desk: one }: Process) =>
            heard(await one.speak(conversationId, agent, { text }, key), conversationId, text, key)
          await Promise.all(processes.map(say))
          return say(process)
        }
        case 'fail':
          failing = 2
          return
        case 'claim':
          return void (await desk.claim(conversationId, agent, key))
        case 'note':
          return void (await desk.note(conversationId, agent, 'nota', key))
        case 'transfer':
          return void (await desk.transfer(conversationId, agent, { agentId: 'a1' }, 'nota', key))
        case 'skill':
          return void (await desk.transfer(conversationId, agent, { skill: 'crise' }, 'nota', key))
        case 'giveBack':
          return void (await desk.giveBack(conversationId, agent, 'resume', key))
        case 'close':
          return void (await desk.close(conversationId, agent, 'resolved', key))
        case 'start':
          return void (await desk.start(conversationId, agent, 'simulate', key))
        case 'promise':
          return void (await desk.promise(conversationId, agent, new Date(now + 900_000).toISOString(), key))
        case 'ask':
          return void (await desk.ask(conversationId, agent, 'birth_date', key))
        case 'takeOver':
          return void (await desk.takeOver(conversationId, agent, key))
      }
    } catch (error) {
      const { code } = error as { code?: string }
      // Killed, or its lease was lost: what was under way is another's.
      if (code !== 'store_unavailable' && code !== 'store_fenced') throw error
    }
  }

  function heard(result: DeskResult, conversationId: string, text: string, key: string): void {
    if (result.ok) spoken.set(key, { conversationId, text })
  }

  /** Two are at work, and two people wait for them. */
  async function begin(): Promise<void> {
    for (const who of [0, 1]) await act({ do: 'present', who })
    for (const conversation of [0, 1]) await act({ do: 'write', conversation, word: 0 })
    for (const _ of [0, 1]) await act({ do: 'turn' })
  }

  /** Holds at every moment. */
  async function check(): Promise<void> {
    expect(witness.faults).toEqual([])
    await collect()
    for (const ticket of await store.desk.open())
      expect([ticket.state, isOwned(ticket)]).toEqual([ticket.state, true])
  }

  /** Nobody is at work any more, and three hours pass. */
  async function end(): Promise<void> {
    freely = true
    for (const { id } of AGENTS) await store.desk.agents.remove(id)
    for (let round = 0; round < 24; round += 1) {
      now += round < 6 ? 21_000 : 600_000
      for (const process of processes) {
        await process.route(true)
        for (let looks = 0; looks < 8; looks += 1) await process.work().catch(() => undefined)
        process.send()
      }
      await new Promise((resolve) => setImmediate(resolve))
      await collect()
    }
    for (const process of processes) await process.stop()
  }

  async function judge() {
    await check()
    // With nobody at work everybody is led back to the bot, but for those a call-back was promised to.
    for (const { state } of await store.desk.open()) expect(state).toBe('callback')
    const lines = [...said.values()]
    const ofPerson = lines.filter(({ who }) => who === 'person').map(({ text }) => text)
    expect([...ofPerson].sort()).toEqual(written.map(({ text }) => text).sort())
    const byAgents = sent.filter(({ speaker }) => speaker === 'agent').map(({ text }) => text)
    expect([...byAgents].sort()).toEqual([...spoken.values()].map(({ text }) => text).sort())
    for (const { conversationId, text } of sent.filter(({ speaker }) => speaker === 'agent')) {
      expect([...spoken.values()]).toContainEqual({ conversationId, text })
    }
    const shown = lines.filter(({ who }) => who === 'agent').map(({ text }) => text)
    expect(shown.sort()).toEqual([...byAgents].sort())
    // What the bot answered was either said, or the agents know that it was not.
    const bots = sent.filter(({ speaker }) => speaker === undefined).map(({ text }) => text)
    const unsaid = lines.filter(({ unsaid: not }) => not === true).map(({ text }) => text)
    expect(bots.filter((text) => unsaid.includes(text))).toEqual([])
    expect(new Set(bots).size).toBe(bots.length)
    const handovers = lines.filter(({ text }) => text.includes('entrou na conversa')).length
    return { steps, sent: sent.length, unsaid: unsaid.length, handovers }
  }

  /** Lines are forgotten in time. */
  async function collect(): Promise<void> {
    for (const id of CONVERSATIONS) {
      for (const line of await store.desk.lines(id)) said.set(`${id} ${line.number}`, line)
    }
  }

  return { begin, act, check, end, judge }
}
