import { randomBytes } from 'node:crypto'
import type { Context } from '../../dialogs/service'
import { createBot } from '../../src/bot'
import type { Channel } from '../../src/channels/channel'
import { AppError } from '../../src/errors'
import type { ChannelId, InboundContent, Outbound } from '../../src/message'
import { loadUnderstanding } from '../../src/nlu/index'
import { createNotices } from '../../src/notices/notices'
import { createMemoryStore } from '../../src/store/memory'
import { type TurnDeps, takeTurn } from '../../src/turn'
import { contextOf, createHandClock, createKeptLog, inboundOf } from './harness'

const understand = loadUnderstanding()
const bot = createBot(understand)
type Event = { type: string; outcome?: string; why?: string }

/** The real bot and the real notices over one store, on channels where people are written to or not. */
function setUp() {
  const clock = createHandClock('2026-11-25T15:00:00.000Z')
  const { log, lines } = createKeptLog()
  const store = createMemoryStore({ clock })
  const unfollowed: string[] = []
  const notices = createNotices({
    outbox: store.outbox,
    records: store.records,
    inss: {
      follow: async () => 'person-of-the-inss',
      unfollow: async (person: string) => void unfollowed.push(person),
      list: async () => ({ items: [], cursor: null, more: false }),
    },
    secretKey: randomBytes(32),
    webhookSecret: 'segredo-dos-testes',
    channels: ['whatsapp-cloud', 'sms-kannel'],
    publicUrl: 'http://localhost:3978',
    clock,
    log,
  })
  const channels: Partial<Record<ChannelId, Channel>> = {
    web: { id: 'web', whenUnknown: 'resend', send: async () => undefined },
    'whatsapp-cloud': {
      id: 'whatsapp-cloud',
      whenUnknown: 'await_receipt',
      notices: true,
      send: async () => undefined,
    },
    'sms-kannel': {
      id: 'sms-kannel',
      whenUnknown: 'await_receipt',
      notices: true,
      register: 'short',
      forgetAfterDays: 30,
      send: async () => undefined,
    },
  }
  const sessions = new Set<string>()
  const off = { is: false }
  /** Whether there are people who can take over, and whether every dialog fails. */
  const people = { are: false }
  const broken = { is: false }
  let count = 0

  const loginOf = (place: string): Context['login'] => ({
    session: async () =>
      sessions.has(place) ? { firstName: 'Ana', level: 'silver', personRef: 'ana' } : undefined,
    async token() {
      if (!sessions.has(place)) throw new AppError('login_required')
      return 'token-of-ana'
    },
    link: async () => ({ url: 'http://localhost:3978/entrar/exemplo', code: '47 82', minutes: 10 }),
    lastFailure: async () => undefined,
    async logout() {
      sessions.delete(place)
      return {}
    },
  })

  /** What people see, and what is recorded, after they send this on a channel. */
  function on(channel: ChannelId, conversationId = `c-${channel}`) {
    const place = `${channel}:${conversationId}`
    const login = loginOf(place)
    const deps: TurnDeps = {
      store,
      bot: (...turn) => (broken.is ? Promise.reject(new Error('a bug')) : bot(...turn)),
      clock,
      log,
      channelOf: (id) => channels[id],
      isOff: async () => off.is,
      inDanger: (text) => understand(text).crisis !== undefined,
      notices: { optOut: notices.optOut, optIn: (inbound, context) => notices.optIn(inbound, context.login) },
      contextOf: async (inbound) => ({
        ...contextOf(conversationId, { login, notices: await notices.of(inbound, login) }),
        ...(people.are && { desk: { offer: async () => OFFER } }),
      }),
    }
    async function send(content: string | InboundContent, seconds = 5) {
      clock.forward(seconds)
      count += 1
      const at = clock.now().toISOString()
      const message = inboundOf(`m${count}`, content, { channel, conversationId, at, address: 'sealed' })
      const work = await store.inbox.append(message, { worker: 'w', milliseconds: 10_000 })
      if (typeof work === 'string') throw new Error('the message did not arrive')
      const known = (await store.conversations.events(conversationId)).length
      const { lease, waiting: handled, state, ticket } = work
      const { toSend } = await takeTurn({ lease, inbound: message, handled, state, ticket }, deps)
      const replies: Outbound[] = []
      for (let entry = toSend; entry !== undefined; entry = await store.outbox.sent(entry.message))
        replies.push(entry.message)
      const events = ((await store.conversations.events(conversationId)) as Event[]).slice(known)
      return {
        replies,
        said: replies.map(({ text }) => text).join('\n'),
        asked: replies.at(-1)?.questionId,
        events: events.map(({ type }) => type),
        outcome: events.at(-1)?.outcome,
      }
    }
    return {
      send,
      logIn: () => sessions.add(place),
      isLoggedIn: () => sessions.has(place),
      /** As the dialog about notices does when the person says yes. */
      async wantNotices() {
        sessions.add(place)
        const inbound = inboundOf('wish', 'quero receber avisos', { channel, conversationId })
        await (await notices.of(inbound, login)).choose(['pagamento', 'pedido'], 'notices.ask')
      },
      async subjects() {
        const inbound = inboundOf('look', { kind: 'opened' }, { channel, conversationId })
        return (await notices.of(inbound, login)).current()
      },
      questions: async () =>
        ((await store.conversations.load(conversationId)) as { dialogs: unknown[] }).dialogs.length,
    }
  }
  return { on, clock, lines, off, people, broken, unfollowed, store }
}

const OFFER = {
  open: true,
  people: 1,
  ahead: 0,
  nextOpening: '2026-11-25T15:00:00.000Z',
  callbackBy: '2026-11-25T19:00:00.000Z',
  down: false,
}

describe('somebody to whom a person is offered', () => {
  async function offered() {
    const world = setUp()
    world.people.are = true
    const person = world.on('whatsapp-cloud')
    await person.wantNotices()
    expect((await person.send('quero falar com uma pessoa')).asked).toMatch(/^person\./)
    return { person, store: world.store }
  }

  it.each(['voltar', 'cancelar'])('declines with "%s", and stops or starts nothing else', async (word) => {
    const { person } = await offered()
    const { said, events } = await person.send(word)
    expect(said).toMatch(/^Certo\./)
    expect(events).toContain('person_offer_answered')
    expect(await person.subjects()).toEqual(['pagamento', 'pedido'])
    expect(person.isLoggedIn()).toBe(true)
  })

  it.each(['offered', 'in the line'])(
    'ends it with "sair" when %s, and hears of no person afterwards',
    async (where) => {
      const { person, store } = await offered()
      if (where === 'in the line') await person.send('esperar na fila')
      const { said } = await person.send('sair')
      expect(said).toMatch(/não mando mais avisos/i)
      expect((await person.send('oi')).said).not.toMatch(/pessoa do INSS/)
      if (where === 'in the line')
        expect((await store.desk.ticket('c-whatsapp-cloud'))?.state).toBe('returned')
    },
  )
})

it('offers a person when the bot itself fails, and the choice works as soon as it does', async () => {
  const { on, people, broken } = setUp()
  const person = on('sms-kannel')
  broken.is = true
  expect((await person.send('quero ver meu pagamento')).asked).toBeUndefined()
  people.are = true
  const { said, asked, outcome } = await person.send('quero ver meu pagamento')
  expect(outcome).toBe('error_internal')
  expect(said).toMatch(/falar com uma pessoa do INSS\?/)
  broken.is = false
  const choice = { kind: 'text', text: 'Falar com uma pessoa', questionId: asked ?? '' } as const
  expect((await person.send(choice)).said).toMatch(/Esper\w+ na fila/)
})

const phones = ['whatsapp-cloud', 'sms-kannel'] as const

describe.each(phones)('somebody who wants no more messages on %s', (channel) => {
  it.each(['sair', 'SAIR', 'Parar.', 'pare!', ' Stop ', '"PARAR"', 'párar', 'cancelar', '👎 sair'])(
    'is obeyed when they write %s, and nothing else',
    async (word) => {
      const person = setUp().on(channel)
      await person.wantNotices()
      await person.send('oi')
      const { said, outcome, events } = await person.send(word)
      expect(said).toMatch(/não mando mais avisos/i)
      expect(said).toMatch(/escreva: quero receber avisos/)
      expect(outcome).toBe('repair_cancelled')
      expect(events).toEqual(['opted_out', 'turn_taken'])
      expect(await person.subjects()).toEqual([])
      expect(person.isLoggedIn()).toBe(false)
    },
  )

  it.each([
    'quero parar de pagar o INSS',
    'não quero cancelar',
    'sair da conta',
    'stop por favor',
    'parar?! de novo',
  ])('is not meant by %s', async (sentence) => {
    const person = setUp().on(channel)
    await person.wantNotices()
    const { said } = await person.send(sentence)
    expect(said).not.toMatch(/mando mais avisos/i)
    expect(await person.subjects()).toEqual(['pagamento', 'pedido'])
  })

  it.each(['sair', 'PARAR', 'pare', 'stop'])(
    'is obeyed with a form open as well when they write %s',
    async (word) => {
      const person = setUp().on(channel)
      await person.wantNotices()
      await person.send('quero simular minha aposentadoria')
      expect(await person.questions()).toBeGreaterThan(0)
      expect((await person.send(word)).said).toMatch(/mando mais avisos/i)
      expect(await person.questions()).toBe(0)
      expect(await person.subjects()).toEqual([])
      expect(person.isLoggedIn()).toBe(false)
      expect((await person.send('sim')).said).not.toMatch(/mulher ou de um homem/)
    },
  )

  it('leaves only the form with "cancelar", as the form itself tells them to', async () => {
    const person = setUp().on(channel)
    await person.wantNotices()
    await person.send('quero simular minha aposentadoria')
    const { said, events } = await person.send('CANCELAR')
    expect(said).not.toMatch(/mando mais avisos/i)
    expect(events).toContain('service_cancelled')
    expect(await person.questions()).toBe(0)
    expect(await person.subjects()).toEqual(['pagamento', 'pedido'])
    expect(person.isLoggedIn()).toBe(true)
  })

  it.each(['Cancelar', 'Parar'])('is not meant by a pressed choice that says %s', async (text) => {
    const person = setUp().on(channel)
    await person.wantNotices()
    await person.send({ kind: 'text', text, questionId: 'q1' })
    expect(await person.subjects()).toEqual(['pagamento', 'pedido'])
    expect(person.isLoggedIn()).toBe(true)
  })

  it('is told the way back, which needs a login', async () => {
    const person = setUp().on(channel)
    await person.wantNotices()
    await person.send('PARAR')
    const without = await person.send('voltar')
    expect(without.said).toMatch(/quero receber avisos/i)
    expect(without.events).toEqual(['turn_taken'])
    expect(await person.subjects()).toEqual([])
    person.logIn()
    const back = await person.send('Voltar!')
    expect(back.said).toMatch(/avisos/i)
    expect(back.said).not.toMatch(/quero receber avisos/i)
    expect(back.events).toEqual(['opted_in', 'turn_taken'])
    expect(await person.subjects()).toEqual(['pagamento', 'pedido'])
  })

  it('goes back one question with "voltar" while a form is open', async () => {
    const person = setUp().on(channel)
    await person.send('quero simular minha aposentadoria')
    await person.send('eu conto')
    const { said, outcome } = await person.send('voltar')
    expect(outcome).toBe('repair_went_back')
    expect(said).not.toMatch(/avisos/i)
  })
})

describe('somebody who wants no more messages', () => {
  it('still gets them on the other channel they chose, and is forgotten by the INSS API only with the last one', async () => {
    const { on, unfollowed } = setUp()
    const [whatsapp, sms] = [on('whatsapp-cloud'), on('sms-kannel')]
    await whatsapp.wantNotices()
    await sms.wantNotices()
    await sms.send('PARAR')
    expect(await sms.subjects()).toEqual([])
    expect(await whatsapp.subjects()).toEqual(['pagamento', 'pedido'])
    expect(unfollowed).toEqual([])
    await whatsapp.send('SAIR')
    expect(await whatsapp.subjects()).toEqual([])
    expect(unfollowed).toEqual(['person-of-the-inss'])
  })

  it('means the session where nobody is written to: on the web the same words are ordinary', async () => {
    const person = setUp().on('web')
    person.logIn()
    await person.send('quero simular minha aposentadoria')
    const { events, said } = await person.send('cancelar')
    expect(events).toContain('service_cancelled')
    expect(said).not.toMatch(/avisos/i)
    expect(person.isLoggedIn()).toBe(true)
    expect((await person.send('sair')).events).toContain('logged_out')
    expect((await person.send('voltar')).said).not.toMatch(/avisos/i)
  })

  it('does not confirm an old recording with the next "sim"', async () => {
    const { on, store } = setUp()
    const person = on('whatsapp-cloud')
    await person.send('oi')
    const work = await store.inbox.append(inboundOf('x', 'x', { conversationId: 'c-whatsapp-cloud' }), {
      worker: 'w',
      milliseconds: 1000,
    })
    if (typeof work === 'string') throw new Error('not free')
    const heard = { text: 'quero simular', questionId: 'heard.x', before: [] }
    const state = { ...(work.state as object), heard }
    await store.conversations.commit(work.lease, work.waiting, { state, replies: [], events: [] })
    await person.send('PARAR')
    const { events } = await person.send('sim')
    expect(events).not.toContain('audio_confirmed')
    expect(await person.questions()).toBe(0)
  })
})

describe('a machine that answers ours', () => {
  const sentence = 'Obrigado pelo contato! Em breve um atendente vai responder.'

  it('is told once that it looks like one, and then nothing more', async () => {
    const person = setUp().on('whatsapp-cloud')
    const answers = []
    for (let times = 0; times < 8; times += 1) answers.push(await person.send(sentence))
    expect(answers.slice(0, 4).every(({ said, outcome }) => said !== '' && outcome !== 'repair_loop')).toBe(
      true,
    )
    expect(answers[4]?.said).toMatch(/muitas mensagens seguidas/)
    expect(answers.slice(5).map(({ said, outcome }) => [said, outcome])).toEqual(
      Array(3).fill(['', 'repair_loop']),
    )
    expect(answers[6]?.events).toContain('loop_stopped')
  })

  it('is one also when it changes capitals and accents', async () => {
    const person = setUp().on('web')
    const forms = [sentence, sentence.toUpperCase(), sentence.replace('vai', 'vaí')]
    let last = ''
    for (let times = 0; times < 5; times += 1) last = (await person.send(forms[times % 3] ?? '')).said
    expect(last).toMatch(/muitas mensagens seguidas/)
  })

  it('is answered again when it says something else', async () => {
    const person = setUp().on('web')
    for (let times = 0; times < 7; times += 1) await person.send(sentence)
    expect((await person.send('quero simular minha aposentadoria')).outcome).toBe('asked')
  })

  it('is one when it writes more than forty times a minute, until the minute is over', async () => {
    const person = setUp().on('web')
    const answers = []
    for (let times = 0; times < 45; times += 1) answers.push(await person.send(`pergunta ${times}`, 1))
    expect(answers.slice(0, 40).filter(({ outcome }) => outcome === 'repair_loop')).toEqual([])
    expect(answers[40]?.said).toMatch(/muitas mensagens seguidas/)
    expect(answers.slice(41).map(({ said }) => said)).toEqual(['', '', '', ''])
    expect((await person.send('oi', 60)).outcome).toBe('answered')
  })

  it('is nobody who says "sim" ten times in a row, or presses the same long choice', async () => {
    const person = setUp().on('web')
    for (let times = 0; times < 10; times += 1)
      expect((await person.send('sim')).outcome).not.toBe('repair_loop')
    const pressed = { kind: 'text', text: 'Já tenho direito adquirido', questionId: 'q1' } as const
    for (let times = 0; times < 10; times += 1)
      expect((await person.send(pressed)).outcome).not.toBe('repair_loop')
  })

  it('is not somebody in danger who says so again and again', async () => {
    const person = setUp().on('web')
    for (let times = 0; times < 7; times += 1)
      expect((await person.send('me ajuda, eu quero me matar')).said).toMatch(/188/)
  })

  it('is obeyed when it asks for no more messages', async () => {
    const person = setUp().on('sms-kannel')
    await person.wantNotices()
    for (let times = 0; times < 45; times += 1) await person.send(`mensagem ${times}`, 0.5)
    expect((await person.send('PARAR', 0.5)).said).toMatch(/mando mais avisos/i)
    expect(await person.subjects()).toEqual([])
  })
})

describe('while the assistant is turned off', () => {
  it('says so once in ten minutes, keeps the wish for a person each time, and forgets nothing', async () => {
    const { on, off } = setUp()
    const person = on('web')
    await person.send('quero simular minha aposentadoria')
    off.is = true
    const first = await person.send('eu conto')
    expect(first.said).toMatch(/135/)
    expect(first.outcome).toBe('handed_off')
    const second = await person.send('alô?', 300)
    expect(second.said).toBe('')
    const third = await person.send('alguém?', 301)
    expect(third.said).toMatch(/135/)
    for (const { events } of [first, second, third])
      expect(events).toEqual(['person_requested', 'turn_taken'])
    off.is = false
    expect((await person.send('eu conto')).said).toMatch(/mulher ou de um homem/)
  })

  it('still answers somebody in danger', async () => {
    const { on, off } = setUp()
    off.is = true
    const person = on('web')
    await person.send('oi')
    expect((await person.send('eu quero me matar')).said).toMatch(/188/)
  })

  it('still obeys who wants no more messages', async () => {
    const { on, off } = setUp()
    const person = on('whatsapp-cloud')
    await person.wantNotices()
    off.is = true
    expect((await person.send('PARAR')).said).toMatch(/mando mais avisos/i)
    expect(await person.subjects()).toEqual([])
  })
})

describe('a telephone that may be somebody else’s now', () => {
  it('is a stranger’s after more than thirty silent days by SMS: what was said is forgotten, and login and notices end', async () => {
    const person = setUp().on('sms-kannel')
    await person.wantNotices()
    await person.send('quero simular minha aposentadoria')
    await person.send('eu conto')
    const { said } = await person.send('mulher', 30 * 86_400 + 1)
    expect(said).not.toMatch(/nascimento/)
    expect(person.isLoggedIn()).toBe(false)
    expect(await person.subjects()).toEqual([])
  })

  it.each([
    ['sms-kannel', 30],
    ['whatsapp-cloud', 90],
  ] as const)('is the same person’s on %s after %d days', async (channel, days) => {
    const person = setUp().on(channel)
    await person.send('quero simular minha aposentadoria')
    await person.send('eu conto')
    person.logIn()
    expect((await person.send('mulher', days * 86_400)).said).toMatch(/nascimento/)
    expect(person.isLoggedIn()).toBe(true)
  })

  it('ends the login and the notices without a word when WhatsApp says that the number changed', async () => {
    const person = setUp().on('whatsapp-cloud')
    await person.wantNotices()
    await person.send('oi')
    const { replies, events } = await person.send({ kind: 'event', event: 'number_changed' })
    expect(replies).toEqual([])
    expect(events).toEqual(['number_changed', 'turn_taken'])
    expect(person.isLoggedIn()).toBe(false)
    expect(await person.subjects()).toEqual([])
  })
})

describe('the log', () => {
  it('has nothing of what was said, and of nobody', async () => {
    const { on, lines } = setUp()
    for (const channel of ['web', ...phones] as const) {
      const person = on(channel)
      await person.send('quero simular minha aposentadoria, me chamo Ana, CPF 529.982.247-25')
      await person.send('PARAR')
    }
    expect(lines.length).toBeGreaterThan(5)
    expect(lines.join('')).not.toMatch(/Ana|529|PARAR|aposentadoria|sealed|token-of/)
  })
})
