import { hash } from 'node:crypto'
import type { Channel } from '../channels/channel'
import type { ChannelId, DeskEvent, Inbound, Outbound } from '../message'
import { inRegister } from '../text'
import type { Ticket } from './ticket'

/** How the person's channel says things; one that is off says them plainly. */
export type ChannelOf = (id: ChannelId) => Pick<Channel, 'register' | 'shape'> | undefined

/** One thing said; without an agent, by the desk. */
export type Saying = { text: string; file?: Outbound['file']; agent?: { id: string; name: string } }

/**
 * What people and the desk say, as messages of the person's channel; the same ids for the same key.
 * @param saying is called in the register of the channel, so that its texts are the short ones where those are said
 */
export function createMessages(channelOf: ChannelOf = () => undefined) {
  return (ticket: Ticket, key: string, at: string, saying: () => Saying[]): Outbound[] => {
    const { conversationId } = ticket
    const channel = channelOf(ticket.channel)
    const name = hash('sha256', `${conversationId}|${key}`, 'base64url').slice(0, 16)
    return inRegister(channel?.register, () =>
      saying().flatMap(({ text, file, agent }) => {
        const bubbles = channel?.shape?.([{ text }]) ?? [{ text }]
        return bubbles.map((bubble, index) => ({
          ...bubble,
          ...(agent === undefined
            ? { speaker: 'desk' as const }
            : { speaker: 'agent' as const, agent: { id: agent.id, name: agent.name } }),
          ...(file !== undefined && index === bubbles.length - 1 && { file }),
        }))
      }),
    ).map((part, index): Outbound => {
      const id = `desk.${name}.${index + 1}`
      return { ...part, id, conversationId, channel: ticket.channel, at, outcome: 'handed_off' }
    })
  }
}

/** What the bot is to do, as a message in the conversation's inbox. */
export function inboundOf(ticket: Ticket, event: DeskEvent, at: string): Inbound {
  const { conversationId, channel, id, version } = ticket
  return { id: `${id}.${version}`, channel, conversationId, at, ...event }
}
