import http from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import fc from 'fast-check'
import { createFaultPages } from '../../src/channels/web/faults'
import { createQrPage, PAGE_PATH } from '../../src/channels/whatsapp-web/qr-page'
import { createIdentity, type Identity } from '../../src/identity/identity'
import { createMemoryStore } from '../../src/store/memory'
import { startStub } from '../channels/bot-framework/harness'
import { captureLog } from '../identity/world'
import { createWorld, type World, whatsapp } from '../notices/world'
import { always, LONG, METHODS, oddForm, oddHeaders, oddPath, oddText } from './hostile'
import { type Answer, expectHarmless, type Hostile, hangUp, send } from './send'

jest.setTimeout(LONG)

const FORM: [string, string] = ['content-type', 'application/x-www-form-urlencoded']

afterAll(hangUp)

describe('/mensagem', () => {
  let world: World
  beforeAll(async () => {
    world = await createWorld('2026-11-25T15:00:00Z')
    await world.optIn(whatsapp, 'rosa')
    await world.post(world.event('pessoa-rosa', 'payment.credited'))
    await world.drain()
  })
  afterAll(() => world.stop())

  async function ask(request: Hostile): Promise<Answer> {
    const answer = await send(world.url, request)
    expectHarmless(answer, request)
    return answer
  }

  test('says of nothing anybody writes that it is ours', async () => {
    const body = fc.oneof(
      oddForm('code'),
      oddText.map((text) => `code=${text}`),
      fc.uint8Array({ maxLength: 5000 }).map((bytes) => Buffer.from(bytes)),
    )
    await always(
      fc.tuple(fc.constantFrom('GET', 'HEAD', 'POST', 'OPTIONS'), body, oddHeaders),
      async ([method, body, odd]) => {
        const answer = await ask({ method, path: '/mensagem', headers: [FORM, ...odd], body })
        expect([200, 304, 400, 404, 413, 415, 429]).toContain(answer.status)
        expect(answer.text).not.toContain('A mensagem é nossa')
        if (method === 'POST') expect(answer.text).toContain('<form method="post" action="/mensagem">')
      },
    )
  })

  test('reads four thousand letters and no more', async () => {
    const request = { method: 'POST', path: '/mensagem', headers: [FORM] }
    expect((await ask({ ...request, body: `code=${'a'.repeat(5000)}` })).status).toBe(413)
  })

  test('says that the fault is ours when it is, and that the message may be a fraud all the same', async () => {
    const { records } = createMemoryStore()
    const broken = await createWorld('2026-11-25T15:00:00Z', {
      store: async (clock) => ({
        ...createMemoryStore({ clock }),
        records: { ...records, get: () => Promise.reject(new Error('segredo: the store is away')) },
      }),
    })
    const request = { method: 'POST', path: '/mensagem', headers: [FORM], body: 'code=7K3P-9XQM' }
    const answer = await send(broken.url, request)
    await broken.stop()
    expectHarmless(answer, request, [503])
    expect(answer.status).toBe(503)
    expect(answer.text).toContain('ligue 135')
    expect(answer.text + broken.logged()).not.toContain('segredo')
  })
})

describe('/entrar', () => {
  let identity: Identity
  let provider: Awaited<ReturnType<typeof startStub>>
  let server: http.Server
  let url: string
  const events: string[] = []
  beforeAll(async () => {
    provider = await startStub(({ path }) =>
      path.endsWith('/openid-configuration')
        ? {
            status: 200,
            body: {
              issuer: provider.url,
              authorization_endpoint: `${provider.url}/authorize`,
              token_endpoint: `${provider.url}/token`,
              jwks_uri: `${provider.url}/jwk`,
            },
          }
        : { status: 400, body: { error: 'invalid_grant', error_description: 'zq8"zq8' } },
    )
    const clock = { now: () => new Date('2026-11-25T15:00:00Z') }
    const { log } = captureLog()
    // Callers differ by the proxy's word, because one address may only try so often.
    const app = express().set('trust proxy', 1)
    server = http.createServer(app)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    identity = createIdentity({
      issuer: provider.url,
      clientId: 'assistente',
      clientSecret: 'segredo-de-teste',
      publicUrl: url,
      inssApiUrl: provider.url,
      inssClientId: 'assistente',
      inssClientSecret: 'outro-segredo-de-teste',
      secretKey: Buffer.alloc(32, 7),
      records: createMemoryStore({ clock }).records,
      clock,
      log,
      idleMinutes: 30,
      linkMinutes: 10,
      onEvent: async (_conversationId, event) => void events.push(event),
    })
    app.use(identity.router, ...createFaultPages({ styleSheet: '', demo: false, secureCookies: false, log }))
  })
  afterAll(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    await provider.stop()
  })

  let callers = 0
  async function ask(request: Hostile): Promise<Answer> {
    callers += 1
    const from: [string, string] = [
      'x-forwarded-for',
      `10.${callers >> 16}.${(callers >> 8) & 255}.${callers & 255}`,
    ]
    const answer = await send(url, { ...request, headers: [...(request.headers ?? []), from] })
    expectHarmless(answer, request)
    return answer
  }

  const link = (purpose = 'ver o seu pagamento') => identity.requestLogin('web:conversa', { purpose })

  test('whatever is sent to a link without its own form does nothing', async () => {
    const { url: address } = await link()
    const { pathname } = new URL(address)
    const paths = [
      pathname,
      `${pathname}/nivel`,
      '/entrar/retorno',
      '/entrar/aviso/stale',
      '/entrar/sair',
      '/entrar/pronto',
    ]
    const method = fc.oneof(fc.constant('POST'), fc.constantFrom(...METHODS))
    const path = fc.oneof(fc.constant(pathname), oddPath(...paths))
    const body = oddForm('answer', 'form')
    const whole = fc.constantFrom('answer=same&form=x', 'answer=different&form=x', 'answer=another&form=x')
    await always(
      fc.tuple(method, path, oddHeaders, fc.oneof(body, whole)),
      async ([method, path, odd, body]) => {
        const { status } = await ask({ method, path, headers: [FORM, ...odd], body })
        expect([200, 303, 304, 400, 403, 404, 413, 415, 429]).toContain(status)
        expect(events).toEqual([])
      },
    )
    expect((await ask({ method: 'GET', path: pathname })).text).toContain('name="answer" value="same"')
  })

  test('whatever comes back from gov.br ends in a page, and never in a session', async () => {
    const { url: address } = await link()
    const { pathname } = new URL(address)
    const page = await ask({ method: 'GET', path: pathname })
    const cookies = (answer: Answer) => (answer.headers['set-cookie'] ?? []).map((each) => each.split(';')[0])
    const form = /name="form" value="([^"]+)"/.exec(page.text)?.[1] ?? ''
    const leaving = await ask({
      method: 'POST',
      path: pathname,
      headers: [FORM, ['cookie', cookies(page).join('; ')]],
      body: `answer=same&form=${encodeURIComponent(form)}`,
    })
    const state = new URL(leaving.headers.location ?? '').searchParams.get('state') ?? ''
    const value = oddText.map((text) => encodeURIComponent(Buffer.from(text).toString()).slice(0, 6000))
    const name = fc.constantFrom(
      'code',
      'error',
      'error_description',
      'iss',
      'session_state',
      'state',
      '__proto__',
    )
    const query = fc.array(fc.tuple(name, value), { maxLength: 4 })
    // Another's browser does not hold the cookie of this journey.
    const held = fc.constantFrom('', `entrar-${state.slice(0, 12)}=x`, cookies(page).join('; '))
    await always(fc.tuple(query, held, oddHeaders), async ([pairs, cookie, odd]) => {
      const search = [['state', state], ...pairs].map(([key, text]) => `${key}=${text}`).join('&')
      const headers: [string, string][] = [['cookie', cookie], ...odd]
      const { status, headers: answered } = await ask({
        method: 'GET',
        path: `/entrar/retorno?${search}`,
        headers,
      })
      expect(status).toBe(303)
      expect(answered.location).toMatch(/^\/entrar\/aviso\/(stale|browser)$/)
    })
    expect(await identity.session('web:conversa')).toBeUndefined()
    const headers: [string, string][] = [['cookie', cookies(leaving).join('; ')]]
    const back = await ask({ method: 'GET', path: `/entrar/retorno?state=${state}&code=zq8"zq8`, headers })
    expect([back.status, back.headers.location?.startsWith('/entrar/')]).toEqual([303, true])
    expect(await identity.session('web:conversa')).toBeUndefined()
  })

  test('whatever a login is for is shown as text', async () => {
    await always(oddText, async (purpose) => {
      const { url: address } = await link(purpose)
      expect((await ask({ method: 'GET', path: new URL(address).pathname })).status).toBe(200)
    })
  })
})

describe('/webhooks/whatsapp-web/qr', () => {
  let server: http.Server
  let url: string
  beforeAll(async () => {
    const app = express().set('trust proxy', 1)
    server = http.createServer(app)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    app.use(
      createQrPage({
        secretKey: Buffer.alloc(32, 7),
        qrToken: 'codigo-de-acesso-de-teste',
        publicUrl: url,
        clock: { now: () => new Date('2026-11-25T15:00:00Z') },
        state: () => ({ name: 'starting' }),
        retryNow: () => {
          throw new Error('nobody may try again')
        },
      }),
    )
  })
  afterAll(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })

  test('opens for nothing but its code', async () => {
    const cookie = oddText.map(
      (text) => `whatsapp-web=${encodeURIComponent(Buffer.from(text).toString()).slice(0, 4000)}`,
    )
    const known = fc.constantFrom(
      'whatsapp-web=9999999999999.',
      'whatsapp-web=Infinity.AAAA',
      'whatsapp-web=.',
    )
    const path = fc.constantFrom('', '', '/tentar').map((below) => PAGE_PATH + below)
    const cookies = fc.oneof(cookie, known)
    const method = fc.constantFrom('GET', 'POST', 'POST')
    let callers = 0
    await always(
      fc.tuple(method, path, cookies, oddForm('code'), oddHeaders),
      async ([method, path, held, body, odd]) => {
        callers += 1
        const from: [string, string] = [
          'x-forwarded-for',
          `10.${callers >> 16}.${(callers >> 8) & 255}.${callers & 255}`,
        ]
        const request = {
          method,
          path,
          headers: [FORM, ['cookie', held], ...odd, from] as [string, string][],
          body,
        }
        if (method === 'GET' && path !== PAGE_PATH) return
        const answer = await send(url, request)
        expectHarmless(answer, request)
        expect(path === PAGE_PATH ? [400, 401, 413, 415] : [303]).toContain(answer.status)
        expect(answer.headers['set-cookie']).toBeUndefined()
      },
    )
  })
})
