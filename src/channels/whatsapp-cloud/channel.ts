import { z } from 'zod'
import type { Clock } from '../../clock'
import type { Log } from '../../log'
import type { Contact, Outbound } from '../../message'
import type { Records } from '../../store/store'
import { createAddresses } from '../address'
import { type Channel, ChannelError, correlationOf, type Receive, type TakeReceipt } from '../channel'
import { createGraph } from './graph'
import { OUTSIDE_WINDOW } from './graph-error'
import { createMedia } from './media'
import { contentOfMessage, shapeForWhatsApp, templateContent } from './outgoing'
import { createPeople } from './people'
import { createWebhook } from './webhook'

export type WhatsAppCloudOptions = {
  appSecret: string
  verifyToken: string
  accessToken: string
  phoneNumberId: string
  graphUrl: string
  messagesPerSecond: number
  /** Name of the approved template that asks a person to write again. */
  resumeTemplate: string
  /** 32 bytes; names conversations and seals addresses. */
  secretKey: Buffer
  receive: Receive
  takeReceipt: TakeReceipt
  records: Records
  clock: Clock
  log: Log
  /** How long Meta's answer to a message may take. */
  timeoutMs?: number
}

/** Free text is taken for 24 hours after the person wrote; a minute less, for what is under way. */
const WINDOW_MS = 24 * 3_600_000 - 60_000
/** As long as a reply is held for a person to write. */
const HELD_SECONDS = 7 * 86_400

/** What `addresses.seal` closed: a person as Meta names them. */
const address = z.union([z.object({ bsuid: z.string() }), z.object({ phone: z.string() })])

/** `{"messaging_product":"whatsapp","contacts":[…],"messages":[{"id":"wamid.HBgM"}]}` */
const accepted = z.object({ messages: z.array(z.object({ id: z.string().min(1) })).min(1) })

/** WhatsApp by Meta's Cloud API: messages and statuses come to `/webhooks/whatsapp`, messages go to the Graph API. */
export function createWhatsAppCloudChannel(options: WhatsAppCloudOptions): Channel {
  const { records, clock } = options
  const addresses = createAddresses('whatsapp-cloud', options.secretKey)
  const people = createPeople({
    addresses,
    records,
    clock,
    async leave(conversationId, by) {
      await options.receive({
        id: `left to ${addresses.conversationOf(by.bsuid ?? '')}`,
        channel: 'whatsapp-cloud',
        conversationId,
        at: clock.now().toISOString(),
        kind: 'event',
        event: 'number_changed',
      })
    },
  })
  const graph = createGraph(options)
  const media = createMedia(options)

  async function send(message: Outbound, contact: Contact): Promise<void> {
    const to = recipientOf(addresses.open(contact.address))
    if (to === undefined) throw new ChannelError('address_unknown', 'final')
    const open =
      contact.lastInboundAt !== undefined && clock.now().getTime() - contact.lastInboundAt < WINDOW_MS
    if (!open) return sendOutside(message, contact, to)
    const fileId = message.file === undefined ? undefined : await media.upload(message.file)
    try {
      await post({
        ...to,
        biz_opaque_callback_data: correlationOf(message),
        ...contentOfMessage(message, fileId),
      })
    } catch (error) {
      if (!(error instanceof ChannelError) || error.code !== OUTSIDE_WINDOW) throw error
      // Meta counts the hours from the message, which may have reached us late.
      await sendOutside(message, contact, to)
    }
  }

  /** A notice goes as its template. A reply waits for the person to write, whom a template asks to. */
  async function sendOutside(message: Outbound, contact: Contact, to: object): Promise<void> {
    if (message.notice !== undefined) {
      const { name, parameters } = message.notice.template
      await post({
        ...to,
        biz_opaque_callback_data: correlationOf(message),
        ...templateContent(name, parameters),
      })
      return
    }
    const alarm = await askToWrite(message.conversationId, contact, to)
    throw new ChannelError('outside_window', 'held', { alarm })
  }

  /**
   * Once for each silence of a person, however many replies wait. It carries no correlation: its receipts are not
   * the reply's.
   * @returns whether an operator must know that it cannot be sent
   */
  async function askToWrite(conversationId: string, contact: Contact, to: object): Promise<boolean> {
    const key = `whatsapp-cloud:asked:${conversationId}:${contact.lastInboundAt ?? 0}`
    if ((await records.get(key)) !== undefined) return false
    try {
      await post({ ...to, ...templateContent(options.resumeTemplate, []) })
    } catch (error) {
      if (!(error instanceof ChannelError)) throw error
      if (error.failure === 'final') return error.details.alarm === true
      if (error.failure !== 'unknown') throw error
    }
    await records.set(key, true, HELD_SECONDS)
    return false
  }

  async function post(message: object): Promise<void> {
    const answer = await graph.postMessage({
      messaging_product: 'whatsapp',
      recipient_type: 'individual',
      ...message,
    })
    // Taken, it seems, but not said as Meta says it: only a receipt tells.
    if (!accepted.safeParse(answer).success) throw new ChannelError('answer_unknown', 'unknown')
  }

  return {
    id: 'whatsapp-cloud',
    ...createWebhook({ ...options, people }),
    notices: true,
    freeTextMs: WINDOW_MS,
    shape: shapeForWhatsApp,
    send,
    whenUnknown: 'await_receipt',
    // 45 messages may go to a person at once, paid back by six seconds each.
    pace: { perSecond: options.messagesPerSecond, perPerson: { everyMs: 6000, burst: 45 } },
    typing(inbound) {
      if (inbound.kind === 'event') return
      const read = { messaging_product: 'whatsapp', status: 'read', message_id: inbound.id }
      graph.postMessage({ ...read, typing_indicator: { type: 'text' } }).catch(() => undefined)
    },
    fetchMedia: media.fetchMedia,
    async stop() {
      graph.stop()
    },
  }
}

/** By Meta's id where there is one: a number may be another's by now, an id never is. */
function recipientOf(opened: unknown): { recipient: string } | { to: string } | undefined {
  const { data } = address.safeParse(opened)
  if (data === undefined) return undefined
  return 'bsuid' in data ? { recipient: data.bsuid } : { to: data.phone }
}
