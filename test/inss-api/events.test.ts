import { Webhook } from 'standardwebhooks'
import {
  basic,
  client,
  desk,
  fixedNow,
  type Harness,
  idToken,
  otherClient,
  type Reply,
  startHarness,
} from './harness'
import { startSubscriber, type Told } from './subscriber'

const benedito = '00000800805'
const lourdes = '00001201204'
const pedro = '00001701789'
const ivanilda = '00002202212'
const adalberto = '00002102188'
const marinalva = '00000100145'
const joao = '00000200280'
const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'

let api: Harness
let subscriber: Awaited<ReturnType<typeof startSubscriber>>
beforeAll(async () => {
  subscriber = await startSubscriber()
  api = await startHarness({
    eventsEveryMs: 15,
    clients: [{ ...client, webhook: { url: subscriber.url, secret } }, otherClient, desk],
  })
})
afterAll(async () => {
  await api.stop()
  await subscriber.stop()
})
beforeEach(() => {
  api.clock.set(fixedNow)
  subscriber.state.calls = []
})
afterEach(async () => {
  for (const person of followed.splice(0)) await asClient('POST', `/v1/following/${person}/end`, {})
  await rounds()
})

const followed: string[] = []
let keys = 0
async function follow(cpf: string, level = 'gold'): Promise<string> {
  keys += 1
  const token = await api.login(cpf, level)
  const headers = { 'Idempotency-Key': `seguir-${keys}` }
  const reply = await api.call('POST', '/v1/citizen/following', { token, body: {}, headers })
  expect(reply.status).toBe(200)
  followed.push(reply.body.person)
  return reply.body.person
}
const asClient = (
  method: string,
  path: string,
  body?: unknown,
  as: { id: string; secret: string } = client,
) => api.call(method, path, { headers: { authorization: basic(as) }, ...(body !== undefined && { body }) })
const deskStep = (
  protocol: string,
  body: object,
  as: { id: string; secret: string } = desk,
): Promise<Reply> => asClient('POST', `/v1/requests/${protocol}/analysis-steps`, body, as)
async function protocolOf(cpf: string): Promise<string> {
  return (await api.call('GET', '/v1/requests', { token: await api.login(cpf) })).body.items[0].protocol
}
async function until(done: () => boolean, what: () => unknown = () => subscriber.types()): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    if (done()) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error(`waited in vain: ${JSON.stringify(what())}`)
}
/** Long enough for several rounds of looking and telling. */
const rounds = () => new Promise((resolve) => setTimeout(resolve, 150))

describe('following a citizen', () => {
  test('gives the client a name of its own, the same every time, that no other client has', async () => {
    const first = await follow(benedito)
    expect(await follow(benedito)).toBe(first)
    expect(await follow(marinalva)).not.toBe(first)
    const token = await idToken(api.issuer, api.clock, { cpf: benedito, aud: otherClient.govbrClientId })
    const other = await api.exchangeIdToken(token, otherClient)
    const reply = await api.call('POST', '/v1/citizen/following', {
      token: other.body.access_token,
      body: {},
      headers: { 'Idempotency-Key': 'outro' },
    })
    expect(reply.body.person).toMatch(/^[\w-]{22}$/)
    expect(reply.body.person).not.toBe(first)
    await asClient('POST', `/v1/following/${reply.body.person}/end`, {}, otherClient)
  })

  test('nobody is told about a citizen who is not followed, nor any more once it ends', async () => {
    const protocol = await protocolOf(ivanilda)
    await deskStep(protocol, { status: 'in_analysis', text: 'Documento recebido.' })
    const person = await follow(ivanilda, 'silver')
    await deskStep(protocol, { status: 'in_analysis', text: 'Em conferência.' })
    await until(() => subscriber.types().length === 1)
    expect((await asClient('POST', `/v1/following/${person}/end`, {})).status).toBe(200)
    await deskStep(protocol, { status: 'needs_document', text: 'Falta o RG.' })
    await rounds()
    expect(subscriber.types()).toEqual(['request.moved'])
    expect((await asClient('GET', '/v1/events')).body.items).toEqual([])
  })
})

describe('what is told', () => {
  test('a request: made and decided at once, in this order, signed, without CPF, protocol or amount', async () => {
    const person = await follow(marinalva)
    const made = await api.call('POST', '/v1/requests', {
      token: await api.login(marinalva),
      body: { service: 'aposentadoria-idade', facts: {}, declaration: true },
      headers: { 'Idempotency-Key': 'pedido' },
    })
    await until(() => subscriber.types().length === 2)
    expect(subscriber.types()).toEqual(['request.created', 'request.decided'])
    for (const { event, headers, body } of subscriber.state.calls) {
      expect(event).toEqual({
        id: expect.stringMatching(/^evt_/),
        type: expect.any(String),
        timestamp: api.clock.now().toISOString(),
        person,
        data: { service: 'aposentadoria-idade', status: 'granted', automatic: true },
      })
      expect(headers['webhook-id']).toBe(event.id)
      expect(headers['content-type']).toBe('application/json')
      expect(() => new Webhook(secret).verify(body, headers)).not.toThrow()
      expect(() => new Webhook(secret).verify(`${body} `, headers)).toThrow()
      expect(body).not.toContain(marinalva)
      expect(body).not.toContain(made.body.protocol)
    }
  })

  test('a refused request leaves nothing to tell', async () => {
    await follow(ivanilda, 'silver')
    const reply = await api.call('POST', '/v1/requests', {
      token: await api.login(ivanilda),
      body: { service: 'aposentadoria-idade', facts: {}, declaration: true },
      headers: { 'Idempotency-Key': 'repetido' },
    })
    expect(reply.status).toBe(409)
    await rounds()
    expect(subscriber.types()).toEqual([])
  })

  test('the steps of the desk, which alone may write them', async () => {
    const protocol = await protocolOf(adalberto)
    await follow(adalberto)
    const refused = await deskStep(protocol, { status: 'in_analysis', text: 'x' }, client)
    expect([refused.status, refused.body.code]).toEqual([403, 'client_forbidden'])
    await deskStep(protocol, { status: 'in_analysis', text: 'Documento recebido.' })
    await deskStep(protocol, { status: 'needs_document', text: 'Falta o RG.', nextStep: 'Envie o RG.' })
    await deskStep(protocol, { status: 'denied', text: 'Faltou prova.' })
    const closed = await deskStep(protocol, { status: 'in_analysis', text: 'x' })
    expect([closed.status, closed.body.code]).toEqual([409, 'request_closed'])
    await until(() => subscriber.types().length === 3)
    expect(subscriber.types()).toEqual(['request.moved', 'request.document_required', 'request.decided'])
    const token = await api.login(adalberto)
    const read = await api.call('GET', `/v1/requests/${protocol}`, { token })
    expect(read.body).toMatchObject({ status: 'denied', analysis: { nextStep: 'Envie o RG.' } })
    const events = await api.call('GET', `/v1/requests/${protocol}/events`, { token })
    expect(events.body.items.map((each: { type: string }) => each.type).slice(-3)).toEqual([
      'analysis_moved',
      'document_requested',
      'denied',
    ])
  })

  test('a payment on its day, once, and one that came back', async () => {
    const paid = await follow(benedito)
    const returned = await follow(lourdes)
    await rounds()
    expect(subscriber.types()).toEqual([])
    api.clock.set('2026-11-27T03:00:01.000Z')
    await until(() => subscriber.types().length >= 1)
    api.clock.set('2026-12-05T12:00:00.000Z')
    await until(() => subscriber.types().length === 2)
    await api.restart()
    await rounds()
    const told = subscriber.state.calls.map(({ event }) => event)
    expect(told.map(({ type, person, data }) => [type, person, data.date])).toEqual(
      expect.arrayContaining([
        ['payment.credited', paid, '2026-11-27'],
        ['payment.returned', returned, expect.stringMatching(/^2026-(11-2|11-3|12-0)/)],
      ]),
    )
    expect(told).toHaveLength(2)
  })

  test('nothing of the payments before the citizen was followed, nor of the day itself', async () => {
    api.clock.set('2026-11-27T15:00:00.000Z')
    await follow(benedito)
    await rounds()
    api.clock.set('2026-11-28T15:00:00.000Z')
    await rounds()
    expect(subscriber.types()).toEqual([])
  })

  test('an appointment the day before, with its time and not its kind', async () => {
    const person = await follow(pedro, 'bronze')
    const token = await api.login(pedro, 'bronze')
    const { body } = await api.call('GET', '/v1/appointments', { token })
    expect(body.items).toEqual([
      {
        id: '1',
        kind: 'avaliacao_social',
        date: '2026-11-26',
        time: '09:30',
        place: 'Agência Cuiabá Centro',
      },
    ])
    await rounds()
    expect(subscriber.types()).toEqual([])
    api.clock.set('2026-11-25T03:00:00.000Z')
    await until(() => subscriber.types().length === 1)
    expect(subscriber.state.calls[0]?.event).toMatchObject({
      type: 'appointment.tomorrow',
      person,
      data: { date: '2026-11-26', time: '09:30' },
    })
  })
})

describe('delivery', () => {
  test('is tried again later and later, keeps the order of one person, and does not hold up another', async () => {
    const protocol = await protocolOf(ivanilda)
    const held = await follow(ivanilda, 'silver')
    await rounds()
    subscriber.state.answers = [500]
    await deskStep(protocol, { status: 'in_analysis', text: 'Um.' })
    await deskStep(protocol, { status: 'needs_document', text: 'Dois.' })
    await until(() => subscriber.types().length === 1)
    const other = await follow(joao)
    await api.call('POST', '/v1/requests', {
      token: await api.login(joao),
      body: { service: 'aposentadoria-tempo-contribuicao', facts: {}, declaration: true },
      headers: { 'Idempotency-Key': 'outra-pessoa' },
    })
    await until(() => subscriber.types().length === 3)
    await rounds()
    const told = () => subscriber.state.calls.map(({ event }) => [event.person, event.type])
    expect(told()).toEqual([
      [held, 'request.moved'],
      [other, 'request.created'],
      [other, 'request.decided'],
    ])
    api.clock.skip(2)
    await until(() => subscriber.types().length === 5)
    expect(told().slice(3)).toEqual([
      [held, 'request.moved'],
      [held, 'request.document_required'],
    ])
    const [first, again] = subscriber.state.calls.filter(({ event }) => event.type === 'request.moved')
    expect(again?.event).toEqual(first?.event)
  })

  test('loses nothing while the subscriber and this service are down', async () => {
    const protocol = await protocolOf(ivanilda)
    await follow(ivanilda, 'silver')
    subscriber.state.answers = [503, 503]
    await deskStep(protocol, { status: 'in_analysis', text: 'Um.' })
    await until(() => subscriber.types().length === 1)
    await deskStep(protocol, { status: 'needs_document', text: 'Dois.' })
    await api.restart()
    api.clock.skip(10)
    await until(() => subscriber.types().length === 2)
    // The refusal is heard here before it is written down there, with when to try again.
    await rounds()
    api.clock.skip(10)
    await until(() => subscriber.types().length === 4)
    expect(subscriber.types().slice(-2)).toEqual(['request.moved', 'request.document_required'])
  })

  test('a list after a cursor has every event in order, and a redelivery sends them with the same ids', async () => {
    const protocol = await protocolOf(ivanilda)
    await follow(ivanilda, 'silver')
    for (const text of ['Um.', 'Dois.', 'Três.']) await deskStep(protocol, { status: 'in_analysis', text })
    await until(() => subscriber.types().length === 3)
    const ids = subscriber.state.calls.map(({ event }) => event.id)
    const first = (await asClient('GET', '/v1/events?limit=2')).body
    expect([first.items.map((each: Told) => each.id), first.more]).toEqual([ids.slice(0, 2), true])
    const second = (await asClient('GET', `/v1/events?limit=2&after=${first.cursor}`)).body
    expect([second.items.map((each: Told) => each.id), second.more]).toEqual([ids.slice(2), false])
    const nothing = (await asClient('GET', `/v1/events?after=${second.cursor}`)).body
    expect(nothing).toEqual({ items: [], cursor: second.cursor, more: false })
    expect(first.items[0]).toEqual(subscriber.state.calls[0]?.event)
    const others = await asClient('GET', '/v1/events', undefined, otherClient)
    expect(others.body).toEqual({ items: [], cursor: null, more: false })
    const again = await asClient('POST', '/v1/events/redelivery', { after: first.cursor })
    expect(again.body).toEqual({ events: 1 })
    await until(() => subscriber.types().length === 4)
    expect(subscriber.state.calls[3]?.event.id).toBe(ids[2])
  })
})

test('the log holds no CPF, no name of a person and no secret', async () => {
  const person = await follow(ivanilda, 'silver')
  await deskStep(await protocolOf(ivanilda), { status: 'in_analysis', text: 'Documento recebido.' })
  await until(() => subscriber.types().length === 1)
  await rounds()
  expect(api.logged()).toContain('event_delivered')
  for (const hidden of [ivanilda, person, secret, client.secret, 'Documento recebido'])
    expect(api.logged()).not.toContain(hidden)
})

test('ten wrong secrets are enough for a minute', async () => {
  const wrong = { id: client.id, secret: 'errado' }
  for (let tries = 0; tries < 10; tries += 1) {
    expect((await asClient('GET', '/v1/events', undefined, wrong)).status).toBe(401)
  }
  const refused = await asClient('GET', '/v1/events', undefined, wrong)
  expect([refused.status, refused.body.code, refused.headers.get('retry-after')]).toEqual([
    429,
    'slow_down',
    '60',
  ])
})
