import type { Log } from '../log'
import type { Desk } from '../store/store'
import type { Ticket } from './ticket'

/** What was not told (a connection was lost) is found by looking this often. */
const LOOK_AGAIN_MS = 5000

export type OpenTickets = {
  /** As this process last saw them; read anew when that was a while ago. */
  list(): Promise<Ticket[]>
  /**
   * Calls back once what changed can be seen in `list`: a ticket or its lines; without a conversation, who is at work.
   * `moved`: the ticket is in another state, or another agent's, or it is not told.
   */
  onChange(listener: Listener): () => void
  stop(): void
}

type Listener = (conversationId: string | undefined, moved: boolean) => void

/** The open tickets, kept up to date by what the store tells of each change. */
export function createOpenTickets(desk: Desk, log: Log): OpenTickets {
  const tickets = new Map<string, Ticket>()
  const listeners = new Set<Listener>()
  /** Conversations that are being read; those told of again meanwhile are read once more. */
  const reading = new Map<string, 'once' | 'again'>()
  let looked = Number.NEGATIVE_INFINITY
  let looking: Promise<void> | undefined
  let toldWhileLooking = new Set<string>()

  const stop = desk.onChange((conversationId) => {
    if (conversationId === undefined) return tell(undefined, true)
    if (looking !== undefined) toldWhileLooking.add(conversationId)
    void read(conversationId)
  })

  function tell(conversationId: string | undefined, moved: boolean): void {
    for (const listener of listeners) listener(conversationId, moved)
  }

  async function read(conversationId: string): Promise<void> {
    if (reading.has(conversationId)) {
      reading.set(conversationId, 'again')
      return
    }
    const before = tickets.get(conversationId)
    let known = true
    try {
      do {
        reading.set(conversationId, 'once')
        keep(conversationId, await desk.ticket(conversationId))
      } while (reading.get(conversationId) === 'again')
      reading.delete(conversationId)
    } catch (error) {
      reading.delete(conversationId)
      looked = Number.NEGATIVE_INFINITY
      known = false
      log.warn({ err: (error as Error).name }, 'a ticket could not be read')
    }
    const after = tickets.get(conversationId)
    tell(conversationId, !known || before?.state !== after?.state || before?.agentId !== after?.agentId)
  }

  function keep(conversationId: string, ticket: Ticket | undefined): void {
    const open = ticket !== undefined && ticket.endedAt === undefined
    if (open) tickets.set(conversationId, ticket)
    else tickets.delete(conversationId)
  }

  async function look(): Promise<void> {
    toldWhileLooking = new Set()
    const found = await desk.open()
    tickets.clear()
    for (const ticket of found) tickets.set(ticket.conversationId, ticket)
    looked = performance.now()
    await Promise.all([...toldWhileLooking].map(read))
  }

  return {
    async list() {
      if (performance.now() - looked > LOOK_AGAIN_MS) {
        looking ??= look().finally(() => {
          looking = undefined
        })
        await looking
      }
      return [...tickets.values()]
    },
    onChange(listener) {
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
      }
    },
    stop,
  }
}
