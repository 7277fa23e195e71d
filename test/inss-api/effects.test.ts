import { type Harness, type Reply, startHarness } from './harness'

const marinalva = '00000100145'
const joao = '00000200280'
const neide = '00002002043'
const adalberto = '00002102188'
const ivanilda = '00002202212'

let api: Harness
beforeAll(async () => {
  api = await startHarness()
})
afterAll(() => api.stop())

const ask = (token: string, key: string, body: unknown): Promise<Reply> =>
  api.call('POST', '/v1/requests', { token, body, headers: { 'Idempotency-Key': key } })
const byAge = { service: 'aposentadoria-idade', facts: {}, declaration: true }
const byTime = { service: 'aposentadoria-tempo-contribuicao', facts: {}, declaration: true }

describe('the same Idempotency-Key', () => {
  test('and body gives the same answer, byte by byte, also after a restart', async () => {
    const token = await api.login(marinalva)
    const first = await ask(token, 'repetida', byAge)
    expect([first.status, first.body.status]).toEqual([201, 'granted'])
    expect(first.headers.get('idempotency-replayed')).toBeNull()
    const again = await ask(token, 'repetida', {
      declaration: true,
      facts: {},
      service: 'aposentadoria-idade',
    })
    expect([again.status, again.text]).toEqual([201, first.text])
    for (const name of ['etag', 'location', 'content-type'])
      expect(again.headers.get(name)).toBe(first.headers.get(name))
    expect(again.headers.get('idempotency-replayed')).toBe('true')
    await api.restart()
    const later = await ask(await api.login(marinalva), 'repetida', byAge)
    expect([later.status, later.text]).toEqual([201, first.text])
  })

  test('and another body is a conflict', async () => {
    const reply = await ask(await api.login(marinalva), 'repetida', byTime)
    expect([reply.status, reply.body.code]).toEqual([409, 'idempotency_conflict'])
  })

  test('keeps a refusal too', async () => {
    const token = await api.login(marinalva)
    const refused = await ask(token, 'recusada', byAge)
    expect([refused.status, refused.body.code, refused.headers.get('content-type')]).toEqual([
      409,
      'request_exists',
      'application/problem+json; charset=utf-8',
    ])
    const again = await ask(token, 'recusada', byAge)
    expect([again.status, again.text, again.headers.get('content-type')]).toEqual([
      409,
      refused.text,
      'application/problem+json; charset=utf-8',
    ])
  })

  test('of another citizen is another key', async () => {
    const reply = await ask(await api.login(joao), 'repetida', byTime)
    expect([reply.status, reply.body.status]).toEqual([201, 'granted'])
  })

  test('twice at once has one effect and one answer', async () => {
    const token = await api.login(neide, 'silver')
    const replies = await Promise.all(Array.from({ length: 5 }, () => ask(token, 'junto', byAge)))
    expect(replies.map((reply) => reply.status)).toEqual([201, 201, 201, 201, 201])
    expect(new Set(replies.map((reply) => reply.text)).size).toBe(1)
    const list = await api.call('GET', '/v1/requests', { token })
    expect(list.body.items).toHaveLength(1)
    const benefits = await api.call('GET', '/v1/benefits', { token })
    expect(benefits.body.items).toHaveLength(1)
  })
})

test('two requests of the same kind at once: one wins, the other is told its protocol', async () => {
  const token = await api.login(adalberto)
  const [first, second] = await Promise.all([ask(token, 'um', byAge), ask(token, 'dois', byAge)])
  const [won, lost] = first?.status === 201 ? [first, second] : [second, first]
  expect([won?.status, lost?.status, lost?.body.code]).toEqual([201, 409, 'request_exists'])
  expect(lost?.body.protocol).toBe(won?.body.protocol)
})

test('a request made before this service is one too', async () => {
  const token = await api.login(adalberto)
  const reply = await ask(token, 'outra-vez', byTime)
  const old = (await api.call('GET', '/v1/requests', { token })).body.items.find(
    (each: { service: string }) => each.service === 'aposentadoria-tempo-contribuicao',
  )
  expect([reply.status, reply.body.code, reply.body.protocol]).toEqual([409, 'request_exists', old.protocol])
})

describe('giving up', () => {
  const withdraw = (token: string, protocol: string, key: string, etag: string) =>
    api.call('POST', `/v1/requests/${protocol}/withdrawal`, {
      token,
      body: {},
      headers: { 'Idempotency-Key': key, 'If-Match': etag },
    })

  test('needs the version read, happens once and is told in the events', async () => {
    const token = await api.login(ivanilda)
    const [open] = (await api.call('GET', '/v1/requests', { token })).body.items
    const read = await api.call('GET', `/v1/requests/${open.protocol}`, { token })
    const etag = read.headers.get('etag') ?? ''
    const stale = await withdraw(token, open.protocol, 'a', '"outra"')
    expect([stale.status, stale.body.code]).toEqual([412, 'etag_mismatch'])
    const done = await withdraw(token, open.protocol, 'a', etag)
    expect([done.status, done.body.status]).toEqual([200, 'withdrawn'])
    expect(done.headers.get('etag')).not.toBe(etag)
    const again = await withdraw(token, open.protocol, 'a', etag)
    expect([again.status, again.text]).toEqual([200, done.text])
    const closed = await withdraw(token, open.protocol, 'b', done.headers.get('etag') ?? '')
    expect([closed.status, closed.body.code]).toEqual([409, 'request_closed'])
    const events = await api.call('GET', `/v1/requests/${open.protocol}/events`, { token })
    expect(events.body.items.at(-1)).toMatchObject({ type: 'withdrawn', text: 'Você desistiu deste pedido.' })
  })

  test('of two at once with different keys one happens', async () => {
    const token = await api.login(adalberto)
    const list = (await api.call('GET', '/v1/requests', { token })).body.items
    const open = list.find((each: { status: string }) => each.status === 'in_analysis')
    const etag = (await api.call('GET', `/v1/requests/${open.protocol}`, { token })).headers.get('etag') ?? ''
    const replies = await Promise.all(['x', 'y', 'z'].map((key) => withdraw(token, open.protocol, key, etag)))
    expect(replies.map((reply) => reply.status).sort()).toEqual([200, 412, 412])
  })

  test("another citizen's request does not exist", async () => {
    const [theirs] = (await api.call('GET', '/v1/requests', { token: await api.login(adalberto) })).body.items
    const token = await api.login(marinalva)
    for (const path of [`/v1/requests/${theirs.protocol}`, `/v1/requests/${theirs.protocol}/events`]) {
      const reply = await api.call('GET', path, { token })
      expect([reply.status, reply.body.code]).toEqual([404, 'request_not_found'])
    }
    expect((await withdraw(token, theirs.protocol, 'k', '"x"')).status).toBe(404)
  })
})

test('pages follow one another without repeating or losing', async () => {
  const token = await api.login(adalberto)
  const all = (await api.call('GET', '/v1/requests?limit=100', { token })).body
  expect(all.nextCursor).toBeNull()
  const seen: string[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const path: string = `/v1/requests?limit=1${cursor === '' ? '' : `&cursor=${cursor}`}`
    const page: Reply = await api.call('GET', path, { token })
    seen.push(...page.body.items.map((each: { protocol: string }) => each.protocol))
    cursor = page.body.nextCursor
  }
  expect(seen).toEqual(all.items.map((each: { protocol: string }) => each.protocol))
  expect(seen.length).toBeGreaterThan(1)
})
