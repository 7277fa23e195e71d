import type { Outbound } from '../message'
import type { KeptLine, Presence } from '../store/store'
import type { Skill, Ticket, TicketOutcome } from './ticket'

/** Who acts: an agent of the console, of Chatwoot or of another desk. The name is said to the person. */
export type Agent = { id: string; name: string; supervisor?: boolean }

/**
 * What an action came to, and the lines it added. The same `key` again gives `ok` with the ticket as it is now and has
 * no second effect.
 */
export type DeskResult =
  | { ok: true; ticket: Ticket; lines: KeptLine[] }
  /** `taken`: somebody else has it. `refused`: the ticket is not in a state that allows it (any more). */
  | { ok: false; code: 'not_found' | 'refused' | 'asking_already' }
  | { ok: false; code: 'taken' | 'not_yours'; agentId: string }

/**
 * The desk: every way in which people take part in a conversation. All of it goes through the table of moves and one
 * atomic step of the store; when somebody else changed the ticket meanwhile, it is looked at again.
 * @throws AppError `store_unavailable`
 */
export type DeskService = {
  /** The tickets that are open, as this process last saw them: it hears of every change. */
  open(): Promise<Ticket[]>
  /** As it is now; also for two hours after it ended. */
  ticket(conversationId: string): Promise<Ticket | undefined>
  lines(conversationId: string, after?: number): Promise<KeptLine[]>
  /** The place in the line, from 1; undefined when it does not wait there. */
  position(ticket: Ticket): Promise<number | undefined>
  onChange(listener: (conversationId: string | undefined) => void): () => void

  /** Takes one that waits, or is owed a call-back. Of several agents one gets it; the others are told `taken`. */
  claim(conversationId: string, agent: Agent, key: string): Promise<DeskResult>
  /**
   * Says something to the person, and takes the conversation first if nobody has it. `over`: also if somebody else
   * has it (a supervisor, or another desk in which agents share conversations).
   */
  speak(conversationId: string, agent: Agent, said: Said, key: string): Promise<DeskResult>
  /** For agents only; whoever may see the conversation may note. `whisper`: a supervisor's, to whoever has it. */
  note(
    conversationId: string,
    agent: Agent,
    text: string,
    key: string,
    how?: { whisper: true },
  ): Promise<DeskResult>
  /** To an agent, who must answer in time, or back to the head of the line of a skill. */
  transfer(
    conversationId: string,
    agent: Agent,
    to: { agentId: string } | { skill: Skill },
    note: string,
    key: string,
  ): Promise<DeskResult>
  /** To the bot, which asks its open question again exactly there, or lets it go (`menu`). */
  giveBack(conversationId: string, agent: Agent, resume: 'resume' | 'menu', key: string): Promise<DeskResult>
  /** To the bot, which opens this service for the person. */
  start(conversationId: string, agent: Agent, service: string, key: string): Promise<DeskResult>
  close(conversationId: string, agent: Agent, outcome: TicketOutcome, key: string): Promise<DeskResult>
  /** A call-back until `by` (ISO 8601); the person is told. */
  promise(conversationId: string, agent: Agent, by: string, key: string): Promise<DeskResult>
  /** Has the bot ask the person for a field, or to log in (`login.<level>`). */
  ask(conversationId: string, agent: Agent, field: string, key: string): Promise<DeskResult>
  /** A supervisor's: from the line, from another agent, or from the bot of a conversation that has no ticket. */
  takeOver(conversationId: string, supervisor: Agent, key: string): Promise<DeskResult>

  /** Keeps an agent at work for half a minute; the console repeats it. */
  present(agent: Presence): Promise<void>
  /** Gone for good (signed out): what they had goes back to the head of the line at once. */
  leave(agentId: string): Promise<void>
  agents(): Promise<(Presence & { workedAt?: number })[]>
}

export type Said = { text: string; file?: Outbound['file']; over?: boolean }
