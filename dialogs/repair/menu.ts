import { type Meaning, readChoice } from '../../src/nlu/index'
import { t } from '../../src/text'
import type { Say } from '../service'
import type { OpenQuestion } from '../turn-context'

/** First contact: who I am, what I can do, how to reach a person, what data is used. */
export function greeting(id: string): [Say[], OpenQuestion] {
  return [[t('menu.welcome'), t('menu.privacy'), t('menu.question')], question(id)]
}

export function menu(id: string): [Say[], OpenQuestion] {
  return [[t('menu.question')], question(id)]
}

function question(id: string): OpenQuestion {
  return {
    expects: 'menu.choice',
    questionId: `menu.${id}`,
    choices: [
      t('menu.intent_simulate_retirement'),
      t('menu.intent_check_payment'),
      t('menu.choice_request'),
      t('menu.intent_check_request_status'),
      t('menu.choice_person'),
    ],
  }
}

/** What the titles of the menu open, when pressed or typed as they are: an intent, or a service without one. */
export function menuChoice(text: string): { intent: string } | { service: string } | undefined {
  const same = text.trim().toLowerCase()
  if (same === t('menu.choice_request').toLowerCase()) return { service: 'request-benefit' }
  const intent = menuIntents.find((each) => t(`menu.intent_${each}`).toLowerCase() === same)
  if (intent !== undefined) return { intent }
  return same === t('menu.choice_person').toLowerCase() ? { intent: 'human_agent' } : undefined
}

/**
 * The title that a number or an order names ("2", "a quarta") while the menu is what was said last, as where choices
 * are numbered lines. Words that are understood by themselves need no menu.
 */
export function menuTitle(
  { text, understood }: Meaning,
  last: { expects?: string; choices?: string[] } | undefined,
): string | undefined {
  if (last?.expects !== 'menu.choice' || last.choices === undefined) return undefined
  if (understood && !/^\W*\d{1,2}\W*$/.test(text)) return undefined
  const reading = readChoice(text, last.choices)
  return reading.certainty === 'sure' ? last.choices[reading.value] : undefined
}

const menuIntents = [
  'simulate_retirement',
  'check_payment',
  'payment_missing',
  'request_retirement_age',
  'request_retirement_contribution',
  'request_maternity_pay',
  'check_request_status',
  'pay_contribution',
  'thirteenth_salary',
] as const
