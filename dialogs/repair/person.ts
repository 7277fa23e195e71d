import { t } from '../../src/text'
import type { Context, Say } from '../service'
import type { Turn } from '../turn-context'

/**
 * How to reach a person, honestly: the Central 135 answers Monday to Saturday, 7 h to 22 h in Brasília, and the
 * wish is recorded.
 */
export function offerPerson(turn: Turn): Say[] {
  turn.context.record({ type: 'person_requested' })
  turn.outcome = 'handed_off'
  return [t(phoneIsOpen(turn.context.brasilia) ? 'repair.person_now' : 'repair.person_later')]
}

/** Whether the Central 135 answers: Monday to Saturday, 7 h to 22 h in Brasília. */
export function phoneIsOpen({ weekday, hour }: Context['brasilia']): boolean {
  return weekday !== 0 && hour >= 7 && hour < 22
}
