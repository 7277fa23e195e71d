import net from 'node:net'
import fc from 'fast-check'
import { type Harness, SECRET, startHarness } from '../channels/web/harness'
import { always, LONG, METHODS, oddBody, oddForm, oddHeaders, oddPath, oddText, tooMuch } from './hostile'
import { type Answer, expectHarmless, type Hostile, hangUp, send } from './send'

jest.setTimeout(LONG)

/** A conversation is left for another after this many activities. */
const LONGEST = 100

let harness: Harness
beforeAll(async () => {
  const limits = { tokensPerMinute: 1e9, activitiesPerMinute: 1e9 }
  harness = await startHarness({ answer: () => [], limits, formWaitMilliseconds: 0 })
})
afterAll(async () => {
  hangUp()
  await harness.stop()
})
beforeEach(() => {
  harness.heard.length = 0
})

type Person = { conversationId: string; token: string; cookie: string; said: number }
let person: Person | undefined

/** A person on the page: their conversation, by token and by cookie. */
async function somebody(): Promise<Person> {
  if (person !== undefined && person.said < LONGEST) {
    person.said += 1
    return person
  }
  const welcome = await ask({ method: 'POST', path: '/webchat/token' })
  const { token, conversationId } = JSON.parse(welcome.text)
  const cookie = welcome.headers['set-cookie']?.[0]?.split(';')[0] ?? ''
  const path = '/v3/directline/conversations'
  await ask({ method: 'POST', path, headers: [['authorization', `Bearer ${token}`]] })
  harness.heard.length = 0
  person = { conversationId, token, cookie, said: 0 }
  return person
}

async function ask(request: Hostile): Promise<Answer> {
  const answer = await send(harness.url, request)
  expectHarmless(answer, request)
  return answer
}

const bearer = (token: string): [string, string] => ['authorization', `Bearer ${token}`]

/** What was heard can be kept, and the person reads it on both sides of their conversation as it was. */
async function expectKept({ conversationId, token, cookie }: Person): Promise<void> {
  for (const message of harness.heard.splice(0)) {
    expect(message.conversationId).toBe(conversationId)
    expect(message.id.startsWith(`${conversationId}|`)).toBe(true)
    expect(JSON.parse(JSON.stringify(message))).toEqual(message)
  }
  const path = `/v3/directline/conversations/${conversationId}/activities`
  const read = await ask({ method: 'GET', path, headers: [bearer(token)] })
  expect(JSON.parse(read.text).activities).toBeInstanceOf(Array)
  const page = await ask({ method: 'GET', path: '/conversa', headers: [['cookie', cookie]] })
  expect(page.status).toBe(200)
}

const activities = [
  {
    type: 'message',
    text: 'oi',
    from: { id: 'dl_1', name: 'Ana' },
    channelData: { clientActivityID: '17.1' },
  },
  {
    type: 'message',
    text: 'Sim',
    channelData: { questionId: 'simulacao.sexo', title: 'Sim' },
    locale: 'pt-BR',
  },
  {
    type: 'message',
    attachments: [{ contentType: 'image/png', name: 'rg.png', content: { a: [{ b: 1 }] } }],
  },
  { type: 'event', name: 'webchat/join', value: { language: 'pt-BR', steps: [1, 2] } },
  { type: 'typing' },
]

test('whatever a client says is kept whole or refused', async () => {
  await always(fc.tuple(oddBody(...activities), oddHeaders), async ([body, odd]) => {
    const who = await somebody()
    const path = `/v3/directline/conversations/${who.conversationId}/activities`
    const { status } = await ask({ method: 'POST', path, headers: [bearer(who.token), ...odd], body })
    expect([200, 400, 403]).toContain(status)
    if (status !== 200) expect(harness.heard).toEqual([])
    await expectKept(who)
  })
})

test('whatever is uploaded is named or refused', async () => {
  const quoted = oddText.map((text) => text.replace(/[\r\n]/g, ' ').slice(0, 5000))
  const part = fc
    .record({
      name: fc.oneof(fc.constantFrom('file', 'activity', 'x'), quoted),
      file: quoted,
      type: quoted,
      body: oddBody(...activities),
    })
    .map(({ name, file, type, body }) =>
      Buffer.concat([
        Buffer.from(`--zq\r\ncontent-disposition: form-data; name="${name}"; filename="${file}"\r\n`),
        Buffer.from(`content-type: ${type}\r\n\r\n`),
        body,
        Buffer.from('\r\n'),
      ]),
    )
  const activity = oddBody(...activities).map((body) =>
    Buffer.concat([
      Buffer.from('--zq\r\ncontent-disposition: form-data; name="activity"\r\n'),
      Buffer.from('content-type: application/vnd.microsoft.activity\r\n\r\n'),
      body,
      Buffer.from('\r\n'),
    ]),
  )
  const form = fc
    .tuple(
      fc.array(fc.oneof(part, activity), { maxLength: 4 }),
      fc.constantFrom('--zq--\r\n', '--zq--', '--zq', ''),
    )
    .map(([parts, end]) => Buffer.concat([...parts, Buffer.from(end)]))
  const type = fc.constantFrom('multipart/form-data; boundary=zq', 'multipart/form-data; boundary="zq"')
  const multipart = fc.tuple(form, type)
  const raw = fc.tuple(
    oddBody(...activities),
    fc.constantFrom(
      'audio/ogg',
      'application/pdf',
      '',
      '__proto__',
      '/',
      'multipart/form-data',
      'a'.repeat(5000),
    ),
  )
  await always(fc.tuple(fc.oneof(multipart, raw), oddHeaders), async ([[body, contentType], odd]) => {
    const who = await somebody()
    const path = `/v3/directline/conversations/${who.conversationId}/upload?userId=${'%ff'}`
    const headers = [bearer(who.token), ['content-type', contentType] as [string, string], ...odd]
    const { status } = await ask({ method: 'POST', path, headers, body })
    expect([200, 400, 403]).toContain(status)
    if (status !== 200) expect(harness.heard).toEqual([])
    await expectKept(who)
  })
})

test('whatever the plain form sends is said or refused, and shown as text', async () => {
  const form = oddForm('text', 'choice', 'questionId', 'formId', 'start')
  const type: [string, string] = ['content-type', 'application/x-www-form-urlencoded']
  await always(fc.tuple(form, oddHeaders, fc.boolean()), async ([body, odd, known]) => {
    const who = await somebody()
    const cookie: [string, string][] = known ? [['cookie', who.cookie]] : []
    const headers = [type, ...cookie, ...odd]
    const answer = await ask({ method: 'POST', path: '/conversa', headers, body })
    expect([303, 400, 403, 413, 415]).toContain(answer.status)
    if (answer.status === 303) expect(answer.headers.location).toBe('/conversa#ultima')
    // One more header makes another visitor of them.
    const own = harness.heard.filter(({ conversationId }) => conversationId === who.conversationId)
    harness.heard.splice(0, harness.heard.length, ...own)
    await expectKept(who)
  })
})

test('whatever is asked without a right token is refused, and nothing of it received', async () => {
  const { conversationId, token } = await somebody()
  const cut = token.split('.')
  const none = Buffer.from('{"alg":"none"}').toString('base64url')
  const wrong = fc.oneof(
    fc.constantFrom(
      '',
      'x',
      `${none}.${cut[1]}.`,
      `${cut[0]}.${cut[1]}.AAAA`,
      `${token}.`,
      SECRET.slice(1),
      `${SECRET}x`,
    ),
    oddText.filter((text) => /^[\x21-\x7e]*$/.test(text)).map((text) => text.slice(0, 8000)),
  )
  const paths = ['tokens/generate', 'tokens/refresh', 'conversations', `conversations/${conversationId}`]
  const below = ['activities', 'upload', 'stream'].map((each) => `conversations/${conversationId}/${each}`)
  const path = oddPath(...[...paths, ...below].map((each) => `/v3/directline/${each}`))
  const method = fc.constantFrom(...METHODS.filter((each) => each !== 'OPTIONS'))
  await always(fc.tuple(method, path, wrong, oddBody(...activities)), async ([how, where, given, body]) => {
    const { status } = await ask({ method: how, path: where, headers: [bearer(given)], body })
    expect([400, 401, 403, 404]).toContain(status)
    expect(harness.heard).toEqual([])
  })
})

test('whatever the address, the holder of a token stays in their conversation', async () => {
  const { conversationId, token } = await somebody()
  const other = JSON.parse((await ask({ method: 'POST', path: '/webchat/token' })).text).conversationId
  const paths = [conversationId, other, '__proto__', '..'].flatMap((id) =>
    ['', '/activities', '/upload', '/stream'].map((below) => `/v3/directline/conversations/${id}${below}`),
  )
  await always(
    fc.tuple(fc.constantFrom(...METHODS), oddPath(...paths), oddHeaders),
    async ([method, path, odd]) => {
      const { status, text } = await ask({ method, path, headers: [bearer(token), ...odd] })
      expect(status).toBeLessThan(500)
      expect(text).not.toContain(other)
      expect(harness.heard.filter((each) => each.conversationId !== conversationId)).toEqual([])
    },
  )
})

test('whoever asks for a token of the page gets one of their own, unless a page of others asks', async () => {
  await always(fc.tuple(oddHeaders, oddBody({})), async ([headers, body]) => {
    const { status, text } = await ask({ method: 'POST', path: '/webchat/token', headers, body })
    expect([200, 403]).toContain(status)
    if (status === 200) expect(JSON.parse(text).conversationId).toMatch(/^[0-9a-f]{32}$/)
    const foreign = headers.some(([name, value]) => name === 'origin' && !value.includes('localhost'))
    if (foreign) expect(status).toBe(403)
  })
})

test('whatever is sent on a stream ends that stream at most', async () => {
  const { conversationId, token } = await somebody()
  const path = `/v3/directline/conversations/${conversationId}`
  const { port } = new URL(harness.url)
  const upgrade = [
    'host: x',
    'connection: upgrade',
    'upgrade: websocket',
    'sec-websocket-version: 13',
    'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==',
  ]
  await always(fc.tuple(fc.uint8Array({ maxLength: 200 }), fc.boolean()), async ([noise, gently]) => {
    const { streamUrl } = JSON.parse((await ask({ method: 'GET', path, headers: [bearer(token)] })).text)
    const { pathname, search } = new URL(streamUrl)
    await new Promise<void>((resolve) => {
      const socket = net.connect(Number(port), '127.0.0.1')
      socket.on('error', () => undefined)
      socket.on('close', () => resolve())
      socket.once('data', (answer) => {
        expect(answer.toString('latin1')).toMatch(/^HTTP\/1\.1 101 /)
        if (gently) socket.end(noise)
        else socket.write(noise, () => socket.resetAndDestroy())
      })
      socket.resume()
      socket.write(`GET ${pathname}${search} HTTP/1.1\r\n${upgrade.join('\r\n')}\r\n\r\n`)
    })
    expect(harness.heard).toEqual([])
  })
})

test('more than an entrance takes is refused, however it is packed, and nothing of it received', async () => {
  const { conversationId, token, cookie } = await somebody()
  const below = (path: string) => `/v3/directline/conversations/${conversationId}/${path}`
  const { plain, pressed } = tooMuch(Buffer.from('{"type":"message","text":"'))
  const gzip: [string, string] = ['content-encoding', 'gzip']
  const say = { method: 'POST', path: below('activities'), headers: [bearer(token)] }
  expect((await ask({ ...say, body: plain })).status).toBe(400)
  expect((await ask({ ...say, headers: [...say.headers, gzip], body: pressed })).status).toBe(400)
  const upload = { ...say, path: below('upload') }
  expect((await ask({ ...upload, body: Buffer.alloc(4 * 1024 * 1024 + 1) })).status).toBe(400)
  expect((await ask({ ...upload, headers: [...upload.headers, gzip], body: pressed })).status).toBe(400)
  const form: [string, string][] = [
    ['content-type', 'application/x-www-form-urlencoded'],
    ['cookie', cookie],
  ]
  expect((await ask({ method: 'POST', path: '/conversa', headers: form, body: plain })).status).toBe(413)
  const zipped = { method: 'POST', path: '/conversa', headers: [...form, gzip], body: pressed }
  expect((await ask(zipped)).status).toBe(413)
  expect(harness.heard).toEqual([])
})
