import { type BotTurn, type ConversationState, createBot } from '../../src/bot'
import type { Inbound, InboundContent, Unreadable } from '../../src/message'
import { loadUnderstanding } from '../../src/nlu/index'
import { t } from '../../src/text'

const bot = createBot(loadUnderstanding())

/** One conversation whose recordings somebody listens to; the state is written and read between messages. */
function startConversation() {
  let state: ConversationState | undefined
  let count = 0
  let last: BotTurn | undefined
  async function take(
    content: InboundContent,
    listened?: { heard?: string | undefined },
  ): Promise<{ said: string[]; outcome: string; events: string[]; asks: string | undefined }> {
    count += 1
    const at = new Date(Date.parse('2026-11-23T15:00:00Z') + count * 2000).toISOString()
    const inbound: Inbound = {
      id: `m${count}`,
      channel: 'whatsapp-cloud',
      conversationId: 'c1',
      at,
      ...content,
    }
    const before = state && (JSON.parse(JSON.stringify(state)) as ConversationState)
    last = await bot(
      before,
      inbound,
      {
        conversationId: 'c1',
        today: '2026-11-23',
        now: new Date(Date.parse(at) + 1000).toISOString(),
        brasilia: { weekday: 1, hour: 12 },
        inss: {} as never,
        amounts: { minimumWage: 162_100, ceiling: 847_555 },
        login: {
          session: async () => undefined,
          token: async () => 'token',
          link: async () => ({ url: 'http://localhost/entrar/x', code: '00 00', minutes: 10 }),
          lastFailure: async () => undefined,
          logout: async () => ({}),
        },
      },
      listened,
    )
    state = last.state
    return {
      said: last.replies.map(({ text }) => text),
      outcome: last.outcome,
      events: last.events.map(({ type }) => type),
      asks: last.replies.at(-1)?.expects,
    }
  }
  return {
    say: (text: string, questionId?: string) =>
      take({ kind: 'text', text, ...(questionId !== undefined && { questionId }) }),
    record: (heard: string | undefined) => take({ kind: 'unsupported', what: 'audio' }, { heard }),
    show: (what: Unreadable) => take({ kind: 'unsupported', what }),
    event: () => take({ kind: 'event', event: 'login_failed' }),
    open: () => last?.replies.at(-1),
    state: () => state,
  }
}

/** A simulation that waits for the date of birth. */
async function atTheBirthDate() {
  const talk = startConversation()
  await talk.say('quero simular minha aposentadoria')
  await talk.say('Eu conto')
  const asked = await talk.say('Mulher')
  expect(asked.asks).toBe('simulate-retirement.birthDate')
  return { ...talk, question: asked.said.at(-1) as string }
}

describe('a recording', () => {
  it('is said back before it counts, with a yes and a way to write instead', async () => {
    const talk = startConversation()
    const turn = await talk.record('  quero ver meu\n pagamento ')
    expect(turn).toEqual({
      said: ['Ouvi o seu áudio e entendi: "quero ver meu pagamento". Certo?'],
      outcome: 'asked',
      events: ['audio_heard'],
      asks: 'repair.heard',
    })
    expect(talk.open()?.choices).toEqual(['Sim', 'Não, vou escrever'])
  })

  it.each(['Sim', 'sim.', 'isso mesmo', 'está certo', '1'])('opens a service after "%s"', async (yes) => {
    const talk = startConversation()
    await talk.record('quero simular minha aposentadoria')
    const turn = await talk.say(yes)
    expect(turn.asks).toBe('simulate-retirement.source')
    expect(turn.events).toContain('audio_confirmed')
    expect(talk.state()?.heard).toBeUndefined()
  })

  it('answers the question that is open after the pressed yes', async () => {
    const talk = await atTheBirthDate()
    await talk.record('doze de março de mil novecentos e sessenta e seis')
    const turn = await talk.say('Sim', talk.open()?.questionId)
    expect(turn.asks).not.toBe('simulate-retirement.birthDate')
    expect(turn.asks).toMatch(/^simulate-retirement\./)
  })

  it.each(['Não, vou escrever', 'não', 'tá errado', 'não foi isso', 'vou escrever', '2'])(
    'is let go after "%s", and the open question is asked again',
    async (no) => {
      const talk = await atTheBirthDate()
      await talk.record('doze de março')
      const turn = await talk.say(no)
      expect(turn.said).toEqual([t('repair.heard_wrong'), talk.question])
      expect(turn.outcome).toBe('repair_unsupported')
      expect(turn.events).toContain('audio_misheard')
      expect(turn.asks).toBe('simulate-retirement.birthDate')
      expect((await talk.say('12/03/1966')).asks).not.toBe('simulate-retirement.birthDate')
    },
  )

  it('that was wrong with nothing open leads to the menu', async () => {
    const talk = startConversation()
    await talk.record('quero sacar o fundo')
    expect((await talk.say('não')).said).toEqual([t('repair.heard_wrong'), t('menu.question')])
  })

  it.each([
    ['12/03/1966', /^simulate-retirement\.(?!birthDate)/],
    ['sim, quero ver meu pagamento', /./],
  ])('is forgotten when "%s" is written instead', async (text, asks) => {
    const talk = await atTheBirthDate()
    await talk.record('não quero nada disso')
    const turn = await talk.say(text)
    expect(turn.asks).toMatch(asks)
    expect(turn.asks).not.toBe('repair.heard')
    expect(talk.state()?.heard).toBeUndefined()
  })

  it('is said back again to who asks to repeat, and still waits for the yes', async () => {
    const talk = startConversation()
    const first = await talk.record('quero simular minha aposentadoria')
    expect((await talk.say('repete')).said).toEqual(first.said)
    expect((await talk.say('sim')).asks).toBe('simulate-retirement.source')
  })

  it('sent after another takes its place, and the question from before is not lost', async () => {
    const talk = await atTheBirthDate()
    await talk.record('doze de')
    await talk.record('doze de março de 1966')
    expect((await talk.say('não')).said).toEqual([t('repair.heard_wrong'), talk.question])
  })

  it('never takes the yes of an older one', async () => {
    const talk = startConversation()
    await talk.record('quero cancelar tudo')
    const older = talk.open()?.questionId
    await talk.record('quero simular minha aposentadoria')
    const turn = await talk.say('Sim', older)
    expect(turn.outcome).toBe('repair_stale_answer')
  })

  it('whose yes comes after something else happened confirms nothing', async () => {
    const talk = await atTheBirthDate()
    await talk.record('doze de março de 1966')
    const asked = talk.open()?.questionId
    await talk.event()
    expect((await talk.say('Sim', asked)).outcome).toBe('repair_stale_answer')
  })

  it('of someone in danger is answered at once', async () => {
    const talk = startConversation()
    const turn = await talk.record('eu não aguento mais, quero me matar')
    expect(turn.outcome).toBe('repair_crisis')
    expect(turn.said.join(' ')).toContain('188')
    expect(talk.state()?.heard).toBeUndefined()
  })

  it.each([undefined, '', ' … '])(
    'in which nothing can be made out (%p) is answered kindly',
    async (heard) => {
      const talk = await atTheBirthDate()
      const turn = await talk.record(heard)
      expect(turn.said[0]).toBe(t('repair.heard_nothing'))
      expect(turn.said.at(-1)).toBe(talk.question)
      expect(turn.outcome).toBe('repair_unsupported')
    },
  )

  it('that is very long is asked for in few words', async () => {
    const talk = startConversation()
    expect((await talk.record('eu queria saber '.repeat(300))).said[0]).toBe(t('repair.too_long'))
  })

  it('nobody listens to is answered with how to write and how to reach a person', async () => {
    const talk = startConversation()
    const turn = await talk.show('audio')
    expect(turn.said[0]).toBe(
      'Ainda não consigo ouvir áudio. Pode escrever, por favor? Poucas palavras bastam. Para falar com uma pessoa, escreva "atendente".',
    )
    expect((await talk.say('atendente')).said.join(' ')).toContain('135')
  })
})

describe('what we cannot read', () => {
  it.each<Unreadable>(['image', 'video', 'sticker', 'document', 'location', 'contact', 'other', 'audio'])(
    'a message of kind %s is named, an example of the answer is given, and the question is asked again',
    async (what) => {
      const talk = await atTheBirthDate()
      const turn = await talk.show(what)
      expect(turn.said).toEqual([
        t(`repair.unsupported_${what}`),
        t('simulation.example_birth'),
        talk.question,
      ])
      expect(turn.outcome).toBe('repair_unsupported')
      expect(turn.asks).toBe('simulate-retirement.birthDate')
    },
  )

  it('a picture while a recording waits for its yes asks about the recording again', async () => {
    const talk = startConversation()
    const asked = await talk.record('quero simular minha aposentadoria')
    expect((await talk.show('image')).said).toEqual([t('repair.unsupported_image'), ...asked.said])
    expect((await talk.say('sim')).asks).toBe('simulate-retirement.source')
  })

  it.each<Unreadable>(['image', 'document'])('a %s that the INSS asked for is shown its way', (what) => {
    expect(t(`repair.unsupported_${what}`)).toMatch(/aplicativo Meu INSS.*135/)
  })
})
