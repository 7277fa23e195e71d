import type { Context, ConversationEvent } from '../dialogs/service'
import { type Bot, type BotTurn, type ConversationState, newConversation } from './bot'
import type { Clock } from './clock'
import type { Log } from './log'
import type { Inbound, Outbound, Outcome } from './message'
import type { Lease, Store } from './store/store'
import { t } from './text'

export type TurnDeps = {
  store: Store
  bot: Bot
  clock: Clock
  log: Log
  contextOf: (inbound: Inbound, now: Date) => Promise<Omit<Context, 'record'>>
  onTurn?: (outcome: Outcome, seconds: number) => void
}

/**
 * One message from understanding to committed reply, with the conversation's lease held. Nothing is said before
 * the commit; a bug in a dialog keeps the state from before and says so plainly.
 * @throws AppError `store_fenced` when the lease was lost; nothing was then written and the next worker starts over
 */
export async function takeTurn(lease: Lease, inbound: Inbound, deps: TurnDeps): Promise<void> {
  const started = deps.clock.now()
  const before = (await deps.store.conversations.load(inbound.conversationId)) as
    | ConversationState
    | undefined
  const turn = await converse(before, inbound, deps, started)
  const replies = turn.replies.map((reply, index): Outbound => {
    const id = `${inbound.channel}.${inbound.id}.${index + 1}`
    const { choices, ...rest } = reply
    return {
      ...rest,
      ...(choices && { choices: choices.map((title) => ({ title, value: title })) }),
      id,
      conversationId: inbound.conversationId,
      channel: inbound.channel,
      at: deps.clock.now().toISOString(),
      outcome: turn.outcome,
      replyTo: inbound.id,
    }
  })
  const at = deps.clock.now().toISOString()
  const events = [...turn.events, { type: 'turn_taken', outcome: turn.outcome }].map((event) => ({
    at,
    ...event,
  }))
  await deps.store.conversations.commit(lease, inbound, { state: turn.state, replies, events })
  note(inbound, turn, deps, (deps.clock.now().getTime() - started.getTime()) / 1000)
}

async function converse(
  before: ConversationState | undefined,
  inbound: Inbound,
  deps: TurnDeps,
  now: Date,
): Promise<BotTurn> {
  try {
    return await deps.bot(before, inbound, await deps.contextOf(inbound, now))
  } catch (error) {
    deps.log.error({ err: errorOf(error), conversationId: inbound.conversationId }, 'a turn failed')
    const events: ConversationEvent[] = [{ type: 'turn_failed' }]
    return {
      state: before ?? newConversation,
      replies: [{ text: t('errors.internal') }],
      outcome: 'error_internal',
      events,
    }
  }
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
