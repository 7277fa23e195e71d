import { readdirSync, readFileSync } from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { ChannelError } from '../../../src/channels/channel'
import type { Contact, Outbound } from '../../../src/message'
import type { Answer } from './graph-server'
import { addresses, contactOf, type Harness, NOW, outbound, startHarness } from './harness'
import { GRAPH } from './webhooks'

let harness: Harness

beforeEach(async () => {
  harness = await startHarness({ timeoutMs: 300 })
})
afterEach(async () => {
  await harness.stop()
})

const PERSON = { phone: '5511900000001', bsuid: 'BR.ana' }
const HOUR = 3_600_000

/** How sending ended: undefined when it went out. */
async function failure(message: Outbound = outbound(), contact: Contact = contactOf(PERSON)) {
  try {
    await harness.channel.send(message, contact)
    return undefined
  } catch (error) {
    expect(error).toBeInstanceOf(ChannelError)
    const { code, failure, details } = error as ChannelError
    return { code, failure, ...details }
  }
}

describe('each rendering', () => {
  test.each(readdirSync(join(__dirname, 'out')))('%s', async (name) => {
    const fixture = JSON.parse(readFileSync(join(__dirname, 'out', name), 'utf8')) as {
      message: Partial<Outbound>
      contact: { phone?: string; bsuid?: string }
      hoursSinceTheyWrote: number | null
      expect: object
    }
    const hours = fixture.hoursSinceTheyWrote
    const contact = {
      address: addresses.seal(fixture.contact),
      ...(hours !== null && { lastInboundAt: Date.parse(NOW) - hours * HOUR }),
    }
    expect(await failure(outbound(fixture.message), contact)).toBeUndefined()
    expect(harness.graph.sends.map((sent) => sent.body)).toEqual([fixture.expect])
    expect(harness.graph.refused).toEqual([])
  })
})

describe('shape', () => {
  const shaped = (bubbles: Parameters<NonNullable<Harness['channel']['shape']>>[0]) =>
    harness.channel.shape?.(bubbles) ?? []

  test('joins the bubbles of a turn, and what it makes is taken as it is', async () => {
    const bubbles = shaped([
      { text: 'Olá.' },
      { text: 'a'.repeat(900) },
      { text: 'b'.repeat(900) },
      { text: 'Confirma?', choices: [{ title: 'Sim', value: 'Sim' }], questionId: 'q.0' },
    ])
    expect(bubbles.map((bubble) => bubble.text.length)).toEqual([1808, 9])
    for (const bubble of bubbles) expect(await failure(outbound(bubble))).toBeUndefined()
    expect(harness.graph.sends.map((sent) => sent.body.type)).toEqual(['text', 'interactive'])
  })

  test('splits a long text without losing a word, and sends every part', async () => {
    const words = Array.from({ length: 2000 }, (_, index) => `palavra${index}`)
    const bubbles = shaped([{ text: words.join(' ') }])
    expect(bubbles.map((bubble) => bubble.text).join(' ')).toBe(words.join(' '))
    for (const bubble of bubbles) expect(await failure(outbound(bubble))).toBeUndefined()
    expect(harness.graph.sends).toHaveLength(bubbles.length)
  })

  test('a message too long for one, which nobody shaped, is not cut but given up', async () => {
    expect(await failure(outbound({ text: 'a'.repeat(5000) }))).toEqual({
      code: 'message_too_long',
      failure: 'final',
    })
    expect(harness.graph.sends).toEqual([])
  })
})

describe('after 24 hours of silence', () => {
  const silent = (hours = 24) => ({ ...contactOf(PERSON), lastInboundAt: Date.parse(NOW) - hours * HOUR })
  const resume = {
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    recipient: 'BR.ana',
    type: 'template',
    template: { name: 'retomar_conversa', language: { code: 'pt_BR', policy: 'deterministic' } },
  }

  test('a reply is held, and the person is asked once to write, whatever waits', async () => {
    expect(await failure(outbound(), silent())).toMatchObject({ code: 'outside_window', failure: 'held' })
    expect(await failure(outbound({ id: 't1-1' }), silent())).toMatchObject({ failure: 'held' })
    expect(harness.graph.sends.map((sent) => sent.body)).toEqual([resume])
  })

  test('after they wrote and fell silent again they are asked again', async () => {
    await failure(outbound(), silent(50))
    await failure(outbound(), silent(24))
    expect(harness.graph.sends).toHaveLength(2)
  })

  test('when Meta counts otherwise than we do, it is the same', async () => {
    harness.graph.next({ error: 131047 })
    expect(await failure()).toMatchObject({ code: 'outside_window', failure: 'held' })
    expect(harness.graph.sends.map((sent) => sent.body)).toEqual([resume])
    const notice = { id: 'n', template: { name: 'aviso', parameters: ['a'] } }
    harness.graph.next({ error: 131047 })
    expect(await failure(outbound({ notice }))).toBeUndefined()
    expect(harness.graph.sends.at(-1)?.body).toMatchObject({ type: 'template', template: { name: 'aviso' } })
  })

  test('a template that may have gone out is not sent again; one that did not, is tried again', async () => {
    harness.graph.next({ how: 'cut', accepted: true })
    expect(await failure(outbound(), silent())).toMatchObject({ failure: 'held' })
    expect(await failure(outbound(), silent())).toMatchObject({ failure: 'held' })
    expect(harness.graph.sends).toHaveLength(1)
    harness.graph.next({ error: 130429 })
    expect(await failure(outbound(), silent(30))).toMatchObject({ failure: 'throttled' })
    expect(await failure(outbound(), silent(30))).toMatchObject({ failure: 'held' })
    expect(harness.graph.sends).toHaveLength(2)
  })

  test('without the template the reply is held all the same, and an operator hears of it', async () => {
    harness.graph.next({ error: 132001 })
    expect(await failure(outbound(), silent())).toEqual({
      code: 'outside_window',
      failure: 'held',
      alarm: true,
    })
  })

  test('nobody who is unknown to us is written to', async () => {
    expect(await failure(outbound(), {})).toEqual({ code: 'address_unknown', failure: 'final' })
    expect(await failure(outbound(), { address: 'x' })).toMatchObject({ code: 'address_unknown' })
    expect(harness.graph.counts.requests).toBe(0)
  })
})

describe('what Meta answers', () => {
  const graphFault = (code: number) =>
    JSON.stringify({ error: { message: 'x', type: 'OAuthException', code } })
  const everyone = { failure: 'throttled', everyone: true }
  const cases: [Answer, object | undefined][] = [
    ['normal', undefined],
    [{ error: 4 }, { code: '4', ...everyone, retryAfterMs: 60_000, alarm: false }],
    [
      { error: 80007, status: 400 },
      { code: '80007', ...everyone, retryAfterMs: 60_000, alarm: false },
    ],
    [{ error: 130429 }, { code: '130429', ...everyone, retryAfterMs: 1_000, alarm: false }],
    [
      { error: 130429, retryAfter: '7' },
      { code: '130429', ...everyone, retryAfterMs: 7_000, alarm: false },
    ],
    [{ error: 131048 }, { code: '131048', ...everyone, retryAfterMs: 60_000, alarm: true }],
    [
      { error: 131056 },
      { code: '131056', failure: 'throttled', everyone: false, retryAfterMs: 6_000, alarm: false },
    ],
    [{ error: 133016 }, { code: '133016', ...everyone, retryAfterMs: 60_000, alarm: false }],
    [{ status: 429 }, { code: 'http_429', ...everyone, retryAfterMs: 5_000, alarm: false }],
    [
      { status: 429, retryAfter: '120' },
      { code: 'http_429', ...everyone, retryAfterMs: 120_000, alarm: false },
    ],
    [
      { status: 429, retryAfter: '999999' },
      { code: 'http_429', ...everyone, retryAfterMs: 3_600_000, alarm: false },
    ],
    [
      { status: 429, retryAfter: 'soon' },
      { code: 'http_429', ...everyone, retryAfterMs: 5_000, alarm: false },
    ],
    [
      { error: 1, status: 500 },
      { code: '1', failure: 'retry' },
    ],
    [
      { error: 2, status: 503 },
      { code: '2', failure: 'retry' },
    ],
    [
      { error: 131000, status: 500 },
      { code: '131000', failure: 'retry' },
    ],
    [
      { error: 131016, status: 500 },
      { code: '131016', failure: 'retry' },
    ],
    [{ error: 131053 }, { code: '131053', failure: 'retry' }],
    [
      { error: 131057, status: 500 },
      { code: '131057', failure: 'retry' },
    ],
    [
      { error: 133004, status: 503 },
      { code: '133004', failure: 'retry' },
    ],
    [
      { error: 999999, status: 500 },
      { code: '999999', failure: 'retry' },
    ],
    [{ status: 500 }, { code: 'http_500', failure: 'retry' }],
    [
      { status: 503, body: '<html>' },
      { code: 'http_503', failure: 'retry' },
    ],
    [
      { status: 502, body: graphFault(2) },
      { code: '2', failure: 'retry' },
    ],
    [{ status: 502 }, { code: 'http_502', failure: 'unknown', alarm: false }],
    [
      { status: 504, accepted: true },
      { code: 'http_504', failure: 'unknown', alarm: false },
    ],
    [{ status: 302 }, { code: 'http_302', failure: 'unknown', alarm: false }],
    [{ status: 404 }, { code: 'http_404', failure: 'final', alarm: false }],
    [{ status: 401 }, { code: 'http_401', failure: 'final', alarm: true }],
    [{ error: 100 }, { code: '100', failure: 'final' }],
    [{ error: 130472 }, { code: '130472', failure: 'final' }],
    [{ error: 131009 }, { code: '131009', failure: 'final' }],
    [{ error: 131026 }, { code: '131026', failure: 'final' }],
    [{ error: 131049 }, { code: '131049', failure: 'final' }],
    [{ error: 131050 }, { code: '131050', failure: 'final' }],
    [{ error: 131051 }, { code: '131051', failure: 'final' }],
    [{ error: 131062 }, { code: '131062', failure: 'final' }],
    [{ error: 132000 }, { code: '132000', failure: 'final' }],
    [
      { error: 132001, status: 404 },
      { code: '132001', failure: 'final', alarm: true },
    ],
    [{ error: 132012 }, { code: '132012', failure: 'final' }],
    [{ error: 132015 }, { code: '132015', failure: 'final', alarm: true }],
    [
      { error: 190, status: 401 },
      { code: '190', failure: 'final', alarm: true },
    ],
    [
      { error: 10, status: 403 },
      { code: '10', failure: 'final', alarm: true },
    ],
    [
      { error: 200, status: 403 },
      { code: '200', failure: 'final', alarm: true },
    ],
    [
      { error: 368, status: 403 },
      { code: '368', failure: 'final', alarm: true },
    ],
    [
      { error: 131031, status: 403 },
      { code: '131031', failure: 'final', alarm: true },
    ],
    [{ error: 131042 }, { code: '131042', failure: 'final', alarm: true }],
    [
      { how: 'rubbish', accepted: true },
      { code: 'answer_unknown', failure: 'unknown' },
    ],
    [
      { status: 200, body: '{"messages":[]}' },
      { code: 'answer_unknown', failure: 'unknown' },
    ],
    [
      { status: 200, body: '{"error":{"code":"x"}}' },
      { code: 'answer_unknown', failure: 'unknown' },
    ],
    [
      { status: 200, body: 'x'.repeat(5_000_000) },
      { code: 'cut', failure: 'unknown' },
    ],
    [
      { how: 'cut', accepted: true },
      { code: 'cut', failure: 'unknown' },
    ],
    [
      { how: 'cut', accepted: false },
      { code: 'cut', failure: 'unknown' },
    ],
    [
      { how: 'silent', accepted: true },
      { code: 'timeout', failure: 'unknown' },
    ],
    [
      { how: 'silent', accepted: false },
      { code: 'timeout', failure: 'unknown' },
    ],
  ]

  test.each(cases.map(([answer, wanted]) => [JSON.stringify(answer).slice(0, 60), answer, wanted] as const))(
    '%s',
    async (_, answer, wanted) => {
      harness.graph.next(answer)
      expect(await failure()).toEqual(wanted)
      // The connection that was cut is no trouble for the next message.
      expect(await failure(outbound({ id: 't2-0' }))).toBeUndefined()
      expect(harness.logged()).toBe('')
    },
  )

  test('a message that came nowhere is certainly not delivered', async () => {
    const probe = http.createServer()
    await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
    const { port } = probe.address() as AddressInfo
    await new Promise((resolve) => probe.close(resolve))
    await harness.stop()
    harness = await startHarness({ graphUrl: `http://127.0.0.1:${port}/v25.0` })
    expect(await failure()).toEqual({ code: 'unreachable', failure: 'retry' })
  })

  test('a connection that was used before and is cut leaves the same doubt', async () => {
    expect(await failure()).toBeUndefined()
    harness.graph.next({ how: 'cut', accepted: true })
    expect(await failure()).toEqual({ code: 'cut', failure: 'unknown' })
  })

  test('a message that only got as far as the handshake of TLS is certainly not delivered either', async () => {
    const { graph } = harness
    const other = await startHarness({ graphUrl: graph.url.replace('http:', 'https:') })
    await expect(other.channel.send(outbound(), contactOf(PERSON))).rejects.toMatchObject({
      code: 'unreachable',
      failure: 'retry',
    })
    await other.stop()
  })

  test('a name that does not resolve is unreachable too', async () => {
    await harness.stop()
    harness = await startHarness({ graphUrl: 'http://graph.invalid/v25.0' })
    expect(await failure()).toEqual({ code: 'unreachable', failure: 'retry' })
  })

  test('a wrong token alarms, and is in no error', async () => {
    await harness.stop()
    harness = await startHarness({ accessToken: 'another-token' })
    expect(await failure()).toEqual({ code: '190', failure: 'final', alarm: true })
    expect(harness.logged()).toBe('')
  })

  test('an address that ends in a slash is the same address', async () => {
    const { graph } = harness
    const other = await startHarness({ graphUrl: `${graph.url}/` })
    await other.channel.send(outbound(), contactOf(PERSON))
    await other.stop()
    expect(graph.sends).toHaveLength(1)
  })
})

test('an error says a code and nothing else', async () => {
  harness.graph.next({ error: 131026 })
  const error = await harness.channel
    .send(outbound({ text: 'o seu CPF' }), contactOf(PERSON))
    .catch((caught) => caught)
  expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toMatch(
    /9000000|BR\.|CPF|EAAG|planned/,
  )
})

test('what the outbox is told of this channel', () => {
  const { id, whenUnknown, pace, notices, register } = harness.channel
  expect({ id, whenUnknown, pace, notices, register }).toEqual({
    id: 'whatsapp-cloud',
    whenUnknown: 'await_receipt',
    pace: { perSecond: 80, perPerson: { everyMs: 6000, burst: 45 } },
    notices: true,
    register: undefined,
  })
})

describe('typing', () => {
  const inbound = {
    id: 'wamid.IN1',
    channel: 'whatsapp-cloud' as const,
    conversationId: 'c',
    at: NOW,
    kind: 'text' as const,
    text: 'oi',
  }

  test('marks the message as read and shows that an answer is coming, in one call', async () => {
    harness.channel.typing?.(inbound)
    await failure()
    expect(harness.graph.reads).toEqual([{ messageId: 'wamid.IN1', typing: true }])
  })

  test('is not said of an event', async () => {
    harness.channel.typing?.({ ...inbound, kind: 'event', event: 'number_changed' })
    await failure()
    expect(harness.graph.counts.requests).toBe(1)
  })

  test('that fails is nobody’s concern', async () => {
    await harness.graph.stop()
    harness.channel.typing?.(inbound)
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(harness.logged()).toBe('')
  })
})

test('connections are kept from one message to the next', async () => {
  let connections = 0
  const server = http.createServer((_, response) => response.end('{"messages":[{"id":"wamid.1"}]}'))
  server.on('connection', () => {
    connections += 1
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const other = await startHarness({ graphUrl: `http://127.0.0.1:${port}/v25.0` })
  for (let message = 0; message < 20; message++) await other.channel.send(outbound(), contactOf(PERSON))
  await other.stop()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  // A second one may be opened when the first has not yet said that it is free.
  expect(connections).toBeLessThanOrEqual(2)
})

test('the request carries the token, and goes to our number', async () => {
  const heard: (string | undefined)[] = []
  const server = http.createServer((request, response) => {
    heard.push(request.method, request.url, request.headers.authorization, request.headers['content-type'])
    response.end('{"messages":[{"id":"wamid.1"}]}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const other = await startHarness({ graphUrl: `http://127.0.0.1:${port}/v25.0` })
  await other.channel.send(outbound(), contactOf(PERSON))
  await other.stop()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  const path = `/v25.0/${GRAPH.phoneNumberId}/messages`
  expect(heard).toEqual(['POST', path, `Bearer ${GRAPH.accessToken}`, 'application/json'])
})
