import express from 'express'
import fc from 'fast-check'
import { getExpectedBodyHash, getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks'
import { createAddresses } from '../../../src/channels/address'
import type { Channel } from '../../../src/channels/channel'
import { createTwilioChannel, type TwilioOptions } from '../../../src/channels/sms-twilio/channel'
import type { Inbound, Receipt } from '../../../src/message'
import { fixedClock, keptLog, NOW, outbound, SECRET_KEY, type Served, serve } from '../sms/server'
import { ACCOUNT, startTwilio, TOKEN, type Twilio } from './twilio-server'

const PATH = '/webhooks/sms/twilio'
const OURS = '+551140000000'
const PERSON = '+5511987654321'
const addresses = createAddresses('sms-twilio', SECRET_KEY)
const contact = { address: addresses.seal({ to: PERSON }) }

const logged = keptLog()
let heard: Inbound[] = []
let receipts: Receipt[] = []
let failing = false
let twilio: Twilio
let server: Served
let channel: Channel

const options = (given: Partial<TwilioOptions> = {}): TwilioOptions => ({
  accountSid: ACCOUNT,
  authToken: TOKEN,
  from: OURS,
  apiUrl: twilio.url,
  messagesPerSecond: 10,
  publicUrl: server.url,
  secretKey: SECRET_KEY,
  receive: async (message) => {
    if (failing) throw new Error('the inbox is down')
    heard.push(message)
    return 'stored'
  },
  takeReceipt: async (receipt) => {
    if (failing) throw new Error('the store is down')
    receipts.push(receipt)
  },
  clock: fixedClock,
  log: logged.log,
  ...given,
})

beforeAll(async () => {
  twilio = await startTwilio()
  const router = express.Router()
  server = await serve(router)
  channel = createTwilioChannel(options())
  router.use(channel.router ?? [])
})

afterAll(async () => {
  await server.stop()
  await twilio.stop()
})

beforeEach(() => {
  heard = []
  receipts = []
  failing = false
  twilio.asked.length = 0
})

const say = (body: string, more: Record<string, string> = {}, from = PERSON) =>
  twilio.say(`${server.url}${PATH}`, from, body, more)

describe('an SMS from Twilio', () => {
  test('is handed on and answered with no message', async () => {
    const response = await say('quero me aposentar, não sei & talvez')
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toContain('text/xml')
    expect(await response.text()).toBe('<?xml version="1.0" encoding="UTF-8"?><Response/>')
    expect(heard).toEqual([
      {
        id: expect.stringMatching(/^SM\d{32}$/),
        channel: 'sms-twilio',
        conversationId: addresses.conversationOf('551187654321'),
        at: NOW,
        address: expect.any(String),
        kind: 'text',
        text: 'quero me aposentar, não sei & talvez',
      },
    ])
    expect(addresses.open(heard[0]?.address)).toEqual({ to: PERSON })
  })

  test('is of one conversation with and without the ninth digit', async () => {
    await say('oi')
    await say('oi', {}, '+551187654321')
    const [first, second] = heard
    expect(second?.conversationId).toBe(first?.conversationId)
    expect(addresses.open(second?.address)).toEqual({ to: '+551187654321' })
  })

  test.each(['STOP', 'START', 'HELP'])(
    'that says %s is text, for the conversation to understand',
    async (word) => {
      await say(word, { OptOutType: word })
      expect(heard).toMatchObject([{ kind: 'text', text: word }])
    },
  )

  test.each([
    ['image/jpeg', 'image'],
    ['Audio/AMR', 'audio'],
    ['video/mp4', 'video'],
    ['text/x-vcard; charset=utf-8', 'contact'],
    ['text/vcard', 'contact'],
    ['application/pdf', 'document'],
    ['text/plain', 'document'],
    ['constructor', 'other'],
    ['', 'other'],
  ])('with a file of type %j names it %s', async (type, what) => {
    await say('olha', { NumMedia: '1', MediaUrl0: 'https://api.twilio.com/m/1', MediaContentType0: type })
    expect(heard).toMatchObject([{ kind: 'unsupported', what }])
  })

  test('that says nothing gets an answer that says so', async () => {
    await say(' ')
    expect(heard).toMatchObject([{ kind: 'unsupported', what: 'other' }])
  })

  test.each(['28041', 'VIVO', 'whatsapp:+5511987654321', OURS])(
    'from %s, where no person is, goes nowhere',
    async (from) => {
      const response = await say('oi', {}, from)
      expect(response.status).toBe(200)
      expect(heard).toEqual([])
    },
  )

  test('from the number it was sent to is our own, also behind a Messaging Service', async () => {
    await say('oi', { To: '+551187654321' })
    expect(heard).toEqual([])
  })

  test('is to be sent again when it could not be stored', async () => {
    failing = true
    expect((await say('oi')).status).toBe(503)
  })

  test('that lacks what every message has is refused', async () => {
    const url = `${server.url}${PATH}`
    expect((await twilio.call(url, { From: PERSON, Body: 'oi' })).status).toBe(400)
    expect((await twilio.call(url, { MessageSid: 'SM\n1', From: PERSON, Body: 'oi' })).status).toBe(400)
    expect((await say('oi', { NumMedia: 'many' })).status).toBe(400)
    expect(heard).toEqual([])
  })

  test('that Twilio did not sign is refused', async () => {
    const url = `${server.url}${PATH}`
    const fields = { MessageSid: 'SM1', From: PERSON, Body: 'oi' }
    const body = new URLSearchParams(fields)
    const right = getExpectedTwilioSignature(TOKEN, url, fields)
    const post = (
      signature: string | undefined,
      sent: string | URLSearchParams = body,
      headers: Record<string, string> = {},
    ) =>
      fetch(url, {
        method: 'POST',
        headers: { ...headers, ...(signature !== undefined && { 'X-Twilio-Signature': signature }) },
        body: sent,
      })
    expect((await post(undefined)).status).toBe(403)
    expect((await post('')).status).toBe(403)
    expect((await post(right.toLowerCase())).status).toBe(403)
    expect((await post(getExpectedTwilioSignature('another', url, fields))).status).toBe(403)
    expect((await post(right, new URLSearchParams({ ...fields, Body: 'outra' }))).status).toBe(403)
    expect(
      (await post(getExpectedTwilioSignature(TOKEN, url, {}), '{}', { 'Content-Type': 'application/json' }))
        .status,
    ).toBe(403)
    expect(heard).toEqual([])
    expect((await post(right)).status).toBe(200)
    expect(heard).toHaveLength(1)
  })

  test('in JSON is taken when the address carries its digest', async () => {
    const body = JSON.stringify({ MessageSid: 'SM9', From: PERSON, Body: 'não' })
    const url = `${server.url}${PATH}?bodySHA256=${getExpectedBodyHash(body)}`
    const post = (sent: string) =>
      fetch(url, {
        method: 'POST',
        headers: {
          'Content-Type': 'application/json',
          'X-Twilio-Signature': getExpectedTwilioSignature(TOKEN, url, {}),
        },
        body: sent,
      })
    expect((await post(body.replace('não', 'sim'))).status).toBe(403)
    expect((await post(body)).status).toBe(200)
    expect(heard).toMatchObject([{ id: 'SM9', text: 'não' }])
  })

  test('behind a proxy is signed for the public address', async () => {
    const publicUrl = 'https://assistente.gov.br'
    const behind = createTwilioChannel(options({ publicUrl: `${publicUrl}/` }))
    const proxied = await serve(behind.router)
    const fields = { MessageSid: 'SM1', From: PERSON, Body: 'oi' }
    const statuses: number[] = []
    for (const base of [publicUrl, `${publicUrl}:443`, proxied.url]) {
      const response = await fetch(`${proxied.url}${PATH}`, {
        method: 'POST',
        headers: { 'X-Twilio-Signature': getExpectedTwilioSignature(TOKEN, `${base}${PATH}`, fields) },
        body: new URLSearchParams(fields),
      })
      statuses.push(response.status)
    }
    await proxied.stop()
    expect(statuses).toEqual([200, 200, 403])
  })

  test('above 1 MiB is refused', async () => {
    expect((await say('a'.repeat(1024 * 1024 + 1))).status).toBe(413)
    expect(heard).toEqual([])
  })
})

describe('a message to Twilio', () => {
  const reply = outbound('sms-twilio', { text: 'Você já pode pedir.' })

  test('goes out with the address its reports come back to, which names nobody', async () => {
    await channel.send(reply, contact)
    expect(twilio.asked.map((each) => each.fields)).toEqual([
      {
        To: PERSON,
        From: OURS,
        Body: 'Voce ja pode pedir.',
        StatusCallback: `${server.url}${PATH}/status?message=conversation~conversation%7C1`,
      },
    ])
  })

  test('goes out through a Messaging Service', async () => {
    const service = `MG${'0'.repeat(32)}`
    await createTwilioChannel(options({ from: service })).send(reply, contact)
    expect(twilio.asked[0]?.fields).toMatchObject({ MessagingServiceSid: service })
    expect(twilio.asked[0]?.fields).not.toHaveProperty('From')
  })

  test('keeps the accents of a marked name', async () => {
    await channel.send({ ...reply, text: 'Você é \u2068João\u2069?' }, contact)
    expect(twilio.asked[0]?.fields.Body).toBe('Você é João?')
  })

  test('as a notice has no link', async () => {
    const notice = { id: 'n1', template: { name: 'decidido', parameters: [] } }
    await channel.send({ ...reply, notice, link: { title: 'Ver', url: 'https://a.gov.br' } }, contact)
    expect(twilio.asked[0]?.fields.Body).toBe('Voce ja pode pedir.')
  })

  test('fits what Twilio takes, however much is said in a turn', async () => {
    const bubbles = channel.shape?.([{ text: 'Uma frase de exemplo, não muito curta. '.repeat(120) }]) ?? []
    for (const bubble of bubbles) await channel.send({ ...reply, ...bubble }, contact)
    expect(twilio.asked.length).toBeGreaterThan(2)
  })

  test.each<[string, Parameters<Twilio['refuse']>[0], object]>([
    [
      'the person who said STOP',
      { status: 400, code: 21610 },
      { code: '21610', failure: 'final', details: { alarm: false } },
    ],
    [
      'a number that is none',
      { status: 400, code: 21211 },
      { code: '21211', failure: 'final', details: { alarm: false } },
    ],
    [
      'the wrong key',
      { status: 401, code: 20003 },
      { code: '20003', failure: 'final', details: { alarm: true } },
    ],
    [
      'a closed account',
      { status: 403, code: 20005 },
      { code: '20005', failure: 'final', details: { alarm: true } },
    ],
    [
      'a number that is not ours',
      { status: 400, code: 21606 },
      { code: '21606', failure: 'final', details: { alarm: true } },
    ],
    ['a window that is closed', { status: 400, code: 63016 }, { code: '63016', failure: 'held' }],
    [
      'a full queue',
      { status: 400, code: 21611 },
      { code: '21611', failure: 'throttled', details: { everyone: true } },
    ],
    [
      'a limit',
      { status: 400, code: 63018 },
      { code: '63018', failure: 'throttled', details: { everyone: true } },
    ],
    [
      'too many requests',
      { status: 429, code: 20429, headers: { 'Retry-After': '3' } },
      { code: '20429', failure: 'throttled', details: { everyone: true, retryAfterMs: 3000 } },
    ],
    [
      'too many requests, said by a proxy that gives a date',
      { status: 429, headers: { 'Retry-After': 'Wed, 25 Nov 2026 10:00:00 GMT' }, body: '<html>' },
      { code: 'http_429', failure: 'throttled', details: { everyone: true } },
    ],
    ['a fault of its own', { status: 500, code: 20500 }, { code: 'http_500', failure: 'retry' }],
    ['a pause', { status: 503 }, { code: 'http_503', failure: 'retry' }],
    ['no answer to its proxy', { status: 504 }, { code: 'http_504', failure: 'unknown' }],
    [
      'a redirect',
      { status: 302, headers: { location: '/' } },
      { code: 'http_302', failure: 'final', details: { alarm: true } },
    ],
    ['an error without a code', { status: 400, body: 'not json' }, { code: 'http_400', failure: 'final' }],
    ['a broken connection', 'break', { code: 'cut_short', failure: 'unknown' }],
  ])('meets %s', async (_name, refused, error) => {
    twilio.refuse(refused)
    await expect(channel.send(reply, contact)).rejects.toMatchObject(error)
    expect(twilio.asked).toEqual([])
  })

  test('in the name of another account is refused, and that wakes somebody up', async () => {
    const other = createTwilioChannel(options({ accountSid: `AC${'f'.repeat(32)}` }))
    await expect(other.send(reply, contact)).rejects.toMatchObject({
      code: '20404',
      details: { alarm: true },
    })
    const wrong = createTwilioChannel(options({ authToken: 'outro' }))
    await expect(wrong.send(reply, contact)).rejects.toMatchObject({
      code: '20003',
      details: { alarm: true },
    })
  })

  test('to nobody goes nowhere', async () => {
    await expect(channel.send(reply, {})).rejects.toMatchObject({ code: 'no_address', failure: 'final' })
  })
})

describe('a status of Twilio', () => {
  const about = { conversationId: 'conversation', outboundId: 'conversation|1', at: NOW }

  async function report(status: string, more: Record<string, string> = {}): Promise<Response> {
    await channel.send(outbound('sms-twilio', {}), contact)
    const [message] = twilio.asked
    if (message === undefined) throw new Error('nothing was sent')
    return twilio.report(message, status, more)
  }

  test.each([
    ['queued', {}, { status: 'sent' }],
    ['accepted', {}, { status: 'sent' }],
    ['sending', {}, { status: 'sent' }],
    ['sent', {}, { status: 'sent' }],
    ['delivered', {}, { status: 'delivered' }],
    ['read', {}, { status: 'read' }],
    ['undelivered', { ErrorCode: '30003' }, { status: 'failed', code: '30003' }],
    ['undelivered', { ErrorCode: '30005' }, { status: 'failed', code: '30005' }],
    ['undelivered', { ErrorCode: '30006' }, { status: 'failed', code: '30006' }],
    ['failed', { ErrorCode: '30007' }, { status: 'failed', code: '30007' }],
    ['failed', {}, { status: 'failed', code: 'failed' }],
    ['canceled', { ErrorCode: '' }, { status: 'failed', code: 'canceled' }],
  ])('%s %j says %j', async (status, more, said) => {
    expect((await report(status, more)).status).toBe(200)
    expect(receipts).toEqual([{ ...about, ...said }])
  })

  test.each(['received', 'constructor', 'paused'])('%s says nothing of a message of ours', async (status) => {
    expect((await report(status)).status).toBe(200)
    expect(receipts).toEqual([])
  })

  test('of a message that is not ours is taken and forgotten', async () => {
    const url = `${server.url}${PATH}/status`
    expect((await twilio.call(url, { MessageStatus: 'sent' })).status).toBe(200)
    expect((await twilio.call(`${url}?message=x`, { MessageStatus: 'sent' })).status).toBe(200)
    expect(receipts).toEqual([])
  })

  test('that is none is refused, and one that Twilio did not sign too', async () => {
    const url = `${server.url}${PATH}/status?message=a~b`
    expect((await twilio.call(url, { MessageSid: 'SM1' })).status).toBe(400)
    const fields = { MessageStatus: 'delivered' }
    const signature = getExpectedTwilioSignature(TOKEN, `${server.url}${PATH}/status?message=a~c`, fields)
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'X-Twilio-Signature': signature },
      body: new URLSearchParams(fields),
    })
    expect(response.status).toBe(403)
    expect(receipts).toEqual([])
  })

  test('is to be sent again when it could not be kept', async () => {
    failing = true
    expect((await report('sent')).status).toBe(503)
  })
})

describe('the channel', () => {
  test('says what it is', () => {
    expect(channel).toMatchObject({
      id: 'sms-twilio',
      register: 'short',
      notices: true,
      whenUnknown: 'await_receipt',
      pace: { perSecond: 10 },
    })
  })

  test('survives whatever is sent to it, and believes only Twilio', async () => {
    const text = fc
      .oneof(fc.string(), fc.string({ unit: 'binary' }))
      .map((any) => any.replace(/\p{Cs}/gu, ''))
    const known = fc.constantFrom(
      'MessageSid',
      'From',
      'To',
      'Body',
      'NumMedia',
      'MediaContentType0',
      'MessageStatus',
    )
    const value = fc.oneof(fc.constantFrom('SM1', PERSON, '28041', '1', '-1', 'delivered', 'image/png'), text)
    const fields = fc.dictionary(fc.oneof(known, text), value, { maxKeys: 8 })
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('', '/status', '/status?message=a~b'),
        fields,
        fc.constantFrom('right', 'wrong', 'none', 'bytes'),
        fc.uint8Array({ maxLength: 200 }),
        fc.constantFrom('application/json', 'text/plain', 'application/x-www-form-urlencoded;charset=x', '/'),
        async (path, given, how, bytes, type) => {
          const before = heard.length + receipts.length
          const url = `${server.url}${PATH}${path}`
          const signature = getExpectedTwilioSignature(how === 'wrong' ? 'another' : TOKEN, url, given)
          const response = await fetch(url, {
            method: 'POST',
            headers: {
              ...(how !== 'none' && { 'X-Twilio-Signature': signature }),
              ...(how === 'bytes' && { 'Content-Type': type }),
            },
            body: how === 'bytes' ? Buffer.from(bytes) : new URLSearchParams(given),
          })
          await response.arrayBuffer()
          expect([200, 400, 403]).toContain(response.status)
          if (how === 'wrong' || how === 'none') {
            expect(response.status).toBe(403)
            expect(heard.length + receipts.length).toBe(before)
          }
          if (how === 'right') expect(response.status).not.toBe(403)
        },
      ),
      { numRuns: Number(process.env.FUZZ_RUNS ?? 2000) },
    )
    expect((await say('oi')).status).toBe(200)
  }, 600_000)

  test('leaves no number, word, token or signature in the log', () => {
    const lines = logged.lines()
    expect(lines).toContain('an SMS was sent')
    expect(lines).toContain('that Twilio did not sign')
    expect(lines).not.toMatch(/87654321|aposentar|pedir|token-de-teste|AC0000/)
  })
})
