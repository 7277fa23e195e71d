import { type Channel, ChannelError } from './channels/channel'
import type { Clock } from './clock'
import { AppError } from './errors'
import type { Log } from './log'
import type { Outbound } from './message'
import type { OutboxEntry, Paces, Place, Store } from './store/store'

export type Sender = {
  /** Sends what a store handed over, and the replies after it. */
  send(entry: OutboxEntry): void
  /** Sends what is due. */
  drain(where?: Place): void
  /** Waits for the sends under way. */
  stop(): Promise<void>
}

export type Sent = { channel: Outbound['channel']; result: 'sent' | 'put_back' | 'given_up'; code: string }

/** A message that did not go out is tried again after 5, 10 and 15 minutes, then given up. */
const RETRY_MS = [5, 10, 15].map((minutes) => minutes * 60_000)
/** A receipt that would tell that a cut-short message went out has come by then. */
const RECEIPT_WITHIN_MS = 30_000
const RESEND_AFTER_MS = 5000
const MOST_UNKNOWN = 3
const THROTTLED_MS = 6000
/** A reply held until the person writes is old news after this. */
const HELD_FOR_MS = 7 * 86_400_000
const MOST_AT_ONCE = 256
/** Notices go when there is room: a few at a time, so that replies never wait behind them. */
const NOTICES_AT_ONCE = 16
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
  const channels = new Map(options.channels.map((channel) => [channel.id, channel]))
  const paces: Paces = {}
  for (const { id, pace } of options.channels) if (pace?.perPerson !== undefined) paces[id] = pace.perPerson
  const permits = createPermits(store)
  const pausedUntil = new Map<string, number>()
  const sending = new Set<Promise<void>>()
  const draining = new Map<Place | 'all', 'once' | 'again'>()
  let stopped = false
  const now = () => clock.now().getTime()

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
    if (entry.unknownSince !== undefined && channel.whenUnknown === 'await_receipt') {
      const knownBy = entry.unknownSince + RECEIPT_WITHIN_MS
      if (now() < knownBy) return putBack(message, knownBy, { counts: false, unknown: true })
      if (entry.attempts > MOST_UNKNOWN) return giveUp(message, 'unknown')
    }
    const paused = pausedUntil.get(channel.id) ?? 0
    if (paused > now())
      return putBack(message, paused, { counts: false, unknown: entry.unknownSince !== undefined })
    const permit = channel.pace === undefined ? 0 : await permits(channel.id, channel.pace.perSecond)
    if (permit > 0) {
      return putBack(message, now() + permit, { counts: false, unknown: entry.unknownSince !== undefined })
    }
    if (message.notice !== undefined && options.beforeNotice !== undefined) {
      const going = await options.beforeNotice(message)
      if (going === 'drop') return done(message)
      if (going !== 'go') return putBack(message, going.at, { counts: false })
    }
    if (now() > entry.until - TOO_LATE_MS) return undefined
    try {
      await channel.send(message, contact)
    } catch (error) {
      return failed(entry, channel, error)
    }
    note(message, 'sent', 'ok')
    return done(message)
  }

  function failed(entry: OutboxEntry, channel: Channel, error: unknown): Promise<OutboxEntry | undefined> {
    const { message, attempts } = entry
    const known = error instanceof ChannelError ? error : undefined
    const code = known?.code ?? 'internal'
    const details = known?.details ?? {}
    if (known === undefined) log.error({ err: codeOf(error), channel: channel.id }, 'a channel broke')
    if (details.alarm === true) log.error({ code, channel: channel.id }, 'the provider refuses this account')
    switch (known?.failure ?? 'retry') {
      case 'throttled': {
        const at = now() + (details.retryAfterMs ?? THROTTLED_MS)
        if (details.everyone === true) pausedUntil.set(channel.id, at)
        return putBack(message, at, { counts: false, code })
      }
      case 'unknown': {
        const resend = channel.whenUnknown === 'resend'
        if (attempts > (resend ? RETRY_MS.length + 2 : MOST_UNKNOWN)) return giveUp(message, code)
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
        return putBack(message, now() + after, { counts: true, code })
      }
    }
  }

  const done = (message: Outbound) => store.outbox.sent(message, paces[message.channel])

  async function putBack(
    message: Outbound,
    at: number,
    how: { counts: boolean; unknown?: boolean; code?: string },
  ): Promise<undefined> {
    if (how.code !== undefined) note(message, 'put_back', how.code)
    await store.outbox.putBack(message, { at, counts: how.counts, unknown: how.unknown === true })
    const soon = at - now()
    if (soon < 60_000) setTimeout(drain, Math.max(soon, 1)).unref()
    return undefined
  }

  async function giveUp(message: Outbound, code: string): Promise<OutboxEntry | undefined> {
    note(message, 'given_up', code)
    const next = await store.outbox.giveUp(message, code, paces[message.channel])
    if (message.notice !== undefined) await options.onNoticeGivenUp?.(message, code)
    return next
  }

  function note(message: Outbound, result: Sent['result'], code: string): void {
    options.onSent?.({ channel: message.channel, result, code })
    if (result !== 'sent')
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
    void drainPlace(where).finally(() => {
      const again = draining.get(key) === 'again'
      draining.delete(key)
      if (again) drain(where)
    })
  }

  async function drainPlace(where: Place | undefined): Promise<void> {
    try {
      while (!stopped) {
        while (sending.size >= MOST_AT_ONCE) await Promise.race(sending)
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
      while (sending.size > 0) await Promise.allSettled(sending)
    },
  }
}

/**
 * Permissions of all processes together, fetched a twentieth of a second's worth at a time: a busy process asks the
 * store twenty times a second, not once a message.
 * @returns 0, or in how many milliseconds to ask again
 */
function createPermits(store: Store) {
  const held = new Map<string, { left: number; until: number }>()
  const before = new Map<string, Promise<unknown>>()
  async function permit(name: string, perSecond: number): Promise<number> {
    const mine = held.get(name)
    if (mine !== undefined && mine.left > 0 && performance.now() < mine.until) {
      mine.left -= 1
      return 0
    }
    const { granted, retryInMs } = await store.limits.take(
      name,
      Math.max(1, Math.ceil(perSecond / 20)),
      perSecond,
    )
    if (granted === 0) return retryInMs
    held.set(name, { left: granted - 1, until: performance.now() + 1000 })
    return 0
  }
  return (name: string, perSecond: number): Promise<number> => {
    const next = (before.get(name) ?? Promise.resolve()).then(
      () => permit(name, perSecond),
      () => permit(name, perSecond),
    )
    before.set(name, next)
    return next
  }
}

function codeOf(error: unknown): string {
  return error instanceof AppError ? error.code : error instanceof Error ? error.name : 'unknown'
}
