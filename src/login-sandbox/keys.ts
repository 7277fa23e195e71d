import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose'
import { z } from 'zod'
import { AppError } from '../errors'

/** What signs the id_tokens and the cookies. */
export type Keys = { jwk: JWK & { kid: string }; cookies: string }

const file = z.object({
  jwk: z.looseObject({ kty: z.literal('RSA'), kid: z.string(), d: z.string() }),
  cookies: z.string(),
})

/**
 * The keys kept in a folder, made at the first start; without a folder, new ones.
 * @throws AppError `config_invalid` when the folder cannot be used
 */
export async function loadKeys(folder?: string): Promise<Keys> {
  if (folder === undefined) return newKeys()
  const path = join(folder, 'login-sandbox-keys.json')
  const kept = read(path)
  if (kept !== undefined) return kept
  const keys = await newKeys()
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    writeFileSync(path, JSON.stringify(keys), { mode: 0o600 })
  } catch (cause) {
    throw new AppError('config_invalid', { message: `${path} cannot be written`, cause })
  }
  return keys
}

function read(path: string): Keys | undefined {
  try {
    return file.parse(JSON.parse(readFileSync(path, 'utf8'))) as Keys
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new AppError('config_invalid', {
      message: `${path} does not hold the keys of the login sandbox`,
      cause,
    })
  }
}

async function newKeys(): Promise<Keys> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true })
  const jwk = await exportJWK(privateKey)
  const kid = await calculateJwkThumbprint(jwk)
  return { jwk: { ...jwk, kid, use: 'sig', alg: 'RS256' }, cookies: randomBytes(32).toString('base64url') }
}
