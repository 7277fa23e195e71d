import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose'
import type { Database } from '../db/database'
import { signingKeys } from '../db/schema'

/** The key pair that signs access tokens, and its public half as others read it. */
export type SigningKey = { kid: string; privateKey: CryptoKey; publicKey: CryptoKey; publicJwk: JWK }

export const signingAlgorithm = 'ES256'

/** The key of this database, made at the first start and kept. Processes that start together end with the same. */
export async function loadSigningKey(db: Database, now: Date): Promise<SigningKey> {
  const [kept] = await db.select().from(signingKeys)
  if (kept !== undefined) return fromJwk(kept.privateJwk)
  const { privateKey } = await generateKeyPair(signingAlgorithm, { extractable: true })
  const privateJwk = await exportJWK(privateKey)
  await db.insert(signingKeys).values({ id: 1, privateJwk, createdAt: now }).onConflictDoNothing()
  const [stored] = await db.select().from(signingKeys)
  return fromJwk(stored?.privateJwk ?? privateJwk)
}

async function fromJwk(privateJwk: JWK): Promise<SigningKey> {
  const { d: _private, ...publicPart } = privateJwk
  const kid = await calculateJwkThumbprint(publicPart)
  const [privateKey, publicKey] = await Promise.all([
    importJWK(privateJwk, signingAlgorithm),
    importJWK(publicPart, signingAlgorithm),
  ])
  return {
    kid,
    privateKey: privateKey as CryptoKey,
    publicKey: publicKey as CryptoKey,
    publicJwk: { ...publicPart, kid, use: 'sig', alg: signingAlgorithm },
  }
}
