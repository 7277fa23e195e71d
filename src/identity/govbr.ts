import { z } from 'zod'
import { AppError } from '../errors'
import type { Log } from '../log'
import { type Level, levels } from './levels'
import { type Checks, createOidcLogin } from './oidc'

const SCOPES = 'openid email profile govbr_confiabilidades govbr_confiabilidades_idtoken'

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
 * gov.br's login, or any provider of the same protocol and claims. Nothing is asked of it before it is needed.
 * Every function throws AppError `login_provider_unavailable` when it does not answer as it should.
 */
export function createGovbr(options: {
  issuer: string
  clientId: string
  clientSecret: string
  redirectUri: string
  log: Log
}) {
  const oidc = createOidcLogin({ ...options, scope: SCOPES })
  return {
    ...oidc,
    /** Who logged in, from the query the browser came back with; the id_token is verified. */
    async finish(query: string, checks: Checks): Promise<Person> {
      const { claims, idToken } = await oidc.finish(query, checks)
      const person = claimsSchema.safeParse(claims)
      if (!person.success) {
        options.log.error({ event: 'login_provider_failed', step: 'claims' })
        throw new AppError('login_provider_unavailable')
      }
      const { sub, name, social_name, reliability_info } = person.data
      return {
        cpf: sub,
        firstName: firstName(social_name ?? name),
        level: reliability_info?.level ?? 'bronze',
        idToken,
      }
    },
  }
}

/** gov.br writes names in capitals: "MARIA DE SOUZA" → "Maria". */
function firstName(name: string): string {
  const [first = ''] = name.trim().split(/\s+/)
  const lower = first.toLocaleLowerCase('pt-BR')
  return lower.replace(/^\p{L}|(?<=[-'])\p{L}/gu, (letter) => letter.toLocaleUpperCase('pt-BR'))
}
