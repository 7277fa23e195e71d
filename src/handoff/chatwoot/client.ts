import { z } from 'zod'

/** Chatwoot did not do what it was asked; `retryable` when it may later. */
export class ChatwootError extends Error {
  constructor(
    readonly code: string,
    readonly retryable: boolean,
  ) {
    super(code)
    this.name = 'ChatwootError'
  }
}

export type ChatwootClient = ReturnType<typeof createChatwootClient>
export type ChatwootStatus = 'open' | 'pending' | 'resolved' | 'snoozed'

const TIMEOUT_MS = 8000

// {"payload":{"contact":{"id":7,"identifier":"…"},"contact_inbox":{"source_id":"…","inbox":{"id":3}}}}
const contactMade = z.object({
  payload: z.object({
    contact: z.object({ id: z.number() }),
    contact_inbox: z.object({ source_id: z.string() }),
  }),
})
// {"meta":{"count":1},"payload":[{"id":7,"identifier":"…","contact_inboxes":[{"source_id":"…","inbox":{"id":3}}]}]}
const contactsFound = z.object({
  payload: z.array(
    z.object({
      id: z.number(),
      identifier: z.string().nullish(),
      contact_inboxes: z
        .array(z.object({ source_id: z.string(), inbox: z.object({ id: z.number() }) }))
        .default([]),
    }),
  ),
})
// {"source_id":"…","inbox":{"id":3}}
const inboxMade = z.object({ source_id: z.string() })
// {"id":42,"account_id":1,"inbox_id":3}
const conversationMade = z.object({ id: z.number() })
// {"id":901,"content":"…","message_type":0,"source_id":"…"}
const messageMade = z.object({ id: z.number(), source_id: z.string().nullish() })
// {"meta":{…},"payload":[{"id":901,…}]}
const messagesListed = z.object({ payload: z.array(messageMade) })

/**
 * The calls of Chatwoot's REST API the desk needs.
 * @throws ChatwootError from every call
 */
export function createChatwootClient(options: { url: string; token: string; accountId: number }) {
  const base = `${options.url.replace(/\/$/, '')}/api/v1/accounts/${options.accountId}`

  async function call<T>(
    method: 'GET' | 'POST',
    path: string,
    schema: z.ZodType<T>,
    body?: object,
  ): Promise<T> {
    let response: Response
    try {
      response = await fetch(`${base}${path}`, {
        method,
        headers: { api_access_token: options.token, 'content-type': 'application/json' },
        signal: AbortSignal.timeout(TIMEOUT_MS),
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
    } catch {
      throw new ChatwootError('unreachable', true)
    }
    const { status } = response
    if (!response.ok) throw new ChatwootError(`http_${status}`, status >= 500 || status === 429)
    const parsed = schema.safeParse(await response.json().catch(() => undefined))
    if (!parsed.success) throw new ChatwootError('bad_answer', false)
    return parsed.data
  }

  return {
    /** A contact and its name in the inbox. */
    async createContact(contact: { inboxId: number; name: string; identifier: string }) {
      const { inboxId, name, identifier } = contact
      const { payload } = await call('POST', '/contacts', contactMade, {
        inbox_id: inboxId,
        name,
        identifier,
      })
      return { contactId: payload.contact.id, sourceId: payload.contact_inbox.source_id }
    },
    /** The contact that carries an identifier, and its name in the inbox when it was there before. */
    async findContact(inboxId: number, identifier: string) {
      const query = `/contacts/search?q=${encodeURIComponent(identifier)}`
      const { payload } = await call('GET', query, contactsFound)
      const contact = payload.find((each) => each.identifier === identifier)
      const inbox = contact?.contact_inboxes.find((each) => each.inbox.id === inboxId)
      return contact && { contactId: contact.id, sourceId: inbox?.source_id }
    },
    async joinInbox(contactId: number, inboxId: number, sourceId: string): Promise<string> {
      const path = `/contacts/${contactId}/contact_inboxes`
      return (await call('POST', path, inboxMade, { inbox_id: inboxId, source_id: sourceId })).source_id
    },
    async createConversation(conversation: {
      sourceId: string
      inboxId: number
      contactId: number
      attributes: Record<string, string>
    }): Promise<number> {
      const { sourceId, inboxId, contactId, attributes } = conversation
      const body = { source_id: sourceId, inbox_id: inboxId, contact_id: contactId, status: 'open' }
      return (
        await call('POST', '/conversations', conversationMade, { ...body, custom_attributes: attributes })
      ).id
    },
    async addMessage(
      conversation: number,
      message: { content: string; type: 'incoming' | 'outgoing'; private?: true; sourceId: string },
    ): Promise<number> {
      const { content, type, sourceId } = message
      return (
        await call('POST', `/conversations/${conversation}/messages`, messageMade, {
          content,
          message_type: type,
          private: message.private === true,
          source_id: sourceId,
          echo_id: sourceId,
        })
      ).id
    },
    /** The names we gave the newest messages of a conversation. */
    async sourceIds(conversation: number): Promise<Set<string>> {
      const { payload } = await call('GET', `/conversations/${conversation}/messages`, messagesListed)
      return new Set(payload.flatMap(({ source_id }) => source_id ?? []))
    },
    async setStatus(conversation: number, status: ChatwootStatus): Promise<void> {
      await call('POST', `/conversations/${conversation}/toggle_status`, z.unknown(), { status })
    },
    async label(conversation: number, labels: string[]): Promise<void> {
      await call('POST', `/conversations/${conversation}/labels`, z.unknown(), { labels })
    },
  }
}
