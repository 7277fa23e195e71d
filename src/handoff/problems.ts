import type { ErrorRequestHandler, Response } from 'express'
import { AppError } from '../errors'
import type { Log } from '../log'
import type { Problem, ProblemCode } from './api-schemas'

const statuses: Record<ProblemCode, number> = {
  signed_out: 401,
  csrf: 403,
  role_missing: 403,
  not_yours: 403,
  not_found: 404,
  bad_input: 400,
  taken: 409,
  move_refused: 409,
  asking_already: 409,
  file_type: 415,
  file_size: 413,
  files_unsupported: 422,
  person_signed_out: 409,
  inss_unavailable: 502,
  audit_unavailable: 503,
  history_unavailable: 503,
  store_unavailable: 503,
  too_many: 429,
  internal: 500,
}

/** A call that is not answered with what it asked for. The console has the sentence for each code. */
export class ConsoleProblem extends Error {
  constructor(
    readonly code: ProblemCode,
    readonly details: Pick<Problem, 'agentName' | 'errors'> = {},
  ) {
    super(code)
  }
}

/** Answers what was thrown as problem+json, without a word of what was sent or of what broke. */
export function answerProblems(log: Log): ErrorRequestHandler {
  return (error: unknown, _request, response, next) => {
    if (response.headersSent) return next(error)
    const problem = problemOf(error)
    if (problem.code === 'internal')
      log.error(
        { event: 'console_call_failed', error: (error as Error).name },
        'a call of the console failed',
      )
    send(response, problem)
  }
}

function send(response: Response, { code, details }: ConsoleProblem): void {
  const status = statuses[code]
  const body: Problem = {
    type: `urn:atendimento:${code}`,
    title: code.replaceAll('_', ' '),
    status,
    code,
    ...details,
  }
  if (status === 503 || status === 429) response.set('Retry-After', '5')
  response.status(status).type('application/problem+json').send(JSON.stringify(body))
}

function problemOf(error: unknown): ConsoleProblem {
  if (error instanceof ConsoleProblem) return error
  if (error instanceof AppError) {
    const { code } = error
    if (code === 'store_unavailable' || code === 'audit_unavailable') return new ConsoleProblem(code)
    if (code === 'ticket_move_refused') return new ConsoleProblem('move_refused')
    if (code === 'login_required' || code === 'login_level_too_low')
      return new ConsoleProblem('person_signed_out')
    if (code.startsWith('inss_')) return new ConsoleProblem('inss_unavailable')
  }
  // What express itself refuses: a body that is no JSON, too long, or in an unknown encoding.
  const { status, type } = error as { status?: number; type?: string }
  if (type === 'entity.too.large') return new ConsoleProblem('file_size')
  return new ConsoleProblem(status !== undefined && status < 500 ? 'bad_input' : 'internal')
}
