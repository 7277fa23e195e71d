import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createRedisStore } from '../../src/store/redis'
import type { GraphServer } from '../channels/whatsapp-cloud/graph-server'
import type { Chaos } from './chaos'
import type { Fleet } from './fleet'
import type { Person } from './golden'
import type { Meta } from './meta'
import { byConversation, compare, type Faults, type Played, type Scene } from './people'
import { effectsOf, type Requester, toldOf } from './requests'
import { repeatsIn, wrongReceipts } from './verdict'

export type Verdict = {
  rows: [string, string | number][]
  violations: string[]
  /** Everything the processes printed. */
  logFile: string
}

/** What a soak has come to. */
export type Outcome = {
  fleet: Fleet
  graph: GraphServer
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

/** Counts what everybody was told and what had an effect. Stops the fleet to look into the INSS API's database. */
export async function judged(outcome: Outcome): Promise<Verdict> {
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
