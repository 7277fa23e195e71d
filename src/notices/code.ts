import { createHmac } from 'node:crypto'

/** No vowels (no words), and of each pair that looks alike (0 O, 1 I L, 2 Z, 5 S, 8 B, U V) neither. */
const ALPHABET = '34679CDFGHJKMNPQRTWXY'
const LENGTH = 8

/** The check code of a notice, as it is kept: `7K3P9XQM`. Without the key no other can be made up. */
export function codeOf(key: Buffer, noticeId: string): string {
  let number = createHmac('sha256', key).update(noticeId).digest().readBigUInt64BE()
  let code = ''
  while (code.length < LENGTH) {
    code += ALPHABET[Number(number % BigInt(ALPHABET.length))]
    number /= BigInt(ALPHABET.length)
  }
  return code
}

/** As it is written in a notice: `7K3P-9XQM`. */
export function shownCode(code: string): string {
  return `${code.slice(0, 4)}-${code.slice(4)}`
}

/** The code in what somebody wrote, however they wrote it: `o código é 7k3p 9xqm`. */
export function findCode(text: string): string | undefined {
  const found = new RegExp(
    `(?<![\\p{L}\\d])([${ALPHABET}]{4})[ .–-]*([${ALPHABET}]{4})(?![\\p{L}\\d])`,
    'iu',
  ).exec(text)
  return found === null ? undefined : `${found[1]}${found[2]}`.toUpperCase()
}
