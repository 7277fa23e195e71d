import { hash } from 'node:crypto'
import type { Channel } from '../channels/channel'
import type { ChannelId, DeskEvent, Inbound, Outbound } from '../message'
import { inRegister, t } from '../text'
import type { Ticket } from './ticket'

/** Enough for any first name, and little enough for a caption. */
const LONGEST_NAME = 40

/** How the person's channel says things; one that is off says them plainly. */
export type ChannelOf = (id: ChannelId) => Pick<Channel, 'register' | 'shape' | 'showsSpeaker'> | undefined

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
        const named = agent === undefined ? '' : nameBefore(agent.name, channel)
        const whole = { text: `${named}${text}` }
        const bubbles = channel?.shape?.([whole]) ?? [whole]
        return bubbles.map((bubble, index) => ({
          ...bubble,
          ...(agent === undefined
            ? { speaker: 'desk' as const }
            : { speaker: 'agent' as const, agent: saidBy(agent, bubble.text, index === 0 ? named : '') }),
          ...(file !== undefined && index === bubbles.length - 1 && { file }),
        }))
      }),
    ).map((part, index): Outbound => {
      const id = `desk.${name}.${index + 1}`
      return { ...part, id, conversationId, channel: ticket.channel, at, outcome: 'handed_off' }
    })
  }
}

/**
 * What an agent's words begin with, so that the person sees who speaks: short, since it may cost; nothing where the
 * channel shows it.
 */
export function nameBefore(name: string, channel: Pick<Channel, 'showsSpeaker'> | undefined): string {
  if (channel?.showsSpeaker === true) return ''
  const [first = ''] = name.trim().split(/\s+/)
  return t('format.agent_says', { name: first.slice(0, LONGEST_NAME), text: '' })
}

function saidBy(
  { id, name }: { id: string; name: string },
  text: string,
  named: string,
): NonNullable<Outbound['agent']> {
  return { id, name, ...(named !== '' && text.startsWith(named) && { named }) }
}

/** What the bot is to do, as a message in the conversation's inbox. */
export function inboundOf(ticket: Ticket, event: DeskEvent, at: string): Inbound {
  const { conversationId, channel, id, version } = ticket
  return { id: `${id}.${version}`, channel, conversationId, at, ...event }
}
