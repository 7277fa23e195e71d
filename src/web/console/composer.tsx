import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { Detail, Preview } from '../../handoff/api-schemas'
import { Dialog, DialogButtons } from '../shared/dialog'
import { visible } from '../shared/text'
import { preview as fetchPreview, typing } from './api'
import { CannedReplies } from './canned'
import type { Desk, DeskState, Mode } from './desk'
import { Clip, Phrases, Send } from './icons'
import { keysOf } from './shortcuts'
import { counted, nameOf, say } from './text'
import { useReturnFocus } from './use-return-focus'

export type ComposerHandle = { focus: (mode: Mode) => void; canned: () => void }

const LONGEST = 4096
const LONGEST_CAPTION = 900
const TALLEST_PIXELS = 200
const PREVIEW_AFTER_MILLISECONDS = 300
const TYPING_EVERY_MILLISECONDS = 5_000
/** So many SMS are sent only after the agent has seen how they are split. */
const SEGMENTS_WITHOUT_ASKING = 2

export function Composer(props: {
  desk: Desk
  state: DeskState
  detail: Detail
  modes: Mode[]
  handle: { current: ComposerHandle | null }
  announce: (text: string) => void
}) {
  const { desk, state, detail, modes, announce } = props
  const { ticket, channel } = detail
  const draft = state.drafts[ticket.id] ?? { mode: modes[0] ?? 'reply', text: '' }
  const mode = modes.includes(draft.mode) ? draft.mode : (modes[0] ?? 'reply')
  const { text } = draft
  const [file, setFile] = useState<File>()
  const [fault, setFault] = useState<string>()
  const [window, setWindow] = useState<'canned' | 'split' | 'confirm'>()
  const input = useRef<HTMLTextAreaElement>(null)
  const picker = useRef<HTMLInputElement>(null)
  const lastTyping = useRef(0)
  const most = file === undefined ? LONGEST : LONGEST_CAPTION
  const [shown, lookNow] = usePreview(ticket.id, mode === 'reply' && file === undefined ? text : '')

  useLayoutEffect(() => {
    const box = input.current
    if (box === null) return
    box.style.height = 'auto'
    box.style.height = `${Math.min(box.scrollHeight + 2, TALLEST_PIXELS)}px`
  })

  function write(change: Partial<{ mode: Mode; text: string }>): void {
    setFault(undefined)
    desk.draft(ticket.id, { mode, text, ...change })
  }

  props.handle.current = {
    focus(wanted) {
      if (modes.includes(wanted)) write({ mode: wanted })
      input.current?.focus()
    },
    canned: () => setWindow('canned'),
  }

  function refuse(why: string) {
    setFault(why)
    announce(why)
    input.current?.focus()
  }

  function attach(chosen: File | undefined) {
    if (chosen === undefined) return
    if (!channel.files.some((type) => matches(chosen.type, type)))
      return refuse(say('fileType', { types: fileTypes(channel.files) }))
    if (chosen.size > channel.mostFileBytes)
      return refuse(say('fileSize', { most: megabytes(channel.mostFileBytes) }))
    setFault(undefined)
    setFile(chosen)
    write({ mode: 'reply' })
    input.current?.focus()
  }

  async function send(confirmed = false): Promise<void> {
    const words = text.trim()
    if (words === '' && file === undefined) return refuse(say('emptyMessage'))
    if (words.length > most) return refuse(say('tooLong', { most: most.toLocaleString('pt-BR') }))
    if (mode === 'reply' && file === undefined && !confirmed) {
      // Whoever is faster than the count waits for it; without a line the words wait anyway.
      const seen = shown ?? (channel.segments ? await lookNow() : undefined)
      const costly = (seen?.segments ?? 0) > SEGMENTS_WITHOUT_ASKING || (seen?.parts.length ?? 0) > 1
      if (costly) return setWindow('confirm')
      // Looking took its time, in which the words may have been sent or changed.
      if (desk.current().drafts[ticket.id]?.text !== text) return
    }
    if (file === undefined) desk.write(ticket.id, mode, words)
    else desk.writeFile(ticket.id, file, words)
    setFile(undefined)
    setWindow(undefined)
    // The next words are again for the person, unless the agent may only write to colleagues.
    desk.draft(ticket.id, { mode: mode === 'note' ? (modes[0] ?? mode) : mode, text: '' })
    setFault(undefined)
    input.current?.focus()
  }

  const counter = `${text.length.toLocaleString('pt-BR')}/${most.toLocaleString('pt-BR')}`
  return (
    <form
      class={`composer ${mode}`}
      aria-label={say('composer')}
      onSubmit={(event) => {
        event.preventDefault()
        void send()
      }}
    >
      {modes.length > 1 && (
        <fieldset class="modes">
          <legend class="hidden">{say('writeTo')}</legend>
          {modes.map((each) => (
            <label key={each} class={each === mode ? 'chosen' : ''}>
              <input
                type="radio"
                name="mode"
                class="hidden"
                checked={each === mode}
                onChange={() => write({ mode: each })}
              />
              <span>{nameOf('mode', each)}</span>
            </label>
          ))}
        </fieldset>
      )}
      <label class="hidden" for="texto">
        {nameOf('label', mode)}
      </label>
      {file !== undefined && (
        <p class="attached">
          <Clip />
          <span>
            {visible(file.name)} ({megabytes(file.size)})
          </span>
          <button type="button" class="br-button small" onClick={() => setFile(undefined)}>
            {say('removeFile')}
          </button>
        </p>
      )}
      <textarea
        id="texto"
        ref={input}
        rows={2}
        dir="auto"
        autocomplete="off"
        placeholder={nameOf('placeholder', mode)}
        aria-describedby={[fault && 'falha', channel.held && 'espera', 'contagem'].filter(Boolean).join(' ')}
        aria-invalid={fault !== undefined || text.length > most}
        aria-keyshortcuts={keysOf(mode === 'note' ? 'note' : 'reply')}
        value={text}
        onInput={(event) => {
          write({ text: event.currentTarget.value })
          if (mode !== 'reply' || !channel.typing) return
          if (Date.now() - lastTyping.current < TYPING_EVERY_MILLISECONDS) return
          lastTyping.current = Date.now()
          typing(ticket.id)
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || event.shiftKey || event.altKey || event.isComposing) return
          event.preventDefault()
          void send()
        }}
      />
      {fault !== undefined && (
        <p class="fault" id="falha">
          {fault}
        </p>
      )}
      {mode === 'reply' && channel.held && (
        <p class="held" id="espera">
          {say('heldUntilTheyWrite')}
        </p>
      )}
      <div class="composer-row">
        <p class={`counter${text.length > most ? ' over' : ''}`} id="contagem">
          <span class="hidden">{say('characters')} </span>
          {counter}
          {shown?.segments !== undefined && shown.segments > 0 && (
            <span class="segments"> · {counted('segments', shown.segments)}</span>
          )}
          {shown?.segments === undefined && (shown?.parts.length ?? 0) > 1 && (
            <span class="segments"> · {counted('parts', shown?.parts.length ?? 0)}</span>
          )}
          {(shown?.costly.length ?? 0) > 0 && (
            <span class="segments"> · {say('costly', { signs: shown?.costly.join(' ') ?? '' })}</span>
          )}
        </p>
        {(shown?.segments ?? 0) > 1 || (shown?.parts.length ?? 0) > 1 ? (
          <button type="button" class="br-button small" onClick={() => setWindow('split')}>
            {say('seeSplit')}
          </button>
        ) : null}
        <span class="spring" />
        {mode === 'reply' && (
          <>
            <button
              type="button"
              class="br-button icon-button"
              title={say('canned')}
              aria-keyshortcuts={keysOf('canned')}
              onClick={() => setWindow('canned')}
            >
              <Phrases />
              <span class="hidden">{say('canned')}</span>
            </button>
            {channel.files.length > 0 && (
              <>
                <button
                  type="button"
                  class="br-button icon-button"
                  title={say('attach')}
                  onClick={() => picker.current?.click()}
                >
                  <Clip />
                  <span class="hidden">{say('attach')}</span>
                </button>
                <input
                  ref={picker}
                  type="file"
                  class="hidden"
                  tabIndex={-1}
                  aria-hidden="true"
                  accept={channel.files.join(',')}
                  onChange={(event) => {
                    attach(event.currentTarget.files?.[0])
                    event.currentTarget.value = ''
                  }}
                />
              </>
            )}
          </>
        )}
        <button type="submit" class="br-button primary send">
          <Send />
          {nameOf('send', mode)}
        </button>
      </div>
      {window === 'canned' && (
        <CannedReplies
          items={state.canned?.items ?? []}
          known={{ nome: detail.person.firstName ?? '', atendente: state.me.agent.name.split(' ')[0] ?? '' }}
          close={() => setWindow(undefined)}
          take={(words) => {
            write({ mode: 'reply', text: text.trim() === '' ? words : `${text.trimEnd()}\n${words}` })
            setWindow(undefined)
          }}
        />
      )}
      {(window === 'split' || window === 'confirm') && shown !== undefined && (
        <Split
          shown={shown}
          confirm={window === 'confirm' ? () => void send(true) : undefined}
          close={() => setWindow(undefined)}
        />
      )}
    </form>
  )
}

/** How the words will arrive, part by part; before many SMS go out it must have been seen. */
function Split(props: { shown: Preview; confirm: (() => void) | undefined; close: () => void }) {
  const { shown, confirm, close } = props
  useReturnFocus()
  const count =
    shown.segments === undefined ? counted('parts', shown.parts.length) : counted('segments', shown.segments)
  return (
    <Dialog title={say('splitTitle', { count })} text={say('splitText')} wide close={close}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section class="split" aria-label={say('splitParts')} tabIndex={0}>
        <ol>
          {shown.parts.map((part, index) => (
            <li key={index}>
              <p class="split-head">
                {say('part', { number: index + 1, of: shown.parts.length })} ·{' '}
                {say('partCharacters', { count: part.characters })}
                {part.segments !== undefined && ` · ${counted('segments', part.segments)}`}
              </p>
              <div class="text">{visible(part.text)}</div>
            </li>
          ))}
        </ol>
      </section>
      <DialogButtons>
        {confirm !== undefined && (
          <button type="button" class="br-button primary" onClick={confirm}>
            {say('sendAnyway', { count })}
          </button>
        )}
        <button type="button" class="br-button secondary" onClick={close}>
          {say(confirm === undefined ? 'closeWindow' : 'shorten')}
        </button>
      </DialogButtons>
    </Dialog>
  )
}

/** What the desk says of these words; of older ones nothing. */
function usePreview(
  ticketId: string,
  text: string,
): [preview: Preview | undefined, lookNow: () => Promise<Preview | undefined>] {
  const [known, setKnown] = useState<{ text: string; preview: Preview }>()
  const look = useCallback(async () => {
    // Without it there is no count; the message still goes as it is.
    const preview = await fetchPreview(ticketId, text).catch(() => undefined)
    if (preview !== undefined) setKnown({ text, preview })
    return preview
  }, [ticketId, text])
  useEffect(() => {
    if (text.trim() === '') return
    const timer = setTimeout(() => void look(), PREVIEW_AFTER_MILLISECONDS)
    return () => clearTimeout(timer)
  }, [look, text])
  return [known?.text === text && text !== '' ? known.preview : undefined, look]
}

function matches(type: string, pattern: string): boolean {
  return pattern.endsWith('/*') ? type.startsWith(pattern.slice(0, -1)) : type === pattern
}

/** "PDF, JPEG, PNG" of media types. */
function fileTypes(types: string[]): string {
  return types.map((type) => (type.split('/')[1] ?? type).replace('*', type).toUpperCase()).join(', ')
}

function megabytes(bytes: number): string {
  const size = bytes / 1024 / 1024
  return size < 0.1
    ? `${Math.max(1, Math.round(bytes / 1024)).toLocaleString('pt-BR')} KB`
    : `${size.toLocaleString('pt-BR', { maximumFractionDigits: 1 })} MB`
}
