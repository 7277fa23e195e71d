import type { Clock } from '../../clock'

/** How the link with WhatsApp stands. `why` is a code of ours or of the library, never its words. */
export type LinkState =
  /** The browser is opening the page. */
  | { name: 'starting' }
  /** A person must scan `code` with the telephone; `lost` when there was a session before. */
  | { name: 'waiting_for_scan'; code: string; lost: boolean }
  /** The telephone agreed; the page is loading its conversations. */
  | { name: 'authenticated' }
  /** Messages come and go. */
  | { name: 'ready' }
  /** The page or the browser lost WhatsApp. With `retryAt` the browser is closed and opens again then. */
  | { name: 'disconnected'; why: string; retryAt?: Date }
  /** WhatsApp's page does not open from here. */
  | { name: 'unreachable'; why: string; retryAt: Date }
  /** WhatsApp took the session away: the next start asks for a scan. */
  | { name: 'session_lost'; why: string; retryAt: Date }
  | { name: 'stopped' }

type Name = LinkState['name']

/** What may follow what. Anything else is a late word of a browser that is gone, and changes nothing. */
const moves: Record<Name, Name[]> = {
  starting: ['waiting_for_scan', 'authenticated', 'disconnected', 'unreachable', 'session_lost', 'stopped'],
  waiting_for_scan: [
    'waiting_for_scan',
    'authenticated',
    'disconnected',
    'unreachable',
    'session_lost',
    'stopped',
  ],
  authenticated: ['ready', 'starting', 'disconnected', 'unreachable', 'session_lost', 'stopped'],
  ready: ['starting', 'disconnected', 'session_lost', 'stopped'],
  disconnected: ['starting', 'waiting_for_scan', 'ready', 'disconnected', 'session_lost', 'stopped'],
  unreachable: ['starting', 'stopped'],
  session_lost: ['starting', 'stopped'],
  stopped: ['starting'],
}

/** Keeps the state of the link and refuses moves that are not in the table. */
export function createStates(clock: Clock, onMove: (state: LinkState) => void) {
  let current: LinkState = { name: 'stopped' }
  let since = clock.now()
  return {
    current: (): LinkState => current,
    /** When the current state began. */
    since: (): Date => since,
    /** @returns whether the move was allowed, and made */
    move(next: LinkState): boolean {
      if (!moves[current.name].includes(next.name)) return false
      current = next
      since = clock.now()
      onMove(next)
      return true
    },
  }
}
