import { createHash, timingSafeEqual } from 'node:crypto'
import type { Request } from 'express'
import { RateLimiterMemory } from 'rate-limiter-flexible'
import type { Log } from '../../log'

/** A client of this service. */
export type ApiClient = {
  id: string
  secret: string
  /** The audience of the id_tokens it may bring. */
  govbrClientId: string
  /** Where it is told what happens to the citizens it follows, and the secret that signs it (Standard Webhooks). */
  webhook?: { url: string; secret: string }
  /** It is the INSS's own desk: it may write what was found in a request. */
  analyst?: true
}

export type AuthenticateClient = (req: Request) => Promise<ApiClient | 'unknown' | 'slow_down'>

/** Recognises a client by its Basic credentials; ten wrong secrets a minute from one place are enough. */
export function createClientAuthentication(clients: readonly ApiClient[], log: Log): AuthenticateClient {
  const wrongSecrets = new RateLimiterMemory({ points: 10, duration: 60, keyPrefix: 'secret' })
  return async (req) => {
    const credentials = basicCredentials(req.headers.authorization)
    const source = `${req.ip}:${createHash('sha256')
      .update(credentials?.id ?? '')
      .digest('base64url')}`
    const state = await wrongSecrets.get(source)
    if (state !== null && state.remainingPoints <= 0) return 'slow_down'
    const client = credentials && clients.find((each) => each.id === credentials.id)
    if (credentials !== undefined && client !== undefined && sameSecret(credentials.secret, client.secret))
      return client
    await wrongSecrets.penalty(source)
    log.warn({ event: 'client_refused' })
    return 'unknown'
  }
}

/** RFC 6749 § 2.3.1: both parts are form-encoded before Basic encodes them. */
function basicCredentials(header: string | undefined): { id: string; secret: string } | undefined {
  const encoded = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(header ?? '')?.[1]
  if (encoded === undefined) return undefined
  const text = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  if (colon < 0) return undefined
  try {
    return { id: formDecode(text.slice(0, colon)), secret: formDecode(text.slice(colon + 1)) }
  } catch {
    return undefined
  }
}

function formDecode(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '))
}

function sameSecret(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(expected))
}
