import type { Router } from 'express'
import type { Clock } from '../clock'
import type { Log } from '../log'
import type { Records } from '../store/store'
import { createGovbr } from './govbr'
import { type Level, levelsBase } from './levels'
import { createLinks } from './links'
import { createLogin, type Failure, type LoginEvent } from './login'
import { derivedKey, sealRecords } from './records'
import { createRoutes } from './routes'
import { createSessions, type Session } from './sessions'
import { createTokenExchange } from './token-exchange'

export type { Level } from './levels'
export type { Failure, LoginEvent } from './login'
export type { Session } from './sessions'

/**
 * Who a conversation is with. A conversation is named `<channel>:<id>`; the pages of a `web:` one lead back to
 * the chat at `/`.
 */
export type Identity = {
  /** The pages under `/entrar/`, to be mounted at the root. */
  router: Router
  /**
   * A link for the person to open, good once and for `minutes`; `code` is what they compare.
   * @param wish `purpose` completes "Para …, você precisa entrar": a text key, or the text itself
   * @throws AppError `login_provider_unavailable`
   */
  requestLogin(
    conversationId: string,
    wish: { purpose: string; level?: Level },
  ): Promise<{ url: string; code: string; minutes: number }>
  session(conversationId: string): Promise<Session | undefined>
  /** The token of the INSS API, renewed in time; asking for it keeps the session alive. */
  accessToken(conversationId: string): Promise<string | undefined>
  /** Why the last login failed; forgotten at the next request or success. */
  lastFailure(conversationId: string): Promise<Failure | undefined>
  /** Ends our session. `url` is where the person's browser also leaves gov.br, once they logged in at all. */
  logout(conversationId: string): Promise<{ url?: string }>
}

export type IdentityOptions = {
  issuer: string
  clientId: string
  clientSecret: string
  /** Where people reach the assistant. gov.br must know `/entrar/retorno` and `/entrar/saiu` under it. */
  publicUrl: string
  inssApiUrl: string
  inssClientId: string
  inssClientSecret: string
  /** 32 bytes. */
  secretKey: Buffer
  records: Records
  clock: Clock
  log: Log
  idleMinutes: number
  linkMinutes: number
  /** Where levels are raised; by default derived from the issuer. */
  levelsUrl?: string
  /** Called once a login ended; `id` is the same when the same end is told again. */
  onEvent: (conversationId: string, event: LoginEvent, id: string) => Promise<void>
}

/** Login by gov.br for conversations, with the citizen's own token at the INSS API. */
export function createIdentity(options: IdentityOptions): Identity {
  const { clock, log, clientId, publicUrl, linkMinutes, secretKey } = options
  const records = sealRecords(options.records, secretKey)
  const address = (path: string) => new URL(path, publicUrl).href
  const redirectUri = address('/entrar/retorno')
  const exchange = createTokenExchange({
    url: options.inssApiUrl,
    clientId: options.inssClientId,
    clientSecret: options.inssClientSecret,
    log,
  })
  const links = createLinks({ records, clock, minutes: linkMinutes })
  const sessions = createSessions({ records, clock, idleMinutes: options.idleMinutes, exchange })
  const { issuer, clientSecret, onEvent } = options
  const govbr = createGovbr({ issuer, clientId, clientSecret, redirectUri, log })
  const personKey = derivedKey(secretKey, 'identity-person')
  const login = createLogin({ links, sessions, govbr, exchange, records, personKey, clock, log, onEvent })
  return {
    router: createRoutes({
      login,
      links,
      sessions,
      govbr,
      log,
      formKey: derivedKey(secretKey, 'identity-form'),
      publicUrl,
      issuer,
      clientId,
      redirectUri,
      levelsBase: options.levelsUrl ?? levelsBase(issuer),
    }),
    async requestLogin(conversationId, { purpose, level = 'bronze' }) {
      const { id, code } = await login.request(conversationId, { purpose, level })
      return { url: address(`/entrar/${id}`), code, minutes: linkMinutes }
    },
    session: sessions.find,
    accessToken: sessions.token,
    lastFailure: login.lastFailure,
    async logout(conversationId) {
      const everLoggedIn = await sessions.end(conversationId)
      return everLoggedIn ? { url: address('/entrar/sair') } : {}
    },
  }
}
