import type { Outbound } from './message'
import type { Store } from './store/store'

type Asking = { channel: Outbound['channel']; perSecond: number; notice: boolean }

/**
 * Permissions to send of all processes together, fetched a twentieth of a second's worth at a time: a busy process
 * asks the store twenty times a second, not once a message.
 * @param now milliseconds since 1970
 * @returns undefined for now, or when to ask again: those that wait are told one moment after another, so that
 *   thousands of them are not all taken from the store and put back each time one may go
 */
export function createPermits(
  store: Pick<Store, 'limits'>,
  now: () => number,
): (asking: Asking) => Promise<number | undefined> {
  const held = new Map<string, { left: number; until: number }>()
  const before = new Map<string, Promise<unknown>>()
  /** When the last one told to wait asks again; notices do not make replies wait. */
  const lastInLine = new Map<string, number>()

  async function permit({ channel, perSecond, notice }: Asking): Promise<number | undefined> {
    const line = `${channel} ${notice}`
    const mine = held.get(line)
    if (mine !== undefined && mine.left > 0 && performance.now() < mine.until) {
      mine.left -= 1
      return undefined
    }
    const wanted = Math.max(1, Math.ceil(perSecond / 20))
    // What notices may not touch is there at once when a person writes.
    const kept = notice ? Math.ceil(perSecond / 10) : 0
    const { granted, retryInMs } = await store.limits.take(channel, wanted, perSecond, kept)
    if (granted === 0) {
      const at = Math.max(now() + retryInMs, (lastInLine.get(line) ?? 0) + 1000 / perSecond)
      lastInLine.set(line, at)
      return Math.ceil(at)
    }
    held.set(line, { left: granted - 1, until: performance.now() + 1000 })
    return undefined
  }

  // One after another, or all of a burst would ask the store.
  return (asking) => {
    const next = (before.get(asking.channel) ?? Promise.resolve()).then(
      () => permit(asking),
      () => permit(asking),
    )
    before.set(asking.channel, next)
    return next
  }
}
