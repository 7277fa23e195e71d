import { activity, startChannel } from './harness'

const SERVICE = 'http://localhost:51234'
let channel: Awaited<ReturnType<typeof startChannel>>

beforeEach(async () => {
  channel = await startChannel()
})
afterEach(() => channel.stop())

it('what the Emulator posts is heard once, under names that tell nothing of the person', async () => {
  const first = await channel.post(activity(SERVICE))
  const again = await channel.post(activity(SERVICE))
  expect([first.status, again.status]).toEqual([200, 200])
  expect(channel.heard).toEqual([
    {
      id: expect.stringMatching(/^[A-Za-z0-9]{22}$/),
      channel: 'bot-framework',
      conversationId: expect.stringMatching(/^[A-Za-z0-9]{22}$/),
      at: '2026-11-23T15:00:00.000Z',
      address: expect.stringMatching(/^[\w-]{100,}$/),
      kind: 'text',
      text: 'quero ver meu pagamento',
    },
  ])
  expect(channel.logged()).not.toMatch(/5511900000001|Maria|pagamento/)
})

it('two people of one conversation and one person on two channels are different conversations', async () => {
  await channel.post(activity(SERVICE, { id: '1' }))
  await channel.post(activity(SERVICE, { id: '2', from: { id: 'user-jose' } }))
  await channel.post(activity(SERVICE, { id: '3', channelId: 'webchat' }))
  await channel.post(activity(SERVICE, { id: '4' }))
  const names = channel.heard.map(({ conversationId }) => conversationId)
  expect(new Set(names).size).toBe(3)
  expect(names[3]).toBe(names[0])
})

it('the same activity id in another conversation is another message', async () => {
  await channel.post(activity(SERVICE))
  await channel.post(activity(SERVICE, { conversation: { id: 'another' } }))
  expect(channel.heard).toHaveLength(2)
})

it.each([
  [
    'a pressed choice keeps the question it answers',
    { text: 'Sim', channelData: { questionId: 'q.1' } },
    { kind: 'text', text: 'Sim', questionId: 'q.1' },
  ],
  [
    'a posted value without text is what was said',
    { text: undefined, value: 'Sim' },
    { kind: 'text', text: 'Sim' },
  ],
  [
    'a voice message',
    { text: '', attachments: [{ contentType: 'audio/ogg', contentUrl: 'https://x.example/1' }] },
    { kind: 'unsupported', what: 'audio' },
  ],
  [
    'a picture',
    { text: null, attachments: [{ contentType: 'image/jpeg' }] },
    { kind: 'unsupported', what: 'image' },
  ],
  [
    'a document',
    { text: '', attachments: [{ contentType: 'application/pdf' }] },
    { kind: 'unsupported', what: 'document' },
  ],
  [
    'words with a picture are the words',
    { text: 'oi', attachments: [{ contentType: 'image/jpeg' }] },
    { kind: 'text', text: 'oi' },
  ],
])('%s', async (_name, more, content) => {
  expect((await channel.post(activity(SERVICE, more))).status).toBe(200)
  expect(channel.heard).toEqual([expect.objectContaining(content)])
})

it('who comes in is greeted once, and the same person writes in the same conversation', async () => {
  const update = { type: 'conversationUpdate', text: undefined, from: { id: 'conv-5511900000001' } }
  const bot = { id: 'bot-inss' }
  await channel.post(activity(SERVICE, { ...update, membersAdded: [bot] }))
  expect(channel.heard).toEqual([])
  await channel.post(activity(SERVICE, { ...update, id: '1', membersAdded: [bot, { id: 'user-maria' }] }))
  await channel.post(activity(SERVICE, { ...update, id: '2', membersAdded: [{ id: 'user-maria' }] }))
  await channel.post(activity(SERVICE, { id: '3' }))
  expect(channel.heard.map(({ kind }) => kind)).toEqual(['opened', 'text'])
  expect(channel.heard[1]?.conversationId).toBe(channel.heard[0]?.conversationId)
})

it.each([
  'typing',
  'event',
  'messageReaction',
  'endOfConversation',
  'installationUpdate',
  'contactRelationUpdate',
])('an activity of type %s says nothing', async (type) => {
  expect((await channel.post(activity(SERVICE, { type }))).status).toBe(200)
  expect(channel.heard).toEqual([])
})

it.each([
  ['a group', { conversation: { id: 'c', isGroup: true } }],
  ['a channel of a team', { conversation: { id: 'c', conversationType: 'channel' } }],
])('in %s nobody is answered, because others would read it', async (_name, more) => {
  expect((await channel.post(activity(SERVICE, more))).status).toBe(200)
  expect(channel.heard).toEqual([])
  await channel.post(
    activity(SERVICE, { conversation: { id: 'c', conversationType: 'personal', isGroup: false } }),
  )
  expect(channel.heard).toHaveLength(1)
})

it('a caller who wants the replies in the response is told that this is not done', async () => {
  const asked = await channel.post(activity(SERVICE, { deliveryMode: 'expectReplies' }))
  const invoked = await channel.post(activity(SERVICE, { type: 'invoke', name: 'signin/verifyState' }))
  expect([asked.status, invoked.status]).toEqual([501, 501])
  expect(channel.heard).toEqual([])
})

it.each([
  ['no JSON', '{"type":', 400],
  ['a list', [], 400],
  ['no service address', activity('', { serviceUrl: undefined }), 400],
  ['a service address of another kind', activity('file:///etc/passwd'), 400],
  ['a message without id', activity(SERVICE, { id: undefined }), 400],
  ['text that is no text', activity(SERVICE, { text: { a: 1 } }), 400],
  ["another machine, in the Emulator's name", activity('https://example.com/emulator'), 403],
  ['more than a megabyte', activity(SERVICE, { text: 'a'.repeat(1_100_000) }), 413],
])('%s is refused and nothing is heard', async (_name, body, status) => {
  expect((await channel.post(body)).status).toBe(status)
  expect(channel.heard).toEqual([])
})

it('a form another site could send by itself is refused', async () => {
  const response = await channel.post(activity(SERVICE), { 'content-type': 'text/plain' })
  expect(response.status).toBe(415)
  expect(channel.heard).toEqual([])
})

it('a message that is not safe with us is asked for again', async () => {
  const failing = await startChannel({
    receive: async () => {
      throw new Error('quero ver meu pagamento')
    },
  })
  expect((await failing.post(activity(SERVICE))).status).toBe(503)
  expect(failing.logged()).toContain('a webhook could not be taken')
  expect(failing.logged()).not.toContain('pagamento')
  await failing.stop()
})
