import type { Why } from '../../src/handoff/ticket'
import { t } from '../../src/text'
import type { Context, Say } from '../service'
import type { Turn } from '../turn-context'

/**
 * A person is wanted. Where people can take over here, one is offered at the end of the turn, and nothing else is
 * asked before that was answered; elsewhere the Central 135 is named, and the wish is recorded.
 * @returns what to say at once; nothing when the offer follows
 */
export function offerPerson(turn: Turn, why: Why): Say[] {
  turn.context.record({ type: 'person_requested', why })
  if (offersPerson(turn, why)) return []
  turn.outcome = 'handed_off'
  return [t(phoneIsOpen(turn.context.brasilia) ? 'repair.person_now' : 'repair.person_later')]
}

/** Has a person offered at the end of the turn. @returns whether there are people to offer */
export function offersPerson(turn: Turn, why: Why, how?: 'gently'): boolean {
  if (turn.context.desk === undefined) return false
  turn.person ??= { why, ...(how === 'gently' && { gently: true }) }
  return true
}

/** Whether the Central 135 answers: Monday to Saturday, 7 h to 22 h in Brasília. */
export function phoneIsOpen({ weekday, hour }: Context['brasilia']): boolean {
  return weekday !== 0 && hour >= 7 && hour < 22
}
