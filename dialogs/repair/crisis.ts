import type { CrisisKind } from '../../src/nlu/index'
import { t } from '../../src/text'
import type { Context, Say } from '../service'
import { phoneIsOpen } from './person'

/** A short human answer with who can help at once. */
export function crisisHelp(kind: CrisisKind): string {
  return t(`crisis.${kind}`)
}

/** The same with the Central 135, where there is no other person; what was being done waits. */
export function crisisWords(kind: CrisisKind, brasilia: Context['brasilia']): Say[] {
  return [crisisHelp(kind), t(phoneIsOpen(brasilia) ? 'crisis.person_now' : 'crisis.person_later')]
}
