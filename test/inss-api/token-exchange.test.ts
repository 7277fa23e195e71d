import { createHash } from 'node:crypto'
import { decodeJwt, generateKeyPair, SignJWT } from 'jose'
import { client, fixedNow, type Harness, idToken, otherClient, startHarness } from './harness'

const cpf = '00000100145'
const idType = 'urn:ietf:params:oauth:token-type:id_token'
const accessType = 'urn:ietf:params:oauth:token-type:access_token'

let api: Harness
beforeAll(async () => {
  api = await startHarness()
})
afterAll(() => api.stop())
beforeEach(() => api.clock.set(fixedNow))

const fresh = (claims: Record<string, unknown> = {}) => idToken(api.issuer, api.clock, { cpf, ...claims })
const renew = (token: string, as = client) =>
  api.exchange({ grant_type: api.grantType, subject_token: token, subject_token_type: accessType }, as)

describe('a fresh id_token and its client', () => {
  test('become a token of the citizen, for this API, acted on by the client', async () => {
    const reply = await api.exchangeIdToken(await fresh({ level: 'silver' }))
    expect(reply.status).toBe(200)
    expect(reply.headers.get('cache-control')).toBe('no-store')
    expect(reply.body).toEqual({
      access_token: expect.any(String),
      issued_token_type: accessType,
      token_type: 'Bearer',
      expires_in: 1800,
      scope: 'citizen',
    })
    const now = Date.parse(fixedNow) / 1000
    expect(decodeJwt(reply.body.access_token)).toEqual({
      iss: api.running.api.url,
      aud: 'inss-api',
      sub: cpf,
      level: 'silver',
      act: { sub: client.id },
      auth_time: now,
      iat: now,
      exp: now + 1800,
      jti: expect.any(String),
    })
  })

  test('without a level in the id_token count as bronze', async () => {
    const reply = await api.exchangeIdToken(await fresh({ reliability_info: undefined }))
    expect(decodeJwt(reply.body.access_token)).toMatchObject({ level: 'bronze' })
  })

  test('of a login of yesterday give a token that cannot be renewed', async () => {
    const reply = await api.exchangeIdToken(await fresh({ auth_time: seconds(-24 * 3600) }))
    expect(reply.body.expires_in).toBe(1800)
    expect((await renew(reply.body.access_token)).status).toBe(400)
  })

  test('the token opens the resources of the citizen and of no one else', async () => {
    const token = await api.login(cpf)
    const mine = await api.call('GET', '/v1/citizen', { token })
    expect(mine.status).toBe(200)
    expect(mine.body.cpf).toBe(cpf)
  })
})

describe('an id_token is refused', () => {
  const refusals: [string, () => Promise<string>, RegExp][] = [
    ['issued to another client', () => fresh({ aud: 'alguem' }), /claim aud/],
    ['of another issuer', () => fresh({ iss: 'https://sso.example.com' }), /claim iss/],
    ['expired', () => fresh({ iat: seconds(-100), exp: seconds(-40) }), /expired/],
    ['issued too long ago', () => fresh({ iat: seconds(-200), exp: seconds(600) }), /claim iat|expired/],
    ['from the future', () => fresh({ iat: seconds(600), exp: seconds(660) }), /claim iat/],
    ['without nonce', () => fresh({ nonce: undefined }), /nonce/],
    ['without expiry', () => fresh({ exp: undefined }), /exp/],
    ['with a CPF of wrong digits', () => fresh({ cpf: '00000100146' }), /malformed/],
    [
      'for several clients, asked for by another',
      () => fresh({ aud: [client.govbrClientId, 'x'], azp: 'x' }),
      /another client/,
    ],
    ['that is not a token', async () => 'nada.disso.aqui', /malformed/],
  ]
  test.each(refusals)('%s', async (_name, make, why) => {
    const reply = await api.exchangeIdToken(await make())
    expect(reply.status).toBe(400)
    expect(reply.body.error).toBe('invalid_request')
    expect(reply.body.error_description).toMatch(why)
  })

  test('signed by another key', async () => {
    const { privateKey } = await generateKeyPair('RS256')
    const reply = await api.exchangeIdToken(await idToken(api.issuer, api.clock, { cpf }, privateKey))
    expect([reply.status, reply.body.error_description]).toEqual([
      400,
      'the signature of the id_token is not valid',
    ])
  })

  test('unsigned, or signed with the secret of the client', async () => {
    const payload = Buffer.from(JSON.stringify(decodeJwt(await fresh()))).toString('base64url')
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`
    const hmac = await new SignJWT(decodeJwt(await fresh()))
      .setProtectedHeader({ alg: 'HS256', kid: 'k1' })
      .sign(createHash('sha256').update(client.secret).digest())
    for (const token of [none, hmac])
      expect((await api.exchangeIdToken(token)).body.error).toBe('invalid_request')
  })

  test('the second time, also with a changed signature tail and after a restart', async () => {
    const token = await fresh()
    expect((await api.exchangeIdToken(token)).status).toBe(200)
    const again = await api.exchangeIdToken(token)
    expect([again.status, again.body.error_description]).toEqual([400, 'the id_token was already used'])
    await api.restart()
    expect((await api.exchangeIdToken(token)).body.error_description).toBe('the id_token was already used')
  })

  test('one of two that arrive together', async () => {
    const token = await fresh()
    const replies = await Promise.all([api.exchangeIdToken(token), api.exchangeIdToken(token)])
    expect(replies.map((reply) => reply.status).sort()).toEqual([200, 400])
  })
})

describe('the client', () => {
  test.each([
    ['unknown', { id: 'ninguem', secret: 'x' }],
    ['with a wrong secret', { id: client.id, secret: 'errado' }],
    ['without credentials', null],
  ])('%s is refused', async (_name, as) => {
    const reply = await api.exchange(
      { grant_type: api.grantType, subject_token: await fresh(), subject_token_type: idType },
      as,
    )
    expect([reply.status, reply.body.error]).toEqual([401, 'invalid_client'])
    expect(reply.headers.get('www-authenticate')).toMatch(/^Basic/)
  })

  test('cannot bring the id_token of another client', async () => {
    const reply = await api.exchangeIdToken(await fresh(), otherClient)
    expect([reply.status, reply.body.error]).toEqual([400, 'invalid_request'])
  })

  test.each([
    ['another grant', { grant_type: 'password' }, 'unsupported_grant_type'],
    ['no subject token', { subject_token: '' }, 'invalid_request'],
    [
      'another type of token',
      { subject_token_type: 'urn:ietf:params:oauth:token-type:saml2' },
      'invalid_request',
    ],
    ['another audience', { audience: 'outra-api' }, 'invalid_target'],
  ])('gets an OAuth error for %s', async (_name, change, error) => {
    const form = { grant_type: api.grantType, subject_token: 'x', subject_token_type: idType, ...change }
    const reply = await api.exchange(form)
    expect([reply.status, reply.body.error]).toEqual([400, error])
  })

  test('that keeps failing waits, even with the right secret', async () => {
    const guess = { id: 'adivinhado', secret: 'x' }
    const statuses: number[] = []
    for (let i = 0; i < 12; i++) statuses.push((await api.exchange({}, guess)).status)
    expect(statuses.slice(0, 10)).toEqual(Array(10).fill(401))
    expect(statuses.slice(10)).toEqual([429, 429])
  })
})

describe('renewal', () => {
  test('gives a new token of the same citizen, level and login', async () => {
    const first = await api.login(cpf, 'silver')
    api.clock.skip(1700)
    const reply = await renew(first)
    expect(reply.status).toBe(200)
    const [before, after] = [decodeJwt(first), decodeJwt(reply.body.access_token)]
    expect(after).toMatchObject({ sub: cpf, level: 'silver', auth_time: before.auth_time })
    expect(after.exp).toBe((before.exp ?? 0) + 1700)
    expect(after.jti).not.toBe(before.jti)
  })

  test('is refused to an expired token, to another client and to an id_token passed as access token', async () => {
    const token = await api.login(cpf)
    expect((await renew(token, otherClient)).status).toBe(400)
    expect((await renew(await fresh())).status).toBe(400)
    api.clock.skip(1801)
    expect((await renew(token)).status).toBe(400)
  })

  test('ends twelve hours after the login', async () => {
    let token = await api.login(cpf)
    for (let i = 0; i < 24; i++) {
      api.clock.skip(1790)
      token = (await renew(token)).body.access_token
    }
    api.clock.set(new Date(Date.parse(fixedNow) + 12 * 3600_000 - 100_000).toISOString())
    const last = await renew(token)
    expect(last.body.expires_in).toBe(100)
    api.clock.skip(101)
    expect((await renew(last.body.access_token)).status).toBe(400)
  })
})

describe('as bearer', () => {
  test('only our own live token is accepted', async () => {
    const token = await api.login(cpf)
    const [head, body, tail = ''] = token.split('.')
    const forged = Buffer.from(JSON.stringify({ ...decodeJwt(token), sub: '00000200280' })).toString(
      'base64url',
    )
    for (const bad of [await fresh(), `${head}.${forged}.${tail}`, `${head}.${body}.`, 'x']) {
      const reply = await api.call('GET', '/v1/citizen', { token: bad })
      expect([reply.status, reply.body.code]).toEqual([401, 'unauthenticated'])
      expect(reply.headers.get('www-authenticate')).toContain('error="invalid_token"')
    }
    api.clock.skip(1801)
    expect((await api.call('GET', '/v1/citizen', { token })).status).toBe(401)
  })

  test('the public key is published and the token survives a restart', async () => {
    const token = await api.login(cpf)
    const before = await api.call('GET', '/.well-known/jwks.json')
    expect(before.body.keys).toHaveLength(1)
    expect(before.body.keys[0]).not.toHaveProperty('d')
    await api.restart()
    const after = await api.call('GET', '/.well-known/jwks.json')
    expect(after.body).toEqual(before.body)
    expect(token).toBeTruthy()
  })
})

describe('the identity provider', () => {
  test('that does not answer makes the exchange temporarily unavailable, and the token stays usable', async () => {
    const token = await fresh()
    const second = await startHarness({ govbrIssuer: api.issuer.url, tokenClock: api.clock })
    try {
      api.issuer.state.down = true
      const down = await second.exchangeIdToken(token)
      expect([down.status, down.body.error]).toEqual([503, 'temporarily_unavailable'])
      api.issuer.state.down = false
      api.issuer.state.rubbish = true
      expect((await second.exchangeIdToken(token)).body.error).toBe('temporarily_unavailable')
      api.issuer.state.rubbish = false
      expect((await second.exchangeIdToken(token)).status).toBe(200)
    } finally {
      Object.assign(api.issuer.state, { down: false, rubbish: false })
      await second.stop()
    }
  })
})

test('no CPF, token or secret reached the log', async () => {
  const token = await api.login(cpf)
  await api.call('GET', '/v1/citizen', { token })
  const logged = api.logged()
  expect(logged).toContain('token_issued')
  expect(logged).not.toContain(cpf)
  expect(logged).not.toContain(token.slice(-20))
  expect(logged).not.toContain(client.secret)
  expect(logged).not.toMatch(/eyJ/)
})

function seconds(offset: number): number {
  return Date.parse(fixedNow) / 1000 + offset
}
