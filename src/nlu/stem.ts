// The one file: the package prints advertisements and loads database drivers, its folder 9 MB of other languages.
import PorterStemmerPt from 'natural/lib/natural/stemmers/porter_stemmer_pt'

/** The stem of a corrected word by `natural`'s Portuguese stemmer; what is too short has none. */
export function stemOf(word: string): string {
  return word.length < 4 || word.startsWith('#') ? word : PorterStemmerPt.stem(word)
}
