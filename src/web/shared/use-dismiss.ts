import type { RefObject } from 'preact'
import { useLayoutEffect } from 'preact/hooks'

/** Closes what is open inside a box when the person presses or goes elsewhere, or presses Esc. */
export function useDismiss(options: {
  open: boolean
  box: RefObject<HTMLElement | null>
  /** Gets the keyboard back after Esc. */
  opener: RefObject<HTMLElement | null>
  close: () => void
}): void {
  const { open, box, opener, close } = options
  useLayoutEffect(() => {
    if (!open) return
    const outside = (event: Event) => {
      if (event.target instanceof Node && box.current?.contains(event.target) === false) close()
    }
    const escaped = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return
      close()
      opener.current?.focus()
    }
    document.addEventListener('pointerdown', outside)
    document.addEventListener('focusin', outside)
    document.addEventListener('keydown', escaped)
    return () => {
      document.removeEventListener('pointerdown', outside)
      document.removeEventListener('focusin', outside)
      document.removeEventListener('keydown', escaped)
    }
  }, [open])
}
