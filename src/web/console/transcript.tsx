import { Fragment } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { Line } from '../../handoff/api-schemas'
import { timeOf, visible } from '../shared/text'
import { ArrowDown, Check, Clip } from './icons'
import type { Unsent } from './outbox'
import { nameOf, say } from './text'

export function Transcript(props: {
  lines: Line[]
  unsent: Unsent[]
  agentId: string
  again: (key: string) => void
  /** Takes an unsent message back into the composer. */
  edit: (message: Unsent) => void
  discard: (key: string) => void
}) {
  const { lines, unsent } = props
  const area = useRef<HTMLElement>(null)
  const { atEnd, toEnd } = useFollowing(area, `${lines.at(-1)?.number}:${unsent.length}`)
  let lastDay = ''
  return (
    <div class="reading">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section class="scroller" aria-label={say('transcript')} tabIndex={0} ref={area}>
        <ol class="messages">
          {lines.map((line, index) => {
            const day = dayNames.format(new Date(line.at))
            const newDay = day !== lastDay
            lastDay = day
            return (
              <Fragment key={line.number}>
                {newDay && (
                  <li class="day">
                    <span>{day}</span>
                  </li>
                )}
                <Said
                  line={line}
                  goesOn={!newDay && goesOn(lines[index - 1], line)}
                  own={line.agentId === props.agentId}
                />
              </Fragment>
            )
          })}
          {unsent.map((message) => (
            <Pending key={message.key} message={message} {...props} />
          ))}
        </ol>
      </section>
      {!atEnd && (
        <button type="button" class="to-end br-button secondary" onClick={toEnd}>
          <ArrowDown />
          <span class="hidden">{say('goToEnd')}</span>
        </button>
      )}
    </div>
  )
}

const dayNames = new Intl.DateTimeFormat('pt-BR', { dateStyle: 'long' })

/** The same speaker in the same minute: the eye needs no new heading, a screen reader still gets it. */
function goesOn(before: Line | undefined, line: Line): boolean {
  return (
    before !== undefined &&
    before.who === line.who &&
    before.agentId === line.agentId &&
    before.whisper === line.whisper &&
    line.unsaid !== true &&
    timeOf(before.at) === timeOf(line.at)
  )
}

function speakerOf(line: Line, own: boolean): string {
  if (line.who === 'agent') return own ? say('whoYou') : (line.agentName ?? say('whoAgent'))
  if (line.who !== 'note') return nameOf('who', line.who)
  if (own) return say(line.whisper === true ? 'whisperOwn' : 'noteOwn')
  const name = line.agentName ?? say('whoAgent')
  return say(line.whisper === true ? 'whisperFrom' : 'noteFrom', { name })
}

function Said({ line, goesOn, own }: { line: Line; goesOn: boolean; own: boolean }) {
  return (
    <li
      class={`message ${line.who}${own ? ' own' : ''}${goesOn ? ' goes-on' : ''}${line.unsaid === true ? ' unsaid' : ''}`}
      data-number={line.number}
    >
      <p class={goesOn ? 'who hidden' : 'who'}>
        {speakerOf(line, own)}{' '}
        <time dateTime={line.at}>
          <span class="hidden">{say('at')} </span>
          {timeOf(line.at)}
        </time>
      </p>
      {line.unsaid === true && <p class="mark">{say('unsaid')}</p>}
      {line.media !== undefined && (
        <p class="media">
          <Clip />
          {line.media.name === undefined
            ? nameOf('media', line.media.kind)
            : `${nameOf('media', line.media.kind)}: ${visible(line.media.name)}`}
        </p>
      )}
      {line.text !== '' && (
        <div class="text" dir="auto">
          {visible(line.text)}
        </div>
      )}
      {line.typed !== undefined && (
        <p class="typed">
          <Check />
          <span>{say('typedAs')} </span>
          <strong>{line.typed.value}</strong>
        </p>
      )}
      {line.delivery !== undefined && (
        <p class={`delivery ${line.delivery}`}>{nameOf('delivery', line.delivery)}</p>
      )}
    </li>
  )
}

function Pending(props: {
  message: Unsent
  again: (key: string) => void
  edit: (message: Unsent) => void
  discard: (key: string) => void
}) {
  const { message } = props
  const { key, text, file, at, state, mode } = message
  return (
    <li class={`message own ${mode === 'reply' ? 'agent' : 'note'} pending ${state}`}>
      <p class="who">
        {say(mode === 'reply' ? 'whoYou' : mode === 'note' ? 'noteOwn' : 'whisperOwn')}{' '}
        <time dateTime={at}>{timeOf(at)}</time>
      </p>
      {file !== undefined && (
        <p class="media">
          <Clip />
          {visible(file.name)}
        </p>
      )}
      {text !== '' && (
        <div class="text" dir="auto">
          {visible(text)}
        </div>
      )}
      <p class="delivery">{say(pendingTexts[state])}</p>
      {state === 'refused' && message.why !== undefined && <p class="mark">{nameOf('error', message.why)}</p>}
      {state !== 'sending' && (
        <p class="pending-buttons">
          <button type="button" class="br-button small secondary" onClick={() => props.again(key)}>
            {say('tryAgain')}
          </button>
          {state === 'refused' && file === undefined && (
            <button type="button" class="br-button small" onClick={() => props.edit(message)}>
              {say('editAgain')}
            </button>
          )}
          {state === 'refused' && (
            <button type="button" class="br-button small" onClick={() => props.discard(key)}>
              {say('discard')}
            </button>
          )}
        </p>
      )}
    </li>
  )
}

const pendingTexts = {
  sending: 'sending',
  waiting: 'waitingLine',
  refused: 'notSent',
} as const

/** Stays at the end while the agent reads there; who has scrolled up stays where they are. */
function useFollowing(area: { current: HTMLElement | null }, end: string) {
  const [atEnd, setAtEnd] = useState(true)
  const following = useRef(true)

  useEffect(() => {
    const box = area.current
    if (box === null) return
    const look = () => {
      following.current = box.scrollHeight - box.clientHeight - box.scrollTop < 48
      setAtEnd(following.current)
    }
    const resized = new ResizeObserver(() => {
      if (following.current) box.scrollTop = box.scrollHeight
    })
    box.addEventListener('scroll', look, { passive: true })
    resized.observe(box)
    return () => {
      box.removeEventListener('scroll', look)
      resized.disconnect()
    }
  }, [area])

  useLayoutEffect(() => {
    const box = area.current
    if (box !== null && following.current) box.scrollTop = box.scrollHeight
  }, [area, end])

  return {
    atEnd,
    toEnd() {
      const box = area.current
      if (box === null) return
      following.current = true
      box.scrollTop = box.scrollHeight
      box.focus({ preventScroll: true })
    },
  }
}
