import { withinOneSlip } from './spelt'

/** Folded; the first three letters name the month too. */
export const monthNames =
  'janeiro fevereiro marco abril maio junho julho agosto setembro outubro novembro dezembro'.split(' ')

const SHORT = monthNames.map((name) => name.slice(0, 3))
/** Short names that are words of their own need a number beside them: "mar", "set", "out", "dez"… */
const NAMED = new RegExp(`\\b(${monthNames.join('|')})\\b`, 'g')
/** "12março1962", "12 demarço", "marçode 1962". */
const GLUED = new RegExp(
  `(\\d|\\b)(?:de)?(${monthNames.join('|')}|(?<=\\d(?:de)?)(?:${SHORT.join('|')}))(?:de)?(?=\\d|\\b)`,
  'g',
)
const SHORT_AFTER_DAY = new RegExp(
  `(\\d(?:o|a)?\\s*(?:\\bde?\\b|[/.-])?\\s*)\\b(${SHORT.join('|')})\\b(?![a-z])\\.?`,
  'g',
)
const SHORT_BEFORE_YEAR = new RegExp(
  `(?<!\\bdo )\\b(${SHORT.join('|')})\\b\\.?(?=\\s*(?:\\bde?\\b|\\bdo ano de\\b|[/-])?\\s*(?:\\d{4}|\\d{2})(?!\\d))`,
  'g',
)
/** Where a month stands: after a day, before a year or at the end. */
const SLOT =
  /(\d\s*(?:\bd[eo]?\b|\/|-)?\s*|\b(?:em|mes de)\s+)\b([a-z]{4,11})\b(?=\s*(?:\bd[eo]?\b|,|\/|-|$|ano\b)\s*(?:\bano de\b\s*)?(?:\d{2}|$)|\s+\d{2}|\s*$)/g
const SLOT_BEFORE_YEAR = /(\b)([a-z]{4,11})(?=\s*(?:\bd[eo]\b|\/|-)\s*(?:\d{4}|\d{2})\b)/g

/** Writes the months of a folded text as "#1" to "#12", also short, glued or misspelt ones. */
export function monthsInDigits(folded: string): string {
  return folded
    .replace(GLUED, (_, before: string, name: string) => `${before} #${monthOf(name)} `)
    .replace(NAMED, (_, name: string) => `#${monthOf(name)}`)
    .replace(SHORT_AFTER_DAY, (_, before: string, name: string) => `${before} #${monthOf(name)} `)
    .replace(SHORT_BEFORE_YEAR, (_, name: string) => `#${monthOf(name)}`)
    .replace(SLOT, inSlot)
    .replace(SLOT_BEFORE_YEAR, inSlot)
}

function inSlot(whole: string, before: string, word: string): string {
  const month = misspelt(word)
  return month === undefined ? whole : `${before}#${month}`
}

function monthOf(name: string): number {
  return SHORT.indexOf(name.slice(0, 3)) + 1
}

const notMonths = new Set([
  'anos',
  'meses',
  'maria',
  'junto',
  'mais',
  'mas',
  'maior',
  'quando',
  'mil',
  'meio',
])

/** The only month one slip away (a changed letter counts less than a lost one), or two in a long name. */
function misspelt(word: string): number | undefined {
  if (notMonths.has(word)) return undefined
  for (const alike of [lostOrMoved, withinOneSlip, withinTwoSlips]) {
    const near = monthNames.flatMap((name, index) => (alike(word, name) ? [index + 1] : []))
    if (near.length > 0) return near.length === 1 ? near[0] : undefined
  }
  return undefined
}

function lostOrMoved(word: string, name: string): boolean {
  return (
    withinOneSlip(word, name) &&
    (word.length !== name.length || [...word].sort().join() === [...name].sort().join())
  )
}

function withinTwoSlips(word: string, name: string): boolean {
  if (name.length < 7 || word.length < 6 || Math.abs(word.length - name.length) > 2) return false
  for (let at = 0; at < name.length; at += 1) {
    if (withinOneSlip(word, name.slice(0, at) + name.slice(at + 1))) return true
  }
  for (let at = 0; at < word.length; at += 1) {
    if (withinOneSlip(word.slice(0, at) + word.slice(at + 1), name)) return true
  }
  return false
}
