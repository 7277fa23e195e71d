import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import express from 'express'
import pino from 'pino'
import type { Channel } from '../../src/channels/channel'
import { shapeSms } from '../../src/channels/sms/shape'
import { type Connection, openConnection } from '../../src/database'
import { createAudit } from '../../src/handoff/audit'
import { createConsole } from '../../src/handoff/console'
import { deskDatabase } from '../../src/handoff/db/database'
import { createDesk } from '../../src/handoff/desk'
import { createHistory } from '../../src/handoff/history'
import { central135 } from '../../src/handoff/hours'
import { runProjector } from '../../src/handoff/projector'
import { createRouting } from '../../src/handoff/router'
import { createAgentSessions } from '../../src/handoff/session'
import { moved, newTicket, type Ticket } from '../../src/handoff/ticket'
import { createWorking } from '../../src/handoff/working'
import { startLoginSandbox } from '../../src/login-sandbox/server'
import { demonstrationStaff } from '../../src/login-sandbox/staff'
import type { ChannelId } from '../../src/message'
import { createMemoryStore } from '../../src/store/memory'
import type { Line, Store } from '../../src/store/store'
import { Browser } from '../identity/browser'

export const START = '2026-11-25T13:00:00.000Z'
export const ana = '00090100174'
export const rui = '00090200209'
export const celia = '00090300343'
/** Whom the INSS knows in these tests. */
export const citizen = {
  name: 'MARIVALDA TESTE DE SOUZA',
  socialName: null,
  birthDate: '1962-03-12',
  sex: 'F' as const,
  dependants: [],
  cpf: '00001000159',
  phone: '+5511900000001',
  email: null,
}

export type World = Awaited<ReturnType<typeof startWorld>>

/** One process of the console, with a login, a store of its own or a shared one, and a database. */
export async function startWorld(
  given: { store?: Store; connection?: () => Promise<Connection>; clock?: ReturnType<typeof movable> } = {},
) {
  const clock = given.clock ?? movable()
  const lines: string[] = []
  const log = pino(
    { level: 'trace' },
    new Writable({
      write: (chunk, _encoding, done) => {
        lines.push(String(chunk))
        done()
      },
    }),
  )
  const store = given.store ?? createMemoryStore({ clock })
  const app = express().disable('etag')
  const server = createServer({ keepAliveTimeout: 300_000 }, app)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const client = { id: 'atendimento', secret: 'segredo-do-atendimento', staff: true as const }
  const nobody = { ...demonstrationStaff('demo')[0], cpf: '00010000127', staff: { roles: [], skills: [] } }
  const sandbox = await startLoginSandbox({
    port: 0,
    clients: [
      {
        ...client,
        redirectUris: [`${url}/atendimento/retorno`],
        postLogoutRedirectUris: [`${url}/atendimento/`],
      },
    ],
    accounts: () => [...demonstrationStaff('demo'), nobody as never],
    clock,
    log,
  })
  const secretKey = Buffer.alloc(32, 7)
  const channels: Record<string, Partial<Channel>> = {
    'sms-kannel': { register: 'short', shape: shapeSms, whenUnknown: 'await_receipt' },
    web: { whenUnknown: 'resend' },
    'whatsapp-cloud': { whenUnknown: 'await_receipt', freeTextMs: 86_400_000 },
  }
  const channelOf = (id: ChannelId) => channels[id] as Channel | undefined
  const desk = createDesk({ desk: store.desk, clock, log, channelOf, mostWaitMinutes: 60 })
  const tables = deskDatabase(given.connection ?? (() => Promise.reject(new Error('the database is away'))))
  const history = createHistory({ database: tables, secretKey, clock, slaMinutes: 5 })
  const audit = createAudit({ database: tables, clock })
  const { records } = store
  const working = createWorking({ desk, records, capacity: 4, clock })
  const routing = createRouting({
    desk,
    store: store.desk,
    clock,
    log,
    channelOf,
    hours: { isOpen: () => true },
    answerMinutes: 3,
    replyMinutes: 5,
    mostWaitMinutes: 60,
    onSilent: working.silent,
  })
  const calls: string[] = []
  const person = { loggedIn: true }
  const session = {
    firstName: 'Marivalda',
    level: 'silver' as const,
    personRef: 'p',
    since: START,
    changedPerson: false,
  }
  app.use(
    createConsole({
      desk,
      history,
      audit,
      sessions: createAgentSessions({
        issuer: sandbox.issuer,
        clientId: client.id,
        clientSecret: client.secret,
        publicUrl: url,
        secretKey,
        records,
        idleMinutes: 15,
        clock,
        log,
      }),
      working,
      hours: central135,
      channelOf,
      receipts: store.outbox.receipts,
      identity: {
        session: async () => (person.loggedIn ? session : undefined),
        accessToken: async () => (person.loggedIn ? 'token' : undefined),
      },
      inss: {
        citizen: async (token) => {
          calls.push(token)
          return citizen
        },
      },
      fields: [{ id: 'birth_date', label: 'Data de nascimento' }],
      services: [{ id: 'check-payments', label: 'Pagamentos' }],
      publicUrl: url,
      folder: '/nowhere',
      clock,
      log,
    }),
  )

  /** A person who waits in the line. */
  async function waits(
    conversationId: string,
    more: Partial<Ticket> = {},
    said: Partial<Line>[] = [],
  ): Promise<Ticket> {
    const at = clock.now().toISOString()
    const wish = {
      conversationId,
      channel: 'web' as ChannelId,
      why: 'asked' as const,
      skill: 'geral' as const,
      priority: 3 as const,
      brief: { level: 'silver' as const, facts: [], done: [], failed: [], flags: [] },
      ...more,
    }
    const ticket = moved(newTicket(wish, 'a', at), { type: 'queue' }, at)
    await store.desk.change(conversationId, {
      ticket: { from: undefined, to: ticket },
      lines: said.map((line) => ({ at, who: 'person', text: '', ...line })),
      journal: [{ kind: 'ticket', ticket, move: 'queue' }],
    })
    return ticket
  }

  return {
    url,
    clock,
    store,
    desk,
    history,
    audit,
    tables,
    person,
    calls,
    waits,
    /** What the router does each second. */
    route: () => routing.pass(true),
    logged: () => lines.join(''),
    signIn: (cpf: string) => signIn(url, cpf),
    /** Copies the journal into the database. */
    async copied(): Promise<void> {
      await runProjector({ store, history, name: 'test', clock, log }).stop()
    },
    async stop() {
      desk.stop()
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
      await sandbox.stop()
    },
  }
}

export type Agent = Awaited<ReturnType<typeof signIn>>

/** An agent's browser, logged in, and what its console calls. */
async function signIn(url: string, cpf: string) {
  const browser = new Browser()
  await browser.open(`${url}/atendimento/entrar`)
  await browser.submit({ cpf, password: 'demo' })
  const cookie = browser.cookieFor(`${url}/atendimento/api`)
  const own: Record<string, string> = { cookie }
  let keys = 0
  async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const raw = Buffer.isBuffer(body)
    const answer = await fetch(`${url}/atendimento/api/${path}`, {
      method,
      headers: {
        ...own,
        ...(body !== undefined && !raw && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: raw ? new Uint8Array(body) : JSON.stringify(body) }),
    })
    const text = await answer.text()
    const json = /json/.test(answer.headers.get('content-type') ?? '')
    return {
      status: answer.status,
      headers: answer.headers,
      text,
      // biome-ignore lint/suspicious/noExplicitAny: tests read bodies of every shape
      body: (json ? JSON.parse(text) : {}) as any,
    }
  }
  const me = await call('GET', 'me')
  if (me.status === 200) own['x-csrf-token'] = me.body.csrf
  return {
    id: String(me.body.agent?.id),
    name: String(me.body.agent?.name),
    me,
    headers: own,
    call,
    /** An effect on a ticket, with a key of its own unless one is given. */
    do: (ticket: { id: string }, name: string, body: object = {}) =>
      call('POST', `tickets/${ticket.id}/${name}`, { key: `chave-${name}-${keys++}`, ...body }),
    get: (path: string) => call('GET', path),
    stream: (query = '', lastId?: string) =>
      readEvents(`${url}/atendimento/api/stream${query}`, {
        ...own,
        ...(lastId !== undefined && { 'last-event-id': lastId }),
      }),
  }
}

/** Server-sent events as they come. */
export async function readEvents(url: string, headers: Record<string, string>) {
  const control = new AbortController()
  const answer = await fetch(url, { headers, signal: control.signal })
  const events: { id: string; name: string; data: never }[] = []
  let rest = ''
  const reading = (async () => {
    for await (const part of answer.body ?? []) {
      rest += Buffer.from(part).toString('utf8')
      const blocks = rest.split('\n\n')
      rest = blocks.pop() ?? ''
      for (const block of blocks) {
        const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1]
        const name = field('event')
        if (name !== undefined)
          events.push({ id: field('id') ?? '', name, data: JSON.parse(field('data') ?? 'null') as never })
      }
    }
  })().catch(() => undefined)
  return {
    status: answer.status,
    events,
    /** The newest event of a kind that holds. @throws Error when none comes in time */
    // biome-ignore lint/suspicious/noExplicitAny: tests read events of every shape
    async until(name: string, holds: (data: any) => boolean = () => true, seconds = 30): Promise<any> {
      for (const late = Date.now() + seconds * 1000; Date.now() < late; ) {
        const found = events.findLast((event) => event.name === name && holds(event.data))
        if (found !== undefined) return found.data
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
      throw new Error(`in vain: ${name}; there were ${events.map((event) => event.name).join(', ')}`)
    },
    async close() {
      control.abort()
      await reading
    },
  }
}

export function movable() {
  let now = Date.parse(START)
  return {
    now: () => new Date(now),
    forward(minutes: number): void {
      now += minutes * 60_000
    },
  }
}

/** A PGlite in a folder that goes away with it, opened when first asked for. */
export function pglite() {
  const folder = mkdtempSync(join(tmpdir(), 'desk-db-'))
  const log = pino({ level: 'silent' })
  let opening: Promise<Connection> | undefined
  return {
    connection: () => {
      opening ??= openConnection({ dataFolder: folder, log })
      return opening
    },
    async close() {
      await (await opening)?.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
