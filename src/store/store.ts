import type { Inbound, Outbound } from '../message'

/**
 * Everything the assistant remembers. Two implementations answer to the same contract tests: memory and Redis.
 * Times are ISO instants; everything stored is JSON.
 */
export type Store = {
  inbox: Inbox
  conversations: Conversations
  outbox: Outbox
  transcripts: Transcripts
  records: Records
  /** Lets go of connections; a memory store also saves itself if it was given a file. */
  close(): Promise<void>
}

/** Messages received and not yet answered, in order per conversation. */
export type Inbox = {
  /** Durable when it resolves. `duplicate` when this (channel, id) was seen before. */
  append(message: Inbound): Promise<'stored' | 'duplicate'>
  /** Takes the lease of one conversation that has messages; `undefined` when there is none now. */
  lease(worker: string, milliseconds: number): Promise<Lease | undefined>
  /** The oldest message of a leased conversation, without removing it. */
  next(lease: Lease): Promise<Inbound | undefined>
  /** Gives the conversation to whoever comes next. */
  release(lease: Lease): Promise<void>
  /** Calls back when something may be leased. */
  onArrival(listener: () => void): () => void
}

/** `fence` grows with every lease of a conversation: a worker that lost its lease holds an old one. */
export type Lease = { conversationId: string; fence: number; worker: string }

export type Conversations = {
  load(conversationId: string): Promise<unknown | undefined>
  /**
   * In one step: the new state, the replies into the outbox, what happened into the events, and the inbound
   * message out of the inbox.
   * @throws AppError `store_fenced` when the lease is no longer held; nothing is then written.
   */
  commit(lease: Lease, handled: Inbound, turn: Committed): Promise<void>
  /** What happened in a conversation, oldest first. */
  events(conversationId: string): Promise<unknown[]>
}

export type Committed = { state: unknown; replies: Outbound[]; events: object[] }

export type Outbox = {
  /** Replies whose time has come, oldest first within a conversation; each is handed to one caller. */
  take(limit: number, now: Date): Promise<OutboxEntry[]>
  sent(message: Outbound): Promise<void>
  /** Tries again at `at`, or gives up when `at` is undefined. */
  failed(message: Outbound, code: string, at: Date | undefined): Promise<void>
  onArrival(listener: () => void): () => void
}

export type OutboxEntry = { message: Outbound; attempts: number }

/** What was said in a conversation, in order; sequence numbers start at 1 and have no gaps. */
export type Transcripts = {
  append(conversationId: string, entry: unknown): Promise<number>
  /** Entries with a sequence above `after`, oldest first. */
  list(conversationId: string, after: number): Promise<TranscriptEntry[]>
  /** Calls back for each new entry, also those other processes append. Returns how to stop. */
  watch(conversationId: string, listener: (entry: TranscriptEntry) => void): () => void
}

export type TranscriptEntry = { sequence: number; entry: unknown }

/** Small values with a life: sessions, login links, tokens. Values are JSON. */
export type Records = {
  get(key: string): Promise<unknown | undefined>
  set(key: string, value: unknown, secondsToLive: number): Promise<void>
  /** Reads and deletes in one step: of several callers one gets the value. */
  take(key: string): Promise<unknown | undefined>
  delete(key: string): Promise<void>
}
