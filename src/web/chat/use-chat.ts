import { useEffect, useMemo, useReducer, useRef } from 'preact/hooks'
import { append, type Message, toMessage } from './chat-state'
import { createOutbox, type Outbox, type Unsent } from './outbox'
import { createSession, type Line, type Session } from './session'

/** Everything the page shows of the conversation. */
export type Chat = {
  messages: Message[]
  unsent: Unsent[]
  line: Line
  /** The assistant is preparing an answer. */
  typing: boolean
  /** The answer has been awaited for long. */
  slow: boolean
  /** The conversation before this one was ended somewhere else. */
  replaced: boolean
  loaded: boolean
}

type Change =
  | { type: 'conversation'; replaced: boolean }
  | { type: 'arrived'; messages: Message[] }
  | { type: 'unsent'; unsent: Unsent[] }
  | { type: 'line'; line: Line }
  | { type: 'connected' }
  | { type: 'waiting'; typing: boolean; slow: boolean }

const ANSWER_EXPECTED_WITHIN_MILLISECONDS = 20_000

function reduce(chat: Chat, change: Change): Chat {
  switch (change.type) {
    case 'conversation':
      return { ...chat, messages: [], replaced: change.replaced, typing: false, slow: false }
    case 'arrived':
      return { ...chat, messages: append(chat.messages, change.messages) }
    case 'unsent':
      return { ...chat, unsent: change.unsent }
    case 'line':
      return { ...chat, line: change.line }
    case 'connected':
      return { ...chat, loaded: true }
    case 'waiting':
      return { ...chat, typing: change.typing, slow: change.slow }
  }
}

/**
 * The conversation of this page: what was said, what waits to be sent, and how the line is.
 * @param onNews called with messages of the assistant that arrived while the page was open
 */
export function useChat(onNews: (messages: Message[]) => void) {
  const [chat, change] = useReducer(reduce, {
    messages: [],
    unsent: [],
    line: 'connecting',
    typing: false,
    slow: false,
    replaced: false,
    loaded: false,
  })
  const news = useRef(onNews)
  news.current = onNews

  const { session, outbox, restart } = useMemo(() => {
    let restarting = false
    // Ids of a conversation grow, so they can be compared as text.
    let lastAnswer = ''
    let answerTimer: ReturnType<typeof setTimeout> | undefined

    const expectAnswer = (typing: boolean) => {
      clearTimeout(answerTimer)
      change({ type: 'waiting', typing, slow: false })
      if (!typing) return
      answerTimer = setTimeout(
        () => change({ type: 'waiting', typing: false, slow: true }),
        ANSWER_EXPECTED_WITHIN_MILLISECONDS,
      )
    }

    const session: Session = createSession({
      onConversation(which) {
        const replaced = which === 'replaced' && !restarting
        lastAnswer = ''
        if (replaced) outbox.orphan()
        change({ type: 'conversation', replaced })
      },
      onActivities(set, history) {
        const messages = set.activities.flatMap((activity) => toMessage(activity) ?? [])
        outbox.arrived(messages.flatMap(({ clientId }) => clientId ?? []))
        if (messages.length > 0) change({ type: 'arrived', messages })
        const answers = messages.filter(({ who }) => who === 'assistant')
        if (answers.length > 0) {
          lastAnswer = answers[answers.length - 1]?.id ?? lastAnswer
          expectAnswer(false)
        } else if (set.activities.some(({ type }) => type === 'typing')) expectAnswer(true)
        if (!history && answers.length > 0) news.current(answers)
      },
      onLine: (line) => change({ type: 'line', line }),
      onConnected() {
        change({ type: 'connected' })
        outbox.flush()
      },
    })
    const outbox: Outbox = createOutbox({
      token: () => session.token(),
      onChange: (unsent) => change({ type: 'unsent', unsent }),
      // The answer may have been faster than the word that the message was accepted.
      onAccepted(id) {
        if (lastAnswer < id) expectAnswer(true)
      },
      onTrouble: (error) => session.trouble(error),
    })
    return {
      session,
      outbox,
      /** @throws Refusal when the server was not reached; nothing is then lost */
      async restart(): Promise<void> {
        restarting = true
        try {
          await session.restart()
          outbox.clear()
        } finally {
          restarting = false
        }
      },
    }
  }, [])

  useEffect(() => {
    change({ type: 'unsent', unsent: outbox.current() })
    session.start()
  }, [session, outbox])

  return { chat, outbox, retryLine: session.retry, restart }
}
