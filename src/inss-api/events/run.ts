import { setTimeout as wait } from 'node:timers/promises'
import type { ApiClient } from '../auth/clients'
import type { Deps } from '../deps'
import { harmless } from '../http/faults'
import { deliverDue } from './deliver'
import { scanFollowers } from './scan'

/** Looks for what time brought about and tells the clients, every `everyMs`, until stopped. */
export function runEvents(
  deps: Deps,
  clients: readonly ApiClient[],
  everyMs: number,
): { stop: () => Promise<void> } {
  const stopping = new AbortController()
  const { signal } = stopping

  async function once(): Promise<void> {
    try {
      while (!signal.aborted && (await scanFollowers(deps))) {
        // A page at a time, until all were looked at.
      }
      for (const client of clients) await deliverDue(deps, client, signal)
    } catch (error) {
      deps.log.error({ event: 'events_failed', ...harmless(error) })
    }
  }

  async function loop(): Promise<void> {
    while (!signal.aborted) {
      await once()
      await wait(everyMs, undefined, { signal, ref: false }).catch(() => undefined)
    }
  }

  const running = loop()
  return {
    stop: async () => {
      stopping.abort()
      await running
    },
  }
}
