import {
  type ActivitySet,
  fetchActivities,
  fetchToken,
  forgetConversation,
  openConversation,
  Refusal,
  refreshToken,
  type Token,
} from './direct-line'

/** How the page stands with the server, as the person is told. */
export type Line = 'connecting' | 'online' | 'offline' | 'reconnecting' | 'unavailable' | 'tooMany'

export type SessionEvents = {
  /** Another conversation than before: everything shown so far belongs to the past. */
  onConversation(change: 'first' | 'replaced'): void
  /** `history` when the messages were there before the page was. */
  onActivities(set: ActivitySet, history: boolean): void
  onLine(line: Line): void
  /** The server answers: what waits can be sent. */
  onConnected(): void
}

/** The server's empty frames come every 15 s: this much silence means that the line is dead. */
const SILENCE_MILLISECONDS = 40_000
const POLL_MILLISECONDS = { visible: 2_000, hidden: 15_000 }
const LONGEST_WAIT_MILLISECONDS = 30_000
const SOCKET_OPENS_WITHIN_MILLISECONDS = 10_000

/** @returns undefined where the browser forbids the address: older ones do not see it as our own. */
function openSocket(url: string): WebSocket | undefined {
  try {
    return new WebSocket(url)
  } catch {
    return undefined
  }
}

/**
 * Keeps the page in its conversation: token, socket, polling where sockets do not pass or another tab has the
 * socket, and coming back after sleep, loss of network or a restart of the server.
 */
export function createSession(events: SessionEvents) {
  let token: Token | undefined
  let tokenAge = 0
  let conversationId: string | undefined
  let watermark = ''
  let socket: WebSocket | undefined
  let lastFrame = 0
  let failures = 0
  let socketFailures = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  /** Each attempt to connect has a number; what an older one still does is ignored. */
  let attempt = 0
  let line: Line = 'connecting'

  function tell(next: Line): void {
    if (next === line) return
    line = next
    events.onLine(next)
  }

  async function currentToken(): Promise<Token> {
    if (token !== undefined && Date.now() - tokenAge < (token.expires_in * 1000) / 2) return token
    // The cookie would do as well; but a browser that keeps none stays in its conversation like this.
    token = (token && (await refreshed(token))) ?? (await fetchToken())
    tokenAge = Date.now()
    if (token.conversationId !== conversationId) {
      const change = conversationId === undefined ? 'first' : 'replaced'
      conversationId = token.conversationId
      watermark = ''
      events.onConversation(change)
    }
    return token
  }

  async function refreshed(old: Token): Promise<Token | undefined> {
    try {
      return await refreshToken(old)
    } catch (error) {
      if (error instanceof Refusal && error.status >= 400 && error.status < 500) return undefined
      throw error
    }
  }

  function receive(set: ActivitySet, history: boolean): void {
    if (set.watermark !== null) watermark = set.watermark
    if (set.activities.length > 0) events.onActivities(set, history)
  }

  async function connect(): Promise<void> {
    const mine = ++attempt
    clearTimeout(timer)
    drop()
    try {
      const held = await currentToken()
      const { streamUrl, openedNow } = await openConversation(held)
      if (mine !== attempt) return
      const arrived = watermark === '' && !openedNow
      const set = await fetchActivities(held, watermark)
      if (mine !== attempt) return
      receive(set, arrived)
      failures = 0
      tell('online')
      events.onConnected()
      if (socketFailures < 2) listen(`${streamUrl}${watermark === '' ? '' : `&watermark=${watermark}`}`, mine)
      else poll(mine)
    } catch (error) {
      if (mine === attempt) failed(error)
    }
  }

  function listen(url: string, mine: number): void {
    const opened = openSocket(url)
    if (opened === undefined) {
      poll(mine)
      return
    }
    socket = opened
    let heard = false
    timer = setTimeout(() => opened.close(), SOCKET_OPENS_WITHIN_MILLISECONDS)
    opened.onopen = () => {
      clearTimeout(timer)
      lastFrame = Date.now()
      watch(mine)
    }
    opened.onmessage = ({ data }) => {
      if (mine !== attempt) return
      heard = true
      socketFailures = 0
      lastFrame = Date.now()
      if (typeof data === 'string' && data !== '') receive(JSON.parse(data) as ActivitySet, false)
    }
    opened.onclose = ({ reason }) => {
      if (mine !== attempt) return
      if (reason === 'collision') return poll(mine)
      if (!heard) socketFailures++
      again(heard ? 300 : 1000)
    }
  }

  /** A socket may die without a word, above all while the phone sleeps. */
  function watch(mine: number): void {
    timer = setTimeout(() => {
      if (mine !== attempt) return
      if (Date.now() - lastFrame > SILENCE_MILLISECONDS) void connect()
      else watch(mine)
    }, 5000)
  }

  function poll(mine: number): void {
    drop()
    const wait = document.visibilityState === 'visible' ? POLL_MILLISECONDS.visible : POLL_MILLISECONDS.hidden
    timer = setTimeout(async () => {
      try {
        const set = await fetchActivities(await currentToken(), watermark)
        if (mine !== attempt) return
        receive(set, false)
        poll(mine)
      } catch (error) {
        if (mine === attempt) failed(error)
      }
    }, wait)
  }

  function failed(error: unknown): void {
    const { status, retryAfterSeconds } = error instanceof Refusal ? error : new Refusal(0, 0)
    failures++
    if (status === 401 || status === 403 || status === 404) {
      // The token is of no use any more; the cookie gives another, perhaps of another conversation.
      token = undefined
      if (failures === 1) {
        again(0)
        return
      }
    }
    if (navigator.onLine === false) tell('offline')
    else if (status === 429) tell('tooMany')
    else tell(failures >= 4 || status >= 500 ? 'unavailable' : 'reconnecting')
    const wait = Math.min(LONGEST_WAIT_MILLISECONDS, 500 * 2 ** failures) * (0.75 + Math.random() / 2)
    again(Math.max(wait, retryAfterSeconds * 1000))
  }

  function again(milliseconds: number): void {
    drop()
    clearTimeout(timer)
    timer = setTimeout(() => void connect(), milliseconds)
  }

  function drop(): void {
    const old = socket
    socket = undefined
    if (old === undefined) return
    old.onclose = null
    old.onmessage = null
    old.close()
  }

  /** Back on the page, or back on the network: whoever waits or polls tries the socket now. */
  function wake(): void {
    const alive = socket?.readyState === WebSocket.OPEN && Date.now() - lastFrame < SILENCE_MILLISECONDS / 2
    if (alive) return
    failures = 0
    socketFailures = 0
    void connect()
  }

  return {
    start(): void {
      addEventListener('online', wake)
      addEventListener('pageshow', (event) => {
        if (event.persisted) wake()
      })
      addEventListener('offline', () => {
        attempt++
        drop()
        clearTimeout(timer)
        tell('offline')
      })
      document.addEventListener('visibilitychange', () => {
        if (document.visibilityState === 'visible') wake()
      })
      void connect()
    },

    retry: wake,

    token: currentToken,

    /** Something went wrong while sending: the line is looked after, and sending follows. */
    trouble(error: unknown): void {
      attempt++
      failed(error)
    },

    /** Ends this conversation and opens another. @throws Refusal */
    async restart(): Promise<void> {
      await forgetConversation()
      token = undefined
      await connect()
    },
  }
}

export type Session = ReturnType<typeof createSession>
