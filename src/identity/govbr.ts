import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  ClientSecretBasic,
  Configuration,
  calculatePKCECodeChallenge,
  clockTolerance,
  discovery,
  enableNonRepudiationChecks,
  getJwksCache,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
  type ServerMetadata,
  setJwksCache,
} from 'openid-client'
import { z } from 'zod'
import { AppError } from '../errors'
import type { Log } from '../log'
import { type Level, levels } from './levels'

const SCOPES = 'openid email profile govbr_confiabilidades govbr_confiabilidades_idtoken'
const TIMEOUT_SECONDS = 6
/** An id_token lives 60 s: our clocks may differ by this much. */
const TOLERANCE_SECONDS = 10

/** What a login in progress must remember to be finished. */
export type Checks = { state: string; nonce: string; verifier: string }

export type Person = { cpf: string; firstName: string; level: Level; idToken: string }

export type Govbr = ReturnType<typeof createGovbr>

// { "sub": "00012345678", "name": "MARIA DE SOUZA", "amr": ["passwd"], "email_verified": "true",
//   "reliability_info": { "level": "silver", "reliabilities": [{ "id": "602", "updatedAt": "…" }] } }
const claimsSchema = z.object({
  sub: z.string().regex(/^\d{11}$/),
  name: z.string().default(''),
  social_name: z.string().optional(),
  reliability_info: z.object({ level: z.enum(levels) }).optional(),
})

/**
 * gov.br's login, or any provider of the same protocol. Nothing is asked of it before it is needed.
 * Every function throws AppError `login_provider_unavailable` when it does not answer as it should.
 */
export function createGovbr(options: {
  issuer: string
  clientId: string
  clientSecret: string
  redirectUri: string
  log: Log
}) {
  const { issuer, clientId, redirectUri, log } = options
  const authentication = ClientSecretBasic(options.clientSecret)
  const insecure = issuer.startsWith('http:')
  let discovered: Promise<ServerMetadata> | undefined
  let keys: ReturnType<typeof getJwksCache>

  async function discover(): Promise<ServerMetadata> {
    const found = await discovery(new URL(issuer), clientId, undefined, authentication, {
      timeout: TIMEOUT_SECONDS,
      ...(insecure ? { execute: [allowInsecureRequests] } : {}),
    })
    return found.serverMetadata()
  }

  /** The provider's addresses; a failure is forgotten, so that the next call asks again. */
  async function addresses(): Promise<ServerMetadata> {
    discovered ??= discover().catch(discover)
    try {
      return await discovered
    } catch (error) {
      discovered = undefined
      throw unavailable('discovery', error)
    }
  }

  async function configuration(): Promise<Configuration> {
    const tolerance = { [clockTolerance]: TOLERANCE_SECONDS }
    const made = new Configuration(await addresses(), clientId, tolerance, authentication)
    made.timeout = TIMEOUT_SECONDS
    if (insecure) allowInsecureRequests(made)
    enableNonRepudiationChecks(made)
    if (keys !== undefined) setJwksCache(made, keys)
    return made
  }

  /** Only the kind of fault is kept: the original may hold the answer, and with it a token. */
  function unavailable(step: string, error: unknown): AppError {
    const { name, code } = error as { name?: string; code?: string }
    log.error({ event: 'login_provider_failed', step, error: name, code })
    return new AppError('login_provider_unavailable')
  }

  return {
    /** Resolves once the provider's addresses are known. */
    ready: async () => {
      await addresses()
    },
    /** Where the browser logs in, and what to remember until it comes back. */
    async begin(): Promise<{ url: string; checks: Checks }> {
      const checks = { state: randomState(), nonce: randomNonce(), verifier: randomPKCECodeVerifier() }
      const url = buildAuthorizationUrl(await configuration(), {
        response_type: 'code',
        scope: SCOPES,
        redirect_uri: redirectUri,
        state: checks.state,
        nonce: checks.nonce,
        code_challenge: await calculatePKCECodeChallenge(checks.verifier),
        code_challenge_method: 'S256',
      })
      return { url: url.href, checks }
    },
    /** Who logged in, from the query the browser came back with; the id_token is verified. */
    async finish(query: string, checks: Checks): Promise<Person> {
      const made = await configuration()
      const returned = new URL(redirectUri)
      returned.search = query
      try {
        const tokens = await authorizationCodeGrant(made, returned, {
          expectedState: checks.state,
          expectedNonce: checks.nonce,
          pkceCodeVerifier: checks.verifier,
          idTokenExpected: true,
        })
        const claims = claimsSchema.parse(tokens.claims())
        return {
          cpf: claims.sub,
          firstName: firstName(claims.social_name ?? claims.name),
          level: claims.reliability_info?.level ?? 'bronze',
          idToken: tokens.id_token ?? '',
        }
      } catch (error) {
        throw unavailable('code', error)
      } finally {
        keys = getJwksCache(made)
      }
    },
    /** Where the browser ends its session at gov.br. */
    async logoutUrl(back: string): Promise<string> {
      const url = new URL((await addresses()).end_session_endpoint ?? new URL('/logout', issuer))
      url.searchParams.set('client_id', clientId)
      url.searchParams.set('post_logout_redirect_uri', back)
      return url.href
    },
  }
}

/** gov.br writes names in capitals: "MARIA DE SOUZA" → "Maria". */
function firstName(name: string): string {
  const [first = ''] = name.trim().split(/\s+/)
  const lower = first.toLocaleLowerCase('pt-BR')
  return lower.replace(/^\p{L}|(?<=[-'])\p{L}/gu, (letter) => letter.toLocaleUpperCase('pt-BR'))
}
