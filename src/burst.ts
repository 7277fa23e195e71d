import type { Inbound } from './message'

/** People write one thought in several messages; what follows within this time belongs to it. */
export const BURST_MS = 1500
const LONGEST = 3000
const PICTURES = new Set(['image', 'video', 'document', 'sticker'])

/**
 * Which of the messages waiting make the next turn, or until when to wait for more of them.
 * - An album is one thing said, whatever is open.
 * - Words are joined only when no question is open: with one open, each message is an answer of its own, in order.
 * - A mere greeting is given the time to be followed by what the person wants.
 * @param opens whether a text only opens a conversation ("oi", "tudo bem?")
 * @param now milliseconds since 1970
 */
export function nextTurn(
  waiting: Inbound[],
  open: { question: boolean },
  opens: (text: string) => boolean,
  now: number,
): { messages: Inbound[] } | { waitUntil: number } {
  const [first] = waiting
  if (first === undefined) return { messages: [] }
  const fits = isPicture(first)
    ? isPicture
    : !open.question && isWords(first)
      ? (message: Inbound) => isWords(message)
      : undefined
  if (fits === undefined) return { messages: [first] }
  const end = waiting.findIndex((message) => !fits(message))
  const together = withinLength(end < 0 ? waiting : waiting.slice(0, end))
  const more = end >= 0 || together.length < waiting.length
  const incomplete =
    isPicture(first) || together.every((message) => message.kind === 'text' && opens(message.text))
  const waitUntil = Date.parse((together.at(-1) ?? first).at) + BURST_MS
  // Far in the future it comes of a clock that is wrong.
  const soon = waitUntil > now && waitUntil <= now + 2 * BURST_MS
  return !more && incomplete && soon ? { waitUntil } : { messages: together }
}

/** Several messages as one: what was written line by line; of an album, its last picture. */
export function asOne(messages: Inbound[]): Inbound {
  const last = messages.at(-1)
  if (last === undefined) throw new Error('no message')
  if (messages.length === 1 || last.kind !== 'text') return last
  const text = messages.map((message) => (message.kind === 'text' ? message.text : '')).join('\n')
  return { ...last, text }
}

function isPicture(message: Inbound): boolean {
  return message.kind === 'unsupported' && PICTURES.has(message.what)
}

function isWords(message: Inbound): boolean {
  return message.kind === 'text' && message.questionId === undefined && !/^\W*\d{1,2}\W*$/.test(message.text)
}

function withinLength(messages: Inbound[]): Inbound[] {
  let length = 0
  const end = messages.findIndex((message, index) => {
    length += message.kind === 'text' ? message.text.length + 1 : 0
    return index > 0 && length > LONGEST
  })
  return end < 0 ? messages : messages.slice(0, end)
}
