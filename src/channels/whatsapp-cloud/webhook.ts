import { createHash, createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto'
import express, { type Router } from 'express'
import type { Clock } from '../../clock'
import type { Log } from '../../log'
import type { Inbound } from '../../message'
import { type Channel, type Receive, readCorrelation, type TakeReceipt } from '../channel'
import { directWebhook } from '../webhook'
import { isAlarming, isPassing } from './graph-error'
import { contentOf, moveOf, senderOf } from './inbound'
import { instantOf, readWebhook, type WireContact, type WireMessage, type WireStatus } from './payload'
import type { createPeople } from './people'

export type WebhookOptions = {
  appSecret: string
  verifyToken: string
  phoneNumberId: string
  receive: Receive
  takeReceipt: TakeReceipt
  people: ReturnType<typeof createPeople>
  clock: Clock
  log: Log
}

type Told = { message: WireMessage; contacts: WireContact[] }

const ADDRESS = '/webhooks/whatsapp'
const OK = { 'content-type': 'text/plain', 'content-length': 2 }

/** Where Meta tells us of messages and statuses: developers.facebook.com, WhatsApp, "Webhooks". */
export function createWebhook(options: WebhookOptions): Pick<Channel, 'posts'> & { router: Router } {
  const { people, clock, log } = options
  const router = express.Router()
  const verifyToken = digest(options.verifyToken)
  const appSecret = createSecretKey(Buffer.from(options.appSecret))

  router.get(ADDRESS, (request, response) => {
    const { 'hub.mode': mode, 'hub.verify_token': token, 'hub.challenge': challenge } = request.query
    const ours = typeof token === 'string' && timingSafeEqual(digest(token), verifyToken)
    if (mode !== 'subscribe' || !ours || typeof challenge !== 'string') {
      response.sendStatus(403)
      return
    }
    response.type('text/plain').send(challenge)
  })

  const post = directWebhook(log, async (bytes, request, response) => {
    if (!isSigned(bytes, request.headers['x-hub-signature-256'], appSecret)) {
      log.warn({ code: 'signature_wrong' }, 'a webhook of WhatsApp was refused')
      response.writeHead(401).end()
      return
    }
    await take(bytes)
    response.writeHead(200, OK).end('OK')
  })
  router.post(ADDRESS, post)

  /** Resolves when everything told is durable. */
  async function take(bytes: Buffer): Promise<void> {
    const body = parsed(bytes)
    // Meta would repeat for a week what will never be readable.
    if (body === undefined) return ignored('webhook_not_json')
    const { messages, statuses } = readWebhook(body, options.phoneNumberId, ignored)
    const work = [...queuesOf(messages).map(takeInOrder), ...statuses.map(takeStatus)]
    const failed = (await Promise.allSettled(work)).find((each) => each.status === 'rejected')
    if (failed !== undefined) throw failed.reason
  }

  async function takeInOrder(queue: Told[]): Promise<void> {
    for (const told of queue) {
      const inbound = await inboundOf(told)
      if (inbound !== undefined) await options.receive(inbound)
    }
  }

  async function inboundOf({ message, contacts }: Told): Promise<Inbound | undefined> {
    const at = instantOf(message.timestamp, clock.now())
    const move = moveOf(message)
    if (move !== undefined) {
      const place = await people.move(move, message.id)
      return {
        id: message.id,
        channel: 'whatsapp-cloud',
        ...place,
        at,
        kind: 'event',
        event: 'number_changed',
      }
    }
    const content = contentOf(message)
    if (content === undefined) return undefined
    // What is said in a group is not said to us, and an answer would be read by others.
    if (message.group_id !== undefined) return ignored('group')
    const sender = senderOf(message, contacts)
    if (sender === undefined) return ignored('sender_unknown')
    const place = await people.placeOf(sender)
    return { id: message.id, channel: 'whatsapp-cloud', ...place, at, ...content }
  }

  async function takeStatus(status: WireStatus): Promise<void> {
    const about = readCorrelation(status.biz_opaque_callback_data)
    if (about === undefined) return
    const code = status.status === 'failed' ? status.errors?.[0]?.code : undefined
    if (code !== undefined && isAlarming(code)) log.error({ code: String(code) }, 'WhatsApp does not deliver')
    const at = instantOf(status.timestamp, clock.now())
    await options.takeReceipt({
      ...about,
      status: status.status,
      at,
      ...(code !== undefined && { code: String(code) }),
      ...(code !== undefined && isPassing(code) && { again: 'whatsapp-cloud' as const }),
    })
  }

  function ignored(code: string): undefined {
    log.warn({ code }, 'something WhatsApp told was left out')
  }

  return { router, posts: { [ADDRESS]: post } }
}

/** Messages of one person stay in order, and people do not wait for each other unless one of them moves. */
function queuesOf(messages: Told[]): Told[][] {
  if (messages.some(({ message }) => message.type === 'system')) return [messages]
  const queues = new Map<string, Told[]>()
  for (const told of messages) {
    const person = senderOf(told.message, told.contacts)
    const key = person?.bsuid ?? person?.phone ?? ''
    const queue = queues.get(key)
    if (queue === undefined) queues.set(key, [told])
    else queue.push(told)
  }
  return [...queues.values()]
}

function isSigned(bytes: Buffer, header: string | string[] | undefined, appSecret: KeyObject): boolean {
  const found = /^sha256=([0-9a-f]{64})$/.exec(typeof header === 'string' ? header : '')
  const given = Buffer.from(found?.[1] ?? '', 'hex')
  const right = createHmac('sha256', appSecret).update(bytes).digest()
  return given.length === right.length && timingSafeEqual(given, right)
}

/** Of equal length whatever the text, so that comparing tells nothing of it. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    return undefined
  }
}
