import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { Me } from '../../handoff/api-schemas'
import { createDesk, type Desk, type DeskEvents, type DeskState } from './desk'

/** The desk of whoever is inside, and everything it knows, anew at each change. */
export function useDesk(me: Me, events: Omit<DeskEvents, 'onChange'>): { desk: Desk; state: DeskState } {
  const now = useRef(events)
  now.current = events
  const [, redraw] = useState<DeskState>()
  const desk = useMemo(
    () =>
      createDesk(me, {
        onChange: redraw,
        onAssigned: (ticket) => now.current.onAssigned(ticket),
        onLost: (ticket) => now.current.onLost(ticket),
        onPaused: () => now.current.onPaused(),
        onLines: (lines) => now.current.onLines(lines),
        onSignedOut: (reason) => now.current.onSignedOut(reason),
      }),
    [me],
  )
  useEffect(() => {
    desk.start()
    return desk.stop
  }, [desk])
  return { desk, state: desk.current() }
}

/** The time, looked at again every few seconds: waits grow while nothing happens. */
export function useNow(everySeconds = 10): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everySeconds * 1000)
    return () => clearInterval(timer)
  }, [everySeconds])
  return now
}
