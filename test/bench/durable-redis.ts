import { rmSync } from 'node:fs'
import { createClient } from 'redis'
import { type RunningRedis, startRedis } from '../store/redis-server'

/** A Redis that writes each change to the disk before it answers; `stop` also removes what it wrote, up to gigabytes. */
export async function startDurableRedis(): Promise<RunningRedis> {
  const redis = await startRedis({ durable: true })
  const client = createClient({ url: redis.url })
  await client.connect()
  const { dir } = await client.configGet('dir')
  client.destroy()
  return {
    ...redis,
    async stop() {
      await redis.stop()
      if (dir !== undefined) rmSync(dir, { recursive: true, force: true })
    },
  }
}
