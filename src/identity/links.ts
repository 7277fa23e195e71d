import { randomBytes, randomInt } from 'node:crypto'
import type { Clock } from '../clock'
import type { Level } from './levels'
import { fileName, type SealedRecords } from './records'

/** A request to log in, reached by a secret address that is good once. */
export type Link = {
  id: string
  conversationId: string
  /** `47 82`: what the person compares between the conversation and the page. */
  code: string
  /** What the login is for: a text key or a text. */
  purpose: string
  level: Level
  /** Milliseconds since 1970. */
  expiresAt: number
  /** Why the login before this one did not end well. */
  note?: Note
  /** The conversation has shown this link: the next request makes another. */
  shown: boolean
  used: boolean
}

export type Note = 'denied' | 'unavailable' | 'level'

export type Wish = { purpose: string; level: Level }

export type Links = ReturnType<typeof createLinks>

/** How long a used or expired link is still recognised as such. */
const REMEMBERED_SECONDS = 86_400

/** Login links; a conversation has one live link at most. */
export function createLinks(options: { records: SealedRecords; clock: Clock; minutes: number }) {
  const { records, clock, minutes } = options
  const place = (id: string) => `login-link:${fileName(id)}`
  const current = (conversationId: string) => `login-current:${conversationId}`
  const now = () => clock.now().getTime()

  const isLive = (link: Link) => !link.used && link.expiresAt > now()

  async function keep(link: Link): Promise<Link> {
    await records.set(place(link.id), link, REMEMBERED_SECONDS)
    await records.set(current(link.conversationId), link.id, REMEMBERED_SECONDS)
    return link
  }

  async function find(id: string): Promise<Link | undefined> {
    return (await records.get(place(id))) as Link | undefined
  }

  async function currentOf(conversationId: string): Promise<Link | undefined> {
    const id = (await records.get(current(conversationId))) as string | undefined
    return id === undefined ? undefined : find(id)
  }

  function fresh(): { id: string; expiresAt: number; used: boolean } {
    return { id: randomBytes(32).toString('base64url'), expiresAt: now() + minutes * 60_000, used: false }
  }

  return {
    find,
    isLive,
    /** The link for a conversation to show. One made after a failure, not shown yet, is kept: the page shows it too. */
    async request(conversationId: string, wish: Wish): Promise<Link> {
      const last = await currentOf(conversationId)
      const waiting = last !== undefined && !last.shown && !last.used
      if (waiting) return keep({ ...last, ...wish, expiresAt: fresh().expiresAt, shown: true })
      if (last !== undefined && !last.used) await records.delete(place(last.id))
      const digits = String(randomInt(10_000)).padStart(4, '0')
      const code = `${digits.slice(0, 2)} ${digits.slice(2)}`
      return keep({ ...fresh(), conversationId, code, ...wish, shown: true })
    },
    /** Another link after a login that did not end well, with the same code. */
    again: (link: Link, note: Note) => keep({ ...link, ...fresh(), note, shown: false }),
    /** Takes a link for good; of several callers one gets it. */
    async use(id: string): Promise<Link | undefined> {
      const link = (await records.take(place(id))) as Link | undefined
      if (link === undefined) return undefined
      const live = isLive(link)
      await records.set(place(id), { ...link, used: link.used || live }, REMEMBERED_SECONDS)
      return live ? link : undefined
    },
  }
}
