import { AppError } from '../../errors'
import { ImpossibleInput, LawGap } from '../../law'
import type { Log } from '../../log'
import { Problem } from './problem'

/**
 * Whatever was thrown, as a refusal. Messages of libraries and of bugs never leave: a database error, for one,
 * carries the values of its query, so not even the log gets its message.
 */
export function asProblem(error: unknown, log: Log): Problem {
  if (error instanceof Problem) return error
  if (error instanceof LawGap) {
    return new Problem('law_gap', { members: { parameter: error.parameter, date: error.date } })
  }
  if (error instanceof ImpossibleInput) {
    return new Problem('impossible_input', {
      errors: error.faults.map(({ pointer, code }) => ({ pointer, detail: code })),
    })
  }
  const parser = parserFault(error)
  if (parser !== undefined) return new Problem(parser)
  log.error({ event: 'call_failed', ...harmless(error) })
  if ((error instanceof AppError && error.retryable) || databaseAway(error)) {
    return new Problem('temporarily_unavailable', { headers: { 'Retry-After': '5' } })
  }
  return new Problem('internal')
}

/** Faults of Express and its body parser, which mark their errors with a status and a type. */
function parserFault(error: unknown) {
  if (typeof error !== 'object' || error === null || !('status' in error)) return undefined
  const type = 'type' in error ? error.type : undefined
  if (type === 'entity.too.large' || type === 'parameters.too.many') return 'payload_too_large'
  if (type === 'charset.unsupported' || type === 'encoding.unsupported') return 'unsupported_media_type'
  if (type === 'entity.parse.failed') return 'malformed_json'
  return typeof error.status === 'number' && error.status < 500 ? 'invalid_request' : undefined
}

/** The database cannot be reached, is stopping or is gone (connection errors and SQLSTATE classes 08, 3D, 53, 57). */
function databaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = 'code' in error ? String(error.code) : ''
  if (/^(ECONN|ETIMEDOUT|EPIPE|EHOSTUNREACH|ENOTFOUND|08|3D|53|57)/.test(code)) return true
  if (/^(timeout exceeded when trying to connect|Connection terminated)/.test(error.message)) return true
  return databaseAway(error.cause)
}

/** A bug of ours whose message holds names of fields only, so the log may have it. */
export class ContractBreach extends Error {
  override name = 'ContractBreach'
}

/** Name and place of an error, without its message. */
export function harmless(error: unknown): { name: string; why?: string; stack: string[] } {
  if (!(error instanceof Error)) return { name: typeof error, stack: [] }
  const root = error.cause instanceof Error ? `${error.name} < ${error.cause.name}` : error.name
  const lines = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line))
  const why = error instanceof ContractBreach ? { why: error.message } : {}
  return { name: root, ...why, stack: lines.slice(0, 8).map((line) => line.trim()) }
}
