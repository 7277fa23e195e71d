import { createHmac, hkdfSync } from 'node:crypto'
import type { ChannelId } from '../message'
import { seal, unseal } from '../seal'

/** A conversation has several messages in a row; so many addresses are kept open. */
const MOST_OPENED = 2000

export type Addresses = ReturnType<typeof createAddresses>

/**
 * Names conversations after people without telling who they are, and seals where they are reached.
 * @param secretKey 32 bytes; with another key everybody is a stranger
 */
export function createAddresses(channel: ChannelId, secretKey: Buffer) {
  const key = (purpose: string) =>
    Buffer.from(hkdfSync('sha256', secretKey, Buffer.alloc(0), `${purpose}:${channel}`, 32))
  const nameKey = key('conversation-name')
  const sealKey = key('contact-address')
  const opened = new Map<string, unknown>()
  function remember(sealed: string, address: unknown): void {
    if (opened.size >= MOST_OPENED) opened.clear()
    opened.set(sealed, address)
  }
  return {
    /** The conversation of whom the provider calls `who`: always the same, and nothing can be read from it. */
    conversationOf(who: string): string {
      return createHmac('sha256', nameKey).update(who).digest('base64url').replace(/[-_]/g, '0').slice(0, 22)
    },
    /** @param address anything JSON the channel needs to reach the person */
    seal(address: object): string {
      const sealed = seal(sealKey, 'address', JSON.stringify(address))
      // It is answered in a moment, mostly by this process.
      remember(sealed, address)
      return sealed
    },
    /** What `seal` closed; undefined when it was another key's or is missing. */
    open(sealed: string | undefined): unknown | undefined {
      if (sealed === undefined) return undefined
      const known = opened.get(sealed)
      if (known !== undefined) return known
      const text = unseal(sealKey, 'address', sealed)
      if (text === undefined) return undefined
      const address: unknown = JSON.parse(text)
      remember(sealed, address)
      return address
    },
  }
}

/**
 * A Brazilian mobile number without its ninth digit, for comparing: networks and WhatsApp write the same line with
 * and without it. Never for sending. Any other number comes back as it is.
 * @param digits with country code, no plus: `5511987654321`
 */
export function withoutNinthDigit(digits: string): string {
  const found = /^55([1-9]\d)9([6-9]\d{7})$/.exec(digits)
  return found === null ? digits : `55${found[1]}${found[2]}`
}
