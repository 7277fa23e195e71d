import { createHash, timingSafeEqual } from 'node:crypto'
import express, { type Request, type Response, type Router } from 'express'
import { z } from 'zod'
import type { Log } from '../../log'
import type { TakeHandoffStatus } from '../channel'
import { activityId, handoffState, isTooDeep, type PostedActivity, postedActivity } from './activity'
import type { Conversations } from './conversations'
import { answerErrors, DirectLineError } from './direct-line-error'
import { type Grant, type Tokens, tokenSeconds } from './tokens'
import { MAX_UPLOAD_BYTES, readUpload } from './upload'

/** Direct Line's limit of one activity, in characters. */
const MAX_ACTIVITY_CHARACTERS = 256 * 1024

/** `{"user":{"id":"dl_1","name":"Ana"},"trustedOrigins":["https://example.gov.br"]}`, all optional. */
const tokenRequest = z.object({
  user: z.object({ id: z.string().min(1).max(200).optional() }).optional(),
  trustedOrigins: z.array(z.string().max(300)).max(20).optional(),
})

/** Who calls: the holder of the secret (any conversation), or of the token of one conversation. */
type Caller = { kind: 'secret' } | { kind: 'token'; grant: Grant }

/**
 * Bot Framework Direct Line 3.0 over HTTP, without the base path.
 * @param options.streamBase `ws://host` under which the caller reaches this server
 */
export function createDirectLine(options: {
  conversations: Conversations
  tokens: Tokens
  secret: string
  streamBase: (request: Request) => string
  countActivity: (conversationId: string) => Promise<void>
  takeHandoffStatus?: TakeHandoffStatus
  log: Log
}): Router {
  const { conversations, tokens } = options
  const router = express.Router()
  const json = express.json({ limit: '1mb', type: () => true })

  router.use((request, response, next) => {
    // Any page may call with a token of its own; no cookie is ever read here.
    response.set({
      'Access-Control-Allow-Origin': '*',
      'Access-Control-Expose-Headers': 'Retry-After',
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
    })
    if (request.method !== 'OPTIONS') return next()
    response
      .set({
        'Access-Control-Allow-Methods': 'GET, POST, OPTIONS',
        'Access-Control-Allow-Headers':
          request.get('access-control-request-headers') ?? 'authorization, content-type, x-ms-bot-agent',
        'Access-Control-Max-Age': '86400',
      })
      .sendStatus(204)
  })

  async function identify(request: Request): Promise<Caller> {
    const bearer = /^Bearer\s+(\S+)\s*$/i.exec(request.get('authorization') ?? '')?.[1]
    if (bearer === undefined) throw new DirectLineError('Unauthorized')
    if (sameSecret(bearer, options.secret)) return { kind: 'secret' }
    const reading = await tokens.read(['directline'], bearer)
    if (!reading.ok) throw new DirectLineError(reading.code === 'expired' ? 'TokenExpired' : 'Unauthorized')
    const origin = request.get('origin')
    const { origins } = reading.grant
    if (origins !== undefined && origin !== undefined && !origins.includes(origin)) {
      throw new DirectLineError('NotAuthorized')
    }
    return { kind: 'token', grant: reading.grant }
  }

  /** The conversation of the path, if the caller may use it and it is open. */
  async function enter(request: Request): Promise<{ grant: Grant; caller: Caller }> {
    const caller = await identify(request)
    const conversationId = String(request.params.conversationId)
    if (caller.kind === 'secret') {
      if (!(await conversations.isOpen(conversationId))) throw new DirectLineError('ConversationNotFound')
      return { caller, grant: { conversationId, userId: 'dl_secret' } }
    }
    if (caller.grant.conversationId !== conversationId) throw new DirectLineError('NotAuthorized')
    if (await conversations.hasEnded(conversationId)) throw new DirectLineError('ConversationNotFound')
    return { caller, grant: caller.grant }
  }

  async function answerConversation(request: Request, grant: Grant, after: number) {
    const { conversationId } = grant
    const watermark = after === 0 ? '' : `&watermark=${after}`
    const t = await tokens.issue('stream', grant)
    return {
      conversationId,
      token: await tokens.issue('directline', grant),
      expires_in: tokenSeconds.directline,
      streamUrl: `${options.streamBase(request)}/v3/directline/conversations/${conversationId}/stream?t=${t}${watermark}`,
    }
  }

  async function say(grant: Grant, posted: PostedActivity): Promise<{ id: string }> {
    const { conversationId, userId } = grant
    await options.countActivity(conversationId)
    if (!(await conversations.isOpen(conversationId))) {
      await conversations.open(conversationId, { greet: false })
    }
    // Typing is not kept, and a conversation is opened by opening it, not by what a client says about it.
    if (posted.type === 'typing' || posted.type === 'conversationUpdate') {
      return { id: activityId(conversationId, 0) }
    }
    try {
      return { id: activityId(conversationId, await conversations.say(conversationId, userId, posted)) }
    } catch (error) {
      throw new DirectLineError('BotRejectedActivity', { cause: error })
    }
  }

  router.post('/tokens/generate', json, async (request, response) => {
    const caller = await identify(request)
    if (caller.kind !== 'secret') throw new DirectLineError('NotAuthorized')
    const asked = parse(tokenRequest, request.body ?? {})
    const grant: Grant = conversations.invent()
    if (asked.user?.id !== undefined) grant.userId = asked.user.id
    if (asked.trustedOrigins !== undefined) grant.origins = asked.trustedOrigins
    await answerToken(response, grant)
  })

  router.post('/tokens/refresh', async (request, response) => {
    const caller = await identify(request)
    if (caller.kind === 'secret') throw new DirectLineError('BadArgument')
    if (await conversations.hasEnded(caller.grant.conversationId)) {
      throw new DirectLineError('ConversationNotFound')
    }
    await answerToken(response, caller.grant)
  })

  async function answerToken(response: Response, grant: Grant): Promise<void> {
    response.json({
      conversationId: grant.conversationId,
      token: await tokens.issue('directline', grant),
      expires_in: tokenSeconds.directline,
    })
  }

  router.post('/conversations', json, async (request, response) => {
    const caller = await identify(request)
    const grant = caller.kind === 'token' ? caller.grant : conversations.invent()
    if (caller.kind === 'secret') {
      const asked = parse(tokenRequest, request.body ?? {})
      if (asked.user?.id !== undefined) grant.userId = asked.user.id
    }
    if (await conversations.hasEnded(grant.conversationId)) throw new DirectLineError('ConversationNotFound')
    const openedNow = await conversations.open(grant.conversationId, { greet: true })
    response.status(openedNow ? 201 : 200).json(await answerConversation(request, grant, 0))
  })

  router.get('/conversations/:conversationId', async (request, response) => {
    const { grant } = await enter(request)
    // Without a watermark only what comes from now on is wanted; an empty one means nothing was seen yet.
    const after =
      request.query.watermark === undefined
        ? await conversations.length(grant.conversationId)
        : readWatermark(request.query.watermark)
    response.json(await answerConversation(request, grant, after))
  })

  router.get('/conversations/:conversationId/activities', async (request, response) => {
    const { grant } = await enter(request)
    const after = readWatermark(request.query.watermark)
    const found = await conversations.list(grant.conversationId, after)
    response.json({
      activities: found.map(({ activity }) => activity),
      watermark: String(found.at(-1)?.sequence ?? after),
    })
  })

  router.post('/conversations/:conversationId/activities', json, async (request, response) => {
    const { grant, caller } = await enter(request)
    const posted = parse(postedActivity, request.body)
    if (JSON.stringify(request.body).length > MAX_ACTIVITY_CHARACTERS) {
      throw new DirectLineError('MessageSizeTooBig')
    }
    const userId = caller.kind === 'secret' ? (posted.from?.id ?? grant.userId) : grant.userId
    const said = await say({ ...grant, userId }, posted)
    const state = handoffState(posted)
    // A person's own token cannot speak for another desk.
    if (state !== undefined && caller.kind === 'secret') {
      const { conversationId } = grant
      await options.takeHandoffStatus?.({ id: said.id, conversationId, channel: 'web', state })
    }
    response.json(said)
  })

  const raw = express.raw({ limit: MAX_UPLOAD_BYTES, type: () => true })
  router.post('/conversations/:conversationId/upload', raw, async (request, response) => {
    const { grant } = await enter(request)
    response.json(await say(grant, await readUpload(request.headers, request.body)))
  })

  router.use(() => {
    throw new DirectLineError('NotFound')
  })
  router.use(answerErrors(options.log))
  return router
}

function parse<T>(schema: z.ZodType<T>, body: unknown): T {
  if (isTooDeep(body)) throw new DirectLineError('MalformedData')
  const result = schema.safeParse(body, { reportInput: true })
  if (result.success) return result.data
  const missing = result.error.issues.some(
    ({ code, input }) => code === 'invalid_type' && input === undefined,
  )
  throw new DirectLineError(missing ? 'MissingProperty' : 'MalformedData')
}

/** @returns the sequence after which activities are wanted; 0 for an empty or absent watermark. */
export function readWatermark(value: unknown): number {
  if (value === undefined || value === '' || value === 'null' || value === 'undefined') return 0
  const after = typeof value === 'string' && /^\d{1,12}$/.test(value) ? Number(value) : Number.NaN
  if (Number.isNaN(after)) throw new DirectLineError('BadArgument')
  return after
}

function sameSecret(given: string, secret: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(secret))
}
