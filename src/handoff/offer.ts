import type { DeskOffer, TurnDesk } from '../../dialogs/service'
import type { Clock } from '../clock'
import type { Records } from '../store/store'
import { CHATWOOT_AWAY } from './chatwoot/links'
import type { DeskService } from './desk'
import type { RecentWaits } from './history'
import type { Hours } from './hours'
import { ableAgents, inLine, placeOf } from './line'
import type { Ticket } from './ticket'

/** Where the process that has a database leaves what people waited of late, for those that have none. */
const FIGURES = 'desk:recent-waits'
const FIGURES_SECONDS = 15 * 60
const READ_EVERY_MS = 30_000
/** The desk answers a turn quickly or counts as down: the person waits for the answer. */
const ANSWERS_WITHIN_MS = 2000

export async function leaveRecentWaits(records: Records, waits: RecentWaits): Promise<void> {
  await records.set(FIGURES, waits, FIGURES_SECONDS)
}

/**
 * What can honestly be offered to somebody who wishes for a person.
 * @param options `callbackMinutes` open minutes until a call-back is owed; `elsewhere`: another desk than the console
 * takes whoever comes, so nobody need be present here
 */
export function createOffers(options: {
  desk: Pick<DeskService, 'open' | 'agents'>
  records: Records
  hours: Hours
  callbackMinutes: number
  elsewhere: boolean
  clock: Clock
}): TurnDesk['offer'] {
  const { desk, records, hours, clock } = options
  let read: { at: number; waits: RecentWaits } | undefined

  async function recentWaits(): Promise<RecentWaits> {
    if (read === undefined || performance.now() - read.at > READ_EVERY_MS) {
      const waits = ((await records.get(FIGURES)) ?? {}) as RecentWaits
      read = { at: performance.now(), waits }
    }
    return read.waits
  }

  async function look(
    wish: Parameters<TurnDesk['offer']>[0],
  ): Promise<Pick<DeskOffer, 'people' | 'ahead' | 'waitMinutes' | 'down'>> {
    const [tickets, agents, waits, away] = await Promise.all([
      desk.open(),
      desk.agents(),
      recentWaits(),
      options.elsewhere ? records.get(CHATWOOT_AWAY) : undefined,
    ])
    const able = ableAgents(
      agents.filter(({ status }) => status === 'available'),
      wish,
    )
    const now = clock.now()
    const newcomer = { ...wish, id: '', state: 'queued', requestedAt: now.toISOString() } as Ticket
    const place = placeOf(newcomer, inLine([...tickets, newcomer], now.getTime()), agents) ?? 1
    const range = waits[wish.skill] ?? waits.all
    return {
      people: options.elsewhere && away === undefined ? Math.max(1, able.length) : able.length,
      down: away !== undefined && able.length === 0,
      ahead: place - 1,
      ...(range !== undefined && { waitMinutes: rangeOf(range) }),
    }
  }

  return async (wish) => {
    const at = clock.now()
    const hoursOf = {
      open: hours.isOpen(at),
      nextOpening: hours.nextOpening(at),
      callbackBy: hours.after(at, options.callbackMinutes),
    }
    try {
      const late = new Promise<never>((_resolve, reject) => {
        setTimeout(() => reject(new Error('late')), ANSWERS_WITHIN_MS).unref()
      })
      return { ...hoursOf, ...(await Promise.race([look(wish), late])) }
    } catch {
      return { ...hoursOf, people: 0, ahead: 0, down: true }
    }
  }
}

/** Whole minutes, the range never narrower than it was. */
function rangeOf([low, high]: [number, number]): [number, number] {
  return [Math.max(1, Math.floor(low)), Math.max(1, Math.ceil(high))]
}
