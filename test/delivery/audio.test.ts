import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { createBot } from '../../src/bot'
import { ChannelError } from '../../src/channels/channel'
import { createGateway, type Gateway } from '../../src/gateway'
import type { InboundContent, Media } from '../../src/message'
import { loadUnderstanding } from '../../src/nlu/index'
import { createSpeech } from '../../src/speech'
import { createMemoryStore } from '../../src/store/memory'
import { contextOf, createFakeChannel, createHandClock, createKeptLog, inboundOf, until } from './harness'

const bot = createBot(loadUnderstanding())
const recording: InboundContent = {
  kind: 'unsupported',
  what: 'audio',
  media: { id: 'media-1', mimeType: 'audio/ogg' },
}

let answer: (response: http.ServerResponse) => void
let heard: { file: string; authorization: string | undefined }[]
let server: http.Server
let gateway: Gateway | undefined

beforeEach(async () => {
  heard = []
  answer = (response) => response.end('{"text":"Quero simular minha aposentadoria."}')
  server = http.createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const headers = { 'content-type': request.headers['content-type'] ?? '' }
    const form = await new Response(new Uint8Array(Buffer.concat(chunks)), { headers }).formData()
    const file = form.get('file') as File
    heard.push({ file: `${file.name} ${await file.text()}`, authorization: request.headers.authorization })
    answer(response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterEach(async () => {
  await gateway?.stop()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

type Fetch = (media: Media) => Promise<{ content: Buffer; mimeType: string }>
const fetched: Fetch = async ({ id }) => ({
  content: Buffer.from(`OggS ${id}`),
  mimeType: 'audio/ogg; codecs=opus',
})

async function setUp(options: { fetchMedia?: Fetch | false; speech?: false; isOff?: boolean } = {}) {
  const clock = createHandClock()
  const { log, lines } = createKeptLog()
  const store = createMemoryStore({ clock })
  const asked: Media[] = []
  const fetchMedia = options.fetchMedia ?? fetched
  const fake = createFakeChannel(
    fetchMedia === false
      ? {}
      : {
          fetchMedia: (media) => {
            asked.push(media)
            return fetchMedia(media)
          },
        },
  )
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const speech = createSpeech({ url, token: 'token-of-speech', model: 'whisper-1', log })
  const running = await createGateway({
    store,
    clock,
    log,
    channels: [fake.channel],
    work: {
      name: 'w',
      opens: () => false,
      turn: {
        store,
        bot,
        clock,
        log,
        channelOf: () => fake.channel,
        contextOf: async ({ conversationId }) => contextOf(conversationId),
        isOff: async () => options.isOff === true,
        ...(options.speech !== false && { speech }),
      },
    },
  })
  gateway = running
  let count = 0
  async function send(content: string | InboundContent) {
    count += 1
    const id = `m${count}`
    const before = fake.messages().length
    await running.receive(inboundOf(id, content, { address: 'sealed address' }))
    await until(async () => {
      const all = fake.messages().length
      const events = (await store.conversations.events('c1')) as { type: string }[]
      return all > before && events.filter(({ type }) => type === 'turn_taken').length === count
    })
    const replies = fake.messages().slice(before)
    return {
      said: replies.map(({ text }) => text).join('\n'),
      last: replies.at(-1),
      outcome: replies.at(-1)?.outcome,
    }
  }
  return { send, asked, lines }
}

const cannotHear = /Não consegui entender o seu áudio/
const takesNone = /Ainda não consigo ouvir áudio/

describe('a recording', () => {
  it('is fetched, heard, and asked back before it counts', async () => {
    const { send, asked, lines } = await setUp()
    const { said, last, outcome } = await send(recording)
    expect(asked).toEqual([{ id: 'media-1', mimeType: 'audio/ogg' }])
    expect(heard).toEqual([{ file: 'audio.ogg OggS media-1', authorization: 'Bearer token-of-speech' }])
    expect(said).toMatch(/entendi: "Quero simular minha aposentadoria\."\. Certo\?/)
    expect(last?.choices?.map(({ title }) => title)).toEqual(['Sim', 'Não, vou escrever'])
    expect(outcome).toBe('asked')
    expect((await send('sim')).said).toMatch(/prefere me contar/)
    expect(lines.join('')).toMatch(/audio_confirmed/)
    expect(lines.join('')).not.toMatch(/simular|OggS|token-of|sealed|media-1/)
  })

  it('that was heard wrong is forgotten, and the person is asked to write', async () => {
    const { send } = await setUp()
    await send(recording)
    expect((await send('Não, vou escrever')).said).toMatch(/Então escreva/)
    expect((await send('sim')).said).not.toMatch(/prefere me contar/)
  })

  it('of somebody in danger is answered at once', async () => {
    answer = (response) => response.end('{"text":"eu quero me matar"}')
    const { send } = await setUp()
    const { said, outcome } = await send(recording)
    expect(outcome).toBe('repair_crisis')
    expect(said).toMatch(/188/)
  })

  it.each<[string, Fetch]>([
    [
      'cannot be fetched',
      () => Promise.reject(new ChannelError('http_404', 'final', { cause: new Error('of 5511900000001') })),
    ],
    ['is too large', () => Promise.reject(new ChannelError('too_large', 'final'))],
    ['breaks the channel', () => Promise.reject(new TypeError('cannot read sealed address'))],
  ])('that %s is answered politely, and nobody listens', async (_what, fetchMedia) => {
    const { send, lines } = await setUp({ fetchMedia })
    expect((await send(recording)).said).toMatch(cannotHear)
    expect(heard).toEqual([])
    expect(lines.join('')).toMatch(/could not be fetched/)
    expect(lines.join('')).not.toMatch(/5511900000001|sealed/)
  })

  it.each<[string, (response: http.ServerResponse) => void]>([
    ['is down', (response) => response.writeHead(503).end('ocupado')],
    ['says nothing', (response) => response.end('{"text":""}')],
    ['hangs up', (response) => response.destroy()],
    ['speaks another language', (response) => response.end('<html>')],
  ])('is answered politely when the service %s', async (_what, answers) => {
    answer = answers
    const { send } = await setUp()
    const { said, outcome } = await send(recording)
    expect(heard).toHaveLength(1)
    expect(said).toMatch(cannotHear)
    expect(outcome).toBe('repair_unsupported')
  })

  it('in a form leaves its question open when it cannot be heard', async () => {
    const { send } = await setUp({ fetchMedia: () => Promise.reject(new ChannelError('http_500', 'retry')) })
    await send('quero simular minha aposentadoria')
    const { said, last } = await send(recording)
    expect(said).toMatch(cannotHear)
    expect(last?.questionId).toBeDefined()
    expect((await send('eu conto')).said).toMatch(/mulher ou de um homem/)
  })

  it('is answered politely where no service is set', async () => {
    const { send, asked } = await setUp({ speech: false })
    expect((await send(recording)).said).toMatch(takesNone)
    expect(asked).toEqual([])
  })

  it('is answered politely where the channel cannot fetch', async () => {
    const { send } = await setUp({ fetchMedia: false })
    expect((await send(recording)).said).toMatch(takesNone)
    expect(heard).toEqual([])
  })

  it('without a file is answered politely', async () => {
    const { send, asked } = await setUp()
    expect((await send({ kind: 'unsupported', what: 'audio' })).said).toMatch(takesNone)
    expect(asked).toEqual([])
  })

  it('is not listened to while the assistant is turned off', async () => {
    const { send, asked } = await setUp({ isOff: true })
    expect((await send(recording)).outcome).toBe('handed_off')
    expect(asked).toEqual([])
  })
})

it('a picture is not fetched', async () => {
  const { send, asked } = await setUp()
  await send('quero simular minha aposentadoria')
  const picture = {
    kind: 'unsupported',
    what: 'other',
    media: { id: 'media-2', mimeType: 'image/jpeg' },
  } as const
  expect((await send(picture)).outcome).toBe('repair_unsupported')
  expect(asked).toEqual([])
})
