import { useCallback, useState } from 'preact/hooks'

const KEPT_MILLISECONDS = 15_000
let announcements = 0

/** The page's one polite live region. It stands outside the list, so that nothing is read twice. */
export function useAnnouncer() {
  const [lines, setLines] = useState<{ id: number; text: string }[]>([])
  const announce = useCallback((text: string): void => {
    const id = ++announcements
    setLines((before) => [...before, { id, text }])
    setTimeout(() => setLines((before) => before.filter((line) => line.id !== id)), KEPT_MILLISECONDS)
  }, [])
  const region = (
    <div class="hidden" aria-live="polite" id="avisos">
      {lines.map(({ id, text }) => (
        <p key={id}>{text}</p>
      ))}
    </div>
  )
  return { announce, region }
}
