import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
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
  writeFileSync(file, writeModel(trainModel(lexicon, phrases, hash)))
  return true
}

if (require.main === module) {
  const started = performance.now()
  const trained = ensureModel()
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  process.stdout.write(trained ? `understanding trained in ${seconds} s\n` : 'understanding is up to date\n')
}
