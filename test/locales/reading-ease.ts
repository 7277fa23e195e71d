/**
 * Flesch reading ease with the coefficients for Portuguese (Martins, Ghiraldelo, Nunes and Oliveira, 1996):
 * 248.835 − 1.015 · words per sentence − 84.6 · syllables per word. 75–100 is very easy, 50–75 easy.
 */
export function readingEase(text: string): number {
  const sentences = text.split(/[.!?:;]+(?:\s|$)|\n/).filter((sentence) => /\p{L}/u.test(sentence))
  const words = text.match(/\p{L}+(?:-\p{L}+)*/gu) ?? []
  if (words.length === 0) return 100
  const count = words.reduce((sum, word) => sum + syllables(word), 0)
  return 248.835 - 1.015 * (words.length / Math.max(1, sentences.length)) - 84.6 * (count / words.length)
}

/** Syllables of a Portuguese word: vowel groups, hiatuses apart. An acronym in capitals counts as one. */
export function syllables(word: string): number {
  if (/^\p{Lu}{2,}$/u.test(word)) return 1
  const groups = word
    .toLowerCase()
    .replace(/qu|gu(?=[eiéêí])/g, 'q')
    .match(/[aáâãàeéêiíoóôõuúü]+/g)
  if (groups === null) return 1
  return groups.reduce((sum, group) => sum + inGroup(group), 0)
}

/** "ia", "io", "ai", "ão", "ões" are one; an accented i or u, or two strong vowels, start another. */
function inGroup(group: string): number {
  let count = 1
  for (let index = 1; index < group.length; index += 1) {
    const pair = group.slice(index - 1, index + 1)
    const hiatus = /[íú]$/.test(pair) || /^[aáâeéêoóô][aáâeéêoóô]$/.test(pair)
    if (hiatus) count += 1
  }
  return count
}
