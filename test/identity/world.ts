import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { createRemoteJWKSet, generateKeyPair, jwtVerify, SignJWT } from 'jose'
import pino from 'pino'
import { createIdentity, type Identity, type IdentityOptions } from '../../src/identity/identity'
import type { Log } from '../../src/log'
import { type Account, type LoginSandboxOptions, startLoginSandbox } from '../../src/login-sandbox/server'
import { createMemoryStore } from '../../src/store/memory'

export const maria: Account = {
  cpf: '00010000127',
  name: 'MARIA APARECIDA DE SOUZA',
  email: 'maria@example.org',
  phone: '+5511900000001',
  level: 'silver',
  password: 'segredo-da-maria',
  what: 'Recebe aposentadoria por idade.',
}
export const jose: Account = {
  cpf: '00010000208',
  name: 'JOSÉ DA SILVA',
  email: null,
  phone: null,
  level: 'bronze',
  password: 'segredo-do-jose',
  what: 'Trabalhou na roça <e na cidade>.',
}

export type World = Awaited<ReturnType<typeof createWorld>>

/** Everything that a log line, an address or a page of the assistant must not hold. */
export type Secrets = Set<string>

/** Login sandbox, a token endpoint that verifies id_tokens as the INSS API does, and the assistant's login pages. */
export async function createWorld(
  changes: {
    identity?: Partial<IdentityOptions>
    sandbox?: Partial<LoginSandboxOptions>
    /** Another INSS API than the small one, for this issuer of id_tokens. */
    inssApi?: (issuer: string) => Promise<{ url: string; stop(): Promise<void> }>
  } = {},
) {
  const secrets: Secrets = new Set([maria.cpf, jose.cpf, maria.password, jose.password])
  const { log, lines } = captureLog()
  const clock = adjustableClock('2026-11-23T12:00:00Z')
  const assistant = await listen()
  const publicUrl = assistant.url
  const sandbox = await startLoginSandbox({
    port: 0,
    clients: [
      {
        id: 'assistente',
        secret: 'segredo:do cliente%',
        redirectUris: [`${publicUrl}/entrar/retorno`],
        postLogoutRedirectUris: [`${publicUrl}/entrar/saiu`],
      },
    ],
    accounts: () => [maria, jose],
    clock,
    log,
    ...changes.sandbox,
  })
  const api = await startTokenEndpoint(sandbox.issuer, secrets)
  const otherApi = await changes.inssApi?.(sandbox.issuer)
  const events: { conversationId: string; event: string; id: string }[] = []
  const written: string[] = []
  const { records } = createMemoryStore({ clock })
  const options: IdentityOptions = {
    issuer: sandbox.issuer,
    clientId: 'assistente',
    clientSecret: 'segredo:do cliente%',
    publicUrl,
    inssApiUrl: otherApi?.url ?? api.url,
    inssClientId: 'assistente',
    inssClientSecret: 'outro segredo',
    secretKey: Buffer.alloc(32, 7),
    records: {
      ...records,
      set: (key, value, seconds) => {
        written.push(`${key} ${JSON.stringify(value)}`)
        return records.set(key, value, seconds)
      },
    },
    clock,
    log,
    idleMinutes: 30,
    linkMinutes: 10,
    onEvent: async (conversationId, event, id) => void events.push({ conversationId, event, id }),
    ...changes.identity,
  }
  const identity = createIdentity(options)
  mount(assistant.server, identity)
  const others: Server[] = []
  return {
    identity,
    sandbox,
    api,
    clock,
    events,
    lines,
    secrets,
    publicUrl,
    /** Every key and value given to the store. */
    written,
    /** The assistant started again beside the first, over the same store. */
    async startAnother(different: Partial<IdentityOptions>) {
      const { server, url } = await listen()
      others.push(server)
      const another = createIdentity({ ...options, ...different })
      mount(server, another)
      return { identity: another, url }
    },
    stop: async () => {
      await Promise.all([
        sandbox.stop(),
        api.stop(),
        otherApi?.stop(),
        close(assistant.server),
        ...others.map(close),
      ])
    },
  }
}

function mount(server: Server, identity: Identity): void {
  const app = express()
  app.use(identity.router)
  app.get('/', (_req, res) => void res.send('<h1>Conversa</h1>'))
  server.on('request', app)
}

/** `POST /oauth/token` of the INSS API's contract; `fail` makes it answer badly. */
async function startTokenEndpoint(issuer: string, secrets: Secrets) {
  const { server, url } = await listen()
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  const jwks = createRemoteJWKSet(new URL('/jwk', issuer))
  const seen = new Set<string>()
  const state = {
    url,
    expiresIn: 1800,
    fail: undefined as undefined | 'down' | 'refuse' | 'rubbish',
    exchanges: [] as string[],
    /** Claims of the last id_token. */
    idToken: {} as Record<string, unknown>,
    stop: () => close(server),
  }
  const app = express()
  app.post('/oauth/token', express.urlencoded({ extended: false }), async (req, res) => {
    const subject = String(req.body.subject_token)
    const kind = String(req.body.subject_token_type).replace('urn:ietf:params:oauth:token-type:', '')
    secrets.add(subject)
    state.exchanges.push(kind)
    if (state.fail === 'down')
      return res.status(503).json({ error: 'temporarily_unavailable', error_description: 'x' })
    if (state.fail === 'refuse')
      return res.status(400).json({ error: 'invalid_request', error_description: 'x' })
    if (state.fail === 'rubbish') return res.send('<h1>502</h1>')
    const basic = Buffer.from((req.headers.authorization ?? '').replace('Basic ', ''), 'base64').toString()
    if (basic !== 'assistente:outro+segredo') {
      return res.status(401).set('www-authenticate', 'Basic').json({ error: 'invalid_client' })
    }
    const token = await answer(kind, subject).catch(() => undefined)
    if (token === undefined) return res.status(400).json({ error: 'invalid_request', error_description: 'x' })
    secrets.add(token)
    return res.json({
      access_token: token,
      issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      token_type: 'Bearer',
      expires_in: state.expiresIn,
      scope: 'citizen',
    })
  })

  async function answer(kind: string, subject: string): Promise<string | undefined> {
    if (kind === 'id_token') {
      const { payload } = await jwtVerify(subject, jwks, {
        issuer,
        audience: 'assistente',
        algorithms: ['RS256'],
        requiredClaims: ['exp', 'iat', 'nonce', 'sub'],
      })
      if (seen.has(subject)) return undefined
      seen.add(subject)
      state.idToken = payload
      return issue(payload.sub ?? '')
    }
    const { payload } = await jwtVerify(subject, publicKey)
    return issue(payload.sub ?? '')
  }

  function issue(sub: string): Promise<string> {
    return new SignJWT({ sub, jti: String(state.exchanges.length) })
      .setProtectedHeader({ alg: 'ES256' })
      .setExpirationTime('12h')
      .sign(privateKey)
  }

  server.on('request', app)
  return state
}

export function captureLog(): { log: Log; lines: string[] } {
  const lines: string[] = []
  return {
    log: pino({ level: 'debug', base: null }, { write: (line: string) => void lines.push(line) }),
    lines,
  }
}

export function adjustableClock(start: string) {
  let now = Date.parse(start)
  return {
    now: () => new Date(now),
    advanceMinutes(minutes: number) {
      now += minutes * 60_000
    },
  }
}

async function listen(): Promise<{ server: Server; url: string }> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, url: `http://localhost:${(server.address() as AddressInfo).port}` }
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
