import { z } from 'zod'

// What is not ours to know is dropped on the way in: Meta adds fields, kinds and whole products without notice, and
// asks that a webhook one does not understand be answered with 200.

/** Optional, and as good as absent when it is of another type than it should be. */
const word = z.string().max(1000).optional().catch(undefined)
const media = z.object({
  id: z.string().min(1).max(200),
  mime_type: z.string().min(1).max(200),
  caption: word,
})
const file = media.optional().catch(undefined)
const captioned = media.extend({ caption: z.string().max(10_000).optional().catch(undefined) })
const captionedFile = captioned.optional().catch(undefined)
const reply = z.object({ id: z.string().max(256), title: z.string().max(256) })

const base = {
  id: z.string().regex(/^[\x21-\x7e]{1,512}$/),
  from: word,
  from_user_id: word,
  group_id: word,
  timestamp: z.union([z.string(), z.number()]).optional().catch(undefined),
}

/**
 * A message of a person, or of WhatsApp about a person:
 * `{"id":"wamid.HBgM","from":"5511900000001","from_user_id":"BR.13491208655302741918","timestamp":"1764072000",
 * "type":"text","text":{"body":"quero me aposentar"}}`
 */
const message = z.discriminatedUnion('type', [
  z.object({ ...base, type: z.literal('text'), text: z.object({ body: z.string() }) }),
  // {"type":"button","button":{"text":"Continuar","payload":"Continuar"}}: the quick reply of a template
  z.object({
    ...base,
    type: z.literal('button'),
    button: z.object({ text: z.string(), payload: z.string().optional().catch(undefined) }),
  }),
  // {"type":"interactive","interactive":{"type":"button_reply","button_reply":{"id":"c:s1.fact.0:Sim","title":"Sim"}}}
  z.object({
    ...base,
    type: z.literal('interactive'),
    interactive: z.object({
      button_reply: reply.optional().catch(undefined),
      list_reply: reply.optional().catch(undefined),
    }),
  }),
  // {"type":"image","image":{"id":"1013859600285441","mime_type":"image/jpeg","sha256":"…","caption":"meu extrato"}}
  z.object({ ...base, type: z.literal('image'), image: captionedFile }),
  z.object({ ...base, type: z.literal('video'), video: captionedFile }),
  z.object({ ...base, type: z.literal('document'), document: captionedFile }),
  z.object({ ...base, type: z.literal('audio'), audio: file }),
  z.object({ ...base, type: z.enum(['sticker', 'location', 'contacts', 'order', 'unsupported']) }),
  z.object({ ...base, type: z.enum(['reaction', 'request_welcome']) }),
  // {"from":"5511900000001","type":"system","system":{"type":"user_changed_number","body":"…","wa_id":"5521900000002",
  //  "user_id":"BR.2","previous_user_id":"BR.1"}}: `from` is the number before
  z.object({
    ...base,
    type: z.literal('system'),
    system: z.object({ type: z.string(), wa_id: word, user_id: word, previous_user_id: word }),
  }),
])

/**
 * `{"id":"wamid.HBgN","status":"delivered","timestamp":"1764072001","recipient_user_id":"BR.1349",
 * "biz_opaque_callback_data":"<ours>"}`, and when failed `"errors":[{"code":131026,"title":"…"}]`
 */
const status = z.object({
  status: z.enum(['sent', 'delivered', 'read', 'failed']),
  timestamp: base.timestamp,
  biz_opaque_callback_data: z.string().max(512),
  errors: z
    .array(z.object({ code: z.number() }))
    .optional()
    .catch(undefined),
})

// Most webhooks lack one or the other: that is no fault, and a fault costs time.
const anything = z.array(z.unknown()).optional().catch(undefined)

const change = z.object({
  field: z.literal('messages'),
  value: z.object({
    metadata: z.object({ phone_number_id: z.string() }),
    contacts: z
      .array(z.object({ wa_id: word, user_id: word }))
      .optional()
      .catch(undefined),
    messages: anything,
    statuses: anything,
  }),
})

/** `{"object":"whatsapp_business_account","entry":[{"id":"…","changes":[{"field":"messages","value":{…}}]}]}` */
const webhook = z.object({
  object: z.literal('whatsapp_business_account'),
  entry: z.array(z.object({ changes: anything }).catch({})),
})

export type WireMessage = z.infer<typeof message>
export type WireStatus = z.infer<typeof status>
export type WireContact = NonNullable<z.infer<typeof change>['value']['contacts']>[number]

/**
 * What a webhook's body tells about our number, in the order it tells it. Anything else is left out and its code
 * passed to `ignored`.
 */
export function readWebhook(body: unknown, phoneNumberId: string, ignored: (code: string) => void) {
  const messages: { message: WireMessage; contacts: WireContact[] }[] = []
  const statuses: WireStatus[] = []
  const parsed = webhook.safeParse(body)
  if (!parsed.success) ignored('webhook_unknown')
  for (const each of parsed.data?.entry.flatMap((entry) => entry.changes ?? []) ?? []) {
    const read = change.safeParse(each)
    if (!read.success) {
      ignored('change_unknown')
      continue
    }
    const { value } = read.data
    if (value.metadata.phone_number_id !== phoneNumberId) {
      ignored('other_number')
      continue
    }
    const { contacts = [] } = value
    for (const one of value.messages ?? []) {
      const found = message.safeParse(one)
      if (found.success) messages.push({ message: found.data, contacts })
      else ignored('message_unknown')
    }
    for (const one of value.statuses ?? []) {
      // Statuses of another kind, or of messages we did not send, are everyday and nobody needs to hear of them.
      const found = status.safeParse(one)
      if (found.success) statuses.push(found.data)
    }
  }
  return { messages, statuses }
}

/** Meta writes whole seconds; what is this new came just now, and now is known to the millisecond. */
const NEW_MS = 5000

/** Of Meta's seconds (or, from some, milliseconds) since 1970; never later than `now`, and `now` when just before it. */
export function instantOf(timestamp: string | number | undefined, now: Date): string {
  const number = Number(timestamp)
  const milliseconds = number > 100_000_000_000 ? number : number * 1000
  const usable = Number.isFinite(number) && number > 0 && milliseconds < now.getTime() - NEW_MS
  return (usable ? new Date(milliseconds) : now).toISOString()
}
