import { useState } from 'preact/hooks'
import type { Canned } from '../../handoff/api-schemas'
import { Dialog, DialogButtons } from '../shared/dialog'
import { nameOf, say } from './text'
import { useReturnFocus } from './use-return-focus'

type Reply = Canned['items'][number]

/** Replies that are ready: one is found, its gaps are filled, and it goes into the composer to be read again. */
export function CannedReplies(props: {
  items: Reply[]
  /** What is known of the gaps already. */
  known: Record<string, string>
  take: (text: string) => void
  close: () => void
}) {
  const [search, setSearch] = useState('')
  const [chosen, setChosen] = useState<Reply>()
  const [values, setValues] = useState<Record<string, string>>({})
  useReturnFocus()
  const found = props.items.filter(({ title, text }) => folded(`${title} ${text}`).includes(folded(search)))

  function choose(reply: Reply): void {
    if (reply.parameters.length === 0) {
      props.take(reply.text)
      return
    }
    setValues(Object.fromEntries(reply.parameters.map((name) => [name, props.known[name] ?? ''])))
    setChosen(reply)
  }

  if (chosen !== undefined)
    return (
      <Dialog key="gaps" title={chosen.title} close={props.close}>
        <form
          class="action"
          onSubmit={(event) => {
            event.preventDefault()
            props.take(filled(chosen.text, values))
          }}
        >
          {chosen.parameters.map((name) => (
            <label class="field" key={name}>
              <span>{nameOf('parameter', name)}</span>
              <input
                type="text"
                required
                autocomplete="off"
                value={values[name] ?? ''}
                onInput={(event) => setValues({ ...values, [name]: event.currentTarget.value })}
              />
            </label>
          ))}
          <p class="canned-text">{filled(chosen.text, values)}</p>
          <DialogButtons>
            <button type="submit" class="br-button primary">
              {say('insert')}
            </button>
            <button type="button" class="br-button secondary" onClick={() => setChosen(undefined)}>
              {say('back')}
            </button>
          </DialogButtons>
        </form>
      </Dialog>
    )
  return (
    <Dialog key="list" title={say('canned')} wide close={props.close}>
      <label class="field">
        <span>{say('cannedSearch')}</span>
        <input
          type="search"
          autocomplete="off"
          value={search}
          onInput={(event) => setSearch(event.currentTarget.value)}
        />
      </label>
      <ul class="canned">
        {found.map((reply) => (
          <li key={reply.id}>
            <button type="button" onClick={() => choose(reply)}>
              <strong>{reply.title}</strong>
              <span>{reply.text}</span>
            </button>
          </li>
        ))}
      </ul>
      {found.length === 0 && <p>{say('cannedNone')}</p>}
      <DialogButtons>
        <button type="button" class="br-button secondary" onClick={props.close}>
          {say('closeWindow')}
        </button>
      </DialogButtons>
    </Dialog>
  )
}

function filled(text: string, values: Record<string, string>): string {
  return text.replace(/\{(\w+)\}/g, (gap, name: string) => {
    const value = values[name]?.trim() ?? ''
    return value === '' ? gap : value
  })
}

function folded(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
}
