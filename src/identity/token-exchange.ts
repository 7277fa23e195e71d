import {
  allowInsecureRequests,
  ClientSecretBasic,
  Configuration,
  genericGrantRequest,
  ResponseBodyError,
} from 'openid-client'
import { AppError } from '../errors'
import type { Log } from '../log'

/** The citizen's access token at the INSS API and the seconds it lives. */
export type AccessToken = { token: string; expiresIn: number }

export type TokenExchange = ReturnType<typeof createTokenExchange>

const GRANT = 'urn:ietf:params:oauth:grant-type:token-exchange'
const TIMEOUT_SECONDS = 8

/** Exchanges tokens at the INSS API (RFC 8693). */
export function createTokenExchange(options: {
  url: string
  clientId: string
  clientSecret: string
  log: Log
}) {
  const { url, clientId, log } = options
  const server = { issuer: url, token_endpoint: new URL('/oauth/token', url).href }
  const api = new Configuration(server, clientId, undefined, ClientSecretBasic(options.clientSecret))
  api.timeout = TIMEOUT_SECONDS
  if (url.startsWith('http:')) allowInsecureRequests(api)

  /**
   * @returns undefined when the API does not accept the token (any more)
   * @throws AppError `inss_unavailable` when it does not answer, or does not know us
   */
  return async function exchange(
    subject: 'id_token' | 'access_token',
    subjectToken: string,
  ): Promise<AccessToken | undefined> {
    try {
      const answer = await genericGrantRequest(api, GRANT, {
        subject_token: subjectToken,
        subject_token_type: `urn:ietf:params:oauth:token-type:${subject}`,
      })
      return { token: answer.access_token, expiresIn: answer.expires_in ?? 60 }
    } catch (error) {
      // Only the code is kept: the original may hold the answer, and with it a token.
      const code = error instanceof ResponseBodyError ? error.error : (error as { code?: string }).code
      log.error({ event: 'token_exchange_failed', subject, code })
      if (code === 'invalid_request' || code === 'invalid_grant' || code === 'invalid_target')
        return undefined
      throw new AppError('inss_unavailable')
    }
  }
}
