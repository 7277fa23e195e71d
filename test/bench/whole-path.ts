import { type ChildProcess, fork, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { projectFile } from '../../src/files'
import {
  GRAPH,
  messageWebhook,
  type Sent,
  signedWebhook,
  startGraphServer,
} from '../channels/whatsapp-cloud/graph-server'
import { startInssFront } from '../resilience/fronts'
import { freePort } from '../store/redis-server'
import { confine } from './confine'
import { createLeanClient, startLeanServer } from './lean-http'
import { saidBy } from './script'

/** Says one thing and resolves with what was answered. */
export type Say = (person: string, turn: number) => Promise<string>

export type Running = { say: Say; megabytes: () => number[]; stop: () => Promise<void> }

export type Product = Running & {
  /** Base address of the first of its processes. */
  url: string
  /** Posts a signed webhook with one text. @returns the status of the answer, 0 without one */
  tell: (person: string, id: string, text: string) => Promise<number>
  /** Milliseconds from posting to each 200, in no order. */
  acknowledged: number[]
  /** From now on each worker has so much of a core, 0 to 1. @throws Error where this machine does not let us */
  confineWorkers: (share: number) => void
}

/** The key of the product's addresses and records. */
export const SECRET_KEY = Buffer.from('ab'.repeat(32), 'hex')

/**
 * The built product as its operators run it, and a Graph server of ours in Meta's place.
 * @param processes how many `assistant` processes, which do everything; or a gateway and so many workers
 * @param options.said what is said in each turn, by default the simulation
 * @param options.inssDelayMs how long each answer of the INSS API is held back
 * @param options.statuses whether Meta tells that each message was sent, delivered and read
 * @param options.onSent hears each message that goes out
 */
export async function startWholePath(
  redisUrl: string,
  processes: { assistants: number } | { workers: number },
  options: {
    said?: (person: string, turn: number) => string
    inssDelayMs?: number
    statuses?: boolean
    onSent?: (sent: Sent) => void
    environment?: Record<string, string>
    nodeFlags?: string[]
  } = {},
): Promise<Product> {
  const { said = saidBy, inssDelayMs, nodeFlags = [] } = options
  const waiting = new Map<string, (text: string) => void>()
  const onMessage = (sent: Sent) => {
    options.onSent?.(sent)
    waiting.get(sent.recipient)?.(wordsOf(sent.body))
  }
  // Meta's limits are for tests; here it answers and, where asked for, tells how far each message got.
  const graph =
    options.statuses === true
      ? await startGraphServer({ keep: false, onMessage })
      : await startLeanGraph(onMessage)
  const [inssPort, loginPort] = [await freePort(), await freePort()]
  const fronts = 'assistants' in processes ? processes.assistants : 1
  const ports = await Promise.all(Array.from({ length: fronts }, freePort))
  const port = ports[0] ?? 0
  const environment = {
    PATH: process.env.PATH,
    NODE_ENV: 'development',
    DATA_FOLDER: mkdtempSync(join(tmpdir(), 'bench-')),
    SECRET_KEY: SECRET_KEY.toString('hex'),
    INSS_API_CLIENT_SECRET: 'inss-api-secret-of-the-bench',
    REDIS_URL: redisUrl,
    INSS_API_PORT: String(inssPort),
    LOGIN_SANDBOX_PORT: String(loginPort),
    WHATSAPP_APP_SECRET: GRAPH.appSecret,
    WHATSAPP_VERIFY_TOKEN: GRAPH.verifyToken,
    WHATSAPP_ACCESS_TOKEN: GRAPH.accessToken,
    WHATSAPP_PHONE_NUMBER_ID: GRAPH.phoneNumberId,
    WHATSAPP_GRAPH_URL: graph.url,
    WHATSAPP_MESSAGES_PER_SECOND: '100000',
    LOG_LEVEL: 'error',
    ...options.environment,
  }
  // For profiles: BENCH_NODE_FLAGS='--cpu-prof --cpu-prof-dir=profiles'
  const more = [...(process.env.BENCH_NODE_FLAGS?.split(' ') ?? []), ...nodeFlags]
  const inssFront =
    inssDelayMs === undefined ? undefined : await startInssFront(`http://127.0.0.1:${inssPort}`)
  if (inssFront !== undefined) inssFront.before = () => wait(inssDelayMs)
  const start = async (part: string, ownPort = port) => {
    const behindFront = inssFront !== undefined && part !== 'inss-api' && { INSS_API_URL: inssFront.url }
    const child = spawn(
      process.execPath,
      [...flagsOf(part), ...more, projectFile('dist/src/main.js'), part],
      {
        env: { ...environment, PORT: String(ownPort), ...behindFront },
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    )
    await new Promise<void>((resolve, reject) => {
      child.stdout?.on('data', (chunk: Buffer) => chunk.toString().includes('Ready in') && resolve())
      child.once('exit', (code) => reject(new Error(`${part} ended with ${code}`)))
    })
    return child
  }
  const neighbours = [await start('login-sandbox'), await start('inss-api')]
  const ours =
    'assistants' in processes
      ? await Promise.all(ports.map((each) => start('assistant', each)))
      : [
          await start('gateway'),
          ...(await Promise.all(Array.from({ length: processes.workers }, () => start('worker')))),
        ]

  const freed: (() => void)[] = []

  if ('statuses' in graph) graph.statuses = { url: `http://127.0.0.1:${port}/webhooks/whatsapp` }

  const clients = ports.map(createLeanClient)
  let posts = 0
  const acknowledged: number[] = []
  const tell: Product['tell'] = async (person, id, text) => {
    const message = {
      id,
      from: person,
      from_user_id: bsuidOf(person),
      timestamp: String(Math.floor(Date.now() / 1000)),
      type: 'text',
      text: { body: text },
    }
    const body = messageWebhook([message])
    const { headers } = signedWebhook(body, GRAPH.appSecret)
    const posted = performance.now()
    // As a balancer would: each message to the next process.
    posts += 1
    const answered = await clients[posts % clients.length]?.post('/webhooks/whatsapp', headers, body)
    if (answered?.status === 200) acknowledged.push(performance.now() - posted)
    return answered?.status ?? 0
  }
  const say: Say = (person, turn) =>
    new Promise((resolve, reject) => {
      const id = bsuidOf(person)
      waiting.set(id, (text) => {
        waiting.delete(id)
        resolve(text)
      })
      const post = () => tell(person, `wamid.${person}.${turn}`, said(person, turn))
      // A connection that rested may be closed just then; Meta posts again what got no answer.
      void post()
        .then((status) => (status === 0 ? post() : status))
        .then((status) => {
          if (status !== 200) reject(new Error(`the webhook answered ${status}`))
        })
    })
  return {
    url: `http://127.0.0.1:${port}`,
    say,
    tell,
    acknowledged,
    megabytes: () => ours.map(residentMegabytes),
    confineWorkers(share) {
      for (const { pid = 0 } of ours.slice(fronts)) freed.push(confine(pid, share))
    },
    async stop() {
      for (const client of clients) client.close()
      for (const child of [...ours, ...neighbours]) await stopChild(child)
      for (const free of freed) free()
      await inssFront?.stop()
      await graph.stop()
    },
  }
}

/** Meta's name for the person with this telephone. */
export function bsuidOf(phone: string): string {
  return `BR.${phone}`
}

/** The botbuilder server of `peer.ts`, answering in the response. */
export async function startPeer(): Promise<Running> {
  const child = fork(projectFile('test/bench/peer.ts'), [], { execArgv: ['--import', 'tsx'] })
  const port = await new Promise<number>((resolve) => {
    child.once('message', (message) => resolve((message as { port: number }).port))
  })
  const client = createLeanClient(port)
  const say: Say = async (person, turn) => {
    const body = JSON.stringify({
      type: 'message',
      id: `${person}.${turn}`,
      text: saidBy(person, turn),
      channelId: 'bench',
      serviceUrl: 'http://127.0.0.1:1',
      conversation: { id: person },
      from: { id: person },
      recipient: { id: 'bot' },
      deliveryMode: 'expectReplies',
    })
    const answered = await client.post('/api/messages', { 'content-type': 'application/json' }, body)
    const { activities } = JSON.parse(answered.body) as { activities: { text: string }[] }
    return activities.at(-1)?.text ?? ''
  }
  return {
    say,
    megabytes: () => [residentMegabytes(child)],
    async stop() {
      client.close()
      await stopChild(child)
    },
  }
}

/** What `npm run start:<part>` gives to node. */
function flagsOf(part: string): string[] {
  const { scripts } = JSON.parse(readFileSync(projectFile('package.json'), 'utf8')) as {
    scripts: Record<string, string>
  }
  return scripts[`start:${part}`]?.match(/(?<= )--(?!silent)\S+/g) ?? []
}

/** Takes every message, and says so. */
async function startLeanGraph(onMessage: (sent: Sent) => void) {
  let taken = 0
  const { port, stop } = await startLeanServer((_path, text) => {
    const body = JSON.parse(text) as Record<string, unknown>
    taken += 1
    const wamid = `wamid.OUT${taken}`
    if (body.status !== 'read') {
      const recipient = (body.to ?? body.recipient) as string
      const correlation = body.biz_opaque_callback_data as string | undefined
      onMessage({ wamid, recipient, correlation, body, at: performance.now() })
    }
    return `{"messaging_product":"whatsapp","messages":[{"id":"${wamid}"}]}`
  })
  return { url: `http://127.0.0.1:${port}/v25.0`, stop }
}

function wordsOf(body: Record<string, unknown>): string {
  const { text, interactive } = body as { text?: { body: string }; interactive?: { body: { text: string } } }
  return text?.body ?? interactive?.body.text ?? ''
}

function residentMegabytes(child: ChildProcess): number {
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024)
}

function stopChild(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve())
    child.kill('SIGTERM')
  })
}
