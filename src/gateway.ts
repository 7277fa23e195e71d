import { setTimeout as wait } from 'node:timers/promises'
import { type Channel, ChannelError } from './channels/channel'
import type { Clock } from './clock'
import { AppError } from './errors'
import type { Log } from './log'
import type { Inbound } from './message'
import type { Lease, Store } from './store/store'
import { type TurnDeps, takeTurn } from './turn'

export type Gateway = {
  /** Resolves once the message is stored; a repeat of a message we have is dropped. */
  receive(message: Inbound): Promise<'stored' | 'duplicate'>
  /** Stops taking messages and waits for the turns and sends under way; what is left stays in the store. */
  stop(): Promise<void>
}

/** Longer than any turn: the slowest waits for a few INSS calls of 8 s each. */
const LEASE_MS = 60_000
/** A message that did not go out is tried again after 5, 10 and 15 minutes, then given up. */
const RETRY_MINUTES = [5, 10, 15]
const WORKERS = 16

/**
 * Inbox → turn → outbox. Several conversations move at the same time; each one strictly in order, one message
 * at a time.
 */
export function createGateway(
  options: TurnDeps & { channels: Channel[]; worker: string; store: Store; clock: Clock; log: Log },
): Gateway {
  const { store, clock, log } = options
  const channels = new Map(options.channels.map((channel) => [channel.id, channel]))
  const working = new Set<Promise<void>>()
  let stopped = false
  let draining: Promise<void> | undefined
  let drainAgain = false
  const retries = new Set<AbortController>()

  const stopListening = [store.inbox.onArrival(takeUp), store.outbox.onArrival(drain)]
  takeUp()
  drain()

  function takeUp(): void {
    if (stopped || working.size >= WORKERS) return
    const work = takeConversations().finally(() => working.delete(work))
    working.add(work)
  }

  /** One conversation after the other, until none waits. */
  async function takeConversations(): Promise<void> {
    while (!stopped) {
      try {
        const lease = await store.inbox.lease(options.worker, LEASE_MS)
        if (lease === undefined) return
        takeUp()
        await workThrough(lease).finally(() => store.inbox.release(lease))
      } catch (error) {
        if (error instanceof AppError && error.code === 'store_fenced') continue
        log.error(
          { err: error instanceof Error ? error.name : 'unknown' },
          'a conversation could not be worked on',
        )
        await pause(1000)
      }
    }
  }

  async function workThrough(lease: Lease): Promise<void> {
    for (;;) {
      if (stopped) return
      const message = await store.inbox.next(lease)
      if (message === undefined) return
      if (message.kind === 'text') channels.get(message.channel)?.typing?.(message.conversationId)
      await takeTurn(lease, message, options)
    }
  }

  function drain(): void {
    if (draining !== undefined) {
      drainAgain = true
      return
    }
    draining = sendWhatIsDue().finally(() => {
      draining = undefined
      if (drainAgain && !stopped) {
        drainAgain = false
        drain()
      }
    })
  }

  async function sendWhatIsDue(): Promise<void> {
    try {
      for (;;) {
        const entries = await store.outbox.take(100, clock.now())
        if (entries.length === 0) return
        await Promise.all(entries.map(({ message, attempts }) => send(message, attempts)))
      }
    } catch (error) {
      log.error({ err: error instanceof Error ? error.name : 'unknown' }, 'the outbox could not be drained')
    }
  }

  async function send(message: Parameters<Channel['send']>[0], attempts: number): Promise<void> {
    const channel = channels.get(message.channel)
    try {
      if (channel === undefined) throw new ChannelError('channel_off', false)
      await channel.send(message)
      await store.outbox.sent(message)
    } catch (error) {
      const code = error instanceof ChannelError ? error.code : 'internal'
      const retryable = !(error instanceof ChannelError) || error.retryable
      const minutes = retryable ? RETRY_MINUTES[attempts - 1] : undefined
      const at = minutes === undefined ? undefined : new Date(clock.now().getTime() + minutes * 60_000)
      log.warn(
        { outboundId: message.id, code, attempts, givenUp: at === undefined },
        'a message did not go out',
      )
      await store.outbox.failed(message, code, at)
      if (minutes !== undefined) drainIn(minutes * 60_000)
    }
  }

  function drainIn(milliseconds: number): void {
    const controller = new AbortController()
    retries.add(controller)
    wait(milliseconds, undefined, { signal: controller.signal, ref: false })
      .then(drain, () => undefined)
      .finally(() => retries.delete(controller))
  }

  function pause(milliseconds: number): Promise<void> {
    return wait(milliseconds, undefined, { ref: false })
  }

  return {
    receive: (message) => store.inbox.append(message),
    async stop() {
      stopped = true
      for (const stop of stopListening) stop()
      for (const retry of retries) retry.abort()
      await Promise.all(working)
      await draining
    },
  }
}
