import type { ChannelId } from '../../message'
import type { Records } from '../../store/store'

/** Which conversation of Chatwoot is which of ours, and how much of ours it has. */
export type Link = {
  conversationId: string
  channel: ChannelId
  ticketId: string
  /** The number of the conversation in Chatwoot. */
  chatwoot: number
  /** Lines up to this number are there; below zero: not even what was known at its beginning. */
  told: number
  /** The next ticket of the person's belongs to this conversation of Chatwoot. */
  adopts?: boolean
  /** It was ended there after the ticket ended here. */
  resolved?: true
}

export type Links = ReturnType<typeof createLinks>

/** Where every process reads that Chatwoot does not answer. */
export const CHATWOOT_AWAY = 'desk:chatwoot-away'

const KEPT_SECONDS = 90 * 86_400
/** What we gave a name begins so: it comes back in webhooks, and is not said again. */
const OURS = 'meu-inss:'

export function createLinks(records: Records) {
  const ours = (conversationId: string) => `chatwoot:${conversationId}`
  const theirs = (chatwoot: number) => `chatwoot-conversation:${chatwoot}`
  return {
    of: async (conversationId: string) => (await records.get(ours(conversationId))) as Link | undefined,
    async ofChatwoot(chatwoot: number): Promise<Link | undefined> {
      const conversationId = (await records.get(theirs(chatwoot))) as string | undefined
      const link = conversationId === undefined ? undefined : await this.of(conversationId)
      // A person's next conversation in Chatwoot is another one; the one before is over.
      return link?.chatwoot === chatwoot ? link : undefined
    },
    async keep(link: Link): Promise<void> {
      await records.set(ours(link.conversationId), link, KEPT_SECONDS)
      await records.set(theirs(link.chatwoot), link.conversationId, KEPT_SECONDS)
    },
  }
}

/** The name of a line in Chatwoot. */
export function sourceIdOf(ticketId: string, what: number | string): string {
  return `${OURS}${ticketId}:${what}`
}

export function isOurs(sourceId: string | null | undefined): boolean {
  return sourceId?.startsWith(OURS) === true
}

const AGENT = 'chatwoot-'

export function agentIdOf(chatwootUser: number): string {
  return `${AGENT}${chatwootUser}`
}

export function isChatwootAgent(id: string | undefined): boolean {
  return id?.startsWith(AGENT) === true
}
