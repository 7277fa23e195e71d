import type { Channel } from '../channels/channel'
import { segmentsOf, smsText } from '../channels/sms/alphabet'
import type { ChannelId } from '../message'
import type { Preview } from './api-schemas'
import { nameBefore } from './messages'
import { isSms } from './views'

/** A reply of this agent's as the person's channel will get it: in which parts, and on SMS for how many. */
export function previewOf(text: string, name: string, id: ChannelId, channel: Channel | undefined): Preview {
  const written = text.trim()
  const whole = { text: `${nameBefore(name, channel)}${written}` }
  const bubbles = written === '' ? [] : (channel?.shape?.([whole]) ?? [whole])
  const parts = bubbles.map((bubble) => {
    if (!isSms(id)) return { text: bubble.text, characters: [...bubble.text].length }
    const sent = smsText(bubble.text).text
    return { text: sent, characters: [...sent].length, segments: segmentsOf(sent).segments }
  })
  const sum = (of: (part: (typeof parts)[number]) => number) => parts.reduce((all, part) => all + of(part), 0)
  return {
    parts,
    characters: sum(({ characters }) => characters),
    ...(isSms(id) && { segments: sum(({ segments }) => segments ?? 0) }),
    costly: isSms(id) ? costlyIn(written) : [],
  }
}

/** The signs no letter of the short alphabet stands for: one of them makes every part of the message shorter. */
function costlyIn(text: string): string[] {
  return [...new Set(text)].filter((sign) => smsText(sign).alphabet === 'ucs2')
}
