import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { z } from 'zod'
import { projectFile } from '../files'
import type { CrisisKind } from './index'

/** The order in which signs are looked for: the nearest danger first. */
const kinds = ['emergency', 'suicide', 'violence', 'hunger'] as const satisfies CrisisKind[]

const shape = z.strictObject({
  unless: z.array(z.string()),
  suicide: z.array(z.string()),
  hunger: z.array(z.string()),
  violence: z.array(z.string()),
  emergency: z.array(z.string()),
})

/** Finds signs of danger in a sentence whose abbreviations are written out; see `locales/pt-BR/crisis.yaml`. */
export type CrisisDetector = {
  find: (spoken: string) => CrisisKind | undefined
  /** Whether a way of speaking was used that is not what it says: "morri de rir". */
  figurative: (spoken: string) => boolean
}

/**
 * Signs are kept apart from the intents so that no probability can hide them.
 * @throws when the file does not have the shape above
 */
export function loadCrisisDetector(file = projectFile('locales/pt-BR/crisis.yaml')): CrisisDetector {
  const signs = shape.parse(parse(readFileSync(file, 'utf8')))
  const any = (patterns: string[], flags?: string) => new RegExp(`\\b(?:${patterns.join('|')})`, flags)
  const unless = any(signs.unless, 'g')
  const detectors = kinds.map((kind) => ({ kind, sign: any(signs[kind]) }))
  const literal = (spoken: string) => spoken.replace(unless, ' / ')
  return {
    find(spoken) {
      const meant = literal(spoken)
      return detectors.find(({ sign }) => sign.test(meant))?.kind
    },
    figurative: (spoken) => literal(spoken) !== spoken,
  }
}

/** The kind of a sentence that the model alone took for a crisis. */
export function likelyKind(spoken: string): CrisisKind {
  if (/\b(?:fome|comer|comida|alimento|leite|geladeira)\b/.test(spoken)) return 'hunger'
  if (/\b(?:bat\w+|agred\w+|agrid\w+|ameac\w+|medo|maltrat\w+|abus\w+|arma|faca|policia)\b/.test(spoken))
    return 'violence'
  if (
    /\b(?:dor|sangue|sangr\w+|respir\w+|mal|hospital|acord\w+|desmai\w+|ambulancia|acidente)\b/.test(spoken)
  )
    return 'emergency'
  return 'suicide'
}
