import type { Skill, Why } from '../../src/handoff/ticket'

/** What a conversation remembers about people and the way to them, as JSON; absent while there is nothing. */
export type HandoffState = {
  /** An offer that waits for its answer, beside whatever question is open. */
  offer?: OpenOffer
  /** The conversation went to people, and that they are done was not said yet. */
  away?: true
  /** That they are done was said before the desk told it. */
  backSaid?: true
  /** What is asked on an agent's behalf. */
  asking?: { field: string; questionId: string; tries: number; choices?: string[]; confirming?: string }
  /** The help of people that is still to be judged; with `questionId` the question is open. */
  satisfaction?: { ticketId: string; questionId?: string }
  /** The last wish that was understood. */
  about?: string
  /** What was done (with protocols) and what failed (codes), the last few of each. */
  done?: string[]
  failed?: string[]
  flags?: ('crisis' | 'anger')[]
  needs?: ('elderly' | 'disability' | 'accessibility')[]
}

export type OpenOffer = { questionId: string; options: Option[]; why: Why; skill: Skill }

/** The answers to an offer; their titles are the texts `handoff.choice_<option>`. */
export type Option = 'person' | 'not_now' | 'wait' | 'callback' | 'go_on' | 'keep' | 'cancel_callback'
