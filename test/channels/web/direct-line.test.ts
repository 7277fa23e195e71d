import type { Activity, ActivitySet } from '../../../src/channels/web/activity'
import { type Harness, SECRET, startHarness, until } from './harness'

type Started = { conversationId: string; token: string; expires_in: number; streamUrl: string }

let harness: Harness
let inboxDown = false

beforeAll(async () => {
  harness = await startHarness({ failing: () => inboxDown })
})
afterAll(() => harness.stop())

async function call(method: string, path: string, bearer?: string, body?: unknown) {
  const response = await fetch(`${harness.url}/v3/directline${path}`, {
    method,
    headers: {
      ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? undefined : JSON.parse(text),
  }
}

async function start(user?: { id: string }): Promise<Started> {
  const generated = await call('POST', '/tokens/generate', SECRET, user ? { user } : {})
  const opened = await call('POST', '/conversations', generated.body.token)
  expect(opened.status).toBe(201)
  return opened.body
}

const say = (started: Started, text: string, channelData: object = {}) =>
  call('POST', `/conversations/${started.conversationId}/activities`, started.token, {
    type: 'message',
    from: { id: 'somebody else' },
    text,
    channelData,
  })

async function read(started: Started, watermark = ''): Promise<ActivitySet> {
  const path = `/conversations/${started.conversationId}/activities?watermark=${watermark}`
  return (await call('GET', path, started.token)).body
}

function textsOf({ activities }: { activities: Activity[] }) {
  return activities.map(({ text }) => text)
}

async function readUntil(started: Started, count: number): Promise<ActivitySet> {
  return until(async () => {
    const set = await read(started)
    return set.activities.length >= count && set
  })
}

describe('tokens', () => {
  test('the secret gives a token of half an hour for a new conversation', async () => {
    const { status, body } = await call('POST', '/tokens/generate', SECRET)
    expect(status).toBe(200)
    expect(body).toEqual({ conversationId: expect.any(String), token: expect.any(String), expires_in: 1800 })
  })

  test.each([
    ['no secret', undefined],
    ['another secret', 'guess'],
  ])('%s gives nothing', async (_name, bearer) => {
    const { status, body } = await call('POST', '/tokens/generate', bearer)
    expect(status).toBe(401)
    expect(body).toEqual({ error: { code: 'Unauthorized', message: expect.any(String) } })
  })

  test('a token cannot make tokens for other conversations', async () => {
    const { token } = await start()
    expect((await call('POST', '/tokens/generate', token)).status).toBe(403)
  })

  test('a token is renewed before it expires, for the same conversation', async () => {
    const started = await start()
    harness.clock.forward(29)
    const renewed = await call('POST', '/tokens/refresh', started.token)
    expect(renewed.body).toEqual({
      conversationId: started.conversationId,
      token: expect.any(String),
      expires_in: 1800,
    })
    harness.clock.forward(2)
    const late = await call('POST', '/tokens/refresh', started.token)
    expect([late.status, late.body.error.code]).toEqual([403, 'TokenExpired'])
    const path = `/conversations/${started.conversationId}/activities`
    expect((await call('GET', path, started.token)).status).toBe(403)
    expect((await call('GET', path, renewed.body.token)).status).toBe(200)
  })

  test('a changed token is refused', async () => {
    const { conversationId, token } = await start()
    const { status } = await call('GET', `/conversations/${conversationId}`, `${token.slice(0, -3)}abc`)
    expect(status).toBe(401)
  })

  test('a token opens no other conversation', async () => {
    const mine = await start()
    const theirs = await start()
    const { status, body } = await call(
      'GET',
      `/conversations/${theirs.conversationId}/activities`,
      mine.token,
    )
    expect([status, body.error.code]).toEqual([403, 'NotAuthorized'])
  })

  test('a token with trusted origins serves only pages of these', async () => {
    const { body } = await call('POST', '/tokens/generate', SECRET, {
      trustedOrigins: ['https://a.example'],
    })
    const from = (origin: string) =>
      fetch(`${harness.url}/v3/directline/conversations`, {
        method: 'POST',
        headers: { authorization: `Bearer ${body.token}`, origin },
      })
    expect((await from('https://b.example')).status).toBe(403)
    expect((await from('https://a.example')).status).toBe(201)
  })
})

describe('conversations', () => {
  test('opening greets once, and opening again is the same conversation', async () => {
    const started = await start()
    const again = await call('POST', '/conversations', started.token)
    expect([again.status, again.body.conversationId]).toEqual([200, started.conversationId])
    await readUntil(started, 1)
    expect(textsOf(await read(started))).toEqual(['Olá! Como posso ajudar?'])
    const opened = harness.heard.filter((one) => one.conversationId === started.conversationId)
    expect(opened).toEqual([expect.objectContaining({ kind: 'opened', channel: 'web' })])
  })

  test('the secret opens a conversation by itself', async () => {
    const { status, body } = await call('POST', '/conversations', SECRET, { user: { id: 'dl_ana' } })
    expect(status).toBe(201)
    expect(body).toEqual({
      conversationId: expect.any(String),
      token: expect.any(String),
      expires_in: 1800,
      streamUrl: expect.stringContaining(`/v3/directline/conversations/${body.conversationId}/stream?t=`),
    })
    await call('POST', `/conversations/${body.conversationId}/activities`, SECRET, {
      type: 'message',
      text: 'oi',
    })
    expect(textsOf(await readUntil(body, 3))).toContain('Você disse: oi')
  })

  test('an unknown conversation is not found', async () => {
    const { status, body } = await call('GET', '/conversations/nowhere/activities', SECRET)
    expect([status, body.error.code]).toEqual([404, 'ConversationNotFound'])
  })

  test('an unknown call is not found', async () => {
    const { status, body } = await call('GET', '/attachments', SECRET)
    expect([status, body.error.code]).toEqual([404, 'NotFound'])
  })
})

describe('activities', () => {
  test('a message is answered, in order, under the name of the token', async () => {
    const started = await start({ id: 'dl_maria' })
    await readUntil(started, 1)
    const posted = await say(started, 'oi', { clientActivityID: 'c1' })
    expect(posted.body).toEqual({ id: `${started.conversationId}|0000002` })
    const { activities, watermark } = await readUntil(started, 3)
    expect(watermark).toBe('3')
    expect(activities.map(({ from, text }) => [from.id, from.role, text])).toEqual([
      ['assistente-meu-inss', 'bot', 'Olá! Como posso ajudar?'],
      ['dl_maria', 'user', 'oi'],
      ['assistente-meu-inss', 'bot', 'Você disse: oi'],
    ])
    expect(activities[2]).toMatchObject({
      id: `${started.conversationId}|0000003`,
      type: 'message',
      channelId: 'directline',
      conversation: { id: started.conversationId },
      replyToId: posted.body.id,
      inputHint: 'acceptingInput',
      channelData: { outcome: 'answered' },
    })
  })

  test('the watermark gives what is new, and stays when nothing is', async () => {
    const started = await start()
    await readUntil(started, 1)
    expect(await read(started, '1')).toEqual({ activities: [], watermark: '1' })
    await say(started, 'dois')
    await readUntil(started, 3)
    expect(textsOf(await read(started, '1'))).toEqual(['dois', 'Você disse: dois'])
    expect(textsOf(await read(started, '2'))).toEqual(['Você disse: dois'])
  })

  test('a watermark that is none of ours is refused', async () => {
    const started = await start()
    const { status, body } = await call(
      'GET',
      `/conversations/${started.conversationId}/activities?watermark=abc`,
      started.token,
    )
    expect([status, body.error.code]).toEqual([400, 'BadArgument'])
  })

  test('the same message posted again, also at once, is said once', async () => {
    const started = await start()
    await readUntil(started, 1)
    const ids = await Promise.all(
      [1, 2, 3].map(async () => (await say(started, 'uma vez', { clientActivityID: 'same' })).body.id),
    )
    expect(new Set(ids).size).toBe(1)
    await readUntil(started, 3)
    await say(started, 'uma vez', { clientActivityID: 'same' })
    await say(started, 'fim')
    expect(textsOf(await readUntil(started, 5)).filter((text) => text === 'uma vez')).toHaveLength(1)
    const heard = harness.heard.filter((one) => one.conversationId === started.conversationId)
    expect(heard.map((one) => one.kind === 'text' && one.text)).toEqual([false, 'uma vez', 'fim'])
  })

  test('two people may use the same client ids', async () => {
    const [ana, bia] = [await start(), await start()]
    await say(ana, 'de Ana', { clientActivityID: '1' })
    await say(bia, 'de Bia', { clientActivityID: '1' })
    expect(textsOf(await readUntil(bia, 3))).toContain('Você disse: de Bia')
    expect(textsOf(await readUntil(ana, 3))).toContain('Você disse: de Ana')
  })

  test('a message that could not be handed over can be sent again', async () => {
    const started = await start()
    await readUntil(started, 1)
    inboxDown = true
    const refused = await say(started, 'insisto', { clientActivityID: 'x' })
    inboxDown = false
    expect([refused.status, refused.body.error.code]).toEqual([502, 'BotRejectedActivity'])
    expect((await say(started, 'insisto', { clientActivityID: 'x' })).status).toBe(200)
    expect(textsOf(await readUntil(started, 3))).toEqual([
      'Olá! Como posso ajudar?',
      'insisto',
      'Você disse: insisto',
    ])
  })

  test('a choice carries the question it answers', async () => {
    const started = await start()
    await say(started, 'sim', { questionId: 'q-1', clientActivityID: 'c' })
    await readUntil(started, 3)
    const heard = harness.heard.find((one) => one.kind === 'text' && one.text === 'sim')
    expect(heard).toMatchObject({ questionId: 'q-1', conversationId: started.conversationId })
  })

  test('typing is not kept; an event is kept and not answered', async () => {
    const started = await start()
    await readUntil(started, 1)
    const path = `/conversations/${started.conversationId}/activities`
    expect((await call('POST', path, started.token, { type: 'typing' })).status).toBe(200)
    await call('POST', path, started.token, {
      type: 'event',
      name: 'webchat/join',
      value: { language: 'pt' },
    })
    const { activities } = await read(started)
    expect(activities.map(({ type }) => type)).toEqual(['message', 'event'])
  })

  test('a question comes with its choices, what it expects, and a link', async () => {
    const started = await start()
    await readUntil(started, 1)
    await harness.send(started.conversationId, {
      text: 'Você já entrou?',
      outcome: 'asked',
      expects: 'login.done',
      questionId: 'q-9',
      choices: [{ title: 'Já entrei', value: 'sim' }],
      link: { title: 'Entrar com gov.br', url: 'https://example.gov.br/entrar' },
    })
    expect((await readUntil(started, 2)).activities[1]).toMatchObject({
      inputHint: 'expectingInput',
      channelData: { expects: 'login.done', outcome: 'asked', questionId: 'q-9' },
      suggestedActions: {
        to: [],
        actions: [{ type: 'imBack', title: 'Já entrei', value: 'sim', channelData: { questionId: 'q-9' } }],
      },
      attachments: [
        {
          contentType: 'application/vnd.microsoft.card.hero',
          content: {
            buttons: [
              { type: 'openUrl', title: 'Entrar com gov.br', value: 'https://example.gov.br/entrar' },
            ],
          },
        },
      ],
    })
  })

  test('a link that is not a web address is not passed on', async () => {
    const started = await start()
    await readUntil(started, 1)
    const link = { title: 'x', url: 'javascript:alert(1)' }
    await harness.send(started.conversationId, { text: 'veja', link })
    expect((await readUntil(started, 2)).activities[1]).not.toHaveProperty('attachments')
  })

  test('the outbox may send the same message again: it is shown once', async () => {
    const started = await start()
    await readUntil(started, 1)
    await harness.send(started.conversationId, { id: 'out-1', text: 'só uma' })
    await harness.send(started.conversationId, { id: 'out-1', text: 'só uma' })
    await harness.send(started.conversationId, { id: 'out-2', text: 'outra' })
    expect(textsOf(await readUntil(started, 3))).toEqual(['Olá! Como posso ajudar?', 'só uma', 'outra'])
  })

  test.each([
    ['no type', { text: 'oi' }, 'MissingProperty'],
    ['a text that is a number', { type: 'message', text: 12 }, 'MalformedData'],
    ['broken JSON', '{"type":', 'MalformedData'],
    ['more than 256K characters', { type: 'message', text: 'a'.repeat(262_145) }, 'MessageSizeTooBig'],
    ['more than a megabyte', { type: 'message', text: 'a'.repeat(1_100_000) }, 'MessageSizeTooBig'],
  ])('%s is refused', async (_name, body, code) => {
    const started = await start()
    const path = `/conversations/${started.conversationId}/activities`
    const answer = await call('POST', path, started.token, body)
    expect([answer.status, answer.body.error.code]).toEqual([400, code])
  })

  test('10,000 characters are passed on whole', async () => {
    const started = await start()
    const long = 'á'.repeat(10_000)
    await say(started, long)
    const heard = await until(() => harness.heard.find((one) => one.kind === 'text' && one.text === long))
    expect(heard).toBeDefined()
  })
})

describe('upload', () => {
  const upload = (
    started: Started,
    body: string | Uint8Array<ArrayBuffer> | FormData,
    headers: Record<string, string> = {},
  ) =>
    fetch(`${harness.url}/v3/directline/conversations/${started.conversationId}/upload?userId=x`, {
      method: 'POST',
      headers: { authorization: `Bearer ${started.token}`, ...headers },
      body,
    })

  test('one raw file is heard as what it is', async () => {
    const started = await start()
    const response = await upload(started, new Uint8Array([1, 2, 3]), {
      'content-type': 'audio/ogg',
      'content-disposition': 'name="file"; filename="recado.ogg"',
    })
    expect(response.status).toBe(200)
    const { activities } = await readUntil(started, 3)
    expect(activities.at(-1)?.text).toBe('Não sei ler: audio')
    expect(activities.find(({ from }) => from.role === 'user')?.attachments).toEqual([
      { contentType: 'audio/ogg', name: 'recado.ogg' },
    ])
  })

  test('a form with an activity that has words is heard as these words', async () => {
    const started = await start()
    const form = new FormData()
    const activity = { type: 'message', text: 'meu documento', from: { id: 'x' } }
    form.append(
      'activity',
      new Blob([JSON.stringify(activity)], { type: 'application/vnd.microsoft.activity' }),
    )
    form.append('file', new Blob(['%PDF'], { type: 'application/pdf' }), 'rg.pdf')
    expect((await upload(started, form)).status).toBe(200)
    expect(textsOf(await readUntil(started, 3))).toContain('Você disse: meu documento')
  })

  test('nothing, too much, and a broken form are refused', async () => {
    const started = await start()
    expect((await upload(started, '')).status).toBe(400)
    expect((await upload(started, new Uint8Array(4 * 1024 * 1024 + 1))).status).toBe(400)
    const broken = { 'content-type': 'multipart/form-data; boundary=x' }
    expect((await upload(started, 'not a form', broken)).status).toBe(400)
  })
})

test('pages of other sites may call, without our cookie', async () => {
  const response = await fetch(`${harness.url}/v3/directline/conversations`, {
    method: 'OPTIONS',
    headers: {
      origin: 'https://other.example',
      'access-control-request-headers': 'authorization,x-ms-bot-agent',
    },
  })
  expect(response.status).toBe(204)
  expect(response.headers.get('access-control-allow-origin')).toBe('*')
  expect(response.headers.get('access-control-allow-credentials')).toBeNull()
  expect(response.headers.get('access-control-allow-headers')).toContain('x-ms-bot-agent')
})

test('too many activities of one conversation are told to wait', async () => {
  const strict = await startHarness({ limits: { activitiesPerMinute: 2 } })
  const post = async () => {
    const body = JSON.stringify({ type: 'message', text: 'oi' })
    const headers = { authorization: `Bearer ${SECRET}`, 'content-type': 'application/json' }
    return fetch(`${strict.url}/v3/directline/conversations/${id}/activities`, {
      method: 'POST',
      headers,
      body,
    })
  }
  const opened = await fetch(`${strict.url}/v3/directline/conversations`, {
    method: 'POST',
    headers: { authorization: `Bearer ${SECRET}` },
  })
  const id = ((await opened.json()) as Started).conversationId
  expect([(await post()).status, (await post()).status]).toEqual([200, 200])
  const third = await post()
  expect(third.status).toBe(429)
  expect(Number(third.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(await third.json()).toEqual({ error: { code: 'TooManyRequests', message: expect.any(String) } })
  await strict.stop()
})

test('nothing a person wrote, and no token, reaches the log', async () => {
  const started = await start()
  inboxDown = true
  await say(started, 'meu CPF é 000.123.456-00', { clientActivityID: 'secret' })
  inboxDown = false
  await call(
    'POST',
    `/conversations/${started.conversationId}/activities`,
    started.token,
    '{"text":"segredo"',
  )
  expect(harness.logged()).toContain('BotRejectedActivity')
  for (const content of ['000.123', 'segredo', started.token, SECRET]) {
    expect(harness.logged()).not.toContain(content)
  }
})
