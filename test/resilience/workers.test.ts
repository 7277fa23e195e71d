import { setTimeout as wait } from 'node:timers/promises'
import { createRedisStore } from '../../src/store/redis'
import { describeWithRedis } from '../store/redis-server'
import type { Person } from './golden'
import { type SmallFleet, startSmallFleet, until } from './small-fleet'

jest.setTimeout(90_000)

const CALENDAR = '/v1/payment-calendar'

describeWithRedis('a worker', () => {
  let small: SmallFleet
  beforeAll(async () => {
    // Longer than a worker is frozen here, so that its turn goes on where it stood.
    small = await startSmallFleet({ environment: { INSS_API_TIMEOUT_MS: '60000' } })
    const [port = 0] = small.fleet.slots
    await small.fleet.startGateway(port)
    small.fleet.front.lead(port)
  })
  afterAll(() => small?.stop())
  afterEach(() => {
    small.fleet.inss.before = () => undefined
  })

  /** Up to the last question before the INSS API is asked for the calendar of payments. */
  async function upToTheCalendar(person: Person): Promise<void> {
    for (const [index, text] of [
      'que dia cai meu pagamento?',
      'ver o calendário',
      'termina em 4',
    ].entries()) {
      expect(await small.say(person, text)).toBe(200)
      await until(`an answer to ${text}`, () => small.told(person).length === index + 1)
    }
  }

  it('that is asked to stop finishes fifty turns under way, and leaves what came after to the next one', async () => {
    const worker = await small.fleet.startWorker()
    const people = Array.from({ length: 50 }, (_, index) => small.person(index))
    await Promise.all(people.map(upToTheCalendar))
    let asked = 0
    let answer: () => void = () => undefined
    const held = new Promise<void>((resolve) => {
      answer = resolve
    })
    small.fleet.inss.before = ({ path }) => {
      if (path !== CALENDAR) return undefined
      asked += 1
      return held
    }
    for (const person of people) expect(await small.say(person, 'não')).toBe(200)
    await until('fifty turns are under way', () => asked === 50)
    worker.signal('SIGTERM')
    await until('it has heard', () => worker.printed().includes('Stopping'))
    const late = small.person(60)
    expect(await small.say(late, 'obrigada')).toBe(200)
    expect(people.every((person) => small.told(person).length === 3)).toBe(true)
    answer()
    expect(await Promise.race([worker.exited, wait(20_000, 'still there')])).toBe(0)
    for (const person of people) {
      expect(small.told(person)).toHaveLength(4)
      expect(small.told(person)[3]).toMatch(/Benefício com final 4/)
    }
    expect(small.told(late)).toEqual([])
    const next = await small.fleet.startWorker()
    await until('the next one answers', () => small.told(late).length === 1)
    next.signal('SIGTERM')
    expect(await next.exited).toBe(0)
    expect(people.every((person) => small.told(person).length === 4)).toBe(true)
  })

  it('that was frozen past its lease writes nothing when it wakes up: another has answered', async () => {
    const [, port = 0] = small.fleet.slots
    const frozen = await small.fleet.startWorker({ WORKER_PORT: String(port) })
    const person = small.person(100)
    await upToTheCalendar(person)
    let asked = 0
    let answer: () => void = () => undefined
    const held = new Promise<void>((resolve) => {
      answer = resolve
    })
    small.fleet.inss.before = ({ path }) => {
      if (path !== CALENDAR) return undefined
      asked += 1
      return asked === 1 ? held : undefined
    }
    expect(await small.say(person, 'não')).toBe(200)
    await until('the turn is under way', () => asked === 1)
    frozen.signal('SIGSTOP')
    const other = await small.fleet.startWorker()
    await until('another has answered', () => small.told(person).length === 4)
    expect(asked).toBe(2)
    frozen.signal('SIGCONT')
    const ready = () => fetch(`http://127.0.0.1:${port}/readyz`).then(({ status }) => status === 200)
    await until('it has found Redis again', () => ready().catch(() => false))
    answer()
    other.signal('SIGTERM')
    expect(await other.exited).toBe(0)
    await wait(500)
    expect(small.told(person)).toHaveLength(4)
    expect(await small.say(person, 'obrigada')).toBe(200)
    await until('the one that woke up goes on', () => small.told(person).length === 5)
    expect(small.told(person)[3]).toMatch(/Benefício com final 4/)
    expect(small.told(person)[4]).toMatch(/Por nada/)
    const store = await createRedisStore({ url: small.fleet.redis.url })
    const events = (await store.conversations.events(person.conversationId)) as { type: string }[]
    await store.close()
    expect(events.filter(({ type }) => type === 'turn_taken')).toHaveLength(5)
    expect(frozen.running()).toBe(true)
  })
})
