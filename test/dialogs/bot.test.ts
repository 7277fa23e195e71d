import { type Bot, type BotTurn, type ConversationState, createBot, newConversation } from '../../src/bot'
import type { Inbound } from '../../src/message'
import { loadUnderstanding } from '../../src/nlu/index'

/** The bot alone: state and message in, state and replies out. The INSS API counts what it is asked for. */
function setUp() {
  const bot: Bot = createBot(loadUnderstanding())
  const sent: { body: unknown; key: string }[] = []
  const granted = {
    protocol: '123456789',
    service: 'aposentadoria-idade',
    serviceName: 'Aposentadoria por Idade Urbana',
    status: 'granted',
    createdAt: '2026-11-23T15:00:00Z',
    automatic: true,
  }
  const check = {
    service: 'aposentadoria-idade',
    entitled: true,
    der: '2026-11-23',
    conditions: [],
    benefit: { startDate: '2026-11-23', amount: 162_100 },
    lacks: [],
    automatic: true,
    paymentAccount: null,
  }
  const inss = {
    checkEntitlement: async () => ({ ok: true, value: check }),
    createRequest: async (_token: string, body: unknown, key: string) => {
      sent.push({ body, key })
      return { ok: true, value: granted }
    },
  }
  let clock = Date.parse('2026-11-23T15:00:00Z')
  let count = 0
  async function hear(
    state: ConversationState | undefined,
    text: string,
    more: { at?: string; questionId?: string; id?: string } = {},
  ): Promise<BotTurn> {
    clock += 1000
    count += 1
    const at = more.at ?? new Date(clock).toISOString()
    clock += 1000
    const inbound: Inbound = {
      id: more.id ?? `m${count}`,
      channel: 'web',
      conversationId: 'c1',
      at,
      kind: 'text',
      text,
      ...(more.questionId !== undefined && { questionId: more.questionId }),
    }
    const serialised = state && (JSON.parse(JSON.stringify(state)) as ConversationState)
    return bot(serialised, inbound, {
      conversationId: 'c1',
      today: '2026-11-23',
      now: new Date(clock).toISOString(),
      brasilia: { weekday: 1, hour: 12 },
      inss: inss as never,
      amounts: { minimumWage: 162_100, ceiling: 847_555 },
      login: {
        session: async () => ({ firstName: 'Marinalva', level: 'gold', personRef: 'p1' }),
        token: async () => 'token',
        link: async () => ({ url: 'http://localhost/entrar/x', code: '00 00', minutes: 10 }),
        lastFailure: async () => undefined,
        logout: async () => ({}),
      },
    })
  }
  const instant = () => new Date(clock).toISOString()
  return { hear, sent, instant }
}

/** A conversation that waits for the yes that sends a request. */
async function atTheConfirmation() {
  const world = setUp()
  const asked = await world.hear(undefined, 'quero me aposentar por idade')
  expect(asked.replies.at(-1)?.expects).toBe('request-benefit.confirmed')
  return { ...world, asked }
}

describe('a yes with effect', () => {
  it('sends the request once, with a key that is the same when the turn is run again', async () => {
    const { hear, sent, asked } = await atTheConfirmation()
    await hear(asked.state, 'sim', { id: 'yes' })
    await hear(asked.state, 'sim', { id: 'yes' })
    expect(sent).toHaveLength(2)
    expect(sent[0]?.key).toBe(sent[1]?.key)
    expect(sent[0]?.body).toEqual({ service: 'aposentadoria-idade', facts: {}, declaration: true })
  })

  it('is not taken from a word sent before the question was asked', async () => {
    const { hear, sent, asked } = await atTheConfirmation()
    const early = await hear(asked.state, 'sim', { at: '2026-11-23T14:59:59Z' })
    expect(sent).toEqual([])
    expect(early.outcome).toBe('repair_stale_answer')
    expect(early.replies.at(-1)?.expects).toBe('request-benefit.confirmed')
  })

  it('is not taken from the button of another question', async () => {
    const { hear, sent, asked } = await atTheConfirmation()
    const late = await hear(asked.state, 'Sim, enviar', { questionId: 'another.question.1' })
    expect(sent).toEqual([])
    expect(late.outcome).toBe('repair_stale_answer')
  })

  it.each([
    'na verdade meu nome está errado',
    'sim mas antes quero saber o valor certinho',
    'sim 2500',
    'talvez',
    'não sei',
    'acho que sim, mas não tenho certeza',
    '👎',
    '👍👎',
    '🙏',
  ])('is not heard in "%s"', async (text) => {
    const { hear, sent, asked } = await atTheConfirmation()
    await hear(asked.state, text)
    expect(sent).toEqual([])
  })

  it.each(['sim', 'pode enviar', 'Sim, enviar', 'isso mesmo', 'claro', '👍🏽', '✔️'])(
    'is heard in "%s"',
    async (text) => {
      const { hear, sent, asked } = await atTheConfirmation()
      await hear(asked.state, text)
      expect(sent).toHaveLength(1)
    },
  )

  it('gives nothing to a second yes', async () => {
    const { hear, sent, asked } = await atTheConfirmation()
    const done = await hear(asked.state, 'sim')
    await hear(done.state, 'sim')
    expect(sent).toHaveLength(1)
  })
})

describe('a thumb', () => {
  it('up is thanks when nothing was asked', async () => {
    const { hear } = setUp()
    const turn = await hear(undefined, '👍')
    expect(turn.outcome).toBe('answered')
    expect(turn.replies.at(-1)?.text).toMatch(/^Por nada!/)
  })

  it('down is a no to what was asked', async () => {
    const { hear, sent, asked } = await atTheConfirmation()
    const turn = await hear(asked.state, '👎🏿')
    expect(sent).toEqual([])
    expect(turn.state.dialogs).toEqual([])
  })
})

describe('a deploy in the middle of a conversation', () => {
  it('says so and starts over when the service is gone', async () => {
    const { hear } = setUp()
    const before = {
      ...newConversation,
      dialogs: [{ id: 'a-service-of-last-month', state: { facts: { x: 1 } } }],
    }
    const turn = await hear(before, 'sim')
    expect(turn.outcome).toBe('repair_code_changed')
    expect(turn.state.dialogs).toEqual([])
  })

  it('keeps the facts and asks the next missing one when the question that was asked is gone', async () => {
    const { hear } = setUp()
    const state = {
      instance: 'm0',
      facts: { source: 'told', sex: 'F', birthDate: '1966-03-12' },
      given: ['source', 'sex', 'birthDate'],
      asked: { fact: 'favouriteColour', questionId: 'm0.favouriteColour.4', at: '2026-11-23T15:00:00Z' },
      failures: {},
      questions: 4,
    }
    const before = { ...newConversation, greeted: true, dialogs: [{ id: 'simulate-retirement', state }] }
    const turn = await hear(before, 'azul')
    expect(turn.replies.at(-1)?.expects).toBe('simulate-retirement.time')
  })
})

describe('any text at all', () => {
  it.each([
    ['nothing', ''],
    ['10,000 characters', 'a'.repeat(10_000)],
    ['control characters', '\u0000\u0001\u001b[31m'],
    ['right-to-left marks', '\u202eabc\u202c'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: what an attacker types
    ['template syntax', '{nome} {n, plural, one {#}} ${x} {{y}} <%= z %>'],
    ['a long word of emoji', '👩‍👩‍👧‍👦'.repeat(300)],
    ['lone surrogates', '\ud800\udfff\udc00'],
  ])('gets an answer: %s', async (_, text) => {
    const { hear } = setUp()
    const turn = await hear(undefined, text)
    expect(turn.replies.length).toBeGreaterThan(0)
    expect(turn.outcome).not.toBe('error_internal')
  })
})
