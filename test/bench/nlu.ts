/**
 * Compares ways to recognise intents, trained on the same phrases in the same run:
 * `npm run bench:nlu [-- FILE.jsonl|FILE.csv…]`. Every fifth phrase is held out; files are measured besides.
 * `natural`'s logistic regression works on dense rows with as many columns as words and does not finish on all
 * phrases, so it is compared on a few phrases an intent.
 */
import { readFileSync } from 'node:fs'
// The folder and not the package: its index prints advertisements and loads database drivers.
import { BayesClassifier, LogisticRegressionClassifier } from 'natural/lib/natural/classifiers/index'
import { PorterStemmerPt } from 'natural/lib/natural/stemmers/index'
import { type IntentLine, intentLines } from '../../src/nlu/evaluate'
import { fold } from '../../src/nlu/fold'
import { loadLexicon } from '../../src/nlu/lexicon'
import { loadPhrases, type Phrase } from '../../src/nlu/phrases'
import { createClassifier } from '../../src/nlu/training'

type Classify = (text: string) => string | Promise<string>
type Train = (phrases: Phrase[]) => Classify | Promise<Classify>

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

/** The part of nlp.js used here; its packages bring no types. */
type NlpJs = {
  addLanguage(locale: string): void
  addDocument(locale: string, text: string, intent: string): void
  train(): Promise<void>
  process(locale: string, text: string): Promise<{ intent: string }>
}
const { containerBootstrap } = require('@nlpjs/core') as {
  containerBootstrap(): Promise<{ use(plugin: unknown): void }>
}
const { Nlp } = require('@nlpjs/nlp') as { Nlp: new (settings: object) => NlpJs }
const { LangPt } = require('@nlpjs/lang-pt') as { LangPt: unknown }

/** As its documentation shows it, with "None" where it is not sure, which counts as out of scope. */
const nlpJs: Train = async (phrases) => {
  const container = await containerBootstrap()
  container.use(Nlp)
  container.use(LangPt)
  const nlp = new Nlp({ container, languages: ['pt'], autoSave: false, nlu: { log: false } })
  nlp.addLanguage('pt')
  for (const { text, intent } of phrases) nlp.addDocument('pt', text, intent)
  await nlp.train()
  return async (text) => {
    const { intent } = await nlp.process('pt', text)
    return intent === 'None' ? 'out_of_scope' : intent
  }
}

function few(phrases: Phrase[], count: number): Phrase[] {
  const taken = new Map<string, number>()
  return phrases.filter(({ intent }) => {
    const have = taken.get(intent) ?? 0
    taken.set(intent, have + 1)
    return have < count
  })
}

async function main(): Promise<void> {
  const all = loadPhrases()
  const rest = all.filter((_, index) => index % 5 !== 0)
  const sets: { name: string; lines: IntentLine[] }[] = [
    { name: 'held out', lines: all.filter((_, index) => index % 5 === 0) },
    ...process.argv.slice(2).map((file) => ({
      name: file.split('/').at(-1) ?? file,
      lines: intentLines(readFileSync(file, 'utf8')),
    })),
  ]

  const measure = async (name: string, train: Train, phrases: Phrase[]) => {
    const started = performance.now()
    const classify = await train(phrases)
    const seconds = (performance.now() - started) / 1000
    const figures: string[] = []
    for (const { name: set, lines } of sets) {
      const times: number[] = []
      let right = 0
      for (const line of lines) {
        const begun = performance.now()
        const said = await classify(line.text)
        times.push(1000 * (performance.now() - begun))
        if (said === line.intent || (line.also ?? []).includes(said)) right += 1
      }
      const median = times.sort((a, b) => a - b)[times.length >> 1] ?? 0
      figures.push(`${set} ${((100 * right) / lines.length).toFixed(1)} % (${median.toFixed(0)} µs)`)
    }
    process.stdout.write(
      `${name}, ${phrases.length} phrases, trained in ${seconds.toFixed(1)} s: ${figures.join(', ')}\n`,
    )
  }

  const bayes = natural(() => new BayesClassifier(PorterStemmerPt))
  await measure('ours', ours, rest)
  await measure('nlp.js', nlpJs, rest)
  await measure('natural Bayes', bayes, rest)
  const some = few(rest, 4)
  await measure('ours', ours, some)
  await measure('nlp.js', nlpJs, some)
  await measure('natural Bayes', bayes, some)
  const logistic = natural(() => new LogisticRegressionClassifier(PorterStemmerPt))
  await measure('natural logistic regression', logistic, some)
}

void main()
