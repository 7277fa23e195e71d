import { randomBytes } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Channel } from '../../src/channels/channel'
import type { Agent } from '../../src/handoff/desk'
import type { Inbound, Outbound } from '../../src/message'
import { createMemoryStore } from '../../src/store/memory'
import type { Presence, Store } from '../../src/store/store'
import { type Process, START, scriptedBot, startProcess, textOf, throughStore } from './world'

const ana: Agent = { id: 'a1', name: 'Ana' }
const bia: Agent = { id: 'a2', name: 'Bia' }
const celia: Agent = { id: 's1', name: 'Célia', supervisor: true }

describe('the desk', () => {
  let now: number
  let store: Store
  let sent: Outbound[]
  let process: Process
  let open: boolean
  /** What the bot waits for before it answers. */
  let thinking: Promise<void>
  let count: number
  const clock = { now: () => new Date(now) }
  const channel: Channel = {
    id: 'web',
    whenUnknown: 'resend',
    notices: true,
    showsSpeaker: true,
    shape: (bubbles) => bubbles.flatMap((each) => each.text.split('|').map((text) => ({ ...each, text }))),
    async send(message) {
      sent.push(message)
    },
  }
  const start = () =>
    startProcess({
      ...{ name: 'p0', store, clock, channel, bot: scriptedBot(() => thinking), open: () => open },
      inDanger: (text) => text.endsWith('socorro'),
    })

  beforeEach(() => {
    now = START
    store = createMemoryStore({ clock })
    sent = []
    open = true
    count = 0
    thinking = Promise.resolve()
    process = start()
  })
  afterEach(() => process.stop())

  const settle = async () => {
    for (let rounds = 0; rounds < 8; rounds += 1) await new Promise((resolve) => setImmediate(resolve))
  }
  const minutes = (some: number) => {
    now += some * 60_000
  }
  async function write(text: string, conversationId = 'c1'): Promise<string> {
    count += 1
    const id = `m${count}`
    await store.inbox.append(textOf(id, conversationId, text, clock.now()))
    for (let looks = 0; looks < 3; looks += 1) await process.work()
    await settle()
    return id
  }
  async function route(): Promise<void> {
    await process.route(true)
    await process.work()
    process.send()
    await settle()
  }
  const presence = ({ id, name }: Agent, more: Partial<Presence> = {}): Presence => ({
    ...{ id, name, skills: ['geral'], capacity: 1, status: 'available', since: now },
    ...more,
  })
  const key = () => {
    count += 1
    return `key-${count}`
  }
  const ticket = async (conversationId = 'c1') => {
    const found = await store.desk.ticket(conversationId)
    if (found === undefined) throw new Error('no ticket')
    return found
  }
  const texts = (conversationId = 'c1') =>
    sent
      .filter((message) => message.conversationId === conversationId)
      .map(({ text, speaker }) => `${speaker ?? 'bot'}: ${text.replace(/^bot \S+ /, '')}`)
  const lines = async (conversationId = 'c1') =>
    (await store.desk.lines(conversationId)).map(
      ({ who, text, unsaid }) => `${who}${unsaid ? '?' : ''}: ${text}`,
    )

  /** Somebody who asked for a person, and has Ana. */
  async function talking(): Promise<void> {
    await process.desk.present(presence(ana))
    await write('pessoa')
    await route()
    await process.desk.speak('c1', ana, { text: 'olá' }, key())
    process.send()
    await settle()
    sent = []
  }

  it('gives a conversation that two claim at once to one, and tells the other whose it is', async () => {
    await write('pessoa')
    const other = start()
    const results = await Promise.all([
      process.desk.claim('c1', ana, key()),
      other.desk.claim('c1', bia, key()),
    ])
    const { agentId } = await ticket()
    expect(results.filter(({ ok }) => ok)).toHaveLength(1)
    expect(results.find(({ ok }) => !ok)).toEqual({ ok: false, code: 'taken', agentId })
    await other.stop()
  })

  it('lets a slow turn that ends after the handover say nothing, and shows the agent what it would have said', async () => {
    const slow = new AbortController()
    thinking = new Promise((resolve) => {
      slow.signal.addEventListener('abort', () => resolve())
    })
    await store.inbox.append(textOf('m1', 'c1', 'oi', clock.now()))
    const turn = process.work()
    await settle()
    await process.desk.speak('c1', celia, { text: 'eu assumo', over: true, channel: 'web' }, key())
    slow.abort()
    await turn
    process.send()
    await settle()
    expect(texts()).toEqual(['desk: Célia, do INSS, entrou na conversa.', 'agent: eu assumo'])
    expect((await lines()).slice(-2)).toEqual([
      'person: m1 oi',
      expect.stringMatching(/^bot\?: bot \S+ m1 oi$/),
    ])
  })

  it('asks whose the conversation is by now when a message was taken a while ago', async () => {
    const over = { text: 'eu assumo', over: true, channel: 'web' as const }
    const slow = throughStore(store, async (name, _args, call) => {
      if (name === 'limits.take' && sent.length === 0) {
        now += 2000
        await process.desk.speak('c1', celia, over, 'over')
      }
      return call()
    })
    const paced: Channel = { ...channel, pace: { perSecond: 100 } }
    const frozen = startProcess({ name: 'p1', store: slow, clock, channel: paced, bot: scriptedBot() })
    await store.inbox.append(textOf('m1', 'c1', 'oi', clock.now()))
    await frozen.work()
    await settle()
    expect(texts()).toEqual(['desk: Célia, do INSS, entrou na conversa.', 'agent: eu assumo'])
    expect((await lines()).at(-1)).toMatch(/^bot\?: .*oi$/)
    await frozen.stop()
  })

  it('sends a reply once that came twice after the network dropped, also when it is over meanwhile', async () => {
    await talking()
    const same = key()
    const say = () => process.desk.speak('c1', ana, { text: 'de novo' }, same)
    expect((await Promise.all([say(), say()])).map(({ ok }) => ok)).toEqual([true, true])
    await process.desk.close('c1', ana, 'resolved', key())
    expect(await say()).toMatchObject({ ok: true, ticket: { state: 'closed' } })
    await route()
    expect(texts().filter((text) => text.includes('de novo'))).toHaveLength(1)
    expect(await process.desk.speak('c1', ana, { text: 'tarde' }, key())).toEqual({
      ok: false,
      code: 'refused',
    })
  })

  it('keeps the order of fifty who wait when the assistant is started again', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'desk-')), 'sealed')
    const secret = randomBytes(32)
    store = createMemoryStore({ clock, file, key: secret })
    await process.stop()
    process = start()
    const people = Array.from({ length: 50 }, (_, index) => `c${index}`)
    for (const id of people) {
      now += 1000
      await write('pessoa', id)
    }
    await process.stop()
    await store.close()

    store = createMemoryStore({ clock, file, key: secret })
    process = start()
    await process.desk.present(presence(ana))
    const served: string[] = []
    for (const _ of people) {
      await route()
      const [mine] = (await store.desk.open()).filter(({ agentId }) => agentId === ana.id)
      if (mine === undefined) break
      served.push(mine.conversationId)
      await process.desk.close(mine.conversationId, ana, 'resolved', key())
    }
    expect(served).toEqual(people)
  })

  it('refuses what is not the agent’s, and lets a supervisor watch, whisper and take over', async () => {
    await talking()
    const notMine = { ok: false, code: 'not_yours', agentId: 'a1' }
    expect(await process.desk.speak('c1', bia, { text: 'oi' }, key())).toEqual(notMine)
    expect(await process.desk.close('c1', bia, 'resolved', key())).toEqual(notMine)
    expect(await process.desk.takeOver('c1', bia, key())).toEqual({ ok: false, code: 'refused' })
    await process.desk.note('c1', celia, 'pergunte a data', key(), { whisper: true })
    expect((await store.desk.lines('c1')).at(-1)).toMatchObject({ who: 'note', whisper: true, agentId: 's1' })
    expect(await process.desk.takeOver('c1', celia, key())).toMatchObject({
      ok: true,
      ticket: { agentId: 's1' },
    })
    expect(await process.desk.speak('c1', ana, { text: 'oi' }, key())).toEqual({ ...notMine, agentId: 's1' })
    await process.desk.speak('c1', celia, { text: 'uma|duas' }, key())
    process.send()
    await settle()
    expect(texts()).toEqual(['desk: Agora quem fala com você é Célia, do INSS.', 'agent: uma', 'agent: duas'])
  })

  describe('while somebody waits', () => {
    it('keeps what they write, says so once, and shows it to who answers', async () => {
      await write('pessoa')
      sent = []
      await write('é sobre o meu pagamento')
      await write('caiu menos')
      expect(texts()).toEqual([expect.stringMatching(/^desk: Anotei\. /)])
      expect(await lines()).toEqual(
        expect.arrayContaining(['person: m2 é sobre o meu pagamento', 'person: m3 caiu menos']),
      )
    })

    it('lets them go back to the bot with a word', async () => {
      await write('pessoa')
      sent = []
      await store.inbox.append({
        ...textOf('x', 'c1', '', clock.now()),
        kind: 'text',
        text: 'Quero voltar ao assistente',
      })
      await process.work()
      await settle()
      expect(texts()).toEqual(['bot: desk_returned'])
      expect(await ticket()).toMatchObject({ state: 'returned', outcome: 'gave_up' })
    })

    it('answers danger all the same, and lets them come first', async () => {
      await write('pessoa', 'c0')
      now += 1000
      await write('pessoa')
      sent = []
      await write('socorro')
      expect(texts()).toEqual([expect.stringContaining('desk: ')])
      expect(await ticket()).toMatchObject({ state: 'queued', priority: 0, brief: { flags: ['crisis'] } })
      await process.desk.present(presence(ana))
      await route()
      expect((await ticket()).agentId).toBe('a1')
    })

    it('obeys words that stop our messages', async () => {
      await write('pessoa')
      await store.inbox.append({ ...textOf('x', 'c1', '', clock.now()), kind: 'text', text: 'SAIR' })
      await process.work()
      expect((await ticket()).state).toBe('returned')
      expect(await store.conversations.events('c1')).toContainEqual(
        expect.objectContaining({ type: 'opted_out' }),
      )
    })

    it('tells the place when the line moved, not more than once a minute, and never for nothing', async () => {
      for (const id of ['c0', 'c2', 'c1']) {
        now += 1000
        await write('pessoa', id)
      }
      sent = []
      const pause = async () => {
        for (const each of [ana, bia]) await process.desk.present(presence(each, { status: 'pause' }))
      }
      await pause()
      await route()
      await route()
      expect(sent).toEqual([])
      await process.desk.claim('c0', ana, key())
      await process.desk.claim('c2', bia, key())
      await route()
      expect(texts()).toEqual([])
      minutes(1)
      await pause()
      await route()
      await route()
      expect(texts()).toEqual(['desk: A fila andou. A próxima vez é a sua.'])
    })

    it('offers a call-back when it took too long, and when the desk closes', async () => {
      await write('pessoa')
      minutes(61)
      await route()
      expect((await ticket()).state).toBe('expired')
      expect(texts().at(-1)).toBe('bot: desk_expired')
      await write('depois')
      expect(await ticket()).toMatchObject({
        state: 'callback',
        callback: { promisedAt: clock.now().toISOString() },
      })
      await write('pessoa', 'c2')
      open = false
      await route()
      expect((await ticket('c2')).state).toBe('expired')
    })

    it('forgets an offer that nobody answered', async () => {
      await write('oferta')
      minutes(29)
      await route()
      expect((await ticket()).state).toBe('requested')
      minutes(1)
      await route()
      expect((await ticket()).state).toBe('returned')
    })

    it('serves by need, then by time, and lets nobody wait for ever behind those who need it more', async () => {
      await write('pessoa', 'c0')
      const first = await ticket('c0')
      minutes(31)
      await write('pessoa', 'c1')
      const second = await ticket('c1')
      const elderly = { ...second, priority: 1 as const, version: second.version + 1 }
      await store.desk.change('c1', { ticket: { from: second, to: elderly } })
      await process.desk.present(presence(ana))
      await route()
      expect([(await ticket('c0')).state, (await ticket('c1')).state]).toEqual(['assigned', 'queued'])
      expect(first.priority).toBe(3)
    })
  })

  it('lets who waits for an assigned agent to say something leave the line as they were told', async () => {
    await process.desk.present(presence(ana))
    await write('pessoa')
    await route()
    sent = []
    await write('oi?')
    expect(texts()).toEqual([expect.stringMatching(/^desk: Anotei.*escreva "voltar"/)])
    sent = []
    await store.inbox.append({ ...textOf('v1', 'c1', '', clock.now()), text: 'voltar' } as Inbound)
    await process.work()
    await settle()
    expect(await ticket()).toMatchObject({ state: 'returned', outcome: 'gave_up' })
    expect(texts()).toEqual(['bot: desk_returned'])
  })

  it('gives who talks to an agent back to the assistant when they ask for it, and for nothing less', async () => {
    await talking()
    const say = async (id: string, text: string) => {
      await store.inbox.append({ ...textOf(id, 'c1', '', clock.now()), text } as Inbound)
      await process.work()
      await settle()
      return (await ticket()).state
    }
    expect(await say('v1', 'voltar')).toBe('agent')
    expect(await say('v2', 'Quero voltar ao assistente, por favor.')).toBe('returned')
    expect(texts()).toEqual([expect.stringMatching(/desk_returned/)])
  })

  describe('an agent who', () => {
    it('does not answer in time loses the conversation to another, who finds it at the head', async () => {
      await process.desk.present(presence(ana))
      await write('pessoa')
      await route()
      await write('pessoa', 'c2')
      minutes(3)
      for (const each of [ana, bia]) await process.desk.present(presence(each))
      await route()
      expect(await ticket()).toMatchObject({ state: 'assigned', agentId: 'a2', passedOver: ['a1'] })
      expect((await ticket('c2')).agentId).toBe('a1')
      expect(texts().filter((text) => text.startsWith('desk: Quem'))).toEqual([])
    })

    it('talked and then says nothing is reminded, and the person gets another one', async () => {
      await talking()
      await write('e agora?')
      minutes(4)
      await process.desk.present(presence(ana))
      await write('alô?')
      await route()
      expect(await ticket()).not.toHaveProperty('reminded')
      minutes(1)
      await process.desk.present(presence(ana))
      await route()
      expect(await ticket()).toMatchObject({ state: 'agent', reminded: true })
      expect((await lines()).at(-1)).toMatch(/^note: A pessoa espera a sua resposta há 5 minutos/)
      expect(texts()).toEqual([])
      minutes(5)
      for (const each of [ana, bia]) await process.desk.present(presence(each))
      await route()
      expect(await ticket()).toMatchObject({ state: 'assigned', agentId: 'a2', passedOver: ['a1'] })
      expect(await ticket()).not.toHaveProperty('owedSince')
      expect(texts()).toEqual([expect.stringMatching(/^desk: Quem ia falar com você teve um problema/)])
    })

    it('answers after the reminder keeps the conversation', async () => {
      await talking()
      await write('e agora?')
      minutes(5)
      await process.desk.present(presence(ana))
      await route()
      await process.desk.speak('c1', ana, { text: 'desculpe a demora' }, key())
      minutes(9)
      await process.desk.present(presence(ana))
      await route()
      const now = await ticket()
      expect(now).toMatchObject({ state: 'agent', agentId: 'a1' })
      expect([now.owedSince, now.reminded]).toEqual([undefined, undefined])
    })

    it('is alone and never answers keeps nobody longer than was promised', async () => {
      await write('pessoa')
      for (let passed = 0; passed < 75; passed += 1) {
        await process.desk.present(presence(ana))
        await route()
        minutes(1)
      }
      expect((await ticket()).state).toBe('expired')
    })

    it('drops leaves five conversations to others, and the people are told', async () => {
      await process.desk.present(presence(ana, { capacity: 5 }))
      for (let index = 0; index < 5; index += 1) {
        await write('pessoa', `c${index}`)
        await route()
        await process.desk.speak(`c${index}`, ana, { text: 'olá' }, key())
      }
      process.send()
      await settle()
      sent = []
      now += 31_000
      await route()
      expect((await store.desk.open()).map(({ state }) => state)).toEqual(Array(5).fill('queued'))
      expect(texts('c3')).toEqual([expect.stringMatching(/^desk: Quem ia falar com você teve um problema/)])
      await process.desk.present(presence(bia, { capacity: 5 }))
      await route()
      expect((await store.desk.open()).map(({ agentId }) => agentId)).toEqual(Array(5).fill('a2'))
    })

    it('gets no more than their capacity, and nothing during a pause or beyond their skills', async () => {
      await process.desk.present(presence(ana, { capacity: 2 }))
      await process.desk.present(presence(bia, { status: 'pause' }))
      await process.desk.present(presence(celia, { skills: ['recurso'] }))
      for (let index = 0; index < 4; index += 1) await write('pessoa', `c${index}`)
      for (const id of ['c0', 'c1', 'c2', 'c3']) {
        const from = await ticket(id)
        const to = { ...from, skill: 'beneficio' as const, version: from.version + 1 }
        await store.desk.change(id, { ticket: { from, to } })
      }
      await process.desk.present(presence(ana, { capacity: 2, skills: ['beneficio'] }))
      await route()
      await route()
      expect((await store.desk.open()).map(({ agentId }) => agentId ?? '-').sort()).toEqual([
        '-',
        '-',
        'a1',
        'a1',
      ])
    })

    it('has been without work for longest is next', async () => {
      await process.desk.present(presence(ana, { since: now - 1000 }))
      await process.desk.present(presence(bia, { since: now - 2000 }))
      await write('pessoa')
      await route()
      expect((await ticket()).agentId).toBe('a2')
      await process.desk.close('c1', bia, 'resolved', key())
      await write('pessoa', 'c2')
      await route()
      expect((await ticket('c2')).agentId).toBe('a1')
    })
  })

  it('lets a silent person’s conversation rest, and gives it back when nobody comes', async () => {
    await talking()
    minutes(9)
    await process.desk.present(presence(ana))
    await route()
    expect((await ticket()).state).toBe('agent')
    minutes(1)
    await process.desk.present(presence(ana))
    await route()
    expect((await ticket()).state).toBe('idle')
    await write('voltei')
    expect((await ticket()).state).toBe('agent')
    await process.desk.speak('c1', ana, { text: 'oi de novo' }, key())
    for (let half = 0; half < 2; half += 1) {
      minutes(half === 0 ? 11 : 20)
      await process.desk.present(presence(ana))
      await route()
    }
    expect(await ticket()).toMatchObject({ state: 'returned', outcome: 'no_answer' })
    expect(texts().at(-1)).toBe('bot: desk_returned')
  })

  it('answers what comes between the end and the return once, by the bot', async () => {
    await talking()
    await process.desk.close('c1', ana, 'resolved', key())
    await store.inbox.append(textOf('late', 'c1', 'obrigado', clock.now()))
    await process.work()
    await settle()
    expect(texts()).toEqual(['bot: desk_closed', 'bot: late obrigado'])
  })

  it('has the bot ask for an agent, and shows the answer typed', async () => {
    await talking()
    expect(await process.desk.ask('c1', ana, 'birth_date', key())).toMatchObject({ ok: true })
    expect(await process.desk.ask('c1', ana, 'cpf', key())).toEqual({ ok: false, code: 'asking_already' })
    await process.work()
    await settle()
    expect(texts()).toEqual(['desk: desk_asks'])
    await write('12/3/1962')
    expect((await store.desk.lines('c1')).find(({ typed }) => typed !== undefined)).toMatchObject({
      who: 'person',
      typed: { field: 'birth_date', value: '12/3/1962' },
    })
    const { asking, state } = await ticket()
    expect([asking, state]).toEqual([undefined, 'agent'])
  })

  it('asks nothing for an agent who is gone by then', async () => {
    await talking()
    await process.desk.ask('c1', ana, 'birth_date', key())
    await process.desk.giveBack('c1', ana, 'resume', key())
    await process.work()
    await settle()
    expect(texts()).toEqual(['bot: desk_returned'])
  })

  it('owes a call-back until somebody writes, says when it is late, and looks after it first when it is near', async () => {
    await talking()
    const by = new Date(now + 60 * 60_000).toISOString()
    expect(await process.desk.promise('c1', ana, by, key())).toMatchObject({
      ok: true,
      ticket: { state: 'callback' },
    })
    await process.desk.present(presence(ana, { status: 'pause' }))
    await write('pessoa', 'c2')
    minutes(40)
    await process.desk.present(presence(bia))
    await route()
    expect((await ticket()).agentId).toBe('a2')
    minutes(4)
    await route()
    expect(await ticket()).toMatchObject({ state: 'callback', callback: { by } })
    minutes(20)
    sent = []
    await route()
    await route()
    expect(texts()).toEqual([expect.stringMatching(/^desk: Prometemos escrever/)])
  })

  it('transfers with a note, to an agent or to a skill, and the person stays first', async () => {
    await talking()
    await process.desk.transfer('c1', ana, { agentId: 'a2' }, 'é recurso', key())
    expect(await ticket()).toMatchObject({ state: 'assigned', agentId: 'a2' })
    expect((await lines()).at(-1)).toBe('note: é recurso')
    await process.desk.transfer('c1', bia, { skill: 'recurso' }, 'ninguém aqui', key())
    expect(await ticket()).toMatchObject({ state: 'queued', skill: 'recurso', passedOver: ['a2'] })
  })

  it('holds a notice back until people are done, and loses none', async () => {
    await talking()
    const notice = { id: 'n1', template: { name: 'aviso', parameters: [] } }
    const at = clock.now().toISOString()
    const message = {
      id: 'n1',
      conversationId: 'c1',
      channel: 'web',
      at,
      text: 'aviso',
      outcome: 'answered',
      notice,
    } as const
    await store.outbox.add(message, now)
    process.send()
    await settle()
    expect(texts()).toEqual([])
    await process.desk.giveBack('c1', ana, 'resume', key())
    minutes(2)
    await route()
    expect(texts()).toEqual(['bot: desk_returned', 'bot: aviso'])
  })
})
