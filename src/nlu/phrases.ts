import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { projectFile } from '../files'
import { type IntentId, intentIds, isIntentId } from './intents'

export type Phrase = { text: string; intent: IntentId }

/**
 * Every training phrase, in the order of the intents' list and of the lines in their files.
 * @throws Error naming a file that is no intent, an intent without a file, or a phrase found under two intents
 */
export function loadPhrases(folder = projectFile('locales/pt-BR/phrases')): Phrase[] {
  for (const file of readdirSync(folder)) {
    if (!isIntentId(basename(file, '.txt'))) throw new Error(`${file} names no intent`)
  }
  const seen = new Map<string, IntentId>()
  const phrases: Phrase[] = []
  for (const intent of intentIds) {
    const lines = readFileSync(join(folder, `${intent}.txt`), 'utf8').split('\n')
    for (const line of lines) {
      const text = line.trim()
      if (text === '' || text.startsWith('#')) continue
      const other = seen.get(text)
      if (other !== undefined) throw new Error(`the same phrase is under ${other} and ${intent}: ${text}`)
      seen.set(text, intent)
      phrases.push({ text, intent })
    }
  }
  return phrases
}
