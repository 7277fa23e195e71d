import http from 'node:http'
import type { AddressInfo } from 'node:net'
import pino from 'pino'
import { createSpeech } from '../../src/speech'

type Heard = { method: string; path: string; authorization: string | undefined; form: FormData }

let answer: (response: http.ServerResponse) => void
let heard: Heard[]
let server: http.Server
let url: string
let lines: string[]

beforeEach(async () => {
  heard = []
  lines = []
  answer = (response) => response.end('{"text":"  Quero ver o meu pagamento. "}')
  server = http.createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const headers = { 'content-type': request.headers['content-type'] ?? '' }
    heard.push({
      method: request.method ?? '',
      path: request.url ?? '',
      authorization: request.headers.authorization,
      form: await new Response(new Uint8Array(Buffer.concat(chunks)), { headers }).formData(),
    })
    answer(response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(() => {
  server.closeAllConnections()
  return new Promise((resolve) => server.close(resolve))
})

const log = pino({ level: 'trace', base: null }, { write: (line: string) => lines.push(line) })
const speech = (more: { token?: string; timeoutMs?: number; base?: string } = {}) =>
  createSpeech({
    url: more.base ?? url,
    token: more.token,
    model: 'whisper-1',
    log,
    ...(more.timeoutMs !== undefined && { timeoutMs: more.timeoutMs }),
  })
const recording = { content: Buffer.from('OggS-recording'), mimeType: 'audio/ogg; codecs=opus' }

it('a recording is sent as OpenAI documents it, and what was said comes back', async () => {
  const text = await speech({ token: 'token-of-speech', base: `${url}/` }).transcribe(recording)
  expect(text).toBe('Quero ver o meu pagamento.')
  expect(heard).toHaveLength(1)
  const { form, ...call } = heard[0] as Heard
  expect(call).toEqual({
    method: 'POST',
    path: '/v1/audio/transcriptions',
    authorization: 'Bearer token-of-speech',
  })
  const file = form.get('file') as File
  expect([file.name, file.type, await file.text()]).toEqual(['audio.ogg', 'audio/ogg', 'OggS-recording'])
  expect([form.get('model'), form.get('language'), form.get('response_format')]).toEqual([
    'whisper-1',
    'pt',
    'json',
  ])
  expect([...form.keys()].sort()).toEqual(['file', 'language', 'model', 'response_format'])
  expect(lines).toEqual([])
})

it('a service of our own needs no token', async () => {
  await speech().transcribe(recording)
  expect(heard[0]?.authorization).toBeUndefined()
})

it.each<[string, string, (response: http.ServerResponse) => void]>([
  [
    'a service that is too busy',
    'http_429',
    (response) => response.writeHead(429).end('{"error":"Quero ver"}'),
  ],
  ['a service that is broken', 'http_500', (response) => response.writeHead(500).end()],
  ['a refused token', 'http_401', (response) => response.writeHead(401).end()],
  ['an answer that is no JSON', 'bad_answer', (response) => response.end('Quero ver o meu pagamento.')],
  ['an answer without text', 'bad_answer', (response) => response.end('{"texto":"Quero ver"}')],
  [
    'an answer longer than any speech',
    'bad_answer',
    (response) => response.end(`{"text":"${'a'.repeat(300_000)}"}`),
  ],
  ['silence', 'nothing_said', (response) => response.end('{"text":" \\n"}')],
  ['a line that is cut', 'unreachable', (response) => response.destroy()],
  [
    'a service that sends us elsewhere',
    'unreachable',
    (response) => response.writeHead(307, { location: '/v2' }).end(),
  ],
  ['a service that never answers', 'timed_out', () => undefined],
])('with %s nothing is heard, and the log has a code and no word', async (_name, code, with_) => {
  answer = with_
  expect(await speech({ token: 'token-of-speech', timeoutMs: 200 }).transcribe(recording)).toBeUndefined()
  expect(lines).toHaveLength(1)
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ code })
  expect(lines.join('')).not.toMatch(/Quero|token-of-speech/)
})

it.each([
  ['too_large', { content: Buffer.alloc(16 * 1024 * 1024 + 1), mimeType: 'audio/ogg' }],
  ['empty', { content: Buffer.alloc(0), mimeType: 'audio/ogg' }],
  ['kind_not_taken', { content: Buffer.from('x'), mimeType: 'video/mp4' }],
  ['kind_not_taken', { content: Buffer.from('x'), mimeType: '' }],
])('what is %s is not sent at all', async (code, audio) => {
  expect(await speech().transcribe(audio)).toBeUndefined()
  expect(heard).toEqual([])
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ code })
})
