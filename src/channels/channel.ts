import type { RequestListener } from 'node:http'
import type { Router } from 'express'
import type {
  Bubble,
  ChannelId,
  Contact,
  HandoffStatus,
  Inbound,
  Media,
  Outbound,
  PersonPace,
  Receipt,
} from '../message'

/** One way to reach people. A folder each; listed in `index.ts`. */
export type Channel = {
  id: ChannelId
  /** Webhooks and pages, mounted at the root of the assistant's server. */
  router?: Router
  /** The busiest of them, by path: what is posted there may go to these before the router is asked. */
  posts?: Record<string, RequestListener>
  /** `short`: every message costs, so the locale's short texts are said. */
  register?: 'short'
  /** People are reached here although they did not write just now, so they can ask us to stop. */
  notices?: true
  /** Free text is taken so long after the person wrote; later it waits until they write again. */
  freeTextMs?: number
  /** People see who speaks beside each message; elsewhere what an agent says begins with their name. */
  showsSpeaker?: true
  /** Addresses change hands: after so many days of silence whoever writes is a stranger. */
  forgetAfterDays?: number
  /**
   * Arranges the bubbles of one turn so that each is one message within this channel's limits: joins, splits,
   * writes choices as numbered lines. Pure, and nothing said is lost. Without it bubbles go out as they are.
   */
  shape?(bubbles: Bubble[]): Bubble[]
  /** Delivers one message. @throws ChannelError */
  send(message: Outbound, contact: Contact): Promise<void>
  /**
   * A message whose sending was cut short may or may not have gone out. `resend`: the channel takes each id once,
   * so it is sent again. `await_receipt`: a receipt tells by itself, so it is sent again only when none came.
   */
  whenUnknown: 'resend' | 'await_receipt'
  /** How fast the provider lets us send; unset means as fast as we can. */
  pace?: Pace
  /** Says that an answer is being prepared, where the channel can show it. */
  typing?(inbound: Inbound): void
  /** A file the person sent. @throws ChannelError also when it is too large or of a kind that is not taken */
  fetchMedia?(media: Media): Promise<{ content: Buffer; mimeType: string }>
  stop?(): Promise<void>
}

export type Pace = {
  /** Messages a second over all people, from all our processes together. */
  perSecond: number
  perPerson?: PersonPace
}

/**
 * What a channel hands its messages to. Resolves once the message is durable, so that the provider may be told;
 * when it throws, the provider must be told to try again (503).
 */
export type Receive = (message: Inbound) => Promise<'stored' | 'duplicate'>

/** What a channel hands another desk's answers to. */
export type TakeHandoffStatus = (status: HandoffStatus) => Promise<void>

/** What a channel hands the provider's receipts to; durable when it resolves. */
export type TakeReceipt = (receipt: Receipt) => Promise<void>

/**
 * Why a message did not go out.
 * - `throttled` too fast, and no failure: tried again after `retryAfterMs`; `everyone` when it is the whole channel
 * - `retry` a passing fault, certainly not delivered
 * - `unknown` cut short: it may have gone out
 * - `held` the provider lets us send when the person writes again; until then it waits
 * - `final` trying again cannot help
 */
export type Failure = 'throttled' | 'retry' | 'unknown' | 'held' | 'final'

export class ChannelError extends Error {
  constructor(
    /** Ours or the provider's code: `http_503`, `131047`. Never the provider's words. */
    readonly code: string,
    readonly failure: Failure,
    readonly details: { retryAfterMs?: number; everyone?: boolean; alarm?: boolean; cause?: unknown } = {},
  ) {
    super(code, { cause: details.cause })
    this.name = 'ChannelError'
  }
}

/** What we give a provider to send back with its receipts: opaque, and says which message it is about. */
export function correlationOf(message: Pick<Outbound, 'conversationId' | 'id'>): string {
  return `${message.conversationId}~${message.id}`
}

/** The message a receipt is about, or undefined when the text is none of ours. */
export function readCorrelation(text: string): { conversationId: string; outboundId: string } | undefined {
  const found = /^([\w.-]{1,80})~([\w.|-]{1,200})$/.exec(text)
  return found === null ? undefined : { conversationId: found[1] ?? '', outboundId: found[2] ?? '' }
}
