import http, { type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import express, { type Router } from 'express'
import pino from 'pino'
import type { Log } from '../../../src/log'
import type { Outbound } from '../../../src/message'

export const NOW = '2026-03-10T14:00:00.000Z'
export const fixedClock = { now: () => new Date(NOW) }
export const SECRET_KEY = Buffer.alloc(32, 7)

export type Logged = { log: Log; lines(): string }

/** A log of every level, kept. */
export function keptLog(): Logged {
  const kept: string[] = []
  const log = pino({ level: 'trace', base: null }, { write: (line: string) => kept.push(line) })
  return { log, lines: () => kept.join('') }
}

/** A message of ours as the outbox hands it over. */
export function outbound(channel: Outbound['channel'], message: Partial<Outbound>): Outbound {
  return {
    id: 'conversation|1',
    conversationId: 'conversation',
    channel,
    at: NOW,
    text: 'Oi',
    outcome: 'answered',
    ...message,
  }
}

export type Served = { url: string; stop(): Promise<void> }

/** A router on a free port of loopback. */
export async function serve(router: Router | undefined): Promise<Served> {
  const app = express()
  if (router !== undefined) app.use(router)
  return listen(http.createServer(app))
}

export type Taken = { method: string; url: string; headers: IncomingHttpHeaders; body: string }
export type Answer = { status: number; headers?: Record<string, string>; body?: string } | 'hang' | 'break'

/** A gateway that keeps what it is asked and answers what the test says. */
export async function serveGateway(
  answer: () => Answer,
): Promise<Served & { taken: Taken[]; last(): Taken }> {
  const taken: Taken[] = []
  const server = http.createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk
    })
    request.on('end', () => {
      taken.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body })
      const said = answer()
      if (said === 'break') request.socket.destroy()
      else if (said !== 'hang') response.writeHead(said.status, said.headers).end(said.body)
    })
  })
  const last = () => {
    const [request] = taken.slice(-1)
    if (request === undefined) throw new Error('the gateway was asked nothing')
    return request
  }
  return { ...(await listen(server)), taken, last }
}

async function listen(server: http.Server): Promise<Served> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
