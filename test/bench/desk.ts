import { createRedisStore } from '../../src/store/redis'
import { serveEverybody } from '../handoff/load'
import { startDurableRedis } from './durable-redis'

/**
 * A full desk, measured: `npm run bench:desk [-- PEOPLE AGENTS]`, 300 and 50 by default. Two processes' worth of desk,
 * router and workers share a Redis that writes each change to the disk before it answers, and this machine with the
 * people and the agents.
 */
const [people = 300, agents = 50] = process.argv.slice(2).map(Number)
/** The next person is an agent's within this time of their being free. */
const WITHIN_MS = 200

async function main(): Promise<void> {
  const redis = await startDurableRedis()
  const stores = await Promise.all([0, 1].map(() => createRedisStore({ url: redis.url })))
  const pings: number[] = []
  const pinging = setInterval(async () => {
    const asked = performance.now()
    await stores[0]?.ping()
    pings.push(performance.now() - asked)
  }, 50)
  const result = await serveEverybody(stores as [(typeof stores)[0], (typeof stores)[0]], {
    people,
    agents,
    thinkMs: 200,
  })
  clearInterval(pinging)
  pings.sort((a, b) => a - b)
  for (const store of stores) await store.close()
  await redis.stop()
  const { faults, assignment } = result
  const inWords = (values: number[]) =>
    `median ${at(values, 0.5)} ms, p99 ${at(values, 0.99)} ms, longest ${at(values, 1)} ms`
  process.stdout.write(
    [
      `people ${people}, agents ${agents}`,
      `queued and acknowledged in ${result.queueSeconds.toFixed(1)} s, served in ${result.serveSeconds.toFixed(1)} s`,
      `messages sent ${result.messages}; lost, doubled or misrouted: ${faults.length}`,
      `assignment after an agent is free, ${assignment.length} times: ${inWords(assignment)}`,
      `one question to Redis meanwhile, ${pings.length} times: ${inWords(pings)}`,
      ...faults.slice(0, 10),
      '',
    ].join('\n'),
  )
  if (faults.length > 0 || !(at(assignment, 0.99) <= WITHIN_MS)) process.exitCode = 1
}

/** What so large a share of sorted values is at most. */
function at(values: number[], share: number): number {
  return Math.round(values[Math.ceil(values.length * share) - 1] ?? Number.NaN)
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
  process.exit(1)
})
