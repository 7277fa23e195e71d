/** More than this much of a message adds nothing to what it means, and bounds the time it takes. */
const LONGEST = 2_000

/** Small letters without accents, control characters or direction marks; spaces single. */
export function fold(text: string): string {
  if (text !== last.text) last = { text, folded: folded(text) }
  return last.folded
}

/** One sentence is folded for its wishes, its words and its facts. */
let last = { text: '', folded: '' }

function folded(text: string): string {
  return text
    .slice(0, LONGEST)
    .normalize('NFKD')
    .replace(/[\p{M}\p{Cf}]/gu, '')
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .toLowerCase()
    .trim()
}

/** Accents and capitals kept; what has no width or cannot be seen removed. */
export function clean(text: string): string {
  return text
    .slice(0, LONGEST)
    .normalize('NFC')
    .replace(/[\p{Cf}\p{Co}\p{Cn}]/gu, '')
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
}
