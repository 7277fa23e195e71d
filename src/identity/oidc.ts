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
import { AppError } from '../errors'
import type { Log } from '../log'

const TIMEOUT_SECONDS = 6
/** An id_token lives 60 s: our clocks may differ by this much. */
const TOLERANCE_SECONDS = 10

/** What a login in progress must remember to be finished. */
export type Checks = { state: string; nonce: string; verifier: string }

/** What the provider's id_token says, verified. */
export type Identified = { claims: Record<string, unknown>; idToken: string }

/**
 * Login at an OpenID provider by code, with PKCE, state and nonce. Nothing is asked of it before it is needed.
 * Every function throws AppError `login_provider_unavailable` when it does not answer as it should.
 */
export function createOidcLogin(options: {
  issuer: string
  clientId: string
  clientSecret: string
  redirectUri: string
  scope: string
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
        scope: options.scope,
        redirect_uri: redirectUri,
        state: checks.state,
        nonce: checks.nonce,
        code_challenge: await calculatePKCECodeChallenge(checks.verifier),
        code_challenge_method: 'S256',
      })
      return { url: url.href, checks }
    },
    /** Who logged in, from the query the browser came back with; the id_token is verified. */
    async finish(query: string, checks: Checks): Promise<Identified> {
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
        return { claims: { ...tokens.claims() }, idToken: tokens.id_token ?? '' }
      } catch (error) {
        throw unavailable('code', error)
      } finally {
        keys = getJwksCache(made)
      }
    },
    /** Where the browser ends its session at the provider. */
    async logoutUrl(back: string): Promise<string> {
      const url = new URL((await addresses()).end_session_endpoint ?? new URL('/logout', issuer))
      url.searchParams.set('client_id', clientId)
      url.searchParams.set('post_logout_redirect_uri', back)
      return url.href
    },
  }
}
