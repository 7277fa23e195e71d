import { featuresOf } from './features'
import { fold } from './fold'
import { loadUnderstanding } from './index'
import { type IntentId, intentIds } from './intents'
import type { Linear } from './linear'
import { MODEL_FILE, type Model, readModel } from './model-file'
import { createSpeller } from './spelling'
import { clausesOf, wantedOf } from './wishes'
import { createReader, type Words } from './words'

/** What each family of features is called, by the first letter of its keys. */
const families: Record<string, string> = {
  w: 'word',
  t: 'stem',
  p: 'pair of words',
  r: 'part',
  q: 'pair of parts',
  b: 'parts together',
  l: 'letters',
  s: 'shape',
  M: 'sign',
  m: 'sign',
}

/** How a sentence was read and what spoke for its intent rather than the next one, as lines of text. */
export function explain(text: string, model: Model, meaning = loadUnderstanding()(text)): string[] {
  const plain = createReader(model.lexicon)
  const reader = createReader(model.lexicon, createSpeller(model.vocabulary, model.others))
  const found = clausesOf(fold(text))
  const clauses = found.map((clause) => `${clause.denied ? '(denied) ' : ''}${clause.text}`)
  const corrected = reader.read(wantedOf(text, found))
  const [first, second] = meaning.nearest
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`
  return [
    `folded      ${fold(text)}`,
    `written out ${plain.plain(text).join(' ')}`,
    `corrected   ${corrected.words.join(' ')}`,
    `parts       ${corrected.roles.join(' ')}`,
    `clauses     ${clauses.join(' | ')}`,
    `crisis      ${meaning.crisis ?? 'none'}`,
    `intent      ${meaning.intent} ${percent(meaning.confidence)}, ${meaning.understood ? 'understood' : 'to be asked back'}`,
    `wishes      ${meaning.intents.join(', ') || 'none'}`,
    ...meaning.nearest.map(({ intent, confidence }) => `  ${percent(confidence).padStart(7)} ${intent}`),
    ...(first === undefined || second === undefined
      ? []
      : [
          `what spoke for ${first.intent} (+) and for ${second.intent} (-)`,
          ...weighed(corrected, model.linear, first.intent, second.intent),
        ]),
  ]
}

const MOST_SHOWN = 12

function weighed(words: Words, linear: Linear, first: IntentId, second: IntentId): string[] {
  const [a, b] = [intentIds.indexOf(first), intentIds.indexOf(second)]
  const weight = (bucket: number, label: number) =>
    (linear.weights[bucket * linear.classes + label] ?? 0) * (linear.steps?.[label] ?? 1)
  const names = new Map<number, string>()
  const { buckets, values } = featuresOf(words, names)
  const pulls = Array.from(buckets, (bucket, at) => ({
    key: names.get(bucket) ?? '',
    by: (values[at] ?? 0) * (weight(bucket, a) - weight(bucket, b)),
  }))
  pulls.sort((one, other) => Math.abs(other.by) - Math.abs(one.by))
  const shown = pulls.slice(0, MOST_SHOWN)
  return shown.map(
    ({ key, by }) => `  ${by >= 0 ? '+' : ''}${by.toFixed(2)} ${families[key[0] ?? '']} "${key.slice(1)}"`,
  )
}

if (require.main === module) {
  const text = process.argv.slice(2).join(' ')
  if (text === '') throw new Error('which sentence? usage: nlu:explain -- "frase"')
  process.stdout.write(`${explain(text, readModel(MODEL_FILE)).join('\n')}\n`)
}
