import { createHash, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import { seal, unseal } from '../seal'
import type { Records } from '../store/store'

/** Records whose values are sealed: nobody who reads the store learns or changes them. */
export type SealedRecords = {
  get(key: string): Promise<unknown | undefined>
  set(key: string, value: unknown, secondsToLive: number): Promise<void>
  take(key: string): Promise<unknown | undefined>
  delete(key: string): Promise<void>
}

/**
 * The records of login, encrypted under a key of their own. A value carries the id of its key and opens only in
 * the place it was written to; one that does not open is as good as absent.
 */
export function sealRecords(records: Records, secretKey: Buffer): SealedRecords {
  const key = derivedKey(secretKey, 'identity-records')
  const keyId = createHash('sha256').update(key).digest('base64url').slice(0, 8)
  const open = (place: string, kept: unknown): unknown | undefined => {
    const { id, sealed } = (kept ?? {}) as { id?: string; sealed?: string }
    if (id !== keyId || sealed === undefined) return undefined
    const text = unseal(key, `${keyId}|${place}`, sealed)
    return text === undefined ? undefined : JSON.parse(text)
  }
  return {
    get: async (place) => open(place, await records.get(place)),
    take: async (place) => open(place, await records.take(place)),
    delete: (place) => records.delete(place),
    set: (place, value, secondsToLive) =>
      records.set(
        place,
        { id: keyId, sealed: seal(key, `${keyId}|${place}`, JSON.stringify(value)) },
        secondsToLive,
      ),
  }
}

/** A key for one purpose, from the one secret. */
export function derivedKey(secretKey: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secretKey, Buffer.alloc(0), purpose, 32))
}

/** What a secret is filed under, so that the store's keys do not reveal it. */
export function fileName(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url')
}

/** Keyed digest of a text: the same for the same text, and telling nothing about it. */
export function keyedDigest(key: Buffer, text: string): string {
  return createHmac('sha256', key).update(text).digest('base64url')
}

/** Compares secrets in a time that does not depend on where they differ. */
export function sameSecret(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(expected))
}
