import { createHmac } from 'node:crypto'
import express, { Router } from 'express'
import { z } from 'zod'
import type { Clock } from '../../clock'
import { AppError } from '../../errors'
import { sameSecret } from '../../identity/records'
import type { Log } from '../../log'
import { t } from '../../text'
import type { DeskResult, DeskService } from '../desk'
import { isOpen, ownerOf } from '../ticket'
import { agentIdOf, isOurs, type Links, sourceIdOf } from './links'

/** Older signed calls may be somebody's recording. */
const FRESH_SECONDS = 300

const conversation = z.object({
  id: z.number(),
  status: z.enum(['open', 'pending', 'resolved', 'snoozed']).optional(),
})
const account = z.object({ id: z.number() })
const inbox = z.object({ id: z.number() })
const agent = z.object({ id: z.number(), name: z.string(), type: z.string().optional() })

// {"event":"message_created","id":902,"content":"Bom dia","message_type":"outgoing","content_type":"text",
//  "private":false,"source_id":null,"sender":{"id":5,"name":"Maria","type":"user"},
//  "conversation":{"id":42,"status":"open"},"inbox":{"id":3},"account":{"id":1}}
const messageCreated = z.object({
  event: z.literal('message_created'),
  id: z.number(),
  content: z.string().nullish(),
  // Some payloads carry the number of the enum.
  message_type: z.union([z.literal('outgoing'), z.literal(1), z.string(), z.number()]),
  content_type: z.string().nullish(),
  private: z.boolean().nullish(),
  source_id: z.string().nullish(),
  sender: agent.nullish(),
  attachments: z.array(z.object({ file_type: z.string().nullish() })).nullish(),
  conversation,
  account,
  inbox,
})

// {"event":"conversation_status_changed","id":42,"status":"resolved","inbox_id":3,
//  "meta":{"assignee":{"id":5,"name":"Maria","type":"user"}},"account":{"id":1}}
const statusChanged = z.object({
  event: z.literal('conversation_status_changed'),
  id: z.number(),
  status: z.enum(['open', 'pending', 'resolved', 'snoozed']),
  inbox_id: z.number(),
  meta: z.object({ assignee: agent.nullish() }).nullish(),
  /** Chatwoot names the account in it only where the webhook is the account's own. */
  account: account.nullish(),
})

const others = z.object({ event: z.string() })
const payload = z.union([messageCreated, statusChanged, others])
type Payload = z.infer<typeof payload>

/** What agents do in Chatwoot, told to the desk: each message once, each status as a move of the ticket. */
export function createChatwootWebhook(options: {
  desk: DeskService
  links: Links
  secret: string
  accountId: number
  inboxId: number
  /** Tells the agents there something, in a note of their conversation. */
  note: (conversation: number, text: string, sourceId: string) => Promise<void>
  clock: Clock
  log: Log
}): Router {
  const { desk, links, accountId, inboxId, note, clock, log } = options
  const router = Router()

  function isSigned(body: Buffer, timestamp: string, signature: string): boolean {
    const age = Math.abs(clock.now().getTime() / 1000 - Number(timestamp))
    if (!/^\d{1,12}$/.test(timestamp) || age > FRESH_SECONDS) return false
    const digest = createHmac('sha256', options.secret).update(`${timestamp}.`).update(body).digest('hex')
    return sameSecret(signature, `sha256=${digest}`)
  }

  async function say(message: z.infer<typeof messageCreated>): Promise<DeskResult | undefined> {
    const { sender, content } = message
    const outgoing = message.message_type === 'outgoing' || message.message_type === 1
    const person =
      outgoing && message.private !== true && sender?.type !== 'agent_bot' && !isOurs(message.source_id)
    // Surveys and templates are Chatwoot's own; what it sends beside is text.
    const text = (message.content_type ?? 'text') === 'text' ? (content ?? '').trim() : ''
    if (!person || sender === null || sender === undefined) return undefined
    const link = await links.ofChatwoot(message.conversation.id)
    if (link === undefined) return undefined
    if ((message.attachments ?? []).length > 0) {
      const sourceId = sourceIdOf(link.ticketId, `file-${message.id}`)
      // Whoever sent it must not believe that it arrived.
      await note(link.chatwoot, t('chatwoot.file_not_sent'), sourceId)
    }
    if (text === '') return undefined
    const { conversationId, channel } = link
    const by = { id: agentIdOf(sender.id), name: sender.name }
    const ticket = await desk.ticket(conversationId)
    if (ticket === undefined || !isOpen(ticket)) {
      const lines = await desk.lines(conversationId)
      await links.keep({ ...link, adopts: true, told: lines.at(-1)?.number ?? link.told })
    }
    return desk.speak(conversationId, by, { text, over: true, channel }, `chatwoot-message-${message.id}`)
  }

  async function move(change: z.infer<typeof statusChanged>, at: string): Promise<DeskResult | undefined> {
    const link = await links.ofChatwoot(change.id)
    if (link === undefined) return undefined
    const { conversationId } = link
    const ticket = await desk.ticket(conversationId)
    if (ticket === undefined) return undefined
    const assignee = change.meta?.assignee
    const id = ticket.agentId ?? agentIdOf(assignee?.id ?? 0)
    // Whoever has it in Chatwoot acts for whoever has it here.
    const by = { id, name: assignee?.name ?? '', supervisor: true }
    const key = `chatwoot-status-${change.id}-${at}-${change.status}`
    const withAgent = ownerOf(ticket) === 'agent'
    if (change.status === 'resolved' && withAgent) return desk.close(conversationId, by, 'resolved', key)
    if (change.status === 'pending' && withAgent) return desk.giveBack(conversationId, by, 'resume', key)
    if (change.status === 'resolved' && ticket.state === 'queued') {
      const claimed = await desk.claim(conversationId, by, `${key}-claim`)
      return claimed.ok ? desk.close(conversationId, by, 'resolved', key) : claimed
    }
    return undefined
  }

  async function take(event: Payload, at: string): Promise<void> {
    if (!('inbox' in event || 'inbox_id' in event)) return
    const where = 'inbox' in event ? event.inbox.id : event.inbox_id
    if (where !== inboxId || (event.account?.id ?? accountId) !== accountId) return
    const result = 'inbox' in event ? await say(event) : await move(event, at)
    if (result !== undefined && !result.ok)
      log.info({ event: 'chatwoot_not_taken', code: result.code }, 'the desk did not do what Chatwoot did')
  }

  router.post(
    '/webhooks/chatwoot',
    express.raw({ type: () => true, limit: '1mb' }),
    async (request, response) => {
      const body: Buffer = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
      const timestamp = request.get('x-chatwoot-timestamp') ?? ''
      if (!isSigned(body, timestamp, request.get('x-chatwoot-signature') ?? ''))
        return response.sendStatus(401)
      const parsed = payload.safeParse(jsonOf(body))
      if (!parsed.success) return response.sendStatus(400)
      try {
        await take(parsed.data, timestamp)
        return response.sendStatus(200)
      } catch (error) {
        const code = error instanceof AppError ? error.code : 'internal'
        log.error({ event: 'chatwoot_webhook_failed', code }, 'what Chatwoot told could not be taken')
        // Chatwoot tells some events again after this status, and no other.
        return response.sendStatus(500)
      }
    },
  )
  return router
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
}
