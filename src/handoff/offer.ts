import type { DeskOffer, TurnDesk } from '../../dialogs/service'
import type { Clock } from '../clock'
import type { Records } from '../store/store'
import type { DeskService } from './desk'
import type { RecentWaits } from './history'
import type { Hours } from './hours'

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
  ): Promise<Pick<DeskOffer, 'people' | 'ahead' | 'waitMinutes'>> {
    const [tickets, agents, waits] = await Promise.all([desk.open(), desk.agents(), recentWaits()])
    const able = agents.filter(({ status, skills }) => status === 'available' && canTake(skills, wish.skill))
    const ahead = tickets.filter(
      ({ state, priority, skill }) =>
        state === 'queued' && priority <= wish.priority && sameLine(skill, wish.skill, able),
    ).length
    const range = waits[wish.skill] ?? waits.all
    return {
      people: options.elsewhere ? Math.max(1, able.length) : able.length,
      ahead,
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
      return { ...hoursOf, ...(await Promise.race([look(wish), late])), down: false }
    } catch {
      return { ...hoursOf, people: 0, ahead: 0, down: true }
    }
  }
}

type Skills = Awaited<ReturnType<DeskService['agents']>>[number]['skills']
type Skill = Skills[number]

function canTake(skills: Skills, skill: Skill): boolean {
  return skills.includes(skill) || skill === 'geral'
}

/** Whoever waits for a person who could also take this one waits before it. */
function sameLine(theirs: Skill, ours: Skill, able: { skills: Skills }[]): boolean {
  return theirs === ours || able.some(({ skills }) => canTake(skills, theirs))
}

/** Whole minutes, the range never narrower than it was. */
function rangeOf([low, high]: [number, number]): [number, number] {
  return [Math.max(1, Math.floor(low)), Math.max(1, Math.ceil(high))]
}
