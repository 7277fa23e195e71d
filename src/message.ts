/**
 * The neutral words where channels and conversation meet. A channel parses its provider's bodies into
 * `Inbound` and renders `Outbound` into them; nothing else crosses the line.
 */

export type ChannelId =
  | 'web'
  | 'terminal'
  | 'whatsapp-cloud'
  | 'whatsapp-web'
  | 'sms-kannel'
  | 'sms-twilio'
  | 'bot-framework'

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
  /**
   * Where the channel reaches this person: sealed, and opened by the channel alone. The store keeps the newest one
   * of each conversation. Absent when the message did not come over the channel (a finished login).
   */
  address?: string
} & InboundContent

export type InboundContent =
  /** `questionId` is set when the person pressed a choice of ours: it says which question they answered. */
  | { kind: 'text'; text: string; questionId?: string }
  /** The person opened the conversation and has said nothing yet. */
  | { kind: 'opened' }
  /** Audio, sticker, image, document, location…: named so that the reply can say what we cannot read. */
  | { kind: 'unsupported'; what: Unreadable; media?: Media }
  /**
   * Something that happened outside the conversation and moves it on. `number_changed`: the person's telephone is
   * another one now, so whoever holds it must log in again.
   */
  | {
      kind: 'event'
      event: 'login_completed' | 'login_failed' | 'silence' | 'number_changed' | 'not_delivered'
    }
  | DeskEvent

/** What the desk of people has the bot do. */
export type DeskEvent =
  /**
   * People are done, and the conversation is the bot's again. `desk_returned` goes on with what was open, or with
   * `menu` lets it go; `given_up`: the person left the line.
   */
  | { kind: 'event'; event: 'desk_returned'; ticketId: string; resume: 'resume' | 'menu'; givenUp?: true }
  | { kind: 'event'; event: 'desk_closed'; ticketId: string }
  /** Nobody came in the time that was told: a call-back is offered. */
  | { kind: 'event'; event: 'desk_expired'; ticketId: string }
  /** An agent wants the person asked for this, or asked to log in (`login.bronze`, `login.silver`, `login.gold`). */
  | { kind: 'event'; event: 'desk_asks'; ticketId: string; field: string }
  /** An agent starts this service for the person; it was given back to the bot with that. */
  | { kind: 'event'; event: 'desk_starts'; ticketId: string; service: string }

export type Unreadable =
  | 'audio'
  | 'image'
  | 'video'
  | 'sticker'
  | 'document'
  | 'location'
  | 'contact'
  | 'other'

/** A file the person sent, still at the provider; the channel can fetch it by `id`. */
export type Media = { id: string; mimeType: string; bytes?: number }

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
  /**
   * Who says it; absent for the bot, whose messages are dropped while the conversation belongs to people. `desk`: what
   * the line and the desk have to say.
   */
  speaker?: 'desk' | 'agent'
  /** Which agent says it; `named`: what the text begins with where the channel does not show who speaks. */
  agent?: { id: string; name: string; named?: string }
  /** The inbound message this answers. */
  replyTo?: string
  /** Nobody asked for it just now: it waits behind replies. */
  notice?: Notice
  /** For another desk rather than for the person; only channels of Bot Framework carry it. */
  event?: HandoffInitiate
  /** A file that goes with the text; `content` is base64. */
  file?: { name: string; mimeType: string; content: string }
}

/** Asks another desk to take a conversation over, in Bot Framework's words. */
export type HandoffInitiate = {
  name: 'handoff.initiate'
  /** What it is routed by. */
  value: Record<string, string | number>
  /** What was said so far, oldest first. */
  transcript: { at: string; by: 'user' | 'bot'; text: string }[]
}

/** How another desk answered: `accepted`, `failed`, `completed`, or something newer. */
export type HandoffStatus = {
  /** The same when it is told again. */
  id: string
  conversationId: string
  channel: ChannelId
  state: string
}

/** What a channel that lets us start a conversation only with an approved template needs to know. */
export type Notice = {
  /** The logical notice, the same on every channel it is tried on. */
  id: string
  /** Name of the approved template and its parameters, in order. */
  template: { name: string; parameters: string[] }
}

/** What one bubble says and asks: an outbound message before it has a place to go. */
export type Bubble = Pick<Outbound, 'text' | 'choices' | 'link' | 'expects' | 'questionId'>

/** How far a message of ours got, as its provider says. Receipts come late, twice and out of order. */
export type Receipt = {
  conversationId: string
  /** `Outbound.id` */
  outboundId: string
  status: 'sent' | 'delivered' | 'read' | 'failed'
  at: string
  /** Why it failed: the provider's code, never its words. */
  code?: string
  /** It failed for a passing reason: what was said may be said again on this channel. */
  again?: ChannelId
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
  | 'repair_loop'
  | 'repair_silence'
  | 'error_inss'
  | 'error_internal'

/** What is known of where a conversation goes; the newest of what the person's messages told. */
export type Contact = {
  /** `Inbound.address` */
  address?: string
  /** When the person last wrote, in milliseconds since 1970. */
  lastInboundAt?: number
}

/** One message each `everyMs` to one person, with `burst` of them at once before that. */
export type PersonPace = { everyMs: number; burst: number }
