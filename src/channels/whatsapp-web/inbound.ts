import { z } from 'zod'
import type { Inbound, InboundContent, Unreadable } from '../../message'
import { type Addresses, withoutNinthDigit } from '../address'

/** An id of WhatsApp Web as text or, in some models, as an object that carries its text. */
const wid = z.union([z.string(), z.object({ _serialized: z.string() }).transform((id) => id._serialized)])

/**
 * What the library's `Message.rawData` holds, as WhatsApp Web's own model gives it:
 * `{"id":{"fromMe":false,"remote":"5511900000001@c.us","id":"3EB0C0FFEE0000000001",
 * "_serialized":"false_5511900000001@c.us_3EB0C0FFEE0000000001"},"body":"Oi","type":"chat","t":1795600000,
 * "from":"5511900000001@c.us","to":"5511900000099@c.us","ack":1,"isNewMsg":true,"isStatusV3":false}`;
 * with a file also `"mimetype":"audio/ogg; codecs=opus","size":20480,"directPath":"/v/t62.7117-24/…","caption":"…"`.
 */
const rawMessage = z.object({
  id: z.object({ fromMe: z.boolean(), id: z.string().regex(/^[\w-]{4,128}$/), _serialized: z.string() }),
  type: z.string(),
  t: z.number(),
  from: wid,
  to: wid,
  body: z.string().nullish(),
  caption: z.string().nullish(),
  mimetype: z.string().nullish(),
  size: z.number().nullish(),
  directPath: z.string().nullish(),
  isStatusV3: z.boolean().nullish(),
  broadcast: z.boolean().nullish(),
})

export type RawMessage = z.infer<typeof rawMessage>

/** A message as the library has it, or undefined when it is not one of the shape we know. */
export function readMessage(raw: unknown): RawMessage | undefined {
  return rawMessage.safeParse(raw).data
}

/** A file of a message, sealed into `Media.id`. */
export const fileAddress = z.object({ message: z.string() })

/** Where a person is reached, sealed into `Inbound.address`: the chat's id exactly as it came. */
export const chatAddress = z.object({ chat: z.string() })

/** Kinds of message that say something in words; a press on a button is its title. */
const WORDS = ['chat', 'buttons_response', 'list_response', 'template_button_reply']

/**
 * Kinds that a person sends and we cannot read. Every kind that is in neither list is a notice of the app (keys
 * changed, call missed, message deleted, group news) or not known to us, and is left alone: answering notices would
 * make us talk to nobody, and to other robots.
 */
const UNREADABLE: Record<string, Unreadable> = {
  audio: 'audio',
  ptt: 'audio',
  image: 'image',
  video: 'video',
  ptv: 'video',
  sticker: 'sticker',
  document: 'document',
  location: 'location',
  vcard: 'contact',
  multi_vcard: 'contact',
  order: 'other',
  product: 'other',
  payment: 'other',
  poll_creation: 'other',
  event_creation: 'other',
  groups_v4_invite: 'other',
  oversized: 'other',
}

/** A person's own chat: by telephone number, or by the number that hides it (LID). */
const PERSON = /^(\d{5,20})@(c\.us|lid)$/

/** Whether a chat is one person's, and no group, status, channel or notice of WhatsApp's own. */
export function isPerson(chat: string): boolean {
  return PERSON.test(chat)
}

/**
 * What a person wrote to us, or undefined when it is none of that: groups, status, channels, what we sent ourselves
 * and notices.
 * @param at instant of receipt
 */
export function inboundOf(raw: RawMessage, addresses: Addresses, at: Date): Inbound | undefined {
  const [, digits = '', server] = PERSON.exec(raw.from) ?? []
  if (server === undefined || raw.id.fromMe || raw.isStatusV3 === true || raw.broadcast === true) {
    return undefined
  }
  const content = contentOf(raw, addresses)
  if (content === undefined) return undefined
  return {
    // Made by the sender's telephone, random, and without their number, which the serialized id holds.
    id: raw.id.id,
    channel: 'whatsapp-web',
    conversationId: addresses.conversationOf(server === 'lid' ? `lid:${digits}` : withoutNinthDigit(digits)),
    at: at.toISOString(),
    address: addresses.seal({ chat: raw.from } satisfies z.infer<typeof chatAddress>),
    ...content,
  }
}

function contentOf(raw: RawMessage, addresses: Addresses): InboundContent | undefined {
  if (WORDS.includes(raw.type) && raw.body?.trim()) return { kind: 'text', text: raw.body }
  const what = Object.hasOwn(UNREADABLE, raw.type) ? UNREADABLE[raw.type] : undefined
  if (what === undefined) return undefined
  // What is written under a picture is said; the picture itself nobody reads.
  if (raw.directPath && raw.caption?.trim()) return { kind: 'text', text: raw.caption }
  if (!raw.directPath) return { kind: 'unsupported', what }
  return {
    kind: 'unsupported',
    what,
    media: {
      id: addresses.seal({ message: raw.id._serialized } satisfies z.infer<typeof fileAddress>),
      mimeType: raw.mimetype ?? 'application/octet-stream',
      ...(typeof raw.size === 'number' && { bytes: raw.size }),
    },
  }
}
