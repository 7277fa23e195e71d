import { createHash, timingSafeEqual } from 'node:crypto'
import express, { type RequestHandler } from 'express'
import { z } from 'zod'
import type { Clock } from '../../clock'
import type { Log } from '../../log'
import type { InboundContent } from '../../message'
import { createAddresses, withoutNinthDigit } from '../address'
import {
  type Channel,
  ChannelError,
  correlationOf,
  type Receive,
  readCorrelation,
  type TakeReceipt,
} from '../channel'
import { segmentsOf } from '../sms/alphabet'
import { phoneOf, sameLine } from '../sms/phone'
import { request } from '../sms/request'
import { bodyOf, shapeSms } from '../sms/shape'
import { answerWebhookErrors, bytesOf, rawBody } from '../webhook'
import { decodeText, EVERY_REPORT, encodeUcs2, incoming, queryOf, report, statuses, textsOf } from './payload'

export type KannelOptions = {
  /** `http://127.0.0.1:13013/cgi-bin/sendsms` */
  sendSmsUrl: string
  username: string
  password: string
  /** Our number or short code. */
  from: string
  /** Kannel signs nothing: whoever knows this part of the address is Kannel. */
  webhookSecret: string
  messagesPerSecond: number
  /** Where Kannel reaches us: `http://10.0.0.5:3978`. */
  webhookUrl: string
  /** 32 bytes */
  secretKey: Buffer
  receive: Receive
  takeReceipt: TakeReceipt
  clock: Clock
  log: Log
}

const BASE = '/webhooks/sms/kannel'
const addressOf = z.object({ to: z.string() })

type Call = { method: string; originalUrl: string; body?: unknown }

/** SMS through Kannel, the gateway operators and public bodies run themselves. Set up in docs/channels/sms.md. */
export function createKannelChannel(options: KannelOptions): Channel {
  const { clock, log } = options
  const addresses = createAddresses('sms-kannel', options.secretKey)
  const own = phoneOf(options.from)
  const secret = digest(options.webhookSecret)

  const onlyKannel: RequestHandler<{ secret: string }> = (request, response, next) => {
    if (timingSafeEqual(digest(request.params.secret), secret)) next()
    else response.sendStatus(404)
  }

  async function take(call: Call): Promise<number> {
    const query = queryOf(call.originalUrl)
    const parsed = incoming.safeParse(textsOf(query, Object.keys(incoming.shape)))
    if (!parsed.success) return 400
    const { id, from, at, coding, charset } = parsed.data
    const phone = phoneOf(from)
    if (phone === undefined || (own !== undefined && sameLine(phone, own))) {
      log.info({ channel: 'sms-kannel' }, 'an SMS of nobody who can be answered')
      return 200
    }
    const bytes = call.method === 'POST' ? bytesOf(call.body) : (query.get('text') ?? Buffer.alloc(0))
    const now = clock.now().toISOString()
    await options.receive({
      // Without an id of Kannel's, the same message again is one of the same second with the same bytes.
      id: id === '' ? addresses.conversationOf([phone, at === '' ? now : at, ...bytes].join(' ')) : id,
      channel: 'sms-kannel',
      conversationId: addresses.conversationOf(withoutNinthDigit(phone)),
      at: now,
      address: addresses.seal({ to: from }),
      ...contentOf(decodeText(bytes, coding, charset)),
    })
    return 200
  }

  async function takeReport(call: Call): Promise<number> {
    const parsed = report.safeParse(textsOf(queryOf(call.originalUrl), Object.keys(report.shape)))
    if (!parsed.success) return 400
    const about = readCorrelation(parsed.data.message)
    const status = statuses.get(parsed.data.status)
    // Not ours, or of a kind added later: again would not help.
    if (about === undefined || status === undefined) return 200
    await options.takeReceipt({
      ...about,
      status,
      at: clock.now().toISOString(),
      ...(status === 'failed' && { code: `dlr_${parsed.data.status}` }),
    })
    return 200
  }

  const router = express.Router()
  /** Kannel sends the body of an answer to the person as an SMS, so there is none. */
  const empty =
    (handle: (call: Call) => Promise<number>): RequestHandler<{ secret: string }> =>
    async (request, response) => {
      response
        .status(await handle(request))
        .type('text/plain')
        .end()
    }
  for (const [path, handle] of [
    [`${BASE}/:secret`, take],
    [`${BASE}/:secret/dlr`, takeReport],
  ] as const) {
    router.get(path, onlyKannel, empty(handle))
    router.post(path, onlyKannel, rawBody, empty(handle))
  }
  router.use(BASE, answerWebhookErrors(log))

  return {
    id: 'sms-kannel',
    router,
    register: 'short',
    forgetAfterDays: 30,
    notices: true,
    whenUnknown: 'await_receipt',
    pace: { perSecond: options.messagesPerSecond },
    shape: shapeSms,

    async send(message, contact) {
      const address = addressOf.safeParse(addresses.open(contact.address))
      if (!address.success) throw new ChannelError('no_address', 'final')
      const { text, alphabet } = bodyOf(message)
      if (message.file !== undefined) log.warn({ message: message.id }, 'an SMS cannot carry its file')
      const fields = new URLSearchParams({
        username: options.username,
        password: options.password,
        from: options.from,
        to: address.data.to,
        priority: message.notice === undefined ? '1' : '0',
        'dlr-mask': String(EVERY_REPORT),
        'dlr-url': reportUrl(correlationOf(message)),
        // A charset beside UCS-2 makes a Kannel without iconv refuse the message.
        ...(alphabet === 'gsm7' ? { coding: '0', charset: 'UTF-8' } : { coding: '2' }),
      })
      const encoded = alphabet === 'gsm7' ? encodeURIComponent(text) : encodeUcs2(text)
      const separator = options.sendSmsUrl.includes('?') ? '&' : '?'
      const answer = await request(`${options.sendSmsUrl}${separator}${fields}&text=${encoded}`)
      throwUnlessTaken(answer)
      log.debug({ message: message.id, alphabet, segments: segmentsOf(text).segments }, 'an SMS was sent')
    },
  }

  function reportUrl(correlation: string): string {
    const base = `${options.webhookUrl.replace(/\/+$/, '')}${BASE}/${options.webhookSecret}/dlr`
    // Kannel fills in what stands after a percent sign; two of them stand for one.
    return `${base}?message=${encodeURIComponent(correlation).replaceAll('%', '%%')}&status=%d`
  }
}

/** An empty SMS says something too: that somebody is there who needs an answer. */
function contentOf(text: string | undefined): InboundContent {
  return text === undefined || text.trim() === ''
    ? { kind: 'unsupported', what: 'other' }
    : { kind: 'text', text }
}

/**
 * 202 `0: Accepted for delivery` or `3: Queued for later delivery`; 400 when it is the message; 403
 * `Authorization failed for sendsms` or `Not routable. Do not try again.`
 */
function throwUnlessTaken(answer: { status: number; body: string }): void {
  const { status, body } = answer
  if (status >= 200 && status < 300) return
  if (status === 403 && body.startsWith('Not routable')) throw new ChannelError('not_routable', 'final')
  // Anything but 400 is said of us, and so of every message.
  throw new ChannelError(`http_${status}`, 'final', { alarm: status !== 400 })
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
