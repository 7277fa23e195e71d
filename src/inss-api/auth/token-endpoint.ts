import type { RequestHandler, Response } from 'express'
import { RateLimiterMemory } from 'rate-limiter-flexible'
import { z } from 'zod'
import type { Clock } from '../../clock'
import type { Log } from '../../log'
import { named } from '../schemas/common'
import { type Access, type AccessTokens, sessionLife } from './access-tokens'
import type { ApiClient, AuthenticateClient } from './clients'
import type { Verdict } from './id-tokens'

export const tokenExchange = 'urn:ietf:params:oauth:grant-type:token-exchange'
const tokenType = (name: string) => `urn:ietf:params:oauth:token-type:${name}`
export const idTokenType = tokenType('id_token')
export const accessTokenType = tokenType('access_token')
export const scope = 'citizen'

/** RFC 8693 § 2.1. Unknown parameters are ignored, as RFC 6749 § 3.2 demands. */
export const tokenRequest = named(
  'TokenRequest',
  z.looseObject({
    grant_type: z.literal(tokenExchange),
    subject_token: z.string().min(1).max(8000),
    subject_token_type: z.enum([idTokenType, accessTokenType]),
    requested_token_type: z.literal(accessTokenType).optional(),
    audience: z.literal('inss-api').optional(),
    scope: z.literal(scope).optional(),
  }),
)

export const tokenAnswer = named(
  'TokenAnswer',
  z.strictObject({
    access_token: z.string(),
    issued_token_type: z.literal(accessTokenType),
    token_type: z.literal('Bearer'),
    expires_in: z.int().min(1),
    scope: z.literal(scope),
  }),
)

const oauthErrors = {
  invalid_request: 400,
  invalid_scope: 400,
  invalid_target: 400,
  unsupported_grant_type: 400,
  invalid_client: 401,
  slow_down: 429,
  temporarily_unavailable: 503,
} as const
type OauthError = keyof typeof oauthErrors

export const tokenError = named(
  'TokenError',
  z.strictObject({
    error: z.enum(Object.keys(oauthErrors) as [OauthError, ...OauthError[]]),
    error_description: z.string(),
  }),
)

/**
 * `POST /oauth/token`: a client and the citizen's fresh gov.br id_token (or a live access token of the same client)
 * become an access token of this service. Neither alone is enough.
 */
export function createTokenEndpoint(options: {
  authenticate: AuthenticateClient
  accessTokens: AccessTokens
  acceptIdToken: (token: string, audience: string) => Promise<Verdict>
  clock: Clock
  log: Log
}): RequestHandler {
  const wrongTokens = new RateLimiterMemory({ points: 60, duration: 60, keyPrefix: 'token' })

  async function exchange(client: ApiClient, form: z.infer<typeof tokenRequest>): Promise<Verdict> {
    if (form.subject_token_type === idTokenType) {
      return options.acceptIdToken(form.subject_token, client.govbrClientId)
    }
    const access = await options.accessTokens.verify(form.subject_token)
    const now = options.clock.now().getTime() / 1000
    if (access === undefined || access.client !== client.id) {
      return {
        ok: false,
        fault: 'invalid',
        why: 'the access token is not valid or belongs to another client',
      }
    }
    if (now >= access.authTime + sessionLife) {
      return { ok: false, fault: 'invalid', why: 'the session ended: the citizen must log in again' }
    }
    return { ok: true, access }
  }

  return async (req, res) => {
    res.set({ 'Cache-Control': 'no-store', Pragma: 'no-cache' })
    const client = await options.authenticate(req)
    if (client === 'slow_down') return refuse(res, 'slow_down', 'too many failures: wait a minute')
    if (client === 'unknown') {
      res.set('WWW-Authenticate', 'Basic realm="inss-api", charset="UTF-8"')
      return refuse(res, 'invalid_client', 'unknown client or wrong secret')
    }
    if (await spent(wrongTokens, client.id))
      return refuse(res, 'slow_down', 'too many failures: wait a minute')
    const form = tokenRequest.safeParse(req.body ?? {})
    if (!form.success) return refuse(res, ...formFault(form.error))
    const verdict = await exchange(client, form.data)
    if (!verdict.ok) {
      options.log.warn({ event: 'token_refused', client: client.id, fault: verdict.fault, why: verdict.why })
      if (verdict.fault === 'unavailable') {
        res.set('Retry-After', '5')
        return refuse(res, 'temporarily_unavailable', verdict.why)
      }
      await count(wrongTokens, client.id)
      return refuse(res, 'invalid_request', verdict.why)
    }
    const access: Access = { ...verdict.access, client: client.id }
    const { token, expiresIn } = await options.accessTokens.issue(access)
    options.log.info({ event: 'token_issued', client: client.id, level: access.level })
    res.json(
      tokenAnswer.parse({
        access_token: token,
        issued_token_type: accessTokenType,
        token_type: 'Bearer',
        expires_in: expiresIn,
        scope,
      }),
    )
  }
}

function refuse(res: Response, error: OauthError, description: string): void {
  if (error === 'slow_down') res.set('Retry-After', '60')
  res.status(oauthErrors[error]).json({ error, error_description: description })
}

function formFault(error: z.ZodError): [OauthError, string] {
  const at = String(error.issues[0]?.path[0] ?? 'body')
  if (at === 'grant_type') return ['unsupported_grant_type', `grant_type must be ${tokenExchange}`]
  if (at === 'audience') return ['invalid_target', 'the audience must be inss-api']
  if (at === 'scope') return ['invalid_scope', `the only scope is ${scope}`]
  return ['invalid_request', `${at} is missing or not acceptable`]
}

async function spent(limiter: RateLimiterMemory, key: string): Promise<boolean> {
  const state = await limiter.get(key)
  return state !== null && state.remainingPoints <= 0
}

async function count(limiter: RateLimiterMemory, key: string): Promise<void> {
  await limiter.penalty(key)
}
