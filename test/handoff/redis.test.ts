import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import type { Channel } from '../../src/channels/channel'
import { createRedisStore } from '../../src/store/redis'
import type { Store } from '../../src/store/store'
import { describeWithRedis, type RunningRedis, startRedis } from '../store/redis-server'
import { serveEverybody } from './load'
import { scriptedBot, startProcess, textOf } from './world'

jest.setTimeout(90_000)

const clock = { now: () => new Date() }

describeWithRedis('a desk in Redis', () => {
  let redis: RunningRedis
  beforeAll(async () => {
    redis = await startRedis({ durable: true })
  })
  afterAll(() => redis.stop())

  const create = (prefix: string) => createRedisStore({ url: redis.url, prefix })

  it('loses, doubles and misroutes nothing with forty people, ten agents and two processes', async () => {
    const prefix = randomUUID()
    const stores: [Store, Store] = [await create(prefix), await create(prefix)]
    const { faults, assignment } = await serveEverybody(stores, { people: 40, agents: 10, thinkMs: 20 })
    expect(faults).toEqual([])
    expect(assignment).toHaveLength(30)
    for (const store of stores) await store.close()
  })

  it('has everybody in the same order after Redis was killed', async () => {
    const store = await create(randomUUID())
    const sent: string[] = []
    const channel: Channel = {
      id: 'web',
      whenUnknown: 'resend',
      showsSpeaker: true,
      async send({ conversationId, speaker, text }) {
        if (speaker === 'agent') sent.push(`${conversationId} ${text}`)
      },
    }
    const process = startProcess({ name: 'p0', store, clock, channel, bot: scriptedBot() })
    const people = Array.from({ length: 8 }, (_, index) => `c${index}`)
    for (const [index, id] of people.entries()) {
      await store.inbox.append(textOf(`m${index}`, id, 'pessoa', clock.now()))
      await process.work()
      await wait(2)
    }
    await redis.signal('SIGKILL')
    await expect(process.desk.claim('c0', { id: 'a1', name: 'Ana' }, 'key-away')).rejects.toMatchObject({
      code: 'store_unavailable',
    })
    await redis.start()
    const ana = { id: 'a1', name: 'Ana' }
    const present = () =>
      process.desk.present({ ...ana, skills: ['geral'], capacity: 1, status: 'available', since: 1 })
    await until(present)
    for (const _ of people) {
      await until(() => process.route(false))
      const [mine] = (await store.desk.open()).filter(({ agentId }) => agentId === ana.id)
      if (mine === undefined) throw new Error('nobody was assigned')
      const { conversationId } = mine
      await process.desk.speak(conversationId, ana, { text: 'olá' }, `${conversationId}-1`)
      await process.desk.close(conversationId, ana, 'resolved', `${conversationId}-2`)
      await until(async () => {
        // The list this process has may not show yet that it ended.
        if ((await process.desk.open()).some((ticket) => ticket.id === mine.id)) throw new Error('still open')
      })
    }
    await until(async () => {
      // As the product does each second: what was not due at one look is at the next.
      process.send()
      if (sent.length < people.length) throw new Error('not sent yet')
    })
    expect([...sent].sort()).toEqual(people.map((id) => `${id} olá`))
    const entries = await Promise.all(
      Array.from({ length: store.desk.journal.places }, (_, place) => store.desk.journal.take(place, 100)),
    )
    const assigned = entries
      .flatMap(({ entries: some }) => some)
      .flatMap((entry) => (entry.kind === 'ticket' && entry.move === 'assign' ? entry.ticket : []))
      .sort((a, b) => ((a.assignedAt ?? '') < (b.assignedAt ?? '') ? -1 : 1))
      .map(({ conversationId }) => conversationId)
    expect(assigned).toEqual(people)
    await process.stop()
    await store.close()
  })
})

async function until(works: () => Promise<unknown>): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    try {
      await works()
      return
    } catch (error) {
      // What was being sent when Redis was killed comes again after ten seconds.
      if (tries === 600) throw error
      await wait(50)
    }
  }
}
