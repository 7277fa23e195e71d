import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

/** A window over the page; the browser keeps the keyboard inside it, and Esc closes it. */
export function Dialog(props: {
  title: string
  text?: string
  /** Room for a table or a conversation. */
  wide?: boolean
  close: () => void
  children: ComponentChildren
}) {
  const element = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const dialog = element.current
    if (dialog === null || dialog.open) return
    if (typeof dialog.showModal === 'function') dialog.showModal()
    else dialog.setAttribute('open', '')
  }, [])
  return (
    <dialog
      ref={element}
      aria-labelledby="dialog-title"
      class={props.wide === true ? 'wide' : ''}
      onCancel={(event) => {
        event.preventDefault()
        props.close()
      }}
    >
      <h2 id="dialog-title">{props.title}</h2>
      {props.text?.split('\n').map((line) => (
        <p key={line}>{line}</p>
      ))}
      {props.children}
    </dialog>
  )
}

/** What a window offers to press, at its end. */
export function DialogButtons({ children }: { children: ComponentChildren }) {
  return <div class="dialog-buttons">{children}</div>
}
