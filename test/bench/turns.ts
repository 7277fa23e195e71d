import { fork } from 'node:child_process'
import { projectFile } from '../../src/files'
import { startRedis } from '../store/redis-server'
import { converse, describeMeasured, type Measured, percentile } from './script'
import { type Running, startPeer, startWholePath } from './whole-path'

/**
 * Turns a second and their latency, in one run beside what is usually built. `npm run bench:turns [-- seconds]`.
 * - peer: a botbuilder waterfall over HTTP with memory storage, answering in the response (`peer.ts`)
 * - engine: durable append → turn → commit on Redis, without any provider (`engine.ts`)
 * - whole path: signed WhatsApp webhook → reply at a Graph server, the next thing said when the reply is there
 * Redis writes each change to the disk before it answers. All of it shares this machine, the load included.
 */
const PEOPLE = [1, 10, 50, 200]
/** Seconds of each measurement; 0 for the comparison by turns alone. */
const seconds = Number(process.argv[2] ?? 8)

const shapes = [
  ['one assistant', { assistants: 1 }],
  ['two assistants', { assistants: 2 }],
  ['gateway + 1 worker', { workers: 1 }],
  ['gateway + 2 workers', { workers: 2 }],
] as const

async function main(): Promise<void> {
  if (seconds > 0) await each()
  for (const [name, processes] of [shapes[0], shapes[2]]) await sideBySide(name, processes)
  await twoWorkers()
}

async function each(): Promise<void> {
  const figures: Record<string, Measured> = {}
  const show = (name: string, measured: Measured, megabytes: number[] = []) => {
    figures[name] = measured
    const memory =
      megabytes.length === 0 ? '' : ` · ${megabytes.map((each) => `${Math.round(each)}`).join(' + ')} MB`
    process.stdout.write(`${name.padEnd(34)}${describeMeasured(measured)}${memory}\n`)
  }

  const peer = await startPeer()
  await converse(peer.say, { people: 50, seconds: 2 })
  for (const people of PEOPLE) {
    show(`peer, ${people} at a time`, await converse(peer.say, { people, seconds }), peer.megabytes())
  }
  const steady = perSecond(figures['peer, 50 at a time']) * 0.6
  show(`peer, open loop ${Math.round(steady)}/s`, await converse(peer.say, { perSecond: steady, seconds }))
  await peer.stop()

  // A Redis of its own for each part: what one left behind is not rewritten to disk while the next is measured.
  const ofEngine = await startRedis({ durable: true })
  for (const people of PEOPLE) {
    const { measured, megabytes } = await engine(ofEngine.url, people)
    show(`engine, ${people} at a time`, measured, [megabytes])
  }
  await ofEngine.stop()

  for (const [name, processes] of shapes) {
    const redis = await startRedis({ durable: true })
    const product: Running = await startWholePath(redis.url, processes)
    await converse(product.say, { people: 50, seconds: 3 })
    for (const people of 'assistants' in processes ? PEOPLE : [50]) {
      const measured = await converse(product.say, { people, seconds })
      show(`${name}, ${people} at a time`, measured, product.megabytes())
    }
    if ('assistants' in processes) {
      const measured = await converse(product.say, { perSecond: steady, seconds })
      show(`${name}, open loop ${Math.round(steady)}/s`, measured)
    }
    await product.stop()
    await redis.stop()
  }
}

const ROUNDS = 9

/**
 * The peer and the whole path, 50 at a time, a few seconds each by turns: machines are not equally fast from one minute
 * to the next, and a ratio of neighbours is.
 */
async function sideBySide(
  name: string,
  processes: { assistants: number } | { workers: number },
): Promise<void> {
  const peer = await startPeer()
  const redis = await startRedis({ durable: true })
  const product = await startWholePath(redis.url, processes)
  for (const { say } of [peer, product]) await converse(say, { people: 50, seconds: 3 })
  const rounds: { theirs: Measured; ours: Measured }[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    const theirs = await converse(peer.say, { people: 50, seconds: 3 })
    rounds.push({ theirs, ours: await converse(product.say, { people: 50, seconds: 3 }) })
  }
  const ratios = rounds.map(({ theirs, ours }) => perSecond(ours) / perSecond(theirs)).sort((a, b) => a - b)
  const at = (place: number) => ratios.at(place)?.toFixed(2)
  const p99 = (side: 'theirs' | 'ours') =>
    percentile(
      rounds.flatMap((round) => round[side].latencies),
      0.99,
    ).toFixed(1)
  const wrong = rounds.reduce((sum, { ours }) => sum + ours.wrong, 0)
  const memory = product.megabytes().join(' + ')
  process.stdout.write(
    `${name} / peer at 50, by turns: median ${at(ROUNDS >> 1)} (${at(0)} to ${at(-1)}) · p99 ${p99('ours')} against ${p99('theirs')} ms · ${wrong} wrong · ${memory} MB\n`,
  )
  await product.stop()
  await redis.stop()
  await peer.stop()
}

const SHARE = 0.2

/**
 * One worker and two by turns, each on so little of a core that nothing else is the limit: nor are the people, of whom
 * 200 speak at a time, since a worker without its share of the moment answers none of them.
 */
async function twoWorkers(): Promise<void> {
  const redis = await startRedis({ durable: true })
  const rounds: { one: Measured; two: Measured }[] = []
  const measure = async (workers: number) => {
    const product = await startWholePath(redis.url, { workers })
    await converse(product.say, { people: 200, seconds: 8 })
    product.confineWorkers(SHARE)
    await converse(product.say, { people: 200, seconds: 1 })
    const measured = await converse(product.say, { people: 200, seconds: 4 })
    await product.stop()
    return measured
  }
  for (let round = 0; round < 3; round += 1) rounds.push({ one: await measure(1), two: await measure(2) })
  const ratios = rounds.map(({ one, two }) => perSecond(two) / perSecond(one)).sort((a, b) => a - b)
  const wrong = rounds.reduce((sum, { one, two }) => sum + one.wrong + two.wrong, 0)
  const of = (side: 'one' | 'two') => rounds.map((round) => Math.round(perSecond(round[side]))).join(', ')
  process.stdout.write(
    `two workers / one, each on ${SHARE * 100} % of a core: median ${ratios[1]?.toFixed(2)} · ${of('two')} turns/s against ${of('one')} · ${wrong} wrong\n`,
  )
  await redis.stop()
}

function perSecond(measured: Measured | undefined): number {
  return measured === undefined ? 0 : measured.turns / measured.seconds
}

function engine(url: string, people: number): Promise<{ measured: Measured; megabytes: number }> {
  const child = fork(projectFile('test/bench/engine.ts'), [url, String(people), String(seconds)], {
    execArgv: ['--import', 'tsx'],
  })
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(message as { measured: Measured; megabytes: number }))
    child.once('exit', (code) => code !== 0 && reject(new Error(`the engine ended with ${code}`)))
  })
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
  process.exit(1)
})
