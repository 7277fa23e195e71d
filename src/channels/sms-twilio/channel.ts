import express, { type Request, type RequestHandler } from 'express'
import { z } from 'zod'
import type { Clock } from '../../clock'
import type { Log } from '../../log'
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
import { contentOf, fieldsOf, incoming, refusal, statusCallback, statuses } from './payload'
import { isSigned } from './signature'

export type TwilioOptions = {
  /** `AC…` */
  accountSid: string
  authToken: string
  /** Our number (`+5511…`, or a short code) or a Messaging Service (`MG…`). */
  from: string
  /** `https://api.twilio.com` */
  apiUrl: string
  messagesPerSecond: number
  /** Where Twilio reaches us; what it signs begins with it. */
  publicUrl: string
  /** 32 bytes */
  secretKey: Buffer
  receive: Receive
  takeReceipt: TakeReceipt
  clock: Clock
  log: Log
}

const PATH = '/webhooks/sms/twilio'
const NO_MESSAGE = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
const addressOf = z.object({ to: z.string() })

/** SMS through Twilio, or through whoever speaks as it does. Set up in docs/channels/sms.md. */
export function createTwilioChannel(options: TwilioOptions): Channel {
  const { clock, log } = options
  const addresses = createAddresses('sms-twilio', options.secretKey)
  const own = phoneOf(options.from)
  const publicUrl = options.publicUrl.replace(/\/+$/, '')

  async function take(fields: unknown): Promise<number> {
    const parsed = incoming.safeParse(fields)
    if (!parsed.success) return 400
    const { MessageSid, From, To } = parsed.data
    const phone = phoneOf(From)
    const ours = [own, phoneOf(To)].some(
      (number) => number !== undefined && phone !== undefined && sameLine(phone, number),
    )
    if (phone === undefined || ours) {
      log.info({ channel: 'sms-twilio' }, 'an SMS of nobody who can be answered')
      return 200
    }
    await options.receive({
      id: MessageSid,
      channel: 'sms-twilio',
      conversationId: addresses.conversationOf(withoutNinthDigit(phone)),
      at: clock.now().toISOString(),
      address: addresses.seal({ to: From }),
      ...contentOf(parsed.data),
    })
    return 200
  }

  async function takeStatus(fields: unknown, query: URLSearchParams): Promise<number> {
    const parsed = statusCallback.safeParse(fields)
    if (!parsed.success) return 400
    const about = readCorrelation(query.get('message') ?? '')
    const status = statuses.get(parsed.data.MessageStatus)
    if (about === undefined || status === undefined) return 200
    await options.takeReceipt({
      ...about,
      status,
      at: clock.now().toISOString(),
      ...(status === 'failed' && { code: parsed.data.ErrorCode || parsed.data.MessageStatus }),
    })
    return 200
  }

  const signed =
    (handle: (fields: unknown, query: URLSearchParams) => Promise<number>): RequestHandler =>
    async (call, response) => {
      const body = bytesOf(call.body)
      const form = formOf(call, body)
      const signature = call.get('x-twilio-signature') ?? ''
      if (!isSigned(options.authToken, { url: publicUrl + call.originalUrl, form, body, signature })) {
        log.warn({ channel: 'sms-twilio' }, 'a request that Twilio did not sign')
        response.sendStatus(403)
        return
      }
      const [, query] = call.originalUrl.split('?')
      response
        .status(await handle(fieldsOf(form, body), new URLSearchParams(query)))
        .type('text/xml')
        .send(NO_MESSAGE)
    }

  const router = express.Router()
  router.post(PATH, rawBody, signed(take))
  router.post(`${PATH}/status`, rawBody, signed(takeStatus))
  router.use(PATH, answerWebhookErrors(log))

  return {
    id: 'sms-twilio',
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
      const answer = await request(
        `${options.apiUrl.replace(/\/+$/, '')}/2010-04-01/Accounts/${options.accountSid}/Messages.json`,
        {
          method: 'POST',
          headers: { authorization: basic(options.accountSid, options.authToken) },
          body: new URLSearchParams({
            To: address.data.to,
            ...(/^MG/.test(options.from) ? { MessagingServiceSid: options.from } : { From: options.from }),
            Body: text,
            StatusCallback: `${publicUrl}${PATH}/status?message=${encodeURIComponent(correlationOf(message))}`,
          }),
        },
      )
      throwUnlessTaken(answer)
      log.debug({ message: message.id, alphabet, segments: segmentsOf(text).segments }, 'an SMS was sent')
    },
  }
}

function formOf(call: Request, body: Buffer): URLSearchParams | undefined {
  const form = call.is('application/x-www-form-urlencoded') === false ? undefined : body
  return form === undefined ? undefined : new URLSearchParams(form.toString('utf8'))
}

function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
}

/** Too fast, too many waiting, or enough for today: 21611, 63017, 63018, 63038 (twilio.com/docs/api/errors). */
const THROTTLED = new Set([20429, 21611, 63017, 63018, 63038])
/** Our key, account or number is wrong, so no message goes out: 20003, 20005, 21212, 21606, 21659, 21660. */
const ALARMING = new Set([20003, 20005, 21212, 21606, 21659, 21660])
/** The person has to write first. */
const OUTSIDE_WINDOW = 63016

function throwUnlessTaken(answer: { status: number; headers: Headers; body: string }): void {
  const { status, headers, body } = answer
  if (status >= 200 && status < 300) return
  const code = codeOf(body)
  const name = code === undefined ? `http_${status}` : String(code)
  if (status === 429 || (code !== undefined && THROTTLED.has(code))) {
    const seconds = Number(headers.get('retry-after') ?? Number.NaN)
    const later = Number.isFinite(seconds) && seconds >= 0 ? { retryAfterMs: seconds * 1000 } : {}
    throw new ChannelError(name, 'throttled', { everyone: true, ...later })
  }
  if (code === OUTSIDE_WINDOW) throw new ChannelError(name, 'held')
  const alarm = status !== 400 || (code !== undefined && ALARMING.has(code))
  throw new ChannelError(name, 'final', { alarm })
}

function codeOf(body: string): number | undefined {
  try {
    return refusal.safeParse(JSON.parse(body)).data?.code
  } catch {
    return undefined
  }
}
