/**
 * The neutral words where channels and conversation meet. A channel parses its provider's bodies into
 * `Inbound` and renders `Outbound` into them; nothing else crosses the line.
 */

export type ChannelId = 'web' | 'terminal' | 'whatsapp-cloud' | 'whatsapp-web' | 'sms-kannel' | 'sms-twilio'

/** One possible answer to a prompt. `value` is what comes back when the person picks it. */
export type Choice = { title: string; value: string }

/** What a person sent, or what happened to them (a finished login), in one conversation. */
export type Inbound = {
  /** The provider's id of this message; unique within the channel, so a repeat is recognised. */
  id: string
  channel: ChannelId
  /** Opaque and stable: one person on one channel. Never a phone number or CPF. */
  conversationId: string
  /** Instant of receipt, ISO 8601 in UTC. */
  at: string
} & InboundContent

export type InboundContent =
  /** `questionId` is set when the person pressed a choice of ours: it says which question they answered. */
  | { kind: 'text'; text: string; questionId?: string }
  /** The person opened the conversation and has said nothing yet. */
  | { kind: 'opened' }
  /** Audio, sticker, image, document, location…: named so that the reply can say what we cannot read. */
  | { kind: 'unsupported'; what: 'audio' | 'image' | 'video' | 'sticker' | 'document' | 'location' | 'other' }
  /** Something that happened outside the conversation and moves it on. */
  | { kind: 'event'; event: 'login_completed' | 'login_failed' | 'silence' }

/** One message to a person, complete: the channel only renders it. */
export type Outbound = {
  /** Unique; the outbox sends each id once. */
  id: string
  conversationId: string
  channel: ChannelId
  at: string
  text: string
  /** Quick replies of the open question. */
  choices?: Choice[]
  /** A page the person should open (login, document). */
  link?: { title: string; url: string }
  /** `<dialog>.<fact>` when this message asks something. */
  expects?: string
  /** Identifies the question this message asks; comes back with the choice. */
  questionId?: string
  outcome: Outcome
  /** The inbound message this answers. */
  replyTo?: string
}

/**
 * How a turn ended; family first. The list is closed:
 * - `answered` the person has what they asked for; `asked` a question is open; `handed_off` a person takes over
 * - `repair_*` the conversation was mended (greeting and small talk count as `answered`)
 * - `error_*` something of ours or a neighbour's failed; the facts are kept
 */
export type Outcome =
  | 'answered'
  | 'asked'
  | 'handed_off'
  | 'repair_not_understood'
  | 'repair_cancelled'
  | 'repair_corrected'
  | 'repair_went_back'
  | 'repair_repeated'
  | 'repair_clarified'
  | 'repair_digressed'
  | 'repair_code_changed'
  | 'repair_unsupported'
  | 'repair_stale_answer'
  | 'repair_crisis'
  | 'repair_silence'
  | 'error_inss'
  | 'error_internal'
