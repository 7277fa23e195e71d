import { z } from 'zod'
import type { Outbound } from '../../message'
import { type ShapeRules, shape } from '../shape'
import {
  type CardAction,
  fromOutbound,
  postedActivity,
  type StoredActivity,
  toInbound,
} from '../web/activity'

const account = z.object({ id: z.string().min(1).max(300), name: z.string().max(300).nullish() })

/**
 * What a channel of Azure Bot Service posts to `/api/messages`:
 * `{"type":"message","id":"1f2e","channelId":"msteams","serviceUrl":"https://smba.trafficmanager.net/br/",
 * "from":{"id":"29:1a","name":"Ana"},"recipient":{"id":"28:2b"},"conversation":{"id":"a:3c"},"text":"oi"}`
 */
export const channelActivity = postedActivity.extend({
  id: z.string().min(1).max(500).nullish(),
  channelId: z.string().min(1).max(100),
  serviceUrl: z.url({ protocol: /^https?$/ }).max(1000),
  from: account,
  recipient: account,
  conversation: z.object({
    // It becomes a part of an address, which cannot hold half a character.
    id: z
      .string()
      .min(1)
      .max(1000)
      .regex(/^\P{Cs}*$/u),
    isGroup: z.boolean().nullish(),
    conversationType: z.string().max(100).nullish(),
    tenantId: z.string().max(100).nullish(),
  }),
  /** The conversation another desk speaks about, when it speaks in one of its own. */
  relatesTo: z
    .looseObject({
      user: z.looseObject({ id: z.string().max(300) }).nullish(),
      conversation: z.looseObject({ id: z.string().max(1000) }).nullish(),
    })
    .nullish(),
  membersAdded: z.array(account).max(100).nullish(),
  deliveryMode: z.string().max(50).nullish(),
})

export type ChannelActivity = z.infer<typeof channelActivity>

/** Where a person is reached over a channel: what Bot Framework calls a conversation reference. */
export const reference = z.object({
  channelId: z.string(),
  serviceUrl: z.string(),
  conversation: z.object({ id: z.string(), tenantId: z.string().optional() }),
  bot: z.object({ id: z.string(), name: z.string().optional() }),
  user: z.object({ id: z.string(), name: z.string().optional() }),
  /** The newest activity of the person, and our name of it. */
  last: z.object({ id: z.string(), inboundId: z.string() }).optional(),
})

export type Reference = z.infer<typeof reference>

/** Several people read a group: what one asks about their benefit is not for the others. */
export function isGroup({ conversation: { isGroup, conversationType } }: ChannelActivity): boolean {
  return isGroup === true || (conversationType != null && conversationType !== 'personal')
}

/** Who speaks, or who came in; undefined when it was only us. */
export function personOf(
  activity: ChannelActivity,
): { id: string; name?: string | null | undefined } | undefined {
  if (activity.type !== 'conversationUpdate') return activity.from
  return activity.membersAdded?.find(({ id }) => id !== activity.recipient.id)
}

/** What the conversation hears; undefined when nothing was said. */
export function contentOf(activity: ChannelActivity): ReturnType<typeof toInbound> | { kind: 'opened' } {
  return activity.type === 'conversationUpdate' ? { kind: 'opened' } : toInbound(activity)
}

/** Channels that show suggested actions, and how many; and those that show the buttons of a card instead. */
const suggestions: Record<string, number> = {
  emulator: 100,
  directline: 100,
  directlinespeech: 100,
  webchat: 100,
  telegram: 100,
  line: 13,
  facebook: 10,
}
const cards: Record<string, number> = { msteams: 6, slack: 5 }
/** Elsewhere `channelData` is taken for a message in the channel's own words. */
const ownClients = ['emulator', 'directline', 'webchat']

/**
 * A message of ours for `POST /v3/conversations/{id}/activities`. A channel without buttons gets choices as
 * numbered lines and the link as a line.
 */
export function toActivity(message: Outbound, to: Reference) {
  if (message.event !== undefined) return { ...fromOutbound(message), ...addressed(to) }
  const buttons = suggestions[to.channelId] ?? cards[to.channelId]
  const rules: ShapeRules = {
    text: Number.MAX_SAFE_INTEGER,
    join: false,
    link: buttons === undefined ? 'line' : 'button',
    ...(buttons !== undefined && { buttons: { most: buttons, title: 100 } }),
  }
  const { choices, link, ...rest } = message
  const [bubble = { text: message.text }] = shape([message], rules)
  const { channelData, suggestedActions, ...activity } = fromOutbound({
    ...rest,
    text: bubble.text,
    ...(bubble.choices && { choices: bubble.choices }),
    ...(bubble.link && { link: bubble.link }),
  })
  const { last } = to
  return {
    ...activity,
    ...(suggestedActions !== undefined && shownOn(to, suggestedActions, activity.attachments)),
    ...(ownClients.includes(to.channelId) && { channelData }),
    ...(last !== undefined && last.inboundId === message.replyTo && { replyToId: last.id }),
    ...addressed(to),
  }
}

/** "An answer is being prepared", where a channel shows it. */
export function typingActivity(to: Reference) {
  return { type: 'typing', ...addressed(to) }
}

function addressed({ channelId, conversation, bot, user }: Reference) {
  return {
    channelId,
    conversation,
    from: { ...bot, role: 'bot' as const },
    recipient: { ...user, role: 'user' as const },
  }
}

function shownOn(
  { channelId }: Reference,
  suggestedActions: { to: string[]; actions: CardAction[] },
  attachments: StoredActivity['attachments'] = [],
) {
  if (cards[channelId] === undefined) return { suggestedActions }
  const buttons = suggestedActions.actions.map(({ type, title, value }) => ({ type, title, value }))
  return {
    attachments: [
      ...attachments,
      { contentType: 'application/vnd.microsoft.card.hero', content: { buttons } },
    ],
  }
}
