import type {
  Board,
  Canned,
  Changed,
  Detail,
  EffectBody,
  EffectName,
  Line,
  Me,
  Options,
  Revealable,
  Revealed,
  Status,
  StreamEvent,
  Summary,
} from '../../handoff/api-schemas'
import * as api from './api'
import { createOutbox, type Outbox, type Unsent } from './outbox'
import { createStream, type Line as StreamLine } from './stream'

/** Where the agent writes to: the person, the colleagues, or (a supervisor) whoever has the conversation. */
export type Mode = 'reply' | 'note' | 'whisper'
export type Draft = { mode: Mode; text: string }

/** The conversation on the screen. */
export type Open = {
  id: string
  detail?: Detail
  /** Why it cannot be shown. */
  fault?: api.Refused['code']
  /** What was revealed of the person, until the agent hides it or looks at something else. */
  revealed?: Revealed
}

/** All the console knows. It lives in memory only: closing the page or signing out forgets it. */
export type DeskState = {
  me: Me
  line: StreamLine
  lists: { mine: Summary[]; queue: Summary[]; callbacks: Summary[] }
  /** Every open conversation; supervisors only, once they looked. */
  all?: Summary[]
  open?: Open
  drafts: Record<string, Draft>
  unsent: Unsent[]
  options?: Options
  canned?: Canned
  board?: Board
  /** Why there is no board. */
  boardFault?: api.Refused['code']
}

export type DeskEvents = {
  onChange(state: DeskState): void
  /** Conversations that came to this agent or left them by no doing of theirs. */
  onAssigned(ticket: Summary): void
  onLost(ticket: Summary): void
  onLines(lines: Line[]): void
  /** They are given nobody more, because they did not answer. */
  onPaused(): void
  onSignedOut(reason?: 'idle' | 'ended'): void
}

const REFETCH_MILLISECONDS = 200
/** What was revealed stays no longer on a screen that others pass by. */
const REVEALED_MILLISECONDS = 120_000
/** What gives a conversation to this agent, or takes it from them. */
const moving: EffectName[] = [
  'claim',
  'take-over',
  'transfer',
  'return',
  'close',
  'callback',
  'start-service',
]

/** The agent's desk: what is waiting, the open conversation, and everything that can be done with it. */
export function createDesk(me: Me, events: DeskEvents) {
  let state: DeskState = {
    me,
    line: 'connecting',
    lists: { mine: [], queue: [], callbacks: [] },
    drafts: {},
    unsent: [],
  }
  let heardInbox = false
  let refetch: ReturnType<typeof setTimeout> | undefined
  let loads = 0
  let allTimer: ReturnType<typeof setTimeout> | undefined
  let hideTimer: ReturnType<typeof setTimeout> | undefined
  /** Moved by this agent: they need not be told. */
  const moved = new Set<string>()

  function set(change: Partial<DeskState>): void {
    state = { ...state, ...change }
    events.onChange(state)
  }

  const outbox: Outbox = createOutbox({
    onChange: (unsent) => set({ unsent }),
    onSent: (id, changed) => took(id, changed),
    onRefused: guard,
  })

  const stream = createStream({
    onEvent: hear,
    onLine(line) {
      set({ line })
      if (line !== 'online') return
      outbox.flush()
      // What changed while nobody listened, should the desk not remember so far back.
      if (state.open !== undefined) refetchSoon()
    },
    onSignedOut: () => events.onSignedOut(),
  })

  function hear(event: StreamEvent) {
    switch (event.name) {
      case 'inbox': {
        const before = state.lists.mine
        const { mine, queue, callbacks } = event.data
        set({ lists: { mine, queue, callbacks } })
        if (heardInbox) {
          const had = new Set(before.map(({ id }) => id))
          const has = new Set(mine.map(({ id }) => id))
          for (const ticket of mine)
            if (!had.has(ticket.id) && !moved.delete(ticket.id)) events.onAssigned(ticket)
          for (const ticket of before)
            if (!has.has(ticket.id) && !moved.delete(ticket.id)) events.onLost(ticket)
        }
        heardInbox = true
        // What was refused may be theirs now, or wait for anybody again.
        const { open } = state
        if (open?.fault !== undefined && [...mine, ...queue, ...callbacks].some(({ id }) => id === open.id))
          void load()
        if (state.all !== undefined) refreshAllSoon()
        return
      }
      case 'ticket':
        return took(event.data.ticket.id, { ticket: event.data.ticket, lines: [] })
      case 'lines':
        return addLines(event.data.ticketId, event.data.lines)
      case 'board':
        return set({ board: event.data })
      case 'status': {
        const { status, because } = event.data
        if (because === 'unanswered' && state.me.status === 'available') events.onPaused()
        return set({ me: { ...state.me, status } })
      }
      case 'signed_out':
        return events.onSignedOut(event.data.reason)
    }
  }

  /** A ticket as it is now; an older word of it than what is known changes nothing. */
  function took(id: string, { ticket, lines }: Changed): void {
    addLines(id, lines)
    const { open } = state
    if (open?.id !== id || open.detail === undefined) return
    if (ticket.version <= open.detail.ticket.version) return
    const others = ['assigned', 'agent', 'idle'].includes(ticket.state) && !ticket.mine
    if (others && state.me.agent.role !== 'supervisor') {
      set({ open: { id, fault: 'not_yours' } })
      return
    }
    set({ open: { ...open, detail: { ...open.detail, ticket } } })
    refetchSoon()
  }

  function addLines(id: string, lines: Line[]): void {
    const { open } = state
    if (lines.length === 0 || open?.id !== id || open.detail === undefined) return
    const known = new Set(open.detail.lines.map(({ number }) => number))
    set({ open: { ...open, detail: { ...open.detail, lines: merged(open.detail.lines, lines) } } })
    outbox.shown(id, lines)
    const fresh = lines.filter(({ number }) => !known.has(number))
    if (fresh.length > 0) events.onLines(fresh)
  }

  function refetchSoon(): void {
    clearTimeout(refetch)
    refetch = setTimeout(() => void load(), REFETCH_MILLISECONDS)
  }

  async function load(): Promise<void> {
    const id = state.open?.id
    if (id === undefined) return
    loads += 1
    const asked = loads
    try {
      const detail = await api.fetchTicket(id)
      if (state.open?.id !== id || asked !== loads) return
      // What was heard while it came may be newer.
      if (detail.ticket.version < (state.open.detail?.ticket.version ?? 0)) return refetchSoon()
      const before = state.open.detail?.lines ?? []
      const known = new Set(before.map(({ number }) => number))
      const { fault: _, ...open } = state.open
      set({ open: { ...open, detail: { ...detail, lines: merged(before, detail.lines) } } })
      outbox.shown(id, detail.lines)
      const fresh = before.length === 0 ? [] : detail.lines.filter(({ number }) => !known.has(number))
      if (fresh.length > 0) events.onLines(fresh)
      watch()
    } catch (error) {
      const code = guard(error)
      if (state.open?.id !== id || asked !== loads) return
      // What is on the screen stays while the line is down; what is nobody's business here any more goes.
      if (code !== 'unreachable') set({ open: { id, fault: code } })
      else if (state.open.detail === undefined) set({ open: { id, fault: code } })
    }
  }

  /** One's own conversations are heard anyway. */
  function watch(): void {
    const open = state.open
    stream.watch(open?.detail !== undefined && !open.detail.ticket.mine ? open.id : undefined)
  }

  /** @returns why; a session that is over ends the page as well */
  function guard(error: unknown): api.Refused['code'] {
    const code = error instanceof api.Refused ? error.code : 'internal'
    // With another token somebody else has signed in meanwhile, in another tab.
    if (code === 'signed_out' || code === 'csrf') events.onSignedOut()
    return code
  }

  function refreshAllSoon(): void {
    allTimer ??= setTimeout(() => {
      allTimer = undefined
      void refreshAll()
    }, 1000)
  }

  async function refreshAll(): Promise<void> {
    try {
      set({ all: (await api.fetchTickets('all')).items })
    } catch (error) {
      guard(error)
    }
  }

  function hide(): void {
    if (state.open?.revealed === undefined) return
    const { revealed: _, ...open } = state.open
    set({ open })
  }

  async function keep<T>(work: Promise<T>, as: (value: T) => Partial<DeskState>): Promise<void> {
    try {
      set(as(await work))
    } catch (error) {
      guard(error)
    }
  }

  /** @throws api.Refused */
  async function presence(status: Status): Promise<void> {
    try {
      const answer = await api.putPresence(status)
      set({ me: { ...state.me, status: answer.status } })
    } catch (error) {
      guard(error)
      throw error
    }
  }

  return {
    current: () => state,

    start(): void {
      stream.start()
      void keep(api.fetchOptions(), (options) => ({ options }))
      void keep(api.fetchCanned(), (canned) => ({ canned }))
      if (me.agent.role === 'supervisor')
        api.fetchBoard().then(
          (board) => set({ board }),
          (error: unknown) => set({ boardFault: guard(error) }),
        )
    },

    stop(): void {
      stream.stop()
      outbox.stop()
      clearTimeout(refetch)
      clearTimeout(allTimer)
      clearTimeout(hideTimer)
    },

    retryLine: stream.retry,
    refreshAll,
    refreshOptions: () => keep(api.fetchOptions(), (options) => ({ options })),
    signOut: api.signOut,

    /** Puts a conversation on the screen, or none. */
    open(id: string | undefined): void {
      if (id === state.open?.id) return
      if (id === undefined) {
        const { open: _, ...rest } = state
        state = rest
        events.onChange(state)
        watch()
        return
      }
      set({ open: { id } })
      void load()
    },

    reload: load,

    draft(id: string, draft: Draft): void {
      set({ drafts: { ...state.drafts, [id]: draft } })
    },

    /** Sends once, however often the line falls. */
    write(id: string, mode: Mode, text: string): void {
      const last = state.open?.id === id ? (state.open.detail?.lines.at(-1)?.number ?? 0) : 0
      outbox.write({ ticketId: id, mode, text, after: last })
    },
    writeFile(id: string, file: File, text: string): void {
      const last = state.open?.id === id ? (state.open.detail?.lines.at(-1)?.number ?? 0) : 0
      outbox.write({ ticketId: id, mode: 'reply', text, file, after: last })
    },
    again: outbox.again,
    discard: outbox.discard,

    /**
     * Does something with a conversation.
     * @param key the same for every try of one wish, so that it has its effect once
     * @throws api.Refused
     */
    async act<Name extends Exclude<EffectName, 'reveal'>>(
      id: string,
      name: Name,
      body: EffectBody<Name>,
    ): Promise<void> {
      if (moving.includes(name)) moved.add(id)
      try {
        took(id, await api.effect(id, name, body))
      } catch (error) {
        moved.delete(id)
        guard(error)
        throw error
      }
    },

    /** @throws api.Refused */
    async reveal(id: string, fields: Revealable[], reason: string, key: string): Promise<void> {
      try {
        const revealed = await api.reveal(id, { key, fields, reason })
        const { open } = state
        if (open?.id !== id) return
        const values = { ...open.revealed?.values, ...revealed.values }
        const lines = revealed.lines ?? open.revealed?.lines
        set({ open: { ...open, revealed: { values, ...(lines !== undefined && { lines }) } } })
        clearTimeout(hideTimer)
        hideTimer = setTimeout(hide, REVEALED_MILLISECONDS)
      } catch (error) {
        guard(error)
        throw error
      }
    },

    hide,

    presence,
  }
}

export type Desk = ReturnType<typeof createDesk>

/** Both in order of their numbers; the newer word of a line stands. */
function merged(before: Line[], lines: Line[]): Line[] {
  const byNumber = new Map([...before, ...lines].map((line) => [line.number, line]))
  return [...byNumber.values()].sort((one, other) => one.number - other.number)
}
