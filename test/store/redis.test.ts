import { randomUUID } from 'node:crypto'
import { AppError } from '../../src/errors'
import { createRedisStore } from '../../src/store/redis'
import { describeStore } from './contract'
import { describeWithRedis, startRedis } from './redis-server'

describeWithRedis('a store in Redis', () => {
  let redis: Awaited<ReturnType<typeof startRedis>>
  beforeAll(async () => {
    redis = await startRedis()
  })
  afterAll(() => redis.stop())

  describeStore('redis', (clock) => createRedisStore({ url: redis.url, prefix: randomUUID(), clock }))

  it('judges time by Redis when no clock is given', async () => {
    const store = await createRedisStore({ url: redis.url, prefix: randomUUID() })
    await store.records.set('k', 'v', 1)
    expect(await store.records.get('k')).toBe('v')
    await new Promise((resolve) => setTimeout(resolve, 1100))
    expect(await store.records.get('k')).toBeUndefined()
    await store.close()
  })

  it('says in words when there is no Redis', async () => {
    const missing = createRedisStore({ url: 'redis://127.0.0.1:1' })
    await expect(missing).rejects.toThrow(AppError)
    await expect(missing).rejects.toThrow(/REDIS_URL/)
  })
})
