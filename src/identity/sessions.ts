import { randomUUID } from 'node:crypto'
import type { Clock } from '../clock'
import type { Level } from './levels'
import type { SealedRecords } from './records'
import type { AccessToken, TokenExchange } from './token-exchange'

/** Who is logged in to a conversation. */
export type Session = {
  firstName: string
  level: Level
  /** Opaque; the same for the same person in any conversation. */
  personRef: string
  /** ISO instant of the login. */
  since: string
  /** The conversation's login before this one was of somebody else: what is known of them must go. */
  changedPerson: boolean
}

type Kept = Session & { id: string; token: string; issuedAt: number; expiresAt: number }

export type Sessions = ReturnType<typeof createSessions>

/** How long a conversation remembers whose login was the last, to notice another person. */
const REMEMBERED_SECONDS = 90 * 86_400
/** A token this young is not renewed: a busy conversation renews once a minute at most. */
const YOUNG_MS = 60_000

/** The sessions of conversations, each with its token of the INSS API; gone after `idleMinutes` without use. */
export function createSessions(options: {
  records: SealedRecords
  clock: Clock
  idleMinutes: number
  exchange: TokenExchange
}) {
  const { records, clock, exchange } = options
  const idleSeconds = Math.ceil(options.idleMinutes * 60)
  const place = (conversationId: string) => `login-session:${conversationId}`
  const personPlace = (conversationId: string) => `login-person:${conversationId}`
  const now = () => clock.now().getTime()

  function timesOf({ token, expiresIn }: AccessToken) {
    return { token, issuedAt: now(), expiresAt: now() + expiresIn * 1000 }
  }

  async function load(conversationId: string): Promise<Kept | undefined> {
    const kept = (await records.get(place(conversationId))) as Kept | undefined
    return kept !== undefined && kept.expiresAt > now() ? kept : undefined
  }

  /** Half its life is over, or it would end before an idle session does. */
  function wantsRenewal({ issuedAt, expiresAt }: Kept): boolean {
    const left = expiresAt - now()
    if (left < (expiresAt - issuedAt) / 2) return true
    return left < idleSeconds * 1000 && now() - issuedAt > YOUNG_MS
  }

  async function renewed(kept: Kept): Promise<Kept | undefined> {
    try {
      const token = await exchange('access_token', kept.token)
      return token && { ...kept, ...timesOf(token) }
    } catch {
      // The API does not answer now; the token is still good, and the next call tries again.
      return kept
    }
  }

  return {
    async find(conversationId: string): Promise<Session | undefined> {
      const kept = await load(conversationId)
      if (kept === undefined) return undefined
      const { firstName, level, personRef, since, changedPerson } = kept
      return { firstName, level, personRef, since, changedPerson }
    },
    /** Opens a session, in the place of any other. */
    async open(
      conversationId: string,
      person: { firstName: string; level: Level; personRef: string },
      token: AccessToken,
    ): Promise<void> {
      const last = await records.get(personPlace(conversationId))
      const changedPerson = last !== undefined && last !== person.personRef
      const since = clock.now().toISOString()
      const kept: Kept = { ...person, since, changedPerson, id: randomUUID(), ...timesOf(token) }
      await records.set(place(conversationId), kept, idleSeconds)
      await records.set(personPlace(conversationId), person.personRef, REMEMBERED_SECONDS)
    },
    /** The token for the INSS API; using it keeps the session from going idle. */
    async token(conversationId: string): Promise<string | undefined> {
      const kept = await load(conversationId)
      if (kept === undefined) return undefined
      const next = wantsRenewal(kept) ? await renewed(kept) : kept
      // Another login may have taken its place, or a logout ended it, while the API answered.
      const current = await load(conversationId)
      if (current?.id !== kept.id) return current?.token
      if (next === undefined) {
        await records.delete(place(conversationId))
        return undefined
      }
      await records.set(place(conversationId), next, idleSeconds)
      return next.token
    },
    /** @returns whether somebody ever logged in to this conversation */
    async end(conversationId: string): Promise<boolean> {
      await records.delete(place(conversationId))
      return (await records.get(personPlace(conversationId))) !== undefined
    },
  }
}
