import { createHash } from 'node:crypto'
import { lt } from 'drizzle-orm'
import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose'
import { z } from 'zod'
import type { Clock } from '../../clock'
import type { Database } from '../db/database'
import { spentIdTokens } from '../db/schema'
import { isCpf } from '../digits'
import { levels } from '../schemas/common'
import type { Access } from './access-tokens'

/** Why an id_token was refused; the words go to the client's developer and hold no data of the token. */
export type Verdict =
  | { ok: true; access: Omit<Access, 'client'> }
  | { ok: false; fault: 'invalid' | 'unavailable'; why: string }

/** gov.br id_tokens live 60 s; an older one was kept, not fresh. */
const oldestSeconds = 120
const skewSeconds = 5

const discovery = z.object({ issuer: z.string(), jwks_uri: z.url() })

// { "sub": "00012345678", "name": "…", "amr": ["passwd"], "reliability_info": { "level": "silver", … }, "nonce": "…" }
const claims = z.object({
  sub: z.string().refine(isCpf),
  nonce: z.string().min(1),
  exp: z.number(),
  iat: z.number(),
  auth_time: z.number().optional(),
  reliability_info: z.object({ level: z.enum(levels) }).optional(),
})

/**
 * Verify gov.br's id_tokens by the issuer's published keys and spend each one once. The clock is the machine's own:
 * the issuer's is too.
 */
export function createIdTokens(options: { issuer: string; db: Database; clock: Clock }) {
  let known: { keys: JWTVerifyGetKey; issuer: string; until: number } | undefined

  async function issuerKeys(): Promise<{ keys: JWTVerifyGetKey; issuer: string }> {
    const now = options.clock.now().getTime()
    if (known !== undefined && now < known.until) return known
    const base = options.issuer.replace(/\/$/, '')
    const response = await fetch(`${base}/.well-known/openid-configuration`, {
      signal: AbortSignal.timeout(5000),
    })
    if (!response.ok) throw new Error('discovery failed')
    const document = discovery.parse(await response.json())
    if (document.issuer.replace(/\/$/, '') !== base) throw new Error('discovery of another issuer')
    const keys = createRemoteJWKSet(new URL(document.jwks_uri), {
      timeoutDuration: 5000,
      cooldownDuration: 5000,
    })
    known = { keys, issuer: document.issuer, until: now + 3600_000 }
    return known
  }

  async function spend(token: string, exp: number): Promise<boolean> {
    // Of the signed part only: the last character of a signature can be changed without breaking it.
    const signed = token.slice(0, token.lastIndexOf('.'))
    const digest = createHash('sha256').update(signed).digest('base64url')
    const expiresAt = new Date((exp + skewSeconds + 60) * 1000)
    await options.db.delete(spentIdTokens).where(lt(spentIdTokens.expiresAt, options.clock.now()))
    const fresh = await options.db
      .insert(spentIdTokens)
      .values({ digest, expiresAt })
      .onConflictDoNothing()
      .returning({ digest: spentIdTokens.digest })
    return fresh.length === 1
  }

  /** Accept a fresh id_token issued to `audience`, once. */
  return async function accept(token: string, audience: string): Promise<Verdict> {
    let payload: JWTPayload
    try {
      const issuer = await issuerKeys()
      const verified = await jwtVerify(token, issuer.keys, {
        algorithms: ['RS256'],
        issuer: issuer.issuer,
        audience,
        requiredClaims: ['exp', 'iat', 'nonce', 'sub'],
        maxTokenAge: oldestSeconds,
        clockTolerance: skewSeconds,
        currentDate: options.clock.now(),
      })
      payload = verified.payload
    } catch (error) {
      if (!invalidToken(error))
        return { ok: false, fault: 'unavailable', why: 'the identity provider is not answering' }
      return { ok: false, fault: 'invalid', why: whyInvalid(error) }
    }
    // A token for several audiences says who asked for it; only we may bring it.
    if (Array.isArray(payload.aud) && payload.aud.length > 1 && payload.azp !== audience) {
      return { ok: false, fault: 'invalid', why: 'the id_token was issued to another client' }
    }
    const parsed = claims.safeParse(payload)
    if (!parsed.success)
      return { ok: false, fault: 'invalid', why: 'the id_token lacks a claim or has a malformed one' }
    const { sub, exp, iat, auth_time, reliability_info } = parsed.data
    if (!(await spend(token, exp)))
      return { ok: false, fault: 'invalid', why: 'the id_token was already used' }
    return {
      ok: true,
      access: { cpf: sub, level: reliability_info?.level ?? 'bronze', authTime: auth_time ?? iat },
    }
  }
}

const invalidCodes = new Set([
  'ERR_JWT_CLAIM_VALIDATION_FAILED',
  'ERR_JWT_EXPIRED',
  'ERR_JWT_INVALID',
  'ERR_JWS_INVALID',
  'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
  'ERR_JOSE_ALG_NOT_ALLOWED',
  'ERR_JOSE_NOT_SUPPORTED',
  'ERR_JWKS_NO_MATCHING_KEY',
  'ERR_JWKS_MULTIPLE_MATCHING_KEYS',
])

/** A fault of the token, as opposed to an issuer that did not answer or published rubbish. */
function invalidToken(error: unknown): error is errors.JOSEError {
  return error instanceof errors.JOSEError && invalidCodes.has(error.code)
}

function whyInvalid(error: errors.JOSEError): string {
  if (error instanceof errors.JWTExpired) return 'the id_token expired'
  if (error instanceof errors.JWTClaimValidationFailed)
    return `the claim ${error.claim} of the id_token is not acceptable`
  if (error.code === 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED')
    return 'the signature of the id_token is not valid'
  if (error.code === 'ERR_JWKS_NO_MATCHING_KEY') return 'the id_token was signed by an unknown key'
  return 'the id_token is malformed or uses another algorithm'
}
