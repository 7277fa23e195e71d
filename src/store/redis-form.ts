import { hash } from 'node:crypto'
import { isOpen, type Owner, ownerOf, type Ticket } from '../handoff/ticket'
import type { Outbound } from '../message'
import { type JournalEntry, type KeptLine, type Line, lineOf, type TicketStep } from './store'

/** How things of a conversation look in Redis. */

export function nameOf({ channel, id }: { channel: string; id: string }): string {
  return `${channel} ${id}`
}

export function contentOf(entry: string): unknown {
  return JSON.parse(entry.slice(entry.indexOf('\n') + 1))
}

/** Twelve bytes name a message among those of one conversation. */
export function digest(name: string): string {
  return hash('sha1', name, 'base64url').slice(0, 16)
}

/** A reply as a step takes it: name, message and line. */
export function saidOf(message: Outbound): [string, string, string] {
  return [nameOf(message), JSON.stringify(message), packLine(lineOf(message))]
}

/**
 * What every state says in the same words, each as one character that JSON has no other use for. What is stored keeps
 * its meaning, so words are only added at the end.
 */
const SHORT = [
  '{"version":1,"greeted":true,"dialogs":[',
  '"wishes":[],"notUnderstood":0',
  ',"failures":{},"questions":',
  '"lastReplies":[{"text":"',
  ',"state":{"instance":"',
  '","questionId":"',
  ',"asked":{"fact":"',
].map((words, index): [string, string] => [words, String.fromCharCode(index + 1)])

/** The state in fewer bytes: a conversation keeps it for months. */
export function packState(state: unknown): string {
  let text = JSON.stringify(state)
  for (const [words, sign] of SHORT) text = text.replaceAll(words, sign)
  return text
}

export function unpackState(packed: string): unknown {
  let text = packed
  for (const [words, sign] of SHORT) text = text.replaceAll(sign, words)
  return JSON.parse(text)
}

/** What a step compares a ticket with, what it stores, and whose the conversation is then. */
export function ticketArgs(step: TicketStep | undefined): [string, string, string] {
  if (step === undefined) return ['-', '', '']
  const expected = step.from === undefined ? '' : ticketName(step.from)
  if (step.to === undefined) return [expected, '', '']
  const letter = isOpen(step.to) ? ownerOf(step.to).slice(0, 1) : ''
  return [expected, `${ticketName(step.to)}\n${JSON.stringify(step.to)}`, letter]
}

export function ticketOf(text: string | null | undefined): Ticket | undefined {
  return text === null || text === undefined ? undefined : (contentOf(text) as Ticket)
}

/** Whose a conversation is, of the letter a step hands out. */
export function whose(letter: string | null): Owner {
  return letter === 'q' ? 'queue' : letter === 'a' ? 'agent' : 'bot'
}

function ticketName({ id, version }: Pick<Ticket, 'id' | 'version'>): string {
  return `${id} ${version}`
}

/** In place of `who`; a message of the bot's that was not said has a letter of its own. */
const letters: Record<Line['who'], string> = { person: 'p', bot: 'b', agent: 'a', desk: 'd', note: 'n' }
const whos = new Map(Object.entries(letters).map(([who, letter]) => [letter, who as Line['who']]))

/** `<letter><when, in base 36>\t<the rest, if any>\t<text>`: there are many, and most say little beside their text. */
export function packLine({ at, who, text, unsaid, ...rest }: Line): string {
  const letter = unsaid === true ? 'u' : letters[who]
  const more = Object.keys(rest).length === 0 ? '' : JSON.stringify(rest)
  return `${letter}${Date.parse(at).toString(36)}\t${more}\t${text}`
}

function unpackLine(packed: string, number: number): KeptLine {
  const first = packed.indexOf('\t')
  const second = packed.indexOf('\t', first + 1)
  const more = packed.slice(first + 1, second)
  const unsaid = packed.startsWith('u')
  return {
    number,
    at: new Date(Number.parseInt(packed.slice(1, first), 36)).toISOString(),
    who: unsaid ? 'bot' : (whos.get(packed.slice(0, 1)) ?? 'desk'),
    text: packed.slice(second + 1),
    ...(unsaid && { unsaid: true as const }),
    ...(more !== '' && (JSON.parse(more) as Partial<Line>)),
  }
}

export function unpackLines(packed: string[], first: number): KeptLine[] {
  return packed.map((line, index) => unpackLine(line, first + index))
}

/** An entry the scripts make themselves: `E <ticket> <number of its first line>\n<lines>`. */
export function journalOf(text: string): JournalEntry {
  if (text.startsWith('{')) return JSON.parse(text) as JournalEntry
  const [, ticketId = '', first = '1'] = text.slice(0, text.indexOf('\n')).split(' ')
  const packed = contentOf(text)
  // Lua writes an empty list as an object.
  const lines = Array.isArray(packed) ? unpackLines(packed as string[], Number(first)) : []
  return { kind: 'ended', ticketId, lines }
}
