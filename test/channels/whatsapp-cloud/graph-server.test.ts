import { faultOf } from './graph-rules'
import { messageWebhook, post, type Sent } from './graph-server'
import { contactOf, type Harness, outbound, startHarness } from './harness'

let harness: Harness

beforeEach(async () => {
  harness = await startHarness()
})
afterEach(async () => {
  await harness.stop()
})

const person = contactOf({ bsuid: 'BR.ana' })
const send = (id: string) => harness.channel.send(outbound({ id }), person)

test('the statuses of each message come back as signed receipts of it', async () => {
  harness.graph.statuses = { url: harness.url, retryMs: 10 }
  const messages: Sent[] = []
  harness.graph.onMessage = (sent) => messages.push(sent)
  await send('t1-0')
  await send('t1-1')
  await harness.graph.settled()
  expect(messages).toEqual(harness.graph.sentTo('BR.ana'))
  const seen = harness.receipts.map(({ outboundId, status }) => `${outboundId} ${status}`)
  expect(seen.sort()).toEqual(
    ['t1-0', 't1-1'].flatMap((id) => [`${id} delivered`, `${id} read`, `${id} sent`]),
  )
  expect(harness.graph.counts).toMatchObject({ accepted: 2, webhooks: 6, webhooksLost: 0 })
})

test('they can come twice, in another order, late and together', async () => {
  harness.graph.statuses = {
    url: harness.url,
    copies: 2,
    together: true,
    order: (statuses) => statuses.reverse(),
    delayMs: () => 20,
  }
  await send('t1-0')
  expect(harness.receipts).toEqual([])
  await harness.graph.settled()
  expect(harness.receipts.map((receipt) => receipt.status)).toEqual([
    'read',
    'delivered',
    'sent',
    'read',
    'delivered',
    'sent',
  ])
})

test('a message that was cut off after it was taken is told of by its receipt', async () => {
  harness.graph.statuses = { url: harness.url, statuses: ['failed'], code: 131042 }
  harness.graph.next({ how: 'cut', accepted: true })
  await expect(send('t1-0')).rejects.toMatchObject({ failure: 'unknown' })
  await harness.graph.settled()
  expect(harness.receipts).toMatchObject([{ outboundId: 't1-0', status: 'failed', code: '131042' }])
})

test('one that is not answered is posted again; with a wrong secret it is lost', async () => {
  harness.graph.statuses = { url: harness.url, statuses: ['sent'], secret: 'another', retryMs: 1 }
  await send('t1-0')
  await harness.graph.settled()
  expect(harness.graph.counts).toMatchObject({ webhooks: 0, webhooksLost: 1 })
  expect(harness.receipts).toEqual([])
})

test('messages can be answered by a rule of the test’s own', async () => {
  harness.graph.answer = (body) => (body.recipient === 'BR.ana' ? { error: 131026 } : 'normal')
  await expect(send('t1-0')).rejects.toMatchObject({ code: '131026' })
  await harness.channel.send(outbound(), contactOf({ phone: '5511900000002' }))
  expect(harness.graph.sends).toHaveLength(1)
})

test('a person’s message can be posted as Meta posts it', async () => {
  const message = {
    id: 'wamid.1',
    from_user_id: 'BR.ana',
    timestamp: '1',
    type: 'text',
    text: { body: 'oi' },
  }
  expect(await post(harness.url, messageWebhook([message], [{ user_id: 'BR.ana' }]))).toBe(200)
  expect(harness.received).toMatchObject([{ id: 'wamid.1' }])
})

describe('what Meta refuses', () => {
  const base = { messaging_product: 'whatsapp', recipient_type: 'individual', to: '5511900000001' }
  const text = { type: 'text', text: { body: 'oi', preview_url: false } }
  const button = (id: string, title: string) => ({ type: 'reply', reply: { id, title } })
  const buttons = (...them: object[]) => ({
    type: 'interactive',
    interactive: { type: 'button', body: { text: 'oi' }, action: { buttons: them } },
  })
  const rows = (count: number, row: object = {}) => ({
    type: 'interactive',
    interactive: {
      type: 'list',
      body: { text: 'oi' },
      action: {
        button: 'Ver',
        sections: [
          { rows: Array.from({ length: count }, (_, index) => ({ id: `${index}`, title: 'a', ...row })) },
        ],
      },
    },
  })
  const template = (said: string) => ({
    type: 'template',
    template: {
      name: 'a',
      language: { code: 'pt_BR' },
      components: [{ type: 'body', parameters: [{ type: 'text', text: said }] }],
    },
  })

  test.each<[string, object, string | undefined]>([
    ['a text', text, undefined],
    ['three buttons', buttons(button('1', 'a'), button('2', 'b'), button('3', 'c')), undefined],
    ['ten rows', rows(10), undefined],
    ['a parameter', template('a'), undefined],
    ['no recipient', { ...text, to: undefined }, 'no recipient'],
    ['a number with plus', { ...text, to: '+5511900000001' }, 'to'],
    ['an id that is none', { ...text, recipient: 'ana' }, 'recipient'],
    ['an unknown field', { ...text, priority: 1 }, 'unknown parameter priority'],
    ['no text', { type: 'text', text: { body: ' ', preview_url: false } }, 'text.body'],
    ['a long text', { type: 'text', text: { body: 'a'.repeat(4097), preview_url: false } }, 'text.body'],
    [
      'four buttons',
      buttons(button('1', 'a'), button('2', 'b'), button('3', 'c'), button('4', 'd')),
      'buttons',
    ],
    ['a long title', buttons(button('1', 'a'.repeat(21))), 'button.title'],
    ['a long id', buttons(button('1'.repeat(257), 'a')), 'button.id'],
    ['titles alike', buttons(button('1', 'a'), button('2', 'a')), 'button titles alike'],
    ['ids alike', buttons(button('1', 'a'), button('1', 'b')), 'button ids alike'],
    ['eleven rows', rows(11), 'list.rows'],
    ['a long row', rows(1, { title: 'a'.repeat(25) }), 'row.title'],
    ['a long row id', rows(1, { id: 'a'.repeat(201) }), 'row.id'],
    ['a long description', rows(1, { description: 'a'.repeat(73) }), 'row.description'],
    ['row ids alike', rows(2, { id: 'a' }), 'row ids alike'],
    ['an empty parameter', template(''), 'template parameter'],
    ['a parameter of two lines', template('a\nb'), 'template parameter'],
    ['a document never uploaded', { type: 'document', document: { id: '1' } }, 'media.id'],
    ['another kind', { type: 'audio', audio: { id: '1' } }, 'unknown parameter audio'],
  ])('%s', (_, message, wanted) => {
    expect(faultOf({ ...base, ...message }, () => false)?.why).toBe(wanted)
  })
})
