import { readFileSync } from 'node:fs'
import net from 'node:net'
import { join } from 'node:path'
import { post } from '../channels/whatsapp-cloud/graph-server'
import { describeWithRedis } from '../store/redis-server'
import type { Process } from './fleet'
import { metricOf, type SmallFleet, startSmallFleet, until } from './small-fleet'
import { drained } from './verdict'

jest.setTimeout(90_000)

/** The size of the spool in these tests, the smallest there is. */
const MEGABYTE = 1024 * 1024

describeWithRedis('the door', () => {
  let small: SmallFleet
  let gateway: Process
  let port = 0
  let otherPort = 0
  let trickles: ReturnType<typeof trickle>[]
  beforeAll(async () => {
    small = await startSmallFleet({ alone: true, environment: { SPOOL_MEGABYTES: '1' } })
    ;[port = 0, otherPort = 0] = small.fleet.slots
    ;[gateway] = await Promise.all([
      small.fleet.startGateway(port),
      small.fleet.startGateway(otherPort),
      small.fleet.startWorker(),
    ])
    small.fleet.front.lead(port)
    trickles = [
      ...Array.from({ length: 100 }, () => trickle(otherPort, 'POST /webhooks/whatsapp HTTP/1.1\r\nx: ')),
      ...Array.from({ length: 100 }, () =>
        trickle(
          otherPort,
          'POST /webhooks/whatsapp HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 900000\r\n\r\n{',
        ),
      ),
    ]
  })
  afterAll(async () => {
    for (const each of trickles ?? []) each.end()
    await small?.stop()
  })

  it('takes messages while Redis is away, and they are answered in order, though the gateway is killed too', async () => {
    const { fleet, say, told, person } = small
    const people = Array.from({ length: 10 }, (_, index) => person(index))
    for (const each of people) expect(await say(each, 'simular aposentadoria')).toBe(200)
    await until('everybody has an answer', () => people.every((each) => told(each).length === 1))
    // An answer that is not on record yet would wait for its status, which never comes here.
    expect(await drained(fleet.redis.url, 10_000)).toBe(0)
    await fleet.redis.signal('SIGKILL')
    for (const each of people) expect(await say(each, 'eu conto')).toBe(200)
    for (const each of people) expect(await say(each, 'mulher')).toBe(200)
    expect(await metricOf(port, 'spool_bytes')).toBeGreaterThan(0)
    gateway.signal('SIGKILL')
    await gateway.exited
    const spool = readFileSync(join(fleet.dataFolder, 'spool', String(port), 'inbox.spool'), 'latin1')
    expect(spool.trim().split('\n')).toHaveLength(20)
    expect(spool).not.toMatch(/mulher|eu conto|55119|wamid/)
    await fleet.redis.start()
    gateway = await fleet.startGateway(port)
    for (const each of people) expect(await say(each, '12/03/1966')).toBe(200)
    await until('everything is answered', () => people.every((each) => told(each).length === 4))
    for (const each of people) {
      expect(told(each).slice(1)).toEqual([
        expect.stringMatching(/mulher ou de um homem/),
        expect.stringMatching(/data de nascimento/),
        expect.stringMatching(/Quanto tempo/),
      ])
    }
    expect(await metricOf(port, 'spool_bytes')).toBe(0)
  })

  it('asks to be told again when its disk has no more room, and has kept each message it took', async () => {
    const { fleet, say, told, person } = small
    const people = Array.from({ length: 20 }, (_, index) => person(100 + index))
    for (const each of people) expect(await say(each, 'obrigada')).toBe(200)
    await until('everybody has an answer', () => people.every((each) => told(each).length === 1))
    await fleet.redis.signal('SIGKILL')
    const long = 'quero saber da minha aposentadoria, moço. '.repeat(95)
    const messages = Array.from({ length: 240 }, (_, index) => `wamid.LONG${index}`)
    const tell = (id: string, index: number) => say(person(100 + (index % 20)), `${index} ${long}`, { id })
    const first: number[] = []
    for (const [index, id] of messages.entries()) first.push(await tell(id, index))
    const taken = first.filter((status) => status === 200).length
    expect(new Set(first)).toEqual(new Set([200, 503]))
    expect(first.lastIndexOf(200)).toBeLessThan(taken + 5)
    expect(await metricOf(port, 'spool_bytes')).toBeLessThanOrEqual(MEGABYTE)
    await fleet.redis.start()
    await until('all is handed over', async () => (await metricOf(port, 'spool_bytes')) === 0)
    // Those that come while the emptied file is cut are spooled again: what counts is that none is taken for new.
    const results = ['stored', 'duplicate', 'spooled'].map(
      (result) => `messages_received_total{channel="whatsapp-cloud",result="${result}"}`,
    )
    const counts = () => Promise.all(results.map((result) => metricOf(port, result)))
    const before = await counts()
    for (const [index, id] of messages.entries()) expect(await tell(id, index)).toBe(200)
    const [stored = 0, duplicates = 0, spooled = 0] = (await counts()).map(
      (count, index) => count - (before[index] ?? 0),
    )
    expect(stored).toBeLessThanOrEqual(messages.length - taken)
    expect(duplicates + spooled).toBeGreaterThanOrEqual(taken)
    expect(spooled).toBeLessThan(taken / 2)
  })

  it('takes a megabyte and no more', async () => {
    const url = `http://127.0.0.1:${port}/webhooks/whatsapp`
    expect(await post(url, Buffer.alloc(MEGABYTE, ' '))).toBe(200)
    expect(await post(url, Buffer.alloc(MEGABYTE + 1, ' '))).toBe(413)
  })

  it('cuts those who trickle their headers or their body, and serves others meanwhile', async () => {
    const { say, person } = small
    const url = `http://127.0.0.1:${otherPort}/webhooks/whatsapp`
    let served = 0
    await until(
      'all are cut',
      async () => {
        expect(await say(person(200 + served), 'obrigada', { url })).toBe(200)
        served += 1
        return trickles.every((each) => each.cut())
      },
      60,
    )
    expect(served).toBeGreaterThan(0)
  })
})

/** A connection on which a letter comes each half second, for ever. */
function trickle(port: number, beginning: string) {
  const socket = net.connect(port, '127.0.0.1')
  let cut = false
  socket.on('error', () => undefined)
  socket.on('close', () => {
    cut = true
  })
  socket.resume()
  socket.write(beginning)
  const timer = setInterval(() => socket.write('a'), 500)
  return {
    cut: () => cut,
    end() {
      clearInterval(timer)
      socket.destroy()
    },
  }
}
