import pino from 'pino'
import type { Client } from 'whatsapp-web.js'
import { createAddresses } from '../../../src/channels/address'
import { createIntake } from '../../../src/channels/whatsapp-web/intake'
import type { Inbound } from '../../../src/message'
import { SECRET_KEY, until } from './harness'

const PERSON = '5511900000001@c.us'
const nowSeconds = () => Math.floor(Date.now() / 1000)

function raw(id: string, fields: { from?: string; t?: number } = {}) {
  const { from = PERSON, t = nowSeconds() } = fields
  return {
    id: { fromMe: false, id, _serialized: `false_${from}_${id}` },
    type: 'chat',
    body: `texto ${id}`,
    t,
    from,
    to: '5511900000099@c.us',
  }
}

/** A client with these unread chats. */
function clientWith(chats: { id: string; unreadCount: number; messages: object[] }[]): Client {
  const client = {
    getChats: async () =>
      chats.map(({ id, unreadCount, messages }) => ({
        id: { _serialized: id },
        unreadCount,
        fetchMessages: async ({ limit }: { limit: number }) =>
          messages.slice(-limit).map((rawData) => ({ rawData })),
      })),
  }
  return client as unknown as Client
}

function setUp(failing: () => boolean = () => false) {
  const lines: string[] = []
  const stored: Inbound[] = []
  const seen: string[] = []
  const intake = createIntake({
    receive: async (message) => {
      if (failing()) throw new Error('the inbox is down')
      stored.push(message)
      return 'stored'
    },
    addresses: createAddresses('whatsapp-web', SECRET_KEY),
    clock: { now: () => new Date('2026-03-10T14:00:00.000Z') },
    log: pino({ level: 'trace', base: null }, { write: (line: string) => lines.push(line) }),
    sendSeen: (chat) => seen.push(chat),
    firstWaitMs: 1,
  })
  return { intake, stored, seen, ids: () => stored.map(({ id }) => id), logged: () => lines.join('') }
}

describe('the intake of WhatsApp Web', () => {
  it('keeps the order of what came before and after the browser opened, each message once', async () => {
    const { intake, ids } = setUp()
    intake.hold()
    intake.arrived(raw('3EB0C', { t: nowSeconds() }))
    const unread = [
      raw('3EB0A', { t: nowSeconds() - 20 }),
      raw('3EB0B', { t: nowSeconds() - 10 }),
      raw('3EB0C'),
    ]
    await intake.catchUp(clientWith([{ id: PERSON, unreadCount: 3, messages: unread }]), 1)
    intake.arrived(raw('3EB0D'))
    await until(() => ids().length === 4)
    expect(ids()).toEqual(['3EB0A', '3EB0B', '3EB0C', '3EB0D'])
  })

  it('reads only the unread messages of people', async () => {
    const { intake, ids } = setUp()
    const messages = [raw('3EB0A'), raw('3EB0B')]
    await intake.catchUp(
      clientWith([
        { id: PERSON, unreadCount: 1, messages },
        { id: '5511900000002@c.us', unreadCount: 0, messages: [raw('3EB0X')] },
        { id: '5511900000003@c.us', unreadCount: -1, messages: [raw('3EB0Y')] },
        { id: '120363000000000001@g.us', unreadCount: 1, messages: [raw('3EB0Z')] },
      ]),
      1,
    )
    await until(() => ids().length > 0)
    expect(ids()).toEqual(['3EB0B'])
  })

  it('does not answer what is older than a day, or from before the number was linked', async () => {
    const { intake, ids } = setUp()
    const hour = 3600
    await intake.catchUp(clientWith([]), (nowSeconds() - 2 * hour) * 1000)
    intake.arrived(raw('3EB0A', { t: nowSeconds() - 25 * hour }))
    intake.arrived(raw('3EB0B', { t: nowSeconds() - 3 * hour }))
    intake.arrived(raw('3EB0C', { t: nowSeconds() - hour }))
    await until(() => ids().length > 0)
    expect(ids()).toEqual(['3EB0C'])
  })

  it('keeps trying while nothing can be stored, in order, and marks nothing as read meanwhile', async () => {
    let failures = 0
    let down = true
    const { intake, ids, seen, logged } = setUp(() => {
      if (down) failures += 1
      return down
    })
    await intake.catchUp(clientWith([]), 1)
    for (const id of ['3EB0A', '3EB0B', '3EB0C']) intake.arrived(raw(id))
    await until(() => failures >= 3)
    expect(seen).toEqual([])
    down = false
    await until(() => ids().length === 3)
    expect(ids()).toEqual(['3EB0A', '3EB0B', '3EB0C'])
    await until(() => seen.length > 0)
    expect(seen).toEqual([PERSON])
    expect(logged()).toContain('a message could not be stored')
    expect(logged()).not.toMatch(/5511900000001|texto|3EB0/)
  })

  it('goes on when the unread messages cannot be read', async () => {
    const { intake, ids, logged } = setUp()
    const broken = { getChats: () => Promise.reject(new Error('a sentence of the page')) }
    intake.arrived(raw('3EB0A'))
    await intake.catchUp(broken as unknown as Client, 1)
    await until(() => ids().length === 1)
    expect(logged()).toContain('were not all read')
    expect(logged()).not.toContain('a sentence of the page')
  })

  it('stores nothing more once it is stopped', async () => {
    const { intake, ids } = setUp(() => true)
    await intake.catchUp(clientWith([]), 1)
    intake.arrived(raw('3EB0A'))
    await intake.stop()
    expect(ids()).toEqual([])
  })

  it('says that it saw a shape it does not know', async () => {
    const { intake, logged } = setUp()
    intake.arrived({ id: 'x', body: 'segredo' })
    expect(logged()).toContain('unknown shape')
    expect(logged()).not.toContain('segredo')
  })
})
