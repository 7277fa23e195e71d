import { setTimeout as wait } from 'node:timers/promises'
import type { Client } from 'whatsapp-web.js'
import type { Clock } from '../../clock'
import type { Log } from '../../log'
import { memoryOf } from './processes'
import { type End, openSession, type Session, type SessionOptions } from './session'
import { createStates, type LinkState } from './states'

/** Milliseconds and bytes the link goes by. */
export type LinkLimits = {
  pageMs: number
  syncGraceMs: number
  /** From launch to a code or a session; counted anew while WhatsApp says that it loads. */
  startMs: number
  /** A code nobody scanned and WhatsApp did not renew. */
  codeMs: number
  /** From the telephone's consent to the first message. */
  loadMs: number
  /** A line that is down and does not come back. */
  waverMs: number
  /** Waits between two starts: the first, doubled each time up to the longest. */
  firstWaitMs: number
  longestWaitMs: number
  /** How often memory, age and the page's pulse are looked at. */
  watchMs: number
  /** An unanswered pulse. */
  pulseMs: number
  /** Over this memory, or this age, the browser is restarted at a quiet moment. */
  memoryBytes: number
  ageMs: number
  /** No browser is restarted for its memory before this, should the limit be below what any browser takes. */
  shortestLifeMs: number
  /** Nothing came or went for this long: a quiet moment. */
  quietMs: number
  /** How long such a moment is waited for. */
  patienceMs: number
}

const MINUTE = 60_000

export const defaultLimits: LinkLimits = {
  pageMs: 30_000,
  syncGraceMs: 5_000,
  startMs: 2 * MINUTE,
  codeMs: 1.5 * MINUTE,
  loadMs: 3 * MINUTE,
  waverMs: 2 * MINUTE,
  firstWaitMs: 2_000,
  longestWaitMs: 5 * MINUTE,
  watchMs: 30_000,
  pulseMs: 10_000,
  memoryBytes: 1024 ** 3,
  ageMs: 24 * 60 * MINUTE,
  shortestLifeMs: 20 * MINUTE,
  quietMs: 2 * MINUTE,
  patienceMs: 60 * MINUTE,
}

export type SupervisorOptions = Omit<SessionOptions, 'pageMs' | 'syncGraceMs'> & {
  clock: Clock
  log: Log
  limits: LinkLimits
  /** Whether a telephone was linked before: tells a first scan from the scan after a lost session. */
  wasLinked(): boolean
  onClient(client: Client): void
  onMove(state: LinkState): void
  /** How long nothing came or went; 0 while a message is being sent. */
  quietForMs(): number
}

/** Keeps one browser linked with WhatsApp: opens it, follows it, and opens it again when it fails. */
export function createSupervisor(options: SupervisorOptions) {
  const { log, limits } = options
  const states = createStates(options.clock, (state) => {
    armDeadline(state)
    options.onMove(state)
  })
  let session: Session | undefined
  let client: Client | undefined
  let deadline: NodeJS.Timeout | undefined
  let pause = new AbortController()
  let stopping = false
  let running: Promise<void> | undefined
  let openedAt = 0
  let readyAt: number | undefined
  let missedPulses = 0
  let overdueSince: number | undefined

  /** What must follow within a time, or the browser is opened anew. */
  function armDeadline(state: LinkState): void {
    clearTimeout(deadline)
    const limit = {
      starting: [limits.startMs, 'unreachable', 'start_timeout'],
      waiting_for_scan: [limits.codeMs, 'disconnected', 'code_expired'],
      authenticated: [limits.loadMs, 'disconnected', 'load_timeout'],
      disconnected: [limits.waverMs, 'disconnected', 'line_timeout'],
    } as const satisfies Partial<Record<LinkState['name'], readonly [number, End['why'], string]>>
    if (!(state.name in limit) || 'retryAt' in state) return
    const [milliseconds, why, code] = limit[state.name as keyof typeof limit]
    deadline = setTimeout(() => session?.end(why, code), milliseconds).unref()
  }

  function open(): Session {
    openedAt = Date.now()
    readyAt = undefined
    missedPulses = 0
    overdueSince = undefined
    return openSession(
      { ...options, pageMs: limits.pageMs, syncGraceMs: limits.syncGraceMs },
      {
        onClient(opened) {
          client = opened
          options.onClient(opened)
        },
        onCode: (code) => states.move({ name: 'waiting_for_scan', code, lost: options.wasLinked() }),
        onProgress: () => armDeadline(states.current()),
        onAuthenticated: () => states.move({ name: 'authenticated' }),
        onReady() {
          readyAt ??= Date.now()
          states.move({ name: 'ready' })
        },
        onWaver(why) {
          if (states.current().name === 'ready') states.move({ name: 'disconnected', why })
        },
        onSteady() {
          if (states.current().name === 'disconnected') states.move({ name: 'ready' })
        },
        onEnd() {
          client = undefined
        },
      },
    )
  }

  async function run(): Promise<void> {
    let failures = 0
    while (!stopping) {
      states.move({ name: 'starting' })
      session = open()
      const { why, code } = await session.ended
      session = undefined
      if (stopping) break
      if (why === 'planned') {
        log.info({ code }, 'whatsapp-web: the browser is restarted')
        continue
      }
      // A link that held for a while was a good one: the next failure starts with short waits again.
      if (readyAt !== undefined && Date.now() - readyAt > limits.waverMs) failures = 0
      const waitMs = backOff(failures, limits)
      failures += 1
      const retryAt = new Date(options.clock.now().getTime() + waitMs)
      const name = why === 'unreachable' ? 'unreachable' : why === 'lost' ? 'session_lost' : 'disconnected'
      log.warn({ code, state: name, waitMs }, 'whatsapp-web: the link ended')
      states.move({ name, why: code, retryAt })
      pause = new AbortController()
      await wait(waitMs, undefined, { signal: pause.signal }).catch(() => undefined)
    }
    states.move({ name: 'stopped' })
  }

  /** Looks after a browser that runs: its pulse, its memory, its age. */
  async function look(): Promise<void> {
    const watched = session
    const group = watched?.group()
    if (watched === undefined || group === undefined || states.current().name !== 'ready') return
    const answered = await Promise.race([
      client?.getState().then(
        () => true,
        () => false,
      ),
      wait(limits.pulseMs, false, { ref: false }),
    ])
    missedPulses = answered === true ? 0 : missedPulses + 1
    if (missedPulses >= 3) return watched.end('disconnected', 'page_frozen')
    const age = Date.now() - openedAt
    const tooBig = age > limits.shortestLifeMs && memoryOf(group) > limits.memoryBytes
    if (!tooBig && age < limits.ageMs) {
      overdueSince = undefined
      return
    }
    overdueSince ??= Date.now()
    // Just linked, a browser still brings what came while it was away.
    const quiet = Math.min(options.quietForMs(), Date.now() - (readyAt ?? Date.now()))
    // Where it is never quiet, only the message under way is waited for in the end.
    const enough = Date.now() - overdueSince > limits.patienceMs ? 1 : limits.quietMs
    if (quiet >= enough) watched.end('planned', tooBig ? 'memory' : 'age')
  }

  let looking: NodeJS.Timeout | undefined
  return {
    state: states.current,
    since: states.since,
    /** The library's client when messages can go out, else undefined. */
    readyClient: () => (states.current().name === 'ready' ? client : undefined),
    /** Begins, and returns at once whether or not WhatsApp can be reached. */
    start(): void {
      if (running !== undefined) return
      looking = setInterval(() => {
        look().catch((error: Error) => log.error({ err: error.name }, 'whatsapp-web: the watch failed'))
      }, limits.watchMs).unref()
      running = run().catch((error: Error) => {
        log.error({ err: error.name }, 'whatsapp-web: the supervisor ended')
      })
    },
    /** Does not wait for the time of the next try. */
    retryNow: () => pause.abort(),
    async stop(): Promise<void> {
      stopping = true
      clearInterval(looking)
      clearTimeout(deadline)
      session?.end('stopped', 'stopped')
      pause.abort()
      await running
    },
  }
}

/** The wait before a start after `failures` failed ones: doubled each time, bounded, and spread by ± 25 %. */
export function backOff(
  failures: number,
  limits: Pick<LinkLimits, 'firstWaitMs' | 'longestWaitMs'>,
  random: () => number = Math.random,
): number {
  const full = Math.min(limits.longestWaitMs, limits.firstWaitMs * 2 ** Math.min(failures, 20))
  return Math.round(full * (0.75 + random() / 2))
}
