import { z } from 'zod'
import type { HandoffInitiate, InboundContent, Outbound } from '../../message'

/**
 * What a Direct Line client posts:
 * `{"type":"message","from":{"id":"dl_1"},"text":"oi","channelData":{"clientActivityID":"17000.1"}}`
 */
export const postedActivity = z.object({
  type: z.string().min(1).max(60),
  from: z.looseObject({ id: z.string().max(200), name: z.string().max(200).optional() }).optional(),
  text: z.string().nullish(),
  textFormat: z.string().max(20).optional(),
  locale: z.string().max(20).optional(),
  name: z.string().max(200).nullish(),
  value: z.unknown().optional(),
  attachments: z
    .array(z.looseObject({ contentType: z.string().max(200), name: z.string().max(300).nullish() }))
    .max(20)
    .nullish(),
  channelData: z.record(z.string(), z.unknown()).nullish(),
})

export type PostedActivity = z.infer<typeof postedActivity>

/** Real clients nest about ten levels (cards); what is thousands of levels deep could not be written down again. */
const MOST_LEVELS = 64

/** Whether something that was parsed is nested deeper than any client nests. */
export function isTooDeep(value: unknown, levels: number = MOST_LEVELS): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some((each) => isTooDeep(each, levels - 1))
}

/** An activity as it is kept in the transcript; `id` and `conversation` are added when it is read. */
export type StoredActivity = {
  type: string
  timestamp: string
  channelId: 'directline'
  from: { id: string; name?: string; role: 'user' | 'bot' }
  text?: string
  textFormat?: 'plain'
  locale?: string
  name?: string
  value?: unknown
  attachments?: Attachment[]
  suggestedActions?: { to: string[]; actions: CardAction[] }
  inputHint?: 'expectingInput' | 'acceptingInput'
  replyToId?: string
  channelData?: Record<string, unknown>
}

export type Attachment = { contentType: string; name?: string; content?: unknown; contentUrl?: string }
export type CardAction = {
  type: 'imBack' | 'openUrl'
  title: string
  value: string
  channelData?: { questionId: string }
}

export type Activity = StoredActivity & { id: string; conversation: { id: string } }

/** What `GET activities` and the stream answer with; the watermark is the sequence of the last activity. */
export type ActivitySet = { activities: Activity[]; watermark: string }

/** Who speaks for the desk of people, under the name of who it is. */
const people = { id: 'atendimento-meu-inss', role: 'bot' } as const

export const bot = { id: 'assistente-meu-inss', name: 'Assistente Meu INSS', role: 'bot' } as const

export function activityId(conversationId: string, sequence: number): string {
  return `${conversationId}|${String(sequence).padStart(7, '0')}`
}

/** The client's own id of a message: a repeat of a POST carries the same. */
export function clientActivityId(posted: PostedActivity): string | undefined {
  const id = posted.channelData?.clientActivityID
  return typeof id === 'string' && id.length > 0 && id.length <= 200 ? id : undefined
}

/** A client's activity as kept: who speaks is decided by the token, files are named but not kept. */
export function toStored(posted: PostedActivity, userId: string, at: string): StoredActivity {
  const stored: StoredActivity = {
    type: posted.type,
    timestamp: at,
    channelId: 'directline',
    from: { id: userId, role: 'user' },
  }
  if (posted.from?.name !== undefined) stored.from.name = posted.from.name
  if (posted.text != null) stored.text = posted.text
  if (posted.type === 'message') stored.textFormat = 'plain'
  if (posted.locale !== undefined) stored.locale = posted.locale
  if (posted.name != null) stored.name = posted.name
  if (posted.value !== undefined) stored.value = posted.value
  if (posted.channelData != null) stored.channelData = posted.channelData
  if (posted.attachments != null && posted.attachments.length > 0) {
    stored.attachments = posted.attachments.map(({ contentType, name }) => ({
      contentType,
      ...(name != null ? { name } : {}),
    }))
  }
  return stored
}

/** What the conversation hears of a client's activity; undefined when it is nothing said (typing, events). */
export function toInbound(
  posted: Pick<PostedActivity, 'type' | 'text' | 'value' | 'attachments' | 'channelData'>,
): InboundContent | undefined {
  if (posted.type !== 'message') return undefined
  const text = posted.text ?? (typeof posted.value === 'string' ? posted.value : '')
  const file = posted.attachments?.[0]
  if (text.trim() === '' && file !== undefined) return { kind: 'unsupported', what: kindOf(file.contentType) }
  const questionId = posted.channelData?.questionId
  return typeof questionId === 'string' && questionId.length <= 500
    ? { kind: 'text', text, questionId }
    : { kind: 'text', text }
}

function kindOf(contentType: string): 'audio' | 'image' | 'video' | 'document' | 'other' {
  const family = contentType.split('/')[0]?.toLowerCase()
  if (family === 'audio' || family === 'image' || family === 'video') return family
  return family === 'application' || family === 'text' ? 'document' : 'other'
}

/** A message of ours in Bot Framework's words: choices become suggested actions, a link becomes a card. */
export function fromOutbound(message: Outbound): StoredActivity {
  const { questionId, link, file, event, agent, speaker } = message
  if (event !== undefined) return initiateActivity(message, event)
  const activity: StoredActivity = {
    type: 'message',
    timestamp: message.at,
    channelId: 'directline',
    from: agent === undefined ? bot : { ...people, name: agent.name },
    text: message.text,
    textFormat: 'plain',
    locale: 'pt-BR',
    inputHint: message.expects === undefined ? 'acceptingInput' : 'expectingInput',
    channelData: {
      outcome: message.outcome,
      ...(speaker !== undefined && { speaker }),
      ...(message.expects === undefined ? {} : { expects: message.expects }),
      ...(questionId === undefined ? {} : { questionId }),
    },
  }
  if (message.choices !== undefined && message.choices.length > 0) {
    const actions = message.choices.map(
      ({ title, value }): CardAction => ({
        type: 'imBack',
        title,
        value,
        ...(questionId === undefined ? {} : { channelData: { questionId } }),
      }),
    )
    activity.suggestedActions = { to: [], actions }
  }
  if (link !== undefined && isWebAddress(link.url)) {
    const button: CardAction = { type: 'openUrl', title: link.title, value: link.url }
    activity.attachments = [
      { contentType: 'application/vnd.microsoft.card.hero', content: { buttons: [button] } },
    ]
  }
  if (file !== undefined) {
    const contentUrl = `data:${file.mimeType};base64,${file.content}`
    const sent: Attachment = { contentType: file.mimeType, name: file.name, contentUrl }
    activity.attachments = [...(activity.attachments ?? []), sent]
  }
  return activity
}

/** What another desk answers a `handoff.initiate` with: `{"state":"accepted"}`. */
const statusValue = z.object({ state: z.string().max(60) })

/** The state another desk tells of; undefined when it is no `handoff.status`. */
export function handoffState(posted: Pick<PostedActivity, 'type' | 'name' | 'value'>): string | undefined {
  if (posted.type !== 'event' || posted.name !== 'handoff.status') return undefined
  return statusValue.safeParse(posted.value).data?.state
}

function initiateActivity({ at }: Outbound, { name, value, transcript }: HandoffInitiate): StoredActivity {
  const activities = transcript.map(({ at, by, text }) => ({
    type: 'message',
    timestamp: at,
    from: by === 'bot' ? bot : { role: 'user' },
    text,
  }))
  return {
    type: 'event',
    timestamp: at,
    channelId: 'directline',
    from: bot,
    name,
    value,
    attachments: [{ contentType: 'application/json', name: 'Transcript', content: { activities } }],
  }
}

/** The name of the agent who says a stored message; undefined when no person does. */
export function agentOf({ from, channelData }: Activity): string | undefined {
  return channelData?.speaker === 'agent' && from.role !== 'user' ? from.name : undefined
}

/** A file that goes with a stored message of ours, as an address to save it from. */
export function fileOf({ attachments }: Activity): { name: string; url: string } | undefined {
  const file = attachments?.find(({ contentUrl }) => contentUrl?.startsWith('data:') === true)
  return file === undefined ? undefined : { name: file.name ?? '', url: file.contentUrl ?? '' }
}

/** The page a stored message of ours asks the person to open. */
export function linkOf(activity: StoredActivity): { title: string; url: string } | undefined {
  const card = activity.attachments?.[0]?.content as { buttons?: CardAction[] } | undefined
  const button = card?.buttons?.[0]
  return button?.type === 'openUrl' && isWebAddress(button.value)
    ? { title: button.title, url: button.value }
    : undefined
}

function isWebAddress(url: string): boolean {
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)
}
