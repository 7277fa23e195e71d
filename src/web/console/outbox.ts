import type { Changed, Line } from '../../handoff/api-schemas'
import { effect, newKey, type Refused, sendFile } from './api'
import type { Mode } from './desk'

/** Words of the agent's that the desk has not confirmed yet. */
export type Unsent = {
  /** The same in every try, so that the desk takes it once. */
  key: string
  ticketId: string
  mode: Mode
  text: string
  file?: File
  at: string
  /** The last line shown when it was written: only a later one can be this. */
  after: number
  /** `waiting`: goes by itself when the line is back. `refused`: not without the agent. */
  state: 'sending' | 'waiting' | 'refused'
  why?: Refused['code']
  /** It is in the transcript already, though its confirmation was lost. */
  seen?: boolean
}

const AGAIN_MILLISECONDS = 4_000

/** Sends what agents write, in order within a conversation, each once. */
export function createOutbox(events: {
  onChange(unsent: Unsent[]): void
  onSent(ticketId: string, changed: Changed): void
  onRefused(error: unknown): Refused['code']
}) {
  let unsent: Unsent[] = []
  const busy = new Set<string>()
  let timer: ReturnType<typeof setTimeout> | undefined

  function set(next: Unsent[]): void {
    unsent = next
    events.onChange(unsent)
  }

  function mark(key: string, change: Partial<Unsent>): void {
    set(unsent.map((each) => (each.key === key ? { ...each, ...change } : each)))
  }

  async function send(ticketId: string): Promise<void> {
    if (busy.has(ticketId)) return
    busy.add(ticketId)
    try {
      for (;;) {
        const next = unsent.find((each) => each.ticketId === ticketId && each.state !== 'refused')
        if (next === undefined) return
        mark(next.key, { state: 'sending' })
        try {
          const changed = await post(next)
          const last = Math.max(0, ...changed.lines.map(({ number }) => number))
          set(
            unsent
              .filter(({ key }) => key !== next.key)
              .map((each) =>
                each.ticketId === ticketId ? { ...each, after: Math.max(each.after, last) } : each,
              ),
          )
          events.onSent(ticketId, changed)
        } catch (error) {
          const code = events.onRefused(error)
          if (code === 'unreachable' || code === 'too_many' || code === 'store_unavailable') {
            // What was written after it waits behind it.
            set(
              unsent.map((each) =>
                each.ticketId === ticketId && each.state !== 'refused'
                  ? { ...each, state: 'waiting', why: code }
                  : each,
              ),
            )
            clearTimeout(timer)
            timer = setTimeout(flush, AGAIN_MILLISECONDS)
            return
          }
          mark(next.key, { state: 'refused', why: code })
        }
      }
    } finally {
      busy.delete(ticketId)
    }
  }

  function post({ ticketId, mode, key, text, file }: Unsent): Promise<Changed> {
    if (file !== undefined) return sendFile(ticketId, file, key, text)
    return effect(ticketId, mode, { key, text })
  }

  function flush(): void {
    for (const id of new Set(unsent.map(({ ticketId }) => ticketId))) void send(id)
  }

  return {
    flush,

    stop(): void {
      clearTimeout(timer)
      unsent = []
    },

    write(message: Pick<Unsent, 'ticketId' | 'mode' | 'text' | 'after' | 'file'>): void {
      set([...unsent, { ...message, key: newKey(), at: new Date().toISOString(), state: 'sending' }])
      void send(message.ticketId)
    },

    again(key: string): void {
      mark(key, { state: 'sending' })
      flush()
    },

    discard(key: string): void {
      set(unsent.filter((each) => each.key !== key))
    },

    /** These lines are in the transcript: whichever of them was unconfirmed need not be shown twice. */
    shown(ticketId: string, lines: Line[]): void {
      for (const each of unsent) {
        if (each.ticketId !== ticketId || each.seen === true || each.state === 'refused') continue
        const who = each.mode === 'reply' ? 'agent' : 'note'
        if (lines.some((line) => line.number > each.after && line.who === who && line.text === each.text))
          mark(each.key, { seen: true })
      }
    },
  }
}

export type Outbox = ReturnType<typeof createOutbox>
