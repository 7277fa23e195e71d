import { type Meaning, readKinship } from '../src/nlu/index'
import { aboutRelative, t } from '../src/text'
import type { State } from './collect-state'
import type { Say, Service } from './service'
import type { Turn } from './turn-context'

/** The relative spoken of last, and when (ISO instant). */
export type Spoken = { name: string; sex: 'F' | 'M'; at: string }

/** "Ela já pode se aposentar?" is about the mother spoken of before. @returns the meaning with that relative in it */
export function withRelative(
  state: { relative?: Spoken },
  meaning: Meaning | undefined,
  at: string,
): Meaning | undefined {
  const { kinship: name, sex } = meaning?.mentions ?? {}
  if (meaning === undefined) return undefined
  if (name !== undefined && sex !== undefined) {
    state.relative = { name, sex, at }
    return meaning
  }
  const { relative } = state
  if (relative === undefined) return meaning
  // On another day "ela" may be somebody else.
  if (at.slice(0, 10) !== relative.at.slice(0, 10)) {
    delete state.relative
    return meaning
  }
  const spokenOf = relative.sex === 'F' ? /\b(?:d?ela)\b/i : /\b(?:d?ele)\b/i
  if (!spokenOf.test(meaning.text)) return meaning
  return { ...meaning, mentions: { ...meaning.mentions, kinship: relative.name, sex: relative.sex } }
}

/** "É para a minha mãe", and nothing else. */
const NAMES_ONLY =
  /^\W*(?:(?:e|eh|é|seria|será|sera) )?(?:pra|para|p|da|do|de) (?:a |o )?(?:minha|meu) [\p{L}-]+\W*$/iu

/**
 * Keeps whom a service is about: the relative named in its first sentence, or alone before anything was answered, until
 * the person says that it is for themselves after all.
 * @returns what to say to a message that told this and nothing else
 */
export function hearWhoItIsAbout<F extends object>(
  service: Service<F>,
  state: State<F>,
  turn: Turn,
): Say[] | undefined {
  const { meaning, context } = turn
  if (meaning === undefined || service.ofRelatives?.(state.facts) !== true) return undefined
  if (state.relative !== undefined) return hearItIsForThemselves(state, meaning.text)
  const { kinship: name, sex } = meaning.mentions
  if (name === undefined || sex === undefined || state.personRef !== undefined) return undefined
  const begins = state.questions === 0
  const namesOnly = NAMES_ONLY.test(meaning.text)
  if (!begins && (!namesOnly || state.given.length > 0)) return undefined
  state.relative = { name, sex }
  if (!namesOnly) return undefined
  Object.assign(state.facts, service.prefill?.(meaning.mentions, context, state.facts))
  return [aboutRelative(state.relative, () => t('repair.about_relative'))]
}

function hearItIsForThemselves<F extends object>(state: State<F>, text: string): Say[] | undefined {
  const reading = readKinship(text)
  if (reading.certainty !== 'sure' || reading.value !== 'eu') return undefined
  delete state.relative
  // Known of the relative by the word for them alone.
  if (!state.given.some((fact) => fact === 'sex')) delete (state.facts as { sex?: string }).sex
  return [t('repair.about_you')]
}
