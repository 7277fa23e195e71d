import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

/**
 * Encrypts text for keeping at rest: AES-256-GCM with a fresh nonce; `context` is authenticated, so a sealed
 * value moved to another place does not open there.
 * @param key 32 bytes
 * @returns base64url of nonce (12 bytes), tag (16 bytes) and ciphertext
 */
export function seal(key: Buffer, context: string, text: string): string {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context))
  const ciphertext = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), ciphertext]).toString('base64url')
}

/** The text that `seal` closed, or undefined when the key, the context or the bytes are not the same. */
export function unseal(key: Buffer, context: string, sealed: string): string | undefined {
  const bytes = Buffer.from(sealed, 'base64url')
  if (bytes.length < 28) return undefined
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12)).setAAD(Buffer.from(context))
  decipher.setAuthTag(bytes.subarray(12, 28))
  try {
    return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8')
  } catch {
    return undefined
  }
}
