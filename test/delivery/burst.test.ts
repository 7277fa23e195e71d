import fc from 'fast-check'
import { createBot, newConversation } from '../../src/bot'
import { asOne, BURST_MS, nextTurn } from '../../src/burst'
import { createGateway, type Gateway } from '../../src/gateway'
import type { Inbound, InboundContent, Unreadable } from '../../src/message'
import { loadUnderstanding } from '../../src/nlu/index'
import { createMemoryStore } from '../../src/store/memory'
import { contextOf, createFakeChannel, createKeptLog, inboundOf, settle } from './harness'

const understand = loadUnderstanding()
const opens = (text: string) => text.length <= 40 && understand(text, '').intent === 'greeting'
const NOW = Date.parse('2026-11-25T12:00:00.000Z')

/** What somebody sent so many milliseconds ago: words, `[image]`, or `<pressed>`. */
function sent(what: string, ago: number, index: number): Inbound {
  const picture = /^\[(\w+)\]$/.exec(what)?.[1]
  const pressed = /^<(.+)>$/.exec(what)?.[1]
  const content: InboundContent =
    picture !== undefined
      ? { kind: 'unsupported', what: picture as Unreadable }
      : { kind: 'text', text: pressed ?? what, ...(pressed !== undefined && { questionId: 'q1' }) }
  return inboundOf(`m${index}`, content, { at: new Date(NOW - ago).toISOString() })
}

const waitingOf = (...list: [string, number][]) => list.map(([what, ago], index) => sent(what, ago, index))

/** How many messages make the next turn, or after how many milliseconds to look again. */
function outcome(waiting: Inbound[], question = false): string {
  const next = nextTurn(waiting, { question }, opens, NOW)
  return 'waitUntil' in next ? `wait ${next.waitUntil - NOW}` : `take ${next.messages.length}`
}

describe('which messages make a turn', () => {
  it.each<[string, [string, number][], string]>([
    ['what somebody wants is answered at once', [['quero ver meu pagamento', 0]], 'take 1'],
    ['a greeting is given time to be followed', [['oi', 0]], 'wait 1500'],
    ['a greeting that was not followed is answered', [['oi', 1500]], 'take 1'],
    [
      'the time counts from the last of them',
      [
        ['oi', 1400],
        ['tudo bem?', 300],
      ],
      'wait 1200',
    ],
    [
      'what is wanted ends the waiting',
      [
        ['oi', 900],
        ['tudo bem?', 500],
        ['quero simular', 0],
      ],
      'take 3',
    ],
    [
      'one thought in several messages is one turn',
      [
        ['queria saber', 50],
        ['do meu pagamento', 20],
      ],
      'take 2',
    ],
    [
      'a number is an answer of its own',
      [
        ['oi', 10],
        ['2', 0],
      ],
      'take 1',
    ],
    [
      'a number first is one too',
      [
        ['2', 10],
        ['oi', 0],
      ],
      'take 1',
    ],
    [
      'a pressed choice is an answer of its own',
      [
        ['oi', 10],
        ['<Sim>', 0],
      ],
      'take 1',
    ],
    [
      'so it is when words follow',
      [
        ['<Sim>', 10],
        ['oi', 0],
      ],
      'take 1',
    ],
    [
      'an album is one thing',
      [
        ['[image]', 2000],
        ['[image]', 1900],
        ['[image]', 1800],
      ],
      'take 3',
    ],
    [
      'an album is given time to be whole',
      [
        ['[image]', 100],
        ['[image]', 40],
      ],
      'wait 1460',
    ],
    [
      'words after an album are another turn',
      [
        ['[image]', 100],
        ['[image]', 90],
        ['meu laudo', 0],
      ],
      'take 2',
    ],
    [
      'a picture after words is another turn',
      [
        ['meu laudo', 10],
        ['[image]', 0],
      ],
      'take 1',
    ],
    [
      'a recording is a turn of its own',
      [
        ['[audio]', 10],
        ['[audio]', 0],
      ],
      'take 1',
    ],
    [
      'different kinds of pictures are one album',
      [
        ['[video]', 2000],
        ['[document]', 1900],
        ['[sticker]', 1800],
      ],
      'take 3',
    ],
  ])('%s', (_why, waiting, expected) => {
    expect(outcome(waitingOf(...waiting))).toBe(expected)
  })

  it.each<[string, [string, number][], string]>([
    [
      'each message is an answer of its own',
      [
        ['12/03/1962', 10],
        ['mulher', 0],
      ],
      'take 1',
    ],
    ['a greeting is not waited for', [['oi', 0]], 'take 1'],
    [
      'an album is still one thing',
      [
        ['[image]', 100],
        ['[image]', 40],
      ],
      'wait 1460',
    ],
  ])('with a question open, %s', (_why, waiting, expected) => {
    expect(outcome(waitingOf(...waiting), true)).toBe(expected)
  })

  it('does not make one turn of more than a person can be answered', () => {
    const long = Array.from({ length: 5 }, (_, index) => sent('a'.repeat(1000), 10, index))
    expect(outcome(long)).toBe('take 2')
    expect(outcome([sent('a'.repeat(9000), 0, 0)])).toBe('take 1')
  })

  it('does not wait for what a wrong clock says comes tomorrow', () => {
    expect(outcome([sent('oi', -86_400_000, 0)])).toBe('take 1')
    expect(outcome([sent('oi', -200, 0)])).toBe('wait 1700')
  })

  it('reads what was written line by line as one text, and gives an album its last picture', () => {
    expect(asOne(waitingOf(['oi', 20], ['quero simular', 0]))).toMatchObject({
      id: 'm1',
      text: 'oi\nquero simular',
    })
    expect(asOne(waitingOf(['[image]', 20], ['[document]', 0]))).toMatchObject({ id: 'm1', what: 'document' })
  })
})

const thing = fc.constantFrom(
  'oi',
  'tudo bem?',
  'bom dia',
  'quero simular',
  'sim',
  '2',
  '<Sim>',
  '[image]',
  '[audio]',
  '[sticker]',
  'não sei',
  'a'.repeat(1600),
)
const list = fc
  .array(fc.tuple(thing, fc.integer({ min: 0, max: 4000 })), { minLength: 1, maxLength: 12 })
  .map((all) => {
    const ages = all.map(([, ago]) => ago).sort((a, b) => b - a)
    return all.map(([what], index) => sent(what, ages[index] ?? 0, index))
  })

describe('whatever is sent', () => {
  it('every message is in exactly one turn, in order', () => {
    fc.assert(
      fc.property(list, fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }), (all, questions) => {
        let waiting = all
        let now = NOW
        const turns: Inbound[][] = []
        for (let rounds = 0; waiting.length > 0 && rounds < 50; rounds += 1) {
          const next = nextTurn(waiting, { question: questions[turns.length % 12] ?? false }, opens, now)
          if ('waitUntil' in next) {
            now = next.waitUntil
            continue
          }
          turns.push(next.messages)
          waiting = waiting.slice(next.messages.length)
        }
        expect(turns.flat()).toEqual(all)
        expect(turns.every((turn) => turn.length > 0)).toBe(true)
      }),
    )
  })

  it('what is said is said whole, and only words, or only pictures, are put together', () => {
    fc.assert(
      fc.property(list, fc.boolean(), (all, question) => {
        const next = nextTurn(all, { question }, opens, NOW + 10_000)
        if ('waitUntil' in next) throw new Error('nothing comes any more')
        const one = asOne(next.messages)
        const words = next.messages.flatMap((message) => (message.kind === 'text' ? [message.text] : []))
        expect(one.kind === 'text' ? one.text : '').toBe(words.join('\n'))
        expect(words.length === 0 || words.length === next.messages.length).toBe(true)
        if (words.length > 1) expect(question).toBe(false)
      }),
    )
  })

  it('nobody waits longer than a second and a half, and with a question open only an album waits', () => {
    fc.assert(
      fc.property(list, fc.boolean(), (all, question) => {
        const next = nextTurn(all, { question }, opens, NOW)
        if (!('waitUntil' in next)) return
        expect(next.waitUntil).toBeGreaterThan(NOW)
        expect(next.waitUntil - NOW).toBeLessThanOrEqual(BURST_MS)
        if (question) expect(all.every(({ kind }) => kind === 'unsupported')).toBe(true)
      }),
    )
  })
})

describe('people who write in bursts', () => {
  let gateway: Gateway | undefined
  afterEach(async () => {
    jest.useRealTimers()
    await gateway?.stop()
  })

  async function start(options: { bot?: ReturnType<typeof createBot>; workers?: number } = {}) {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'], now: NOW })
    const clock = { now: () => new Date() }
    const { log } = createKeptLog()
    const store = createMemoryStore({ clock })
    const fake = createFakeChannel()
    const heard: Inbound[] = []
    const bot = options.bot ?? createBot(understand)
    const running = await createGateway({
      store,
      clock,
      log,
      channels: [fake.channel],
      work: {
        name: 'w',
        opens,
        turn: {
          store,
          clock,
          log,
          contextOf: async ({ conversationId }) => contextOf(conversationId),
          bot: (...args) => {
            heard.push(args[1])
            return bot(...args)
          },
        },
      },
    })
    gateway = running
    let count = 0
    return {
      ...fake,
      heard: () => heard.map((message) => (message.kind === 'text' ? message.text : message.kind)),
      async send(content: string | InboundContent, after = 0) {
        await pass(after)
        count += 1
        await running.receive(inboundOf(`m${count}`, content, { at: new Date().toISOString() }))
        await settle()
      },
      pass,
    }
  }

  async function pass(milliseconds: number) {
    for (let at = 0; at < milliseconds; at += 10) {
      await jest.advanceTimersByTimeAsync(10)
      await settle()
    }
  }

  it('get one answer to "oi", "tudo bem?" and what they want', async () => {
    const { send, heard, texts, pass } = await start()
    await send('oi')
    await send('tudo bem?', 500)
    expect(texts()).toEqual([])
    await send('quero simular minha aposentadoria', 900)
    expect(heard()).toEqual(['oi\ntudo bem?\nquero simular minha aposentadoria'])
    await pass(3000)
    expect(heard()).toHaveLength(1)
    expect(texts().join('\n')).toMatch(/aposentadoria/)
    expect(texts().join('\n')).not.toMatch(/não entendi/i)
  })

  it('get an answer to "oi" alone after a second and a half', async () => {
    const { send, heard, texts, pass } = await start()
    await send('oi')
    await pass(1450)
    expect(texts()).toEqual([])
    await pass(100)
    expect(heard()).toEqual(['oi'])
    expect(texts().join('\n')).toMatch(/assistente virtual/)
  })

  it('get one answer to an album of four pictures, with a form open too', async () => {
    const { send, heard, texts, pass } = await start()
    await send('quero simular minha aposentadoria')
    const before = texts().length
    for (let picture = 0; picture < 4; picture += 1) await send({ kind: 'unsupported', what: 'image' }, 300)
    expect(heard()).toHaveLength(1)
    await pass(1600)
    expect(heard().slice(1)).toEqual(['unsupported'])
    expect(texts().length).toBeGreaterThan(before)
  })

  it('have each of two quick answers to an open form taken by itself', async () => {
    const { send, heard } = await start()
    await send('quero simular minha aposentadoria')
    await send('eu conto')
    await send('mulher', 10)
    expect(heard()).toEqual(['quero simular minha aposentadoria', 'eu conto', 'mulher'])
  })

  it('have messages that came while the answer was prepared read together, when no question is open', async () => {
    let release = () => {}
    const busy = new Promise<void>((resolve) => {
      release = resolve
    })
    const { send, heard } = await start({
      bot: async (_state, inbound) => {
        if (inbound.kind === 'text' && inbound.text === 'bom dia, quero uma coisa') await busy
        return { state: newConversation, replies: [{ text: 'ok' }], outcome: 'answered', events: [] }
      },
    })
    await send('bom dia, quero uma coisa')
    await send('queria saber')
    await send('do meu pagamento')
    release()
    await settle()
    expect(heard()).toEqual(['bom dia, quero uma coisa', 'queria saber\ndo meu pagamento'])
  })
})
