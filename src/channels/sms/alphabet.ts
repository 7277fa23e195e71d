/**
 * The letters an SMS can carry, and how many SMS a text takes. One letter outside GSM-7 makes the whole message
 * UCS-2, which more than doubles its price, so the letters of our texts are folded: `você` goes out as `voce`.
 *
 * A name the person has to check is never folded when the text marks it with Unicode's isolates,
 * `\u2068{name}\u2069`: if the alphabet lacks one of its letters, the message goes out in UCS-2 as it was written.
 */

/** 3GPP TS 23.038, default alphabet, without the escape. */
const BASIC = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡' +
    'ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
)

/** Written as an escape and a letter: two septets, never in different parts. */
const EXTENDED = new Set('\f^{}\\[~]|€')

/** In the alphabet in one case only: folded too, or `Ç` would stay in SITUAÇÃO and go in situação. */
const HALF_A_PAIR = new Set('àèìòùÇ')

/** Signs of our texts in letters that can be read aloud; what only loses its accent is not listed. */
const WRITTEN: Record<string, string> = {
  ...each('“”„«»″', '"'),
  ...each('‘’‚‹›`´′', "'"),
  ...each('‐‑‒–—―−', '-'),
  ...each('•·‣◦▪●', '-'),
  ...each('✓✔✅☑', '(ok)'),
  ...each('✗✘❌✖', '(falta)'),
  '→': '->',
  '≥': '>=',
  '≤': '<=',
  '×': 'x',
  '°': 'o',
  '⁄': '/',
  '\t': ' ',
}

/** Zero-width characters and controls: they show nothing. */
const INVISIBLE = /\p{Cf}|\p{Variation_Selector}|(?![\n\t])\p{Cc}/gu
/** In UCS-2 the zero-width ones stay: some letters and emoji are joined by them. */
const MARKS_AND_CONTROLS = /[\u2068\u2069]|(?![\n\t])\p{Cc}/gu
const MARKED = /\u2068([^\u2068\u2069]*)\u2069/

export type Alphabet = 'gsm7' | 'ucs2'

/** The text as it goes out, in the cheaper alphabet where nothing is lost by it. */
export function smsText(text: string): { text: string; alphabet: Alphabet } {
  const written = text.normalize('NFC').replace(/\r\n?/g, '\n')
  // What the pattern captured, a marked name, stands at the odd places.
  const folded = written
    .split(MARKED)
    .map((part, index) => (index % 2 === 1 ? part.replace(INVISIBLE, '') : fold(part)))
    .join('')
  if (inGsm7(folded)) return { text: folded, alphabet: 'gsm7' }
  return { text: written.replace(MARKS_AND_CONTROLS, ''), alphabet: 'ucs2' }
}

/** How many SMS a text takes as it stands, and in which alphabet. */
export function segmentsOf(text: string): { alphabet: Alphabet; segments: number } {
  const letters = [...text]
  return inGsm7(text)
    ? { alphabet: 'gsm7', segments: parts(letters, (letter) => (EXTENDED.has(letter) ? 2 : 1), 160, 153) }
    : { alphabet: 'ucs2', segments: parts(letters, (letter) => letter.length, 70, 67) }
}

/** @param single units of a message alone; @param part units of one of several, which carry a header */
function parts(letters: string[], size: (letter: string) => number, single: number, part: number): number {
  const sizes = letters.map(size)
  if (sizes.reduce((sum, each) => sum + each, 0) <= single) return 1
  let count = 1
  let used = 0
  for (const each of sizes) {
    if (used + each > part) {
      count += 1
      used = 0
    }
    used += each
  }
  return count
}

function inGsm7(text: string): boolean {
  for (const letter of text) if (!BASIC.has(letter) && !EXTENDED.has(letter)) return false
  return true
}

/** In letters of GSM-7 as far as there are any for it. */
function fold(text: string): string {
  return Array.from(text.replace(INVISIBLE, ''), foldLetter).join('')
}

function foldLetter(letter: string): string {
  const written = WRITTEN[letter]
  if (written !== undefined) return written
  if (inGsm7(letter) && !HALF_A_PAIR.has(letter)) return letter
  const plain = letter.normalize('NFKD').replace(/\p{M}/gu, '').replace(/\s/g, ' ').replaceAll('⁄', '/')
  return plain !== '' && inGsm7(plain) ? plain : letter
}

function each(letters: string, written: string): Record<string, string> {
  return Object.fromEntries(Array.from(letters, (letter) => [letter, written]))
}
