import type { Log } from '../log'
import type { Desk } from '../store/store'
import type { Ticket } from './ticket'

/** What was not told (a connection was lost) is found by looking this often. */
const LOOK_AGAIN_MS = 5000

export type OpenTickets = {
  /** As this process last saw them; read anew when that was a while ago. */
  list(): Promise<Ticket[]>
  /** Calls back once what changed can be seen in `list`. */
  onChange(listener: (conversationId: string | undefined) => void): () => void
  stop(): void
}

/** The open tickets, kept up to date by what the store tells of each change. */
export function createOpenTickets(desk: Desk, log: Log): OpenTickets {
  const tickets = new Map<string, Ticket>()
  const listeners = new Set<(conversationId: string | undefined) => void>()
  /** Conversations that are being read; those told of again meanwhile are read once more. */
  const reading = new Map<string, 'once' | 'again'>()
  let looked = Number.NEGATIVE_INFINITY
  let looking: Promise<void> | undefined
  let toldWhileLooking = new Set<string>()

  const stop = desk.onChange((conversationId) => {
    if (conversationId === undefined) return tell(undefined)
    if (looking !== undefined) toldWhileLooking.add(conversationId)
    void read(conversationId)
  })

  function tell(conversationId: string | undefined): void {
    for (const listener of listeners) listener(conversationId)
  }

  async function read(conversationId: string): Promise<void> {
    if (reading.has(conversationId)) {
      reading.set(conversationId, 'again')
      return
    }
    try {
      do {
        reading.set(conversationId, 'once')
        keep(conversationId, await desk.ticket(conversationId))
      } while (reading.get(conversationId) === 'again')
      reading.delete(conversationId)
    } catch (error) {
      reading.delete(conversationId)
      looked = Number.NEGATIVE_INFINITY
      log.warn({ err: (error as Error).name }, 'a ticket could not be read')
    }
    tell(conversationId)
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
