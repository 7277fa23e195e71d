declare module 'natural/lib/natural/stemmers/porter_stemmer_pt' {
  const stemmer: { stem(word: string): string }
  export default stemmer
}
