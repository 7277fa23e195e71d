import type { Owner, Skill, Ticket } from '../handoff/ticket'
import type { ChannelId, Contact, Inbound, Outbound, PersonPace, Receipt } from '../message'

/**
 * Everything the assistant remembers. Two implementations answer to the same contract tests: memory and Redis.
 * Times are milliseconds since 1970; everything stored is JSON.
 */
export type Store = {
  inbox: Inbox
  conversations: Conversations
  outbox: Outbox
  desk: Desk
  transcripts: Transcripts
  records: Records
  limits: Limits
  /** Resolves when the store answers. @throws AppError `store_unavailable` */
  ping(): Promise<void>
  /** Lets go of connections; a memory store also saves itself if it was given a file. */
  close(): Promise<void>
}

/** Messages received and not yet answered, in order per conversation. */
export type Inbox = {
  /**
   * Durable when it resolves. `duplicate` when this (channel, id) was seen in the last seven days. With `claim`,
   * whoever stores it also takes the conversation's lease if nobody holds it and no other message waits before it.
   */
  append(message: Inbound, claim?: Claim): Promise<'stored' | 'duplicate' | Work>
  /**
   * Takes the lease of up to `limit` conversations that have messages; each goes to one worker.
   * @param where the place `onArrival` told, to look nowhere else
   */
  lease(claim: Claim, limit: number, where?: Place): Promise<Work[]>
  /** Keeps a lease for longer. @throws AppError `store_fenced` when it is no longer held */
  renew(lease: Lease, milliseconds: number): Promise<void>
  /** Gives the conversation to whoever comes next; with `at`, not before. */
  release(lease: Lease, at?: number): Promise<void>
  /** Calls back when something may be leased now. What becomes due by time alone is not told. */
  onArrival(listener: (where: Place) => void): () => void
}

/** A part of the store, as it names them. */
export type Place = number

/** Who takes a lease, and for how long it holds without being renewed. */
export type Claim = { worker: string; milliseconds: number }

/** `fence` grows with every lease of a conversation: a worker that lost its lease holds an old one. */
export type Lease = { conversationId: string; fence: number; worker: string }

/** A leased conversation: what waits (oldest first, at least one; a part when much waits), and what is known. */
export type Work = {
  lease: Lease
  waiting: Inbound[]
  state: unknown | undefined
  contact: Contact
  /** The ticket that is open. */
  ticket?: Ticket
}

export type Conversations = {
  load(conversationId: string): Promise<unknown | undefined>
  /**
   * In one step: the new state, the replies into the outbox, what happened into the events, the lines said, the
   * ticket's change, and the messages handled out of the inbox. When none waits any more the lease is over. Replies of
   * the bot in a conversation that belongs to people by now become lines that were not said.
   * @param handled the oldest messages waiting, in order
   * @returns what waits now, the ticket that is open now, and the first reply if it can go out at once: it is then the
   *   caller's to send. `stale`: the ticket is another one by now, nothing was written, and the turn must be taken again
   * @throws AppError `store_fenced` when the lease is no longer held; nothing is then written
   */
  commit(lease: Lease, handled: Inbound[], turn: Committed): Promise<CommitResult>
  /** What happened in a conversation of late, oldest first; the last hundred, for two hours. */
  events(conversationId: string): Promise<Event[]>
}

export type Committed = {
  state: unknown
  replies: Outbound[]
  events: Event[]
  pace?: PersonPace
  /** What was said, the replies not among it. */
  lines?: Line[]
  /** The ticket was this one when the turn began, and is that one now. */
  ticket?: TicketStep
  journal?: JournalEntry[]
}

export type CommitResult = {
  waiting: Inbound[]
  toSend: OutboxEntry | undefined
  ticket?: Ticket
  stale?: true
}

/**
 * A compare-and-set: `from` is what the open ticket must be, undefined where none may be open. `to` is stored; without
 * it the ticket is only compared.
 */
export type TicketStep = { from: Pick<Ticket, 'id' | 'version'> | undefined; to?: Ticket }

/**
 * The desk of people: tickets beside their conversations, what was said of late, who is at work, and a journal that
 * is copied into the database. Ids of agents are those of their login.
 */
export type Desk = {
  /** The ticket of a conversation: the open one, or for two hours the one that ended last. */
  ticket(conversationId: string): Promise<Ticket | undefined>
  /**
   * In one step: the ticket, lines, replies into the outbox, what the bot is to do into the inbox, and the journal.
   * When the conversation leaves the bot, what the bot said and nobody took yet becomes lines that were not said.
   * @returns `stale` when the ticket is another one by now, `repeated` when `key` was known: nothing is then written
   */
  change(conversationId: string, change: DeskChange): Promise<'stored' | 'stale' | 'repeated'>
  /** All tickets that are open, in no order. */
  open(where?: Place): Promise<Ticket[]>
  /** What was said, oldest first: all of it while a ticket is open, otherwise the last forty for two hours. */
  lines(conversationId: string, after?: number): Promise<KeptLine[]>
  /** Calls back with the conversation whose ticket or lines changed, and without one when an agent's presence did. */
  onChange(listener: (conversationId: string | undefined) => void): () => void
  agents: {
    /** At work for `milliseconds`, unless it is put again. */
    put(agent: Presence, milliseconds: number): Promise<void>
    remove(id: string): Promise<void>
    /** When they last had somebody, in milliseconds since 1970; whoever has waited longest is next. */
    worked(id: string, at: number): Promise<void>
    /** Those at work. */
    list(): Promise<(Presence & { workedAt?: number })[]>
  }
  /** Whether this worker leads, from now on for `milliseconds`; one at a time does. */
  lead(name: string, worker: string, milliseconds: number): Promise<boolean>
  resign(name: string, worker: string): Promise<void>
  /**
   * What happened, until somebody has copied it. In a part, entries are numbered without gaps; the newest ten thousand
   * are kept.
   */
  journal: {
    places: number
    /** The oldest entries of a part; the first one's number is `from`. */
    take(where: Place, limit: number): Promise<{ from: number; entries: JournalEntry[] }>
    /** Entries with a number below this are copied. */
    done(where: Place, before: number): Promise<void>
  }
}

export type DeskChange = {
  ticket?: TicketStep
  lines?: Line[]
  replies?: Outbound[]
  /** Follows in the conversation's inbox. */
  next?: Inbound
  /** Known for seven days: a change with a known one is not made again. */
  key?: string
  journal?: JournalEntry[]
}

export type Line = {
  /** ISO 8601 in UTC. */
  at: string
  /** `desk` speaks to the person for the desk; `note` is for agents only. */
  who: 'person' | 'bot' | 'agent' | 'desk' | 'note'
  text: string
  /** `Outbound.id` of what an agent or the desk said: receipts are known by it. */
  id?: string
  agentId?: string
  /** As the person was, or the agents are, told it. */
  agentName?: string
  /** A note of a supervisor to whoever has the conversation. */
  whisper?: true
  /** A file of the person's, still at the provider, or of an agent's, which has a name. */
  media?: { what: string; id?: string; mimeType?: string; name?: string }
  /** The bot's, and not said any more because people had taken over; one that was cut short may have been. */
  unsaid?: true
  /** What the bot read in an answer it asked for on an agent's behalf. */
  typed?: { field: string; value: string }
}

/** Numbers grow along a conversation without gaps. */
export type KeptLine = Line & { number: number }

export type Presence = {
  id: string
  name: string
  skills: readonly Skill[]
  /** How many conversations at a time. */
  capacity: number
  status: 'available' | 'pause'
  supervisor?: true
  /** Since when they are available, in milliseconds since 1970. */
  since: number
}

/** What the database is to know; `ended` carries the lines the conversation had when its ticket ended. */
export type JournalEntry =
  | { kind: 'ticket'; ticket: Ticket; move: string; by?: string }
  | { kind: 'ended'; ticketId: string; lines: KeptLine[] }
  | { kind: 'satisfaction'; ticketId: string; value: number; at: string }
  /** So many conversations began on a civil day in Brasília; `id` tells it from every other count. */
  | { kind: 'started'; id: string; day: string; count: number }

/**
 * Messages on their way out. One of a conversation at a time, in order; replies before notices. A message that was
 * taken and neither sent nor put back comes again after `SENDING_MS`, as one that may have gone out.
 */
export type Outbox = {
  /** Messages whose time has come; each is handed to one caller. */
  take(limit: number, priority: 'reply' | 'notice', paces: Paces, where?: Place): Promise<OutboxEntry[]>
  /** It went out. @returns the next one of the conversation if it can go out at once */
  sent(message: Outbound, pace?: PersonPace): Promise<OutboxEntry | undefined>
  /**
   * It did not go out. `at` is when to try again, `counts` whether this was an attempt, `unknown` that it may have
   * gone out; `held` waits until the person writes, for a week at most.
   */
  putBack(message: Outbound, how: PutBack): Promise<void>
  /** Not said, because people had taken over: a line tells so. @returns the next one, as `sent` does */
  withhold(message: Outbound, pace?: PersonPace): Promise<OutboxEntry | undefined>
  /** Given up, with its reason, into the dead letters. @returns the next one, as `sent` does */
  giveUp(message: Outbound, code: string, pace?: PersonPace): Promise<OutboxEntry | undefined>
  /** A notice into a conversation, no sooner than `at`; each id once. */
  add(message: Outbound, at: number): Promise<'stored' | 'duplicate'>
  /**
   * What a provider says of a message. One that was being sent, or whose sending was cut short, is thereby sent.
   * @returns whether this receipt says more than those before it
   */
  receipt(receipt: Receipt): Promise<boolean>
  /** The furthest status of each message of late, by its id. */
  receipts(conversationId: string): Promise<Record<string, Pick<Receipt, 'status' | 'at' | 'code'>>>
  deadLetters: {
    list(): Promise<DeadLetter[]>
    /** Back into its conversation's outbox. @returns whether it was there */
    retry(id: string): Promise<boolean>
    drop(id: string): Promise<boolean>
  }
  /** Calls back when something may be sent now. */
  onArrival(listener: (where: Place) => void): () => void
}

/** How fast each person may be sent to, by channel. */
export type Paces = Partial<Record<ChannelId, PersonPace>>

export type PutBack = { at: number; counts: boolean; unknown?: boolean } | { held: true }

export type OutboxEntry = {
  message: Outbound
  contact: Contact
  /** Whose the conversation was when this was taken. */
  owner: Owner
  /** How often it was tried, this time included; waiting for a limit does not count. */
  attempts: number
  /** A try before this one was cut short, then: it may have gone out. Milliseconds since 1970. */
  unknownSince?: number
  /** When this taking lapses, on this machine's clock: past it the message is another's to send. */
  until: number
}

export type DeadLetter = { message: Outbound; code: string; at: number }

/** A provider repeats a message for up to seven days (WhatsApp's retry window). */
export const REPEATS_FOR_MS = 7 * 86_400_000
/** How many of the messages waiting in a conversation are handed over at once. */
export const MOST_WAITING = 10
/** How long the furthest status of a message is kept. */
export const RECEIPTS_SECONDS = 2 * 3600

/** Without a ticket, so many lines are kept, and for so long after the last; they are all kept while one is open. */
export const MOST_LINES = 40
export const LINES_LIVE_MS = 2 * 3_600_000
export const MOST_LINES_OPEN = 1000
/** A journal nobody copies does not grow for ever. */
export const MOST_JOURNAL = 10_000

/** What the transcript keeps of a message of ours; receipts are known by the id of what people said. */
export function lineOf({ at, text, speaker, id, agent, file }: Outbound): Line {
  return {
    at,
    who: speaker ?? 'bot',
    text: text.slice(agent?.named?.length ?? 0),
    ...(speaker !== undefined && { id }),
    ...(agent !== undefined && { agentId: agent.id, agentName: agent.name }),
    ...(file !== undefined && { media: { what: 'file', mimeType: file.mimeType, name: file.name } }),
  }
}

/** When the person wrote this, in milliseconds since 1970; 0 for what they did not write. */
export function wroteAt(message: Inbound): number {
  return message.kind === 'event' ? 0 : Date.parse(message.at)
}

const ranks = ['', 'sent', 'delivered', 'read', 'failed'] as const

/** A status is only followed by one of a higher rank; once it arrived, it cannot fail. */
export function receiptRank(status: Receipt['status']): number {
  return ranks.indexOf(status)
}

/** A receipt in few bytes, its rank first. */
export function writeReceipt({ status, at, code }: Pick<Receipt, 'status' | 'at' | 'code'>): string {
  return `${receiptRank(status)}|${Date.parse(at)}|${code ?? ''}`
}

export function readReceipt(text: string): Pick<Receipt, 'status' | 'at' | 'code'> {
  const [rank = '1', at = '0', code = ''] = text.split('|')
  const status = ranks[Number(rank)] || 'sent'
  return { status, at: new Date(Number(at)).toISOString(), ...(code !== '' && { code }) }
}

/** What happened: its name in the past tense (no space in it), when (an ISO instant), and ids and codes. */
export type Event = { type: string; at?: string; [detail: string]: unknown }

/** How long a sender has before the message is thought to be cut short. */
export const SENDING_MS = 20_000

/** What was said in a conversation, in order; sequence numbers start at 1 and have no gaps. */
export type Transcripts = {
  /** With a `mark`, an entry that carries a known one is not appended again and gives the number of the first. */
  append(conversationId: string, entry: unknown, mark?: string): Promise<number>
  /** Entries with a sequence above `after`, oldest first. */
  list(conversationId: string, after: number): Promise<TranscriptEntry[]>
  /** The number of the entry that carries a mark. */
  find(conversationId: string, mark: string): Promise<number | undefined>
  /** How many entries there are. */
  length(conversationId: string): Promise<number>
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

/** Permissions that all processes share. */
export type Limits = {
  /**
   * Takes up to `wanted` of what a bucket of `perSecond` a second has, which holds one second's worth; `kept` of them
   * are left to others.
   * @returns how many were granted, and when more may be asked for
   */
  take(
    name: string,
    wanted: number,
    perSecond: number,
    kept?: number,
  ): Promise<{ granted: number; retryInMs: number }>
}
