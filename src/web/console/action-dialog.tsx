import type { ComponentChildren } from 'preact'
import { useRef, useState } from 'preact/hooks'
import { Dialog, DialogButtons } from '../shared/dialog'
import { newKey, Refused } from './api'
import { faultOf, say } from './text'
import { useReturnFocus } from './use-return-focus'

/**
 * A window in which something is done with a conversation. It stays with what was chosen when it was refused.
 * @param props.run does it; the same key comes again while nobody knows whether it had its effect
 */
export function ActionDialog(props: {
  title: string
  text?: string
  submit: string
  wide?: boolean
  run: (key: string) => Promise<void>
  close: () => void
  children?: ComponentChildren
}) {
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState<string>()
  const key = useRef(newKey())
  useReturnFocus()

  async function submit(event: Event): Promise<void> {
    event.preventDefault()
    if (busy) return
    setBusy(true)
    setFault(undefined)
    try {
      await props.run(key.current)
      props.close()
    } catch (error) {
      const { code, agentName } = error instanceof Refused ? error : new Refused('internal')
      if (code !== 'unreachable') key.current = newKey()
      setFault(faultOf(code, agentName))
      setBusy(false)
    }
  }

  return (
    <Dialog
      title={props.title}
      {...(props.text !== undefined && { text: props.text })}
      {...(props.wide !== undefined && { wide: props.wide })}
      close={props.close}
    >
      <form class="action" onSubmit={(event) => void submit(event)}>
        {props.children}
        {fault !== undefined && (
          <p class="notice" role="alert">
            {fault}
          </p>
        )}
        <DialogButtons>
          <button type="submit" class="br-button primary" aria-disabled={busy}>
            {busy ? say('working') : props.submit}
          </button>
          <button type="button" class="br-button secondary" onClick={props.close}>
            {say('cancel')}
          </button>
        </DialogButtons>
      </form>
    </Dialog>
  )
}

/** Choices of which one is taken, each with a word about it. */
export function Choices<Value extends string>(props: {
  legend: string
  name: string
  value: Value | undefined
  options: { value: Value; title: string; about?: string }[]
  choose: (value: Value) => void
}) {
  return (
    <fieldset class="choices">
      <legend>{props.legend}</legend>
      {props.options.map(({ value, title, about }) => (
        <label key={value}>
          <input
            type="radio"
            name={props.name}
            value={value}
            required
            checked={value === props.value}
            onChange={() => props.choose(value)}
          />
          <span>
            {title}
            {about !== undefined && <small>{about}</small>}
          </span>
        </label>
      ))}
    </fieldset>
  )
}
