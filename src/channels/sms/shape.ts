import type { Bubble, Outbound } from '../../message'
import { ChannelError } from '../channel'
import { shape } from '../shape'
import { type Alphabet, segmentsOf, smsText } from './alphabet'

/** Networks and telephones put more parts together, but not all of them, and Twilio takes 1,600 characters. */
const MOST_SEGMENTS = 10
/**
 * Characters tried, most first: ten parts of GSM-7; ten of UCS-2, each one unit short because a character of two
 * does not fit its end; and few enough for any text of signs that are written out.
 */
const LENGTHS = [1530, 660, 200]

/** One turn as one SMS of up to ten parts; more only when it does not fit. Choices and links are lines of text. */
export function shapeSms(bubbles: Bubble[], lengths = LENGTHS): Bubble[] {
  const [text = 0, ...shorter] = lengths
  return shape(bubbles, { text, join: true }).flatMap((bubble) =>
    fits(bubble.text) || shorter.length === 0 ? [bubble] : shapeSms([bubble], shorter),
  )
}

/**
 * What is sent of a message. A notice goes without its link: nobody asked for it just now, and INSS sends no links
 * unasked.
 * @throws ChannelError `text_too_long` when it was not shaped before
 */
export function bodyOf(message: Outbound): { text: string; alphabet: Alphabet } {
  const { link, ...unlinked } = message
  const [bubble, ...more] = shapeSms([message.notice === undefined ? message : unlinked])
  if (more.length > 0) throw new ChannelError('text_too_long', 'final')
  const body = smsText(bubble?.text ?? '')
  if (body.text.trim() === '') throw new ChannelError('text_empty', 'final')
  return body
}

function fits(text: string): boolean {
  return segmentsOf(smsText(text).text).segments <= MOST_SEGMENTS
}
