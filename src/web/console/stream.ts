import type { StreamEvent } from '../../handoff/api-schemas'
import { BASE } from './api'

/** How the page stands with the desk. */
export type Line = 'connecting' | 'online' | 'offline'

export type StreamEvents = {
  onEvent(event: StreamEvent): void
  onLine(line: Line): void
  /** The desk knows nobody here any more. */
  onSignedOut(): void
}

/** The desk's empty comments come every 15 s: this much silence means that the line is dead. */
const SILENCE_MILLISECONDS = 40_000
const FIRST_WAIT_MILLISECONDS = 500
const LONGEST_WAIT_MILLISECONDS = 15_000

/**
 * Hears what happens at the desk. Read by hand rather than by `EventSource`, which gives up on an error, cannot tell
 * a dead line from a quiet one, and forgets where it was when the watched conversation changes.
 */
export function createStream(events: StreamEvents) {
  let lastId = ''
  let watched: string | undefined
  let failures = 0
  let control: AbortController | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let line: Line = 'connecting'

  function tell(next: Line): void {
    if (next === line) return
    line = next
    events.onLine(next)
  }

  async function connect(): Promise<void> {
    stop()
    const mine = new AbortController()
    control = mine
    let silence: ReturnType<typeof setTimeout> | undefined
    const heard = () => {
      clearTimeout(silence)
      silence = setTimeout(() => mine.abort(), SILENCE_MILLISECONDS)
    }
    heard()
    try {
      const query = watched === undefined ? '' : `?watch=${encodeURIComponent(watched)}`
      const response = await fetch(`${BASE}/stream${query}`, {
        cache: 'no-store',
        credentials: 'same-origin',
        signal: mine.signal,
        headers: { accept: 'text/event-stream', ...(lastId !== '' && { 'last-event-id': lastId }) },
      })
      if (response.status === 401 || response.status === 403) {
        events.onSignedOut()
        return
      }
      if (!response.ok || response.body === null) throw new Error(`status ${response.status}`)
      failures = 0
      tell('online')
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
      const parse = createParser((event) => {
        if (mine === control) take(event)
      })
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        heard()
        parse(part.value)
      }
    } catch {
      // Fallen, silent or cut: all the same, it is tried again.
    } finally {
      clearTimeout(silence)
    }
    if (mine !== control) return
    tell('offline')
    const wait = Math.min(LONGEST_WAIT_MILLISECONDS, FIRST_WAIT_MILLISECONDS * 2 ** failures)
    failures++
    timer = setTimeout(() => void connect(), wait * (0.75 + Math.random() / 2))
  }

  function take({ id, name, data }: ParsedEvent): void {
    if (id !== undefined) lastId = id
    if (data !== '') events.onEvent({ name, data: JSON.parse(data) } as StreamEvent)
  }

  function stop(): void {
    clearTimeout(timer)
    const old = control
    control = undefined
    old?.abort()
  }

  function retry(): void {
    failures = 0
    void connect()
  }

  const onOffline = () => {
    stop()
    tell('offline')
  }
  const onVisible = () => {
    if (document.visibilityState === 'visible' && line === 'offline') retry()
  }

  return {
    start(): void {
      addEventListener('online', retry)
      addEventListener('offline', onOffline)
      document.addEventListener('visibilitychange', onVisible)
      void connect()
    },

    stop(): void {
      removeEventListener('online', retry)
      removeEventListener('offline', onOffline)
      document.removeEventListener('visibilitychange', onVisible)
      stop()
    },

    retry,

    /** Also hear about a conversation that is not one's own. */
    watch(ticketId: string | undefined): void {
      if (ticketId === watched) return
      watched = ticketId
      void connect()
    },
  }
}

type ParsedEvent = { id?: string; name: string; data: string }

/** Server-sent events out of a stream that is cut anywhere (WHATWG HTML, 9.2.6). */
function createParser(onEvent: (event: ParsedEvent) => void): (text: string) => void {
  let rest = ''
  let event: ParsedEvent = { name: '', data: '' }
  return (text) => {
    const lines = (rest + text).split(/\r\n|\n/)
    rest = lines.pop() ?? ''
    for (const line of lines) {
      if (line === '') {
        if (event.name !== '') onEvent(event)
        event = { name: '', data: '' }
        continue
      }
      const colon = line.indexOf(':')
      const field = colon === -1 ? line : line.slice(0, colon)
      const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '')
      if (field === 'id') event.id = value
      else if (field === 'event') event.name = value
      else if (field === 'data') event.data += (event.data === '' ? '' : '\n') + value
    }
  }
}
