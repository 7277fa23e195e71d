/**
 * How a folded word sounds to a Brazilian ear, roughly: words spelt by ear get the same key as the dictionary's.
 * "aposentadoria", "apozentadoria" and "apuzentaduria" are one; "exigência", "esigensia" and "izigência" too.
 */
export function soundOf(word: string): string {
  return word
    .replace(/h(?=[aeiou])|h$/g, (_, at: number) => (/[lnc]/.test(word[at - 1] ?? '') ? 'h' : ''))
    .replace(/ph/g, 'f')
    .replace(/lh/g, 'li')
    .replace(/nh/g, 'ni')
    .replace(/ch|sh/g, 'x')
    .replace(/sc(?=[ei])|xc(?=[ei])/g, 's')
    .replace(/^ex(?=[aeiou])|^es(?=[aeiou])|^iz(?=[aeiou])|^ez(?=[aeiou])/, 'is')
    .replace(/^e(?=[sxnm][^aeiou])/, 'i')
    .replace(/qu(?=[ei])|q|k|c(?=[^ei]|$)/g, 'k')
    .replace(/gu(?=[ei])/g, 'G')
    .replace(/g(?=[ei])/g, 'j')
    .replace(/G/g, 'g')
    .replace(/[cz]/g, 's')
    .replace(/x/g, 's')
    .replace(/y/g, 'i')
    .replace(/w/g, 'u')
    .replace(/l(?=[^aeiou]|$)/g, 'u')
    .replace(/n(?=[^aeiou]|$)/g, 'm')
    .replace(/(.)\1+/g, '$1')
    .replace(/r$/, '')
    .replace(/o/g, 'u')
    .replace(/e/g, 'i')
    .replace(/(.)\1+/g, '$1')
}
