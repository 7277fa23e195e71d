import { randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { Client } from 'pg'
import { openDatabase } from '../../src/inss-api/db/database'
import { createLog } from '../../src/log'
import { basic, client, desk, type Harness, idToken, startHarness } from './harness'
import { describeWithPostgres, startPostgres } from './postgres-server'
import { startSubscriber } from './subscriber'

const marinalva = '00000100145'
const byAge = { service: 'aposentadoria-idade', facts: {}, declaration: true }

describeWithPostgres('the same service on PostgreSQL', () => {
  const name = `inss_test_${randomUUID().slice(0, 8)}`
  let server: Awaited<ReturnType<typeof startPostgres>>
  let api: Harness
  let second: Harness
  let subscriber: Awaited<ReturnType<typeof startSubscriber>>

  const admin = async (statement: string): Promise<void> => {
    const connection = new Client({ connectionString: server.url })
    await connection.connect()
    await connection.query(statement)
    await connection.end()
  }

  beforeAll(async () => {
    server = await startPostgres()
    await admin(`create database ${name}`)
    const databaseUrl = new URL(server.url)
    databaseUrl.pathname = `/${name}`
    const publicUrl = 'https://inss.example'
    subscriber = await startSubscriber()
    const webhook = { url: subscriber.url, secret: 'segredo dos eventos' }
    const clients = [{ ...client, webhook }, desk]
    const options = { databaseUrl: databaseUrl.href, publicUrl, clients, eventsEveryMs: 10 }
    // Two processes' worth of start at once: one migrates, both end with the same signing key.
    ;[api, second] = await Promise.all([startHarness(options), startHarness(options)])
  })
  afterAll(async () => {
    await Promise.all([api.stop(), second.stop()])
    await admin(`drop database if exists ${name}`)
    await server.stop()
    await subscriber.stop()
  })

  test('two processes share keys, tokens and health', async () => {
    const keys = await Promise.all([api, second].map((each) => each.call('GET', '/.well-known/jwks.json')))
    expect(keys[0]?.body).toEqual(keys[1]?.body)
    const health = await second.call('GET', '/v1/health')
    expect(health.body).toMatchObject({ status: 'ok', database: 'postgresql' })
    const token = await api.login(marinalva)
    expect((await second.call('GET', '/v1/citizen', { token })).status).toBe(200)
  })

  test('the same key sent to both at once has one effect and one answer', async () => {
    const token = await api.login(marinalva)
    const headers = { 'Idempotency-Key': 'junto' }
    const replies = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        (index % 2 === 0 ? api : second).call('POST', '/v1/requests', { token, headers, body: byAge }),
      ),
    )
    expect(replies.map((reply) => reply.status)).toEqual(Array(8).fill(201))
    expect(new Set(replies.map((reply) => reply.text)).size).toBe(1)
    expect((await second.call('GET', '/v1/requests', { token })).body.items).toHaveLength(1)
  })

  test('two requests of the same kind sent to both at once: one wins', async () => {
    const token = await api.login('00002002043', 'silver')
    const ask = (where: Harness, key: string) =>
      where.call('POST', '/v1/requests', { token, headers: { 'Idempotency-Key': key }, body: byAge })
    const replies = await Promise.all([ask(api, 'a'), ask(second, 'b'), ask(api, 'c'), ask(second, 'd')])
    expect(replies.map((reply) => reply.status).sort()).toEqual([201, 409, 409, 409])
    const [won] = replies.filter((reply) => reply.status === 201)
    for (const reply of replies.filter((each) => each.status === 409)) {
      expect([reply.body.code, reply.body.protocol]).toEqual(['request_exists', won?.body.protocol])
    }
  })

  test('an id_token is spent for both', async () => {
    const token = await idToken(api.issuer, api.clock, { cpf: marinalva })
    const third = await startHarness({ ...api.options })
    expect((await api.exchangeIdToken(token)).status).toBe(200)
    expect((await third.exchangeIdToken(token)).body.error_description).toBe('the id_token was already used')
    await third.stop()
  })

  test('what happens at both at once is told once, in one order', async () => {
    const token = await api.login('00002102188')
    const headers = { 'Idempotency-Key': 'seguir' }
    await second.call('POST', '/v1/citizen/following', { token, headers, body: {} })
    const [request] = (await api.call('GET', '/v1/requests', { token })).body.items
    const steps = Array.from({ length: 20 }, (_, index) =>
      (index % 2 === 0 ? api : second).call('POST', `/v1/requests/${request.protocol}/analysis-steps`, {
        headers: { authorization: basic(desk) },
        body: { status: 'in_analysis', text: `Passo ${index}.` },
      }),
    )
    expect((await Promise.all(steps)).map((reply) => reply.status)).toEqual(Array(20).fill(200))
    for (let tries = 0; tries < 500 && subscriber.state.calls.length < 20; tries += 1)
      await new Promise((resolve) => setTimeout(resolve, 10))
    await new Promise((resolve) => setTimeout(resolve, 100))
    const listed = await api.call('GET', '/v1/events?limit=100', {
      headers: { authorization: basic(client) },
    })
    const ids = listed.body.items.map((each: { id: string }) => each.id)
    expect(ids).toHaveLength(20)
    expect(subscriber.state.calls.map(({ event }) => event.id)).toEqual(ids)
  })

  test('a connection cut in the middle of a transaction fails that one call and nothing else', async () => {
    const databaseUrl = new URL(server.url)
    databaseUrl.pathname = `/${name}`
    const log = createLog({ level: 'silent' })
    const { db, ping, close } = await openDatabase({ databaseUrl: databaseUrl.href, dataFolder: '', log })
    const cut = db.transaction(async (transaction) => {
      const { rows } = (await transaction.execute(sql`select pg_backend_pid() as pid`)) as unknown as {
        rows: { pid: number }[]
      }
      await admin(`select pg_terminate_backend(${Number(rows[0]?.pid)})`)
      // Between two queries nobody waits for the connection, so only a listener hears that it broke.
      await new Promise((resolve) => setTimeout(resolve, 100))
      await transaction.execute(sql`select 1`)
    })
    await expect(cut).rejects.toThrow()
    await ping()
    await close()
  })

  test('a database that went away is a 503 to try again later, without a word of its errors', async () => {
    const token = await api.login(marinalva)
    await admin(`drop database ${name} with (force)`)
    const reply = await api.call('GET', '/v1/requests', { token })
    expect([reply.status, reply.body.code, reply.headers.get('retry-after')]).toEqual([
      503,
      'temporarily_unavailable',
      '5',
    ])
    expect((await api.call('GET', '/v1/health')).status).toBe(503)
    expect(reply.text).not.toContain(name)
    expect(api.logged()).not.toContain(marinalva)
  })
})
