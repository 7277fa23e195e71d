import { Fragment, type RefObject } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { timeOf, visible } from '../shared/text'
import type { Message } from './chat-state'
import { ArrowDown, External, Person } from './icons'
import type { Unsent } from './outbox'
import { dayOf, say } from './text'
import type { Chat } from './use-chat'

type Choice = Message['choices'][number]

export function MessageList(props: {
  area: RefObject<HTMLElement | null>
  chat: Chat
  question: Message | undefined
  choose: (choice: Choice) => void
  retry: (id: string) => void
  discard: (id: string) => void
}) {
  const { area, chat, question } = props
  const { atEnd, toEnd } = useReading(area, chat)
  const now = new Date()
  let lastDay = ''
  return (
    <div class="reading">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section class="scroller" aria-label={say('messages')} tabIndex={0} ref={area}>
        <ol class="messages">
          {chat.messages.map((message, index) => {
            const day = dayOf(message.at, now)
            const newDay = day !== lastDay
            lastDay = day
            return (
              <Fragment key={message.id}>
                {newDay && (
                  <li class="day">
                    <span>{day}</span>
                  </li>
                )}
                <Said message={message} goesOn={!newDay && goesOn(chat.messages[index - 1], message)} />
              </Fragment>
            )
          })}
          {chat.unsent.map((message) => (
            <Pending key={message.id} message={message} retry={props.retry} discard={props.discard} />
          ))}
        </ol>
        {chat.typing && (
          <p class="typing">
            <span class="dots" aria-hidden="true">
              <i />
              <i />
              <i />
            </span>
            {say('typing')}
          </p>
        )}
        {chat.slow && <p class="notice">{say('slow')}</p>}
        {chat.replaced && <p class="notice">{say('otherConversation')}</p>}
        {question !== undefined && (
          <ul class="choices" aria-label={say('choices')}>
            {question.choices.map((choice) => (
              <li key={choice.value}>
                <button type="button" class="br-button secondary" onClick={() => props.choose(choice)}>
                  {choice.title}
                </button>
              </li>
            ))}
          </ul>
        )}
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

/** The same speaker in the same minute: the eye needs no new heading, a screen reader still gets it. */
function goesOn(before: Message | undefined, message: Message): boolean {
  return (
    before?.who === message.who && before.agent === message.agent && timeOf(before.at) === timeOf(message.at)
  )
}

function Said({ message, goesOn }: { message: Message; goesOn: boolean }) {
  const own = message.who === 'you'
  const { agent } = message
  return (
    <li
      class={`message ${own ? 'own' : 'bot'}${agent === undefined ? '' : ' agent'}${goesOn ? ' goes-on' : ''}`}
      data-id={message.id}
    >
      <p class={goesOn ? 'who hidden' : 'who'}>
        {agent === undefined ? say(own ? 'you' : 'assistant') : say('agent', { name: visible(agent) })}{' '}
        <time dateTime={message.at}>
          <span class="hidden">{say('at')} </span>
          {timeOf(message.at)}
        </time>
        {agent !== undefined && (
          <span class="mark">
            <Person />
            {say('agentMark')}
          </span>
        )}
      </p>
      <div class="text" dir="auto">
        {message.file === undefined ? visible(message.text) : fileText(message.file)}
      </div>
      {message.link !== undefined && (
        <p class="link">
          <a class="br-button primary" href={message.link.url} target="_blank" rel="noopener noreferrer">
            {message.link.title}
            <External />
            <span class="hidden"> ({say('newTab')})</span>
          </a>
        </p>
      )}
      {message.download !== undefined && (
        <p class="link">
          <a class="br-button secondary" href={message.download.url} download={message.download.name}>
            {say('download', { name: visible(message.download.name) })}
          </a>
        </p>
      )}
    </li>
  )
}

function Pending(props: { message: Unsent; retry: (id: string) => void; discard: (id: string) => void }) {
  const { id, text, title, at, state } = props.message
  const stuck = state === 'failed' || state === 'refused'
  return (
    <li class={`message own unsent ${state}`}>
      <p class="who">
        {say('you')} <time dateTime={at}>{timeOf(at)}</time>
      </p>
      <div class="text" dir="auto">
        {visible(title ?? text)}
      </div>
      {state !== 'sent' && (
        <p class="state">
          <span>{say(stateTexts[state])}</span>
          {(state === 'waiting' || state === 'failed') && (
            <button type="button" class="br-button small secondary" onClick={() => props.retry(id)}>
              {say('tryAgain')}
            </button>
          )}
          {stuck && (
            <button type="button" class="br-button small" onClick={() => props.discard(id)}>
              {say('discard')}
            </button>
          )}
        </p>
      )}
    </li>
  )
}

const stateTexts = {
  sending: 'sending',
  waiting: 'waitingConnection',
  failed: 'notSent',
  refused: 'tooLong',
} as const

function fileText(name: string): string {
  return name === '' ? say('attachmentUnnamed') : say('attachment', { name: visible(name) })
}

/**
 * Keeps the place: what is new is scrolled to, but never past the person's own last words, so that an answer
 * is read from its beginning; who has scrolled up to read stays there.
 */
function useReading(area: RefObject<HTMLElement | null>, chat: Chat) {
  const [atEnd, setAtEnd] = useState(true)
  const following = useRef(true)
  const place = useRef(0)

  useEffect(() => {
    const box = area.current
    if (box === null) return
    const look = () => {
      const end = box.scrollHeight - box.clientHeight - box.scrollTop < 48
      setAtEnd(end)
      // Our own scrolling is heard late, when more may have been said: only leaving that place stops following.
      following.current = end || Math.abs(box.scrollTop - place.current) < 4
    }
    const resized = new ResizeObserver(() => {
      if (following.current) place.current = follow(box)
      else look()
    })
    box.addEventListener('scroll', look, { passive: true })
    resized.observe(box)
    return () => {
      box.removeEventListener('scroll', look)
      resized.disconnect()
    }
  }, [area])

  const saidByPerson = chat.unsent.length
  useLayoutEffect(() => {
    if (saidByPerson > 0) following.current = true
  }, [saidByPerson])

  useLayoutEffect(() => {
    const box = area.current
    if (box !== null && following.current) place.current = follow(box)
    if (box !== null) setAtEnd(box.scrollHeight - box.clientHeight - box.scrollTop < 48)
  }, [area, chat.messages, chat.unsent, chat.typing, chat.slow])

  return {
    atEnd,
    toEnd() {
      area.current?.scrollTo({ top: area.current.scrollHeight })
      area.current?.focus({ preventScroll: true })
    },
  }
}

/** Scrolls to the last own words or the end, whichever comes first, and gives the place. */
function follow(box: HTMLElement): number {
  const own = box.querySelectorAll<HTMLElement>('.message.own')
  const lastOwn = own[own.length - 1]
  const end = box.scrollHeight - box.clientHeight
  const top = lastOwn === undefined ? 0 : lastOwn.offsetTop
  const place = Math.min(end, Math.max(0, top - 12))
  box.scrollTo({ top: place })
  return place
}
