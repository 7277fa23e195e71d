import { readYesNo } from '../src/nlu/index'
import type { Reading } from '../src/nlu/reading'
import type { Answer } from './service'

/** The value of the choice that was picked, in the order the choices were shown. */
export function picked<const V>(answer: Answer, values: readonly V[]): Reading<V> {
  const value = answer.choice === undefined ? undefined : values[answer.choice]
  return value === undefined ? { certainty: 'again', reason: 'choice' } : { certainty: 'sure', value }
}

/** Yes and no, by button (yes first) or in words. */
export function yesOrNo(answer: Answer): Reading<boolean> {
  return answer.choice === undefined
    ? readYesNo(answer.text)
    : { certainty: 'sure', value: answer.choice === 0 }
}

/** Small letters without accents, for comparing. */
export function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
}
