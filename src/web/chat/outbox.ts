import { postMessage, Refusal, type Token } from './direct-line'

/** Something the person said that the server may not have yet. */
export type Unsent = {
  /** The client's own id: however often it is sent, it is said once. */
  id: string
  text: string
  /** Title of the pressed choice; its value is the text. */
  title?: string
  questionId?: string
  at: string
  /** `waiting` goes by itself when the line is back; `failed` and `refused` wait for the person. */
  state: 'sending' | 'waiting' | 'failed' | 'refused' | 'sent'
}

const KEY = 'chat.unsent'

/**
 * Sends what the person says, in order, again and again until it is there. What is not there yet survives a
 * reload in this tab's storage, and only there: nothing is left when the tab is closed.
 */
export function createOutbox(options: {
  token(): Promise<Token>
  onChange(unsent: Unsent[]): void
  /** @param id of the activity it became */
  onAccepted(id: string): void
  onTrouble(error: unknown): void
}) {
  let unsent: Unsent[] = restore()
  let sending = false

  function change(next: Unsent[]): void {
    unsent = next
    const kept = next.filter(({ state }) => state !== 'sent')
    try {
      if (kept.length === 0) sessionStorage.removeItem(KEY)
      else sessionStorage.setItem(KEY, JSON.stringify(kept))
    } catch {
      // Storage may be full or forbidden: the message then lives in memory only.
    }
    options.onChange(next)
  }

  function mark(id: string, state: Unsent['state']): void {
    change(unsent.map((one) => (one.id === id ? { ...one, state } : one)))
  }

  async function flush(): Promise<void> {
    if (sending) return
    sending = true
    try {
      for (let next = nextToSend(); next !== undefined; next = nextToSend()) {
        const { id, text, title, questionId } = next
        mark(id, 'sending')
        try {
          const { id: activityId } = await postMessage(await options.token(), {
            text,
            channelData: {
              clientActivityID: id,
              ...(title === undefined ? {} : { title }),
              ...(questionId === undefined ? {} : { questionId }),
            },
          })
          mark(id, 'sent')
          options.onAccepted(activityId)
        } catch (error) {
          const status = error instanceof Refusal ? error.status : 0
          if (status === 400 || status === 413) {
            mark(id, 'refused')
            continue
          }
          mark(id, 'waiting')
          options.onTrouble(error)
          return
        }
      }
    } finally {
      sending = false
    }
  }

  function nextToSend(): Unsent | undefined {
    return unsent.find(({ state }) => state === 'waiting' || state === 'sending')
  }

  return {
    say(text: string, choice?: { title: string; questionId: string | undefined }): void {
      const message: Unsent = { id: newId(), text, at: new Date().toISOString(), state: 'sending' }
      if (choice !== undefined) message.title = choice.title
      if (choice?.questionId !== undefined) message.questionId = choice.questionId
      change([...unsent, message])
      void flush()
    },
    /** The line is back. */
    flush(): void {
      void flush()
    },
    retry(id: string): void {
      mark(id, 'waiting')
      void flush()
    },
    discard(id: string): void {
      change(unsent.filter((one) => one.id !== id))
    },
    /** These are in the transcript now. */
    arrived(ids: string[]): void {
      const rest = unsent.filter(({ id }) => !ids.includes(id))
      if (rest.length !== unsent.length) change(rest)
    },
    /** The conversation they were meant for is gone: the person decides, and they answer no question. */
    orphan(): void {
      change(
        unsent
          .filter(({ state }) => state !== 'sent')
          .map(({ questionId: _gone, ...rest }) => ({ ...rest, state: 'failed' })),
      )
    },
    clear(): void {
      change([])
    },
    current: () => unsent,
  }
}

export type Outbox = ReturnType<typeof createOutbox>

function restore(): Unsent[] {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? '[]') as Unsent[]
    return kept.map((one) => (one.state === 'sending' ? { ...one, state: 'waiting' } : one))
  } catch {
    return []
  }
}

/** `crypto.randomUUID` exists only over TLS; a phone on the local network has none. */
function newId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('')
}
