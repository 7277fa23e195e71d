import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { z } from 'zod'
import { projectFile } from '../files'
import { loadLexicon } from './lexicon'
import { hashOf, MODEL_FILE, writeModel } from './model-file'
import { loadPhrases } from './phrases'
import { type Calibration, calibrateModel, trainModel } from './training'

/** Trains the model unless the one there comes from the same phrases. Returns whether it trained. */
export function ensureModel(file = MODEL_FILE): boolean {
  const lexicon = loadLexicon()
  const phrases = loadPhrases()
  const hash = hashOf(lexicon, phrases)
  if (existsSync(file) && readFileSync(file, 'utf8').includes(`"hash":"${hash}"`)) return false
  mkdirSync(dirname(file), { recursive: true })
  // Written aside and moved, so that nobody reads half a model.
  const aside = `${file}.${process.pid}`
  const kept = readCalibration()
  const calibration = kept.hash === hash ? kept : calibrateModel(lexicon, phrases, hash)
  writeFileSync(aside, writeModel(trainModel(lexicon, phrases, calibration)))
  renameSync(aside, file)
  return true
}

/** Measured once per change of the phrases and kept with them, so that a first start need not measure it. */
const CALIBRATION_FILE = projectFile('src/nlu/calibration.json')

export function readCalibration(): Calibration {
  return shape.parse(JSON.parse(readFileSync(CALIBRATION_FILE, 'utf8')))
}

const shape = z.object({
  hash: z.string(),
  temperature: z.number(),
  threshold: z.number(),
})

/** Measures anew and keeps the result; nothing to do while the phrases are the same. */
export function ensureCalibration(): Calibration {
  const lexicon = loadLexicon()
  const phrases = loadPhrases()
  const hash = hashOf(lexicon, phrases)
  const kept = readCalibration()
  if (kept.hash === hash) return kept
  const calibration = calibrateModel(lexicon, phrases, hash)
  writeFileSync(CALIBRATION_FILE, `${JSON.stringify(calibration, null, 2)}\n`)
  return calibration
}

if (require.main === module) {
  const started = performance.now()
  if (process.argv.includes('--calibrate')) ensureCalibration()
  const trained = ensureModel()
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  process.stdout.write(trained ? `understanding trained in ${seconds} s\n` : 'understanding is up to date\n')
}
