import { hash } from 'node:crypto'
import { personAfterFault } from '../dialogs/handoff/desk'
import type { Context, ConversationEvent } from '../dialogs/service'
import { type Bot, type BotTurn, type ConversationState, newConversation, waitsForAnswer } from './bot'
import type { Channel } from './channels/channel'
import type { Clock } from './clock'
import { AppError } from './errors'
import { changedHands, type Guards, guard } from './guards'
import {
  afterHandoff,
  type DeskWork,
  linesOf,
  peopleTurn,
  speakerOf,
  withTicket,
} from './handoff/people-turn'
import { moved, ownerOf, type Ticket } from './handoff/ticket'
import type { Log } from './log'
import type { Bubble, Inbound, Outbound, Outcome } from './message'
import type { Speech } from './speech'
import type { Lease, OutboxEntry, Store } from './store/store'
import { inRegister, t } from './text'

export type TurnDeps = {
  store: Pick<Store, 'conversations'>
  bot: Bot
  clock: Clock
  log: Log
  contextOf: (inbound: Inbound, now: Date) => Promise<Omit<Context, 'record'>>
  /** The channel of a message; a message of none is answered in plain bubbles. */
  channelOf?: (id: Inbound['channel']) => Channel | undefined
  /** Whether the assistant is turned off, so that everybody is led to people. */
  isOff?: () => Promise<boolean>
  /** Whether a text tells of danger to somebody: nothing comes before help. */
  inDanger?: (text: string) => boolean
  /** The person wants no more messages on this channel, or wants them again. */
  notices?: {
    optOut: (channel: Inbound['channel'], conversationId: string) => Promise<void>
    optIn: (inbound: Inbound, context: Omit<Context, 'record'>) => Promise<boolean>
  }
  speech?: Speech
  /** So long somebody may wait in the line; then a call-back is offered. */
  mostWaitMinutes?: number
  onTurn?: (outcome: Outcome, seconds: number) => void
}

export type Turn = {
  lease: Lease
  /** What to answer; when several messages make one turn, their words together. */
  inbound: Inbound
  /** The messages it was made of, oldest first. */
  handled: Inbound[]
  /** As it was stored. */
  state: unknown
  /** The ticket that is open. */
  ticket?: Ticket | undefined
}

/** A turn, and what is there for the next one. */
export type Taken = {
  state: unknown
  ticket?: Ticket | undefined
  waiting: Inbound[]
  /** The first reply if it is this worker's to send. */
  toSend: OutboxEntry | undefined
}

/** The state of a conversation, and what guards it. */
type Kept = ConversationState & { guards?: Guards }

type Conversed = BotTurn & { state: Kept; bubbles: Bubble[]; desk: DeskWork }

const MOST_WAIT_MINUTES = 60

/** Whether a message may be an answer to something asked. */
export function questionIsOpen(state: unknown): boolean {
  return state !== undefined && waitsForAnswer(state as Kept)
}

/**
 * One message from understanding to committed reply, with the conversation's lease held. Nothing is said before
 * the commit; a bug in a dialog keeps the state from before and says so plainly.
 * When people took the conversation meanwhile, the bot's replies are not said; when the turn itself was to change what
 * changed meanwhile, nothing is written, and it is to be taken again with what is returned.
 * @throws AppError `store_fenced` when the lease was lost, `store_unavailable` when nothing can be written; nothing
 *   was then written and the next worker starts over
 */
export async function takeTurn(taking: Turn, deps: TurnDeps): Promise<Taken> {
  const { lease, inbound, handled, ticket } = taking
  const started = deps.clock.now()
  const channel = deps.channelOf?.(inbound.channel)
  const name = nameOf(inbound)
  const turn = await inRegister(channel?.register, () => converse(taking, name, deps, started))
  const at = deps.clock.now().toISOString()
  const { lines, journal, ticket: step } = turn.desk
  const speaker = speakerOf(turn, step?.to ?? ticket)
  const replies = turn.bubbles.map((bubble, index): Outbound => {
    const { conversationId } = inbound
    return {
      ...bubble,
      id: `${name}.${index + 1}`,
      conversationId,
      channel: inbound.channel,
      at,
      outcome: turn.outcome,
      replyTo: inbound.id,
      ...(speaker !== undefined && { speaker }),
    }
  })
  const events = [...turn.events, { type: 'turn_taken', outcome: turn.outcome }].map((event) => ({
    at,
    ...event,
  }))
  const pace = channel?.pace?.perPerson
  const { stale, ...committed } = await deps.store.conversations.commit(lease, handled, {
    state: turn.state,
    replies,
    events,
    lines,
    journal,
    ...(pace !== undefined && { pace }),
    ...(step !== undefined && { ticket: step }),
  })
  if (stale === true) {
    return { ...committed, state: await deps.store.conversations.load(lease.conversationId) }
  }
  note(inbound, turn, deps, (deps.clock.now().getTime() - started.getTime()) / 1000)
  return { state: turn.state, ...committed }
}

/** Providers' ids may hold a telephone number; what a dialog makes of an id goes into buttons and to the INSS API. */
async function converse(
  { inbound: given, handled, state, ticket }: Turn,
  name: string,
  deps: TurnDeps,
  now: Date,
): Promise<Conversed> {
  const inbound = { ...given, id: name }
  const known = state as Kept | undefined
  const channel = deps.channelOf?.(inbound.channel)
  const at = now.toISOString()
  const lines = linesOf(handled)
  const plainly: DeskWork = { lines, journal: [] }
  const theirs = ticket !== undefined && ownerOf(ticket) !== 'bot'
  let people = false
  try {
    const context = withTicket(await deps.contextOf(inbound, now), ticket)
    people = context.desk !== undefined
    if (theirs && context.desk !== undefined) {
      const off = (await deps.isOff?.()) === true ? ({ off: 'again' } as const) : {}
      const now = { ...context, ...off }
      const turn = await peopleTurn(known ?? newConversation, { inbound, handled, ticket }, now, deps)
      return { ...turn, state: { ...turn.state, ...guardsOf(known) }, bubbles: shaped(turn.replies, channel) }
    }
    if (inbound.kind === 'event' && inbound.event === 'desk_asks') {
      // Whoever wanted it asked is gone.
      const kept = known ?? newConversation
      return { state: kept, replies: [], outcome: 'answered', events: [], bubbles: [], desk: plainly }
    }
    const stranger = changedHands(known?.guards, channel?.forgetAfterDays, now.getTime())
    const before = stranger ? undefined : known
    const first = stranger ? await forget(inbound, context, deps) : []
    const guarded = await guard(before ?? newConversation, inbound, context, deps)
    if ('replies' in guarded) {
      return { ...guarded, bubbles: shaped([...first, ...guarded.replies], channel), desk: plainly }
    }
    const listened = await listen(inbound, deps)
    const heard = lines[0]
    if (heard !== undefined && listened?.heard !== undefined) heard.text = listened.heard
    const off = guarded.off === undefined ? {} : { off: guarded.off }
    const turn = await deps.bot(before, inbound, { ...context, ...off }, listened)
    const bubbles = shaped([...first, ...turn.replies], channel)
    const desk = theirs
      ? // There are no people any more: nobody is left waiting for them.
        { ...plainly, ticket: { from: ticket, to: moved(ticket, { type: 'return' }, at) } }
      : afterHandoff(turn, ticket, inbound, lines, at, deps.mostWaitMinutes ?? MOST_WAIT_MINUTES)
    return { ...turn, bubbles, state: { ...turn.state, guards: guarded.guards }, desk }
  } catch (error) {
    if (error instanceof AppError && error.code === 'store_unavailable') throw error
    deps.log.error({ err: errorOf(error), conversationId: inbound.conversationId }, 'a turn failed')
    const events: ConversationEvent[] = [{ type: 'turn_failed' }]
    const kept = await deps.store.conversations.load(inbound.conversationId)
    const state = (kept as Kept | undefined) ?? newConversation
    const failed = { state, outcome: 'error_internal' as const, events }
    if (theirs) {
      // Whoever has the conversation reads what was written, and answers it.
      const to = moved(ticket, { type: 'write' }, at)
      return { ...failed, replies: [], bubbles: [], desk: { ...plainly, ticket: { from: ticket, to } } }
    }
    const replies = [{ text: t('errors.internal') }, ...(people ? [personAfterFault(name)] : [])]
    return { ...failed, replies, bubbles: shaped(replies, undefined), desk: plainly }
  }
}

function guardsOf(state: Kept | undefined): Pick<Kept, 'guards'> {
  return state?.guards === undefined ? {} : { guards: state.guards }
}

/** The telephone may be somebody else's now: nothing of its last holder goes on. @returns what must be said of it */
async function forget(
  inbound: Inbound,
  context: Omit<Context, 'record'>,
  deps: TurnDeps,
): Promise<{ text: string }[]> {
  await context.login.logout()
  const told = (await context.notices?.current()) ?? []
  if (told.length === 0) return []
  await deps.notices?.optOut(inbound.channel, inbound.conversationId)
  return [{ text: t('repair.notices_ended_by_silence') }]
}

/** What a recording says, when somebody here can hear it. */
async function listen(inbound: Inbound, deps: TurnDeps): Promise<{ heard?: string | undefined } | undefined> {
  if (inbound.kind !== 'unsupported' || inbound.what !== 'audio' || inbound.media === undefined)
    return undefined
  const fetchMedia = deps.channelOf?.(inbound.channel)?.fetchMedia
  if (fetchMedia === undefined || deps.speech === undefined) return undefined
  try {
    return { heard: await deps.speech.transcribe(await fetchMedia(inbound.media)) }
  } catch (error) {
    deps.log.warn({ err: (error as Error).name }, 'a recording could not be fetched')
    return {}
  }
}

/** What is said, arranged for the channel. */
function shaped(replies: BotTurn['replies'], channel: Channel | undefined): Bubble[] {
  const bubbles = replies.map(({ choices, ...rest }): Bubble => {
    return { ...rest, ...(choices && { choices: choices.map((title) => ({ title, value: title })) }) }
  })
  return channel?.shape?.(bubbles) ?? bubbles
}

/** The same for the same message, so that a turn taken again after a crash has the same effects and replies. */
function nameOf({ channel, id }: Inbound): string {
  return hash('sha256', `${channel}|${id}`, 'base64url').slice(0, 16)
}

/** Type and place of a fault; its message may quote what the citizen wrote and is left out. */
function errorOf(error: unknown): { type: string; stack: string[] } {
  if (!(error instanceof Error)) return { type: typeof error, stack: [] }
  const places = (error.stack ?? '').split('\n').filter((line) => line.trim().startsWith('at '))
  return { type: error.name, stack: places.slice(0, 6).map((line) => line.trim()) }
}

function note(inbound: Inbound, turn: BotTurn, deps: TurnDeps, seconds: number): void {
  for (const event of turn.events)
    deps.log.info({ conversationId: inbound.conversationId, event }, event.type)
  deps.log.debug({ conversationId: inbound.conversationId, outcome: turn.outcome, seconds }, 'turn taken')
  deps.onTurn?.(turn.outcome, seconds)
}
