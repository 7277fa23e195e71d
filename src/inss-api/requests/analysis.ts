import { eq } from 'drizzle-orm'
import type { Transaction } from '../db/database'
import { requests } from '../db/schema'
import type { Deps } from '../deps'
import { type Happening, writeEvents } from '../events/outbox'
import { Problem } from '../http/problem'
import type { EventType } from '../schemas/events'
import { request } from '../schemas/requests'
import { changeRequest, type RequestRow } from './store'

type Step = {
  status: 'in_analysis' | 'needs_document' | 'denied'
  text: string
  nextStep?: string | undefined
}

const eventOf = {
  in_analysis: { step: 'analysis_moved', news: 'request.moved' },
  needs_document: { step: 'document_requested', news: 'request.document_required' },
  denied: { step: 'denied', news: 'request.decided' },
} as const

/**
 * Writes what a person at the INSS found in an open request.
 * @throws Problem `request_not_found`, `request_closed`
 */
export async function recordStep(deps: Deps, protocol: string, found: Step): Promise<RequestRow> {
  const now = deps.clock.now()
  return deps.db.transaction(async (tx) => {
    const [row] = await tx.select().from(requests).where(eq(requests.protocol, protocol)).for('update')
    if (row === undefined) throw new Problem('request_not_found')
    if (row.status !== 'in_analysis' && row.status !== 'needs_document') throw new Problem('request_closed')
    const { step, news } = eventOf[found.status]
    const analysis = row.analysis && {
      ...row.analysis,
      ...(found.nextStep !== undefined && { nextStep: found.nextStep }),
      ...(found.status === 'in_analysis' ? {} : { reason: [{ code: step, text: found.text }] }),
    }
    const decidedAt = found.status === 'denied' ? now : null
    const changed = await changeRequest(
      tx,
      row,
      { status: found.status, analysis, decidedAt },
      { at: now, type: step, text: found.text },
    )
    await tellFollowers(tx, changed, [news], now)
    return changed
  })
}

/** What happened to a request, for the clients that follow its citizen. To be called last in the transaction. */
export async function tellFollowers(
  tx: Transaction,
  row: RequestRow,
  types: EventType[],
  at: Date,
): Promise<void> {
  const service = request.shape.service.parse(row.service)
  const data = { service, status: row.status, automatic: row.automatic }
  const happened = types.map(
    (type): Happening => ({ cpf: row.cpf, type, at, data, once: `${row.protocol}|${row.version}` }),
  )
  await writeEvents(tx, row.cpf, happened)
}
