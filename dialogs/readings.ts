import { readYesNo } from '../src/nlu/index'
import type { Reading } from '../src/nlu/reading'
import type { TextKey } from '../src/text'
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

/** Why a date of birth cannot be it, in words. */
export const birthReasons: Record<string, TextKey> = {
  future: 'simulation.birth_future',
  impossible_date: 'simulation.birth_impossible',
  too_young: 'simulation.birth_too_young',
  too_old: 'simulation.birth_too_old',
  missing_day: 'simulation.birth_missing_day',
  missing_day_month: 'simulation.birth_missing_day_month',
  missing_year: 'simulation.birth_missing_year',
  two_dates: 'simulation.birth_two_dates',
  age: 'simulation.birth_age_given',
}
