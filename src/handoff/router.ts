import type { Clock } from '../clock'
import type { Log } from '../log'
import type { DeskEvent } from '../message'
import type { Desk, Line, Presence } from '../store/store'
import { t } from '../text'
import { type DeskService, PRESENT_MS } from './desk'
import type { Hours } from './hours'
import { ableAgents, inLine } from './line'
import { type ChannelOf, createMessages, inboundOf, type Saying } from './messages'
import { placesOf } from './places'
import { type Move, moved, type Ticket, touched } from './ticket'

/** What the desk has to do, as the metrics and the board show it. */
export type DeskFigures = {
  waiting: number
  longestWaitSeconds: number
  /** With an agent: not answered yet, talking, silent. */
  assigned: number
  talking: number
  idle: number
  /** Talks in which the agent was reminded that the person waits for an answer. */
  unanswered: number
  /** Call-backs owed, those due within half an hour, and those whose deadline is past. */
  callbacks: number
  callbacksDue: number
  callbacksLate: number
  agents: number
}

export type RouterOptions = {
  desk: Pick<DeskService, 'open' | 'agents' | 'onChange'>
  store: Desk
  clock: Clock
  log: Log
  channelOf?: ChannelOf
  hours: Pick<Hours, 'isOpen'>
  /** An agent who does not answer in so many minutes loses the conversation to another. */
  answerMinutes: number
  /** One who talked and lets the person wait so long is reminded; after as long again another gets it. */
  replyMinutes: number
  mostWaitMinutes: number
  /** Agents of another desk, whose presence is not known here. */
  elsewhere?: (agentId: string) => boolean
  /** An agent who is there did not answer whom they were given. */
  onSilent?: (agentId: string) => Promise<void>
  onFigures?: (figures: DeskFigures) => void
}

type Agent = Presence & { workedAt?: number }

const LEADS_FOR_MS = 5000
const SWEEP_EVERY_MS = 1000
const MINUTE_MS = 60_000
/** An offer nobody answers is no wish any more. */
const UNANSWERED_MS = 30 * MINUTE_MS
const IDLE_AFTER_MS = 10 * MINUTE_MS
const ENDS_AFTER_MS = 30 * MINUTE_MS
export const CALLBACK_SOON_MS = 30 * MINUTE_MS
const TOLD_EVERY_MS = MINUTE_MS
/** Where every message costs its sender. */
const TOLD_SHORT_EVERY_MS = 5 * MINUTE_MS
/** Whoever did not answer is offered the same person again when nobody else is there for so long. */
const AGAIN_AFTER_MS = MINUTE_MS

/**
 * Leads tickets to agents, and moves on what time moves on. All its changes are compared with what it saw, so two of
 * them at work at the same time can do no harm.
 */
export function createRouting(options: RouterOptions) {
  const { desk, store, clock, log, answerMinutes, replyMinutes, mostWaitMinutes } = options
  const messages = createMessages(options.channelOf)
  const elsewhere = options.elsewhere ?? (() => false)
  /** Own changes that the list may not show yet. */
  const ahead = new Map<string, Ticket>()
  /** Agents this process has seen at work, and since when it looks. */
  const seen = new Set<string>()
  let since: number | undefined
  let atWork: Agent[] | undefined
  /** Somebody at work is given nobody more since the agents were read. */
  let changed = false

  async function list(): Promise<Ticket[]> {
    const tickets = new Map((await desk.open()).map((ticket) => [ticket.conversationId, ticket]))
    for (const [id, own] of ahead) {
      const told = tickets.get(id)
      if (told === undefined || told.id !== own.id || told.version >= own.version) ahead.delete(id)
      else tickets.set(id, own)
    }
    return [...tickets.values()]
  }

  async function change(
    from: Ticket,
    to: Ticket,
    more: { move?: string; saying?: () => Saying[]; lines?: Line[]; event?: DeskEvent } = {},
  ): Promise<boolean> {
    const at = to.touchedAt
    const { move, saying, lines, event } = more
    const result = await store.change(from.conversationId, {
      ticket: { from, to },
      ...(saying !== undefined && { replies: messages(to, `router.${to.id}.${to.version}`, at, saying) }),
      ...(lines !== undefined && { lines }),
      ...(event !== undefined && { next: inboundOf(to, event, at) }),
      journal: move === undefined ? [] : [{ kind: 'ticket', ticket: to, move, by: 'router' }],
    })
    if (result !== 'stored') return false
    if (to.endedAt === undefined) ahead.set(to.conversationId, to)
    if (from.agentId !== undefined && to.agentId !== from.agentId) {
      await store.agents.worked(from.agentId, clock.now().getTime())
    }
    return true
  }

  function move(ticket: Ticket, how: Move, more: { saying?: () => Saying[]; event?: DeskEvent } = {}) {
    const to = moved(ticket, how, clock.now().toISOString())
    return change(ticket, to, { move: how.type, ...more })
  }

  /** Gives waiting people to free agents: who needs it most to who has been without work for longest. */
  async function assign(tickets: Ticket[], agents: Agent[]): Promise<void> {
    const now = clock.now().getTime()
    const load = new Map<string, number>()
    for (const { agentId, state } of tickets) {
      const counts = agentId !== undefined && (state === 'assigned' || state === 'agent')
      if (counts) load.set(agentId, (load.get(agentId) ?? 0) + 1)
    }
    const loadOf = ({ id }: Agent) => load.get(id) ?? 0
    const free = new Set(
      agents.filter((agent) => agent.status === 'available' && loadOf(agent) < agent.capacity),
    )
    if (free.size === 0) return
    const idleSince = ({ since: begun, workedAt }: Agent) => Math.max(begun, workedAt ?? 0)
    const given: Promise<boolean>[] = []
    for (const ticket of waiting(tickets, now)) {
      if (free.size === 0) break
      const able = ableAgents(agents, ticket)
      const others = able.filter(({ id }) => ticket.passedOver?.includes(id) !== true)
      const again = now - Date.parse(ticket.assignedAt ?? '') > answerMinutes * MINUTE_MS + AGAIN_AFTER_MS
      const candidates = others.length > 0 || !again ? others : able
      const [next] = candidates
        .filter((agent) => free.has(agent))
        .sort((a, b) => loadOf(a) - loadOf(b) || idleSince(a) - idleSince(b) || (a.id < b.id ? -1 : 1))
      if (next === undefined) continue
      load.set(next.id, loadOf(next) + 1)
      if (loadOf(next) >= next.capacity) free.delete(next)
      given.push(move(ticket, { type: 'assign', agentId: next.id }))
    }
    await Promise.all(given)
  }

  /** What time moves on. */
  async function sweep(tickets: Ticket[], agents: Agent[]): Promise<void> {
    const now = clock.now().getTime()
    since ??= now
    for (const { id } of agents) seen.add(id)
    const present = new Set(agents.map(({ id }) => id))
    const settled = now - since > PRESENT_MS
    const isGone = (agentId: string) =>
      !present.has(agentId) && !elsewhere(agentId) && (settled || seen.has(agentId))
    const staffed = options.hours.isOpen(clock.now()) || agents.some(({ status }) => status === 'available')
    for (const ticket of tickets) {
      try {
        await due(ticket, now, isGone, staffed)
      } catch (error) {
        log.error({ err: (error as Error).name, ticketState: ticket.state }, 'a ticket could not be moved on')
      }
    }
  }

  async function due(
    ticket: Ticket,
    now: number,
    isGone: (agentId: string) => boolean,
    staffed: boolean,
  ): Promise<unknown> {
    const past = (instant: string | undefined, ms: number) =>
      instant !== undefined && now - Date.parse(instant) >= ms
    const { id: ticketId, agentId = '' } = ticket
    switch (ticket.state) {
      case 'requested':
      case 'expired':
        return past(ticket.touchedAt, UNANSWERED_MS) && move(ticket, { type: 'return', outcome: 'no_answer' })
      case 'queued': {
        const over = past(ticket.waitUntil, 0) || !staffed
        return (
          over &&
          move(ticket, { type: 'expire' }, { event: { kind: 'event', event: 'desk_expired', ticketId } })
        )
      }
      case 'assigned':
        if (isGone(agentId)) return backInLine(ticket)
        return past(ticket.assignedAt, answerMinutes * MINUTE_MS) && passOn(ticket, agentId)
      case 'agent': {
        if (isGone(agentId)) return backInLine(ticket)
        // While the bot asks for them, the agent has nothing to say.
        if (ticket.asking === undefined) {
          if (past(ticket.owedSince, 2 * replyMinutes * MINUTE_MS)) return passOn(ticket, agentId)
          if (ticket.reminded !== true && past(ticket.owedSince, replyMinutes * MINUTE_MS))
            return remind(ticket)
        }
        const personsTurn = (ticket.heardAt ?? '') <= (ticket.spokeAt ?? '')
        return personsTurn && past(ticket.spokeAt, IDLE_AFTER_MS) && move(ticket, { type: 'idle' })
      }
      case 'idle': {
        const over = isGone(agentId) || past(ticket.spokeAt, ENDS_AFTER_MS)
        const event = { kind: 'event', event: 'desk_returned', ticketId, resume: 'resume' } as const
        return over && move(ticket, { type: 'return', outcome: 'no_answer' }, { event })
      }
      case 'callback': {
        const { callback } = ticket
        if (callback === undefined || callback.late === true || !past(callback.by, 0)) return false
        const to = touched(ticket, { callback: { ...callback, late: true } }, clock.now().toISOString())
        return change(ticket, to, { move: 'late', saying: () => [{ text: t('handoff.callback_late') }] })
      }
      default:
        return false
    }
  }

  /** From an agent who is there and says nothing. */
  async function passOn(ticket: Ticket, agentId: string): Promise<boolean> {
    const passed = await backInLine(ticket)
    if (passed && !elsewhere(agentId)) {
      await options.onSilent?.(agentId)
      changed = true
    }
    return passed
  }

  /** To the head of the line, or among those who are owed a call-back; who had begun to talk is told. */
  function backInLine(ticket: Ticket): Promise<boolean> {
    const { callback, spokeAt, agentId = '' } = ticket
    const owed = callback !== undefined && (spokeAt === undefined || spokeAt <= callback.promisedAt)
    if (owed && ticket.state === 'assigned') return move(ticket, { type: 'recall' })
    const saying = () => [{ text: t('handoff.requeued') }]
    // Whoever comes to the same agent again and again waits no longer than was promised.
    const again = ticket.state === 'assigned' && ticket.passedOver?.includes(agentId) === true
    const until = new Date(clock.now().getTime() + mostWaitMinutes * MINUTE_MS).toISOString()
    return move(
      ticket,
      { type: 'requeue', ...(!again && { until }) },
      spokeAt === undefined || again ? {} : { saying },
    )
  }

  function remind(ticket: Ticket): Promise<boolean> {
    const at = clock.now().toISOString()
    const text = t('handoff.note_owed', { minutes: replyMinutes })
    return change(ticket, touched(ticket, { reminded: true }, at), { lines: [{ at, who: 'note', text }] })
  }

  /** Those who wait hear when the line moved, but not every moment. */
  async function tellPlaces(tickets: Ticket[], agents: Agent[]): Promise<void> {
    const now = clock.now().getTime()
    const line = inLine(tickets, now)
    const places = placesOf(line, agents)
    await Promise.all(
      line.map((ticket) => {
        const place = places.get(ticket.id)
        const { toldPosition, toldAt, queuedAt } = ticket
        if (place === undefined || place === toldPosition) return undefined
        const at = new Date(now).toISOString()
        // The bot said the first one.
        if (toldPosition === undefined) {
          return change(ticket, touched(ticket, { toldPosition: place, toldAt: queuedAt ?? at }, at))
        }
        const short = options.channelOf?.(ticket.channel)?.register === 'short'
        const every = short ? TOLD_SHORT_EVERY_MS : TOLD_EVERY_MS
        if (place > toldPosition || now - Date.parse(toldAt ?? at) < every) return undefined
        const text = () =>
          place === 1 ? t('handoff.position_next') : t('handoff.position', { ahead: place - 1 })
        return change(ticket, touched(ticket, { toldPosition: place, toldAt: at }, at), {
          saying: () => [{ text: text() }],
        })
      }),
    )
  }

  return {
    /** Who is at work is read anew by the next pass, as every sweep does. */
    agentsChanged(): void {
      atWork = undefined
    },
    /** @param sweeping also looks at what time moves on, and tells places */
    async pass(sweeping: boolean): Promise<void> {
      if (sweeping || atWork === undefined) atWork = await desk.agents()
      changed = false
      if (sweeping) await sweep(await list(), atWork)
      if (changed) atWork = await desk.agents()
      const agents = atWork
      await assign(await list(), agents)
      if (!sweeping) return
      const tickets = await list()
      await tellPlaces(tickets, agents)
      options.onFigures?.(figuresOf(tickets, agents, clock.now().getTime()))
    },
  }
}

/**
 * Everybody who waits, in the order they are served: danger, call-backs whose deadline is near, the line, and the other
 * call-backs when agents would be without work.
 */
function waiting(tickets: Ticket[], now: number): Ticket[] {
  const byOf = ({ callback }: Ticket) => Date.parse(callback?.by ?? '')
  const line = inLine(tickets, now)
  const owed = tickets.filter(({ state }) => state === 'callback').sort((a, b) => byOf(a) - byOf(b))
  const isSoon = (ticket: Ticket) => byOf(ticket) - now < CALLBACK_SOON_MS
  const inDanger = ({ priority }: Ticket) => priority === 0
  const safe = owed.filter((ticket) => !inDanger(ticket))
  return [
    ...line.filter(inDanger),
    ...owed.filter(inDanger),
    ...safe.filter(isSoon),
    ...line.filter((ticket) => !inDanger(ticket)),
    ...safe.filter((ticket) => !isSoon(ticket)),
  ]
}

function figuresOf(tickets: Ticket[], agents: Agent[], now: number): DeskFigures {
  const inState = (state: Ticket['state']) => tickets.filter((ticket) => ticket.state === state)
  const waits = inState('queued').map(
    ({ queuedAt, requestedAt }) => now - Date.parse(queuedAt ?? requestedAt),
  )
  const left = inState('callback').map(({ callback }) => Date.parse(callback?.by ?? '') - now)
  return {
    waiting: waits.length,
    longestWaitSeconds: Math.round(Math.max(0, ...waits) / 1000),
    assigned: inState('assigned').length,
    talking: inState('agent').length,
    idle: inState('idle').length,
    unanswered: tickets.filter(({ reminded }) => reminded === true).length,
    callbacks: left.length,
    callbacksDue: left.filter((ms) => ms >= 0 && ms < CALLBACK_SOON_MS).length,
    callbacksLate: left.filter((ms) => ms < 0).length,
    agents: agents.length,
  }
}

/** Routes in whichever process leads, at every change and each second. */
export function runRouter(options: RouterOptions & { name: string }): { stop(): Promise<void> } {
  const { desk, store, log, name } = options
  let routing: ReturnType<typeof createRouting> | undefined
  let leadsUntil = 0
  let wanted: 'no' | 'pass' | 'sweep' = 'no'
  let running: Promise<void> | undefined
  let stopped = false
  let away = false

  async function work(): Promise<void> {
    while (wanted !== 'no' && !stopped) {
      const sweeping = wanted === 'sweep'
      wanted = 'no'
      try {
        const asked = performance.now()
        if (sweeping) {
          leadsUntil = (await store.lead('router', name, LEADS_FOR_MS)) ? asked + LEADS_FOR_MS : 0
          away = false
        }
        if (performance.now() > leadsUntil - SWEEP_EVERY_MS) {
          // Another process says how things stand.
          if (routing !== undefined) options.onFigures?.(figuresOf([], [], 0))
          routing = undefined
          continue
        }
        routing ??= createRouting(options)
        await routing.pass(sweeping)
      } catch (error) {
        // While the store is away this comes each second, and is said once.
        if (!away) log.error({ err: (error as Error).name }, 'the desk could not be routed')
        away = true
      }
    }
  }

  function look(what: 'pass' | 'sweep'): void {
    if (stopped || (wanted === 'sweep' && what === 'pass')) return
    wanted = what
    running ??= work().finally(() => {
      running = undefined
    })
  }

  const stopListening = desk.onChange((conversationId, moved) => {
    if (conversationId === undefined) routing?.agentsChanged()
    if (moved) look('pass')
  })
  const timer = setInterval(() => look('sweep'), SWEEP_EVERY_MS)
  timer.unref()
  look('sweep')
  return {
    async stop() {
      stopped = true
      clearInterval(timer)
      stopListening()
      await running
      await store.resign('router', name).catch(() => undefined)
    },
  }
}
