import { type RequestHandler, Router } from 'express'
import { t } from '../text'
import { agentOf, type ConsoleDeps, mustSupervise, parse } from './api'
import * as schemas from './api-schemas'
import { boardOf, today } from './board'
import { exportColumns } from './history'
import { ConsoleProblem } from './problems'
import type { Sight } from './sight'
import { lineOf, present } from './views'

const EXPORT_PAGE = 1000
const BOARD_LIVES_MS = 2000

export type ReadBoard = () => Promise<schemas.Board>

/** The board, worked out once for all who look at it. */
export function createBoard({ desk, history, hours, clock }: ConsoleDeps): ReadBoard {
  let read: { at: number; board: Promise<schemas.Board> } | undefined
  const work = async () => {
    const [tickets, agents, figures] = await Promise.all([
      desk.open(),
      desk.agents(),
      history.figures(today(clock)),
    ])
    return boardOf({ tickets, agents, figures, hours, clock })
  }
  return () => {
    if (read === undefined || performance.now() - read.at > BOARD_LIVES_MS)
      read = { at: performance.now(), board: work() }
    return read.board
  }
}

/** What supervisors look at: the board, the tickets of the past and their export. */
export function createHistoryCalls(deps: ConsoleDeps, sight: Sight, board: ReadBoard): Router {
  const { history, audit } = deps
  const router = Router()
  const supervising: RequestHandler = (_request, response, next) => {
    mustSupervise(agentOf(response))
    next()
  }

  router.get('/board', supervising, async (_request, response) => {
    response.json(await board().catch(unavailable))
  })
  router.get('/history', supervising, async (request, response) => {
    const query = parse(schemas.historyQuery, request.query)
    const [listed, figures] = await Promise.all([history.list(query), history.figures(query)]).catch(
      unavailable,
    )
    response.json({ ...listed, figures } satisfies schemas.History)
  })
  router.get('/history.csv', supervising, async (request, response) => {
    const query = parse(schemas.historyQuery, request.query)
    const { limit, after, ...filters } = query
    await audit.write({ actor: agentOf(response).id, action: 'exported', details: present(filters) })
    let part = await history.exported({ ...filters, limit: EXPORT_PAGE }).catch(unavailable)
    response.type('text/csv').attachment('atendimento.csv')
    response.write(`${exportColumns.map((column) => t(`history_export.${column}`)).join(',')}\r\n`)
    for (;;) {
      for (const row of part.rows) response.write(`${row.map(cell).join(',')}\r\n`)
      if (part.next === undefined) break
      part = await history.exported({ ...filters, limit: EXPORT_PAGE, after: part.next })
    }
    response.end()
  })
  router.get('/history/:id', supervising, async (request, response) => {
    const id = String(request.params.id)
    const found = await history.detail(id).catch(unavailable)
    if (found === undefined) throw new ConsoleProblem('not_found')
    await audit.write({ actor: agentOf(response).id, action: 'transcript_read', ticketId: id })
    const lines = found.lines.map((line) => lineOf(line, { names: sight.names }))
    response.json({ ...found, lines } satisfies schemas.PastDetail)
  })
  return router
}

/** RFC 4180; a cell never begins as a formula of a spreadsheet does. */
function cell(value: string | number): string {
  const text = String(value)
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

function unavailable(): never {
  throw new ConsoleProblem('history_unavailable')
}
