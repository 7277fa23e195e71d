import { createInssEvents } from '../../src/inss/events'
import { basic, client, desk, type Harness, startHarness } from '../inss-api/harness'
import { createWorld, secret, type World, whatsapp } from './world'

const ivanilda = '00002202212'
let api: Harness
let world: World
let protocol: string
let token: string

beforeAll(async () => {
  api = await startHarness({
    eventsEveryMs: 15,
    // Nobody listens there until the assistant is up.
    clients: [{ ...client, webhook: { url: 'http://127.0.0.1:9/webhooks/inss', secret } }, desk],
  })
  token = await api.login(ivanilda, 'silver')
  protocol = (await api.call('GET', '/v1/requests', { token })).body.items[0].protocol
  const inss = createInssEvents({
    url: api.running.api.url,
    clientId: client.id,
    clientSecret: client.secret,
    timeoutMs: 4000,
  })
  world = await createWorld(api.clock.now().toISOString(), { inss })
})
afterAll(async () => {
  await world.stop()
  await api.stop()
})

const step = (text: string) =>
  api.call('POST', `/v1/requests/${protocol}/analysis-steps`, {
    headers: { authorization: basic(desk) },
    body: { status: 'needs_document', text },
  })
async function chooseAll(): Promise<void> {
  const login = {
    session: async () => ({ level: 'silver' as const, personRef: 'ref' }),
    token: async () => token,
  }
  const here = await world.notices.of(world.inbound(whatsapp), login)
  await here.choose(['documento'], 'notices.ask')
}

it('a citizen is followed with their own token, and what happened while we were down is read, once', async () => {
  await chooseAll()
  for (const text of ['Um.', 'Dois.', 'Três.']) expect((await step(text)).status).toBe(200)
  await world.notices.catchUp()
  await world.notices.catchUp()
  await world.drain()
  expect(world.sent).toHaveLength(3)
  expect(new Set(world.sent.map(({ id }) => id)).size).toBe(3)
})

it('and comes by webhook too without being said twice', async () => {
  const { body } = await api.call('GET', '/v1/events', { headers: { authorization: basic(client) } })
  for (const event of body.items) expect(await world.post(event)).toBe(204)
  await world.drain()
  expect(world.sent).toHaveLength(3)
})

it('is read again after the next stop from where it ended', async () => {
  await step('Quatro.')
  await world.notices.catchUp()
  await world.drain()
  expect(world.sent).toHaveLength(4)
})

it('ends at the INSS too with the last yes', async () => {
  await world.notices.optOut('whatsapp-cloud', whatsapp.conversationId)
  await step('Cinco.')
  const { body } = await api.call('GET', '/v1/events', { headers: { authorization: basic(client) } })
  expect(body.items).toEqual([])
})

it('an INSS API that is down or refuses us stops nothing', async () => {
  for (const url of ['http://127.0.0.1:9', api.running.api.url]) {
    const inss = createInssEvents({ url, clientId: 'ninguem', clientSecret: 'x', timeoutMs: 1000 })
    const other = await createWorld('2026-11-25T15:00:00Z', { inss })
    await other.notices.catchUp()
    expect(other.logged()).toContain('catch_up_failed')
    await other.stop()
  }
})
