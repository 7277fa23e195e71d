import type { z } from 'zod'
import { AppError } from '../errors'
import * as schemas from './schemas'

/** The services of the INSS the assistant uses. `token` is the citizen's own access token. */
export type InssApi = ReturnType<typeof createInssClient>

/** An answer that is neither a success nor a fault: the request was understood and cannot be done. */
export type Refused = { ok: false; code: string; protocol?: string; pointers: string[] }

export type Answer<T> = { ok: true; value: T } | Refused

type Call = {
  method?: 'GET' | 'POST'
  token?: string
  body?: unknown
  idempotencyKey?: string
}

/**
 * Client of the INSS API. Every call ends within `timeoutMs`; a call that can be repeated safely (GET, or POST
 * with its idempotency key) is tried once more when the service fails at once.
 * @throws AppError `inss_unavailable`, `inss_timeout`, `inss_bad_answer`, `inss_refused`, `login_required`,
 * `login_level_too_low`
 */
export function createInssClient(options: { url: string; timeoutMs?: number }) {
  const timeoutMs = options.timeoutMs ?? 8000

  async function request(path: string, call: Call): Promise<Response> {
    const deadline = AbortSignal.timeout(timeoutMs)
    const headers: Record<string, string> = { accept: 'application/json' }
    if (call.token !== undefined) headers.authorization = `Bearer ${call.token}`
    if (call.body !== undefined) headers['content-type'] = 'application/json'
    if (call.idempotencyKey !== undefined) headers['idempotency-key'] = call.idempotencyKey
    const init: RequestInit = { method: call.method ?? 'GET', headers, signal: deadline }
    if (call.body !== undefined) init.body = JSON.stringify(call.body)
    const attempt = () => fetch(new URL(path, options.url), init)
    const repeatable = call.method !== 'POST' || call.idempotencyKey !== undefined
    try {
      const first = await attempt().catch((cause) => {
        if (deadline.aborted || !repeatable) throw cause
        return undefined
      })
      if (first !== undefined && (first.status < 500 || !repeatable)) return first
      return await attempt()
    } catch (cause) {
      throw new AppError(deadline.aborted ? 'inss_timeout' : 'inss_unavailable', { cause })
    }
  }

  async function ask<T>(path: string, schema: z.ZodType<T>, call: Call = {}): Promise<Answer<T>> {
    const response = await request(path, call)
    const body = await response.json().catch((cause) => {
      if (cause instanceof Error && cause.name === 'TimeoutError')
        throw new AppError('inss_timeout', { cause })
      return undefined
    })
    if (response.ok) {
      const parsed = schema.safeParse(body)
      if (parsed.success) return { ok: true, value: parsed.data }
      throw new AppError('inss_bad_answer', { cause: parsed.error })
    }
    const problem = schemas.problem.safeParse(body)
    const code = problem.success ? (problem.data.code ?? problem.data.type?.split('/').pop()) : undefined
    if (response.status === 401) throw new AppError('login_required')
    if (response.status === 403 && code === 'level_too_low') throw new AppError('login_level_too_low')
    if (response.status >= 500 || response.status === 429) throw new AppError('inss_unavailable')
    if (!problem.success || code === undefined) throw new AppError('inss_bad_answer')
    const refused: Refused = {
      ok: false,
      code,
      pointers: (problem.data.errors ?? []).flatMap((each) => each.pointer ?? []),
    }
    if (problem.data.protocol !== undefined) refused.protocol = problem.data.protocol
    return refused
  }

  /** For calls where a refusal is a fault of ours, not something to tell the citizen. */
  async function get<T>(path: string, schema: z.ZodType<T>, token?: string): Promise<T> {
    const answer = await ask(path, schema, token === undefined ? {} : { token })
    if (answer.ok) return answer.value
    throw new AppError('inss_refused', { message: `${path.split('?')[0]} answered ${answer.code}` })
  }

  return {
    citizen: (token: string) => get('/v1/citizen', schemas.citizen, token),
    benefits: async (token: string) => (await get('/v1/benefits', schemas.benefits, token)).items,
    /** Newest first. */
    payments: async (token: string, benefitNumber: string, limit: number) =>
      (await get(`/v1/benefits/${benefitNumber}/payments?limit=${limit}`, schemas.payments, token)).items,
    /** @param query `digit` the final digit of the benefit number, the one before the dash */
    paymentCalendar: (query: { digit: number; aboveMinimum: boolean; from: string; months: number }) =>
      get(
        `/v1/payment-calendar?digit=${query.digit}&aboveMinimum=${query.aboveMinimum}&from=${query.from}&months=${query.months}`,
        schemas.paymentCalendar,
      ),
    /** Minimum wage and ceiling in force on a day, in centavos. */
    referenceValues: (on: string) => get(`/v1/reference-values?on=${on}`, schemas.referenceValues),
    /** Calculates without keeping anything; a law gap or impossible facts are a refusal. */
    calculate: <Id extends schemas.Calculation>(
      id: Id,
      body: unknown,
    ): Promise<Answer<schemas.Calculated<Id>>> =>
      ask(
        `/v1/calculations/${id}`,
        schemas.calculations[id] as unknown as z.ZodType<schemas.Calculated<Id>>,
        {
          method: 'POST',
          body,
        },
      ),
    /** Shares of a benefit payroll loans may take on a day. */
    loanMargin: (query: { kind: 'previdenciario' | 'bpc'; on: string; netAmount: number }) =>
      ask(
        `/v1/loan-margin?kind=${query.kind}&on=${query.on}&netAmount=${query.netAmount}`,
        schemas.loanMargin,
      ),
    /** Reference days for INSS to decide; refused for a service without any. */
    decisionDeadline: (service: string) =>
      ask(`/v1/decision-deadlines/${encodeURIComponent(service)}`, schemas.decisionDeadline),
    simulate: (body: unknown) =>
      ask('/v1/retirement-simulations', schemas.simulation, { method: 'POST', body }),
    simulateFromRecord: (token: string, body: unknown) =>
      ask('/v1/citizen/retirement-simulations', schemas.simulation, { method: 'POST', body, token }),
    checkEntitlement: (token: string, body: { service: string; facts: unknown }) =>
      ask('/v1/entitlement-checks', schemas.entitlement, { method: 'POST', body, token }),
    createRequest: (token: string, body: unknown, idempotencyKey: string) =>
      ask('/v1/requests', schemas.benefitRequest, { method: 'POST', body, token, idempotencyKey }),
    /** Newest first. */
    requests: async (token: string) => (await get('/v1/requests', schemas.benefitRequests, token)).items,
    request: (token: string, protocol: string) =>
      ask(`/v1/requests/${encodeURIComponent(protocol)}`, schemas.benefitRequest, { token }),
    requestEvents: async (token: string, protocol: string) =>
      (await get(`/v1/requests/${encodeURIComponent(protocol)}/events`, schemas.requestEvents, token)).items,
    service: (id: string) => get(`/v1/services/${encodeURIComponent(id)}`, schemas.service),
  }
}
