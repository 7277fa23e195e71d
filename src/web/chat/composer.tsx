import type { RefObject } from 'preact'
import { useLayoutEffect, useState } from 'preact/hooks'
import { Send } from './icons'
import { say } from './text'

const TALLEST_PIXELS = 160

export function Composer(props: {
  input: RefObject<HTMLTextAreaElement | null>
  send: (text: string) => void
  announce: (text: string) => void
}) {
  const { input } = props
  const [text, setText] = useState('')
  const [empty, setEmpty] = useState(false)

  useLayoutEffect(() => {
    const box = input.current
    if (box === null) return
    box.style.height = 'auto'
    box.style.height = `${Math.min(box.scrollHeight + 2, TALLEST_PIXELS)}px`
  }, [input, text])

  function send(): void {
    const blank = text.trim() === ''
    setEmpty(blank)
    if (blank) props.announce(say('emptyMessage'))
    else {
      props.send(text.trim())
      setText('')
    }
    input.current?.focus()
  }

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      <label class="hidden" for="texto">
        {say('inputLabel')}
      </label>
      {empty && (
        <p class="hint" id="vazia">
          {say('emptyMessage')}
        </p>
      )}
      <textarea
        id="texto"
        ref={input}
        rows={1}
        dir="auto"
        autocomplete="off"
        enterkeyhint="send"
        placeholder={say('inputPlaceholder')}
        value={text}
        aria-describedby={empty ? 'vazia' : undefined}
        onInput={(event) => {
          setText(event.currentTarget.value)
          setEmpty(false)
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
          event.preventDefault()
          send()
        }}
      />
      <button type="submit" class="br-button primary">
        <Send />
        {say('send')}
      </button>
    </form>
  )
}
