import { useEffect, useRef, useState } from 'preact/hooks'
import { useAnnouncer } from '../shared/announcer'
import { announcementOf } from './announcement'
import { openQuestion } from './chat-state'
import { Composer } from './composer'
import { Header } from './header'
import { MessageList } from './message-list'
import { applyPreferences, type Preferences, savePreferences } from './preferences'
import type { Line } from './session'
import { say, type TextKey } from './text'
import { useChat } from './use-chat'

const lineTexts = {
  connecting: 'connecting',
  online: 'reconnected',
  offline: 'offline',
  reconnecting: 'reconnecting',
  unavailable: 'unavailable',
  tooMany: 'tooMany',
} as const satisfies Record<Line, TextKey>

export function App(props: { preferences: Preferences }) {
  const [preferences, setPreferences] = useState(props.preferences)
  const { announce, region } = useAnnouncer()
  const unread = useUnreadTitle()
  const { chat, outbox, retryLine, restart } = useChat((messages) => {
    for (const message of messages) announce(announcementOf(message))
    unread(messages.length)
  })
  const input = useRef<HTMLTextAreaElement>(null)
  const list = useRef<HTMLElement>(null)
  const status = useLineStatus(chat.line, announce)
  const question = chat.unsent.length === 0 ? openQuestion(chat.messages) : undefined

  useEffect(() => {
    if (chat.replaced) announce(say('otherConversation'))
  }, [chat.replaced, announce])

  const refused = chat.unsent.filter(({ state }) => state === 'refused').length
  useEffect(() => {
    if (refused > 0) announce(say('tooLong'))
  }, [refused, announce])

  function prefer(change: Partial<Preferences>): void {
    const next = { ...preferences, ...change }
    setPreferences(next)
    savePreferences(next)
    applyPreferences(next)
  }

  /** Where reading goes on after a choice: the input, unless that would raise a phone's keyboard. */
  function settle(): void {
    const place = matchMedia('(pointer: coarse)').matches ? list.current : input.current
    place?.focus({ preventScroll: true })
  }

  return (
    <div class="page">
      <a class="skip-link" href="#texto">
        {say('skipToInput')}
      </a>
      <Header preferences={preferences} prefer={prefer} restart={restart} restarted={settle} />
      <main>
        <p class="print-title">{say('printedFrom')}</p>
        <MessageList
          area={list}
          chat={chat}
          question={question}
          choose={(choice) => {
            outbox.say(choice.value, { title: choice.title, questionId: question?.questionId })
            settle()
          }}
          retry={outbox.retry}
          discard={(id) => {
            outbox.discard(id)
            settle()
          }}
        />
        {status !== undefined && (
          <p class={`line ${chat.line}`}>
            <span>{say(lineTexts[status])}</span>
            {status !== 'online' && status !== 'connecting' && (
              <button type="button" class="br-button small" onClick={retryLine}>
                {say('connectNow')}
              </button>
            )}
          </p>
        )}
        <Composer input={input} send={(text) => outbox.say(text)} announce={announce} />
      </main>
      {region}
    </div>
  )
}

/** The state of the line worth showing: trouble at once, and for a moment that it is over. */
function useLineStatus(line: Line, announce: (text: string) => void): Line | undefined {
  const [shown, setShown] = useState<Line>()
  const before = useRef<Line>('connecting')
  useEffect(() => {
    const last = before.current
    before.current = line
    if (line === 'online' && last === 'connecting') return setShown(undefined)
    // A quick connection needs no word; one that takes its time does.
    const delay = line === 'connecting' ? 1500 : 0
    const appear = setTimeout(() => {
      setShown(line)
      announce(say(lineTexts[line]))
    }, delay)
    const vanish = line === 'online' ? setTimeout(() => setShown(undefined), 4000) : undefined
    return () => {
      clearTimeout(appear)
      clearTimeout(vanish)
    }
  }, [line, announce])
  return shown
}

/** Counts in the tab's title what arrived while the person looked elsewhere. */
function useUnreadTitle(): (arrived: number) => void {
  const count = useRef(0)
  useEffect(() => {
    const seen = () => {
      if (document.visibilityState !== 'visible') return
      count.current = 0
      document.title = say('title')
    }
    document.addEventListener('visibilitychange', seen)
    return () => document.removeEventListener('visibilitychange', seen)
  }, [])
  return (arrived) => {
    if (document.visibilityState === 'visible') return
    count.current += arrived
    document.title = `(${count.current}) ${say('title')}`
  }
}
