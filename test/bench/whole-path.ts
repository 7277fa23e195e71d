import { type ChildProcess, fork, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
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
}

/** The key of the product's addresses and records. */
export const SECRET_KEY = Buffer.from('ab'.repeat(32), 'hex')

/**
 * The built product as its operators run it, and a Graph server of ours in Meta's place.
 * @param workers 0 for one process that does everything
 * @param options.said what is said in each turn, by default the simulation
 * @param options.inssDelayMs how long each answer of the INSS API is held back
 * @param options.statuses whether Meta tells that each message was sent, delivered and read
 * @param options.onSent hears each message that goes out
 */
export async function startWholePath(
  redisUrl: string,
  workers: number,
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
  const graph = await startGraphServer({
    keep: false,
    onMessage: (sent) => {
      options.onSent?.(sent)
      waiting.get(sent.recipient)?.(wordsOf(sent.body))
    },
  })
  const [port, inssPort, loginPort] = [await freePort(), await freePort(), await freePort()]
  const environment = {
    PATH: process.env.PATH,
    NODE_ENV: 'development',
    DATA_FOLDER: mkdtempSync(join(tmpdir(), 'bench-')),
    SECRET_KEY: SECRET_KEY.toString('hex'),
    INSS_API_CLIENT_SECRET: 'inss-api-secret-of-the-bench',
    REDIS_URL: redisUrl,
    PORT: String(port),
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
  const flags = [
    '--max-semi-space-size=16',
    ...(process.env.BENCH_NODE_FLAGS?.split(' ') ?? []),
    ...nodeFlags,
  ]
  const inssFront =
    inssDelayMs === undefined ? undefined : await startInssFront(`http://127.0.0.1:${inssPort}`)
  if (inssFront !== undefined) inssFront.before = () => wait(inssDelayMs)
  const start = async (part: string) => {
    const behindFront = inssFront !== undefined && part !== 'inss-api' && { INSS_API_URL: inssFront.url }
    const child = spawn(process.execPath, [...flags, projectFile('dist/src/main.js'), part], {
      env: { ...environment, ...behindFront },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await new Promise<void>((resolve, reject) => {
      child.stdout?.on('data', (chunk: Buffer) => chunk.toString().includes('Ready in') && resolve())
      child.once('exit', (code) => reject(new Error(`${part} ended with ${code}`)))
    })
    return child
  }
  const neighbours = [await start('login-sandbox'), await start('inss-api')]
  const ours =
    workers === 0
      ? [await start('assistant')]
      : [
          await start('gateway'),
          ...(await Promise.all(Array.from({ length: workers }, () => start('worker')))),
        ]

  if (options.statuses === true) graph.statuses = { url: `http://127.0.0.1:${port}/webhooks/whatsapp` }

  const agent = new Agent({ keepAlive: true, maxSockets: 256 })
  const acknowledged: number[] = []
  const tell: Product['tell'] = (person, id, text) =>
    new Promise((resolve) => {
      const message = {
        id,
        from: person,
        from_user_id: bsuidOf(person),
        timestamp: String(Math.floor(Date.now() / 1000)),
        type: 'text',
        text: { body: text },
      }
      const { body, headers } = signedWebhook(messageWebhook([message]), GRAPH.appSecret)
      const posted = performance.now()
      const call = request(
        { agent, host: '127.0.0.1', port, path: '/webhooks/whatsapp', method: 'POST', headers },
        (response) => {
          if (response.statusCode === 200) acknowledged.push(performance.now() - posted)
          response.resume()
          resolve(response.statusCode ?? 0)
        },
      )
      call.once('error', () => resolve(0))
      call.end(body)
    })
  const say: Say = (person, turn) =>
    new Promise((resolve, reject) => {
      const id = bsuidOf(person)
      waiting.set(id, (text) => {
        waiting.delete(id)
        resolve(text)
      })
      void tell(person, `wamid.${person}.${turn}`, said(person, turn)).then((status) => {
        if (status !== 200) reject(new Error(`the webhook answered ${status}`))
      })
    })
  return {
    url: `http://127.0.0.1:${port}`,
    say,
    tell,
    acknowledged,
    megabytes: () => ours.map(residentMegabytes),
    async stop() {
      agent.destroy()
      for (const child of [...ours, ...neighbours]) await stopChild(child)
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
  const agent = new Agent({ keepAlive: true, maxSockets: 256 })
  const say: Say = (person, turn) =>
    new Promise((resolve, reject) => {
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
      const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
      const call = request(
        { agent, host: '127.0.0.1', port, path: '/api/messages', method: 'POST', headers },
        (response) => {
          let text = ''
          response.on('data', (chunk: Buffer) => {
            text += chunk.toString()
          })
          response.on('end', () => {
            const { activities } = JSON.parse(text) as { activities: { text: string }[] }
            resolve(activities.at(-1)?.text ?? '')
          })
        },
      )
      call.once('error', reject)
      call.end(body)
    })
  return {
    say,
    megabytes: () => [residentMegabytes(child)],
    async stop() {
      agent.destroy()
      await stopChild(child)
    },
  }
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
