import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { loadLexicon } from './lexicon'
import { hashOf, MODEL_FILE, writeModel } from './model-file'
import { loadPhrases } from './phrases'
import { trainModel } from './training'

/** Trains the model unless the one there comes from the same phrases. Returns whether it trained. */
export function ensureModel(file = MODEL_FILE): boolean {
  const lexicon = loadLexicon()
  const phrases = loadPhrases()
  const hash = hashOf(lexicon, phrases)
  if (existsSync(file) && readFileSync(file, 'utf8').includes(`"hash":"${hash}"`)) return false
  mkdirSync(dirname(file), { recursive: true })
  // Written aside and moved, so that nobody reads half a model.
  const aside = `${file}.${process.pid}`
  writeFileSync(aside, writeModel(trainModel(lexicon, phrases, hash)))
  renameSync(aside, file)
  return true
}

if (require.main === module) {
  const started = performance.now()
  const trained = ensureModel()
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  process.stdout.write(trained ? `understanding trained in ${seconds} s\n` : 'understanding is up to date\n')
}
