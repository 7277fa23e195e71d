import type { Router } from 'express'
import type { ChannelId, Inbound, Outbound } from '../message'

/** One way to reach people. A folder each; listed in `index.ts`. */
export type Channel = {
  id: ChannelId
  /** Webhooks and pages, mounted at the root of the assistant's server. */
  router?: Router
  /** Delivers one message. @throws ChannelError */
  send(message: Outbound): Promise<void>
  /** Says that an answer is being prepared, where the channel can show it. */
  typing?(conversationId: string): void
  stop?(): Promise<void>
}

/** What a channel hands its messages to; resolves once the message is durably stored. */
export type Receive = (message: Inbound) => Promise<'stored' | 'duplicate'>

/** A message that did not go out; `retryable` says whether trying again can help. */
export class ChannelError extends Error {
  constructor(
    readonly code: string,
    readonly retryable: boolean,
    options: { cause?: unknown } = {},
  ) {
    super(code, options)
    this.name = 'ChannelError'
  }
}
