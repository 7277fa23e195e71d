/**
 * Compares ways to recognise intents on the same phrases: `npx tsx test/nlu/compare.ts [FILE.jsonl…]`.
 * Every fifth phrase is held out; files are measured besides. `natural`'s logistic regression works on dense rows
 * with as many columns as words and does not finish on all phrases, so it is compared on a few phrases an intent.
 */
import { readFileSync } from 'node:fs'
// The folder and not the package: its index prints advertisements and loads database drivers.
import { BayesClassifier, LogisticRegressionClassifier } from 'natural/lib/natural/classifiers/index'
import { PorterStemmerPt } from 'natural/lib/natural/stemmers/index'
import { fold } from '../../src/nlu/fold'
import { loadLexicon } from '../../src/nlu/lexicon'
import { loadPhrases, type Phrase } from '../../src/nlu/phrases'
import { createClassifier } from '../../src/nlu/training'

type Line = { text: string; intent: string; also?: string[] }
type Classify = (text: string) => string
type Train = (phrases: Phrase[]) => Classify

const ours: Train = (phrases) => createClassifier(loadLexicon(), phrases)

/** What both of `natural`'s classifiers offer. */
type NaturalClassifier = {
  addDocument(words: string[], intent: string): void
  train(): void
  classify(words: string[]): string
}

const natural =
  (create: () => NaturalClassifier): Train =>
  (phrases) => {
    const classifier = create()
    for (const { text, intent } of phrases) classifier.addDocument(words(text), intent)
    classifier.train()
    return (text) => classifier.classify(words(text))
  }

/** What the stemmer's own tokeniser would give, without its list of "stop words", which holds "não". */
function words(text: string): string[] {
  return (fold(text).match(/[a-z0-9]+/g) ?? []).map((word) => PorterStemmerPt.stem(word))
}

const all = loadPhrases()
const heldOut = all.filter((_, index) => index % 5 === 0)
const rest = all.filter((_, index) => index % 5 !== 0)
const files = process.argv.slice(2).map((file) => ({
  name: file.split('/').at(-1) ?? file,
  lines: readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line),
}))
const sets = [{ name: 'held out', lines: heldOut as Line[] }, ...files]

function few(phrases: Phrase[], count: number): Phrase[] {
  const taken = new Map<string, number>()
  return phrases.filter(({ intent }) => {
    const have = taken.get(intent) ?? 0
    taken.set(intent, have + 1)
    return have < count
  })
}

function measure(name: string, train: Train, phrases: Phrase[]): void {
  const started = performance.now()
  const classify = train(phrases)
  const seconds = (performance.now() - started) / 1000
  const figures = sets.map(({ name: set, lines }) => {
    const begun = performance.now()
    const right = lines.filter((line) => {
      const said = classify(line.text)
      return said === line.intent || (line.also ?? []).includes(said)
    }).length
    const microseconds = (1000 * (performance.now() - begun)) / lines.length
    return `${set} ${((100 * right) / lines.length).toFixed(1)} % (${microseconds.toFixed(0)} µs)`
  })
  process.stdout.write(
    `${name}, ${phrases.length} phrases, trained in ${seconds.toFixed(1)} s: ${figures.join(', ')}\n`,
  )
}

measure('ours', ours, rest)
measure(
  'natural Bayes',
  natural(() => new BayesClassifier(PorterStemmerPt)),
  rest,
)
for (const count of [4, 8]) {
  measure('ours', ours, few(rest, count))
  measure(
    'natural Bayes',
    natural(() => new BayesClassifier(PorterStemmerPt)),
    few(rest, count),
  )
  measure(
    'natural logistic regression',
    natural(() => new LogisticRegressionClassifier(PorterStemmerPt)),
    few(rest, count),
  )
}
