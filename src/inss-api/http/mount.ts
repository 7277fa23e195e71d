import { createHash, randomUUID } from 'node:crypto'
import type { Express, NextFunction, Request, RequestHandler, Response } from 'express'
import type { z } from 'zod'
import type { Clock } from '../../clock'
import type { Log } from '../../log'
import type { Access, AccessTokens } from '../auth/access-tokens'
import type { ApiClient, AuthenticateClient } from '../auth/clients'
import type { Database } from '../db/database'
import { levels } from '../schemas/common'
import { asProblem, ContractBreach } from './faults'
import { once, type Sent } from './once'
import type { Answer, Call, Operation } from './operation'
import { type Fault, Problem, problemBody } from './problem'

/** What every operation is given by the server. */
export type Mounting = {
  db: Database
  accessTokens: AccessTokens
  authenticateClient: AuthenticateClient
  clock: Clock
  log: Log
  /** Public address, without a slash at the end. */
  baseUrl: string
}

/** Put the operations on the server: access, validation, effect at most once, validated answer. */
export function mountOperations(app: Express, operations: readonly Operation[], mounting: Mounting): void {
  for (const operation of operations)
    app[operation.method](expressPath(operation.path), handler(operation, mounting))
  for (const path of new Set(operations.map((each) => each.path))) {
    const methods = operations.filter((each) => each.path === path).map((each) => each.method.toUpperCase())
    app.all(expressPath(path), () => {
      throw new Problem('method_not_allowed', { headers: { Allow: methods.join(', ') } })
    })
  }
}

/** The last handlers: what no operation answered, and every error as problem+json. */
export function mountRefusals(app: Express, mounting: Pick<Mounting, 'baseUrl' | 'log'>): void {
  app.use(() => {
    throw new Problem('not_found')
  })
  app.use((error: unknown, _req: Request, res: Response, _next: NextFunction) => {
    const problem = asProblem(error, mounting.log)
    if (res.headersSent) res.destroy()
    else send(res, refusal(problem, mounting.baseUrl))
  })
}

function expressPath(path: string): string {
  return path.replace(/\{(\w+)\}/g, ':$1')
}

function handler(operation: Operation, mounting: Mounting): RequestHandler {
  return async (req, res) => {
    const started = performance.now()
    res.on('finish', () => {
      const ms = Math.round(performance.now() - started)
      mounting.log.info({ event: 'call_answered', operation: operation.id, status: res.statusCode, ms })
    })
    if (operation.access === 'service') {
      const call = validated(operation, req)
      return send(res, answered(operation, await operation.handle(call), req))
    }
    res.set('Cache-Control', 'private, no-store')
    if (operation.access === 'client') {
      const client = await knownClient(req, mounting.authenticateClient)
      return send(res, answered(operation, await operation.handle(validated(operation, req), client), req))
    }
    const access = await authenticate(req, mounting.accessTokens)
    if (levels.indexOf(access.level) < levels.indexOf(operation.level)) {
      throw new Problem('level_too_low', { members: { requiredLevel: operation.level } })
    }
    const call = validated(operation, req)
    if (operation.access === 'citizen') {
      return send(res, answered(operation, await operation.handle(call, access), req))
    }
    if (operation.ifMatch && call.ifMatch === undefined) throw new Problem('if_match_missing')
    const { replayed, ...sent } = await once(
      mounting.db,
      {
        client: access.client,
        cpf: access.cpf,
        key: idempotencyKey(req),
        operation: operation.id,
        input: [call.params, call.query, call.body],
        now: mounting.clock.now(),
      },
      async (tx) => answered(operation, await operation.handle(call, access, tx), req),
      (problem) => refusal(problem, mounting.baseUrl),
    )
    if (replayed) res.set('Idempotency-Replayed', 'true')
    send(res, sent)
  }
}

async function authenticate(req: Request, accessTokens: AccessTokens): Promise<Access> {
  const header = req.headers.authorization
  const token = /^Bearer ([A-Za-z0-9._~+/=-]+)$/i.exec(header ?? '')?.[1]
  const access = token === undefined ? undefined : await accessTokens.verify(token)
  if (access !== undefined) return access
  const challenge = header === undefined ? '' : ', error="invalid_token"'
  throw new Problem('unauthenticated', {
    headers: { 'WWW-Authenticate': `Bearer realm="inss-api"${challenge}` },
  })
}

async function knownClient(req: Request, authenticate: AuthenticateClient): Promise<ApiClient> {
  const client = await authenticate(req)
  if (client === 'slow_down') throw new Problem('slow_down', { headers: { 'Retry-After': '60' } })
  if (client !== 'unknown') return client
  throw new Problem('client_unauthenticated', {
    headers: { 'WWW-Authenticate': 'Basic realm="inss-api", charset="UTF-8"' },
  })
}

function idempotencyKey(req: Request): string {
  const key = req.get('Idempotency-Key')
  if (key === undefined || key === '') throw new Problem('idempotency_key_missing')
  if (/^[\x21-\x7e]{1,200}$/.test(key)) return key
  throw new Problem('invalid_request', {
    errors: [{ pointer: 'Idempotency-Key', detail: 'expected 1 to 200 visible ASCII characters' }],
  })
}

function validated(operation: Operation, req: Request): Call<unknown, unknown, unknown> {
  if (operation.body !== undefined && req.is('application/json') === false) {
    throw new Problem('unsupported_media_type')
  }
  const faults: Fault[] = []
  const read = (schema: z.ZodType | undefined, value: unknown, pointer: (path: PropertyKey[]) => string) => {
    if (schema === undefined) return {}
    const parsed = schema.safeParse(value)
    if (parsed.success) return parsed.data
    faults.push(...parsed.error.issues.flatMap((issue) => faultsOf(issue, pointer)))
    return {}
  }
  const call = {
    params: read(operation.params, req.params, (path) => `{${path.join('.')}}`),
    query: read(operation.query ?? undefined, req.query, (path) => `?${path.join('.')}`),
    body: read(operation.body, req.body, (path) => `/${path.map(escapePointer).join('/')}`),
    ifMatch: entityTag(req.get('If-Match')),
  }
  if (operation.query === undefined) {
    for (const name of Object.keys(req.query))
      faults.push({ pointer: `?${name}`, detail: 'unknown parameter' })
  }
  if (faults.length > 0) throw new Problem('invalid_request', { errors: faults.slice(0, 20) })
  return call
}

function faultsOf(issue: z.core.$ZodIssue, pointer: (path: PropertyKey[]) => string): Fault[] {
  if (issue.code !== 'unrecognized_keys') return [{ pointer: pointer(issue.path), detail: detailOf(issue) }]
  return issue.keys.map((key) => ({ pointer: pointer([...issue.path, key]), detail: 'unknown field' }))
}

/** Our words, not the validator's: they never repeat the value received. */
function detailOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') return `expected ${issue.expected}`
  if (issue.code === 'invalid_value') return `expected ${issue.values.map(String).join(' or ')}`
  if (issue.code === 'invalid_format')
    return `expected the format ${issue.format === 'regex' ? 'of the contract' : issue.format}`
  if (issue.code === 'too_small') return `expected at least ${issue.minimum}`
  if (issue.code === 'too_big') return `expected at most ${issue.maximum}`
  if (issue.code === 'custom') return issue.message
  return 'does not follow the contract'
}

function escapePointer(part: PropertyKey): string {
  return String(part).replaceAll('~', '~0').replaceAll('/', '~1')
}

function entityTag(header: string | undefined): string | undefined {
  return header === undefined ? undefined : (/^\s*"([^"]*)"\s*$/.exec(header)?.[1] ?? '')
}

/** The answer as it goes out; a body that breaks its own schema is a bug of ours, and stops here. */
function answered(operation: Operation, answer: Answer, req: Request): Sent {
  const parsed = operation.success.schema.safeParse(answer.body)
  if (!parsed.success) {
    const where = parsed.error.issues.slice(0, 5).map((issue) => `${issue.code} at ${issue.path.join('/')}`)
    throw new ContractBreach(`${operation.id} answered against its schema: ${where.join('; ')}`)
  }
  const headers: Record<string, string> = { ...answer.headers }
  if (operation.etag) {
    const etag =
      answer.etag ?? createHash('sha256').update(JSON.stringify(parsed.data)).digest('base64url').slice(0, 22)
    headers.ETag = `"${etag}"`
    const known = (req.get('If-None-Match') ?? '').split(',').map((each) => each.trim().replace(/^W\//, ''))
    if (operation.method === 'get' && (known.includes(headers.ETag) || known.includes('*'))) {
      return { status: 304, headers, body: undefined }
    }
  }
  return { status: operation.success.status, headers, body: parsed.data }
}

function refusal(problem: Problem, baseUrl: string): Sent {
  return {
    status: problem.status,
    headers: { 'Content-Type': 'application/problem+json', ...problem.more.headers },
    body: problemBody(problem, baseUrl, `urn:uuid:${randomUUID()}`),
  }
}

function send(res: Response, sent: Sent): void {
  res.status(sent.status).set(sent.headers)
  if (sent.body === undefined) res.end()
  else res.type(sent.headers['Content-Type'] ?? 'application/json').send(JSON.stringify(sent.body))
}
