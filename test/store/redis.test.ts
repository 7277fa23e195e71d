import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import type { Clock } from '../../src/clock'
import { AppError } from '../../src/errors'
import { createRedisStore } from '../../src/store/redis'
import { describeStore, inbound } from './contract'
import { describeDesk } from './desk-contract'
import {
  describeWithRedis,
  type RunningRedis,
  startRedis,
  startRedisCluster,
  startRedisSentinel,
} from './redis-server'

describeWithRedis('a store in Redis', () => {
  let redis: RunningRedis
  beforeAll(async () => {
    redis = await startRedis()
  })
  afterAll(() => redis.stop())

  const create = (clock: Clock) => createRedisStore({ url: redis.url, prefix: randomUUID(), clock })
  describeStore('redis', create)
  describeDesk('redis', create)

  it('judges time by Redis when no clock is given', async () => {
    const store = await createRedisStore({ url: redis.url, prefix: randomUUID() })
    await store.records.set('k', 'v', 1)
    expect(await store.records.get('k')).toBe('v')
    await wait(1100)
    expect(await store.records.get('k')).toBeUndefined()
    await store.close()
  })

  it('says in words when there is no Redis', async () => {
    const missing = createRedisStore({ url: 'redis://127.0.0.1:1' })
    await expect(missing).rejects.toThrow(AppError)
    await expect(missing).rejects.toThrow(/REDIS_URL/)
  })

  it('says at once that Redis went away, and goes on when it is back', async () => {
    const own = await startRedis({ durable: true })
    const store = await createRedisStore({ url: own.url })
    await store.inbox.append(inbound('m1', 'c1'))
    await own.signal('SIGKILL')
    await wait(50)
    await expect(store.inbox.append(inbound('m2', 'c1'))).rejects.toMatchObject({ code: 'store_unavailable' })
    await expect(store.ping()).rejects.toMatchObject({ code: 'store_unavailable' })
    await own.start()
    await until(() => store.ping())
    expect(await store.inbox.append(inbound('m1', 'c1'))).toBe('duplicate')
    let heard = 0
    store.inbox.onArrival(() => {
      heard += 1
    })
    await until(async () => {
      await store.inbox.append(inbound(randomUUID(), 'c2'))
      if (heard === 0) throw new Error('nothing heard yet')
    })
    await store.close()
    await own.stop()
  })

  it('says within seconds that a frozen Redis does not answer', async () => {
    const own = await startRedis()
    const store = await createRedisStore({ url: own.url })
    await own.signal('SIGSTOP')
    await expect(store.inbox.append(inbound('m1', 'c1'))).rejects.toMatchObject({ code: 'store_unavailable' })
    await own.signal('SIGCONT')
    await until(() => store.ping())
    await store.close()
    await own.stop()
  })
})

describeWithRedis('a store in a Redis Cluster of three nodes', () => {
  let cluster: Awaited<ReturnType<typeof startRedisCluster>>
  beforeAll(async () => {
    cluster = await startRedisCluster()
  })
  afterAll(() => cluster.stop())

  const create = (clock: Clock) => createRedisStore({ url: cluster.url, prefix: randomUUID(), clock })
  describeStore('redis cluster', create)
  describeDesk('redis cluster', create)
})

describeWithRedis('a store behind Sentinel', () => {
  it('goes on with what it had when the master dies', async () => {
    const redis = await startRedisSentinel()
    const store = await createRedisStore({ url: redis.url })
    await store.inbox.append(inbound('m1', 'c1'))
    await wait(500)
    await redis.killMaster()
    await until(() => store.ping())
    await until(() => store.inbox.append(inbound('m2', 'c1')))
    const [work] = await store.inbox.lease({ worker: 'w', milliseconds: 1000 }, 1)
    expect(work?.waiting.map((message) => message.id)).toEqual(['m1', 'm2'])
    await store.close()
    await redis.stop()
  })
})

async function until(works: () => Promise<unknown>): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    try {
      await works()
      return
    } catch (error) {
      if (tries === 150) throw error
      await wait(100)
    }
  }
}
