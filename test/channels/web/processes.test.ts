import { randomUUID } from 'node:crypto'
import { WebSocket } from 'ws'
import type { ActivitySet } from '../../../src/channels/web/activity'
import { createRedisStore } from '../../../src/store/redis'
import { describeWithRedis, type RunningRedis, startRedis } from '../../store/redis-server'
import { type Answer, type Harness, SECRET, startHarness, until } from './harness'

const PEOPLE = 500
const ACTIVITIES = 5

type Started = { conversationId: string; token: string; streamUrl: string }

/** One person's client: what it received, over however many sockets, and how far it got. */
function createListener() {
  const texts: string[] = []
  let watermark = ''
  let socket: WebSocket | undefined
  return {
    texts,
    watermark: () => watermark,
    drop: () => socket?.terminate(),
    close: () => socket?.close(),
    /** Resolves when the socket is open; `closed` when it is not any more. */
    async open(streamUrl: string): Promise<{ closed: Promise<string> }> {
      const opened = new WebSocket(streamUrl)
      socket = opened
      const closed = new Promise<string>((resolve) =>
        opened.on('close', (code, reason) => resolve(`${code} ${reason}`)),
      )
      opened.on('error', () => undefined)
      opened.on('message', (data) => {
        if (data.toString() === '' || opened !== socket) return
        const set = JSON.parse(data.toString()) as ActivitySet
        for (const { text } of set.activities) if (text !== undefined) texts.push(text)
        watermark = set.watermark ?? watermark
      })
      await new Promise((resolve, reject) => {
        opened.on('open', resolve)
        opened.on('unexpected-response', (_request, { statusCode }) => reject(new Error(`${statusCode}`)))
        opened.on('close', () => reject(new Error('closed')))
      })
      return { closed }
    },
  }
}

async function call(method: string, url: string, body?: object) {
  const response = await fetch(url, {
    method,
    headers: { authorization: `Bearer ${SECRET}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  if (!response.ok) throw new Error(`${method} answered ${response.status}`)
  return (await response.json()) as Started & { id: string }
}

const start = (at: Harness): Promise<Started> => call('POST', `${at.url}/v3/directline/conversations`, {})

const streamOf = async (at: Harness, conversationId: string, watermark: string): Promise<string> =>
  (await call('GET', `${at.url}/v3/directline/conversations/${conversationId}?watermark=${watermark}`))
    .streamUrl

const say = (at: Harness, conversationId: string, text: string, clientActivityID: string) =>
  call('POST', `${at.url}/v3/directline/conversations/${conversationId}/activities`, {
    type: 'message',
    from: { id: 'dl_1' },
    text,
    channelData: { clientActivityID },
  })

describeWithRedis('two processes of the web chat over one Redis', () => {
  let redis: RunningRedis
  let prefix: string
  let first: Harness
  let second: Harness
  const running = new Set<Harness>()

  async function startProcess({ deaf = false } = {}): Promise<Harness> {
    const store = await createRedisStore({ url: redis.url, prefix })
    if (deaf) store.transcripts.watch = () => () => undefined
    const limits = { activitiesPerMinute: 10_000, tokensPerMinute: 10_000 }
    // What was not told is found at a keep-alive; so short a one would end hundreds of sockets on a busy machine.
    const soon = deaf && { keepAliveMilliseconds: 1000 }
    const harness = await startHarness({ store, answer: echo, limits, ...soon })
    running.add(harness)
    return harness
  }
  async function stopProcess(harness: Harness): Promise<void> {
    running.delete(harness)
    await harness.stop()
  }

  beforeAll(async () => {
    redis = await startRedis()
  })
  afterAll(() => redis.stop())
  beforeEach(async () => {
    prefix = randomUUID()
    ;[first, second] = await Promise.all([startProcess(), startProcess()])
  })
  afterEach(() => Promise.all([...running].map(stopProcess)))

  const echo: Answer = (message) => (message.kind === 'text' ? [{ text: `Você disse: ${message.text}` }] : [])

  it('what is posted at one is seen, with its answer, on the socket at the other', async () => {
    const { conversationId } = await start(first)
    const listener = createListener()
    await listener.open(await streamOf(second, conversationId, ''))
    await say(first, conversationId, 'oi', 'client-1')
    await until(() => listener.texts.length >= 2)
    expect(listener.texts).toEqual(['oi', 'Você disse: oi'])
    listener.close()
  })

  it('a message repeated at the other process is one message with one answer', async () => {
    const { conversationId } = await start(first)
    const answers = await Promise.all(
      [first, second, first, second].map((at) => say(at, conversationId, 'uma vez', 'client-1')),
    )
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1)
    const listener = createListener()
    await listener.open(await streamOf(second, conversationId, ''))
    await until(() => listener.texts.length >= 2)
    await say(second, conversationId, 'fim', 'client-2')
    await until(() => listener.texts.includes('Você disse: fim'))
    expect(listener.texts).toEqual(['uma vez', 'Você disse: uma vez', 'fim', 'Você disse: fim'])
    listener.close()
  })

  it('an answer that two processes deliver is written once', async () => {
    const { conversationId } = await start(first)
    const listener = createListener()
    await listener.open(await streamOf(second, conversationId, ''))
    const reply = { id: 'out-1', text: 'uma vez' }
    await Promise.all([first, second, first, second].map((at) => at.send(conversationId, reply)))
    await first.send(conversationId, { id: 'out-2', text: 'fim' })
    await until(() => listener.texts.includes('fim'))
    expect(listener.texts).toEqual(['uma vez', 'fim'])
    listener.close()
  })

  it('the newest socket has the line: an older one at the other process is closed as a collision', async () => {
    const { conversationId, streamUrl } = await start(first)
    const [older, newer] = [createListener(), createListener()]
    const { closed } = await older.open(streamUrl)
    await newer.open(await streamOf(second, conversationId, ''))
    expect(await closed).toBe('1008 collision')
    await first.send(conversationId, { text: 'para o novo' })
    await until(() => newer.texts.includes('para o novo'))
    expect(older.texts).toEqual([])
    newer.close()
  })

  it('a conversation ended at one process closes the socket at the other', async () => {
    const cookies = await fetch(`${first.url}/webchat/token`, {
      method: 'POST',
      headers: { origin: first.url },
    })
    const cookie = cookies.headers.get('set-cookie')?.split(';')[0] ?? ''
    const { token } = (await cookies.json()) as Started
    const opened = await fetch(`${second.url}/v3/directline/conversations`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
    })
    const listener = createListener()
    const { closed } = await listener.open(((await opened.json()) as Started).streamUrl)
    const headers = { cookie, origin: first.url }
    await fetch(`${first.url}/webchat/conversation`, { method: 'DELETE', headers })
    expect(await closed).toBe('1000 ended')
  })

  it('after the process with the socket restarts, reading goes on at the watermark, without loss or double', async () => {
    const { conversationId, streamUrl } = await start(first)
    const listener = createListener()
    const { closed } = await listener.open(streamUrl)
    await second.send(conversationId, { text: 'um' })
    await second.send(conversationId, { text: 'dois' })
    await until(() => listener.texts.length === 2)
    await stopProcess(first)
    expect(await closed).toBe('1001 going away')
    await second.send(conversationId, { text: 'três' })
    const again = await startProcess()
    await listener.open(await streamOf(again, conversationId, listener.watermark()))
    await second.send(conversationId, { text: 'quatro' })
    await until(() => listener.texts.length >= 4)
    expect(listener.texts).toEqual(['um', 'dois', 'três', 'quatro'])
    listener.close()
  })

  it('what Redis did not tell, because listening began late or broke off, is found by looking', async () => {
    const deaf = await startProcess({ deaf: true })
    const { conversationId, streamUrl } = await start(deaf)
    const listener = createListener()
    const { closed } = await listener.open(streamUrl)
    await second.send(conversationId, { text: 'um' })
    await until(() => listener.texts.length === 1)
    const newer = createListener()
    await newer.open(await streamOf(second, conversationId, ''))
    expect(await closed).toBe('1008 collision')
    newer.close()
  })

  it(`${PEOPLE} people each get their own ${ACTIVITIES} activities once, and after all are dropped nothing is lost`, async () => {
    const processes = [first, second]
    const at = (index: number) => processes[index % 2] as Harness
    const people = await Promise.all(
      Array.from({ length: PEOPLE }, async (_, index) => {
        const listener = createListener()
        const { conversationId, streamUrl } = await start(at(index))
        await listener.open(streamUrl)
        return { index, conversationId, listener }
      }),
    )
    const texts = (index: number, from: number) =>
      Array.from({ length: ACTIVITIES }, (_, number) => `${index}: ${from + number}`)
    // Said at either process, whichever has the socket.
    const speak = async (from: number) => {
      for (let number = from; number < from + ACTIVITIES; number += 1) {
        await Promise.all(
          people.map(({ index, conversationId }) =>
            at(index + number).send(conversationId, {
              id: `${index}-${number}`,
              text: `${index}: ${number}`,
            }),
          ),
        )
      }
    }
    const received = () => people.reduce((sum, { listener }) => sum + listener.texts.length, 0)

    await speak(0)
    await until(() => received() >= PEOPLE * ACTIVITIES, 20_000)
    expect(people.map(({ listener }) => listener.texts)).toEqual(people.map(({ index }) => texts(index, 0)))

    for (const { listener } of people) listener.drop()
    const speaking = speak(ACTIVITIES)
    await Promise.all(
      people.map(async ({ index, conversationId, listener }) => {
        await listener.open(await streamOf(at(index + 1), conversationId, listener.watermark()))
      }),
    )
    await speaking
    await until(() => received() >= 2 * PEOPLE * ACTIVITIES, 20_000)
    const all = (index: number) => [...texts(index, 0), ...texts(index, ACTIVITIES)]
    expect(people.map(({ listener }) => listener.texts)).toEqual(people.map(({ index }) => all(index)))
    for (const { listener } of people) listener.close()
  })
})
