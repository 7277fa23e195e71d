import { open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { createAddresses } from '../../src/channels/address'
import { createRedisStore } from '../../src/store/redis'
import type { RunningRedis } from '../store/redis-server'
import { count, describeLatencies, heading, row } from './table'
import { bsuidOf, type Product, SECRET_KEY, startWholePath } from './whole-path'

const PEOPLE = 50
const AT_ONCE = [1, PEOPLE]

type Told = { person: string; id: string }
type Posted = Awaited<ReturnType<typeof post>>

/**
 * Webhooks of people the gateway knows while Redis is dead: each is on the disk before its 200. Then Redis comes
 * back, and each is there once.
 */
export async function measureOutage(redis: RunningRedis, seconds: number): Promise<void> {
  heading('Webhook → 200 while Redis is dead: kept on the disk, written through')
  const product = await startWholePath(redis.url, { workers: 1 })
  const people = Array.from({ length: PEOPLE }, (_, index) => `55419${30_000_000 + index}`)
  await Promise.all(people.map((person) => product.tell(person, `wamid.${person}`, 'oi')))

  const alive: Posted[] = []
  for (const atOnce of AT_ONCE) {
    const posted = await post(product, people.slice(0, atOnce), 'alive', seconds)
    alive.push(posted)
    row(
      `Redis alive, ${atOnce} at a time`,
      rateOf(posted.told.length, seconds),
      describeLatencies(posted.latencies),
    )
  }
  await redis.signal('SIGKILL')
  const dead: Posted[] = []
  for (const atOnce of AT_ONCE) {
    const posted = await post(product, people.slice(0, atOnce), 'dead', seconds)
    dead.push(posted)
    row(
      `Redis dead, ${atOnce} at a time`,
      rateOf(posted.told.length, seconds),
      describeLatencies(posted.latencies),
      posted.refused,
    )
  }
  const ratios = dead.map(({ told }, index) => (told.length / (alive[index]?.told.length ?? 1)).toFixed(2))
  row('dead / alive, webhooks a second', ratios.join(' and '))
  const spooled = dead.flatMap(({ told }) => told)
  const sync = await syncsPerSecond()
  row('the disk alone', `${count(sync)} writes and syncs a second`)
  row(
    'webhooks to a write and sync',
    ((dead.at(-1)?.told.length ?? 0) / seconds / sync).toFixed(1),
    `${AT_ONCE.at(-1)} at a time; above 1: many share one sync`,
  )

  await redis.start()
  const back = performance.now()
  const store = await createRedisStore({ url: redis.url })
  const addresses = createAddresses('whatsapp-cloud', SECRET_KEY)
  const place = (person: string) => ({
    channel: 'whatsapp-cloud' as const,
    conversationId: addresses.conversationOf(bsuidOf(person)),
  })
  const at = new Date().toISOString()
  const missing = async (told: Told[]) => {
    let missed = 0
    for (let index = 0; index < told.length; index += 100) {
      const answers = await Promise.all(
        told
          .slice(index, index + 100)
          .map(({ person, id }) =>
            store.inbox.append({ ...place(person), id, at, kind: 'text', text: 'de novo' }),
          ),
      )
      missed += answers.filter((answer) => answer !== 'duplicate').length
    }
    return missed
  }
  while ((await spooledBytes(product)) > 0) await wait(50)
  const took = (performance.now() - back) / 1000
  row('handed over after Redis came back', `${took.toFixed(1)} s`, rateOf(spooled.length, took))
  row('acknowledged and lost', String(await missing([...alive.flatMap(({ told }) => told), ...spooled])))
  await store.close()
  await product.stop()
}

/** Each person says one thing after another, as soon as it is acknowledged. */
async function post(product: Product, people: string[], when: string, seconds: number) {
  const told: Told[] = []
  const latencies: number[] = []
  const statuses = new Map<number, number>()
  const end = performance.now() + seconds * 1000
  await Promise.all(
    people.map(async (person) => {
      for (let turn = 0; performance.now() < end; turn += 1) {
        const id = `wamid.${person}.${when}.${turn}`
        const posted = performance.now()
        const status = await product.tell(person, id, `mensagem ${turn}`)
        if (status === 200) {
          latencies.push(performance.now() - posted)
          told.push({ person, id })
        } else statuses.set(status, (statuses.get(status) ?? 0) + 1)
      }
    }),
  )
  const refused =
    [...statuses].map(([status, times]) => `${times} times ${status}`).join(', ') || 'none refused'
  return { told, latencies, refused }
}

async function spooledBytes(product: Product): Promise<number> {
  const text = await (await fetch(`${product.url}/metrics`)).text()
  return Number(/^\w*spool\w*(?:{[^}]*})? (\S+)$/m.exec(text)?.[1] ?? Number.NaN)
}

/** How often this disk writes a message and syncs it, one after another. */
async function syncsPerSecond(): Promise<number> {
  const path = join(tmpdir(), `sync-${process.pid}`)
  const file = await open(path, 'w')
  const line = Buffer.alloc(600, 'a')
  let times = 0
  const started = performance.now()
  while (performance.now() - started < 1000) {
    await file.appendFile(line)
    await file.datasync()
    times += 1
  }
  await file.close()
  await rm(path)
  return times / ((performance.now() - started) / 1000)
}

function rateOf(times: number, seconds: number): string {
  return `${count(times / seconds)}/s`
}
