import { z } from 'zod'
import type { InboundContent, Receipt, Unreadable } from '../../message'

/**
 * `MessageSid=SM…&AccountSid=AC…&From=%2B5511900000001&To=%2B551140000000&Body=quero+me+aposentar&NumMedia=0`;
 * with a picture `NumMedia=1&MediaUrl0=https%3A%2F%2Fapi.twilio.com%2F…&MediaContentType0=image%2Fjpeg`. A word such
 * as STOP also brings `OptOutType=STOP`; it is text like any other.
 */
export const incoming = z.object({
  MessageSid: z.string().regex(/^[A-Za-z0-9]{1,64}$/),
  From: z.string().min(1).max(100),
  To: z.string().max(100).default(''),
  Body: z.string().default(''),
  NumMedia: z.coerce.number().int().min(0).max(100).default(0),
  MediaContentType0: z.string().max(200).default(''),
})

/** `MessageSid=SM…&MessageStatus=undelivered&ErrorCode=30003` */
export const statusCallback = z.object({
  MessageStatus: z.string().max(40),
  ErrorCode: z
    .string()
    .regex(/^\d{0,10}$/)
    .optional(),
})

/** What is not listed says nothing of a message of ours: `receiving`, `received`. */
export const statuses = new Map<string, Receipt['status']>([
  ['accepted', 'sent'],
  ['scheduled', 'sent'],
  ['queued', 'sent'],
  ['sending', 'sent'],
  ['sent', 'sent'],
  ['delivered', 'delivered'],
  ['read', 'read'],
  ['undelivered', 'failed'],
  ['failed', 'failed'],
  ['canceled', 'failed'],
])

/** `{"code":21610,"message":"Attempt to send to unsubscribed recipient","more_info":"https://…","status":400}` */
export const refusal = z.object({ code: z.coerce.number().int() })

/** What the person sent. A text with a file is about the file. */
export function contentOf(message: z.infer<typeof incoming>): InboundContent {
  if (message.NumMedia > 0) return { kind: 'unsupported', what: kindOf(message.MediaContentType0) }
  if (message.Body.trim() === '') return { kind: 'unsupported', what: 'other' }
  return { kind: 'text', text: message.Body }
}

function kindOf(contentType: string): Unreadable {
  const type = contentType.toLowerCase()
  if (/^text\/(x-)?vcard\b/.test(type)) return 'contact'
  return kinds.get(type.replace(/\/.*/s, '')) ?? 'other'
}

const kinds = new Map<string, Unreadable>([
  ['audio', 'audio'],
  ['image', 'image'],
  ['video', 'video'],
  ['application', 'document'],
  ['text', 'document'],
])

/** @param body what was signed: a form, or a JSON object of texts. @returns undefined when it is neither */
export function fieldsOf(form: URLSearchParams | undefined, body: Buffer): unknown {
  if (form !== undefined) return Object.fromEntries(form)
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
}
