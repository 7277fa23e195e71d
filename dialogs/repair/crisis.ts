import { type TextKey, t } from '../../src/text'
import type { Say } from '../service'
import type { Turn } from '../turn-context'
import { phoneIsOpen } from './person'

/** A short human answer with who can help at once; what was being done waits. */
export function crisisAnswer(kind: 'suicide' | 'hunger' | 'violence' | 'emergency', turn: Turn): Say[] {
  return [
    t(`crisis.${kind}` as TextKey),
    t(phoneIsOpen(turn.context.brasilia) ? 'crisis.person_now' : 'crisis.person_later'),
  ]
}
