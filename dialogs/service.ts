import type { Brief, Priority, Skill, Ticket, Why } from '../src/handoff/ticket'
import type { InssApi } from '../src/inss/client'
import type { Outcome } from '../src/message'
import type { Meaning, Mentions } from '../src/nlu/index'
import type { Reading } from '../src/nlu/reading'
import type { ConversationNotices } from '../src/notices/notices'
import type { TextKey } from '../src/text'

/**
 * A service is a list of steps and what to do at the end. From that list come, for every service alike:
 * prefill, correction, going back, "por quê?", re-asking, login, confirmation and resuming after a digression.
 * Facts are kept by name, never by position, so a changed list cannot swap two answers.
 */
export type Service<F extends object> = {
  id: string
  /** What the service is called inside a sentence: "a simulação da aposentadoria". */
  title: TextKey
  steps: Step<F>[]
  /** Called when no step is left. */
  finish: (facts: Partial<F>, context: Context) => Promise<Found<F>>
  /** The service can be about a relative of the person who writes: it then speaks of them, and they log in. */
  ofRelatives?: (facts: Partial<F>) => boolean
  /** What a sentence tells without being asked. `known`: the facts there are already. */
  prefill?: (mentions: Mentions, context: Context, known: Partial<F>) => Partial<F>
}

export type Step<F extends object> = Question<F> | Lookup<F> | LoginStep<F>

/** Something only the person knows. */
export type Question<F extends object> = {
  fact: keyof F & string
  when?: (facts: Partial<F>) => boolean
  ask: (facts: Partial<F>, context: Context) => Prompt
  read: (answer: Answer, facts: Partial<F>, context: Context) => Reading<unknown>
  /** The value in words, to read it back. */
  show?: (value: unknown) => string
  /** Words people use for this fact when they correct it: "data, nascimento". */
  names?: TextKey
  why?: TextKey
  /** An example of an answer, said when the first one was not understood. */
  example?: TextKey
  /** Sentences for the reasons a reading can fail with; anything else gets the example. */
  reasons?: Record<string, TextKey>
  /** People tell this when something else was asked, in words that can mean nothing else in this service. */
  volunteered?: boolean
  /**
   * The answer has an effect. It is never prefilled, is dropped when anything before it changes, and the fact
   * becomes the id of the very question that got the yes (`no` otherwise), so that it confirms nothing else.
   */
  confirms?: boolean
}

/** Something we find out ourselves: the record, a calculation, an effect on the INSS's side. */
export type Lookup<F extends object> = {
  fact: keyof F & string
  when?: (facts: Partial<F>) => boolean
  find: (facts: Partial<F>, context: Context) => Promise<Found<F>>
}

/** The service needs to know who the person is. The fact becomes the reference of that person. */
export type LoginStep<F extends object> = {
  fact: keyof F & string
  when?: (facts: Partial<F>) => boolean
  login: { purpose: TextKey; level: Level }
  /** What happens when the person does not want to, or cannot, log in. */
  refused: (facts: Partial<F>, context: Context) => Found<F>
}

export type Level = 'bronze' | 'silver' | 'gold'

/** What a step came to. */
export type Found<F extends object> = {
  say?: Say[]
  /** Facts learnt; the step's own fact among them, unless it is forgotten at once. */
  facts?: Partial<F>
  /** Facts to ask or find again. */
  forget?: (keyof F & string)[]
  /** The service is over. */
  end?: Outcome
  /** What was said names the Central 135; where people can take over here, one is offered. */
  person?: Why
  /** What was done on the INSS's side, with its protocol, for whoever takes over. */
  done?: string
  /** Another service takes over with these facts. */
  start?: { service: string; facts: object }
}

/** One bubble. */
export type Say = string | { text: string; link?: { title: string; url: string } }

export type Prompt = { say: Say[]; choices?: string[] }

export type Answer = {
  text: string
  meaning: Meaning
  /** Position of the choice the person picked, however they picked it. */
  choice?: number
  /** The choice was pressed, or typed exactly as it stands: it cannot mean anything else. */
  pressed: boolean
}

/** What the steps of a service may use. Built for one turn. */
export type Context = {
  conversationId: string
  /** Civil date in Brasília. */
  today: string
  inss: InssApi
  login: Login
  /** Messages the person did not ask for just now; absent where none are sent at all. */
  notices?: ConversationNotices
  /** People who can take over; absent where there are none and the Central 135 is named instead. */
  desk?: TurnDesk
  /** Minimum wage and ceiling of today in centavos, and since when: also for reading "dois salários". */
  amounts: { minimumWage: number; ceiling: number; since?: string | undefined }
  /** ISO instant at which this turn runs. */
  now: string
  /** The assistant is turned off: there are only people. `again`: that was said a moment ago. */
  off?: 'first' | 'again'
  /** Weekday (0 = Sunday) and hour in Brasília, for opening hours. */
  brasilia: { weekday: number; hour: number }
  record: (event: ConversationEvent) => void
}

/** What happened, in the past tense; ids and codes only. */
export type ConversationEvent = { type: string; [detail: string]: string | number | boolean | undefined }

/** The identity of the person in this conversation. */
export type Login = {
  session(): Promise<Session | undefined>
  /** @throws AppError `login_required` when there is no live session */
  token(): Promise<string>
  link(purpose: string, level: Level): Promise<{ url: string; code: string; minutes: number }>
  lastFailure(): Promise<string | undefined>
  logout(): Promise<{ url?: string }>
}

export type Session = { firstName: string; level: Level; personRef: string }

/** The desk of people, as one turn sees it. */
export type TurnDesk = {
  /** What can honestly be offered just now. Never throws: a desk that does not answer is `down`. */
  offer(wish: { skill: Skill; priority: Priority }): Promise<DeskOffer>
  /** The ticket of this conversation that is open. */
  ticket?: Ticket
}

export type DeskOffer = {
  /** Whether it is open at this hour of this day. */
  open: boolean
  /** How many people at work can take this. */
  people: number
  /** How many wait before a newcomer. */
  ahead: number
  /** From recent figures; absent when they say nothing. */
  waitMinutes?: [number, number]
  /** When it opens next, ISO 8601 in UTC; now when it is open. */
  nextOpening: string
  /** Until when a call-back can be promised and kept, ISO 8601 in UTC. */
  callbackBy: string
  /** The desk does not answer. */
  down: boolean
}

/** What a turn does to the wish for a person; committed in one step with its state and its replies. */
export type Handoff =
  /** A person was offered; nothing is queued yet. */
  | { do: 'request'; wish: PersonWish }
  /** Into the line; without an open ticket, a new one. */
  | { do: 'queue'; wish: PersonWish }
  /** A call-back was promised; without an open ticket, with a new one. */
  | { do: 'promise'; wish: PersonWish; by: string }
  /** Declined, or a promise taken back: the ticket ends. */
  | { do: 'return' }
  /** What the person was asked on an agent's behalf came back; without a value they could or would not say. */
  | { do: 'answer'; field: string; value?: string }

export type PersonWish = { why: Why; skill: Skill; priority: Priority; brief: Brief }
