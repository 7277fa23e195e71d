import fc from 'fast-check'
import { createAddresses } from '../../../src/channels/address'
import type { Channel } from '../../../src/channels/channel'
import { createKannelChannel, type KannelOptions } from '../../../src/channels/sms-kannel/channel'
import type { Inbound, Receipt } from '../../../src/message'
import {
  type Answer,
  fixedClock,
  keptLog,
  NOW,
  outbound,
  SECRET_KEY,
  type Served,
  serve,
  serveGateway,
} from '../sms/server'

const SECRET = 'segredo-do-caminho-1'
const PASSWORD = 'senha-do-kannel'
const addresses = createAddresses('sms-kannel', SECRET_KEY)
const contact = { address: addresses.seal({ to: '+5511900000001' }) }

const logged = keptLog()
let heard: Inbound[] = []
let receipts: Receipt[] = []
let failing = false
let answer: Answer = { status: 202, body: '0: Accepted for delivery' }
let gateway: Awaited<ReturnType<typeof serveGateway>>
let server: Served
let channel: Channel

const options = (given: Partial<KannelOptions> = {}): KannelOptions => ({
  sendSmsUrl: `${gateway.url}/cgi-bin/sendsms`,
  username: 'assistente',
  password: PASSWORD,
  from: '28041',
  webhookSecret: SECRET,
  messagesPerSecond: 10,
  webhookUrl: 'http://10.0.0.5:3978/',
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
  gateway = await serveGateway(() => answer)
  channel = createKannelChannel(options())
  server = await serve(channel.router)
})

afterAll(async () => {
  await server.stop()
  await gateway.stop()
})

beforeEach(() => {
  heard = []
  receipts = []
  failing = false
  answer = { status: 202, body: '0: Accepted for delivery' }
})

const BASE = '/webhooks/sms/kannel'

function call(path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${server.url}${BASE}/${path}`, init)
}

/** As smsbox calls `get-url`: the text is percent-encoded bytes. */
function hear(given: Record<string, string>, text = 'oi'): Promise<Response> {
  const fields = {
    id: 'id-1',
    from: '+5511900000001',
    at: '1773151200',
    coding: '0',
    charset: 'UTF-8',
    ...given,
  }
  return call(`${SECRET}?${new URLSearchParams(fields)}&text=${text}`)
}

describe('an SMS from Kannel', () => {
  test('is handed on, and the answer is empty so that nobody is sent it', async () => {
    const response = await hear({}, 'quero+me+aposentar%2C+n%C3%A3o+sei+%2B+nada')
    expect(response.status).toBe(200)
    expect(await response.text()).toBe('')
    expect(response.headers.get('content-type')).toContain('text/plain')
    expect(heard).toEqual([
      {
        id: 'id-1',
        channel: 'sms-kannel',
        conversationId: addresses.conversationOf('5511900000001'),
        at: NOW,
        address: expect.any(String),
        kind: 'text',
        text: 'quero me aposentar, não sei + nada',
      },
    ])
    expect(addresses.open(heard[0]?.address)).toEqual({ to: '+5511900000001' })
  })

  test('is the same when it is posted', async () => {
    const query = 'id=id-1&from=%2B5511900000001&at=1&coding=0&charset=UTF-8'
    const response = await call(`${SECRET}?${query}`, { method: 'POST', body: 'não+sei' })
    expect(response.status).toBe(200)
    expect(await response.text()).toBe('')
    expect(heard).toMatchObject([{ id: 'id-1', kind: 'text', text: 'não+sei' }])
  })

  test.each([
    ['GSM-7 as UTF-8', '0', 'UTF-8', 'voc%C3%AA', 'você'],
    ['GSM-7 without a charset', '0', '', 'voc%C3%AA', 'você'],
    ['Latin 1', '0', 'ISO-8859-1', 'voc%EA', 'você'],
    ['Latin 9', '0', 'iso-8859-15', '10+%A4', '10 €'],
    ['Latin 1 that says it is UTF-8', '0', 'UTF-8', 'voc%EA', 'você'],
    ['UCS-2', '2', 'UTF-16BE', '%00v%00o%00c%00%EA%00+%D8%3D%DE%00', 'você 😀'],
    ['UCS-2 with a line break and a letter that has one as a byte', '2', '', '%00a%00%0A%01%0D', 'a\nč'],
    ['UCS-2 that Kannel made UTF-8', '0', 'UTF-8', '%F0%9F%98%80', '😀'],
    ['bytes that are text', '1', '8-BIT', 'ol%C3%A1', 'olá'],
    ['a coding nobody gave', '-1', '', 'ol%C3%A1', 'olá'],
    ['a charset there is not', '0', 'constructor', 'ol%C3%A1', 'olá'],
  ])('says what was written: %s', async (_name, coding, charset, text, said) => {
    expect((await hear({ coding, charset }, text)).status).toBe(200)
    expect(heard).toMatchObject([{ kind: 'text', text: said }])
  })

  test.each([
    ['bytes for a program', '1', '%06%05%FF%FE'],
    ['nothing', '0', ''],
    ['only spaces', '0', '+++'],
  ])('that holds %s gets an answer that says so', async (_name, coding, text) => {
    await hear({ coding }, text)
    expect(heard).toMatchObject([{ kind: 'unsupported', what: 'other' }])
  })

  test.each(['+5511987654321', '005511987654321', '5511987654321', '011987654321', '551187654321'])(
    'from %s is of one conversation, and is answered to the number as it came',
    async (from) => {
      await hear({ from })
      expect(heard[0]?.conversationId).toBe(addresses.conversationOf('551187654321'))
      expect(addresses.open(heard[0]?.address)).toEqual({ to: from })
    },
  )

  test.each(['28041', '1057', 'VIVO', 'Claro', '08007210135', '+55135'])(
    'from %s, where no person is, goes nowhere and is not repeated',
    async (from) => {
      expect((await hear({ from })).status).toBe(200)
      expect(heard).toEqual([])
    },
  )

  test('from our own number is no person either', async () => {
    const own = createKannelChannel(options({ from: '5511987654321' }))
    const loop = await serve(own.router)
    const response = await fetch(`${loop.url}${BASE}/${SECRET}?id=a&from=%2B551187654321&text=oi`)
    await loop.stop()
    expect(response.status).toBe(200)
    expect(heard).toEqual([])
  })

  test('without an id is known again by who said what and when', async () => {
    await hear({ id: '' })
    await hear({ id: '' })
    await hear({ id: '', at: '1773151201' })
    await hear({ id: '' }, 'sim')
    await hear({ id: '', from: '+5511900000002' })
    const [first, again, ...others] = heard.map((message) => message.id)
    expect(again).toBe(first)
    expect(new Set([first, ...others]).size).toBe(4)
    expect(first).toMatch(/^\w{22}$/)
  })

  test('is to be sent again when it could not be stored', async () => {
    failing = true
    const response = await hear({})
    expect(response.status).toBe(503)
  })

  test.each([
    ['without a sender', 'id=a&text=oi'],
    ['with an id no Kannel makes', 'id=a%0Ab&from=%2B5511900000001&text=oi'],
    ['with a coding there is not', 'id=a&from=%2B5511900000001&coding=7&text=oi'],
    ['without anything', ''],
  ])('%s is refused', async (_name, query) => {
    expect((await call(`${SECRET}?${query}`)).status).toBe(400)
    expect(heard).toEqual([])
  })

  test.each(['segredo-do-caminho-2', 'x', `${SECRET}x`, '%20', encodeURIComponent('çççççççççççççççççççç')])(
    'at the address %s is not found',
    async (secret) => {
      const query = 'id=a&from=%2B5511900000001&text=oi'
      expect((await call(`${secret}?${query}`)).status).toBe(404)
      expect((await call(`${secret}?${query}`, { method: 'POST', body: 'oi' })).status).toBe(404)
      expect((await call(`${secret}/dlr?message=a~b&status=1`)).status).toBe(404)
      expect(heard).toEqual([])
      expect(receipts).toEqual([])
    },
  )

  test('at an address that cannot be read is refused', async () => {
    expect((await call('%E0%A4%A?id=a&from=%2B5511900000001&text=oi')).status).toBe(400)
  })

  test('above 1 MiB is refused', async () => {
    const query = 'id=id-1&from=%2B5511900000001'
    const body = 'a'.repeat(1024 * 1024 + 1)
    expect((await call(`${SECRET}?${query}`, { method: 'POST', body })).status).toBe(413)
    expect(heard).toEqual([])
  })
})

describe('a delivery report', () => {
  const about = { conversationId: 'conversation', outboundId: 'conversation|1', at: NOW }

  test.each([
    ['1', { status: 'delivered' }],
    ['2', { status: 'failed', code: 'dlr_2' }],
    ['4', { status: 'sent' }],
    ['8', { status: 'sent' }],
    ['16', { status: 'failed', code: 'dlr_16' }],
  ])('%s says %j', async (status, said) => {
    const response = await call(`${SECRET}/dlr?message=conversation~conversation%7C1&status=${status}`)
    expect(response.status).toBe(200)
    expect(receipts).toEqual([{ ...about, ...said }])
  })

  test('may be posted', async () => {
    const response = await call(`${SECRET}/dlr?message=conversation~conversation%7C1&status=1`, {
      method: 'POST',
    })
    expect(response.status).toBe(200)
    expect(receipts).toEqual([{ ...about, status: 'delivered' }])
  })

  test.each(['message=nothing-of-ours&status=1', 'message=a~b&status=32', 'message=a~b', ''])(
    'that says nothing to us is taken and forgotten: %j',
    async (query) => {
      expect((await call(`${SECRET}/dlr?${query}`)).status).toBe(200)
      expect(receipts).toEqual([])
    },
  )

  test('is to be sent again when it could not be kept', async () => {
    failing = true
    expect((await call(`${SECRET}/dlr?message=a~b&status=1`)).status).toBe(503)
  })
})

describe('a message to Kannel', () => {
  const reply = outbound('sms-kannel', { text: 'Você já pode pedir & receber 100%.' })

  test('goes out in GSM-7 as UTF-8', async () => {
    await channel.send(reply, contact)
    const { method, url } = gateway.last()
    expect(method).toBe('GET')
    const dlr =
      'http%3A%2F%2F10.0.0.5%3A3978%2Fwebhooks%2Fsms%2Fkannel%2Fsegredo-do-caminho-1%2Fdlr' +
      '%3Fmessage%3Dconversation%7Econversation%25%257C1%26status%3D%25d'
    expect(url).toBe(
      '/cgi-bin/sendsms?username=assistente&password=senha-do-kannel&from=28041&to=%2B5511900000001' +
        `&priority=1&dlr-mask=31&dlr-url=${dlr}&coding=0&charset=UTF-8` +
        '&text=Voce%20ja%20pode%20pedir%20%26%20receber%20100%25.',
    )
  })

  test('goes out in UCS-2 as bytes and without a charset when a name needs it', async () => {
    await channel.send({ ...reply, text: 'É \u2068João\u2069?' }, contact)
    const { url } = gateway.last()
    expect(url).toMatch(/&coding=2&text=%00%C9%00%20%00%4A%00%6F%00%E3%00%6F%00%3F$/)
    expect(url).not.toContain('charset')
  })

  test('waits behind the replies and has no link when it is a notice', async () => {
    const notice = { id: 'n1', template: { name: 'decidido', parameters: [] } }
    await channel.send({ ...reply, notice, link: { title: 'Ver', url: 'https://a.gov.br' } }, contact)
    const query = new URL(gateway.last().url, 'http://a').searchParams
    expect(query.get('priority')).toBe('0')
    expect(query.get('text')).not.toContain('http')
  })

  test('is taken when Kannel queues it for later', async () => {
    answer = { status: 202, body: '3: Queued for later delivery' }
    await channel.send(reply, contact)
  })

  test.each<[string, Answer, object]>([
    [
      'busy',
      { status: 503, body: 'Temporal failure, try again later.' },
      { code: 'http_503', failure: 'retry' },
    ],
    ['failing', { status: 500, body: 'Sending failed.' }, { code: 'http_500', failure: 'retry' }],
    ['not answering its proxy', { status: 504, body: '' }, { code: 'http_504', failure: 'unknown' }],
    [
      'wrongly spoken to',
      { status: 400, body: 'Empty receiver number not allowed, rejected' },
      { code: 'http_400', failure: 'final', details: { alarm: false } },
    ],
    [
      'closed to us',
      { status: 403, body: 'Authorization failed for sendsms' },
      { code: 'http_403', failure: 'final', details: { alarm: true } },
    ],
    [
      'without a way to this number',
      { status: 403, body: 'Not routable. Do not try again.' },
      { code: 'not_routable', failure: 'final' },
    ],
    [
      'elsewhere',
      { status: 404, body: '' },
      { code: 'http_404', failure: 'final', details: { alarm: true } },
    ],
    [
      'moved, where we do not take the password',
      { status: 302, headers: { location: 'http://127.0.0.1:9/' } },
      { code: 'http_302', failure: 'final', details: { alarm: true } },
    ],
    ['gone before it answered', 'break', { code: 'cut_short', failure: 'unknown' }],
  ])('meets a Kannel that is %s', async (_name, given, error) => {
    answer = given
    await expect(channel.send(reply, contact)).rejects.toMatchObject(error)
  })

  test('that finds nobody listening is certainly not out', async () => {
    const closed = await serve(undefined)
    await closed.stop()
    const nobody = createKannelChannel(options({ sendSmsUrl: `${closed.url}/cgi-bin/sendsms` }))
    await expect(nobody.send(reply, contact)).rejects.toMatchObject({
      code: 'not_connected',
      failure: 'retry',
    })
  })

  test('to nobody goes nowhere', async () => {
    await expect(channel.send(reply, {})).rejects.toMatchObject({ code: 'no_address', failure: 'final' })
    const stranger = createAddresses('sms-twilio', SECRET_KEY).seal({ to: '+5511900000001' })
    await expect(channel.send(reply, { address: stranger })).rejects.toMatchObject({ code: 'no_address' })
  })

  test('has its file named in the log, because an SMS carries none', async () => {
    await channel.send(
      { ...reply, file: { name: 'a.pdf', mimeType: 'application/pdf', content: '' } },
      contact,
    )
    expect(logged.lines()).toContain('an SMS cannot carry its file')
  })
})

describe('the channel', () => {
  test('says what it is', () => {
    expect(channel).toMatchObject({
      id: 'sms-kannel',
      register: 'short',
      notices: true,
      whenUnknown: 'await_receipt',
      pace: { perSecond: 10 },
    })
  })

  test('survives whatever is sent to it, and believes only Kannel', async () => {
    const runs = Number(process.env.FUZZ_RUNS ?? 2000)
    const part = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.webQueryParameters())
    const known = fc.constantFrom('id', 'from', 'at', 'coding', 'charset', 'text', 'message', 'status')
    const value = fc.oneof(
      fc.constantFrom(
        '+5511900000001',
        '%2B5511900000001',
        '28041',
        '0',
        '1',
        '2',
        '31',
        'UTF-16BE',
        '%',
        '%ZZ',
      ),
      part,
    )
    const query = fc.oneof(
      part,
      fc
        .array(fc.tuple(known, value), { maxLength: 8 })
        .map((pairs) => pairs.map(([n, v]) => `${n}=${v}`).join('&')),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(SECRET, `${SECRET}/dlr`, 'errado-errado-errado', '..%2f', '%00'),
        fc.constantFrom('GET', 'POST'),
        query,
        fc.uint8Array({ maxLength: 200 }),
        async (path, method, search, body) => {
          const before = heard.length + receipts.length
          const target = `${path}?${encodeURI(search.replace(/\p{Cs}/gu, '')).replaceAll('#', '%23')}`
          const response = await call(
            target,
            method === 'POST' ? { method, body: Buffer.from(body) } : { method },
          )
          await response.arrayBuffer()
          expect([200, 400, 404]).toContain(response.status)
          if (!path.startsWith(SECRET)) {
            expect(response.status).not.toBe(200)
            expect(heard.length + receipts.length).toBe(before)
          }
        },
      ),
      { numRuns: runs },
    )
    expect((await hear({})).status).toBe(200)
  }, 600_000)

  test('leaves no number, word, password or secret in the log', () => {
    const lines = logged.lines()
    expect(lines).toContain('an SMS was sent')
    expect(lines).toContain('nobody who can be answered')
    expect(lines).not.toMatch(/90000000|87654321|aposentar|pedir|senha|segredo|10\.0\.0\.5/)
  })
})
