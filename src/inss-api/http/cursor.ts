import { Problem } from './problem'

/** An opaque cursor for the key of the last item of a page. */
export function writeCursor(key: string): string {
  return Buffer.from(`1:${key}`, 'utf8').toString('base64url')
}

/** The key inside a cursor. Throws `invalid_cursor`. */
export function readCursor(cursor: string, key: RegExp): string {
  const text = Buffer.from(cursor, 'base64url').toString('utf8')
  const found = text.startsWith('1:') ? text.slice(2) : undefined
  if (found === undefined || !key.test(found)) throw new Problem('invalid_cursor')
  return found
}
