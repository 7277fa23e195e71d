import { useEffect, useRef } from 'preact/hooks'
import type { TextKey } from './text'

/**
 * Every key is pressed with Alt, so that nothing happens by a letter alone (WCAG 2.1.4), and is told by its place on
 * the keyboard, because Alt writes other letters on some. Left out: D, E and F, which browsers take for themselves.
 */
export const shortcuts = {
  list_mine: { code: 'Digit1', shown: '1', text: 'shortcutMine' },
  list_queue: { code: 'Digit2', shown: '2', text: 'shortcutQueue' },
  list_callbacks: { code: 'Digit3', shown: '3', text: 'shortcutCallbacks' },
  next: { code: 'ArrowDown', shown: '↓', text: 'shortcutNext' },
  previous: { code: 'ArrowUp', shown: '↑', text: 'shortcutPrevious' },
  claim: { code: 'KeyG', shown: 'G', text: 'shortcutClaim' },
  reply: { code: 'KeyR', shown: 'R', text: 'shortcutReply' },
  note: { code: 'KeyN', shown: 'N', text: 'shortcutNote' },
  canned: { code: 'KeyP', shown: 'P', text: 'shortcutCanned' },
  info: { code: 'KeyI', shown: 'I', text: 'shortcutInfo' },
  transfer: { code: 'KeyT', shown: 'T', text: 'shortcutTransfer' },
  return: { code: 'KeyV', shown: 'V', text: 'shortcutReturn' },
  close: { code: 'KeyK', shown: 'K', text: 'shortcutClose' },
  help: { code: 'KeyH', shown: 'H', text: 'shortcutHelp' },
} as const satisfies Record<string, { code: string; shown: string; text: TextKey }>

export type Shortcut = keyof typeof shortcuts

const byCode = new Map<string, Shortcut>(
  Object.entries(shortcuts).map(([name, { code }]) => [code, name as Shortcut]),
)

/** The value of `aria-keyshortcuts`. */
export function keysOf(shortcut: Shortcut): string {
  return `Alt+${shortcuts[shortcut].shown.replace('↓', 'ArrowDown').replace('↑', 'ArrowUp')}`
}

/** Runs what the pressed keys stand for; those without an action now do nothing. */
export function useShortcuts(actions: Partial<Record<Shortcut, () => void>>): void {
  const now = useRef(actions)
  now.current = actions
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      // AltGr writes letters; Windows reports it as Ctrl and Alt.
      if (!event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return
      if (event.getModifierState('AltGraph') || document.querySelector('dialog[open]') !== null) return
      const shortcut = byCode.get(event.code)
      const action = shortcut === undefined ? undefined : now.current[shortcut]
      if (action === undefined) return
      event.preventDefault()
      action()
    }
    document.addEventListener('keydown', pressed)
    return () => document.removeEventListener('keydown', pressed)
  }, [])
}
