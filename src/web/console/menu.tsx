import type { ComponentChildren } from 'preact'
import { useRef, useState } from 'preact/hooks'
import { useDismiss } from '../shared/use-dismiss'

/** A button that shows a list of others below it; pressing one, Esc, or leaving it closes the list. */
export function Menu(props: {
  label: ComponentChildren
  class?: string
  id: string
  /** Stays open when one is pressed. */
  stays?: boolean
  children: ComponentChildren
}) {
  const [open, setOpen] = useState(false)
  const box = useRef<HTMLDivElement>(null)
  const opener = useRef<HTMLButtonElement>(null)

  useDismiss({ open, box, opener, close: () => setOpen(false) })

  return (
    <div class="menu-box" ref={box}>
      <button
        type="button"
        ref={opener}
        class={props.class ?? 'br-button secondary'}
        aria-expanded={open}
        aria-controls={props.id}
        onClick={() => setOpen(!open)}
      >
        {props.label}
      </button>
      {open && (
        // biome-ignore lint/a11y/useKeyWithClickEvents: a press of a button inside is also a click
        // biome-ignore lint/a11y/noStaticElementInteractions: it only hears the buttons inside
        <div
          class="menu"
          id={props.id}
          onClick={() => {
            if (props.stays === true) return
            setOpen(false)
            // A window opened from here gives the keyboard back to this button.
            opener.current?.focus()
          }}
        >
          {props.children}
        </div>
      )}
    </div>
  )
}
