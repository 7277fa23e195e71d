import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { withoutNinthDigit } from '../../../src/channels/address'
import { GRAPH, messageWebhook, post, signedWebhook } from './graph-server'
import { addresses, type Harness, NOW, startHarness } from './harness'
import { statusWebhook } from './webhooks'

type Fixture = {
  webhook: object
  expect: {
    address: { phone?: string; bsuid?: string }
    of?: { phone?: string; bsuid?: string }
    [field: string]: unknown
  }[]
}

let harness: Harness

beforeEach(async () => {
  harness = await startHarness()
})
afterEach(async () => {
  await harness.stop()
})

function fixture(name: string): Fixture {
  return JSON.parse(readFileSync(join(__dirname, 'in', name), 'utf8')) as Fixture
}

function text(id: string, body = 'oi', from = '5511900000001') {
  return { id, from, timestamp: '1795608000', type: 'text', text: { body } }
}

describe('what people send', () => {
  test.each(readdirSync(join(__dirname, 'in')))('%s', async (name) => {
    const { webhook, expect: expected } = fixture(name)
    expect(await post(harness.url, JSON.stringify(webhook))).toBe(200)
    const heard = harness.received.map(({ address, ...rest }) => ({
      ...rest,
      address: addresses.open(address),
    }))
    const wanted = expected.map(({ of, ...rest }) => {
      const who = of ?? rest.address
      return {
        ...rest,
        channel: 'whatsapp-cloud',
        conversationId: addresses.conversationOf(who.bsuid ?? withoutNinthDigit(who.phone ?? '')),
      }
    })
    const byPerson = (one: { conversationId: string }, other: { conversationId: string }) =>
      one.conversationId.localeCompare(other.conversationId)
    expect(heard.sort(byPerson)).toEqual(wanted.sort(byPerson))
  })

  test('what is left out is logged by its code, and nothing a person said or is', async () => {
    for (const name of readdirSync(join(__dirname, 'in'))) {
      await post(harness.url, JSON.stringify(fixture(name).webhook))
    }
    await post(harness.url, 'quero me aposentar', 'another-secret')
    const logged = harness.logged()
    for (const code of [
      'message_unknown',
      'change_unknown',
      'other_number',
      'webhook_unknown',
      'group',
      'sender_unknown',
      'signature_wrong',
    ]) {
      expect(logged).toContain(`"code":"${code}"`)
    }
    expect(logged).not.toMatch(/90000000|BR\.|aposentar|Inven|wamid|EAAG|secret/)
  })
})

describe('the handshake', () => {
  const ask = (query: string) => fetch(`${harness.url}?${query}`)
  const token = GRAPH.verifyToken

  test('the challenge comes back as it was sent, to whom knows the token', async () => {
    const answer = await ask(`hub.mode=subscribe&hub.verify_token=${token}&hub.challenge=1158201444`)
    expect([answer.status, await answer.text()]).toEqual([200, '1158201444'])
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain/)
  })

  test.each([
    ['a wrong token', 'hub.mode=subscribe&hub.verify_token=verify-token-of-testx&hub.challenge=1'],
    ['a longer token', `hub.mode=subscribe&hub.verify_token=${GRAPH.verifyToken}x&hub.challenge=1`],
    ['no token', 'hub.mode=subscribe&hub.challenge=1'],
    [
      'two tokens',
      `hub.mode=subscribe&hub.verify_token=${GRAPH.verifyToken}&hub.verify_token=x&hub.challenge=1`,
    ],
    ['another mode', `hub.mode=unsubscribe&hub.verify_token=${GRAPH.verifyToken}&hub.challenge=1`],
    ['no challenge', `hub.mode=subscribe&hub.verify_token=${GRAPH.verifyToken}`],
    ['nothing', ''],
  ])('%s is refused', async (_, query) => {
    expect((await ask(query)).status).toBe(403)
  })
})

describe('the signature', () => {
  const body = messageWebhook([text('wamid.1')])
  const send = (headers: Record<string, string>, bytes: Buffer | string = body) =>
    fetch(harness.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: bytes,
    })

  test('the vector of Meta’s scheme is accepted', async () => {
    await harness.stop()
    harness = await startHarness({ appSecret: 'app-secret' })
    const signature = 'sha256=d3e4f9da0ce6c71ab3dba55929b8eeeee2455349e534924ead19f98d143e904f'
    const answer = await send(
      { 'x-hub-signature-256': signature },
      '{"object":"whatsapp_business_account","entry":[]}',
    )
    expect(answer.status).toBe(200)
  })

  test.each([
    ['of another secret', signedWebhook(body, 'another-secret').headers],
    ['of another body', signedWebhook(`${body} `).headers],
    ['cut short', { 'x-hub-signature-256': signedWebhook(body).headers['x-hub-signature-256'].slice(0, -1) }],
    [
      'without its prefix',
      { 'x-hub-signature-256': signedWebhook(body).headers['x-hub-signature-256'].slice(7) },
    ],
    ['empty', { 'x-hub-signature-256': '' }],
    ['missing', {}],
    ['of the old kind alone', { 'x-hub-signature': signedWebhook(body).headers['x-hub-signature-256'] }],
  ])('a signature %s stores nothing', async (_, headers) => {
    expect((await send(headers as Record<string, string>)).status).toBe(401)
    expect(harness.received).toEqual([])
  })

  test('it is about the bytes, so escaped letters and spaces stay as Meta wrote them', async () => {
    const escaped = `${body.replace('"oi"', '"ol\\u00e1 \\ud83d\\udc75"')}\n`
    expect(await post(harness.url, escaped)).toBe(200)
    expect(harness.received).toMatchObject([{ text: 'olá 👵' }])
  })

  test('it is asked for before anything is read, so a body that is no JSON is refused too', async () => {
    expect(await post(harness.url, '{', 'another-secret')).toBe(401)
  })
})

describe('bodies', () => {
  test('one that is signed and no JSON is answered, or Meta would send it for a week', async () => {
    expect(await post(harness.url, '{"object":')).toBe(200)
    expect(harness.logged()).toContain('webhook_not_json')
  })

  test('more than a mebibyte is too large', async () => {
    const most = messageWebhook([text('wamid.big', 'a'.repeat(1024 * 1024 - 400))])
    expect(await post(harness.url, most)).toBe(200)
    expect(await post(harness.url, `${most}${' '.repeat(1024)}`)).toBe(413)
    expect(harness.received).toHaveLength(1)
  })

  test('a compressed one is refused', async () => {
    const { body, headers } = signedWebhook('{}')
    const answer = await fetch(harness.url, {
      method: 'POST',
      headers: { ...headers, 'content-encoding': 'gzip' },
      body,
    })
    expect(answer.status).toBe(415)
  })

  test('an empty one is refused or left out, and never a fault', async () => {
    expect(await post(harness.url, '')).toBe(200)
    expect(harness.received).toEqual([])
  })
})

describe('durability', () => {
  test('Meta is told only after every message and receipt of a webhook is durable', async () => {
    await harness.stop()
    const order: string[] = []
    const later = (name: string) =>
      new Promise<void>((resolve) => setTimeout(() => resolve(void order.push(name)), 20))
    harness = await startHarness({
      receive: async (message) => {
        await later(message.id)
        return 'stored'
      },
      takeReceipt: (receipt) => later(receipt.outboundId),
    })
    const both = JSON.parse(messageWebhook([text('wamid.1'), text('wamid.2', 'oi', '5511900000002')])) as {
      entry: unknown[]
    }
    const status = { id: 'w', status: 'sent', timestamp: '1', biz_opaque_callback_data: 'c~out-1' }
    both.entry.push((JSON.parse(statusWebhook([status])) as typeof both).entry[0])
    await post(harness.url, JSON.stringify(both)).then((code) => order.push(String(code)))
    expect(order.at(-1)).toBe('200')
    expect(order.slice(0, -1).sort()).toEqual(['out-1', 'wamid.1', 'wamid.2'])
  })

  test('one message that could not be stored asks for all of them again, and the repeat stores each once', async () => {
    await harness.stop()
    const stored: string[] = []
    let down = true
    harness = await startHarness({
      receive: async ({ id }) => {
        if (id === 'wamid.2' && down) throw new Error('the inbox is down')
        if (stored.includes(id)) return 'duplicate'
        stored.push(id)
        return 'stored'
      },
    })
    const body = messageWebhook([
      text('wamid.1'),
      text('wamid.2', 'segunda', '5511900000002'),
      text('wamid.3', 'terceira', '5511900000002'),
    ])
    expect(await post(harness.url, body)).toBe(503)
    // What comes after the one that failed waits for it, or the person's messages would change places.
    expect(stored).toEqual(['wamid.1'])
    down = false
    expect(await post(harness.url, body)).toBe(200)
    expect(stored).toEqual(['wamid.1', 'wamid.2', 'wamid.3'])
    expect(harness.logged()).not.toContain('segunda')
  })

  test('a receipt that could not be kept, or records that do not answer, ask for it again', async () => {
    await harness.stop()
    let down = true
    harness = await startHarness({
      takeReceipt: async () => {
        if (down) throw new Error('down')
      },
    })
    const status = { id: 'w', status: 'sent', timestamp: '1', biz_opaque_callback_data: 'c~out-1' }
    expect(await post(harness.url, statusWebhook([status]))).toBe(503)
    down = false
    expect(await post(harness.url, statusWebhook([status]))).toBe(200)
    const { get } = harness.records
    await harness.stop()
    harness = await startHarness({
      records: {
        ...harness.records,
        get: async (key) => (down ? Promise.reject(new Error('down')) : get(key)),
      },
    })
    down = true
    expect(await post(harness.url, messageWebhook([text('wamid.1')]))).toBe(503)
    down = false
    expect(await post(harness.url, messageWebhook([text('wamid.1')]))).toBe(200)
    expect(harness.received).toHaveLength(1)
  })

  test('several messages of a person in one webhook are stored in order, although the first is slow', async () => {
    await harness.stop()
    const stored: string[] = []
    harness = await startHarness({
      receive: async ({ id }) => {
        await new Promise((resolve) => setTimeout(resolve, id === 'wamid.1' ? 30 : 0))
        stored.push(id)
        return 'stored'
      },
    })
    const ids = Array.from({ length: 20 }, (_, index) => `wamid.${index + 1}`)
    await post(harness.url, messageWebhook(ids.map((id) => text(id))))
    expect(stored).toEqual(ids)
  })
})

describe('statuses', () => {
  const of = (status: string, more: object = {}) => ({
    id: 'wamid.OUT1',
    status,
    timestamp: '1795608000',
    recipient_user_id: 'BR.1',
    biz_opaque_callback_data: 'conversation0000000000~t1-0',
    ...more,
  })

  test('each says of which message of ours it is, and how far that got', async () => {
    const failed = of('failed', { errors: [{ code: 131026, title: 'Message undeliverable' }] })
    await post(harness.url, statusWebhook([of('read'), of('sent'), of('delivered'), of('sent'), failed]))
    const receipt = {
      conversationId: 'conversation0000000000',
      outboundId: 't1-0',
      at: '2026-11-25T12:00:00.000Z',
    }
    expect(harness.receipts).toEqual([
      { ...receipt, status: 'read' },
      { ...receipt, status: 'sent' },
      { ...receipt, status: 'delivered' },
      { ...receipt, status: 'sent' },
      { ...receipt, status: 'failed', code: '131026' },
    ])
  })

  test.each([
    ['a deleted message', of('deleted')],
    ['a warning', of('warning')],
    ['a played voice message', of('played')],
    ['one of another system', of('sent', { biz_opaque_callback_data: 'order 5 of store 3' })],
    ['one that says nothing of ours', of('sent', { biz_opaque_callback_data: undefined })],
    ['a number', 4],
  ])('%s is left out', async (_, status) => {
    expect(await post(harness.url, statusWebhook([status as object, of('sent')]))).toBe(200)
    expect(harness.receipts).toHaveLength(1)
  })

  test('a failure without a reason has no code', async () => {
    await post(harness.url, statusWebhook([of('failed', { timestamp: undefined })]))
    expect(harness.receipts).toEqual([
      { conversationId: 'conversation0000000000', outboundId: 't1-0', status: 'failed', at: NOW },
    ])
  })

  test.each([
    [131000, true],
    [131056, true],
    [130429, true],
    [131026, false],
    [131047, false],
    [131048, false],
  ])('a failure by %s may go better another time: %s', async (code, passing) => {
    await post(harness.url, statusWebhook([of('failed', { errors: [{ code }] })]))
    expect(harness.receipts).toMatchObject([{ code: String(code) }])
    expect(harness.receipts[0]?.again).toBe(passing ? 'whatsapp-cloud' : undefined)
  })

  test('a failure of our account is an error in the log, of a person’s telephone none', async () => {
    await post(harness.url, statusWebhook([of('failed', { errors: [{ code: 131026 }] })]))
    expect(harness.logged()).toBe('')
    await post(harness.url, statusWebhook([of('failed', { errors: [{ code: 131042 }] })]))
    expect(harness.logged()).toMatch(/"level":50.*"code":"131042"/)
  })
})
