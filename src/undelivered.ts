import type { Receive } from './channels/channel'
import type { Clock } from './clock'
import type { Receipt } from './message'
import type { Records } from './store/store'

/** A provider that fails again and again is not asked for ever. */
const MOST_AGAIN = 3
const COUNTED_FOR_SECONDS = 3600

/**
 * What a provider took and then could not deliver, for a reason that passes, is said again: the conversation hears of
 * it as of anything that happens. The bubbles of one turn fail together and are said again once.
 */
export function createUndelivered(options: {
  records: Records
  receive: Receive
  clock: Clock
}): (receipt: Receipt) => Promise<void> {
  const { records, receive, clock } = options
  return async ({ conversationId, outboundId, status, again: channel }) => {
    const turn = /^([\w-]{16})\.\d+$/.exec(outboundId)?.[1]
    if (status !== 'failed' || channel === undefined || turn === undefined) return
    const key = `undelivered:${conversationId}`
    const so = Number((await records.get(key)) ?? 0)
    if (so >= MOST_AGAIN) return
    const at = clock.now().toISOString()
    const event = { kind: 'event', event: 'not_delivered' } as const
    const stored = await receive({ id: `undelivered.${turn}`, channel, conversationId, at, ...event })
    if (stored === 'stored') await records.set(key, so + 1, COUNTED_FOR_SECONDS)
  }
}
