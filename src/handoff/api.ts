import express, { type Response, type Router } from 'express'
import { RateLimiterMemory } from 'rate-limiter-flexible'
import type { z } from 'zod'
import type { Channel } from '../channels/channel'
import { fromOwnPage } from '../channels/web/headers'
import type { Clock } from '../clock'
import type { Identity } from '../identity/identity'
import type { InssApi } from '../inss/client'
import type { Log } from '../log'
import type { ChannelId } from '../message'
import type { Outbox } from '../store/store'
import * as schemas from './api-schemas'
import type { Audit } from './audit'
import { cannedReplies } from './canned'
import type { DeskResult, DeskService } from './desk'
import { fileTypesOf, isOfType, MOST_FILE_BYTES, safeName } from './files'
import type { DeskHistory } from './history'
import { createBoard, createHistoryCalls } from './history-calls'
import type { Hours } from './hours'
import { previewOf } from './preview'
import { answerProblems, ConsoleProblem } from './problems'
import { createReveal } from './reveal'
import type { AgentSession, Sessions } from './session'
import { createSight } from './sight'
import { createStream } from './stream'
import { outcomes, skills, type Ticket } from './ticket'
import type { Working } from './working'

export type ConsoleDeps = {
  desk: DeskService
  sessions: Sessions
  working: Working
  audit: Audit
  history: DeskHistory
  hours: Hours
  channelOf: (id: ChannelId) => Channel | undefined
  receipts: Outbox['receipts']
  identity: Pick<Identity, 'session' | 'accessToken'>
  inss: Pick<InssApi, 'citizen'>
  /** What an agent can have the bot ask, and open. */
  fields: { id: string; label: string }[]
  services: { id: string; label: string }[]
  publicUrl: string
  clock: Clock
  log: Log
}

/** An agent with a role, and what they are called by. */
export type Agent = AgentSession & { role: schemas.Role }

const LONGEST_PROMISE_MS = 30 * 86_400_000

/** The calls of the console, to be mounted at `/atendimento/api`. */
export function createConsoleApi(deps: ConsoleDeps): Router {
  const { desk, sessions, working, audit, clock, log } = deps
  const seen = createSight(deps)
  const board = createBoard(deps)
  const reveal = createReveal(deps, seen)
  const tries = new RateLimiterMemory({ points: 600, duration: 60 })
  const router = express.Router()

  router.use((_request, response, next) => {
    response.set({ 'Cache-Control': 'no-store', 'Content-Security-Policy': "default-src 'none'" })
    response.set({ 'X-Content-Type-Options': 'nosniff', 'Referrer-Policy': 'same-origin' })
    next()
  })
  router.use(async (request, response, next) => {
    const watching = request.path === '/stream'
    const agent = await sessions.of(request, watching ? 'watch' : undefined)
    if (agent === undefined) throw new ConsoleProblem('signed_out')
    if (request.method !== 'GET') {
      const sent = request.get('x-csrf-token') ?? ''
      if (!fromOwnPage(request, deps.publicUrl) || !sessions.isCsrf(request, sent))
        throw new ConsoleProblem('csrf')
    }
    await tries.consume(agent.id).catch(() => {
      throw new ConsoleProblem('too_many')
    })
    response.locals.agent = agent
    next()
  })
  router.post('/sign-out', async (request, response) => {
    const agent = response.locals.agent as AgentSession
    await working.leave(agent)
    await sessions.end(request, response)
    audit.write({ actor: agent.id, action: 'signed_out' }).catch(() => undefined)
    response.sendStatus(204)
  })
  router.use((_request, response, next) => {
    if ((response.locals.agent as AgentSession).role === undefined) throw new ConsoleProblem('role_missing')
    next()
  })
  router.use(express.json({ limit: '64kb' }))

  router.get('/me', async (request, response) => {
    const { id, name, role, skills } = agentOf(response)
    response.json({
      agent: { id, name, role, skills },
      csrf: sessions.csrf(request),
      idleMinutes: sessions.idleMinutes,
      status: await working.status(id),
      capacity: working.capacity,
    } satisfies schemas.Me)
  })
  router.put('/presence', async (request, response) => {
    const { status } = parse(schemas.presence, request.body)
    await working.choose(agentOf(response), status)
    response.json({ status })
  })
  router.get('/stream', createStream(deps, seen, board))
  router.get('/options', async (_request, response) => {
    const agents = (await desk.agents()).map(({ id, name, skills, status }) => ({
      id,
      name,
      skills: [...skills],
      status,
    }))
    const { fields, services } = deps
    response.json({
      fields,
      services,
      skills: [...skills],
      outcomes: [...outcomes],
      agents,
    } satisfies schemas.Options)
  })
  router.get('/canned', (_request, response) => {
    response.json({ items: cannedReplies() } satisfies schemas.Canned)
  })

  router.get('/tickets', async (request, response) => {
    const agent = agentOf(response)
    const view = parse(schemas.views, request.query.view ?? 'mine')
    if (view === 'all') mustSupervise(agent)
    const lists = await seen.lists(agent)
    const items = view === 'all' ? await seen.all(agent) : lists[view]
    const counts = {
      mine: lists.mine.length,
      queue: lists.queue.length,
      callbacks: lists.callbacks.length,
    }
    response.json({ items, counts } satisfies schemas.Tickets)
  })
  router.get('/tickets/:id', async (request, response) => {
    const agent = agentOf(response)
    const ticket = await seen.ticket(agent, String(request.params.id))
    response.json(await seen.detail(agent, ticket))
  })

  /** An effect that needs nothing but the desk. */
  function effect<Name extends schemas.EffectName>(
    name: Name,
    run: (
      on: { conversationId: string; ticket: Ticket; agent: Agent; key: string },
      body: z.output<(typeof schemas.effects)[Name]>,
    ) => Promise<DeskResult>,
    how?: 'act',
  ): void {
    router.post(`/tickets/:id/${name}`, async (request, response) => {
      const agent = agentOf(response)
      const body = parse(schemas.effects[name] as z.ZodType, request.body) as z.output<
        (typeof schemas.effects)[Name]
      >
      const ticket = await seen.ticket(agent, String(request.params.id), how)
      const key = `${agent.id}-${body.key}`
      const { conversationId } = ticket
      response.json(await seen.changed(agent, await run({ conversationId, ticket, agent, key }, body)))
    })
  }

  const by = ({ id, name, role }: Agent) => ({ id, name, ...(role === 'supervisor' && { supervisor: true }) })
  effect(
    'claim',
    async (on) => {
      await working.took(on.agent)
      return desk.claim(on.conversationId, by(on.agent), on.key)
    },
    'act',
  )
  effect('reply', (on, { text }) => desk.speak(on.conversationId, by(on.agent), { text }, on.key), 'act')
  effect('note', (on, { text }) => desk.note(on.conversationId, by(on.agent), text, on.key))
  effect('whisper', (on, { text }) => {
    mustSupervise(on.agent)
    return desk.note(on.conversationId, by(on.agent), text, on.key, { whisper: true })
  })
  effect('ask', async (on, { field }) => {
    if (!deps.fields.some(({ id }) => id === field)) throw badInput('/field')
    const { ticket, agent } = on
    await audit.write({ actor: agent.id, action: 'asked', ticketId: ticket.id, details: { field } })
    return desk.ask(on.conversationId, by(agent), field, on.key)
  })
  effect('ask-login', (on, { level }) => desk.ask(on.conversationId, by(on.agent), `login.${level}`, on.key))
  effect('start-service', async (on, { service }) => {
    if (!deps.services.some(({ id }) => id === service)) throw badInput('/service')
    const { ticket, agent } = on
    await audit.write({
      actor: agent.id,
      action: 'service_started',
      ticketId: ticket.id,
      details: { service },
    })
    return desk.start(on.conversationId, by(agent), service, on.key)
  })
  effect(
    'transfer',
    async (on, { agentId, skill, note }) => {
      if (agentId !== undefined && !(await desk.agents()).some(({ id }) => id === agentId))
        throw badInput('/agentId')
      const to = agentId === undefined ? { skill: skill ?? 'geral' } : { agentId }
      return desk.transfer(on.conversationId, by(on.agent), to, note, on.key)
    },
    'act',
  )
  effect('return', (on, { resume }) => desk.giveBack(on.conversationId, by(on.agent), resume, on.key), 'act')
  effect('close', (on, { outcome }) => desk.close(on.conversationId, by(on.agent), outcome, on.key), 'act')
  effect(
    'callback',
    (on, { by: deadline }) => {
      const left = Date.parse(deadline) - clock.now().getTime()
      if (left <= 0 || left > LONGEST_PROMISE_MS) throw badInput('/by')
      return desk.promise(on.conversationId, by(on.agent), new Date(deadline).toISOString(), on.key)
    },
    'act',
  )
  effect('take-over', async (on) => {
    mustSupervise(on.agent)
    await working.took(on.agent)
    return desk.takeOver(on.conversationId, by(on.agent), on.key)
  })

  router.post('/tickets/:id/reveal', reveal)
  router.post('/tickets/:id/preview', async (request, response) => {
    const agent = agentOf(response)
    const { text } = parse(schemas.previewBody, request.body)
    const ticket = await seen.ticket(agent, String(request.params.id))
    response.json(previewOf(text, agent.name, ticket.channel, deps.channelOf(ticket.channel)))
  })
  router.post('/tickets/:id/typing', async (request, response) => {
    const agent = agentOf(response)
    const ticket = await seen.ticket(agent, String(request.params.id))
    seen.showTyping(ticket)
    response.sendStatus(204)
  })
  router.post(
    '/tickets/:id/files',
    express.raw({ type: () => true, limit: MOST_FILE_BYTES }),
    async (request, response) => {
      const agent = agentOf(response)
      const query = parse(schemas.fileQuery, request.query)
      const ticket = await seen.ticket(agent, String(request.params.id))
      const types = fileTypesOf(ticket.channel)
      if (types.length === 0) throw new ConsoleProblem('files_unsupported')
      const mimeType = (request.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
      const content = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
      if (content.length === 0) throw new ConsoleProblem('file_size')
      if (!types.includes(mimeType) || !isOfType(mimeType, content)) throw new ConsoleProblem('file_type')
      const name = safeName(query.name, mimeType)
      const file = { name, mimeType, content: content.toString('base64') }
      const said = { text: query.text || name, file }
      const result = await desk.speak(ticket.conversationId, by(agent), said, `${agent.id}-${query.key}`)
      response.json(await seen.changed(agent, result))
    },
  )

  router.use(createHistoryCalls(deps, seen, board))
  router.use(() => {
    throw new ConsoleProblem('not_found')
  })
  router.use(answerProblems(log))
  return router
}

export function agentOf(response: Response): Agent {
  return response.locals.agent as Agent
}

export function mustSupervise(agent: Agent): void {
  if (agent.role !== 'supervisor') throw new ConsoleProblem('role_missing')
}

/** @throws ConsoleProblem `bad_input` with where the faults are, and none of what was sent */
export function parse<T>(schema: z.ZodType<T>, input: unknown): T {
  const parsed = schema.safeParse(input ?? {})
  if (parsed.success) return parsed.data
  throw badInput(...new Set(parsed.error.issues.map(({ path }) => `/${path.join('/')}`)))
}

function badInput(...pointers: string[]): ConsoleProblem {
  return new ConsoleProblem('bad_input', { errors: pointers.map((pointer) => ({ pointer })) })
}
