import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose'
import pino from 'pino'
import type { Clock } from '../../src/clock'
import { type InssApiOptions, startInssApi } from '../../src/inss-api/server'

export const fixedNow = '2026-11-23T15:00:00.000Z'
export const client = {
  id: 'assistente',
  secret: 'segredo: com dois pontos',
  govbrClientId: 'meu-inss-assistente',
}
export const otherClient = { id: 'outro', secret: 'outro-segredo', govbrClientId: 'outro-no-govbr' }
/** The desk of the INSS, which writes what it found in requests. */
export const desk = {
  id: 'analise',
  secret: 'segredo da análise',
  govbrClientId: 'analise',
  analyst: true,
} as const

/** The Basic credentials of a client. */
export function basic(as: { id: string; secret: string }): string {
  const pair = `${encodeURIComponent(as.id)}:${encodeURIComponent(as.secret)}`
  return `Basic ${Buffer.from(pair).toString('base64')}`
}

/** A clock the test moves. */
export function movableClock(
  start: string = fixedNow,
): Clock & { set: (instant: string) => void; skip: (seconds: number) => void } {
  let now = new Date(start)
  return {
    now: () => now,
    set: (instant) => {
      now = new Date(instant)
    },
    skip: (seconds) => {
      now = new Date(now.getTime() + seconds * 1000)
    },
  }
}

/** An identity provider that publishes one key and signs what it is told to. */
export async function startIssuer() {
  const { publicKey, privateKey } = await generateKeyPair('RS256')
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' }
  const state = { down: false, rubbish: false }
  const server = createServer((req, res) => {
    if (state.down) return void req.destroy()
    res.setHeader('content-type', 'application/json')
    if (state.rubbish) return void res.end('<html>')
    if (req.url === '/.well-known/openid-configuration') {
      return void res.end(JSON.stringify({ issuer: url, jwks_uri: `${url}/jwk` }))
    }
    res.end(JSON.stringify({ keys: [jwk] }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    state,
    privateKey,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

export type Issuer = Awaited<ReturnType<typeof startIssuer>>

/** An id_token as gov.br's, with any claim or the key replaced. */
export function idToken(
  issuer: Issuer,
  clock: Clock,
  claims: { cpf: string; level?: string } & Record<string, unknown>,
  key: CryptoKey = issuer.privateKey,
): Promise<string> {
  const { cpf, level = 'gold', ...rest } = claims
  const now = Math.floor(clock.now().getTime() / 1000)
  const payload: Record<string, unknown> = {
    iss: issuer.url,
    aud: client.govbrClientId,
    sub: cpf,
    iat: now,
    exp: now + 60,
    nonce: randomUUID(),
    name: 'Pessoa Sintética',
    amr: ['passwd'],
    reliability_info: { level, reliabilities: [] },
    ...rest,
  }
  return new SignJWT(payload).setProtectedHeader({ alg: 'RS256', kid: 'k1' }).sign(key)
}

// biome-ignore lint/suspicious/noExplicitAny: tests read bodies of every shape
export type Reply = { status: number; headers: Headers; body: any; text: string }

/** The API with its issuer, a clock for both, and everything it logged. */
export async function startHarness(more: Partial<InssApiOptions> = {}) {
  const clock = movableClock()
  const issuer = await startIssuer()
  const folder = mkdtempSync(join(tmpdir(), 'inss-api-'))
  const lines: string[] = []
  const log = pino(
    { level: 'trace' },
    new Writable({
      write: (chunk, _encoding, done) => {
        lines.push(String(chunk))
        done()
      },
    }),
  )
  const options: InssApiOptions = {
    port: 0,
    dataFolder: folder,
    govbrIssuer: issuer.url,
    clients: [client, otherClient, desk],
    clock,
    tokenClock: clock,
    log,
    ...more,
  }
  const running = {
    api: await startInssApi(options).catch(async (error) => {
      await issuer.stop()
      rmSync(folder, { recursive: true, force: true })
      throw error
    }),
  }

  async function call(
    method: string,
    path: string,
    init: { token?: string | undefined; body?: unknown; headers?: Record<string, string> } = {},
  ): Promise<Reply> {
    const headers: Record<string, string> = { ...init.headers }
    if (init.token !== undefined) headers.authorization = `Bearer ${init.token}`
    if (init.body !== undefined) headers['content-type'] ??= 'application/json'
    const body =
      init.body === undefined ? null : typeof init.body === 'string' ? init.body : JSON.stringify(init.body)
    const response = await fetch(new URL(path, running.api.url), { method, headers, body })
    const text = await response.text()
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: text.startsWith('{') ? JSON.parse(text) : undefined,
    }
  }

  async function exchange(
    form: Record<string, string>,
    as: { id: string; secret: string } | null = client,
  ): Promise<Reply> {
    return call('POST', '/oauth/token', {
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        ...(as === null ? {} : { authorization: basic(as) }),
      },
      body: new URLSearchParams(form).toString(),
    })
  }

  const grantType = 'urn:ietf:params:oauth:grant-type:token-exchange'
  const exchangeIdToken = (token: string, as = client) =>
    exchange(
      {
        grant_type: grantType,
        subject_token: token,
        subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
      },
      as,
    )

  return {
    clock,
    issuer,
    folder,
    logged: () => lines.join(''),
    running,
    options,
    call,
    exchange,
    exchangeIdToken,
    grantType,
    /** An access token of a citizen who has just logged in. */
    login: async (cpf: string, level = 'gold'): Promise<string> => {
      const reply = await exchangeIdToken(await idToken(issuer, clock, { cpf, level }))
      if (reply.status !== 200) throw new Error(`token exchange answered ${reply.status} ${reply.text}`)
      return reply.body.access_token
    },
    restart: async () => {
      await running.api.stop()
      running.api = await startInssApi(options)
    },
    stop: async () => {
      await running.api.stop()
      await issuer.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export type Harness = Awaited<ReturnType<typeof startHarness>>
