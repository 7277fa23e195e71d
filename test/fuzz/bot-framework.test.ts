import fc from 'fast-check'
import type { BotFrameworkOptions } from '../../src/channels/bot-framework/channel'
import {
  APP,
  activity,
  outbound,
  startChannel,
  startKeys,
  startStub,
} from '../channels/bot-framework/harness'
import { always, LONG, METHODS, oddBody, oddHeaders, oddText, tooMuch } from './hostile'
import { type Answer, expectHarmless, type Hostile, hangUp, send } from './send'

jest.setTimeout(LONG)

let connector: Awaited<ReturnType<typeof startStub>>
let keys: Awaited<ReturnType<typeof startKeys>>
let open: Awaited<ReturnType<typeof startChannel>>
let guarded: Awaited<ReturnType<typeof startChannel>>
beforeAll(async () => {
  connector = await startStub(() => ({ status: 200, body: { id: 'sent-1' } }))
  keys = await startKeys()
  open = await startChannel()
  const azure: BotFrameworkOptions['azure'] = { ...keys, loginUrl: connector.url }
  guarded = await startChannel({ credentials: APP, azure })
})
afterAll(async () => {
  hangUp()
  await Promise.all([connector, keys, open, guarded].map((each) => each?.stop()))
})

/** What channels of Azure Bot Service post; each is answered to at the test's own connector. */
const activities = () => {
  const here = (more: object = {}) => activity(connector.url, more)
  return [
    here({ channelData: { clientActivityID: '1', questionId: 'a.b' }, value: { a: [1] } }),
    here({ channelId: 'msteams', conversation: { id: 'a:1', conversationType: 'personal', tenantId: 't' } }),
    here({ text: '', attachments: [{ contentType: 'audio/ogg', name: 'recado.ogg' }] }),
    here({ type: 'conversationUpdate', membersAdded: [{ id: 'user-maria' }, { id: 'bot-inss' }] }),
    here({ type: 'invoke', name: 'signin/verifyState' }),
    here({ deliveryMode: 'expectReplies' }),
  ]
}
const body = () => oddBody(...activities())

async function post(to: typeof open, request: Omit<Hostile, 'path' | 'method'>): Promise<Answer> {
  const { origin, pathname } = new URL(to.url)
  const whole = { method: 'POST', path: pathname, ...request }
  const answer = await send(origin, whole)
  // What wants the reply inside this answer is told that nobody does that here.
  expectHarmless(answer, whole, [501])
  return answer
}

test('whatever a channel posts is answered, and what is received can be kept and replied to', async () => {
  const choices = ['Sim', 'Não'].map((title) => ({ title, value: title }))
  const reply = { choices, questionId: 'a.b', link: { title: 'Abrir', url: 'https://www.gov.br/' } }
  await always(fc.tuple(body(), oddHeaders), async ([bytes, odd]) => {
    const { status } = await post(open, {
      body: bytes,
      headers: [['content-type', 'application/json'], ...odd],
    })
    expect([200, 400, 403, 413, 415, 501]).toContain(status)
    for (const message of open.heard.splice(0)) {
      expect(message.conversationId).toMatch(/^[A-Za-z0-9]{22}$/)
      expect(message.id).toMatch(/^[A-Za-z0-9]{22}(\|opened)?$/)
      expect(JSON.parse(JSON.stringify(message))).toEqual(message)
      const { address = '' } = message
      await open.channel.send(outbound(message, reply), { address }).catch((error: Error) => {
        expect(error.name).toBe('ChannelError')
      })
    }
  })
})

test('whatever comes without a right token is refused, and nothing of it received', async () => {
  const printed = jest.spyOn(console, 'error').mockImplementation(() => undefined)
  const url = connector.url
  const claims = [
    { serviceurl: url },
    { serviceurl: url, aud: 'another' },
    { serviceurl: 'https://zq7.example' },
  ]
  const tokens = await Promise.all([
    ...claims.map((each) => keys.token(each, { key: keys.forged })),
    ...claims.slice(1).map((each) => keys.token(each)),
    keys.token({ serviceurl: url }, { seconds: -400 }),
    keys.token({ serviceurl: url }, { kid: 'zq' }),
  ])
  const right = await keys.token({ serviceurl: url })
  const damaged = fc
    .tuple(fc.nat(right.length - 1), fc.constantFrom(...'.aZ0-_='))
    .map(([at, letter]) => right.slice(0, at) + letter + right.slice(at + 1))
    // The last letters of a part may hold bits that mean nothing.
    .filter((token) => !sameBytes(token, right))
  const bearer = fc.oneof(
    fc.constantFrom(...tokens, '', 'a.b.c', '..', `${right}.x`, right.split('.').slice(0, 2).join('.')),
    damaged,
    oddText.filter((text) => /^[\x21-\x7e]*$/.test(text)).map((text) => text.slice(0, 8000)),
    oddText.map((text) => `e30.${Buffer.from(text.slice(0, 4000)).toString('base64url')}.AA`),
  )
  const scheme = fc.constantFrom('Bearer ', 'bearer ', 'Basic ', '', 'Bearer  ')
  await always(fc.tuple(body(), scheme, bearer), async ([bytes, how, token]) => {
    const headers: [string, string][] = [
      ['content-type', 'application/json'],
      ['authorization', `${how}${token}`],
    ]
    const { status } = await post(guarded, { body: bytes, headers })
    expect([400, 401, 413, 415]).toContain(status)
    expect(guarded.heard).toEqual([])
  })
  const real = Buffer.from(JSON.stringify(activity(url, { channelId: 'msteams' })))
  const headers: [string, string][] = [
    ['content-type', 'application/json'],
    ['authorization', `Bearer ${right}`],
  ]
  expect((await post(guarded, { body: real, headers })).status).toBe(200)
  expect(guarded.heard).toHaveLength(1)
  printed.mockRestore()
})

test('no other method is taken, a megabyte is read and no more, and pressed bodies not at all', async () => {
  const { origin, pathname: path } = new URL(open.url)
  for (const method of METHODS.filter((each) => !['POST', 'OPTIONS'].includes(each))) {
    const answer = await send(origin, { method, path })
    expect([method, answer.status]).toEqual([method, 404])
  }
  const headers: [string, string][] = [['content-type', 'application/json']]
  const { plain, pressed } = tooMuch(Buffer.from('{'))
  expect((await post(open, { body: plain, headers })).status).toBe(413)
  const zipped: [string, string][] = [...headers, ['content-encoding', 'gzip']]
  expect((await post(open, { body: pressed, headers: zipped })).status).toBe(415)
  expect(open.heard).toEqual([])
})

function sameBytes(one: string, other: string): boolean {
  const bytes = (token: string) =>
    token.split('.').map((part) => Buffer.from(part, 'base64url').toString('hex'))
  return bytes(one).join() === bytes(other).join()
}
