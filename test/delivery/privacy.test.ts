import { randomBytes } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createBot } from '../../src/bot'
import { ChannelError } from '../../src/channels/channel'
import { AppError } from '../../src/errors'
import { createGateway } from '../../src/gateway'
import type { InboundContent } from '../../src/message'
import { loadUnderstanding } from '../../src/nlu/index'
import { createMemoryStore } from '../../src/store/memory'
import {
  contextOf,
  createFakeChannel,
  createHandClock,
  createKeptLog,
  inboundOf,
  noticeOf,
  until,
  wrapStore,
} from './harness'

/** What nobody may read in a log: words, names, numbers, addresses, tokens. */
const secret = {
  name: 'Josefina Carvalho',
  cpf: '529.982.247-25',
  phone: '5511900000001',
  address: 'sealed-address-of-josefina',
  token: 'token-of-josefina',
  heard: 'minha pensão atrasou',
  notice: 'o seu pagamento caiu ontem',
}
const said = `Sou ${secret.name}, CPF ${secret.cpf}, celular ${secret.phone}, e quero simular minha aposentadoria`

it('whatever happens on the way in and out, the log says what it was and not a word of whom or what', async () => {
  const clock = createHandClock()
  const { log, lines } = createKeptLog()
  const plain = createMemoryStore({ clock })
  const broken = { calls: '' }
  const store = wrapStore(plain, (name) => {
    if (name !== broken.calls) return
    throw new AppError('store_unavailable', { cause: new Error(`redis ${secret.address}`), message: said })
  })
  const failures = [
    new ChannelError('http_400', 'final', { alarm: true, cause: new Error(`to ${secret.phone}: ${said}`) }),
    new ChannelError('131056', 'throttled', { retryAfterMs: 10, cause: new Error(secret.phone) }),
    new TypeError(`cannot read ${said}`),
  ]
  const fake = createFakeChannel({
    id: 'whatsapp-cloud',
    notices: true,
    fails: () => failures.shift(),
    fetchMedia: () => {
      throw new ChannelError('http_404', 'final', { cause: new Error(`${secret.token} ${secret.phone}`) })
    },
  })
  const bot = createBot(loadUnderstanding())
  const state = { off: false, broken: false }
  const turn = {
    store,
    bot: (...args: Parameters<typeof bot>) => {
      if (state.broken) throw new Error(`a bug about ${said}`)
      return bot(...args)
    },
    clock,
    log,
    channelOf: () => fake.channel,
    isOff: async () => state.off,
    notices: { optOut: async () => undefined, optIn: async () => false },
    speech: { transcribe: async () => secret.heard },
    contextOf: async ({ conversationId }: { conversationId: string }) => contextOf(conversationId),
  }
  const gateway = await createGateway({
    store,
    clock,
    log,
    channels: [fake.channel],
    work: { name: 'w', turn, opens: () => false },
    spool: { folder: mkdtempSync(join(tmpdir(), 'privacy-')), key: randomBytes(32), mostBytes: 900 },
    sending: { beforeNotice: () => Promise.reject(new Error(secret.notice)) },
  })

  let count = 0
  async function send(content: string | InboundContent, conversationId: string): Promise<void> {
    count += 1
    const where = { conversationId, channel: 'whatsapp-cloud', address: secret.address } as const
    await gateway.receive(inboundOf(`wamid.${count}`, content, { ...where, at: clock.now().toISOString() }))
  }
  const turns = async (conversationId: string) =>
    ((await plain.conversations.events(conversationId)) as { type: string }[]).filter(
      ({ type }) => type === 'turn_taken',
    ).length

  // A refusal, a throttling, a bug of the channel, and what is sent after all.
  for (const person of ['c1', 'c2', 'c3', 'c4']) await send(said, person)
  for (const person of ['c1', 'c2', 'c3', 'c4']) await until(async () => (await turns(person)) === 1)
  await send({ kind: 'unsupported', what: 'audio', media: { id: secret.token, mimeType: 'audio/ogg' } }, 'c4')
  state.broken = true
  await send(`${said}, de novo`, 'c4')
  await until(async () => (await turns('c4')) === 3)
  state.broken = false
  state.off = true
  await send(said, 'c4')
  await send('PARAR', 'c4')
  await until(async () => (await turns('c4')) === 5)
  await plain.outbox.add(
    noticeOf('n1', { conversationId: 'c5', channel: 'whatsapp-cloud', text: secret.notice }),
    0,
  )
  for (const calls of ['conversations.commit', 'outbox.sent', 'inbox.append', 'outbox.receipt']) {
    broken.calls = calls
    await send(said, `away during ${calls}`).catch(() => undefined)
    await gateway
      .takeReceipt({ conversationId: 'c1', outboundId: 'o1', status: 'read', at: clock.now().toISOString() })
      .catch(() => undefined)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  broken.calls = ''
  await until(() => gateway.spooled() === 0)
  await gateway.stop()

  const text = lines.join('\n')
  for (const word of [
    ...Object.values(secret),
    ...secret.name.split(' '),
    '52998224725',
    'aposentadoria',
    'PARAR',
  ])
    expect(text).not.toContain(word)
  // It was loud enough to have said so.
  for (const told of [
    'turn taken',
    'a turn failed',
    'a recording could not be fetched',
    'the provider refuses this account',
    'a channel broke',
    'not sent',
    'a conversation could not be worked on',
    'the outbox could not be written',
    'a message could not be spooled',
    'what was spooled is handed over',
    'opted_out',
  ]) {
    expect(text).toContain(told)
  }
})
