import { type ChildProcess, fork, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { projectFile } from '../../src/files'
import {
  GRAPH,
  messageWebhook,
  signedWebhook,
  startGraphServer,
} from '../channels/whatsapp-cloud/graph-server'
import { freePort } from '../store/redis-server'
import { SAID } from './script'

/** Says one thing and resolves with what was answered. */
export type Say = (person: string, turn: number) => Promise<string>

export type Running = { say: Say; megabytes: () => number[]; stop: () => Promise<void> }

/** The built product as its operators run it, and a Graph server of ours in Meta's place. */
export async function startWholePath(redisUrl: string, workers: number): Promise<Running> {
  const waiting = new Map<string, (text: string) => void>()
  const graph = await startGraphServer({
    keep: false,
    onMessage: ({ recipient, body }) => waiting.get(recipient)?.(wordsOf(body)),
  })
  const [port, inssPort, loginPort] = [await freePort(), await freePort(), await freePort()]
  const environment = {
    PATH: process.env.PATH,
    NODE_ENV: 'development',
    DATA_FOLDER: mkdtempSync(join(tmpdir(), 'bench-')),
    SECRET_KEY: 'ab'.repeat(32),
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
  }
  // For profiles: BENCH_NODE_FLAGS='--cpu-prof --cpu-prof-dir=/tmp/profiles'
  const flags = ['--max-semi-space-size=4', ...(process.env.BENCH_NODE_FLAGS?.split(' ') ?? [])]
  const start = async (...parts: string[]) => {
    const child = spawn(process.execPath, [...flags, projectFile('dist/src/main.js'), ...parts], {
      env: environment,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await new Promise<void>((resolve, reject) => {
      child.stdout?.on('data', (chunk: Buffer) => chunk.toString().includes('Ready in') && resolve())
      child.once('exit', (code) => reject(new Error(`${parts.join(' ')} ended with ${code}`)))
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

  const agent = new Agent({ keepAlive: true, maxSockets: 256 })
  const say: Say = (person, turn) =>
    new Promise((resolve, reject) => {
      const id = `BR.${person}`
      waiting.set(id, (text) => {
        waiting.delete(id)
        resolve(text)
      })
      const message = {
        id: `wamid.${person}.${turn}`,
        from: person,
        from_user_id: id,
        timestamp: String(Math.floor(Date.now() / 1000)),
        type: 'text',
        text: { body: SAID[turn] ?? '' },
      }
      const { body, headers } = signedWebhook(messageWebhook([message]), GRAPH.appSecret)
      const call = request(
        { agent, host: '127.0.0.1', port, path: '/webhooks/whatsapp', method: 'POST', headers },
        (response) => {
          response.resume()
          if (response.statusCode !== 200) reject(new Error(`the webhook answered ${response.statusCode}`))
        },
      )
      call.once('error', reject)
      call.end(body)
    })
  return {
    say,
    megabytes: () => ours.map(residentMegabytes),
    async stop() {
      agent.destroy()
      for (const child of [...ours, ...neighbours]) await stopChild(child)
      await graph.stop()
    },
  }
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
        text: SAID[turn],
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
