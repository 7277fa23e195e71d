import type { Level } from '../identity/identity'
import { fileName, type SealedRecords } from '../identity/records'
import type { ChannelId } from '../message'
import type { Subject } from './subjects'

/** The yes of one person in one conversation. */
export type OptIn = {
  channel: ChannelId
  conversationId: string
  /** The INSS API's name for the person. */
  person: string
  /** The name we know a logged-in person by. */
  personRef: string
  subjects: Subject[]
  level: Level
  /** Of the last change. */
  at: string
  /** What was said yes and no to, newest last. */
  history: Change[]
}

export type Change =
  | { at: string; subjects: Subject[]; level: Level; wording: string }
  | { at: string; ended: Ending }

/** `replaced`: the person said yes in a newer conversation of the same channel. */
export type Ending = 'asked' | 'other_person' | 'number_changed' | 'replaced'

export type OptIns = ReturnType<typeof createOptIns>

/** A yes is asked for again after two years without a change. */
const KEPT_SECONDS = 2 * 365 * 86_400
const CHANGES_KEPT = 20

/**
 * Who wants which notices where. Each record is of one conversation, whose lease is held while it changes; a second
 * one leads from the person to the conversation of each channel. People are linked by login alone.
 */
export function createOptIns(options: { records: SealedRecords; channels: readonly ChannelId[] }) {
  const { records, channels } = options
  const place = (channel: ChannelId, conversationId: string) => `notices-yes:${channel}:${conversationId}`
  const leadsTo = (person: string, channel: ChannelId) => `notices-where:${fileName(person)}:${channel}`

  async function read(channel: ChannelId, conversationId: string): Promise<OptIn | undefined> {
    return (await records.get(place(channel, conversationId))) as OptIn | undefined
  }

  function write(optIn: OptIn): Promise<void> {
    return records.set(place(optIn.channel, optIn.conversationId), optIn, KEPT_SECONDS)
  }

  async function end(channel: ChannelId, conversationId: string, why: Ending, at: string) {
    const optIn = await read(channel, conversationId)
    if (optIn === undefined || optIn.subjects.length === 0) return undefined
    const history = [...optIn.history, { at, ended: why }].slice(-CHANGES_KEPT)
    await write({ ...optIn, subjects: [], at, history })
    const way = leadsTo(optIn.person, channel)
    if ((await records.get(way)) === conversationId) await records.delete(way)
    return optIn
  }

  return {
    /** The live yes of a conversation. */
    async of(channel: ChannelId, conversationId: string): Promise<OptIn | undefined> {
      const optIn = await read(channel, conversationId)
      return optIn === undefined || optIn.subjects.length === 0 ? undefined : optIn
    },
    /** Also one that ended, for what was wanted before. */
    read,
    /** Takes a yes, in the place of any other of this conversation and of this person on this channel. */
    async put(yes: Omit<OptIn, 'history'> & { wording: string }): Promise<void> {
      const { wording, ...optIn } = yes
      const { channel, conversationId, person, at } = optIn
      const before = await read(channel, conversationId)
      if (before !== undefined && before.person !== person)
        await end(channel, conversationId, 'other_person', at)
      const elsewhere = (await records.get(leadsTo(person, channel))) as string | undefined
      if (elsewhere !== undefined && elsewhere !== conversationId)
        await end(channel, elsewhere, 'replaced', at)
      const change = { at, subjects: optIn.subjects, level: optIn.level, wording }
      const known = before?.person === person ? before.history : []
      await write({ ...optIn, history: [...known, change].slice(-CHANGES_KEPT) })
      await records.set(leadsTo(person, channel), conversationId, KEPT_SECONDS)
    },
    /** @returns the yes that ended, if there was one */
    end,
    /** Every live yes of a person, in the order of the channels. */
    async ofPerson(person: string): Promise<OptIn[]> {
      const found = await Promise.all(
        channels.map(async (channel) => {
          const conversationId = (await records.get(leadsTo(person, channel))) as string | undefined
          return conversationId === undefined ? undefined : read(channel, conversationId)
        }),
      )
      return found.filter(
        (each) => each !== undefined && each.person === person && each.subjects.length > 0,
      ) as OptIn[]
    },
  }
}
