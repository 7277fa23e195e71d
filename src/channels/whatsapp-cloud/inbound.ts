import type { InboundContent, Unreadable } from '../../message'
import { readChoiceId } from './choice-id'
import type { WireContact, WireMessage } from './payload'

/** Whom Meta names: by telephone, by its own id for them with us, or both. Exactly as it writes them. */
export type Person = { phone: string; bsuid?: string } | { phone?: undefined; bsuid: string }

/** Somebody became somebody else: what is known of both sides. */
export type Move = { before: Person; now: Person }

/** `BR.13491208655302741918` today; any other form is as good, as long as it is no number. */
const BSUID = /^(?!\+?\d+$)[\x21-\x7e]{1,200}$/
const PHONE = /^\+?\d{5,20}$/

/** Who sent a message. The phone is missing when the person goes by a username. */
export function senderOf(message: WireMessage, contacts: WireContact[]): Person | undefined {
  const { from, from_user_id } = message
  const contact = contacts.find(({ wa_id, user_id }) =>
    from_user_id === undefined ? wa_id !== undefined && wa_id === from : user_id === from_user_id,
  )
  return personOf(from ?? contact?.wa_id, from_user_id ?? contact?.user_id)
}

/** What a system message says of a person's new number or id; undefined when it is about something else. */
export function moveOf(message: WireMessage): Move | undefined {
  if (message.type !== 'system') return undefined
  const { type, wa_id, user_id, previous_user_id } = message.system
  if (type !== 'user_changed_number' && type !== 'user_changed_user_id') return undefined
  const now = personOf(wa_id, user_id)
  const before = personOf(
    message.from === wa_id ? undefined : message.from,
    previous_user_id ?? (message.from_user_id === user_id ? undefined : message.from_user_id),
  )
  return now === undefined || before === undefined ? undefined : { before, now }
}

function personOf(phone: string | undefined, bsuid: string | undefined): Person | undefined {
  const known = bsuid !== undefined && BSUID.test(bsuid) ? { bsuid } : undefined
  if (phone === undefined || !PHONE.test(phone)) return known
  return { phone: phone.replace('+', ''), ...known }
}

/** What a message says; undefined when nothing is to be answered (a reaction). */
export function contentOf(message: WireMessage): InboundContent | undefined {
  switch (message.type) {
    case 'text':
      return said(message.text.body)
    case 'button':
      return pressed(message.button.payload ?? '', message.button.text)
    case 'interactive': {
      const reply = message.interactive.button_reply ?? message.interactive.list_reply
      return reply === undefined ? { kind: 'unsupported', what: 'other' } : pressed(reply.id, reply.title)
    }
    case 'image':
      return fileOf('image', message.image)
    case 'video':
      return fileOf('video', message.video)
    case 'document':
      return fileOf('document', message.document)
    case 'audio':
      return fileOf('audio', message.audio)
    case 'sticker':
    case 'location':
      return { kind: 'unsupported', what: message.type }
    case 'contacts':
      return { kind: 'unsupported', what: 'contact' }
    case 'order':
    case 'unsupported':
      return { kind: 'unsupported', what: 'other' }
    case 'request_welcome':
      return { kind: 'opened' }
    case 'reaction':
    case 'system':
      return undefined
  }
}

function said(text: string): InboundContent | undefined {
  return text.trim() === '' ? undefined : { kind: 'text', text }
}

function pressed(id: string, title: string): InboundContent | undefined {
  const choice = readChoiceId(id)
  if (choice === undefined) return said(title)
  const { questionId, value } = choice
  return { kind: 'text', text: value, ...(questionId !== undefined && { questionId }) }
}

function fileOf(
  what: Unreadable,
  file: { id: string; mime_type: string; caption?: string | undefined } | undefined,
): InboundContent {
  const caption = said(file?.caption ?? '')
  if (caption !== undefined) return caption
  const media = file === undefined ? undefined : { id: file.id, mimeType: file.mime_type }
  return { kind: 'unsupported', what, ...(media && { media }) }
}
