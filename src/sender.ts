import { type Channel, ChannelError } from './channels/channel'
import type { Clock } from './clock'
import { AppError } from './errors'
import { ownerOf } from './handoff/ticket'
import type { Log } from './log'
import type { Outbound } from './message'
import { createPermits } from './permits'
import { type OutboxEntry, type Paces, type Place, SENDING_MS, type Store } from './store/store'

export type Sender = {
  /** Sends what a store handed over, and the replies after it. */
  send(entry: OutboxEntry): void
  /** Sends what is due. */
  drain(where?: Place): void
  /** Waits for the sends under way. */
  stop(): Promise<void>
}

export type Sent = {
  channel: Outbound['channel']
  result: 'sent' | 'put_back' | 'given_up' | 'withheld'
  code: string
}

/** A message that did not go out is tried again after 5, 10 and 15 minutes, then given up. */
const RETRY_MS = [5, 10, 15].map((minutes) => minutes * 60_000)
/** A receipt that would tell that a cut-short message went out has come by then. */
const RECEIPT_WITHIN_MS = 30_000
const RESEND_AFTER_MS = 5000
const MOST_UNKNOWN = 3
/** Most of what is cut short by the death of its process was not on its way yet, so this often before it is given up. */
const MOST_CUT_SHORT = 10
const THROTTLED_MS = 6000
/** A notice waits until people are done with the conversation; so often it is looked at. */
const AFTER_PEOPLE_MS = 60_000
/** What was known of the owner when a message was taken holds for so long. */
const OWNER_KNOWN_MS = 1000
/** A reply held until the person writes is old news after this. */
const HELD_FOR_MS = 7 * 86_400_000
const MOST_AT_ONCE = 256
/** Notices go when there is room: a few at a time, so that replies never wait behind them. */
const NOTICES_AT_ONCE = 16
/** Messages that are due within so little time are found by one look. */
const TOGETHER_MS = 50
/** This near to the end of its time a message is left to whoever takes it next: this process was frozen. */
const TOO_LATE_MS = 8000

/** Sends what waits in the outbox, each message once as far as the provider lets us know. */
export function createSender(options: {
  store: Store
  channels: Channel[]
  clock: Clock
  log: Log
  onSent?: (sent: Sent) => void
  /** Whether a notice should still go out; it is asked at the last moment. */
  beforeNotice?: (message: Outbound) => Promise<'go' | 'drop' | { at: number }>
  onNoticeGivenUp?: (message: Outbound, code: string) => Promise<void>
}): Sender {
  const { store, clock, log } = options
  const now = () => clock.now().getTime()
  const channels = new Map(options.channels.map((channel) => [channel.id, channel]))
  const paces: Paces = {}
  for (const { id, pace } of options.channels) if (pace?.perPerson !== undefined) paces[id] = pace.perPerson
  const permit = createPermits(store, now)
  const pausedUntil = new Map<string, number>()
  const looks = new Set<number>()
  const sending = new Set<Promise<void>>()
  const drains = new Set<Promise<void>>()
  const draining = new Map<Place | 'all', 'once' | 'again'>()
  let stopped = false

  function send(entry: OutboxEntry): void {
    const work = sendInTurn(entry)
      .catch((error: Error) => {
        // It comes again by itself, as one that may have gone out.
        log.error({ err: codeOf(error), outboundId: entry.message.id }, 'the outbox could not be written')
      })
      .finally(() => {
        sending.delete(work)
      })
    sending.add(work)
  }

  async function sendInTurn(first: OutboxEntry): Promise<void> {
    for (let entry: OutboxEntry | undefined = first; entry !== undefined; ) {
      const { message }: OutboxEntry = entry
      const channel = channels.get(message.channel)
      entry = channel === undefined ? await giveUp(message, 'channel_off') : await sendOne(entry, channel)
    }
  }

  async function sendOne(entry: OutboxEntry, channel: Channel): Promise<OutboxEntry | undefined> {
    const { message, contact } = entry
    const unknown = entry.unknownSince !== undefined
    if (!maySpeak(entry)) return withhold(entry)
    if (entry.unknownSince !== undefined && channel.whenUnknown === 'await_receipt') {
      const knownBy = entry.unknownSince + RECEIPT_WITHIN_MS
      if (now() < knownBy) return putBack(message, knownBy, { counts: false, unknown: true })
      if (entry.attempts > MOST_CUT_SHORT) return giveUp(message, 'unknown')
    }
    const paused = pausedUntil.get(channel.id) ?? 0
    if (paused > now()) return putBack(message, paused, { counts: false, unknown })
    if (channel.pace !== undefined) {
      const notice = message.notice !== undefined
      const askAgainAt = await permit({ channel: channel.id, perSecond: channel.pace.perSecond, notice })
      if (askAgainAt !== undefined) return putBack(message, askAgainAt, { counts: false, unknown })
    }
    try {
      if (message.notice !== undefined && options.beforeNotice !== undefined) {
        const going = await options.beforeNotice(message)
        if (going === 'drop') return done(message)
        if (going !== 'go') return putBack(message, going.at, { counts: false, unknown })
      }
      if (isLate(entry)) return undefined
      if (isOld(entry)) {
        if (!(await maySpeakNow(entry))) return withhold(entry)
        if (isLate(entry)) return undefined
      }
      await channel.send(message, contact)
    } catch (error) {
      if (error instanceof AppError) throw error
      return failed(entry, channel, error)
    }
    note(message, 'sent', 'ok')
    return done(message)
  }

  const isLate = ({ until }: OutboxEntry) => now() > until - TOO_LATE_MS

  /** The bot does not talk while people have the conversation. */
  function maySpeak({ message, owner }: Pick<OutboxEntry, 'message' | 'owner'>): boolean {
    return message.speaker !== undefined || owner === 'bot'
  }

  function isOld({ message, until }: OutboxEntry): boolean {
    return message.speaker === undefined && now() > until - SENDING_MS + OWNER_KNOWN_MS
  }

  async function maySpeakNow({ message }: OutboxEntry): Promise<boolean> {
    return maySpeak({ message, owner: ownerOf(await store.desk.ticket(message.conversationId)) })
  }

  /** A reply is not said any more; what nobody asked for just now waits until people are done. */
  async function withhold({ message, unknownSince }: OutboxEntry): Promise<OutboxEntry | undefined> {
    if (message.notice !== undefined) {
      const unknown = unknownSince !== undefined
      return putBack(message, now() + AFTER_PEOPLE_MS, { counts: false, unknown })
    }
    note(message, 'withheld', 'people')
    return store.outbox.withhold(message, paces[message.channel])
  }

  function failed(entry: OutboxEntry, channel: Channel, error: unknown): Promise<OutboxEntry | undefined> {
    const { message, attempts } = entry
    // A try before this one may have gone out all the same, and its receipt may still come.
    const unknown = entry.unknownSince !== undefined
    const known = error instanceof ChannelError ? error : undefined
    const code = known?.code ?? 'internal'
    const details = known?.details ?? {}
    if (known === undefined) log.error({ err: codeOf(error), channel: channel.id }, 'a channel broke')
    if (details.alarm === true) log.error({ code, channel: channel.id }, 'the provider refuses this account')
    switch (known?.failure ?? 'retry') {
      case 'throttled': {
        const at = now() + (details.retryAfterMs ?? THROTTLED_MS)
        if (details.everyone === true) pausedUntil.set(channel.id, at)
        return putBack(message, at, { counts: false, unknown, code })
      }
      case 'unknown': {
        const resend = channel.whenUnknown === 'resend'
        if (attempts >= (resend ? RETRY_MS.length + 3 : MOST_UNKNOWN)) return giveUp(message, code)
        const at = now() + (resend ? RESEND_AFTER_MS * attempts : RECEIPT_WITHIN_MS)
        return putBack(message, at, { counts: true, unknown: true, code })
      }
      case 'held':
        if (now() - Date.parse(message.at) > HELD_FOR_MS) return giveUp(message, code)
        note(message, 'put_back', code)
        return store.outbox.putBack(message, { held: true }).then(() => undefined)
      case 'final':
        return giveUp(message, code)
      default: {
        const after = RETRY_MS[attempts - 1]
        if (after === undefined) return giveUp(message, code)
        return putBack(message, now() + after, { counts: true, unknown, code })
      }
    }
  }

  const done = (message: Outbound) => store.outbox.sent(message, paces[message.channel])

  async function putBack(
    message: Outbound,
    at: number,
    how: { counts: boolean; unknown: boolean; code?: string },
  ): Promise<undefined> {
    const { counts, unknown, code } = how
    if (code !== undefined) note(message, 'put_back', code)
    await store.outbox.putBack(message, { at, counts, unknown })
    if (at - now() < 60_000) lookAt(at)
    return undefined
  }

  function lookAt(at: number): void {
    const moment = Math.ceil(at / TOGETHER_MS) * TOGETHER_MS
    if (looks.has(moment)) return
    looks.add(moment)
    const look = () => {
      looks.delete(moment)
      drain()
    }
    setTimeout(look, Math.max(moment - now(), 1)).unref()
  }

  async function giveUp(message: Outbound, code: string): Promise<OutboxEntry | undefined> {
    note(message, 'given_up', code)
    const next = await store.outbox.giveUp(message, code, paces[message.channel])
    try {
      if (message.notice !== undefined) await options.onNoticeGivenUp?.(message, code)
    } catch (error) {
      // The next one is ours to send already.
      log.error({ err: codeOf(error), outboundId: message.id }, 'a notice given up was not taken note of')
    }
    return next
  }

  function note(message: Outbound, result: Sent['result'], code: string): void {
    options.onSent?.({ channel: message.channel, result, code })
    if (result !== 'sent' && result !== 'withheld')
      log.warn({ outboundId: message.id, channel: message.channel, code, result }, 'not sent')
  }

  function drain(where?: Place): void {
    const key = where ?? 'all'
    if (stopped) return
    if (draining.has(key)) {
      draining.set(key, 'again')
      return
    }
    draining.set(key, 'once')
    const done = drainPlace(where).finally(() => {
      const again = draining.get(key) === 'again'
      draining.delete(key)
      drains.delete(done)
      if (again) drain(where)
    })
    drains.add(done)
  }

  async function drainPlace(where: Place | undefined): Promise<void> {
    try {
      while (!stopped) {
        while (sending.size >= MOST_AT_ONCE) await Promise.race(sending)
        if (stopped) return
        const room = MOST_AT_ONCE - sending.size
        const replies = await store.outbox.take(room, 'reply', paces, where)
        for (const entry of replies) send(entry)
        if (replies.length === room) continue
        const notices = await store.outbox.take(Math.min(NOTICES_AT_ONCE, room), 'notice', paces, where)
        for (const entry of notices) send(entry)
        if (notices.length === 0) return
      }
    } catch (error) {
      log.error({ err: codeOf(error) }, 'the outbox could not be read')
    }
  }

  return {
    send,
    drain: (where) => drain(where),
    async stop() {
      stopped = true
      // What the store is handing over just now is ours to send, too.
      while (sending.size + drains.size > 0) await Promise.allSettled([...sending, ...drains])
    },
  }
}

function codeOf(error: unknown): string {
  return error instanceof AppError ? error.code : error instanceof Error ? error.name : 'unknown'
}
