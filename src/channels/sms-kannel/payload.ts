import { z } from 'zod'
import type { Receipt } from '../../message'

/**
 * `get-url` and `post-url` with the escapes that docs/channels/sms.md gives:
 * `id=6e8eb5a2-…&from=%2B5511900000001&at=1773151200&coding=0&charset=UTF-8&text=quero+me+aposentar`
 */
export const incoming = z.object({
  /** `%I`; empty when this Kannel gave none */
  id: z.string().regex(/^[\w.:-]{0,100}$/),
  /** `%q` */
  from: z.string().min(1).max(50),
  /** `%T`, seconds */
  at: z.string().max(20),
  /** `%c`: 0 letters, 1 bytes, 2 UCS-2, -1 not said */
  coding: z.enum(['', '-1', '0', '1', '2']),
  /** `%C` */
  charset: z.string().max(40),
})

/** `message=3kd9…~3kd9….r1&status=8`; the status is `%d`, see `statuses` */
export const report = z.object({ message: z.string().max(300), status: z.string().max(5) })

/** Bits of a delivery report: 1 delivered, 2 not delivered, 4 waits at the operator, 8 taken by it, 16 refused by it. */
export const statuses = new Map<string, Receipt['status']>([
  ['1', 'delivered'],
  ['2', 'failed'],
  ['4', 'sent'],
  ['8', 'sent'],
  ['16', 'failed'],
])
export const EVERY_REPORT = 31

/** The parameters of a query as bytes: the text of an SMS is not always UTF-8. The first of a name counts. */
export function queryOf(url: string): Map<string, Buffer> {
  const [, query = ''] = /\?([^#]*)/.exec(url) ?? []
  const found = new Map<string, Buffer>()
  for (const pair of query.split('&')) {
    const [name = '', ...value] = pair.split('=')
    if (name !== '' && !found.has(name)) found.set(name, percentDecoded(value.join('=')))
  }
  return found
}

/** The parameters a schema names, missing ones empty, as text. */
export function textsOf(query: Map<string, Buffer>, names: string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, query.get(name)?.toString('utf8') ?? '']))
}

/**
 * What the bytes say, or undefined when they are not text.
 * @param coding `%c`
 * @param charset `%C`; an unknown one counts as what the coding says
 */
export function decodeText(bytes: Buffer, coding: string, charset: string): string | undefined {
  const said = charsets.get(charset.trim().toLowerCase()) ?? (coding === '2' ? 'utf-16be' : 'utf-8')
  if (said !== 'utf-8') return new TextDecoder(said).decode(bytes)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    // Letters that an older Kannel sent in its own Latin 1. Bytes were meant for a program.
    return coding === '1' ? undefined : new TextDecoder('iso-8859-1').decode(bytes)
  }
}

const charsets = new Map([
  ['utf-8', 'utf-8'],
  ['utf8', 'utf-8'],
  ['us-ascii', 'utf-8'],
  ['iso-8859-1', 'iso-8859-1'],
  ['latin1', 'iso-8859-1'],
  ['windows-1252', 'iso-8859-1'],
  ['iso-8859-15', 'iso-8859-15'],
  ['utf-16be', 'utf-16be'],
  ['ucs-2', 'utf-16be'],
])

/** The text percent-encoded byte by byte, in the way Kannel reads UCS-2. */
export function encodeUcs2(text: string): string {
  const bytes = Buffer.from(text, 'utf16le').swap16()
  return bytes.toString('hex').toUpperCase().replace(/../g, '%$&')
}

function percentDecoded(text: string): Buffer {
  const bytes = text
    .replaceAll('+', ' ')
    .replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  // A request line is Latin 1: one character is one byte.
  return Buffer.from(bytes, 'latin1')
}
