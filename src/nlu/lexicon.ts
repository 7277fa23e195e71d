import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { z } from 'zod'
import { projectFile } from '../files'

export const lexiconShape = z.strictObject({
  words: z.record(z.string(), z.string()),
  expressions: z.record(z.string(), z.string()),
  courtesy: z.array(z.string()),
  concepts: z.record(z.string(), z.array(z.coerce.string())),
  emoji: z.record(z.string(), z.string()),
})

/** How people write and what it stands for; the file is `locales/pt-BR/lexicon.yaml`. */
export type Lexicon = z.infer<typeof lexiconShape>

/** @throws when the file does not have the shape above */
export function loadLexicon(file = projectFile('locales/pt-BR/lexicon.yaml')): Lexicon {
  return lexiconShape.parse(parse(readFileSync(file, 'utf8')))
}
