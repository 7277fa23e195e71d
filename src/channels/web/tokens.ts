import { hkdfSync } from 'node:crypto'
import { errors, jwtVerify, SignJWT } from 'jose'
import type { Clock } from '../../clock'

/** What a signed value is good for; one kind is never taken for another. */
type TokenUse = 'directline' | 'stream' | 'cookie'

/** Lives of signed values, in seconds: Direct Line's own for the first two, one day for the page's cookie. */
export const tokenSeconds = { directline: 1800, stream: 60, cookie: 86_400 } as const satisfies Record<
  TokenUse,
  number
>

/** One person in one conversation; `origins` limits the web pages that may use the token. */
export type Grant = { conversationId: string; userId: string; origins?: string[] }

export type TokenReading = { ok: true; grant: Grant } | { ok: false; code: 'expired' | 'invalid' }

export type Tokens = ReturnType<typeof createTokens>

/** Signs and reads the values that let a person back into their conversation (JWT, HS256). */
export function createTokens(options: { secretKey: Buffer; clock: Clock }) {
  const key = new Uint8Array(hkdfSync('sha256', options.secretKey, '', 'web-channel-tokens', 32))

  return {
    issue(use: TokenUse, grant: Grant): Promise<string> {
      const now = Math.floor(options.clock.now().getTime() / 1000)
      // `conv` and `user` are the names Direct Line clients look for inside a token.
      return new SignJWT({
        conv: grant.conversationId,
        user: grant.userId,
        ...(grant.origins ? { origins: grant.origins } : {}),
      })
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
        .setAudience(use)
        .setIssuedAt(now)
        .setExpirationTime(now + tokenSeconds[use])
        .sign(key)
    },

    async read(uses: TokenUse[], token: string): Promise<TokenReading> {
      try {
        const { payload } = await jwtVerify(token, key, {
          audience: uses,
          algorithms: ['HS256'],
          currentDate: options.clock.now(),
          requiredClaims: ['exp', 'conv', 'user'],
        })
        const { conv, user, origins } = payload
        if (typeof conv !== 'string' || typeof user !== 'string') return { ok: false, code: 'invalid' }
        const grant: Grant = { conversationId: conv, userId: user }
        if (Array.isArray(origins)) grant.origins = origins.map(String)
        return { ok: true, grant }
      } catch (error) {
        return { ok: false, code: error instanceof errors.JWTExpired ? 'expired' : 'invalid' }
      }
    },
  }
}
