import express from 'express'
import { type Channel, correlationOf, type Receive } from '../../../src/channels/channel'
import { createKannelChannel } from '../../../src/channels/sms-kannel/channel'
import type { Contact, Inbound, Outbound, Receipt } from '../../../src/message'
import { fixedClock, keptLog, outbound, SECRET_KEY, type Served, serve } from '../sms/server'
import { describeWithKannel, type Kannel, type Sms, startKannel } from './kannel'

const OURS = '28041'
const PERSON = '+5511900000001'
const WEBHOOK_SECRET = 'segredo-do-caminho-1'
const LONG_ANSWER = `Você tem direito ao benefício. ${'A carta explica cada número e cada mês da conta. '.repeat(7)}Fim.`

/** A bot that answers by a script: what the person says → what is said. */
const script: Record<string, Partial<Outbound>> = {
  oi: {
    text: 'Olá! Sou o assistente do INSS. O que você quer?',
    choices: [
      { title: 'Saber quando me aposento', value: 'simular' },
      { title: 'Ver meu pagamento', value: 'pagamento' },
    ],
    expects: 'menu.choice',
    questionId: 'q1',
  },
  '1': {
    text: 'O cadastro é de \u2068Conceição Araújo\u2069. É você?',
    expects: 'login.name',
    questionId: 'q2',
  },
  'sim, sou eu. Nasci em São João del-Rei, em 12 de março de 1962, e já trabalhei na roça e na cidade.': {
    text: LONG_ANSWER,
  },
  obrigada: { text: 'De nada!' },
}

describeWithKannel('a conversation through a real Kannel', () => {
  const logged = keptLog()
  const heard: Inbound[] = []
  const receipts: Receipt[] = []
  let server: Served
  let kannel: Kannel
  let channel: Channel
  let failing = false

  beforeAll(async () => {
    // Kannel has to know our address before the channel knows Kannel's.
    const router = express.Router()
    server = await serve(router)
    kannel = await startKannel({
      getUrl: `${server.url}/webhooks/sms/kannel/${WEBHOOK_SECRET}?id=%I&from=%q&at=%T&coding=%c&charset=%C&text=%b`,
    })
    channel = createKannelChannel(options())
    router.use(channel.router ?? [])
  }, 30_000)

  afterAll(async () => {
    await kannel?.stop()
    await server?.stop()
  })

  const options = () => ({
    sendSmsUrl: kannel.sendSmsUrl,
    username: kannel.username,
    password: kannel.password,
    from: OURS,
    webhookSecret: WEBHOOK_SECRET,
    messagesPerSecond: 10,
    webhookUrl: server.url,
    secretKey: SECRET_KEY,
    receive,
    takeReceipt: async (receipt: Receipt) => {
      receipts.push(receipt)
    },
    clock: fixedClock,
    log: logged.log,
  })

  const receive: Receive = async (message) => {
    if (failing) throw new Error('the inbox is down')
    heard.push(message)
    void answer(message, message.address === undefined ? {} : { address: message.address })
    return 'stored'
  }

  async function answer(message: Inbound, contact: Contact): Promise<void> {
    const said = message.kind === 'text' ? script[message.text] : undefined
    const [bubble] = channel.shape?.([{ text: '', ...said }]) ?? []
    const reply = outbound('sms-kannel', {
      ...bubble,
      id: `reply-${heard.length}`,
      conversationId: message.conversationId,
    })
    await channel.send(reply, contact)
  }

  async function exchange(text: string): Promise<Sms> {
    await kannel.say(PERSON, OURS, text)
    const sms = await kannel.nextSms()
    return sms
  }

  test('goes from the telephone to us and back', async () => {
    expect(await exchange('oi')).toEqual({
      from: OURS,
      to: PERSON,
      text: 'Ola! Sou o assistente do INSS. O que voce quer?\n1. Saber quando me aposento\n2. Ver meu pagamento',
      alphabet: 'gsm7',
      parts: 1,
    })
    expect(heard).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        channel: 'sms-kannel',
        conversationId: expect.stringMatching(/^\w{22}$/),
        at: fixedClock.now().toISOString(),
        address: expect.any(String),
        kind: 'text',
        text: 'oi',
      },
    ])
  })

  test('keeps the accents of a name the person has to check', async () => {
    expect(await exchange('1')).toMatchObject({
      text: 'O cadastro é de Conceição Araújo. É você?',
      alphabet: 'ucs2',
      parts: 1,
    })
  })

  test('puts the parts of a long message together, and sends a long answer in parts', async () => {
    const parts = [
      'sim, sou eu. Nasci em São João del-Rei, ',
      'em 12 de março de 1962, e já trabalhei ',
      'na roça e na cidade.',
    ]
    await kannel.sayInParts(PERSON, OURS, parts)
    const sms = await kannel.nextSms()
    expect(heard.at(-1)).toMatchObject({ kind: 'text', text: parts.join('') })
    expect(sms).toMatchObject({ alphabet: 'gsm7', parts: 3 })
    expect(sms.text).toMatch(/^Voce tem direito ao beneficio\. A carta explica .* Fim\.$/)
    expect(sms.text).toHaveLength(LONG_ANSWER.length)
  })

  test('brings one report that the operator took each message, and one that it arrived', async () => {
    const conversationId = heard[0]?.conversationId ?? ''
    for (let tries = 0; receipts.length < 6 && tries < 100; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    const base = { conversationId, at: fixedClock.now().toISOString() }
    expect(receipts).toHaveLength(6)
    for (const outboundId of ['reply-1', 'reply-2', 'reply-3']) {
      expect(receipts).toContainEqual({ ...base, outboundId, status: 'sent' })
      expect(receipts).toContainEqual({ ...base, outboundId, status: 'delivered' })
    }
  })

  test('loses nothing while we cannot store: Kannel tries again', async () => {
    failing = true
    const before = heard.length
    await kannel.say(PERSON, OURS, 'obrigada')
    for (let tries = 0; !logged.lines().includes('could not be taken') && tries < 100; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    expect(heard).toHaveLength(before)
    failing = false
    const sms = await kannel.nextSms()
    expect(sms.text).toBe('De nada!')
    expect(heard).toHaveLength(before + 1)
  })

  test('is refused with the wrong password, and that wakes somebody up', async () => {
    const stranger = createKannelChannel({ ...options(), password: 'outra' })
    const address = heard[0]?.address ?? ''
    await expect(stranger.send(outbound('sms-kannel', {}), { address })).rejects.toMatchObject({
      code: 'http_403',
      failure: 'final',
      details: { alarm: true },
    })
  })

  test('leaves no number, word or password in our log, and no number in the address of a report', () => {
    expect(logged.lines()).not.toMatch(/900000001|obrigada|Conceição|senha-de-teste|segredo/)
    expect(correlationOf({ conversationId: heard[0]?.conversationId ?? '', id: 'reply-1' })).not.toContain(
      '900000001',
    )
  })
})

describeWithKannel('a real Kannel that posts what it hears', () => {
  test('reaches us with the same message', async () => {
    const heard: Inbound[] = []
    const channel = createKannelChannel({
      sendSmsUrl: 'http://127.0.0.1:9/',
      username: 'a',
      password: 'b',
      from: OURS,
      webhookSecret: WEBHOOK_SECRET,
      messagesPerSecond: 10,
      webhookUrl: 'http://127.0.0.1:9',
      secretKey: SECRET_KEY,
      receive: async (message) => {
        heard.push(message)
        return 'stored'
      },
      takeReceipt: async () => undefined,
      clock: fixedClock,
      log: keptLog().log,
    })
    const server = await serve(channel.router)
    const kannel = await startKannel({
      postUrl: `${server.url}/webhooks/sms/kannel/${WEBHOOK_SECRET}?id=%I&from=%q&at=%T&coding=%c&charset=%C`,
    })
    try {
      await kannel.say(PERSON, OURS, 'não sei & não vi = 100%')
      for (let tries = 0; heard.length === 0 && tries < 100; tries += 1) {
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
      expect(heard).toMatchObject([
        { kind: 'text', text: 'não sei & não vi = 100%', id: expect.stringMatching(/^[0-9a-f-]{36}$/) },
      ])
    } finally {
      await kannel.stop()
      await server.stop()
    }
  })
})
