import terms from '../../locales/pt-BR/terms.json'
import { fold } from '../readings'

/** What a word of the INSS means, when someone asks ("o que é NIT?"); undefined when nobody asked or we do not know. */
export function explainTerm(text: string): string | undefined {
  const asked =
    /\b(?:o que|oq|oque|que|qual)\s+(?:e|eh|seria|significa|quer dizer)\s+(?:um |uma |o |a |isso de |esse |essa )?(.{2,40}?)\s*\??$/.exec(
      bare(text),
    )?.[1]
  if (asked === undefined) return undefined
  return terms.find((term) => term.names.some((name) => bare(name) === asked))?.meaning
}

/** Folded, without the quotes and full stops people put around a word they ask about. */
function bare(text: string): string {
  return fold(text)
    .replace(/["'.!]/g, '')
    .trim()
}
