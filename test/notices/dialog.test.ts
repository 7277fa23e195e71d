import { type ConversationState, createBot } from '../../src/bot'
import { brasiliaTime, civilDate } from '../../src/clock'
import { AppError } from '../../src/errors'
import { createInssClient } from '../../src/inss/client'
import { createInssEvents } from '../../src/inss/events'
import type { InboundContent } from '../../src/message'
import { loadUnderstanding } from '../../src/nlu/index'
import { client, type Harness, startHarness } from '../inss-api/harness'
import { createWorld, type Where, type World, whatsapp } from './world'

/** The conversation over the real INSS API; login and channels are played. */

const severino = '00000400459'
const benedito = '00000800805'
const understand = loadUnderstanding()
const bot = createBot(understand)
let api: Harness
let world: World
beforeAll(async () => {
  api = await startHarness()
})
afterAll(() => api.stop())
beforeEach(async () => {
  world = await createWorld(api.clock.now().toISOString(), {
    inss: createInssEvents({
      url: api.running.api.url,
      clientId: client.id,
      clientSecret: client.secret,
      timeoutMs: 4000,
    }),
  })
})
afterEach(() => world.stop())

function talkIn(where: Where = whatsapp) {
  const inss = createInssClient({ url: api.running.api.url })
  const events: { type: string }[] = []
  let session: { token: string; personRef: string } | undefined
  let state: ConversationState | undefined
  let lastQuestion: string | undefined
  const login = {
    session: async () =>
      session && { firstName: 'Ana', level: 'silver' as const, personRef: session.personRef },
    token: async () => {
      if (session === undefined) throw new AppError('login_required')
      return session.token
    },
  }
  async function send(content: InboundContent): Promise<string> {
    const inbound = world.inbound(where, content)
    const now = world.clock.now()
    const turn = await bot(state, inbound, {
      conversationId: where.conversationId,
      today: civilDate(now),
      now: now.toISOString(),
      brasilia: brasiliaTime(now),
      inss,
      amounts: { minimumWage: 162_100, ceiling: 847_555 },
      notices: await world.notices.of(inbound, login),
      login: {
        ...login,
        link: async () => ({ url: 'http://localhost:3978/entrar/exemplo', code: '47 82', minutes: 10 }),
        lastFailure: async () => undefined,
        logout: async () => {
          session = undefined
          return {}
        },
      },
    })
    state = JSON.parse(JSON.stringify(turn.state)) as ConversationState
    events.push(...turn.events)
    lastQuestion = turn.replies.at(-1)?.questionId
    return turn.replies
      .map(({ text, choices }) => (choices === undefined ? text : `${text} [${choices.join('] [')}]`))
      .join('\n')
  }
  return {
    events: () => events.map(({ type }) => type),
    say: (text: string) => send({ kind: 'text', text }),
    press: (text: string) =>
      send({ kind: 'text', text, ...(lastQuestion !== undefined && { questionId: lastQuestion }) }),
    async login(cpf: string) {
      session = { token: await api.login(cpf, 'silver'), personRef: `ref-${cpf}` }
      return send({ kind: 'event', event: 'login_completed' })
    },
  }
}
const current = async (where: Where = whatsapp) =>
  (
    await world.notices.of(world.inbound(where), { session: async () => undefined, token: async () => '' })
  ).current()

describe('asking for notices', () => {
  it('needs login, asks what about, and can be changed, heard and stopped', async () => {
    const talk = talkIn()
    expect(await talk.say('quero receber avisos')).toContain(
      'Para escolher os seus avisos, preciso ter certeza',
    )
    expect(await current()).toEqual([])
    expect(await talk.login(benedito)).toContain(
      'O que você quer que eu avise por aqui? Mando só de segunda a sábado, das 9h às 20h.',
    )
    expect(await talk.press('Só pagamento')).toBe(
      'Pronto. Vou avisar por aqui sobre o seu pagamento. Todo aviso traz um código. Para conferir se é nosso, mande o código para cá.',
    )
    expect(await current()).toEqual(['pagamento'])
    expect(await talk.say('quais avisos eu recebo?')).toContain('Por aqui eu aviso sobre o seu pagamento.')
    await talk.say('quero receber avisos')
    expect(await talk.say('pedido e hora marcada')).toContain(
      'Vou avisar por aqui sobre o seu pedido e a sua hora marcada.',
    )
    expect(await talk.say('para de mandar aviso')).toContain('Não mando mais avisos por aqui.')
    expect(await current()).toEqual([])
    expect(await talk.say('quais avisos eu recebo?')).toContain('Por aqui ainda não mando avisos.')
    expect(talk.events()).toEqual(expect.arrayContaining(['notices_chosen', 'notices_stopped']))
  })

  it('without login gives none', async () => {
    const talk = talkIn()
    await talk.say('me avisa quando cair o pagamento')
    expect(await talk.press('Não quero entrar')).toContain('por isso não mando avisos')
    expect(await current()).toEqual([])
  })

  it('can end in wanting none', async () => {
    const talk = talkIn()
    await talk.say('quero receber avisos')
    await talk.login(benedito)
    expect(await talk.press('Não quero avisos')).toContain('Não mando mais avisos por aqui.')
    expect(await current()).toEqual([])
  })

  it('asks again what it could not read, with an example', async () => {
    const talk = talkIn()
    await talk.say('quero receber avisos')
    await talk.login(benedito)
    expect(await talk.say('xyzw')).toContain('Ou escreva: pagamento e pedido.')
    expect(await talk.say('por quê?')).toContain('Só aviso quem pediu.')
  })

  it('in the chat of the site says where notices come', async () => {
    const talk = talkIn({ channel: 'web', conversationId: 'c1' })
    expect(await talk.say('quero receber avisos')).toContain('Os avisos chegam por WhatsApp ou SMS.')
  })
})

describe('after a request that waits for an answer', () => {
  async function ask(where: Where) {
    const talk = talkIn(where)
    await talk.say('quero pedir aposentadoria por idade')
    let reply = await talk.login(severino)
    for (let questions = 0; questions < 5 && !reply.includes('Anote o número do protocolo'); questions += 1) {
      reply = await talk.say('sim')
    }
    return { talk, reply }
  }

  it('telling how it goes is offered, and a yes is a yes to just that', async () => {
    const { talk, reply } = await ask(whatsapp)
    expect(reply).toContain('Anote o número do protocolo')
    expect(reply).toMatch(
      /Quer que eu avise por aqui quando o pedido andar ou faltar um documento\? .* \[Sim\] \[Não\]$/,
    )
    expect(await talk.say('sim')).toContain(
      'Vou avisar por aqui sobre o seu pedido e um documento do seu pedido.',
    )
    expect(await current()).toEqual(['pedido', 'documento'])
  })
})

describe('"essa mensagem é de vocês?"', () => {
  it('is answered by its code, also in the middle of something else, and without login', async () => {
    await world.optIn(whatsapp, 'rosa').catch(() => undefined)
    const talk = talkIn()
    await talk.say('quero receber avisos')
    await talk.login(benedito)
    await talk.press('Avisar tudo')
    const person = (
      await api.call('POST', '/v1/citizen/following', {
        token: await api.login(benedito),
        body: {},
        headers: { 'Idempotency-Key': 'de-novo' },
      })
    ).body.person
    await world.post(world.event(person, 'payment.credited'))
    await world.drain()
    const code = world.codeIn(world.sent[0])
    const stranger = talkIn({ channel: 'web', conversationId: 'c2' })
    await stranger.say('quero simular minha aposentadoria')
    const reply = await stranger.say(`essa mensagem é de vocês? ${code}`)
    expect(reply).toContain(
      'Sim, esse código é de uma mensagem nossa. Enviamos em 23/11/2026 (segunda-feira), perto das 12h',
    )
    expect(reply).toContain('nós nunca mandamos link')
  })

  it('with another code is a warning', async () => {
    const reply = await talkIn().say('recebi um aviso com o código 7K3P-9XQM')
    expect(reply).toContain('Esse código não é nosso. Não toque em link')
    expect(reply).toContain('Na dúvida, ligue 135')
  })

  it('without one asks for it, and no code is an answer', async () => {
    const talk = talkIn()
    expect(await talk.say('recebi um sms do INSS, é golpe?')).toContain(
      'Qual é o código que veio na mensagem?',
    )
    expect(await talk.press('Não tem código')).toContain('Toda mensagem nossa traz um código.')
  })
})
