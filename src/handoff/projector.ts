import type { Clock } from '../clock'
import { civilDate } from '../clock'
import type { Log } from '../log'
import type { Store } from '../store/store'
import type { DeskHistory } from './history'
import { leaveRecentWaits } from './offer'

const AT_ONCE = 200
const LOOK_EVERY_MS = 1000
const LEADS_FOR_MS = 10_000
const WAITS_EVERY_MS = 60_000

/**
 * Copies the desk's journal into the database, and leaves what people waited of late where every process can read it.
 * One process at a time does; what was copied and not struck off is copied again, which changes nothing. While the
 * database is away the journal waits.
 */
export function runProjector(options: {
  store: Pick<Store, 'desk' | 'records'>
  history: DeskHistory
  /** Tells this process from the others. */
  name: string
  clock: Clock
  log: Log
}): { stop(): Promise<void> } {
  const { store, history, name, clock, log } = options
  const { journal } = store.desk
  let stopped = false
  let running: Promise<void> | undefined
  let again = false
  let away = false
  let waitsAt = 0
  let forgotOn = ''

  async function copyAll(): Promise<void> {
    for (let where = 0; where < journal.places && !stopped; where += 1) {
      for (;;) {
        const { from, entries } = await journal.take(where, AT_ONCE)
        if (entries.length === 0) break
        await history.copy(entries)
        await journal.done(where, from + entries.length)
        if (entries.length < AT_ONCE) break
      }
    }
  }

  async function work(): Promise<void> {
    try {
      if (!(await store.desk.lead('projector', name, LEADS_FOR_MS))) return
      await copyAll()
      if (performance.now() - waitsAt > WAITS_EVERY_MS || waitsAt === 0) {
        await leaveRecentWaits(store.records, await history.recentWaits())
        waitsAt = performance.now()
      }
      const today = civilDate(clock.now())
      if (forgotOn !== today) {
        await history.forget()
        forgotOn = today
      }
      if (away) log.warn({ event: 'desk_history_back' }, "the desk's history is written again")
      away = false
    } catch (error) {
      if (!away && !stopped)
        log.error({ event: 'desk_history_away', error: (error as Error).name }, "the desk's history waits")
      away = true
    }
  }

  function look(): void {
    if (stopped) return
    if (running !== undefined) {
      again = true
      return
    }
    running = work().finally(() => {
      running = undefined
      if (again && !away) {
        again = false
        look()
      }
    })
  }

  const stopListening = store.desk.onChange(look)
  const timer = setInterval(look, LOOK_EVERY_MS)
  timer.unref()
  look()
  return {
    async stop() {
      clearInterval(timer)
      stopListening()
      await running
      // What happened last is copied before the database closes.
      await work()
      stopped = true
      await store.desk.resign('projector', name).catch(() => undefined)
    },
  }
}
