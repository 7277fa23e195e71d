import { createHash } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { createClient } from 'redis'
import { createAddresses, withoutNinthDigit } from '../../src/channels/address'
import type { Outbound } from '../../src/message'
import { createRedisStore } from '../../src/store/redis'
import type { Store } from '../../src/store/store'
import { type RunningRedis, startRedis } from '../store/redis-server'
import { startDurableRedis } from './durable-redis'
import { percentile } from './script'
import { count, heading, median, row } from './table'
import { bsuidOf, SECRET_KEY, startWholePath } from './whole-path'

/** How many conversations at the same time, and how many are taken up again in one round: each once. */
const LOADS = [
  { atOnce: 1, aRound: 150 },
  { atOnce: 20, aRound: 800 },
]
/** The disk has written by then what filling left to it. */
const SETTLED_MS = 60_000
/** What is said of late, how far replies got and what happened are kept for so long; then a conversation is idle. */
const IDLE_AFTER_MS = 2 * 3_600_000
const TEMPLATE_PHONE = '5561981230001'
const TURNS = 5

const addresses = createAddresses('whatsapp-cloud', SECRET_KEY)
const template = {
  id: addresses.conversationOf(bsuidOf(TEMPLATE_PHONE)),
  phone: addresses.conversationOf(withoutNinthDigit(TEMPLATE_PHONE)),
}

/** A Redis that holds nothing but idle conversations, and what is needed to measure it. */
type Filled = {
  conversations: number
  redis: RunningRedis
  client: ReturnType<typeof createClient>
  store: Store
  bytes: number
}

/**
 * The store's three steps of a turn (append, commit, sent) on random ones of few and of very many idle conversations,
 * each server in turn, round after round; and what an idle conversation takes.
 */
export async function measureIdle(sizes: number[], rounds: number): Promise<void> {
  heading('Idle conversations: five turns of the simulation, with the receipts of their replies')
  const dumped = await realConversation()
  const servers: Filled[] = []
  for (const conversations of sizes) servers.push(await fill(conversations, dumped))

  await wait(SETTLED_MS)

  for (const load of LOADS) await measureLoad(servers, load, rounds)
  for (const { conversations, bytes } of servers) {
    row(`memory, ${count(conversations)} stored`, `${count(bytes)} bytes a conversation; must: at most 2,048`)
  }
  for (const server of servers) await stop(server)
}

async function measureLoad(servers: Filled[], load: Load, rounds: number): Promise<void> {
  const latencies = servers.map((): number[] => [])
  const medians: number[][] = servers.map(() => [])
  const tails: number[][] = servers.map(() => [])
  const cpu = servers.map(() => 0)
  for (let round = -1; round < rounds; round += 1) {
    const order = [...servers.entries()]
    for (const [place, server] of round % 2 === 0 ? order : order.reverse()) {
      const before = await processorSeconds(server)
      const { took, touched } = await takeUp(server, load, round)
      const spent = (await processorSeconds(server)) - before
      await copyTo(server, touched)
      // The first round warms up.
      if (round < 0) continue
      latencies[place]?.push(...took)
      medians[place]?.push(percentile(took, 0.5))
      tails[place]?.push(percentile(took, 0.99))
      cpu[place] = (cpu[place] ?? 0) + spent
    }
  }
  for (const [place, { conversations }] of servers.entries()) {
    const all = latencies[place] ?? []
    const ratio = (each: number[][]) =>
      median((each[place] ?? []).map((value, round) => value / (each[0]?.[round] ?? value))).toFixed(2)
    row(
      `${load.atOnce} at a time, ${count(conversations)} stored`,
      `p50 ${percentile(all, 0.5).toFixed(2)} · p99 ${percentile(all, 0.99).toFixed(2)} ms`,
      `to ${count(servers[0]?.conversations ?? 0)}: p50 ${ratio(medians)}, p99 ${ratio(tails)}`,
      `${(((cpu[place] ?? 0) * 1e6) / all.length).toFixed(0)} µs of Redis each`,
    )
  }
}

type Load = (typeof LOADS)[number]

type Dumped = { key: string; dump: Buffer; milliseconds: number }

/** Holds one conversation with the built product. @returns every key that was written for it */
async function realConversation(): Promise<Dumped[]> {
  const redis = await startRedis()
  const product = await startWholePath(redis.url, { assistants: 1 }, { statuses: true })
  for (let turn = 0; turn < TURNS; turn += 1) await product.say(TEMPLATE_PHONE, turn)
  await wait(1000)
  await product.stop()
  const client = await connect(redis.url)
  const keys = (await client.keys('*')).filter(
    (key) => key.includes(template.id) || key.includes(template.phone),
  )
  const dumped: Dumped[] = []
  const sums = { fresh: 0, idle: 0 }
  for (const key of keys.sort()) {
    const dump = await client.withTypeMapping({ 36: Buffer }).dump(key)
    const bytes = Number(await client.sendCommand(['MEMORY', 'USAGE', key, 'SAMPLES', '0']))
    const milliseconds = await client.pTTL(key)
    sums.fresh += bytes
    if (milliseconds > IDLE_AFTER_MS) {
      sums.idle += bytes
      dumped.push({ key, dump: dump as unknown as Buffer, milliseconds })
    }
    row(
      `  ${kindOf(key)}`,
      `${bytes} bytes`,
      `${key.length} of them the key's name`,
      milliseconds > IDLE_AFTER_MS ? `${days(milliseconds)} days` : 'two hours',
    )
  }
  row('  together, by MEMORY USAGE', `${sums.fresh} bytes`, `${sums.idle} after two hours of silence`)
  client.destroy()
  await redis.stop()
  return dumped
}

/** Copies of the real conversation under other names, as many as wanted, in a durable Redis. */
async function fill(conversations: number, dumped: Dumped[]): Promise<Filled> {
  const redis = await startDurableRedis()
  let client = await connect(redis.url)
  // Filling is not what is measured; after it every change is on the disk again.
  await client.configSet({ appendonly: 'no', 'auto-aof-rewrite-percentage': '0' })
  for (const { key, dump, milliseconds } of dumped)
    await client.restore(key, milliseconds, dump as unknown as string)
  await copyTo({ client }, [0])
  const before = await usedMemory(client)
  const some = 1000
  for (let index = 1; index <= conversations; index += some) {
    const length = Math.min(some, conversations - index + 1)
    await copyTo(
      { client },
      Array.from({ length }, (_, more) => index + more),
    )
  }
  const bytes = ((await usedMemory(client)) - before) / conversations
  await client.configSet('appendonly', 'yes')
  while (!/aof_rewrite_in_progress:0[\s\S]*aof_rewrite_scheduled:0/.test(await client.info('persistence')))
    await wait(100)
  // Writing the file left every page of it to be copied at its first change, as happens once in gigabytes of changes.
  client.destroy()
  await redis.signal('SIGKILL')
  await redis.start()
  client = await connect(redis.url)
  await client.configSet('auto-aof-rewrite-percentage', '0')
  const store = await createRedisStore({ url: redis.url })
  if ((await store.conversations.load(idOf(conversations))) === undefined)
    throw new Error('the store does not find the conversations that were written for it')
  return { conversations, redis, client, store, bytes }
}

const COPY = `
for i = 5, #ARGV, 3 do
  local id, phone, base = ARGV[i], ARGV[i + 1], ARGV[i + 2]
  for _, kind in ipairs({'a:', 'd:', 'e:', 'm:', 'r:', 's:'}) do
    redis.call('COPY', ARGV[1] .. kind .. ARGV[2], base .. kind .. id, 'REPLACE')
  end
  redis.call('COPY', ARGV[4] .. 'id:' .. ARGV[2] .. '}:record', ARGV[4] .. 'id:' .. id .. '}:record', 'REPLACE')
  redis.call('COPY', ARGV[4] .. 'phone:' .. ARGV[3] .. '}:record', ARGV[4] .. 'phone:' .. phone .. '}:record', 'REPLACE')
end`

/** Makes these conversations copies of the real one, whatever they were. */
async function copyTo({ client }: Pick<Filled, 'client'>, indexes: number[]): Promise<void> {
  const names = indexes.flatMap((index) => [idOf(index), nameOf(`phone ${index}`), baseOf(idOf(index))])
  const own = [baseOf(template.id), template.id, template.phone, 'assistant:{whatsapp-cloud:']
  await client.eval(COPY, { arguments: [...own, ...names] })
}

/** People write again: so many conversations at a time, each another one. */
async function takeUp({ store, conversations }: Filled, { atOnce, aRound }: Load, round: number) {
  const took: number[] = []
  const touched = new Set<number>()
  let taken = 0
  async function one(): Promise<void> {
    let index: number
    do index = 1 + Math.floor(Math.random() * conversations)
    while (touched.has(index))
    touched.add(index)
    const conversationId = idOf(index)
    const at = new Date().toISOString()
    const place = { channel: 'whatsapp-cloud', conversationId, at } as const
    const address = addresses.seal({ phone: TEMPLATE_PHONE, bsuid: bsuidOf(TEMPLATE_PHONE) })
    const id = `wamid.${atOnce}.${round}.${index}`
    const started = performance.now()
    const claim = { worker: 'bench', milliseconds: 10_000 }
    const work = await store.inbox.append({ ...place, id, address, kind: 'text', text: 'sim' }, claim)
    if (typeof work === 'string') throw new Error(`a new message was ${work}`)
    const reply: Outbound = { ...place, id: `${nameOf(id)}.1`, ...SAID, outcome: 'asked', replyTo: id }
    const { toSend } = await store.conversations.commit(work.lease, work.waiting, {
      state: work.state,
      replies: [reply],
      events: [{ at, type: 'turn_taken', outcome: 'asked' }],
      pace: { everyMs: 6000, burst: 45 },
    })
    if (toSend === undefined) throw new Error('the reply was not handed over')
    await store.outbox.sent(toSend.message)
    took.push(performance.now() - started)
  }
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (taken < aRound) {
        taken += 1
        await one()
      }
    }),
  )
  return { took, touched: [...touched] }
}

const SAID = {
  text: 'Qual é, mais ou menos, a média dos salários? Se não souber, eu faço a conta sem o valor.',
  choices: [{ title: 'Não sei', value: 'Não sei' }],
  expects: 'simulate-retirement.averageSalary',
  questionId: '6fO1e4luirZngXD3.averageSalary.6',
}

const idOf = (index: number) => nameOf(`conversation ${index}`)

function nameOf(what: string): string {
  return createHash('sha1').update(what).digest('base64url').replace(/[-_]/g, '0').slice(0, 22)
}

/** Where the store keeps a conversation; `fill` makes sure that it is so. */
function baseOf(conversationId: string): string {
  let hash = 0x811c9dc5
  for (let index = 0; index < conversationId.length; index += 1) {
    hash = Math.imul(hash ^ conversationId.charCodeAt(index), 0x01000193)
  }
  return `assistant:{p${(hash >>> 8) % 16}}:`
}

const KINDS: Record<string, string> = {
  a: 'a: address and when they last wrote',
  d: 'd: messages seen',
  e: 'e: events',
  m: 'm: lease, pace',
  r: 'r: receipts',
  s: 's: state',
}

function kindOf(key: string): string {
  const kind = /}:(\w):/.exec(key)?.[1]
  if (kind !== undefined) return KINDS[kind] ?? kind
  return key.includes('tel:') ? 'record: whose the number is' : "record: whose Meta's id is"
}

function days(milliseconds: number): string {
  return (milliseconds / 86_400_000).toFixed(0)
}

async function connect(url: string): Promise<Filled['client']> {
  const client = createClient({ url })
  await client.connect()
  return client as Filled['client']
}

async function usedMemory(client: Filled['client']): Promise<number> {
  return Number(/used_memory:(\d+)/.exec(await client.info('memory'))?.[1])
}

async function processorSeconds({ client }: Filled): Promise<number> {
  const text = await client.info('cpu')
  return ['sys', 'user'].reduce(
    (sum, name) => sum + Number(new RegExp(`used_cpu_${name}:(\\S+)`).exec(text)?.[1]),
    0,
  )
}

async function stop({ client, store, redis }: Filled): Promise<void> {
  client.destroy()
  await store.close()
  await redis.stop()
}
