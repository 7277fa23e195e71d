import { type Activity, ConnectionStatus, DirectLine } from 'botframework-directlinejs'
import { WebSocket } from 'ws'
import { type Harness, SECRET, startHarness, until } from './harness'
import { FetchXmlHttpRequest } from './xml-http-request'

/** The public client, unmodified; only what a browser would give it is put in place. */
const browser = globalThis as { WebSocket?: unknown; XMLHttpRequest?: unknown }

let harness: Harness

beforeEach(async () => {
  browser.WebSocket = WebSocket
  browser.XMLHttpRequest = FetchXmlHttpRequest
  harness = await startHarness({
    keepAliveMilliseconds: 50,
    answer(message) {
      if (message.kind === 'opened') return [{ text: 'Olá!' }]
      if (message.kind !== 'text') return [{ text: message.kind }]
      if (message.text === 'pergunte') {
        const choices = [{ title: 'Sim, quero', value: 'sim' }]
        return [
          { text: 'Quer continuar?', expects: 'teste.continua', outcome: 'asked', questionId: 'q1', choices },
        ]
      }
      return [{ text: `Você disse: ${message.text}` }, { text: 'Mais alguma coisa?' }]
    },
  })
})
afterEach(() => harness.stop())

async function freshToken(): Promise<string> {
  const response = await fetch(`${harness.url}/v3/directline/tokens/generate`, {
    method: 'POST',
    headers: { authorization: `Bearer ${SECRET}`, 'content-type': 'application/json' },
    body: JSON.stringify({ user: { id: 'dl_public' } }),
  })
  return ((await response.json()) as { token: string }).token
}

function connect(options: object) {
  const line = new DirectLine({
    domain: `${harness.url}/v3/directline`,
    pollingInterval: 200,
    ...options,
  } as ConstructorParameters<typeof DirectLine>[0])
  const seen: Activity[] = []
  const subscription = line.activity$.subscribe((activity) => seen.push(activity))
  const internals = line as unknown as {
    token: string
    streamUrl: string
    conversationId: string
    watermark: string
  }
  return {
    line,
    seen,
    internals,
    texts: () => seen.flatMap((one) => (one.type === 'message' ? [one.text] : [])),
    say: (text: string, channelData: object = {}) =>
      line
        .postActivity({ type: 'message', from: { id: 'dl_public' }, text, channelData } as Activity)
        .toPromise(),
    end() {
      subscription.unsubscribe()
      line.end()
    },
  }
}

type Scheduler = { now(): number; schedule(work: unknown, delay?: number, state?: unknown): unknown }

function schedulerOf(line: DirectLine): Scheduler {
  return (line as unknown as { services: { scheduler: Scheduler } }).services.scheduler
}

const wholeConversation = [
  'Olá!',
  'oi',
  'Você disse: oi',
  'Mais alguma coisa?',
  'pergunte',
  'Quer continuar?',
  'sim',
  'Você disse: sim',
  'Mais alguma coisa?',
]

describe.each([
  ['over WebSocket', true],
  ['by polling', false],
])('the public Direct Line client %s', (_name, webSocket) => {
  test('holds a whole conversation with a token', async () => {
    const client = connect({ token: await freshToken(), webSocket })
    await until(() => client.texts().length >= 1)
    const id = await client.say('oi', { clientActivityID: 'a1' })
    expect(id).toBe(`${client.internals.conversationId}|0000002`)
    await until(() => client.texts().length >= 4)
    await client.say('pergunte')
    await until(() => client.texts().length >= 6)
    const asked = client.seen.find((one) => one.type === 'message' && one.text === 'Quer continuar?')
    expect(asked).toMatchObject({
      suggestedActions: { actions: [{ type: 'imBack', title: 'Sim, quero', value: 'sim' }] },
    })
    await client.say('sim', { questionId: 'q1' })
    await until(() => client.texts().length >= 9)
    expect(client.texts()).toEqual(wholeConversation)
    const echo = client.seen.find((one) => one.type === 'message' && one.text === 'oi')
    expect(echo).toMatchObject({ id, from: { id: 'dl_public' }, channelData: { clientActivityID: 'a1' } })
    expect(harness.heard.at(-1)).toMatchObject({ kind: 'text', text: 'sim', questionId: 'q1' })
    expect(client.seen.some(({ type }) => type === 'typing')).toBe(webSocket)
    expect(client.line.connectionStatus$.getValue()).toBe(ConnectionStatus.Online)
    client.end()
  })

  test('holds a conversation with the secret', async () => {
    const client = connect({ secret: SECRET, webSocket })
    await until(() => client.texts().length >= 1)
    await client.say('oi')
    await until(() => client.texts().length >= 4)
    expect(client.texts()).toEqual(wholeConversation.slice(0, 4))
    client.end()
  })

  test('renews its token and goes on after the first one expired', async () => {
    // The client renews every 15 minutes of its scheduler; this one runs 3,000 times faster until then.
    const realTime = schedulerOf(new DirectLine({ token: 'unused' }))
    const hurried = {
      now: () => realTime.now(),
      schedule: (work: unknown, delay = 0, state?: unknown) =>
        realTime.schedule(work, delay > 60_000 ? delay / 3000 : delay, state),
    }
    const client = connect({ token: await freshToken(), webSocket, scheduler: hurried })
    await until(() => client.texts().length >= 1)
    const first = client.internals.token
    harness.clock.forward(20)
    await until(() => client.internals.token !== first)
    harness.clock.forward(15)
    const path = `/v3/directline/conversations/${client.internals.conversationId}/activities`
    const old = await fetch(`${harness.url}${path}`, { headers: { authorization: `Bearer ${first}` } })
    expect(old.status).toBe(403)
    await client.say('oi')
    await until(() => client.texts().length >= 4)
    expect(client.texts()).toEqual(wholeConversation.slice(0, 4))
    client.end()
  })

  test('comes back to its conversation where it stopped reading', async () => {
    const before = connect({ token: await freshToken(), webSocket })
    await until(() => before.texts().length >= 1)
    await before.say('oi')
    await until(() => before.texts().length >= 4)
    const { token, conversationId, watermark } = before.internals
    before.end()
    await harness.send(conversationId, { text: 'Enquanto você estava fora' })
    const after = connect({ token, conversationId, watermark, webSocket })
    await until(() => after.texts().length >= 1)
    await after.say('voltei')
    await until(() => after.texts().length >= 4)
    expect(after.texts()).toEqual([
      'Enquanto você estava fora',
      'voltei',
      'Você disse: voltei',
      'Mais alguma coisa?',
    ])
    after.end()
  })

  test('says that its token expired when it was not renewed in time', async () => {
    const client = connect({ token: await freshToken(), webSocket })
    await until(() => client.texts().length >= 1)
    harness.clock.forward(31)
    await client.say('tarde demais')
    expect(client.line.connectionStatus$.getValue()).toBe(ConnectionStatus.ExpiredToken)
    client.end()
  })
})

test('a dropped socket is opened again by itself, and nothing is lost or doubled', async () => {
  const client = connect({ token: await freshToken(), random: () => 0 })
  await until(() => client.texts().length >= 1)
  const { conversationId, streamUrl } = client.internals
  // Another socket of the same conversation takes the place of the first.
  const other = new WebSocket(streamUrl)
  await new Promise((resolve) => other.once('message', resolve))
  other.terminate()
  await harness.send(conversationId, { text: 'no intervalo' })
  await until(() => client.texts().includes('no intervalo'), 10_000)
  await client.say('oi')
  await until(() => client.texts().length >= 5)
  expect(client.texts()).toEqual(['Olá!', 'no intervalo', 'oi', 'Você disse: oi', 'Mais alguma coisa?'])
  client.end()
})
