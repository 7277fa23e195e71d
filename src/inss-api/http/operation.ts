import type { z } from 'zod'
import type { Access } from '../auth/access-tokens'
import type { ApiClient } from '../auth/clients'
import type { Transaction } from '../db/database'
import type { Level } from '../schemas/common'
import type { ProblemCode } from './problem'

/** What a handler answers; `etag` without quotes. */
export type Answer = { body: unknown; etag?: string; headers?: Record<string, string> }

/** One request after validation. Absent parts are empty objects. */
export type Call<P, Q, B> = {
  params: P
  query: Q
  body: B
  ifMatch: string | undefined
}

type Described<P, Q, B> = {
  /** operationId of the OpenAPI document and name of the operation in logs. */
  id: string
  method: 'get' | 'post'
  /** OpenAPI form: `/v1/requests/{protocol}`. */
  path: string
  tag: 'service' | 'citizen' | 'requests' | 'events'
  summary: string
  description?: string
  params?: z.ZodType<P>
  query?: z.ZodType<Q>
  body?: z.ZodType<B>
  /** Values that work against the synthetic citizens; shown in the document and sent by the contract tests. */
  examples?: { params?: Record<string, string>; query?: Record<string, string>; body?: unknown }
  success: { status: 200 | 201; description: string; schema: z.ZodType }
  /** Refusals beyond those that every operation of its kind may give. */
  problems?: ProblemCode[]
  /** The answer carries an ETag and honours If-None-Match. */
  etag?: true
}

/** Anyone may call it. */
type ServiceOperation<P, Q, B> = Described<P, Q, B> & {
  access: 'service'
  handle(call: Call<P, Q, B>): Promise<Answer> | Answer
}

/** Needs the citizen's own token; `level` is the lowest gov.br level that may call it. */
type CitizenOperation<P, Q, B> = Described<P, Q, B> & {
  access: 'citizen'
  level: Level
  handle(call: Call<P, Q, B>, access: Access): Promise<Answer>
}

/** Has an effect: needs Idempotency-Key and runs inside the transaction that records its answer. */
type EffectOperation<P, Q, B> = Described<P, Q, B> & {
  access: 'effect'
  level: Level
  /** Needs the ETag of the version read. */
  ifMatch?: true
  handle(call: Call<P, Q, B>, access: Access, tx: Transaction): Promise<Answer>
}

/** Needs the credentials of a client, and touches nothing that only a citizen may see. */
type ClientOperation<P, Q, B> = Described<P, Q, B> & {
  access: 'client'
  handle(call: Call<P, Q, B>, client: ApiClient): Promise<Answer>
}

/** An operation of any shape; `handle` is a method so that the list can hold them all. */
export type Operation =
  | ServiceOperation<unknown, unknown, unknown>
  | CitizenOperation<unknown, unknown, unknown>
  | EffectOperation<unknown, unknown, unknown>
  | ClientOperation<unknown, unknown, unknown>

/** Define one operation; the types of `call` follow from its schemas. */
export function serviceOperation<P, Q, B>(definition: Omit<ServiceOperation<P, Q, B>, 'access'>): Operation {
  return { ...definition, access: 'service' }
}
export function citizenOperation<P, Q, B>(definition: Omit<CitizenOperation<P, Q, B>, 'access'>): Operation {
  return { ...definition, access: 'citizen' }
}
export function effectOperation<P, Q, B>(definition: Omit<EffectOperation<P, Q, B>, 'access'>): Operation {
  return { ...definition, access: 'effect' }
}
export function clientOperation<P, Q, B>(definition: Omit<ClientOperation<P, Q, B>, 'access'>): Operation {
  return { ...definition, access: 'client' }
}
