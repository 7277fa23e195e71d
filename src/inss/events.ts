import { z } from 'zod'
import { AppError } from '../errors'

/** What the assistant asks of the INSS API about events. */
export type InssEvents = ReturnType<typeof createInssEvents>

const following = z.object({ person: z.string() })
const page = z.object({ items: z.array(z.unknown()), cursor: z.string().nullable(), more: z.boolean() })

/**
 * Client of the INSS API for following citizens: with their own token to begin, with ours to end and to read.
 * @throws AppError `inss_unavailable`, `inss_timeout`, `inss_bad_answer`, `login_required`
 */
export function createInssEvents(options: {
  url: string
  clientId: string
  clientSecret: string
  timeoutMs: number
}) {
  const pair = `${encodeURIComponent(options.clientId)}:${encodeURIComponent(options.clientSecret)}`
  const ours = `Basic ${Buffer.from(pair).toString('base64')}`

  async function ask<T>(
    path: string,
    schema: z.ZodType<T>,
    call: { authorization: string; body?: object; idempotencyKey?: string },
  ): Promise<T> {
    const deadline = AbortSignal.timeout(options.timeoutMs)
    const headers: Record<string, string> = { accept: 'application/json', authorization: call.authorization }
    if (call.body !== undefined) headers['content-type'] = 'application/json'
    if (call.idempotencyKey !== undefined) headers['idempotency-key'] = call.idempotencyKey
    const init: RequestInit = { method: call.body === undefined ? 'GET' : 'POST', headers, signal: deadline }
    if (call.body !== undefined) init.body = JSON.stringify(call.body)
    try {
      const response = await fetch(new URL(path, options.url), init)
      const body: unknown = await response.json()
      if (response.ok) return schema.parse(body)
      if (response.status === 401 && call.authorization !== ours) throw new AppError('login_required')
      throw new AppError(
        response.status >= 500 || response.status === 429 ? 'inss_unavailable' : 'inss_refused',
      )
    } catch (cause) {
      if (cause instanceof AppError) throw cause
      if (cause instanceof z.ZodError || cause instanceof SyntaxError) throw new AppError('inss_bad_answer')
      throw new AppError(deadline.aborted ? 'inss_timeout' : 'inss_unavailable')
    }
  }

  return {
    /** From here on the API tells us what happens to the citizen. @returns its name for them */
    async follow(token: string, idempotencyKey: string): Promise<string> {
      const call = { authorization: `Bearer ${token}`, body: {}, idempotencyKey }
      return (await ask('/v1/citizen/following', following, call)).person
    },
    async unfollow(person: string): Promise<void> {
      const path = `/v1/following/${encodeURIComponent(person)}/end`
      await ask(path, following, { authorization: ours, body: {} })
    },
    /** The events after a cursor, oldest first; without one, from the oldest kept. */
    list: (after: string | undefined) =>
      ask(`/v1/events?limit=100${after === undefined ? '' : `&after=${encodeURIComponent(after)}`}`, page, {
        authorization: ours,
      }),
  }
}
