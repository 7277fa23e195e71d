import type { Channel } from '../channels/channel'
import type { ChannelId } from '../message'
import type { KeptLine } from '../store/store'
import type { Detail, Line, Summary } from './api-schemas'
import { fileTypesOf, MOST_FILE_BYTES } from './files'
import type { AgentSession } from './session'
import type { Ticket } from './ticket'

/** How much of the last line a list shows. */
const LAST_LINE = 120
export const MASK = '•'

/**
 * Text with what identifies somebody masked: numbers of seven digits and more (CPF, NIT, benefit, telephone,
 * CEP), full dates and e-mail addresses. Amounts of money and numbers of laws stay.
 */
export function masked(text: string): string {
  return text
    .replace(/[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g, (found) => MASK.repeat(Math.min(found.length, 12)))
    .replace(/\b\d{1,2}[/.-]\d{1,2}[/.-](?:\d{4}|\d{2})\b|\b\d{4}-\d{2}-\d{2}\b/g, hideDigits)
    .replace(
      /(?<!R\$\s?)(?<!\b(?:EC|LC|IN|MP|Lei|Decreto|Portaria)(?: n[º.]?)? ?[\d./]*)[+(]?\d(?:[\s().\-/]*\d){6,}/g,
      hideDigits,
    )
}

/** A login link is the person's alone, and not even what is revealed shows it. */
function withoutLogin(text: string): string {
  return text.replace(/(\/entrar\/)[\w-]+/g, `$1${MASK.repeat(6)}`)
}

function hideDigits(text: string): string {
  return text.replace(/\d/g, MASK)
}

/** A ticket in a list, as an agent sees it. */
export function summaryOf(
  ticket: Ticket,
  seen: {
    by: Pick<AgentSession, 'id'>
    names: Names
    position?: number | undefined
    last?: KeptLine | undefined
  },
): Summary {
  const { brief, callback, agentId } = ticket
  const agentName = agentId === undefined ? undefined : seen.names(agentId)
  return {
    id: ticket.id,
    channel: ticket.channel,
    state: ticket.state,
    version: ticket.version,
    why: ticket.why,
    skill: ticket.skill,
    priority: ticket.priority,
    requestedAt: ticket.requestedAt,
    touchedAt: ticket.touchedAt,
    mine: agentId === seen.by.id && ['assigned', 'agent', 'idle'].includes(ticket.state),
    level: brief.level,
    flags: brief.flags,
    ...present({
      queuedAt: ticket.queuedAt,
      assignedAt: ticket.assignedAt,
      answeredAt: ticket.answeredAt,
      endedAt: ticket.endedAt,
      agentId,
      agentName,
      position: seen.position,
      owedSince: ticket.owedSince,
      late: ticket.reminded,
      callback: callback && { promisedAt: callback.promisedAt, by: callback.by },
      outcome: ticket.outcome,
      intent: brief.intent,
      service: brief.service,
      lastLine: seen.last && masked(seen.last.text).slice(0, LAST_LINE),
    }),
  }
}

/** What is known, without what is not. */
export function present<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const known = Object.entries(values).filter(([, value]) => value !== undefined)
  return Object.fromEntries(known) as { [K in keyof T]?: Exclude<T[K], undefined> }
}

/** What agents are called, by id. */
export type Names = (id: string) => string | undefined

/** A line as agents see it: masked, unless it was revealed. */
export function lineOf(
  line: KeptLine,
  how: { names: Names; unmasked?: boolean; delivery?: Line['delivery'] },
): Line {
  const { number, at, who, agentId, agentName, whisper, media, unsaid, typed } = line
  const name = agentName ?? (agentId === undefined ? undefined : how.names(agentId))
  // An answer the agent had asked for is theirs to read.
  const open = how.unmasked === true || typed !== undefined || who === 'agent' || who === 'note'
  return {
    number,
    at,
    who,
    text: withoutLogin(open ? line.text : masked(line.text)),
    ...(agentId !== undefined && { agentId }),
    ...(name !== undefined && { agentName: name }),
    ...(whisper !== undefined && { whisper }),
    ...(media !== undefined && {
      media: { kind: media.what, ...(media.name !== undefined && { name: media.name }) },
    }),
    ...(unsaid !== undefined && { unsaid }),
    ...(typed !== undefined && { typed }),
    ...(how.delivery !== undefined && { delivery: how.delivery }),
  }
}

/** As the channels' own shapes split: ten SMS of GSM-7, and Meta's limit. */
const mostCharacters: Partial<Record<ChannelId, number>> = {
  'sms-kannel': 1530,
  'sms-twilio': 1530,
  'whatsapp-cloud': 4096,
  'whatsapp-web': 4096,
}

/** What the agent must know of a channel before writing to it. */
/** @param silentMs how long ago the person wrote */
export function channelView(
  id: ChannelId,
  channel: Channel | undefined,
  silentMs: number,
): Detail['channel'] {
  const most = mostCharacters[id]
  return {
    id,
    register: channel?.register ?? 'full',
    segments: isSms(id),
    ...(most !== undefined && { mostCharacters: most }),
    files: fileTypesOf(id),
    mostFileBytes: MOST_FILE_BYTES,
    typing: showsTyping(id),
    held: silentMs > (channel?.freeTextMs ?? Number.POSITIVE_INFINITY),
  }
}

/** WhatsApp shows it only as an answer to a message whose name the desk is not told. */
export function showsTyping(id: ChannelId): boolean {
  return id === 'web'
}

export function isSms(id: ChannelId): boolean {
  return id === 'sms-kannel' || id === 'sms-twilio'
}
