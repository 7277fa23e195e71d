import canned from '../../locales/pt-BR/canned.json'
import type { Canned } from './api-schemas'

/** Replies that are ready, as the locale has them; what is to be filled in stands in braces. */
export function cannedReplies(): Canned['items'] {
  const texts: Record<string, string> = canned
  return Object.entries(texts).flatMap(([id, text]) => {
    const title = texts[`${id}_title`]
    if (title === undefined) return []
    const parameters = [...text.matchAll(/\{(\w+)\}/g)].map((found) => found[1] ?? '')
    return [{ id, title, text, parameters: [...new Set(parameters)] }]
  })
}
