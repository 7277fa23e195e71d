import { createBot } from '../../src/bot'
import { createGateway, type Gateway } from '../../src/gateway'
import type { Receipt } from '../../src/message'
import { loadUnderstanding } from '../../src/nlu/index'
import { createMemoryStore } from '../../src/store/memory'
import { createUndelivered } from '../../src/undelivered'
import { contextOf, createFakeChannel, createHandClock, createKeptLog, inboundOf, until } from './harness'

const bot = createBot(loadUnderstanding())
let gateway: Gateway

afterEach(() => gateway.stop())

async function setUp() {
  const clock = createHandClock()
  const { log } = createKeptLog()
  const store = createMemoryStore({ clock })
  const fake = createFakeChannel()
  const undelivered = createUndelivered({
    records: store.records,
    receive: (message) => gateway.receive(message),
    clock,
  })
  gateway = await createGateway({
    store,
    clock,
    log,
    channels: [fake.channel],
    onReceipt: undelivered,
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
      },
    },
  })
  async function says(text: string) {
    const before = fake.messages().length
    await gateway.receive(inboundOf(`m ${text}`, text, { address: 'sealed address' }))
    await until(() => fake.messages().at(-1)?.questionId !== undefined && fake.messages().length > before)
    return fake.messages().slice(before)
  }
  const told = (outboundId: string, more: Partial<Receipt> = {}) =>
    gateway.takeReceipt({
      conversationId: 'c1',
      outboundId,
      status: 'failed',
      at: clock.now().toISOString(),
      code: '131000',
      again: 'web',
      ...more,
    })
  return { says, told, said: () => fake.messages() }
}

test('what the provider took and could not deliver is said again, once however many bubbles failed', async () => {
  const { says, told, said } = await setUp()
  const first = await says('quero simular minha aposentadoria')
  for (const { id } of first) await told(id)
  await until(() => said().length === 2 * first.length)
  expect(said().slice(first.length)).toMatchObject(
    first.map(({ text, questionId }) => ({ text, ...(questionId !== undefined && { questionId }) })),
  )
  const next = await says('eu conto')
  expect(next.at(-1)?.expects).toBe('simulate-retirement.sex')
})

test('it is not said for ever', async () => {
  const { says, told, said } = await setUp()
  await says('quero simular minha aposentadoria')
  for (let times = 0; times < 6; times += 1) {
    const before = said().length
    await told(said().at(-1)?.id ?? '')
    if (times < 3) await until(() => said().length > before)
    else await new Promise((resolve) => setTimeout(resolve, 30))
  }
  expect(new Set(said().map(({ id }) => id.split('.')[0])).size).toBe(4)
})

test.each<[string, Partial<Receipt>]>([
  ['a reason that stays', { again: undefined as never }],
  ['a message that arrived', { status: 'delivered' }],
])('%s brings nothing', async (_, more) => {
  const { says, told, said } = await setUp()
  await says('quero simular minha aposentadoria')
  const before = said().length
  await told(said().at(-1)?.id ?? '', more)
  await new Promise((resolve) => setTimeout(resolve, 30))
  expect(said()).toHaveLength(before)
})
