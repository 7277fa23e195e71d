import pino from 'pino'
import { readMessage } from '../../../src/channels/whatsapp-web/inbound'
import { createReceipts } from '../../../src/channels/whatsapp-web/receipts'
import type { Receipt } from '../../../src/message'

const CHAT = '5511900000001@c.us'

function own(id: string, body: string, to = CHAT, fromMe = true) {
  const message = readMessage({
    id: { fromMe, id, _serialized: `true_${to}_${id}` },
    type: 'chat',
    body,
    t: 1,
    from: '5511900000099@c.us',
    to,
  })
  if (message === undefined) throw new Error('not a message')
  return message
}

function setUp(takeReceipt?: () => Promise<void>) {
  const taken: Receipt[] = []
  const lines: string[] = []
  const receipts = createReceipts({
    takeReceipt: takeReceipt ?? (async (receipt) => void taken.push(receipt)),
    clock: { now: () => new Date('2026-03-10T14:00:00.000Z') },
    log: pino({ level: 'trace', base: null }, { write: (line: string) => lines.push(line) }),
  })
  const expect_ = (outboundId: string, text: string | undefined, chat = CHAT) =>
    receipts.expect({ conversationId: `c-${outboundId}`, outboundId, chat, text })
  return { receipts, taken, expect_, logged: () => lines.join('') }
}

describe('the receipts of WhatsApp Web', () => {
  it.each([
    [-1, 'failed'],
    [1, 'sent'],
    [2, 'delivered'],
    [3, 'read'],
    [4, 'read'],
  ])('level %d means %s', async (level, status) => {
    const { receipts, taken, expect_ } = setUp()
    receipts.learnt('3EB0A', expect_('o1', 'Oi'))
    await receipts.acknowledged(own('3EB0A', 'Oi'), level)
    expect(taken).toEqual([
      {
        conversationId: 'c-o1',
        outboundId: 'o1',
        status,
        at: '2026-03-10T14:00:00.000Z',
        ...(status === 'failed' && { code: 'whatsapp_ack_error' }),
      },
    ])
  })

  it('level 0, an unknown level, an unknown message and a message of the person mean nothing', async () => {
    const { receipts, taken, expect_ } = setUp()
    receipts.learnt('3EB0A', expect_('o1', 'Oi'))
    await receipts.acknowledged(own('3EB0A', 'Oi'), 0)
    await receipts.acknowledged(own('3EB0A', 'Oi'), 9)
    await receipts.acknowledged(own('3EB0B', 'Oi'), 1)
    await receipts.acknowledged(own('3EB0A', 'Oi', CHAT, false), 1)
    expect(taken).toEqual([])
  })

  it('knows a message that appeared in the page before the call returned', async () => {
    const { receipts, taken, expect_ } = setUp()
    const expected = expect_('o1', 'Oi')
    expect(receipts.hasAppeared(expected)).toBe(false)
    receipts.appeared(own('3EB0A', 'Oi'))
    expect(receipts.hasAppeared(expected)).toBe(true)
    await receipts.acknowledged(own('3EB0A', 'Oi'), 1)
    expect(taken).toMatchObject([{ outboundId: 'o1', status: 'sent' }])
  })

  it('tells the same text to two people apart by the chat, and does not guess between two', async () => {
    const { receipts, taken, expect_ } = setUp()
    expect_('o1', 'Oi', '5511900000001@c.us')
    expect_('o2', 'Oi', '5511900000002@c.us')
    receipts.appeared(own('3EB0X', 'Oi', '200000000000003@lid'))
    await receipts.acknowledged(own('3EB0X', 'Oi'), 1)
    expect(taken).toEqual([])
    receipts.appeared(own('3EB0B', 'Oi', '5511900000002@c.us'))
    await receipts.acknowledged(own('3EB0B', 'Oi'), 1)
    expect(taken).toMatchObject([{ outboundId: 'o2' }])
  })

  it('takes no message written by hand, nor a file, for one of ours', async () => {
    const { receipts, taken, expect_ } = setUp()
    expect_('o1', 'Oi')
    expect_('o2', undefined)
    receipts.appeared(own('3EB0A', 'Bom dia'))
    receipts.appeared(own('3EB0B', ''))
    receipts.appeared(own('3EB0C', 'Oi', CHAT, false))
    for (const id of ['3EB0A', '3EB0B', '3EB0C']) await receipts.acknowledged(own(id, ''), 1)
    expect(taken).toEqual([])
  })

  it('forgets the oldest of very many messages', async () => {
    const { receipts, taken, expect_ } = setUp()
    for (let count = 0; count <= 5_000; count += 1)
      receipts.learnt(`3EB0${count}`, expect_(`o${count}`, 'Oi'))
    await receipts.acknowledged(own('3EB00', 'Oi'), 1)
    await receipts.acknowledged(own('3EB05000', 'Oi'), 1)
    expect(taken.map(({ outboundId }) => outboundId)).toEqual(['o5000'])
  })

  it('only logs a code when a receipt cannot be stored', async () => {
    const { receipts, expect_, logged } = setUp(() => Promise.reject(new Error('no store for 5511900000001')))
    receipts.learnt('3EB0A', expect_('o1', 'Oi'))
    await receipts.acknowledged(own('3EB0A', 'Oi'), 1)
    expect(logged()).toContain('a receipt was not taken')
    expect(logged()).not.toContain('5511900000001')
  })
})
