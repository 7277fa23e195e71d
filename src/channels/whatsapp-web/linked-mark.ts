import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Addresses } from '../address'

/**
 * Remembers beside the browser profile, over restarts, that a telephone is linked, which one (keyed, not its number)
 * and since when.
 */
export function createLinkedMark(sessionFolder: string, addresses: Addresses) {
  const file = join(sessionFolder, 'linked')
  return {
    exists: (): boolean => existsSync(file),
    /**
     * The telephone with this WhatsApp id is linked now.
     * @returns since when it first was, in milliseconds since 1970
     */
    note(account: string): number {
      const name = addresses.conversationOf(`own:${account}`)
      const [known, since] = existsSync(file) ? readFileSync(file, 'utf8').split(' ') : []
      if (known === name && Number(since) > 0) return Number(since)
      const now = Date.now()
      try {
        writeFileSync(file, `${name} ${now}`, { mode: 0o600 })
      } catch {
        // A full disk: the next start takes this telephone for a new one, which only costs old messages.
      }
      return now
    },
  }
}
