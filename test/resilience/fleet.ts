import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { projectFile } from '../../src/files'
import { GRAPH } from '../channels/whatsapp-cloud/graph-server'
import { startRedis } from '../store/redis-server'
import { startFront, startInssFront } from './fronts'

/** One process of the built product. */
export type Process = {
  name: string
  pid: number
  /** Everything it printed. */
  printed: () => string
  signal: (signal: 'SIGTERM' | 'SIGKILL' | 'SIGSTOP' | 'SIGCONT') => void
  /** Its exit code; null when it was killed. */
  exited: Promise<number | null>
  running: () => boolean
}

export type Fleet = Awaited<ReturnType<typeof startFleet>>

const READY = /Ready in/

/**
 * The built product as separate processes on a durable Redis: an INSS API and a login sandbox of its own, and
 * gateways and workers as they are asked for. Providers and browsers reach whatever gateway `front` leads to.
 * @param options.graphUrl where WhatsApp messages go
 * @param options.environment over the variables of every process
 * @param options.alone without INSS API and login, for what needs neither
 */
export async function startFleet(options: {
  graphUrl: string
  environment?: Record<string, string>
  alone?: boolean
}) {
  const [redis, front, inssPort, loginPort, ...slots] = await Promise.all([
    startRedis({ durable: true }),
    startFront(),
    freePort(),
    freePort(),
    freePort(),
    freePort(),
  ])
  const inss = await startInssFront(`http://localhost:${inssPort}`)
  const secretKey = randomBytes(32)
  const data = mkdtempSync(join(tmpdir(), 'fleet-'))
  const processes: Process[] = []
  const common = {
    SECRET_KEY: secretKey.toString('hex'),
    PUBLIC_URL: front.url,
    INSS_API_PORT: String(inssPort),
    LOGIN_SANDBOX_PORT: String(loginPort),
    INSS_API_CLIENT_SECRET: randomBytes(16).toString('hex'),
    INSS_EVENTS_SECRET: randomBytes(16).toString('hex'),
    SESSION_IDLE_MINUTES: '120',
    ...options.environment,
  }
  const assistant = {
    ...common,
    DATA_FOLDER: data,
    REDIS_URL: redis.url,
    INSS_API_URL: inss.url,
    WHATSAPP_APP_SECRET: GRAPH.appSecret,
    WHATSAPP_VERIFY_TOKEN: GRAPH.verifyToken,
    WHATSAPP_ACCESS_TOKEN: GRAPH.accessToken,
    WHATSAPP_PHONE_NUMBER_ID: GRAPH.phoneNumberId,
    WHATSAPP_GRAPH_URL: options.graphUrl,
    WHATSAPP_MESSAGES_PER_SECOND: '5000',
  }

  /** Resolves once it is ready; rejects when it ends instead. */
  async function start(part: string, environment: Record<string, string>): Promise<Process> {
    const process = run(part, [part], environment)
    processes.push(process)
    while (!READY.test(process.printed())) {
      if (!process.running()) throw new Error(`${part} ended instead of starting: ${process.printed()}`)
      await wait(20)
    }
    return process
  }

  /** As a supervisor does: again and again while Redis is away. */
  async function startInTheEnd(part: string, environment: Record<string, string>): Promise<Process> {
    for (;;) {
      try {
        return await start(part, environment)
      } catch (error) {
        if (!(error as Error).message.includes('Redis cannot be reached')) throw error
        await wait(300)
      }
    }
  }

  if (options.alone !== true) {
    await Promise.all([
      start('inss-api', { ...common, DATA_FOLDER: join(data, 'inss') }),
      start('login-sandbox', { ...common, DATA_FOLDER: join(data, 'login') }),
    ])
  }
  return {
    redis,
    front,
    inss,
    secretKey,
    dataFolder: data,
    /** Every process there ever was. */
    processes,
    /** The ports gateways take turns on; each has its own spool. */
    slots,
    // Without a name to look up, which may take the second of two requests longer or shorter than the first.
    webhook: `${front.url.replace('localhost', '127.0.0.1')}/webhooks/whatsapp`,
    startWorker: (environment: Record<string, string> = {}) =>
      startInTheEnd('worker', { ...assistant, ...environment }),
    startGateway: (port: number, environment: Record<string, string> = {}) =>
      startInTheEnd('gateway', { ...assistant, PORT: String(port), ...environment }),
    /** Runs a command of an operator to its end. */
    async command(...args: string[]) {
      const process = run(args.join(' '), args, assistant)
      return { code: await process.exited, printed: process.printed() }
    },
    async stop() {
      await front.stop()
      await Promise.all(
        processes.map((process) => {
          const shared = process.name === 'inss-api' || process.name === 'login-sandbox'
          if (process.running()) process.signal(shared ? 'SIGTERM' : 'SIGKILL')
          return process.exited
        }),
      )
      await inss.stop()
      await redis.stop()
    },
  }
}

function run(name: string, args: string[], environment: Record<string, string>): Process {
  const child: ChildProcess = spawn(process.execPath, [projectFile('dist/src/main.js'), ...args], {
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let printed = ''
  const hear = (chunk: Buffer) => {
    printed += chunk.toString()
  }
  child.stdout?.on('data', hear)
  child.stderr?.on('data', hear)
  return {
    name,
    pid: child.pid ?? 0,
    printed: () => printed,
    signal: (signal) => void child.kill(signal),
    exited: new Promise((resolve) => child.once('close', (code) => resolve(code))),
    running: () => child.exitCode === null && child.signalCode === null,
  }
}

async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address() as { port: number }
  await new Promise<void>((resolve) => probe.close(() => resolve()))
  return port
}
