// The one file: the package prints advertisements and loads database drivers, its folder 9 MB of other languages.
import PorterStemmerPt from 'natural/lib/natural/stemmers/porter_stemmer_pt'

const MOST_REMEMBERED = 20_000

/** The stem of a corrected word by `natural`'s Portuguese stemmer; what is too short has none. */
export function stemOf(word: string): string {
  if (word.length < 4 || word.startsWith('#')) return word
  const known = stems.get(word)
  if (known !== undefined) return known
  const stem = PorterStemmerPt.stem(word)
  if (stems.size < MOST_REMEMBERED) stems.set(word, stem)
  return stem
}

/** Stemming costs more than everything else together, and the domain's words are few. */
const stems = new Map<string, string>()
