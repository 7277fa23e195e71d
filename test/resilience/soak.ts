import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { startGraphServer } from '../channels/whatsapp-cloud/graph-server'
import { type ChaosPlan, startChaos } from './chaos'
import { startFleet } from './fleet'
import { createGolden, createPerson, type Person } from './golden'
import { judged, table, type Verdict } from './judgement'
import { createMeta } from './meta'
import { byConversation, createArrivals, type Played, play, type Scene } from './people'
import { createRandom } from './random'
import { prepareRequest, type Requester, request, writeCitizens } from './requests'
import { machineScript, scriptOf } from './scripts'
import { drained } from './verdict'

export type SoakPlan = {
  people: number
  messagesEach: number
  /** People who log in and send a request; one more does so in quiet, to know what they must be told. */
  requesters: number
  thinkMs: [number, number]
  /** How long things go wrong. */
  chaosMs: number
  chaos: ChaosPlan
  /** Of a hundred messages, how many never get a status; the rest get late ones within `lateMs`. */
  neverTold: number
  lateMs: number
  againAfterMs: number
  /** How long to wait for the last answer once all is calm. */
  patienceMs: number
  seed: number
}

export const shortForm: SoakPlan = {
  people: 60,
  messagesEach: 10,
  requesters: 4,
  thinkMs: [100, 1900],
  chaosMs: 14_000,
  chaos: {
    workers: 3,
    killEveryMs: [2000, 5000],
    freezeMs: 12_000,
    freezes: 1,
    redisKills: 2,
    redisAwayMs: [500, 1500],
    takeOvers: 1,
    gatewayKills: 1,
  },
  neverTold: 0,
  lateMs: 2000,
  againAfterMs: 2000,
  patienceMs: 100_000,
  seed: 20_261_125,
}

export const fullForm: SoakPlan = {
  people: 1000,
  messagesEach: 20,
  requesters: 40,
  thinkMs: [1000, 45_000],
  chaosMs: 480_000,
  chaos: {
    workers: 4,
    killEveryMs: [2000, 5000],
    freezeMs: 30_000,
    freezes: 5,
    redisKills: 10,
    redisAwayMs: [500, 5000],
    takeOvers: 6,
    gatewayKills: 4,
  },
  neverTold: 2,
  lateMs: 90_000,
  againAfterMs: 20_000,
  patienceMs: 300_000,
  seed: 20_261_125,
}

/**
 * Many people talk to the built product by WhatsApp while its processes and Redis are killed, frozen and replaced;
 * then everything is counted that they were told and that had an effect.
 */
export async function soak(plan: SoakPlan, say: (line: string) => void = () => undefined): Promise<Verdict> {
  const random = createRandom(plan.seed)
  const graph = await startGraphServer()
  const citizens = mkdtempSync(join(tmpdir(), 'citizens-'))
  const cpfs = writeCitizens(citizens, plan.requesters + 1)
  const fleet = await startFleet({ graphUrl: graph.url, environment: { SANDBOX_DATA: citizens } })
  const meta = createMeta({ url: fleet.webhook, random, twice: 10, againAfterMs: plan.againAfterMs })
  const arrivals = createArrivals()
  graph.onMessage = (sent) => {
    arrivals.hear(sent)
    meta.statuses(sent, plan.neverTold, plan.lateMs)
  }
  try {
    const chaos = await startChaos(fleet, plan.chaos, random)
    const seconds: number[] = []
    const scene: Scene = {
      meta,
      arrivals,
      plan: createGolden({ inssUrl: fleet.inss.url }),
      random,
      generation: fleet.front.generation,
      thinkMs: plan.thinkMs,
      onAnswered: (took) => seconds.push(took),
      counts: { pairs: 0 },
    }
    const everybody = Array.from({ length: plan.people }, (_, index) => createPerson(index, fleet.secretKey))
    const played = await planned(everybody, plan, scene)
    say(`${played.length} people know what to say`)
    const sentTo = (person: Person) => byConversation(graph).get(person.conversationId) ?? []
    const requesters = await Promise.all(
      cpfs.map((cpf, index) =>
        prepareRequest(createPerson(plan.people + index, fleet.secretKey), cpf, { meta, sentTo }),
      ),
    )
    const [quiet, ...others] = requesters as [Requester, ...Requester[]]
    await request(quiet, scene)
    say(`${requesters.length} people have logged in; now things go wrong`)
    // The effect is there before the answer: whoever is killed in between must not have it twice.
    fleet.inss.after = ({ method, path }) =>
      method === 'POST' && path === '/v1/requests' ? wait(random.between(500, 2500)) : undefined
    const started = performance.now()
    const talking = Promise.all([
      ...played.map((each) => play(each, scene)),
      ...others.map(async (each) => {
        await wait(random.between(0, plan.chaosMs * 0.8))
        await request(each, scene)
      }),
    ])
    const chaotic = chaos.befall(plan.chaosMs)
    const reporting = setInterval(() => say(`${graph.counts.accepted} sent`), 30_000)
    await chaotic
    say(`calm again after ${Math.round((performance.now() - started) / 1000)} s`)
    const inTime = await Promise.race([
      talking.then(() => true),
      wait(plan.patienceMs, false, { ref: false }),
    ])
    clearInterval(reporting)
    await Promise.race([meta.settled(), wait(plan.lateMs + 30_000, undefined, { ref: false })])
    const left = await drained(fleet.redis.url, inTime ? 60_000 : 1000)
    const duration = (performance.now() - started) / 1000
    return await judged({
      fleet,
      graph,
      meta,
      chaos,
      scene,
      played,
      quiet,
      others,
      left,
      seconds,
      duration,
    })
  } finally {
    meta.stop()
    await fleet.stop()
    await graph.stop()
  }
}

async function planned(people: Person[], plan: SoakPlan, scene: Scene): Promise<Played[]> {
  const played: Played[] = []
  for (const [index, person] of people.entries()) {
    const script = index === 0 ? machineScript() : scriptOf(plan.messagesEach, scene.random)
    const messages = script.map((step, place) => ({ id: `wamid.IN${index}.${place}`, step }))
    played.push({ person, plan: await scene.plan(person, messages), eitherOrder: 0, said: 0, notes: [] })
  }
  return played
}

async function main(): Promise<void> {
  const started = performance.now()
  const say = (line: string) =>
    void process.stdout.write(`${((performance.now() - started) / 1000).toFixed(0).padStart(4)} s  ${line}\n`)
  const [form = 'full', seed] = process.argv.slice(2)
  const plan = form === 'short' ? shortForm : fullForm
  const verdict = await soak({ ...plan, ...(seed !== undefined && { seed: Number(seed) }) }, say)
  process.stdout.write(`\n${table(verdict)}\n\n`)
  say(
    verdict.violations.length === 0
      ? 'Nothing was violated.'
      : `VIOLATED (what was printed is in ${verdict.logFile}): ${verdict.violations.join('; ')}`,
  )
  process.exit(verdict.violations.length === 0 ? 0 : 1)
}

if (require.main === module) {
  main().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
    process.exit(1)
  })
}
