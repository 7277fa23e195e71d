import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { createRedisStore } from '../../src/store/redis'
import { startGraphServer } from '../channels/whatsapp-cloud/graph-server'
import { type Chaos, type ChaosPlan, startChaos } from './chaos'
import { type Fleet, startFleet } from './fleet'
import { createGolden, createPerson, type Person } from './golden'
import { createMeta, type Meta } from './meta'
import { byConversation, compare, createArrivals, type Faults, type Played, play, type Scene } from './people'
import { createRandom } from './random'
import { effectsOf, prepareRequest, type Requester, request, toldOf, writeCitizens } from './requests'
import { machineScript, scriptOf } from './scripts'
import { drained, repeatsIn, wrongReceipts } from './verdict'

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

export type Verdict = {
  rows: [string, string | number][]
  violations: string[]
  /** Everything the processes printed. */
  logFile: string
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
      plan,
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

type Outcome = {
  plan: SoakPlan
  fleet: Fleet
  graph: Awaited<ReturnType<typeof startGraphServer>>
  meta: Meta
  chaos: Chaos
  scene: Scene
  played: Played[]
  quiet: Requester
  others: Requester[]
  left: number
  seconds: number[]
  duration: number
}

async function judged(outcome: Outcome): Promise<Verdict> {
  const { fleet, graph, meta, chaos, scene, played, quiet, others, left } = outcome
  const sends = byConversation(graph)
  const of = (person: Person) => sends.get(person.conversationId) ?? []
  const faults = played.map((each) => compare(each, of(each.person)))
  const quietly = JSON.stringify(toldOf(quiet, of(quiet.person)))
  const toldOtherwise = others.filter((each) => JSON.stringify(toldOf(each, of(each.person))) !== quietly)
  const repeats = repeatsIn(graph.sends, meta.told, chaos.interruptions)
  const { twice, wrongStatus, deadLetters } = await remembered(outcome)
  const requestsSent = fleet.inss.calls.filter(
    ({ method, path }) => method === 'POST' && path === '/v1/requests',
  ).length
  const logs = fleet.processes.map(({ name, pid, printed }) => `${name} ${pid}\n${printed()}`).join('\n')
  const logFile = join(fleet.dataFolder, 'printed.txt')
  writeFileSync(logFile, logs)
  const personal = logs.match(/55119\d{8}|BR\.7\d{9}|\b000\d{8}\b|anos e \d+ meses/g) ?? []
  await fleet.stop()
  const effects = await effectsOf(join(fleet.dataFolder, 'inss'))
  const doubled = [...effects.values()].filter(({ requests, benefits }) => requests > 1 || benefits > 1)
  const missing = [quiet, ...others].filter(({ cpf }) => effects.get(cpf)?.benefits !== 1)
  const total = (what: 'lost' | 'wrong' | 'outOfOrder' | 'unexpected') =>
    faults.reduce((sum, each) => sum + each[what].length, 0)
  const violations = [
    ...new Set(graph.refused.map(({ code, why }) => `WhatsApp said ${code}, ${why}`)),
    ...chaos.unclean,
    ...played.flatMap((each) => each.notes),
    ...repeats.others,
    ...faults.flatMap((each, index) => explained(played[index], each)),
  ]
  const must = (name: string, count: number, of = 0): [string, number] => {
    if (count > of) violations.push(`${name}: ${count}`)
    return [name, count]
  }
  const messages = played.reduce((sum, each) => sum + each.plan.length, 0)
  const said = played.reduce((sum, each) => sum + each.said, 0)
  const seconds = [...outcome.seconds].sort((a, b) => a - b)
  const quantile = (share: number) => `${(seconds[Math.floor(seconds.length * share)] ?? 0).toFixed(2)} s`
  return {
    logFile,
    rows: [
      ['people', played.length + others.length + 1],
      ['their messages', messages + 4 * (others.length + 1)],
      ['answers in pairs at most 20 ms apart', 2 * scene.counts.pairs],
      ['pairs that may have come in either order', played.reduce((sum, each) => sum + each.eitherOrder, 0)],
      ['webhooks posted', meta.counts.posts],
      ['  of them again although taken', meta.counts.repeated],
      ['  with several people in one', meta.counts.together],
      ['  refused (503), and posted again', meta.counts.refused],
      ['  cut off, and posted again', meta.counts.unanswered],
      ['statuses told', meta.counts.statuses],
      ['workers killed', chaos.counts.killed],
      ['workers stopped (SIGTERM)', chaos.counts.stopped],
      ['workers frozen', chaos.counts.frozen],
      ['Redis killed', chaos.counts.redis],
      ['gateways killed', chaos.counts.gatewayKills],
      ['gateways taken over by another', chaos.counts.takeOvers],
      ['calls that request a benefit', requestsSent],
      ['benefits requested', effects.size],
      ['duration', `${outcome.duration.toFixed(0)} s`],
      ['message to answer, median', quantile(0.5)],
      ['message to answer, 95 of 100', quantile(0.95)],
      ['message to answer, longest', quantile(0.9999)],
      must('NOT SAID in time', messages - said),
      must('LOST replies', total('lost')),
      must('WRONG replies', total('wrong') + toldOtherwise.length),
      must('UNEXPECTED replies', total('unexpected')),
      must('OUT OF ORDER replies', total('outOfOrder')),
      must('DOUBLED effects', doubled.length + twice.length),
      must('MISSING effects', missing.length),
      ['messages sent', graph.counts.accepted],
      ['  sent again, documented', repeats.documented],
      must('  SENT AGAIN, not documented', repeats.others.length),
      must('WRONG delivery statuses', wrongStatus.length),
      must('GIVEN UP', deadLetters),
      must('LEFT in Redis', left),
      must('REFUSED by WhatsApp', graph.refused.length),
      must('UNCLEAN stops', chaos.unclean.length),
      must('PERSONAL data in logs', personal.length),
    ],
    violations,
  }
}

/** The first fault of a person, by the message it is about. */
function explained(played: Played | undefined, faults: Faults): string[] {
  const about = (id: string) => {
    const at = played?.plan.findIndex(({ replies }) => replies.some((reply) => reply.id === id)) ?? -1
    return `${played?.plan[at]?.id ?? id} (${JSON.stringify(played?.plan[at]?.step)})`
  }
  return Object.entries(faults).flatMap(([what, [first]]) =>
    first === undefined ? [] : [`${what}: the reply to ${about(first)}`],
  )
}

/** What Redis remembers of everybody, compared with what happened. */
async function remembered({ fleet, graph, meta, played }: Outcome) {
  const store = await createRedisStore({ url: fleet.redis.url })
  const sends = byConversation(graph)
  const twice: string[] = []
  const wrongStatus: string[] = []
  for (const { person, said } of played) {
    const { conversationId } = person
    const events = (await store.conversations.events(conversationId)) as { type: string }[]
    const turns = events.filter(({ type }) => type === 'turn_taken').length
    // Older events than the last hundred are forgotten.
    if (turns > said || (events.length < 100 && turns < said)) twice.push(conversationId)
    const receipts = await store.outbox.receipts(conversationId)
    wrongStatus.push(...wrongReceipts(receipts, sends.get(conversationId) ?? [], meta.told))
  }
  const deadLetters = (await store.outbox.deadLetters.list()).length
  await store.close()
  return { twice, wrongStatus, deadLetters }
}

/** The verdict as two columns. */
export function table({ rows }: Verdict): string {
  const width = Math.max(...rows.map(([name]) => name.length))
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${String(value).padStart(9)}`).join('\n')
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
