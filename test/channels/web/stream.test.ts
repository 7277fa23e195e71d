import { WebSocket } from 'ws'
import type { ActivitySet } from '../../../src/channels/web/activity'
import { type Harness, SECRET, startHarness, until } from './harness'

let harness: Harness

beforeAll(async () => {
  harness = await startHarness({ keepAliveMilliseconds: 40, answer: () => [] })
})
afterAll(() => harness.stop())

async function start() {
  const response = await fetch(`${harness.url}/v3/directline/conversations`, {
    method: 'POST',
    headers: { authorization: `Bearer ${SECRET}` },
  })
  const started = (await response.json()) as { conversationId: string; token: string; streamUrl: string }
  return started
}

function listen(url: string) {
  const socket = new WebSocket(url)
  const frames: string[] = []
  const closed = new Promise<{ code: number; reason: string }>((resolve) =>
    socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() })),
  )
  const refused = new Promise<{ status: number | undefined; body: string }>((resolve) =>
    socket.on('unexpected-response', (_request, response) => {
      let body = ''
      response.on('data', (part) => {
        body += part
      })
      response.on('end', () => resolve({ status: response.statusCode, body }))
    }),
  )
  socket.on('message', (data) => frames.push(data.toString()))
  socket.on('error', () => undefined)
  const sets = () => frames.filter((frame) => frame !== '').map((frame) => JSON.parse(frame) as ActivitySet)
  const texts = () => sets().flatMap(({ activities }) => activities.map(({ type, text }) => text ?? type))
  return { socket, frames, sets, texts, closed, refused }
}

test('activities come with their watermark, typing without one, and empty frames in between', async () => {
  const { streamUrl, conversationId } = await start()
  await harness.send(conversationId, { text: 'um' })
  const stream = listen(streamUrl)
  await until(() => stream.texts().includes('um'))
  harness.channel.typing?.({
    id: 'm1',
    channel: 'web',
    conversationId,
    at: '2026-03-10T14:00:00.000Z',
    kind: 'opened',
  })
  await harness.send(conversationId, { text: 'dois' })
  await until(() => stream.texts().includes('dois'))
  expect(stream.sets().map(({ watermark }) => watermark)).toEqual(['1', null, '2'])
  expect(stream.texts()).toEqual(['um', 'typing', 'dois'])
  await until(() => stream.frames.filter((frame) => frame === '').length >= 2)
  stream.socket.close()
})

test('with a watermark only what came after it is sent, whole and in order', async () => {
  const { streamUrl, conversationId } = await start()
  for (let n = 1; n <= 130; n++) await harness.send(conversationId, { text: `linha ${n}` })
  const stream = listen(`${streamUrl}&watermark=4`)
  for (let n = 131; n <= 140; n++) await harness.send(conversationId, { text: `linha ${n}` })
  await until(() => stream.texts().includes('linha 140'))
  expect(stream.texts()).toEqual(Array.from({ length: 136 }, (_, index) => `linha ${index + 5}`))
  stream.socket.close()
})

test('a second socket of a conversation closes the first as a collision', async () => {
  const { streamUrl, conversationId } = await start()
  const first = listen(streamUrl)
  await until(() => first.frames.length > 0)
  const second = listen(streamUrl)
  expect((await first.closed).reason).toBe('collision')
  await harness.send(conversationId, { text: 'para a segunda' })
  await until(() => second.texts().includes('para a segunda'))
  expect(first.texts()).toEqual([])
  second.socket.close()
})

test('the address of a stream is good for one minute', async () => {
  const { streamUrl } = await start()
  harness.clock.forward(2)
  const stream = listen(streamUrl)
  const { status, body } = await stream.refused
  expect(status).toBe(403)
  expect(JSON.parse(body)).toEqual({ error: { code: 'TokenExpired', message: expect.any(String) } })
})

test('a stream of another conversation, or without a token, is refused', async () => {
  const mine = await start()
  const theirs = await start()
  const path = mine.streamUrl.replace(mine.conversationId, theirs.conversationId)
  expect((await listen(path).refused).status).toBe(403)
  expect((await listen(mine.streamUrl.replace(/\?.*/, '')).refused).status).toBe(401)
})

test('a path that is no stream is hung up on', async () => {
  const { closed } = listen(`${harness.url.replace('http', 'ws')}/elsewhere`)
  expect((await closed).code).toBe(1006)
})

test('a reader that stopped answering is let go', async () => {
  const { streamUrl } = await start()
  const stream = listen(streamUrl)
  await until(() => stream.frames.length > 0)
  ;(stream.socket as unknown as { _autoPong: boolean })._autoPong = false
  expect((await stream.closed).code).toBe(1006)
})
