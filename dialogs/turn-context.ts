import type { TurnContext } from 'botbuilder'
import type { Why } from '../src/handoff/ticket'
import type { Inbound, Outcome } from '../src/message'
import type { Meaning } from '../src/nlu/index'
import type { Context, Handoff, Say } from './service'

/** What a dialog sees of the turn it runs in. bot.ts puts it on botbuilder's turn state. */
export type Turn = {
  inbound: Inbound
  /** Undefined when nothing was written: an event, a sticker. */
  meaning: Meaning | undefined
  context: Context
  /** Services waiting for their turn: the other wishes of the same message. */
  wishes: string[]
  /** The last to be set wins; a turn ends in one outcome. */
  outcome: Outcome
  /** A person is to be offered at the end of the turn; `gently`: it is first asked whether one is wanted. */
  person?: { why: Why; gently?: true }
  /** What the person wants now, when this turn says so. */
  topic?: string
  /** The benefit that the answer before was about, and the one that this answer is about: an id of `benefits`. */
  benefitBefore?: string
  benefit?: string
  /** What was done on the INSS's side in this turn, with its protocol. */
  done: string[]
  handoff?: Handoff
  /** What is said also passes while the conversation belongs to people. */
  speaker?: 'desk'
  satisfaction?: { ticketId: string; value: number }
}

const turns = Symbol('turn')

export function putTurn(turnContext: TurnContext, turn: Turn): void {
  turnContext.turnState.set(turns, turn)
}

export function turnOf(turnContext: TurnContext): Turn {
  const turn: Turn | undefined = turnContext.turnState.get(turns)
  if (turn === undefined) throw new Error('no turn on this context')
  return turn
}

/** An open question, as it goes out with the last bubble of a prompt. */
export type OpenQuestion = { expects: string; questionId: string; choices?: string[] }

/** Says each bubble; the last one carries the question, if one is asked. */
export async function say(turnContext: TurnContext, bubbles: Say[], question?: OpenQuestion): Promise<void> {
  for (const [index, bubble] of bubbles.entries()) {
    const { text, link } = typeof bubble === 'string' ? { text: bubble, link: undefined } : bubble
    const asks = index === bubbles.length - 1 ? question : undefined
    await turnContext.sendActivity({ type: 'message', text, channelData: { link, ...asks } })
  }
}
