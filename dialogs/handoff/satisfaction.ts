import type { Inbound } from '../../src/message'
import { type Meaning, readChoice } from '../../src/nlu/index'
import { type TextKey, t } from '../../src/text'
import { fold } from '../readings'

const ratings = [1, 2, 3, 4, 5] as const
/** Longer than this is not only a judgement. */
const MOST_WORDS = 4

export function titlesOfRatings(): string[] {
  return ratings.map((rating) => t(`handoff.choice_rate_${rating}` as TextKey))
}

/** How help was judged, 1 to 5, by button, figure ("nota 4") or words; undefined when something else was said. */
export function readRating(
  inbound: Inbound & { kind: 'text' },
  meaning: Meaning,
  questionId: string,
): number | undefined {
  if (inbound.questionId !== undefined && inbound.questionId !== questionId) return undefined
  const text = inbound.text.trim()
  const titles = titlesOfRatings()
  const said = fold(text).replace(/\W+$/, '')
  const same = titles.map(fold).indexOf(said)
  if (same >= 0) return same + 1
  const figure = /^(?:nota )?\W*([1-5])$/.exec(said)?.[1]
  if (figure !== undefined) return Number(figure)
  if (/\d/.test(text) || text.split(/\s+/).length > MOST_WORDS) return undefined
  if (meaning.understood && !/^(?:yes|no|thanks)$/.test(meaning.intent)) return undefined
  if (!/\bajud|\bmais ou menos\b/.test(said)) return undefined
  const choice = readChoice(text, titles)
  return choice.certainty === 'sure' ? choice.value + 1 : undefined
}
