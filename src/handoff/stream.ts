import type { RequestHandler, Response } from 'express'
import type { KeptLine } from '../store/store'
import { agentOf, type ConsoleDeps } from './api'
import type { StreamEvent } from './api-schemas'
import type { ReadBoard } from './history-calls'
import type { Sight } from './sight'
import { conversationOf } from './ticket'

/** Changes that come together are told together. */
const TOGETHER_MS = 40
/** However much changes, a console is told no more often. */
const PAUSE_MS = 250
/** A longer line is counted, not shown. */
const MOST_IN_LINE = 100
const STILL_THERE_MS = 15_000
const PRESENT_MS = 10_000
const BOARD_MS = 3000
/** Consoles of one agent that are open in this process. */
const open = new Map<string, number>()
/** Clocks of machines differ, and what was said is told a little later: so much is told twice after a break. */
const OVERLAP_MS = 10_000

/**
 * Tells one console what changes, as it changes, wherever it was changed. The name of an event is its instant, so that
 * any process can say what came after it.
 */
export function createStream(deps: ConsoleDeps, sight: Sight, board: ReadBoard): RequestHandler {
  const { desk, sessions, working, clock, log } = deps

  return async (request, response) => {
    const agent = agentOf(response)
    const watched = conversationOf(String(request.query.watch ?? ''))
    const now = () => clock.now().getTime()
    const resumed = Number(request.get('last-event-id') ?? Number.NaN)
    const since = (Number.isFinite(resumed) ? Math.min(resumed, now()) : now()) - OVERLAP_MS
    /** The last line told of each conversation. */
    const told = new Map<string, number>()
    const changed = new Set<string>()
    let inbox = ''
    let own: string[] = []
    let boardTold = ''
    let statusTold = ''
    let timer: NodeJS.Timeout | undefined
    let telling: Promise<void> = Promise.resolve()
    let over = false
    let toldAt = 0

    begin(response)
    open.set(agent.id, (open.get(agent.id) ?? 0) + 1)
    const stopListening = desk.onChange((conversationId) => {
      if (conversationId !== undefined) changed.add(conversationId)
      timer ??= setTimeout(
        () => {
          timer = undefined
          toldAt = performance.now()
          tell(news)
        },
        Math.max(TOGETHER_MS, toldAt + PAUSE_MS - performance.now()),
      )
    })
    const timers = [
      setInterval(() => tell(stillThere), STILL_THERE_MS),
      setInterval(() => tell(stay), PRESENT_MS),
      ...(agent.role === 'supervisor' ? [setInterval(() => tell(tellBoard), BOARD_MS)] : []),
    ]
    response.on('close', () => {
      stop()
      const left = (open.get(agent.id) ?? 1) - 1
      if (left > 0) open.set(agent.id, left)
      else {
        open.delete(agent.id)
        working.closed(agent).catch(() => undefined)
      }
    })

    function stop(): void {
      over = true
      stopListening()
      clearTimeout(timer)
      for (const each of timers) clearInterval(each)
    }

    /** One after the other, so that nothing overtakes what is older. */
    function tell(work: () => Promise<void>): void {
      telling = telling.then(work).catch((error: Error) => {
        // The console comes back and asks for what it missed.
        log.warn({ event: 'console_stream_failed', error: error.name })
        stop()
        response.end()
      })
    }

    function send(event: StreamEvent): void {
      if (over) return
      response.write(`id: ${now()}\nevent: ${event.name}\ndata: ${JSON.stringify(event.data)}\n\n`)
    }

    async function news(): Promise<void> {
      const conversations = [...changed]
      changed.clear()
      for (const conversationId of conversations) await tellConversation(conversationId)
      const { mine, queue, callbacks } = await sight.lists(agent, 'shared')
      const lists = { mine, queue: queue.slice(0, MOST_IN_LINE), callbacks }
      const text = JSON.stringify(lists)
      if (text === inbox) return
      inbox = text
      const ids = mine.map(({ id }) => id)
      // It may have gone to another because they did not answer, which is written down right after.
      if (own.some((id) => !ids.includes(id))) timers.push(setTimeout(() => tell(stay), PAUSE_MS))
      own = ids
      send({ name: 'inbox', data: lists })
    }

    async function tellConversation(conversationId: string): Promise<void> {
      const ticket = await desk.ticket(conversationId)
      if (ticket === undefined) return
      const mine = ticket.agentId === agent.id
      const watching = conversationId === watched && sight.mayRead(agent, ticket)
      // Whose it was is told that it is gone.
      if (!mine && !watching && !told.has(conversationId)) return
      send({ name: 'ticket', data: { ticket: await sight.summary(agent, ticket) } })
      if (!mine && !watching) {
        told.delete(conversationId)
        return
      }
      await tellLines(conversationId, ticket)
    }

    async function tellLines(
      conversationId: string,
      ticket: Parameters<typeof sight.lines>[0],
    ): Promise<void> {
      const after = told.get(conversationId)
      const found = await desk.lines(conversationId, after)
      const fresh = after === undefined ? found.filter(isNew) : found
      told.set(conversationId, found.at(-1)?.number ?? after ?? 0)
      if (fresh.length === 0) return
      send({ name: 'lines', data: { ticketId: ticket.id, lines: await sight.lines(ticket, fresh) } })
    }

    function isNew({ at }: KeptLine): boolean {
      return Date.parse(at) >= since
    }

    async function stillThere(): Promise<void> {
      if ((await sessions.of(request, 'watch')) !== undefined) {
        if (!over) response.write(':\n\n')
        return
      }
      send({ name: 'signed_out', data: { reason: await sessions.whyOver(request) } })
      stop()
      response.end()
    }

    async function stay(): Promise<void> {
      const { status, because } = await working.stay(agent)
      const text = `${status} ${because}`
      if (text === statusTold) return
      statusTold = text
      send({ name: 'status', data: { status, ...(because !== undefined && { because }) } })
    }

    async function tellBoard(): Promise<void> {
      // Without the database there is no board, and the rest goes on.
      const now = await board().catch(() => undefined)
      if (now === undefined) return
      const { at, ...figures } = now
      const text = JSON.stringify(figures)
      if (text === boardTold) return
      boardTold = text
      send({ name: 'board', data: now })
    }

    tell(stay)
    if (agent.role === 'supervisor') tell(tellBoard)
    for (const ticket of await desk.open()) {
      if (ticket.agentId === agent.id || ticket.conversationId === watched) changed.add(ticket.conversationId)
    }
    tell(news)
  }
}

function begin(response: Response): void {
  // A proxy in between must not collect what is to be told at once.
  response.set({ 'Content-Type': 'text/event-stream', 'X-Accel-Buffering': 'no', Connection: 'keep-alive' })
  response.flushHeaders()
  response.write(':\n\n')
}
