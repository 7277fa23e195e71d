/** What a reader made of an answer: a value, a value to read back first, or nothing usable and why. */
export type Reading<T> =
  | { certainty: 'sure'; value: T }
  | { certainty: 'confirm'; value: T; reason: ReasonCode }
  /** `partial` is what was understood of a date: `YYYY`, `YYYY-MM` or `--MM-DD`. */
  | { certainty: 'again'; reason: ReasonCode; partial?: string }

/**
 * Why a reading is not sure. The list is closed so that every reason can have its sentence.
 * A reason is enough to choose the next words; the value itself never goes into it.
 */
export type ReasonCode =
  // Nothing to work with.
  | 'nothing_found'
  | 'does_not_know'
  | 'unsure'
  | 'wants_explanation'
  | 'refuses'
  // More than one answer in the answer.
  | 'two_dates'
  | 'two_values'
  | 'two_answers'
  | 'range'
  /** Said, and then said otherwise: the later is taken and read back. */
  | 'corrected'
  // Dates.
  | 'missing_month'
  | 'missing_day'
  | 'missing_day_month'
  | 'missing_year'
  | 'impossible_date'
  | 'future'
  | 'too_young'
  | 'too_old'
  | 'age'
  | 'vague'
  | 'popular_day'
  | 'relative_day'
  | 'year_assumed'
  | 'day_month_swapped'
  // Amounts and durations.
  | 'negative'
  | 'too_low'
  | 'too_high'
  | 'approximate'
  | 'bound'
  | 'sum'
  | 'period'
  | 'unit_assumed'
  | 'looks_like_date'
  | 'separator'
  | 'not_monthly'
  | 'unknown_amount'
  | 'longer_than_life'
  // Numbers with check digits.
  | 'wrong_length'
  | 'check_digit'
  | 'letter_for_digit'
  | 'leading_zero'
  | 'digit_added'
  | 'impossible_number'
  | 'area_code'
  | 'area_code_missing'
  | 'third_party'
  // Choices.
  | 'choice'
  | 'out_of_range'
  | 'none_of_them'
  | 'any_of_them'
  | 'regional_word'
  // Places and people.
  | 'several_states'
  | 'missing_city'
  | 'from_city'
  | 'kin_assumed'

export function sure<T>(value: T): Reading<T> {
  return { certainty: 'sure', value }
}

export function confirm<T>(value: T, reason: ReasonCode): Reading<T> {
  return { certainty: 'confirm', value, reason }
}

export function again<T>(reason: ReasonCode, partial?: string): Reading<T> {
  return partial === undefined ? { certainty: 'again', reason } : { certainty: 'again', reason, partial }
}
