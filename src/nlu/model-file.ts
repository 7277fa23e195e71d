import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { projectFile } from '../files'
import { BUCKETS } from './features'
import { intentIds } from './intents'
import { type Lexicon, lexiconShape } from './lexicon'
import type { Linear } from './linear'
import type { Phrase } from './phrases'
import type { Vocabulary } from './spelling'

/** Where the build leaves the trained model and the assistant finds it. */
export const MODEL_FILE = projectFile('dist/nlu/model.json')

/** Everything understanding needs at run time, trained ahead. */
export type Model = {
  version: 1
  /** Of the phrases, lexicon and feature code it was trained from. */
  hash: string
  lexicon: Lexicon
  vocabulary: Vocabulary
  /** Words of the language that are not ours and must not be corrected into one. */
  others: string[]
  temperature: number
  threshold: number
  linear: Linear & { weights: Int8Array; steps: Float32Array }
}

const shape = z.object({
  version: z.literal(1),
  hash: z.string(),
  intents: z.array(z.string()),
  lexicon: lexiconShape,
  vocabulary: z.record(z.string(), z.number()),
  others: z.array(z.string()),
  temperature: z.number(),
  threshold: z.number(),
  /** Int8, little endian, row by bucket, in base 64. */
  weights: z.string(),
  steps: z.array(z.number()),
  bias: z.array(z.number()),
})

/** Changes whenever a trained model of the same phrases would differ: raise it with the feature code. */
const FEATURE_CODE = 11

export function hashOf(lexicon: Lexicon, phrases: Phrase[]): string {
  const content = JSON.stringify([FEATURE_CODE, BUCKETS, intentIds, lexicon, phrases])
  return createHash('sha256').update(content).digest('hex')
}

export function writeModel(model: Model): string {
  const { linear, ...rest } = model
  const weights = Buffer.from(linear.weights.buffer, linear.weights.byteOffset, linear.weights.byteLength)
  const numbers = { steps: [...linear.steps], bias: [...linear.bias] }
  return JSON.stringify({ ...rest, intents: intentIds, weights: weights.toString('base64'), ...numbers })
}

/** @throws Error when the file is missing, broken, or was trained for other intents */
export function readModel(file: string): Model {
  let content: string
  try {
    content = readFileSync(file, 'utf8')
  } catch (cause) {
    throw new Error(`no trained model at ${file}: run the build`, { cause })
  }
  const { intents, weights, steps, bias, ...rest } = shape.parse(JSON.parse(content))
  const bytes = Buffer.from(weights, 'base64')
  const right = intents.join() === intentIds.join() && bytes.length === BUCKETS * intents.length
  if (!right) throw new Error(`the model at ${file} was trained for other intents: run the build`)
  const linear = {
    classes: intents.length,
    weights: new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length),
    steps: Float32Array.from(steps),
    bias: Float32Array.from(bias),
  }
  return { ...rest, linear }
}
