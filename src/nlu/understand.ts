import { type CrisisDetector, likelyKind } from './crisis'
import { featuresOf } from './features'
import { clean, fold } from './fold'
import type { Meaning, Understand } from './index'
import { type IntentId, intentIds } from './intents'
import { score, softmax } from './linear'
import { mentionsOf } from './mentions'
import type { Model } from './model-file'
import { createSpeller } from './spelling'
import { asides, asksForSomething, clausesOf, wantedOf } from './wishes'
import { createReader } from './words'

/** A second wish must be this clear; a wrong one would open a service nobody asked for. */
const CLEAR = 0.6
/** Less than this much of a sentence in known words: another language or no language. */
const FOREIGN = 0.34
const MOST_CLAUSES = 6
/** All that was said is that one does not know: an answer at most, never a wish. */
const UNKNOWING =
  /^(?:ai )?(?:eu )?(?:(?:nao|n|num) (?:sei|lembro|me lembro|faco ideia|tenho certeza|tenho ideia)(?: nao| dizer| te dizer| agora)?|sei nao|sei la|lembro nao)$/
/** The model alone may raise the alarm when it is this sure: held out, 3 of 2,017 calm sentences are, and 43 of 58 others. */
const CRISIS_BY_MODEL = 0.6
/** A word or two the model has never seen say nothing ("azul"); the detector knows the short cries for help. */
const FEWEST_WORDS = 3
const CRISIS = intentIds.indexOf('crisis')
/**
 * A wish is not acted on when that it is none of ours is this likely beside it. Of our phrases of twelve words or more,
 * held out, 87 instead of 84 of 100 that are not ours are told so, and 4.3 instead of 3.4 of 100 others.
 */
const NEARLY = 0.75

type Ranked = { intent: IntentId; confidence: number }[]

/** Understanding by a trained model; see `Understand`. */
export function createUnderstand(model: Model, crises: CrisisDetector): Understand {
  const known = new Set(Object.keys(model.vocabulary))
  for (const becomes of Object.values(model.lexicon.expressions))
    for (const word of becomes.split(' ')) known.add(word)
  const reader = createReader(model.lexicon, createSpeller(model.vocabulary, model.others), known)
  const scores = new Float64Array(intentIds.length)

  return (raw, today) => {
    const text = clean(raw)
    const clauses = clausesOf(fold(text))
    const spoken = reader.plain(text).join(' ')
    const affirmed = clauses.filter((clause) => !clause.denied).slice(0, MOST_CLAUSES)
    const { ranked, familiar, empty, crisisChance } = rank(wantedOf(text, clauses))
    const wishes = affirmed.length < 2 ? [] : wishesOf(affirmed.map((clause) => clause.text))
    const first = wishes[0] ?? ranked[0]
    const sentence = familiar >= FOREIGN && spoken.split(' ').length >= FEWEST_WORDS
    const heard = sentence && crisisChance >= CRISIS_BY_MODEL && !crises.figurative(spoken)
    const crisis = crises.find(spoken) ?? (heard ? likelyKind(spoken) : undefined)
    const intent = crisis === undefined ? (first?.intent ?? 'out_of_scope') : 'crisis'
    const confidence = crisis === undefined ? (first?.confidence ?? 0) : 1
    const understood =
      crisis !== undefined ||
      (!empty && familiar >= FOREIGN && confidence >= model.threshold && !UNKNOWING.test(spoken))
    const meaning: Meaning = {
      text,
      intent,
      confidence: empty && crisis === undefined ? 0 : confidence,
      understood,
      nearest: ranked.slice(0, 3),
      intents: understood ? [...new Set([intent, ...wishes.map((wish) => wish.intent)])] : [],
      mentions: mentionsOf(text, today),
    }
    return crisis === undefined ? meaning : { ...meaning, crisis }
  }

  function rank(text: string): { ranked: Ranked; familiar: number; empty: boolean; crisisChance: number } {
    const words = reader.read(text)
    const chances = softmax(score(model.linear, featuresOf(words), scores), model.temperature)
    // Danger is not one of several guesses to choose from: the detector decides, or a model that is nearly certain.
    const crisisChance = chances[CRISIS] as number
    chances[CRISIS] = 0
    return {
      ranked: best(chances, 3),
      crisisChance,
      familiar: words.familiar,
      empty: !words.words.some((word) => /[a-z?]/.test(word)),
    }
  }

  /** Clear wishes of different kinds, in order; none unless there are at least two. */
  function wishesOf(clauses: string[]): Ranked {
    const wishes: Ranked = []
    const asking = clauses.filter(asksForSomething)
    if (asking.length < 2) return []
    for (const clause of asking) {
      const top = rank(clause).ranked[0]
      if (
        top === undefined ||
        top.confidence < CLEAR ||
        asides.has(top.intent) ||
        top.intent === 'out_of_scope'
      )
        continue
      if (!wishes.some((wish) => wish.intent === top.intent)) wishes.push(top)
    }
    return wishes.length < 2 ? [] : wishes
  }
}

/** The likeliest intents, best first; "out of scope" before all others where it is nearly as likely as the best of them. */
export function best(chances: Float64Array, count: number): Ranked {
  const ranked: Ranked = []
  for (let label = 0; label < chances.length; label += 1) {
    const confidence = chances[label] as number
    if (ranked.length === count && confidence <= (ranked.at(-1)?.confidence ?? 0)) continue
    ranked.push({ intent: intentIds[label] as IntentId, confidence })
    ranked.sort((a, b) => b.confidence - a.confidence)
    if (ranked.length > count) ranked.pop()
  }
  const outside = ranked.find(({ intent }) => intent === 'out_of_scope')
  if (outside === undefined || outside.confidence < NEARLY * (ranked[0]?.confidence ?? 0)) return ranked
  return [outside, ...ranked.filter((each) => each !== outside)]
}
