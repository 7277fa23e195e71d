import type { RunningRedis } from '../store/redis-server'
import { measureAcknowledging } from './acknowledge'
import { startDurableRedis } from './durable-redis'
import { measureIdle } from './idle'
import { measureNotices } from './notices'
import { measureOutage } from './outage'

/**
 * What the way of messages promises, measured: `npm run bench:delivery [-- --quick PART…]`, PART one or more of
 * acknowledge, notices, idle and outage; all by default. Redis writes each change to the disk before it answers, and everything, the
 * load included, shares this machine: compare ratios of one run, not figures of two.
 */
const options = process.argv.slice(2)
const quick = options.includes('--quick')
const wanted = options.filter((each) => !each.startsWith('--'))

const parts: Record<string, () => Promise<void>> = {
  acknowledge: () => measureAcknowledging(quick ? 2 : 4, quick ? 2 : 5),
  notices: () => withRedis(({ url }) => measureNotices(url, quick ? 1000 : 5000)),
  idle: () => measureIdle(quick ? [1000, 100_000] : [1000, 100_000, 1_000_000], quick ? 5 : 15),
  outage: () => withRedis((redis) => measureOutage(redis, quick ? 3 : 10)),
}

async function main(): Promise<void> {
  for (const [name, measure] of Object.entries(parts)) {
    if (wanted.length === 0 || wanted.includes(name)) await measure()
  }
}

async function withRedis(measure: (redis: RunningRedis) => Promise<void>) {
  const redis = await startDurableRedis()
  await measure(redis)
  await redis.stop()
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
  process.exit(1)
})
