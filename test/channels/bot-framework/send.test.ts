import { ChannelError } from '../../../src/channels/channel'
import type { Contact, Inbound, Outbound } from '../../../src/message'
import { type Answer, APP, activity, outbound, startChannel, startKeys, startStub } from './harness'

let answers: Answer[] = []
let connector: Awaited<ReturnType<typeof startStub>>
let channel: Awaited<ReturnType<typeof startChannel>> | undefined

beforeEach(async () => {
  answers = []
  connector = await startStub(() => answers.shift() ?? { status: 200, body: { id: 'sent-1' } })
})
afterEach(async () => {
  await channel?.stop()
  await connector.stop()
})

async function heardOn(
  options: Parameters<typeof startChannel>[0] = {},
  more: object = {},
): Promise<Inbound> {
  channel = await startChannel(options)
  await channel.post(activity(`${connector.url}/`, more))
  const inbound = channel.heard[0]
  if (inbound === undefined) throw new Error('nothing was heard')
  return inbound
}

const contact = ({ address }: Inbound): Contact => (address === undefined ? {} : { address })

async function send(inbound: Inbound, more: Partial<Outbound> = {}): Promise<ChannelError | undefined> {
  try {
    await channel?.channel.send(outbound(inbound, more), contact(inbound))
    return undefined
  } catch (error) {
    if (error instanceof ChannelError) return error
    throw error
  }
}

const posted = () => connector.calls.map(({ body }) => JSON.parse(body))

const choices = ['Sim', 'Não'].map((title) => ({ title, value: title }))

it('an answer goes to the conversation it came from, with its choices to press and no token', async () => {
  const inbound = await heardOn()
  await send(inbound, { choices, expects: 'payments.month', questionId: 'q.1' })
  expect(connector.calls).toEqual([
    {
      method: 'POST',
      path: '/v3/conversations/conv-5511900000001/activities',
      authorization: undefined,
      body: expect.any(String),
    },
  ])
  expect(posted()).toEqual([
    {
      type: 'message',
      timestamp: '2026-11-23T15:00:01.000Z',
      channelId: 'emulator',
      conversation: { id: 'conv-5511900000001' },
      from: { id: 'bot-inss', name: 'INSS', role: 'bot' },
      recipient: { id: 'user-maria', name: 'Maria', role: 'user' },
      replyToId: 'activity-1',
      text: 'Você quer ver o pagamento deste mês?',
      textFormat: 'plain',
      locale: 'pt-BR',
      inputHint: 'expectingInput',
      channelData: { outcome: 'asked', expects: 'payments.month', questionId: 'q.1' },
      suggestedActions: {
        to: [],
        actions: choices.map((choice) => ({ type: 'imBack', ...choice, channelData: { questionId: 'q.1' } })),
      },
    },
  ])
  expect(channel?.logged()).not.toMatch(/5511900000001|Maria|pagamento/)
})

it('a page to open is a button of a card', async () => {
  const inbound = await heardOn()
  await send(inbound, { link: { title: 'Entrar', url: 'https://example.gov.br/entrar' } })
  expect(posted()[0].attachments).toEqual([
    {
      contentType: 'application/vnd.microsoft.card.hero',
      content: { buttons: [{ type: 'openUrl', title: 'Entrar', value: 'https://example.gov.br/entrar' }] },
    },
  ])
})

it('a conversation id with signs of an address is written so that it stays one', async () => {
  const inbound = await heardOn({}, { conversation: { id: 'a:1/2?x=../b' } })
  await send(inbound)
  expect(connector.calls[0]?.path).toBe('/v3/conversations/a%3A1%2F2%3Fx%3D..%2Fb/activities')
})

it('Teams, which shows only three suggestions, gets the choices as buttons of a card and no data of ours', async () => {
  const inbound = await heardOn({}, { channelId: 'msteams' })
  await send(inbound, { choices, expects: 'payments.month', questionId: 'q.1' })
  const [sent] = posted()
  expect(sent.suggestedActions).toBeUndefined()
  expect(sent.channelData).toBeUndefined()
  expect(sent.attachments).toEqual([
    {
      contentType: 'application/vnd.microsoft.card.hero',
      content: { buttons: choices.map((choice) => ({ type: 'imBack', ...choice })) },
    },
  ])
})

it('a channel without buttons gets numbered lines and the link as a line', async () => {
  const inbound = await heardOn({}, { channelId: 'email' })
  await send(inbound, { choices, expects: 'payments.month', questionId: 'q.1' })
  await send(inbound, {
    text: 'Entre aqui.',
    link: { title: 'Entrar', url: 'https://example.gov.br/entrar' },
  })
  const [asked, linked] = posted()
  expect(asked.text).toContain('1. Sim\n2. Não')
  expect(asked.inputHint).toBe('expectingInput')
  expect(asked.suggestedActions ?? asked.attachments ?? asked.channelData).toBeUndefined()
  expect(linked.text).toContain('Entrar: https://example.gov.br/entrar')
  expect(linked.attachments).toBeUndefined()
})

it('an older message is not taken for what a late reply answers', async () => {
  const inbound = await heardOn()
  await send(inbound, { replyTo: 'an earlier one' })
  expect(posted()[0].replyToId).toBeUndefined()
})

it('that an answer is being prepared is shown, and a failure of it goes unnoticed', async () => {
  answers = [{ status: 200 }, { status: 500 }]
  const inbound = await heardOn()
  channel?.channel.typing?.(inbound)
  channel?.channel.typing?.(inbound)
  channel?.channel.typing?.({ ...inbound, address: 'of another key' })
  for (let tries = 0; connector.calls.length < 2 && tries < 200; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  expect(posted().map(({ type, recipient }) => [type, recipient.id])).toEqual([
    ['typing', 'user-maria'],
    ['typing', 'user-maria'],
  ])
  expect(channel?.logged()).toContain('no_address')
})

it.each<[string, Answer, Partial<ChannelError>]>([
  [
    'too many at once',
    { status: 429, headers: { 'retry-after': '7' } },
    { code: 'http_429', failure: 'throttled', details: { retryAfterMs: 7000 } },
  ],
  ['a service that is not ready', { status: 503 }, { code: 'http_503', failure: 'retry' }],
  ['a channel that did not answer the service', { status: 502 }, { code: 'http_502', failure: 'unknown' }],
  ['a fault inside', { status: 500 }, { code: 'http_500', failure: 'unknown' }],
  ['a person who left', { status: 403 }, { code: 'http_403', failure: 'final' }],
  ['a conversation that is gone', { status: 404 }, { code: 'http_404', failure: 'final' }],
  [
    'a message the channel cannot take',
    { status: 400, body: { error: { message: 'Maria, 5511900000001' } } },
    { code: 'http_400', failure: 'final' },
  ],
  [
    'another place to go',
    { status: 307, headers: { location: 'http://127.0.0.1:9/' } },
    { code: 'http_307', failure: 'final' },
  ],
  ['a line that was cut', { status: 0 }, { code: 'cut_short', failure: 'unknown' }],
  ['a service that never answers', { status: 200, hang: true }, { code: 'timed_out', failure: 'unknown' }],
])('%s is said by code, and the message was posted once', async (_name, answer, expected) => {
  answers = [answer]
  const inbound = await heardOn({ sendTimeoutMs: 150 })
  expect(await send(inbound)).toMatchObject(expected)
  expect(connector.calls).toHaveLength(1)
})

it('a service that is not there was certainly not reached', async () => {
  const inbound = await heardOn()
  await connector.stop()
  expect(await send(inbound)).toMatchObject({ code: 'unreachable', failure: 'retry' })
})

it('an address that is missing, or was sealed with another key, cannot be sent to', async () => {
  const inbound = await heardOn()
  expect(await send({ ...inbound, address: 'x'.repeat(80) })).toMatchObject({
    code: 'no_address',
    failure: 'final',
  })
  const { address: _address, ...nowhere } = inbound
  expect(await send(nowhere as Inbound)).toMatchObject({ code: 'no_address', failure: 'final' })
  expect(connector.calls).toEqual([])
})

describe('with credentials', () => {
  let keys: Awaited<ReturnType<typeof startKeys>>
  let login: Awaited<ReturnType<typeof startStub>>
  let grants: Answer[]
  let now: number

  beforeEach(async () => {
    keys = await startKeys()
    grants = []
    now = Date.parse('2026-11-23T15:00:00.000Z')
    let tokens = 0
    login = await startStub(() => {
      tokens += 1
      return (
        grants.shift() ?? {
          status: 200,
          body: { token_type: 'Bearer', expires_in: 3600, access_token: `token-${tokens}` },
        }
      )
    })
  })
  afterEach(async () => {
    await keys.stop()
    await login.stop()
  })

  async function heardWithToken(): Promise<Inbound> {
    channel = await startChannel({
      credentials: APP,
      azure: { loginUrl: `${login.url}/botframework.com`, ...keys },
      clock: { now: () => new Date(now) },
    })
    const authorization = `Bearer ${await keys.token({ serviceurl: connector.url })}`
    await channel.post(activity(connector.url, { channelId: 'webchat' }), { authorization })
    const inbound = channel.heard[0]
    if (inbound === undefined) throw new Error('nothing was heard')
    return inbound
  }

  it('one token is asked for, shown to the connector, and renewed before it ends', async () => {
    const inbound = await heardWithToken()
    await Promise.all([send(inbound, { id: '1' }), send(inbound, { id: '2' }), send(inbound, { id: '3' })])
    now += 54 * 60_000
    await send(inbound, { id: '4' })
    now += 60_000
    await send(inbound, { id: '5' })
    expect(connector.calls.map(({ authorization }) => authorization)).toEqual([
      'Bearer token-1',
      'Bearer token-1',
      'Bearer token-1',
      'Bearer token-1',
      'Bearer token-2',
    ])
    expect(login.calls).toHaveLength(2)
    expect(login.calls[0]).toMatchObject({ method: 'POST', path: '/botframework.com/oauth2/v2.0/token' })
    expect(Object.fromEntries(new URLSearchParams(login.calls[0]?.body))).toEqual({
      grant_type: 'client_credentials',
      client_id: APP.appId,
      client_secret: APP.appPassword,
      scope: 'https://api.botframework.com/.default',
    })
    expect(channel?.logged()).not.toMatch(/token-\d|app-password/)
  })

  it('a token the connector refuses is not shown again', async () => {
    answers = [{ status: 401 }]
    const inbound = await heardWithToken()
    expect(await send(inbound)).toMatchObject({
      code: 'http_401',
      failure: 'retry',
      details: { alarm: true },
    })
    expect(await send(inbound)).toBeUndefined()
    expect(connector.calls.map(({ authorization }) => authorization)).toEqual([
      'Bearer token-1',
      'Bearer token-2',
    ])
  })

  it.each<[string, Answer, Partial<ChannelError>]>([
    [
      'a secret that is refused',
      { status: 401 },
      { code: 'login_http_401', failure: 'retry', details: { alarm: true } },
    ],
    [
      'a login that is down',
      { status: 503 },
      { code: 'login_http_503', failure: 'retry', details: { alarm: false } },
    ],
    [
      'a login that grants nothing',
      { status: 200, body: { ok: true } },
      { code: 'login_bad_answer', failure: 'retry' },
    ],
    ['a login that hangs up', { status: 0 }, { code: 'login_unreachable', failure: 'retry' }],
  ])('with %s nothing is sent, and it is tried again', async (_name, grant, expected) => {
    grants = [grant]
    const inbound = await heardWithToken()
    expect(await send(inbound)).toMatchObject(expected)
    expect(connector.calls).toEqual([])
    expect(await send(inbound)).toBeUndefined()
  })
})
