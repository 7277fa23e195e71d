import type { Activity } from './direct-line'

/** One message as shown. */
export type Message = {
  id: string
  who: 'you' | 'assistant'
  /** The name of the agent who says it; the assistant itself when absent. */
  agent?: string
  text: string
  at: string
  choices: { title: string; value: string }[]
  questionId?: string
  link?: { title: string; url: string }
  /** Name of a sent file, empty when it had none. */
  file?: string
  /** A file of ours to save, at a `data:` address. */
  download?: { name: string; url: string }
  clientId?: string
}

/** @returns undefined for what is not shown: events, typing. */
export function toMessage(activity: Activity): Message | undefined {
  if (activity.type !== 'message') return undefined
  const { id, timestamp, from, attachments, channelData = {} } = activity
  const who = from.role === 'bot' ? 'assistant' : 'you'
  const message: Message = { id, who, text: activity.text ?? '', at: timestamp, choices: [] }
  const { questionId, title, clientActivityID } = channelData
  if (typeof questionId === 'string') message.questionId = questionId
  const attachment = attachments?.[0]
  if (who === 'you') {
    if (typeof title === 'string') message.text = title
    if (typeof clientActivityID === 'string') message.clientId = clientActivityID
    if (message.text === '' && attachment !== undefined) message.file = attachment.name ?? ''
    return message
  }
  if (channelData.speaker === 'agent' && from.name !== undefined) message.agent = from.name
  for (const action of activity.suggestedActions?.actions ?? []) {
    if (action.type === 'imBack') message.choices.push({ title: action.title, value: action.value })
  }
  const button = attachment?.content?.buttons?.[0]
  if (button?.type === 'openUrl' && /^https?:\/\//i.test(button.value)) {
    message.link = { title: button.title, url: button.value }
  }
  const file = attachments?.find(({ contentUrl }) => contentUrl?.startsWith('data:') === true)
  if (file?.contentUrl !== undefined) message.download = { name: file.name ?? '', url: file.contentUrl }
  return message
}

/** The message whose choices are open: the last with choices since the person spoke. */
export function openQuestion(messages: Message[]): Message | undefined {
  for (let index = messages.length - 1; index >= 0; index--) {
    const message = messages[index]
    if (message === undefined || message.who === 'you') return undefined
    if (message.choices.length > 0) return message
  }
  return undefined
}

/** New messages at the end, each once. */
export function append(messages: Message[], arrived: Message[]): Message[] {
  const known = new Set(messages.map(({ id }) => id))
  const fresh = arrived.filter(({ id }) => !known.has(id))
  return fresh.length === 0 ? messages : [...messages, ...fresh]
}
