import { visible } from '../shared/text'
import type { Message } from './chat-state'
import { say } from './text'

/** A message as it is read aloud: who speaks, the words, and what may be answered. */
export function announcementOf(message: Message): string {
  const options = message.choices.map(({ title }) => title).join('; ')
  return [
    message.agent === undefined ? say('assistantSaid') : say('agentSaid', { name: visible(message.agent) }),
    visible(message.text),
    message.link?.title ?? '',
    message.download === undefined ? '' : say('download', { name: visible(message.download.name) }),
    options === '' ? '' : say('optionsAre', { options }),
  ]
    .filter((part) => part !== '')
    .join(' ')
}
