import { setTimeout as wait } from 'node:timers/promises'
import { startDurableRedis } from './durable-redis'
import { converse, percentile } from './script'
import { count, describeLatencies, heading, row } from './table'
import { type Product, startWholePath } from './whole-path'

/** Asks for the day of a payment: the second turn calls the INSS API. */
const SAID = ['quando eu recebo novembro, meu benefício termina em 4', 'mais de um salário']
const RIGHT = [/mais de um salário mínimo por mês/, /Benefício com final 4/]

const SLOW_MS = 2000
const PER_SECOND = 60
const AT_ONCE = 50
const MOST_MS = 25

type Scenario = { name: string; must?: boolean; run: (product: Product) => Promise<number[]> }

/**
 * How long a webhook waits for its 200 while the INSS API answers at once, and while it answers after two seconds:
 * two products with a gateway and a worker each, measured in turn.
 */
export async function measureAcknowledging(rounds: number, seconds: number): Promise<void> {
  heading(`Webhook → 200, one gateway and one worker; must: median at most ${MOST_MS} ms`)
  const conversing = (how: { perSecond: number } | { people: number }) => async (product: Product) => {
    product.acknowledged.length = 0
    // Without it the fifty would go on in step for ever, at the pace of the INSS API.
    const say: Product['say'] = async (person, turn) => {
      if (turn === 0) await wait(Math.random() * 1000)
      return product.say(person, turn)
    }
    const { wrong } = await converse(say, { ...how, seconds }, RIGHT)
    if (wrong > 0) throw new Error(`${wrong} answers were wrong`)
    return [...product.acknowledged]
  }
  const scenarios: Scenario[] = [
    { name: `steady ${PER_SECOND}/s`, must: true, run: conversing({ perSecond: PER_SECOND }) },
    { name: `${AT_ONCE} at a time`, must: true, run: conversing({ people: AT_ONCE }) },
    { name: `${AT_ONCE} strangers at once`, run: (product) => bursts(product, seconds) },
  ]
  const started = await Promise.all([start(0), start(SLOW_MS)])
  for (const { product } of started) await converse(product.say, { people: 10, seconds: 3 }, RIGHT)
  for (const { name, must, run } of scenarios) {
    const quick: number[] = []
    const slow: number[] = []
    for (let round = 0; round < rounds; round += 1) {
      quick.push(...(await run(started[0].product)))
      slow.push(...(await run(started[1].product)))
    }
    row(`${name}, INSS API at once`, describeLatencies(quick), `${count(quick.length)} webhooks`)
    row(
      `${name}, INSS API after ${SLOW_MS / 1000} s`,
      describeLatencies(slow),
      `${count(slow.length)} webhooks`,
    )
    const [alone, mine] = [percentile(quick, 0.5), percentile(slow, 0.5)]
    const verdict = mine <= MOST_MS ? `at most ${MOST_MS} ms` : `MORE THAN ${MOST_MS} ms`
    row('  median, slow / at once', (mine / alone).toFixed(2), ...(must === true ? [verdict] : []))
  }
  for (const { product, redis } of started) {
    await product.stop()
    await redis.stop()
  }
}

async function start(inssDelayMs: number) {
  const redis = await startDurableRedis()
  const said = (_person: string, turn: number) => SAID[turn] ?? ''
  return { redis, product: await startWholePath(redis.url, { workers: 1 }, { inssDelayMs, said }) }
}

/** Fifty people write in the same moment, twice a second, while fifty others hold conversations. */
async function bursts(product: Product, seconds: number): Promise<number[]> {
  const acknowledged: number[] = []
  const others = converse(product.say, { people: AT_ONCE, seconds }, RIGHT)
  const before = (process.pid * 7919 + Math.round(performance.now())) % 9_000_000
  for (let burst = 0; burst < seconds * 2; burst += 1) {
    const posts = Array.from({ length: AT_ONCE }, async (_, index) => {
      const person = `55219${String(10_000_000 + before + burst * AT_ONCE + index)}`
      const posted = performance.now()
      const status = await product.tell(person, `wamid.${person}`, SAID[0] ?? '')
      if (status !== 200) throw new Error(`the webhook answered ${status}`)
      acknowledged.push(performance.now() - posted)
    })
    await Promise.all([...posts, wait(500)])
  }
  await others
  return acknowledged
}
