import { t } from '../../src/text'
import type { Say } from '../service'
import type { Turn } from '../turn-context'

/**
 * How to reach a person, honestly: the Central 135 answers Monday to Saturday, 7 h to 22 h in Brasília, and the
 * wish is recorded.
 */
export function offerPerson(turn: Turn): Say[] {
  turn.context.record({ type: 'person_requested' })
  turn.outcome = 'handed_off'
  return [t(phoneIsOpen(turn.context.now) ? 'repair.person_now' : 'repair.person_later')]
}

/** Whether the Central 135 answers at this instant (ISO). Holidays are served like other days. */
export function phoneIsOpen(now: string): boolean {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: 'America/Sao_Paulo',
    weekday: 'short',
    hour: 'numeric',
    hourCycle: 'h23',
  }).formatToParts(new Date(now))
  const weekday = parts.find((part) => part.type === 'weekday')?.value
  const hour = Number(parts.find((part) => part.type === 'hour')?.value)
  return weekday !== 'Sun' && hour >= 7 && hour < 22
}
