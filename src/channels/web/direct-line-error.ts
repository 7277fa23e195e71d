import type { ErrorRequestHandler } from 'express'
import { AppError } from '../../errors'
import type { Log } from '../../log'

const errors = {
  BadArgument: { status: 400, message: 'An argument is wrong.' },
  MissingProperty: { status: 400, message: 'A property is missing.' },
  MalformedData: { status: 400, message: 'The body is not what this call expects.' },
  MessageSizeTooBig: { status: 400, message: 'The activity is larger than 256K characters.' },
  UnsupportedFile: { status: 400, message: 'Send one to ten files of at most 4 MB in all.' },
  Unauthorized: { status: 401, message: 'A secret or token is missing or is not ours.' },
  TokenExpired: { status: 403, message: 'The token has expired.' },
  NotAuthorized: { status: 403, message: 'This token is for another conversation or page.' },
  ConversationNotFound: { status: 404, message: 'There is no such conversation.' },
  NotFound: { status: 404, message: 'There is no such call.' },
  TooManyRequests: { status: 429, message: 'Too many requests: wait and try again.' },
  ServiceError: { status: 500, message: 'Something failed here.' },
  ServiceUnavailable: { status: 503, message: 'What keeps the messages is away: try again.' },
  BotRejectedActivity: { status: 502, message: 'The activity could not be handed over: try again.' },
} as const

/** A refusal in Direct Line's words; becomes `{"error":{"code","message"}}`. */
export class DirectLineError extends Error {
  constructor(
    readonly code: keyof typeof errors,
    options: { cause?: unknown; retryAfterSeconds?: number } = {},
  ) {
    super(code, options)
    this.name = 'DirectLineError'
    this.retryAfterSeconds = options.retryAfterSeconds
  }

  readonly retryAfterSeconds: number | undefined

  get status(): number {
    return errors[this.code].status
  }

  get body() {
    return { error: { code: this.code, message: errors[this.code].message } }
  }
}

/** Last handler of a JSON router: every fault leaves as a Direct Line error. */
export function answerErrors(log: Log): ErrorRequestHandler {
  return (error, _request, response, _next) => {
    const refusal = translate(error)
    if (refusal.status >= 500) log.error({ code: refusal.code, err: cause(error) }, 'direct line call failed')
    if (refusal.retryAfterSeconds !== undefined) {
      response.set('Retry-After', String(refusal.retryAfterSeconds))
    }
    response.status(refusal.status).json(refusal.body)
  }
}

function translate(error: unknown): DirectLineError {
  if (error instanceof DirectLineError) return error
  const status = (error as { status?: unknown } | undefined)?.status
  if (status === 413) return new DirectLineError('MessageSizeTooBig')
  if (typeof status === 'number' && status >= 400 && status < 500) return new DirectLineError('MalformedData')
  if (error instanceof AppError && error.retryable)
    return new DirectLineError('ServiceUnavailable', { cause: error, retryAfterSeconds: RETRY_AFTER_SECONDS })
  return new DirectLineError('ServiceError', { cause: error })
}

/** Soon enough for somebody who waits, seldom enough for what comes back. */
export const RETRY_AFTER_SECONDS = 5

/** Name and stack only: a message of a parser may quote what the person wrote. */
function cause(error: unknown): { type: string; stack?: string } {
  const inner = error instanceof DirectLineError ? (error.cause ?? error) : error
  if (!(inner instanceof Error)) return { type: typeof inner }
  const stack = inner.stack?.split('\n').slice(1).join('\n')
  return stack === undefined ? { type: inner.name } : { type: inner.name, stack }
}
