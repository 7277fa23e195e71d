import { useEffect, useRef } from 'preact/hooks'

/** When a window goes, the keyboard is back where it was, or on the conversation when that place is gone. */
export function useReturnFocus(): void {
  const before = useRef(document.activeElement)
  useEffect(
    () => () => {
      // Behind an open window nothing takes the focus.
      setTimeout(() => {
        const place = before.current
        if (place instanceof HTMLElement && place.isConnected && place !== document.body) place.focus()
        else document.getElementById('conversa-titulo')?.focus()
      })
    },
    [],
  )
}
