import { randomUUID } from 'node:crypto'
import { jwtVerify, SignJWT } from 'jose'
import { z } from 'zod'
import type { Clock } from '../../clock'
import { cpf, type Level, level } from '../schemas/common'
import { type SigningKey, signingAlgorithm } from './keys'

/** Whose data a call may touch (`cpf`), how sure gov.br is of them, and which client acts for them. */
export type Access = {
  cpf: string
  level: Level
  client: string
  /** Seconds since 1970 of the login at gov.br. */
  authTime: number
}

export const audience = 'inss-api'
/** Seconds an access token lives. */
export const tokenLife = 1800
/** Seconds after the login during which a token can still be exchanged for a new one. */
export const sessionLife = 12 * 3600

const claims = z.object({
  sub: cpf,
  level,
  act: z.strictObject({ sub: z.string().min(1) }),
  auth_time: z.int(),
})

export type AccessTokens = ReturnType<typeof createAccessTokens>

/** Issue and verify the tokens of this service: short-lived, one citizen, one client. */
export function createAccessTokens(options: {
  key: SigningKey
  issuer: string
  clock: Clock
  clientIds: ReadonlySet<string>
}) {
  const { key, issuer, clock } = options
  return {
    /** The token and the seconds it lives; a renewed one never outlives the session. */
    issue: async (access: Access): Promise<{ token: string; expiresIn: number }> => {
      const now = Math.floor(clock.now().getTime() / 1000)
      const left = access.authTime + sessionLife - now
      // gov.br may vouch today for a login of yesterday; that is a new session here, without renewal.
      const expiresIn = left > 0 ? Math.min(tokenLife, left) : tokenLife
      const token = await new SignJWT({
        level: access.level,
        act: { sub: access.client },
        auth_time: access.authTime,
      })
        .setProtectedHeader({ alg: signingAlgorithm, kid: key.kid, typ: 'at+jwt' })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(access.cpf)
        .setIssuedAt(now)
        .setExpirationTime(now + expiresIn)
        .setJti(randomUUID())
        .sign(key.privateKey)
      return { token, expiresIn }
    },
    /** What a token grants, or undefined when it is not one of ours, expired or of a client no longer known. */
    verify: async (token: string): Promise<Access | undefined> => {
      try {
        const { payload } = await jwtVerify(token, key.publicKey, {
          algorithms: [signingAlgorithm],
          typ: 'at+jwt',
          issuer,
          audience,
          requiredClaims: ['exp', 'iat', 'jti', 'sub'],
          currentDate: clock.now(),
        })
        const parsed = claims.parse(payload)
        if (!options.clientIds.has(parsed.act.sub)) return undefined
        return { cpf: parsed.sub, level: parsed.level, client: parsed.act.sub, authTime: parsed.auth_time }
      } catch {
        // Whatever the fault (signature, audience, shape), the answer is the same: not a valid token.
        return undefined
      }
    },
  }
}
