const MOST_REMEMBERED = 20_000

/** What was worked out for a word is kept: people use the same words, and reading one costs more than all that follows. */
export function remembered<T>(work: (word: string) => T): (word: string) => T {
  const known = new Map<string, T>()
  return (word) => {
    const before = known.get(word)
    if (before !== undefined) return before
    const worked = work(word)
    if (known.size < MOST_REMEMBERED) known.set(word, worked)
    return worked
  }
}
