import { isOpen, type Owner, ownerOf, type Ticket } from '../handoff/ticket'
import type { Outbound } from '../message'
import {
  type Desk,
  type JournalEntry,
  type KeptLine,
  LINES_LIVE_MS,
  type Line,
  lineOf,
  MOST_JOURNAL,
  MOST_LINES,
  MOST_LINES_OPEN,
  type Presence,
  type TicketStep,
} from './store'

/** What a conversation in memory keeps for the desk. */
export type KeptForDesk = {
  ticket?: Ticket
  /** When a ticket that ended, and lines nobody added to, are forgotten. */
  ticketUntil?: number
  lines: KeptLine[]
  linesSaid: number
  linesUntil?: number
}

/** How one step of the conversation's own changes its desk. */
export type DeskSteps = {
  ticket(kept: KeptForDesk): Ticket | undefined
  owner(kept: KeptForDesk): Owner
  /** @returns whether the open ticket is what the step expects */
  fits(kept: KeptForDesk, step: TicketStep | undefined): boolean
  /** Ticket, lines and journal of a step that fits. */
  apply(
    conversationId: string,
    kept: KeptForDesk,
    change: { ticket?: TicketStep; lines: Line[]; journal?: JournalEntry[] },
  ): void
}

export type HeldJournal = { from: number; entries: JournalEntry[] }

export function createDeskSteps(options: {
  now: () => number
  journal: HeldJournal
  changed: (conversationId: string) => void
}): DeskSteps {
  const { now, journal, changed } = options

  const openTicket = ({ ticket }: KeptForDesk) =>
    ticket !== undefined && isOpen(ticket) ? structuredClone(ticket) : undefined

  function note(entry: JournalEntry): void {
    journal.entries.push(structuredClone(entry))
    while (journal.entries.length > MOST_JOURNAL) {
      journal.entries.shift()
      journal.from += 1
    }
  }

  return {
    ticket: openTicket,
    owner: (kept) => ownerOf(openTicket(kept)),
    fits(kept, step) {
      if (step === undefined) return true
      const open = openTicket(kept)
      return open?.id === step.from?.id && open?.version === step.from?.version
    },
    apply(conversationId, kept, { ticket, lines, journal: entries = [] }) {
      const before = openTicket(kept)
      if (ticket?.to !== undefined) {
        kept.ticket = structuredClone(ticket.to)
        kept.ticketUntil = now() + LINES_LIVE_MS
      }
      const open = openTicket(kept) !== undefined
      forgetLines(kept, now())
      for (const line of lines) {
        kept.linesSaid += 1
        kept.lines.push({ ...structuredClone(line), number: kept.linesSaid })
      }
      if (lines.length > 0)
        kept.lines = kept.lines.slice(open || before !== undefined ? -MOST_LINES_OPEN : -MOST_LINES)
      if (lines.length > 0 || ticket?.to !== undefined) kept.linesUntil = now() + LINES_LIVE_MS
      for (const entry of entries) note(entry)
      if (before !== undefined && !open) note({ kind: 'ended', ticketId: before.id, lines: kept.lines })
      const seen = before !== undefined || open
      if (seen && (ticket?.to !== undefined || lines.length > 0)) changed(conversationId)
    },
  }
}

/** What is to be known of a conversation beside what the steps of inbox and outbox do. */
type Hooks = {
  find(conversationId: string): KeptForDesk | undefined
  change: Desk['change']
  all(): Iterable<KeptForDesk>
}

export function createMemoryDesk(options: {
  now: () => number
  journal: HeldJournal
  steps: DeskSteps
  listeners: Set<(conversationId: string | undefined) => void>
  hooks: Hooks
}): Desk {
  const { now, journal, steps, listeners, hooks } = options
  const present = new Map<string, { agent: Presence; until: number }>()
  const worked = new Map<string, number>()
  const leads = new Map<string, { worker: string; until: number }>()
  const agentsChanged = () =>
    queueMicrotask(() => {
      for (const listener of listeners) listener(undefined)
    })

  return {
    async ticket(conversationId) {
      const kept = hooks.find(conversationId)
      const open = kept && steps.ticket(kept)
      if (open !== undefined) return open
      const live = kept?.ticketUntil !== undefined && kept.ticketUntil > now()
      return live ? structuredClone(kept.ticket) : undefined
    },
    change: hooks.change,
    async open() {
      return [...hooks.all()].flatMap((kept) => steps.ticket(kept) ?? [])
    },
    async lines(conversationId, after = 0) {
      const kept = hooks.find(conversationId)
      if (kept === undefined) return []
      if (steps.ticket(kept) === undefined) forgetLines(kept, now())
      return structuredClone(kept.lines.filter(({ number }) => number > after))
    },
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    agents: {
      async put(agent, milliseconds) {
        const before = present.get(agent.id)
        present.set(agent.id, { agent: structuredClone(agent), until: now() + milliseconds })
        const same = before !== undefined && before.until > now()
        if (!same || JSON.stringify(before.agent) !== JSON.stringify(agent)) agentsChanged()
      },
      async remove(id) {
        if (present.delete(id)) agentsChanged()
      },
      async worked(id, at) {
        worked.set(id, at)
      },
      async list() {
        return [...present.values()]
          .filter(({ until }) => until > now())
          .map(({ agent }) => {
            const workedAt = worked.get(agent.id)
            return { ...structuredClone(agent), ...(workedAt !== undefined && { workedAt }) }
          })
      },
    },
    async lead(name, worker, milliseconds) {
      const held = leads.get(name)
      if (held !== undefined && held.worker !== worker && held.until > now()) return false
      leads.set(name, { worker, until: now() + milliseconds })
      return true
    },
    async resign(name, worker) {
      if (leads.get(name)?.worker === worker) leads.delete(name)
    },
    journal: {
      places: 1,
      take: async (_where, limit) => ({
        from: journal.from,
        entries: structuredClone(journal.entries.slice(0, limit)),
      }),
      async done(_where, before) {
        const copied = Math.max(0, before - journal.from)
        journal.entries.splice(0, copied)
        journal.from += copied
      },
    },
  }
}

/** The bot's replies that did not go out any more because people had taken over, as lines. */
export function unsaidLines(messages: Outbound[], at: number): Line[] {
  return messages.map((message) => ({
    ...lineOf(message),
    at: new Date(at).toISOString(),
    unsaid: true as const,
  }))
}

function forgetLines(kept: KeptForDesk, now: number): void {
  const open = kept.ticket !== undefined && isOpen(kept.ticket)
  if (!open && kept.linesUntil !== undefined && kept.linesUntil <= now) kept.lines = []
}
