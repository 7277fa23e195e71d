import { hash } from 'node:crypto'
import { fold } from '../dialogs/readings'
import { phoneIsOpen } from '../dialogs/repair/person'
import type { Context, ConversationEvent } from '../dialogs/service'
import { type BotTurn, type ConversationState, waitsForAnswer } from './bot'
import type { Inbound } from './message'
import { t } from './text'
import type { TurnDeps } from './turn'

/** What is remembered to tell a person from a machine, and not to repeat that the assistant is off. */
export type Guards = {
  /** Digest of the last long text, and how often it came in a row. */
  last?: string
  same: number
  /** Messages since the minute began, which is in milliseconds since 1970. */
  minute: number
  count: number
  /** When the last turn was, in milliseconds since 1970. */
  at: number
  /** When it was last said that the assistant is off. */
  offSaidAt?: number
}

/** A machine that answers ours sends its sentence again and again; people do not write so much in a row. */
const SAME_IN_A_ROW = 5
const LONG_ENOUGH = 16
const MOST_IN_A_MINUTE = 40
const OFF_SAID_EVERY_MS = 600_000

type Answer = BotTurn & { state: ConversationState & { guards?: Guards } }

/**
 * What comes before any dialog: a changed number ends the login, words that stop messages are obeyed, a machine is
 * not answered for ever, and a turned-off assistant leads to people.
 * @returns the answer, or what to remember when the dialog is to answer; `off` when it may only lead to people
 */
export async function guard(
  before: ConversationState & { guards?: Guards },
  inbound: Inbound,
  context: Omit<Context, 'record'>,
  deps: Pick<TurnDeps, 'channelOf' | 'inDanger' | 'isOff' | 'notices' | 'clock'>,
): Promise<Answer | { guards: Guards; off?: 'first' | 'again' }> {
  const now = deps.clock.now().getTime()
  const guards = counted(before.guards, inbound, now)
  const answer = (
    outcome: BotTurn['outcome'],
    replies: BotTurn['replies'],
    events: ConversationEvent[],
  ): Answer => ({ state: { ...before, guards }, replies, outcome, events })

  if (inbound.kind === 'event' && inbound.event === 'number_changed') {
    await context.login.logout()
    return answer('answered', [], [{ type: 'number_changed' }])
  }
  const open = waitsForAnswer(before)
  const word = wordFor(inbound, deps)
  if (word !== undefined) {
    const stopped = STOP.has(word) || (word === CANCEL && !open)
    if (stopped) return optOut(before, guards, inbound, context, deps)
    if (word === 'voltar' && !open && deps.notices !== undefined) {
      const again = await deps.notices.optIn(inbound, context)
      const text = t(again ? 'repair.opted_in' : 'repair.opt_in_needs_login')
      return answer('answered', [{ text }], again ? [{ type: 'opted_in' }] : [])
    }
  }
  if (inbound.kind === 'text' && deps.inDanger?.(inbound.text) === true) return { guards }
  if (guards.same >= SAME_IN_A_ROW || guards.count > MOST_IN_A_MINUTE) {
    const first = guards.same === SAME_IN_A_ROW || guards.count === MOST_IN_A_MINUTE + 1
    const replies = first ? [{ text: t('repair.looks_like_a_machine') }] : []
    return answer('repair_loop', replies, [{ type: 'loop_stopped' }])
  }
  if ((await deps.isOff?.()) === true) {
    const said = guards.offSaidAt !== undefined && now - guards.offSaidAt < OFF_SAID_EVERY_MS
    if (!said) guards.offSaidAt = now
    if (context.desk !== undefined) return { guards, off: said ? 'again' : 'first' }
    const text = t(phoneIsOpen(context.brasilia) ? 'repair.turned_off_now' : 'repair.turned_off_later')
    return answer('handed_off', said ? [] : [{ text }], [{ type: 'person_requested', why: 'turned_off' }])
  }
  return { guards }
}

/** Words that stop messages are obeyed also while people have the conversation. @returns the answer to them */
export async function optsOut(
  before: ConversationState & { guards?: Guards },
  inbound: Inbound,
  context: Omit<Context, 'record'>,
  deps: Pick<TurnDeps, 'channelOf' | 'notices'>,
): Promise<Answer | undefined> {
  const word = wordFor(inbound, deps)
  if (word === undefined || !STOP.has(word)) return undefined
  return optOut(before, before.guards, inbound, context, deps)
}

async function optOut(
  before: ConversationState,
  guards: Guards | undefined,
  inbound: Inbound,
  context: Omit<Context, 'record'>,
  deps: Pick<TurnDeps, 'notices'>,
): Promise<Answer> {
  await deps.notices?.optOut(inbound.channel, inbound.conversationId)
  await context.login.logout()
  const { heard: _heard, handoff: _handoff, ...rest } = before
  const state = { ...rest, dialogs: [], wishes: [], lastReplies: [], ...(guards && { guards }) }
  const replies = [{ text: t('repair.opted_out') }]
  return { state, replies, outcome: 'repair_cancelled', events: [{ type: 'opted_out' }] }
}

/** What was written, as one word, where words can stop what we send. */
function wordFor(inbound: Inbound, deps: Pick<TurnDeps, 'channelOf'>): string | undefined {
  if (inbound.kind !== 'text' || inbound.questionId !== undefined) return undefined
  if (deps.channelOf?.(inbound.channel)?.notices !== true) return undefined
  return fold(inbound.text)
    .replace(/[^a-z]+/g, ' ')
    .trim()
}

/**
 * Whether a telephone was silent for so long that it may be somebody else's now: what was said in it is then
 * forgotten.
 */
export function changedHands(guards: Guards | undefined, days: number | undefined, now: number): boolean {
  return days !== undefined && guards !== undefined && now - guards.at > days * 86_400_000
}

/** Alone in a message, and written, these end what we send, whatever is open; a pressed choice answers a question. */
const STOP = new Set(['sair', 'parar', 'pare', 'stop'])
/** This one does so too, but with a form open people are told to write it to leave the form. */
const CANCEL = 'cancelar'

function counted(before: Guards | undefined, inbound: Inbound, now: number): Guards {
  const minute = now - (now % 60_000)
  const count = before?.minute === minute ? before.count + 1 : 1
  const kept = before?.offSaidAt === undefined ? {} : { offSaidAt: before.offSaidAt }
  const long =
    inbound.kind === 'text' && inbound.text.length >= LONG_ENOUGH && inbound.questionId === undefined
  if (!long) return { same: 0, minute, count, at: now, ...kept }
  const last = hash('sha256', fold(inbound.text), 'base64url').slice(0, 12)
  return { last, same: before?.last === last ? before.same + 1 : 1, minute, count, at: now, ...kept }
}
