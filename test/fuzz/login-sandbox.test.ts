import fc from 'fast-check'
import { startLoginSandbox } from '../../src/login-sandbox/server'
import { adjustableClock, captureLog, jose, maria } from '../identity/world'
import { always, LONG, METHODS, oddForm, oddHeaders, oddPath, oddText } from './hostile'
import { type Answer, expectHarmless, type Hostile, hangUp, send } from './send'

jest.setTimeout(LONG)

const BACK = 'http://localhost:9/entrar/retorno'
const FORM: [string, string] = ['content-type', 'application/x-www-form-urlencoded']

let sandbox: Awaited<ReturnType<typeof startLoginSandbox>>
const { log, lines } = captureLog()
beforeAll(async () => {
  sandbox = await startLoginSandbox({
    port: 0,
    clients: [{ id: 'assistente', secret: 'segredo', redirectUris: [BACK], postLogoutRedirectUris: [BACK] }],
    accounts: () => [maria, jose],
    clock: adjustableClock('2026-11-25T15:00:00Z'),
    log,
  })
})
afterAll(async () => {
  hangUp()
  await sandbox.stop()
})
afterEach(() => {
  for (const each of ['sandbox_logged_in', 'sandbox_level_raised']) expect(lines.join('')).not.toContain(each)
})

async function ask(request: Hostile): Promise<Answer> {
  const answer = await send(sandbox.issuer.replace('localhost', '127.0.0.1'), request)
  expectHarmless(answer, request)
  return answer
}

const right = {
  response_type: 'code',
  client_id: 'assistente',
  scope: 'openid profile',
  redirect_uri: BACK,
  state: 'estado',
  nonce: 'nonce',
  code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  code_challenge_method: 'S256',
}

test('whatever an application asks for leads nowhere but to a page, or back to where it may', async () => {
  const name = fc.constantFrom(
    ...Object.keys(right),
    'prompt',
    'claims',
    'request',
    'request_uri',
    'response_mode',
    '__proto__',
  )
  const value = oddText.map((text) => Buffer.from(text).toString().slice(0, 1500))
  await always(
    fc.tuple(fc.array(fc.tuple(name, value), { maxLength: 3 }), oddHeaders),
    async ([changes, odd]) => {
      const query = new URLSearchParams(right)
      for (const [key, text] of changes) query.set(key, text)
      const answer = await ask({ method: 'GET', path: `/authorize?${query}`, headers: odd })
      // 431: more than the 16 KB that Node reads before a body.
      expect([200, 303, 304, 400, 431]).toContain(answer.status)
      const { origin, pathname } = new URL(answer.headers.location ?? '/entrar/x', sandbox.issuer)
      expect([sandbox.issuer, new URL(BACK).origin]).toContain(origin)
      expect(pathname).toMatch(/^\/entrar\//)
    },
  )
})

test('whatever is typed into the login is shown as text and lets nobody in', async () => {
  const asked = await ask({ method: 'GET', path: `/authorize?${new URLSearchParams(right)}` })
  const path = new URL(asked.headers.location ?? '', sandbox.issuer).pathname
  const cookies = (asked.headers['set-cookie'] ?? []).map((each) => each.split(';')[0]).join('; ')
  const form = oddForm('cpf', 'password', 'person')
  await always(fc.tuple(form, oddHeaders), async ([body, odd]) => {
    const answer = await ask({ method: 'POST', path, headers: [FORM, ['cookie', cookies], ...odd], body })
    expect([400, 413, 415, 422, 429]).toContain(answer.status)
  })
})

test('no address, method or form makes a failure', async () => {
  const paths = [
    '/authorize',
    '/token',
    '/userinfo',
    '/jwk',
    '/logout',
    '/confiabilidades',
    '/entrar/x',
    '/nada',
  ]
  const path = oddPath(...paths, '/authorize/x', '/.well-known/openid-configuration')
  const body = oddForm(
    'grant_type',
    'code',
    'code_verifier',
    'redirect_uri',
    'client_id',
    'client_secret',
    'level',
  )
  const method = fc.oneof(fc.constantFrom('GET', 'POST'), fc.constantFrom(...METHODS))
  await always(fc.tuple(method, path, oddHeaders, body), async ([method, path, odd, body]) => {
    await ask({ method, path, headers: [FORM, ...odd], body })
  })
})
