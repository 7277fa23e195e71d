import { setTimeout as wait } from 'node:timers/promises'
import { createClient } from 'redis'
import { type RunningRedis, startRedis } from '../store/redis-server'
import { startDurableRedis } from './durable-redis'
import {
  type Handle,
  type Kind,
  LEASE_MS,
  lists,
  listsTogether,
  moves,
  type Queue,
  streams,
} from './queue-kinds'
import { product } from './queue-store'
import { percentile } from './script'
import { count, heading, median, row } from './table'

/**
 * Why messages wait in a list of their conversation and a sorted set of what is ready: the same job done by Redis
 * Streams and by moved lists. `npm run bench:queues [-- --quick]`. A message is durable when appended, a conversation
 * is worked on by one worker at a time and in order, and state, reply and acknowledgement are written in one step
 * that a worker who lost its turn cannot take. Every kind has a durable Redis of its own and is measured in turn.
 */
const quick = process.argv.includes('--quick')
const ROUNDS = quick ? 3 : 9
const SECONDS = quick ? 0.4 : 1
const AT_ONCE = [1, 10, 50, 200]
const WORKERS = 2
const MESSAGE = 'm'.repeat(400)
const REPLY = 'r'.repeat(400)

const kinds: Kind[] = [lists, streams, moves]
const references: Kind[] = [listsTogether, product(false), product(true)]

type Client = Awaited<ReturnType<typeof connect>>
type Started = {
  kind: Kind
  redis: RunningRedis
  client: Client
  queue: Queue
  waiting: Map<string, () => void>
}
type Trial = { perSecond: number; p50: number; p99: number; redis: number; node: number }

async function main(): Promise<void> {
  const started = []
  for (const kind of [...kinds, ...references]) started.push(await start(kind, WORKERS))
  for (const atOnce of AT_ONCE) await compare(started, atOnce, `${atOnce} at a time, ${WORKERS} workers`)
  for (const each of started) await addWorkers(each, 8 - WORKERS)
  await compare(started, 50, '50 at a time, 8 workers')
  for (const each of started) await stop(each)
  const without = []
  for (const kind of [...kinds, ...references]) without.push(await start(kind, WORKERS, false))
  await compare(without, 50, `50 at a time, ${WORKERS} workers, nothing written to the disk`)
  for (const each of without) await stop(each)

  heading(`${WORKERS} workers, bursts of 20 messages to 50 conversations`)
  for (const kind of kinds) await order(kind)
  heading(`A worker freezes with 200 conversations in hand; a lease, or a life, is ${LEASE_MS / 1000} s`)
  for (const kind of kinds) await crash(kind)
  heading('Memory')
  for (const kind of kinds) await memory(kind)
}

/** Trials of all kinds in turn, so that what else the machine does falls on all of them. */
async function compare(started: Started[], atOnce: number, title: string): Promise<void> {
  heading(title)
  const trials = new Map<Started, Trial[]>(started.map((each) => [each, []]))
  for (let round = -1; round < ROUNDS; round += 1) {
    for (const each of started) {
      const trial = await run(each, atOnce, round)
      if (round >= 0) trials.get(each)?.push(trial)
    }
  }
  const ours = trials.get(started[0] as Started) ?? []
  for (const [{ kind }, mine] of trials) {
    const of = (what: keyof Trial) => median(mine.map((trial) => trial[what]))
    const ratio = (what: keyof Trial) =>
      median(mine.map((trial, round) => trial[what] / (ours[round]?.[what] ?? Number.NaN))).toFixed(2)
    row(
      kind.name,
      `${count(of('perSecond'))}/s (${ratio('perSecond')})`,
      `p50 ${of('p50').toFixed(2)} ms (${ratio('p50')})`,
      `p99 ${of('p99').toFixed(2)} ms (${ratio('p99')})`,
      `Redis ${of('redis').toFixed(0)} µs (${ratio('redis')})`,
      `Node ${of('node').toFixed(0)} µs (${ratio('node')})`,
    )
  }
}

const reply: Handle = async () => REPLY

async function start(kind: Kind, workers: number, durable = true): Promise<Started> {
  const redis = durable ? await startDurableRedis() : await startRedis()
  const client = await connect(redis.url)
  const queue = await kind.open(redis.url)
  const started = { kind, redis, client, queue, waiting: new Map<string, () => void>() }
  await addWorkers(started, workers)
  return started
}

async function addWorkers({ queue, waiting }: Started, workers: number): Promise<void> {
  for (let index = 0; index < workers; index += 1) {
    await queue.work(`w${index}-${Math.random()}`, reply, (name) => {
      waiting.get(name)?.()
      waiting.delete(name)
    })
  }
}

/** Each of `atOnce` people says one thing after another, each time in another of forty conversations. */
async function run(started: Started, atOnce: number, round: number): Promise<Trial> {
  const { client, queue, waiting } = started
  const latencies: number[] = []
  const [redisBefore, nodeBefore] = [await processorSeconds(client), process.cpuUsage()]
  const begun = performance.now()
  const end = begun + SECONDS * 1000
  await Promise.all(
    Array.from({ length: atOnce }, async (_, person) => {
      for (let turn = 0; performance.now() < end; turn += 1) {
        const name = `${atOnce}.${round}.${person}.${turn}.${begun}`
        const at = performance.now()
        const done = new Promise<void>((resolve) => waiting.set(name, resolve))
        await queue.append(`c${person}-${turn % 40}`, name, MESSAGE)
        await done
        latencies.push(performance.now() - at)
      }
    }),
  )
  const seconds = (performance.now() - begun) / 1000
  const { user, system } = process.cpuUsage(nodeBefore)
  const messages = latencies.length
  return {
    perSecond: messages / seconds,
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
    redis: ((await processorSeconds(client)) - redisBefore) * (1e6 / messages),
    node: (user + system) / messages,
  }
}

/** Whether each conversation is answered in order and by one worker at a time, and how fast. */
async function order(kind: Kind): Promise<void> {
  const each = await start(kind, 0)
  const running = new Set<string>()
  const next = new Map<string, number>()
  let [together, outOfOrder, done] = [0, 0, 0]
  const handle: Handle = async (conversation, name) => {
    if (running.has(conversation)) together += 1
    running.add(conversation)
    const place = Number(name.split('.')[1])
    if (place !== (next.get(conversation) ?? 0)) outOfOrder += 1
    next.set(conversation, place + 1)
    await wait(Math.random() * 4)
    running.delete(conversation)
    return REPLY
  }
  for (let index = 0; index < WORKERS; index += 1)
    await each.queue.work(`w${index}`, handle, () => {
      done += 1
    })
  const [conversations, burst] = [50, 20]
  const begun = performance.now()
  for (let place = 0; place < burst; place += 1) {
    await Promise.all(
      Array.from({ length: conversations }, (_, index) =>
        each.queue.append(`c${index}`, `c${index}.${place}`, MESSAGE),
      ),
    )
  }
  while (done < conversations * burst && performance.now() - begun < 60_000) await wait(5)
  const seconds = (performance.now() - begun) / 1000
  row(
    kind.name,
    `${done} of ${conversations * burst} done in ${seconds.toFixed(1)} s`,
    `${together} at the same time as another`,
    `${outOfOrder} out of order`,
  )
  await stop(each)
}

/** How long what a frozen worker held waits for another, and that what it writes when it wakes counts for nothing. */
async function crash(kind: Kind): Promise<void> {
  const each = await start(kind, 0)
  const conversations = 200
  const [held, after] = [new Set<string>(), [] as number[]]
  let release: () => void = () => undefined
  const frozen = new Promise<void>((resolve) => {
    release = resolve
  })
  let late = 0
  const end = await each.queue.work(
    'freezes',
    async (_conversation, name) => {
      held.add(name)
      await frozen
      return REPLY
    },
    () => {
      late += 1
    },
  )
  for (let index = 0; index < conversations; index += 1)
    await each.queue.append(`c${index}`, `m${index}`, MESSAGE)
  while (held.size < conversations) await wait(5)
  await wait(200)
  const before = await processorSeconds(each.client)
  end('frozen')
  const froze = performance.now()
  await each.queue.work('lives', reply, () => after.push(performance.now() - froze))
  while (after.length < conversations && performance.now() - froze < 30_000) await wait(5)
  const spent = (await processorSeconds(each.client)) - before
  release()
  await wait(200)
  row(
    kind.name,
    `${after.length} of ${conversations} taken over`,
    `the first after ${Math.round(Math.min(...after))} ms, the last after ${Math.round(Math.max(...after))} ms`,
    `Redis ${Math.round((spent * 1e6) / conversations)} µs each`,
    `${late} written too late`,
  )
  await stop(each)
}

/** What a waiting message takes, and what is left of a conversation when all is done. */
async function memory(kind: Kind): Promise<void> {
  const each = await start(kind, 0)
  const [messages, conversations] = [20_000, 5000]
  // What every connection and script takes is there before.
  await each.queue.append('first', 'first', MESSAGE)
  const empty = await usedMemory(each.client)
  for (let index = 0; index < messages; index += 500) {
    await Promise.all(
      Array.from({ length: 500 }, (_, more) =>
        each.queue.append(`c${(index + more) % conversations}`, `m${index + more}`, MESSAGE),
      ),
    )
  }
  const full = await usedMemory(each.client)
  let done = 0
  const end = await each.queue.work('worker', reply, () => {
    done += 1
  })
  while (done < messages + 1) await wait(20)
  end()
  await wait(500)
  const replies = await each.client.keys('*:o:*')
  for (let index = 0; index < replies.length; index += 500)
    await each.client.del(replies.slice(index, index + 500))
  const left = await usedMemory(each.client)
  row(
    kind.name,
    `${count((full - empty) / messages)} bytes a waiting message of ${MESSAGE.length}`,
    `${count((left - empty) / conversations)} bytes a conversation at rest, ${messages / conversations} messages later`,
  )
  await stop(each)
}

async function stop({ queue, client, redis }: Started): Promise<void> {
  await queue.stop()
  client.destroy()
  await redis.stop()
}

async function connect(url: string) {
  const client = createClient({ url })
  client.on('error', () => undefined)
  await client.connect()
  return client
}

async function usedMemory(client: Client): Promise<number> {
  return Number(/used_memory:(\d+)/.exec(await client.info('memory'))?.[1])
}

async function processorSeconds(client: Client): Promise<number> {
  const text = await client.info('cpu')
  return ['sys', 'user'].reduce(
    (sum, name) => sum + Number(new RegExp(`used_cpu_${name}:(\\S+)`).exec(text)?.[1]),
    0,
  )
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
  process.exit(1)
})
