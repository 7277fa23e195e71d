import { createHash } from 'node:crypto'
import { createMemoryStore } from '../../src/store/memory'
import { createWorld, type Sent, sms, type World, whatsapp } from './world'

let world: World
beforeEach(async () => {
  world = await createWorld('2026-11-25T13:00:00Z')
  await world.optIn(whatsapp, 'rosa')
  await world.optIn(sms, 'rosa')
})
afterEach(() => world.stop())

const channels = () => world.sent.map(({ channel, at }) => `${channel} ${at.slice(11, 16)}`)
const noticeId = (message: Sent | undefined) => (message?.id ?? '').split('.')[0] ?? ''

describe('one notice on several channels of a person', () => {
  it('goes to the first and stays there when it is delivered', async () => {
    await world.post(world.event('pessoa-rosa', 'payment.credited'))
    await world.drain()
    await world.receipt(world.sent[0], 'delivered')
    await world.pass(30)
    expect(channels()).toEqual(['whatsapp-cloud 13:00'])
  })

  it('goes to the next when four hours bring no delivery', async () => {
    await world.post(world.event('pessoa-rosa', 'payment.credited'))
    await world.drain()
    await world.receipt(world.sent[0], 'sent')
    await world.pass(30)
    expect(channels()).toEqual(['whatsapp-cloud 13:00', 'sms-kannel 17:00'])
    expect(world.sent[1]?.text).toBe(world.sent[0]?.text)
  })

  it('goes to the next at once when the first failed, and only once', async () => {
    await world.post(world.event('pessoa-rosa', 'payment.credited'))
    await world.drain()
    await world.receipt(world.sent[0], 'failed', '131026')
    await world.receipt(world.sent[0], 'failed', '131026')
    await world.pass(30)
    expect(channels()).toEqual(['whatsapp-cloud 13:00', 'sms-kannel 13:15'])
  })

  it('goes to the next at once when the outbox gave it up', async () => {
    await world.post(world.event('pessoa-rosa', 'payment.credited'))
    await world.drain()
    await world.giveUp(world.sent[0], 'http_500')
    await world.pass(30)
    expect(channels()).toEqual(['whatsapp-cloud 13:00', 'sms-kannel 13:15'])
  })

  it('hears no receipt of another message', async () => {
    const receipt = {
      conversationId: 'c',
      outboundId: 'abc123.1',
      status: 'failed',
      at: '2026-11-25T13:00:00Z',
    } as const
    await world.notices.onReceipt(receipt)
    await world.notices.onReceipt({ ...receipt, outboundId: `n${'x'.repeat(21)}.sms-kannel` })
    await world.pass(1)
    expect(world.sent).toEqual([])
  })

  it('waits for the morning when it failed at night', async () => {
    world.set('2026-11-25T22:50:00Z')
    await world.post(world.event('pessoa-rosa', 'payment.credited'))
    await world.drain()
    world.set('2026-11-25T23:10:00Z')
    await world.receipt(world.sent[0], 'failed')
    await world.pass(20)
    expect(world.sent.map(({ channel, at }) => [channel, at])).toEqual([
      ['whatsapp-cloud', '2026-11-25T22:50:00.000Z'],
      ['sms-kannel', '2026-11-26T12:10:00.000Z'],
    ])
  })

  it('is not said again by a channel that was only late', async () => {
    await world.post(world.event('pessoa-rosa', 'payment.credited'))
    // WhatsApp's sender is held up until the SMS has gone.
    const [held] = await world.store.outbox.take(1, 'notice', {})
    if (held === undefined) throw new Error('nothing was due')
    await world.store.outbox.putBack(held.message, { at: Date.parse('2026-11-25T18:00:00Z'), counts: false })
    await world.pass(30)
    expect(channels()).toEqual(['sms-kannel 17:00'])
  })

  it('does not wait less because the first went out late', async () => {
    await world.post(world.event('pessoa-rosa', 'payment.credited'))
    const [held] = await world.store.outbox.take(1, 'notice', {})
    if (held === undefined) throw new Error('nothing was due')
    await world.store.outbox.putBack(held.message, { at: Date.parse('2026-11-25T15:00:00Z'), counts: false })
    await world.pass(30)
    expect(channels()).toEqual(['whatsapp-cloud 15:00', 'sms-kannel 19:00'])
  })

  it('never goes to a conversation of somebody else, whoever has the telephone', async () => {
    const other = { channel: 'sms-twilio', conversationId: 'conversa-de-outra' } as const
    await world.optIn(other, 'lia')
    await world.post(world.event('pessoa-rosa', 'payment.credited'))
    await world.drain()
    await world.receipt(world.sent[0], 'failed')
    await world.pass(1)
    await world.receipt(world.sent[1], 'failed')
    await world.pass(30)
    expect(channels()).toEqual(['whatsapp-cloud 13:00', 'sms-kannel 13:15'])
  })

  it('goes only where this subject is wanted', async () => {
    await world.optIn(whatsapp, 'rosa', ['pagamento'])
    await world.post(world.event('pessoa-rosa', 'request.document_required'))
    await world.pass(10)
    expect(channels()).toEqual(['sms-kannel 13:15'])
  })

  it('survives a restart of every process between the two channels', async () => {
    const clockStart = '2026-11-25T13:00:00Z'
    await world.post(world.event('pessoa-rosa', 'payment.credited'))
    await world.drain()
    expect(new Date(clockStart).toISOString()).toBe(world.sent[0]?.at)
    world.set('2026-11-25T17:00:00Z')
    await Promise.all([world.drain(world.make()), world.drain(world.make())])
    expect(channels()).toEqual(['whatsapp-cloud 13:00', 'sms-kannel 17:00'])
  })
})

describe('what changed before a notice went out', () => {
  it('a stop at night is heard in the morning', async () => {
    world.set('2026-11-26T01:00:00Z')
    await world.post(world.event('pessoa-rosa', 'payment.credited'))
    await world.notices.optOut('whatsapp-cloud', whatsapp.conversationId)
    await world.notices.optOut('sms-kannel', sms.conversationId)
    await world.pass(40)
    expect(world.sent).toEqual([])
  })

  it('a message held up into the night waits for the morning', async () => {
    world.set('2026-11-25T22:30:00Z')
    await world.post(world.event('pessoa-rosa', 'payment.credited'))
    world.set('2026-11-25T23:30:00Z')
    await world.drain()
    expect(world.sent).toEqual([])
    await world.pass(14)
    expect(world.sent.map(({ at }) => at)).toEqual(['2026-11-26T12:00:00.000Z'])
  })
})

describe('an appointment', () => {
  it('is told the day before at nine', async () => {
    world.set('2026-11-25T03:00:02Z')
    await world.post(
      world.event('pessoa-rosa', 'appointment.tomorrow', { date: '2026-11-26', time: '09:30' }),
    )
    await world.drain()
    expect(world.sent).toEqual([])
    world.set('2026-11-25T12:00:00Z')
    await world.drain()
    expect(world.sent[0]?.text).toContain('você tem hora marcada no INSS amanhã, às 09:30.')
  })

  it('of Monday at eight is told by day on Sunday, and its fall-back too', async () => {
    world.set('2026-11-29T03:00:02Z')
    await world.post(
      world.event('pessoa-rosa', 'appointment.tomorrow', { date: '2026-11-30', time: '08:00' }),
    )
    world.set('2026-11-29T12:00:00Z')
    await world.pass(20)
    expect(world.sent.map(({ channel, at }) => [channel, at])).toEqual([
      ['whatsapp-cloud', '2026-11-29T12:15:00.000Z'],
      ['sms-kannel', '2026-11-29T16:15:00.000Z'],
    ])
    expect(world.sent[0]?.text).toContain('amanhã, às 08:00')
  })

  it('is not told when it would come too late, not even by a message that was held up', async () => {
    await world.post(
      world.event('pessoa-rosa', 'appointment.tomorrow', { date: '2026-11-26', time: '08:00' }),
    )
    world.set('2026-11-26T10:00:00Z')
    await world.drain()
    world.set('2026-11-26T12:00:00Z')
    await world.drain()
    expect(world.sent).toEqual([])
  })

  it('of a day further off is named by its date', async () => {
    world.set('2026-11-27T15:00:00Z')
    await world.post(
      world.event('pessoa-rosa', 'appointment.tomorrow', { date: '2026-11-30', time: '07:00' }),
    )
    world.set('2026-11-28T22:59:00Z')
    await world.drain()
    expect(world.sent[0]?.text).toContain('em 30/11/2026 (segunda-feira), às 07:00')
  })
})

it('keeps one trail: where it was tried, how far it got, what was said, and how sure we were of the person', async () => {
  await world.post(world.event('pessoa-rosa', 'payment.credited'))
  await world.drain()
  await world.receipt(world.sent[0], 'sent')
  await world.receipt(world.sent[0], 'failed', '131026')
  await world.pass(1)
  await world.receipt(world.sent[1], 'read')
  await world.receipt(world.sent[1], 'delivered')
  const trail = await world.notices.trail(noticeId(world.sent[0]))
  const contentHash = createHash('sha256')
    .update(world.sent[0]?.text ?? '')
    .digest('hex')
  expect(trail).toEqual({
    id: noticeId(world.sent[0]),
    type: 'payment.credited',
    subject: 'pagamento',
    person: 'pessoa-rosa',
    at: '2026-11-25T13:00:00.000Z',
    code: world.codeIn(world.sent[0]).replace('-', ''),
    tries: [
      {
        ...whatsapp,
        outboundId: world.sent[0]?.id,
        due: Date.parse('2026-11-25T13:00:00Z'),
        contentHash,
        level: 'silver',
        marks: {
          went: { at: '2026-11-25T13:00:00.000Z', outboundId: world.sent[0]?.id },
          sent: { at: '2026-11-25T13:00:00.000Z' },
          failed: { at: '2026-11-25T13:00:00.000Z', code: '131026' },
        },
      },
      {
        ...sms,
        outboundId: `${noticeId(world.sent[0])}.sms-kannel`,
        due: Date.parse('2026-11-25T17:00:00Z'),
        contentHash,
        level: 'silver',
        marks: {
          went: { at: '2026-11-25T13:15:00.000Z', outboundId: `${noticeId(world.sent[0])}.sms-kannel.f` },
          read: { at: '2026-11-25T14:00:00.000Z' },
          delivered: { at: '2026-11-25T14:00:00.000Z' },
        },
      },
    ],
  })
})

it('leaves nothing readable of a person in the store', async () => {
  const written: string[] = []
  const clock = { now: () => new Date('2026-11-25T15:00:00Z') }
  const store = createMemoryStore({ clock })
  const { set } = store.records
  store.records.set = (key, value, seconds) => {
    written.push(`${key} ${JSON.stringify(value)}`)
    return set(key, value, seconds)
  }
  const other = await createWorld('2026-11-25T15:00:00Z', { store: async () => store })
  await other.optIn(whatsapp, 'rosa')
  await other.post(other.event('pessoa-rosa', 'payment.credited'))
  await other.drain()
  expect(written.length).toBeGreaterThan(4)
  expect(written.join('\n')).not.toMatch(/rosa|pagamento|payment/)
  await other.stop()
})
