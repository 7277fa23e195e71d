import { randomBytes } from 'node:crypto'
import { parseCookie } from 'cookie'
import type { Request, Response } from 'express'
import { z } from 'zod'
import type { Clock } from '../clock'
import { AppError } from '../errors'
import { type Checks, createOidcLogin } from '../identity/oidc'
import { derivedKey, fileName, keyedDigest, sameSecret, sealRecords } from '../identity/records'
import type { Log } from '../log'
import type { Records } from '../store/store'
import type { Role } from './api-schemas'
import { type Skill, skills } from './ticket'

/** Who works with the console, from their login until they leave or have done nothing for a while. */
export type AgentSession = {
  /** Opaque: the same agent at every login, and nothing of their register in it. */
  id: string
  name: string
  /** Absent: the login is good, and gives them nothing to do here. */
  role?: Role
  skills: Skill[]
}

export type Sessions = ReturnType<typeof createAgentSessions>

const SCOPES = 'openid profile atendimento'
const COOKIE = 'atendimento'
const JOURNEY_COOKIE = 'atendimento-entrada'
const JOURNEY_SECONDS = 600
/** A working day; past it an agent logs in again, however busy. */
const LONGEST_MS = 10 * 3_600_000
/** A session is kept alive this often at most, not at every call. */
const TOUCH_EVERY_MS = 20_000

// { "sub": "00090100174", "name": "Ana Beatriz Nogueira", "roles": ["agent"], "skills": ["beneficio", "geral"] }
const claimsSchema = z.object({
  sub: z.string().min(1),
  name: z.string().trim().min(1).max(120),
  roles: z.array(z.string()).default([]),
  skills: z.array(z.string()).default([]),
})

type Kept = AgentSession & { startedAt: number; touchedAt: number }

/**
 * Logins and sessions of agents. A session's secret is in a cookie of the console alone, which other sites cannot
 * have sent; what it opens is sealed in the store, so that every process knows it.
 */
export function createAgentSessions(options: {
  issuer: string
  clientId: string
  clientSecret: string
  publicUrl: string
  secretKey: Buffer
  records: Records
  idleMinutes: number
  clock: Clock
  log: Log
}) {
  const { issuer, publicUrl, clock, log } = options
  const records = sealRecords(options.records, options.secretKey)
  const idKey = derivedKey(options.secretKey, 'desk-agent')
  const formKey = derivedKey(options.secretKey, 'desk-csrf')
  const idleMs = options.idleMinutes * 60_000
  const redirectUri = new URL('/atendimento/retorno', publicUrl).href
  const oidc = createOidcLogin({ ...options, redirectUri, scope: SCOPES })
  const secure = publicUrl.startsWith('https:')
  const place = (secret: string) => `desk-session:${fileName(secret)}`
  const journeyPlace = (state: string) => `desk-login:${fileName(state)}`
  const now = () => clock.now().getTime()
  const cookieOf = (request: Request, name: string) => parseCookie(request.get('cookie') ?? '')[name]
  const kept = { httpOnly: true, secure, path: '/atendimento' } as const

  async function load(secret: string | undefined): Promise<Kept | undefined> {
    if (secret === undefined || !/^[\w-]{43}$/.test(secret)) return undefined
    const found = (await records.get(place(secret))) as Kept | undefined
    if (found === undefined) return undefined
    const live = now() - found.touchedAt < idleMs && now() - found.startedAt < LONGEST_MS
    return live ? found : undefined
  }

  const write = (secret: string, session: Kept) =>
    records.set(place(secret), session, Math.ceil(idleMs / 1000) + 60)

  return {
    idleMinutes: options.idleMinutes,
    /** Sends the browser to the login. @throws AppError `login_provider_unavailable` */
    async begin(response: Response): Promise<void> {
      const { url, checks } = await oidc.begin()
      await records.set(journeyPlace(checks.state), checks, JOURNEY_SECONDS)
      // Lax: the login's own page leads back here.
      response.cookie(JOURNEY_COOKIE, checks.state, {
        ...kept,
        sameSite: 'lax',
        maxAge: JOURNEY_SECONDS * 1000,
      })
      response.redirect(303, url)
    },
    /**
     * The browser is back. @returns who they are now; undefined when it did not leave from here or nobody logged in
     * @throws AppError `login_provider_unavailable`
     */
    async finish(request: Request, response: Response): Promise<AgentSession | undefined> {
      const url = new URL(request.originalUrl, publicUrl)
      const state = url.searchParams.get('state') ?? ''
      const browser = cookieOf(request, JOURNEY_COOKIE)
      response.clearCookie(JOURNEY_COOKIE, { ...kept, sameSite: 'lax' })
      if (browser === undefined || !sameSecret(browser, state)) return undefined
      const checks = (await records.take(journeyPlace(state))) as Checks | undefined
      if (checks === undefined || url.searchParams.has('error')) return undefined
      const { claims } = await oidc.finish(url.search, checks)
      const known = claimsSchema.safeParse(claims)
      if (!known.success) throw new AppError('login_provider_unavailable')
      const { sub, name, roles, skills: words } = known.data
      const role = (['supervisor', 'agent'] as const).find((each) => roles.includes(each))
      const agent: AgentSession = {
        id: keyedDigest(idKey, `${issuer}|${sub}`).slice(0, 16),
        name,
        ...(role !== undefined && { role }),
        skills: skills.filter((skill) => words.includes(skill)),
      }
      const secret = randomBytes(32).toString('base64url')
      await write(secret, { ...agent, startedAt: now(), touchedAt: now() })
      response.cookie(COOKIE, secret, { ...kept, sameSite: 'strict' })
      log.info({ event: 'agent_signed_in', role: role ?? 'none' })
      return agent
    },
    /** @param how `watch`: a look that is not the agent's own doing, and keeps nothing alive */
    async of(request: Request, how?: 'watch'): Promise<AgentSession | undefined> {
      const secret = cookieOf(request, COOKIE)
      const session = await load(secret)
      if (session === undefined || secret === undefined) return undefined
      if (how === undefined && now() - session.touchedAt > TOUCH_EVERY_MS)
        await write(secret, { ...session, touchedAt: now() })
      const { startedAt, touchedAt, ...agent } = session
      return agent
    },
    /** What a page must send with every change: other sites cannot know it. */
    csrf(request: Request): string {
      return keyedDigest(formKey, cookieOf(request, COOKIE) ?? '')
    },
    isCsrf(request: Request, sent: string): boolean {
      return sameSecret(sent, keyedDigest(formKey, cookieOf(request, COOKIE) ?? ''))
    },
    /** Why a session is no more: nothing was done in it for long, or it was ended. */
    async whyOver(request: Request): Promise<'idle' | 'ended'> {
      const secret = cookieOf(request, COOKIE) ?? ''
      return (await records.get(place(secret))) === undefined ? 'ended' : 'idle'
    },
    async end(request: Request, response: Response): Promise<void> {
      const secret = cookieOf(request, COOKIE)
      if (secret !== undefined) await records.delete(place(secret))
      response.clearCookie(COOKIE, { ...kept, sameSite: 'strict' })
    },
    /** Where the browser leaves the provider too. @throws AppError `login_provider_unavailable` */
    leaveUrl: () => oidc.logoutUrl(new URL('/atendimento/', publicUrl).href),
  }
}
