import { AppError } from '../../../src/errors'
import { createMemoryStore } from '../../../src/store/memory'
import { createClient, type Started, textsOf } from './client'
import { type Harness, SECRET, startHarness } from './harness'

let harness: Harness
let inboxDown = false
const { call, start, say, readUntil } = createClient(() => harness.url)

beforeAll(async () => {
  harness = await startHarness({ failing: () => inboxDown })
})
afterAll(() => harness.stop())

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

test.each([
  ['a store that is away', new AppError('store_unavailable'), 'store_unavailable'],
  ['a bug', new Error('segredo'), 'internal'],
])(
  'a message that could not be written for %s is one the outbox may try again',
  async (_name, fault, code) => {
    const { transcripts } = createMemoryStore()
    const broken = await startHarness({
      transcripts: { ...transcripts, append: () => Promise.reject(fault) },
    })
    await expect(broken.send('some-conversation', { text: 'oi' })).rejects.toMatchObject({
      name: 'ChannelError',
      code,
      failure: 'retry',
    })
    await broken.stop()
  },
)

test('a message the outbox sends again, because it cannot know, is written once', async () => {
  const store = createMemoryStore()
  const own = await startHarness({ answer: () => [], transcripts: store.transcripts })
  expect(own.channel.whenUnknown).toBe('resend')
  await own.send('one', { id: 'out-1', text: 'uma vez' })
  await own.send('one', { id: 'out-1', text: 'uma vez' })
  await own.send('one', { id: 'out-2', text: 'outra' })
  const said = await store.transcripts.list('one', 0)
  expect(said.map(({ entry }) => (entry as { activity: { text: string } }).activity.text)).toEqual([
    'uma vez',
    'outra',
  ])
  await own.stop()
})

test('while the store is away every call says when to come again, and nothing of why', async () => {
  const away = () => Promise.reject(new AppError('store_unavailable'))
  const { records, transcripts } = createMemoryStore()
  let down = false
  const sometimes = <T extends object>(whole: T): T =>
    new Proxy(whole, { get: (target, name) => (down ? away : target[name as keyof T]) })
  const written = { method: 'POST', body: new URLSearchParams({ text: 'oi' }) }
  const own = await startHarness({
    records: sometimes(records),
    transcripts: sometimes(transcripts),
    answer: () => [],
  })
  const client = createClient(() => own.url)
  const started = await client.start()
  const form = (cookie: string) =>
    fetch(`${own.url}/conversa`, { headers: { cookie }, redirect: 'manual', ...written })
  const cookie = (await form('')).headers.getSetCookie()[0]?.split(';')[0] ?? ''
  down = true
  const posted = await fetch(`${own.url}/v3/directline/conversations/${started.conversationId}/activities`, {
    method: 'POST',
    headers: { authorization: `Bearer ${started.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ type: 'message', text: 'oi', from: { id: 'x' } }),
  })
  for (const response of [posted, await form(cookie)]) {
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toBe('5')
    expect(await response.text()).not.toMatch(/store|redis|stack/i)
  }
  await own.stop()
})
