import { z } from 'zod'
import type { Clock } from '../../clock'
import type { Records } from '../../store/store'
import { type Addresses, withoutNinthDigit } from '../address'
import type { Move, Person } from './inbound'

/** The conversation of a person, and the sealed address it is answered at. */
export type Place = { conversationId: string; address: string }

const DAY = 86_400
/** As long as a conversation itself is kept. */
const KEPT_SECONDS = 90 * DAY
/** A person who moved may keep the conversation for years. */
const MOVED_SECONDS = 3650 * DAY
const CACHED_MS = 60_000
const CACHED_PEOPLE = 10_000

/** Of an id of Meta's: whose conversation it is, the number it was last seen with and when (ms since 1970). */
const knownId = z.object({
  /** Absent while it is the one named after the id itself. */
  conversationId: z.string().optional(),
  phone: z.string().optional(),
  seen: z.number(),
})
/** Of a number: whose conversation it is, its own while no id came with it; and, after its holder left it, by which message and from which conversation. */
const knownPhone = z.object({
  conversationId: z.string(),
  left: z.object({ by: z.string(), conversationId: z.string() }).optional(),
})

/**
 * Which conversation a person has. Meta's id of them decides where there is one, so whoever gets a recycled number
 * begins anew; the number decides only while it is all there is. Numbers and ids are kept as their names, from which
 * nobody can be read.
 */
export function createPeople(options: {
  addresses: Addresses
  records: Records
  clock: Clock
  /** Ends what the holder of a number, of whom no more was known, was promised in this conversation. */
  leave: (conversationId: string, by: Person) => Promise<void>
}) {
  const { addresses, records, clock } = options
  const cache = new Map<string, { until: number; place: Promise<Place> }>()
  /** What is needed to reach them, and no more. */
  const addressOf = ({ phone, bsuid }: Person) => addresses.seal(bsuid === undefined ? { phone } : { bsuid })
  const phoneName = (phone: string) => addresses.conversationOf(withoutNinthDigit(phone))
  const idKey = (name: string) => `wa:id:${name}`
  const phoneKey = (name: string) => `wa:tel:${name}`
  const readId = async (name: string) => knownId.safeParse(await records.get(idKey(name))).data
  const readPhone = async (name: string) => knownPhone.safeParse(await records.get(phoneKey(name))).data

  /**
   * One look into the records for a person and minute. While the records do not answer, people seen before stay
   * where they were.
   */
  function placeOf(person: Person): Promise<Place> {
    const key = `${person.bsuid ?? ''} ${person.phone ?? ''}`
    const now = clock.now().getTime()
    const cached = cache.get(key)
    if (cached !== undefined && cached.until > now) return cached.place
    cache.delete(key)
    const looked = conversationOf(person).then((conversationId) => ({
      conversationId,
      address: addressOf(person),
    }))
    const place = cached === undefined ? looked : looked.catch(() => cached.place)
    place.catch(() => cache.delete(key))
    if (cache.size >= CACHED_PEOPLE) cache.delete(cache.keys().next().value ?? '')
    cache.set(key, { until: now + CACHED_MS, place })
    return place
  }

  async function conversationOf(person: Person): Promise<string> {
    const name = addresses.conversationOf(whoIs(person))
    if (person.bsuid === undefined) {
      const held = await readPhone(name)
      // Kept as long as a yes to notices is, so that whoever has the number later does not get them.
      if (held === undefined) await records.set(phoneKey(name), { conversationId: name }, MOVED_SECONDS)
      return held?.conversationId ?? name
    }
    const number = person.phone === undefined ? undefined : phoneName(person.phone)
    const known = await readId(name)
    const conversationId = known?.conversationId ?? name
    const now = clock.now().getTime()
    const remembered = known !== undefined && known.phone === number && now - known.seen < DAY * 1000
    if (number !== undefined && !remembered) {
      const seconds = conversationId === name ? KEPT_SECONDS : MOVED_SECONDS
      // Whether an id that is new on it is the one who wrote before, nobody can tell.
      const held = known?.phone === number ? undefined : await readPhone(number)
      if (held !== undefined && (held.conversationId === number || held.left !== undefined))
        await options.leave(held.conversationId, person)
      await Promise.all([
        records.set(
          idKey(name),
          { ...(conversationId !== name && { conversationId }), phone: number, seen: now },
          seconds,
        ),
        records.set(phoneKey(number), { conversationId }, seconds),
      ])
    }
    return conversationId
  }

  /**
   * Carries a conversation over to a person's new number or id. The number left behind begins anew with whoever
   * gets it. Hearing of the same move again changes nothing.
   * @param messageId of the message that told it
   */
  async function move({ before, now }: Move, messageId: string): Promise<Place> {
    const beforeName = addresses.conversationOf(whoIs(before))
    const knownBefore = before.bsuid === undefined ? undefined : await readId(beforeName)
    const oldNumber = before.phone === undefined ? knownBefore?.phone : phoneName(before.phone)
    const oldPhone = oldNumber === undefined ? undefined : await readPhone(oldNumber)
    const heardBefore = oldPhone?.left?.by === messageId ? oldPhone.left.conversationId : undefined
    const conversationId =
      before.bsuid === undefined
        ? (heardBefore ?? oldPhone?.conversationId ?? beforeName)
        : (knownBefore?.conversationId ?? beforeName)
    const newNumber = now.phone === undefined ? undefined : phoneName(now.phone)
    if (now.bsuid !== undefined) {
      const known = { conversationId, seen: clock.now().getTime(), ...(newNumber && { phone: newNumber }) }
      await records.set(idKey(addresses.conversationOf(now.bsuid)), known, MOVED_SECONDS)
    }
    if (newNumber !== undefined) await records.set(phoneKey(newNumber), { conversationId }, MOVED_SECONDS)
    const stillTheirs = oldPhone === undefined || oldPhone.conversationId === conversationId
    if (oldNumber !== undefined && oldNumber !== newNumber && stillTheirs) {
      const anew = addresses.conversationOf(`${oldNumber} after ${messageId}`)
      const left = { conversationId: anew, left: { by: messageId, conversationId } }
      await records.set(phoneKey(oldNumber), left, MOVED_SECONDS)
    }
    cache.clear()
    return { conversationId, address: addressOf(now) }
  }

  return { placeOf, move }
}

function whoIs(person: Person): string {
  if (person.phone === undefined) return person.bsuid
  return person.bsuid ?? withoutNinthDigit(person.phone)
}
