import { leavesLine, leavesPeople } from '../../dialogs/handoff/words'
import type { Context, Handoff } from '../../dialogs/service'
import type { BotTurn, ConversationState } from '../bot'
import { optsOut } from '../guards'
import type { Inbound, Outbound } from '../message'
import type { JournalEntry, Line, TicketStep } from '../store/store'
import { type TextKey, t } from '../text'
import type { TurnDeps } from '../turn'
import { type Move, moved, newTicket, ownerOf, type Priority, type Ticket, touched } from './ticket'

/** What a turn does beside what is said: the ticket, the lines it leaves, and what the database is to know. */
export type DeskWork = { ticket?: TicketStep; lines: Line[]; journal: JournalEntry[] }

export type DeskTurn = BotTurn & { desk: DeskWork }

type Dependencies = Pick<TurnDeps, 'bot' | 'inDanger' | 'channelOf' | 'notices'>
type TurnContext = Omit<Context, 'record'>

/**
 * A turn in a conversation that people have, or that waits for them: no dialog runs. What the person wrote is kept and
 * shown to them; danger is answered all the same, words that end the waiting are obeyed, and the bot asks what an
 * agent wants asked.
 * @param handled the messages of the turn, oldest first
 */
export async function peopleTurn(
  state: ConversationState,
  { inbound, handled, ticket }: { inbound: Inbound; handled: Inbound[]; ticket: Ticket },
  context: TurnContext,
  deps: Dependencies,
): Promise<DeskTurn> {
  const at = context.now
  const silent: BotTurn = { state, replies: [], outcome: 'handed_off', events: [] }
  const run = (message: Inbound, now: Ticket | undefined) =>
    deps.bot(state, message, withTicket(context, now))

  if (inbound.kind === 'event') {
    if (inbound.event === 'desk_asks') {
      if (ticket.asking?.field !== inbound.field) return keep(silent, ticket, [])
      return afterBot(await run(inbound, ticket), ticket, ticket, [], at)
    }
    return happened(inbound, silent)
  }
  if (inbound.kind === 'opened') return keep(silent, ticket, [])

  const lines = linesOf(handled)
  const written = moved(ticket, { type: 'write' }, at)
  const leaves = await optsOut(state, inbound, context, deps)
  if (leaves !== undefined) {
    if (ticket.state !== 'queued')
      return { ...leaves, desk: { ticket: { from: ticket, to: written }, lines, journal: [] } }
    return { ...leaves, desk: course(ticket, [{ type: 'return', outcome: 'gave_up' }], lines, at) }
  }
  if (inbound.kind === 'text' && deps.inDanger?.(inbound.text) === true) {
    const { brief } = ticket
    const flags: typeof brief.flags = brief.flags.includes('crisis')
      ? brief.flags
      : [...brief.flags, 'crisis']
    const skill = ticket.state === 'queued' ? 'crise' : ticket.skill
    const urgent = touched(written, { priority: 0, skill, brief: { ...brief, flags } }, at)
    return afterBot(await run(inbound, urgent), ticket, urgent, lines, at)
  }
  // Whoever was given to an agent who said nothing yet still waits, as far as they can see.
  const waits = ticket.state === 'queued' || (ticket.state === 'assigned' && ticket.spokeAt === undefined)
  const leavesNow = inbound.kind === 'text' && (waits ? leavesLine(inbound.text) : leavesPeople(inbound.text))
  if (leavesNow) {
    const desk = course(ticket, [{ type: 'return', outcome: 'gave_up' }], lines, at)
    const { id, channel, conversationId } = inbound
    const returned = { event: 'desk_returned', ticketId: ticket.id, resume: 'resume' } as const
    const event = { ...returned, ...(waits && { givenUp: true as const }) }
    const turn = await run({ id, channel, conversationId, at, kind: 'event', ...event }, undefined)
    return { ...turn, desk }
  }
  if (ownerOf(ticket) === 'agent' && ticket.asking !== undefined) {
    return afterBot(await run(inbound, ticket), ticket, written, lines, at)
  }
  if (waits && ticket.acknowledged !== true) {
    const text = t(ticket.priority === 0 ? 'handoff.note_kept_urgent' : keptFor(ticket))
    const turn: BotTurn = { ...silent, replies: [{ text }] }
    return keep(turn, ticket, lines, touched(written, { acknowledged: true }, at))
  }
  return keep(silent, ticket, lines, written)

  /** Something happened outside the conversation. */
  async function happened(event: Extract<Inbound, { kind: 'event' }>, turn: BotTurn): Promise<DeskTurn> {
    if (event.event === 'number_changed') {
      await context.login.logout()
      return keep(turn, ticket, [note('handoff.note_number_changed', at)], touched(ticket, {}, at))
    }
    if (event.event !== 'login_completed' && event.event !== 'login_failed') return keep(turn, ticket, [])
    const failed = event.event === 'login_failed'
    const level = failed ? ticket.brief.level : ((await context.login.session())?.level ?? 'none')
    const known = touched(ticket, { brief: { ...ticket.brief, level } }, at)
    const said = [note(failed ? 'handoff.note_login_failed' : 'handoff.note_logged_in', at)]
    const awaited = ticket.asking?.field.startsWith('login.') === true
    if (!awaited || ownerOf(ticket) !== 'agent') return keep(turn, ticket, said, known)
    return afterBot(await run(event, known), ticket, known, said, at)
  }
}

/** Whoever is called back may be in the middle of something with the bot, which waits for them. */
function keptFor({ state, callback }: Ticket): TextKey {
  return state === 'assigned' && callback !== undefined ? 'handoff.note_kept_callback' : 'handoff.note_kept'
}

/** What the bot's turn does to the wish for a person. */
export function afterHandoff(
  { handoff, satisfaction }: Pick<BotTurn, 'handoff' | 'satisfaction'>,
  ticket: Ticket | undefined,
  inbound: Pick<Inbound, 'id' | 'channel' | 'conversationId'>,
  lines: Line[],
  at: string,
  mostWaitMinutes: number,
): DeskWork {
  const journal: JournalEntry[] =
    satisfaction === undefined ? [] : [{ kind: 'satisfaction', ...satisfaction, at }]
  const plainly = { lines, journal }
  if (handoff === undefined || handoff.do === 'answer') return plainly
  if (handoff.do === 'return') {
    if (ticket === undefined) return plainly
    const ended = course(ticket, [{ type: 'return', outcome: 'gave_up' }], lines, at)
    return { ...ended, journal: [...journal, ...ended.journal] }
  }
  const { conversationId, channel, id } = inbound
  const { wish } = handoff
  const wished =
    ticket === undefined
      ? newTicket({ conversationId, channel, ...wish }, id, at)
      : touched(ticket, { ...wish, priority: Math.min(wish.priority, ticket.priority) as Priority }, at)
  const until = new Date(Date.parse(at) + mostWaitMinutes * 60_000).toISOString()
  const led = course(wished, movesOf(handoff, wished.state, until), lines, at)
  if (ticket !== undefined && led.ticket === undefined) {
    // A promise stands already, but it became urgent.
    if (wished.priority === ticket.priority) return plainly
    const raised: JournalEntry = { kind: 'ticket', ticket: wished, move: 'raise' }
    return { ticket: { from: ticket, to: wished }, lines, journal: [...journal, raised] }
  }
  return {
    ticket: { from: ticket, to: led.ticket?.to ?? wished },
    lines,
    journal: [
      ...journal,
      ...(ticket === undefined ? [{ kind: 'ticket', ticket: wished, move: 'request' } as const] : []),
      ...led.journal,
    ],
  }
}

/** What the agents read of messages a person sent. */
export function linesOf(messages: Inbound[]): Line[] {
  return messages.flatMap((message): Line[] => {
    const { at } = message
    if (message.kind === 'text') return [{ at, who: 'person', text: message.text }]
    if (message.kind !== 'unsupported') return []
    const { id, mimeType } = message.media ?? {}
    const media = { what: message.what, ...(id && { id }), ...(mimeType && { mimeType }) }
    return [{ at, who: 'person', text: '', media }]
  })
}

export function withTicket(context: TurnContext, ticket: Ticket | undefined): TurnContext {
  const { desk } = context
  if (desk === undefined || ticket === undefined) return context
  return { ...context, desk: { ...desk, ticket } }
}

/** Who says what a turn says: in a conversation of people, whoever asks and tells on their behalf. */
export function speakerOf(turn: BotTurn, after: Ticket | undefined): Outbound['speaker'] {
  return turn.speaker ?? (ownerOf(after) === 'bot' ? undefined : 'desk')
}

function keep(turn: BotTurn, ticket: Ticket, lines: Line[], to?: Ticket): DeskTurn {
  return { ...turn, desk: { ticket: { from: ticket, ...(to !== undefined && { to }) }, lines, journal: [] } }
}

/** The bot spoke on the desk's behalf; an answer it read is for the agent. */
function afterBot(turn: BotTurn, from: Ticket, now: Ticket, lines: Line[], at: string): DeskTurn {
  const { handoff } = turn
  const spoken: BotTurn = { ...turn, speaker: 'desk' }
  if (handoff?.do !== 'answer' || handoff.field !== from.asking?.field) {
    return keep(spoken, from, lines, now === from ? undefined : now)
  }
  const { field, value } = handoff
  const answered = touched(now, { asking: undefined }, at)
  if (value === undefined) return keep(spoken, from, [...lines, note('handoff.note_not_told', at)], answered)
  const last = lines.at(-1) ?? note('handoff.note_known', at)
  const typed = { field, value: String(value) }
  return keep(spoken, from, [...lines.slice(0, -1), { ...last, typed }], answered)
}

/** A ticket led through moves, each of which the database is to know. */
function course(ticket: Ticket, moves: Move[], lines: Line[], at: string): DeskWork {
  const journal: JournalEntry[] = []
  let to = ticket
  for (const move of moves) {
    to = moved(to, move, at)
    journal.push({ kind: 'ticket', ticket: to, move: move.type })
  }
  return { ...(moves.length > 0 && { ticket: { from: ticket, to } }), lines, journal }
}

function movesOf(handoff: Handoff, state: Ticket['state'], until: string): Move[] {
  const offered = state === 'requested' || state === 'expired'
  if (handoff.do === 'queue') return offered || state === 'callback' ? [{ type: 'queue', until }] : []
  if (handoff.do !== 'promise' || !offered) return []
  const promise: Move = { type: 'promise', by: handoff.by }
  return state === 'expired' ? [promise] : [{ type: 'expire' }, promise]
}

function note(key: TextKey, at: string): Line {
  return { at, who: 'note', text: t(key) }
}
