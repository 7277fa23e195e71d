import type { RequestHandler } from 'express'
import { RateLimiterMemory } from 'rate-limiter-flexible'
import { shortDate } from '../format'
import { agentOf, type ConsoleDeps, parse } from './api'
import * as schemas from './api-schemas'
import { ConsoleProblem } from './problems'
import type { Sight } from './sight'

/** Nobody needs the data of more people in an hour, whoever has an agent's computer. */
const MOST_AN_HOUR = 60

/**
 * Shows what is masked, for a reason. Who, what and why is durable in the audit before anything is read; what the INSS
 * knows is asked for with the person's own session, while they are logged in.
 */
export function createReveal(deps: ConsoleDeps, sight: Sight): RequestHandler {
  const { desk, audit, identity, inss } = deps
  const looks = new RateLimiterMemory({ points: MOST_AN_HOUR, duration: 3600 })

  return async (request, response) => {
    const agent = agentOf(response)
    const { fields, reason } = parse(schemas.effects.reveal, request.body)
    const ticket = await sight.ticket(agent, String(request.params.id))
    if (!sight.isMine(agent)(ticket) && agent.role !== 'supervisor') throw new ConsoleProblem('not_yours')
    await looks.consume(agent.id).catch(() => {
      throw new ConsoleProblem('too_many')
    })
    const { id: ticketId, channel, conversationId } = ticket
    const wanted = fields.filter((field) => field !== 'lines')
    const key = `${channel}:${conversationId}`
    if (wanted.length > 0 && (await identity.session(key)) === undefined)
      throw new ConsoleProblem('person_signed_out')
    await audit.write({ actor: agent.id, action: 'revealed', ticketId, details: { fields, reason } })
    const values: schemas.Revealed['values'] = {}
    if (wanted.length > 0) {
      const token = await identity.accessToken(key)
      if (token === undefined) throw new ConsoleProblem('person_signed_out')
      await audit.write({
        actor: agent.id,
        action: 'inss_called',
        ticketId,
        details: { operation: 'citizen' },
      })
      const citizen = await inss.citizen(token)
      const known = {
        name: citizen.socialName ?? citizen.name,
        cpf: citizen.cpf?.replace(/^(\d{3})(\d{3})(\d{3})(\d{2})$/, '$1.$2.$3-$4'),
        birthDate: shortDate(citizen.birthDate),
        phone: citizen.phone,
        email: citizen.email,
      }
      for (const field of wanted) values[field] = known[field] ?? null
    }
    const lines = fields.includes('lines')
      ? await sight.lines(ticket, await desk.lines(conversationId), true)
      : undefined
    response.json({ values, ...(lines && { lines }) } satisfies schemas.Revealed)
  }
}
