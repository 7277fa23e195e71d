import { useEffect, useRef, useState } from 'preact/hooks'
import { fetchMe, sinceLastCall } from './api'

const LOOK_MILLISECONDS = 5_000
const WARN_MILLISECONDS = 60_000
/** Work that makes no calls (reading, scrolling) is told to the server this often. */
const TELL_MILLISECONDS = 120_000

/**
 * Signs out whoever left the computer: the server ends a session without calls, but what happens in conversations
 * makes calls too, so here only the agent's own hands count.
 * @param leave called once nobody has touched the page for `idleMinutes`
 * @returns whether that is about to happen, and how the agent says that they are there
 */
export function useIdle(idleMinutes: number, leave: () => void): { leaving: boolean; stay: () => void } {
  const [leaving, setLeaving] = useState(false)
  const touched = useRef(Date.now())
  const goes = useRef(leave)
  goes.current = leave
  const warned = useRef(false)
  warned.current = leaving

  useEffect(() => {
    const touch = () => {
      // While it is being asked, only the answer counts.
      if (!warned.current) touched.current = Date.now()
    }
    const kinds = ['keydown', 'pointerdown', 'wheel', 'touchmove'] as const
    for (const kind of kinds) addEventListener(kind, touch, { passive: true })
    const timer = setInterval(() => {
      const idle = Date.now() - touched.current
      if (idle > idleMinutes * 60_000) goes.current()
      else if (idle > idleMinutes * 60_000 - WARN_MILLISECONDS) setLeaving(true)
      else if (idle < LOOK_MILLISECONDS * 2 && sinceLastCall() > TELL_MILLISECONDS)
        fetchMe().catch(() => undefined)
    }, LOOK_MILLISECONDS)
    return () => {
      for (const kind of kinds) removeEventListener(kind, touch)
      clearInterval(timer)
    }
  }, [idleMinutes])

  return {
    leaving,
    stay() {
      touched.current = Date.now()
      setLeaving(false)
      fetchMe().catch(() => undefined)
    },
  }
}

/** A short sound for who looks elsewhere; nothing where the browser lets no page make one. */
export function chime(): void {
  try {
    const audio = new AudioContext()
    const tone = audio.createOscillator()
    const volume = audio.createGain()
    tone.frequency.value = 660
    volume.gain.setValueAtTime(0.12, audio.currentTime)
    volume.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + 0.35)
    tone.connect(volume).connect(audio.destination)
    tone.start()
    tone.stop(audio.currentTime + 0.35)
    tone.onended = () => void audio.close()
  } catch {
    // No sound then.
  }
}
