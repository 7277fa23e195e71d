import { soundOf } from './phonetic'

/** Words of the domain and how often the phrases use them. */
export type Vocabulary = Record<string, number>

/** Edits allowed by length: short words have too many neighbours to guess. */
const SHORTEST_ONE_EDIT = 5
const SHORTEST_TWO_EDITS = 9
/** A longer "word" is no word; it is left alone and costs nothing. */
const LONGEST_WORD = 24

export type Speller = (word: string) => string

/**
 * Brings a folded word to the domain's vocabulary: as it is when known or in `others` (words of the language that only
 * look like one of ours), else the word that sounds the same, else the nearest one within one edit (two in long words),
 * the more frequent first.
 */
export function createSpeller(vocabulary: Vocabulary, others: Iterable<string> = []): Speller {
  const known = new Map(Object.entries(vocabulary))
  const right = new Set(others)
  const bySound = new Map<string, string>()
  const byDeletion = new Map<string, string[]>()
  const words = [...known.keys()].sort(
    (a, b) => (known.get(b) ?? 0) - (known.get(a) ?? 0) || (a < b ? -1 : 1),
  )
  for (const word of words) {
    const sound = soundOf(word)
    if (sound.length >= 3 && !bySound.has(sound)) bySound.set(sound, word)
    if (word.length < SHORTEST_ONE_EDIT - 1) continue
    for (const piece of deletions(word)) {
      const list = byDeletion.get(piece)
      if (list === undefined) byDeletion.set(piece, [word])
      else list.push(word)
    }
  }
  return (word) => {
    if (known.has(word) || right.has(word) || word.length < 3 || word.length > LONGEST_WORD) return word
    const sameSound = bySound.get(soundOf(word))
    if (sameSound !== undefined) return sameSound
    if (word.length < SHORTEST_ONE_EDIT) return word
    return nearest(word) ?? word
  }

  function nearest(word: string): string | undefined {
    const most = word.length >= SHORTEST_TWO_EDITS ? 2 : 1
    const seen = new Set<string>()
    let best: { word: string; edits: number; count: number } | undefined
    for (const piece of deletions(word)) {
      for (const candidate of byDeletion.get(piece) ?? []) {
        if (seen.has(candidate)) continue
        seen.add(candidate)
        if (Math.abs(candidate.length - word.length) > most) continue
        const edits = editsBetween(word, candidate, most)
        const count = known.get(candidate) ?? 0
        if (edits > most) continue
        if (best === undefined || edits < best.edits || (edits === best.edits && count > best.count)) {
          best = { word: candidate, edits, count }
        }
      }
    }
    return best?.word
  }
}

/** The word and every form of it with one letter left out; two words one or two edits apart share one. */
function deletions(word: string): string[] {
  const pieces = [word]
  for (let at = 0; at < word.length; at += 1) pieces.push(word.slice(0, at) + word.slice(at + 1))
  return pieces
}

/** Damerau–Levenshtein with an early end: anything above `most` is `most + 1`. */
function editsBetween(a: string, b: string, most: number): number {
  let before: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i]
    let least = i
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1]
      let cost = Math.min(
        (previous[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (previous[j - 1] ?? 0) + (same ? 0 : 1),
      )
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, (before[j - 2] ?? 0) + 1)
      }
      row.push(cost)
      if (cost < least) least = cost
    }
    if (least > most) return most + 1
    before = previous
    previous = row
  }
  return previous[b.length] ?? most + 1
}
