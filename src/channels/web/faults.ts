import type { ErrorRequestHandler, RequestHandler } from 'express'
import { AppError } from '../../errors'
import type { Log } from '../../log'
import type { TextKey } from '../../text'
import { RETRY_AFTER_SECONDS } from './direct-line-error'
import { noticePage } from './form-page'
import { pageHeaders } from './headers'

/**
 * The last handlers of the site: an address nobody answers, and a page that failed, get one sentence and the way
 * back. What a library says of a fault is for nobody.
 */
export function createFaultPages(options: {
  styleSheet: string
  demo: boolean
  secureCookies: boolean
  log: Log
}): (RequestHandler | ErrorRequestHandler)[] {
  const { styleSheet, demo, log } = options
  const sorry: ErrorRequestHandler = (
    error: { status?: unknown; name?: string },
    _request,
    response,
    next,
  ) => {
    if (response.headersSent) return next(error)
    const known = typeof error.status === 'number' && error.status >= 400 && error.status < 600
    const passing = error instanceof AppError && error.retryable
    const status = known ? (error.status as number) : passing ? 503 : 500
    if (passing) response.set('Retry-After', String(RETRY_AFTER_SECONDS))
    if (status >= 500) log.error({ code: error.name }, 'page not handled')
    response
      .status(status)
      .type('html')
      .send(noticePage({ styleSheet, demo }, explanation(status, error)))
  }
  const notFound: RequestHandler = (_request, response) => {
    response
      .status(404)
      .set('Cache-Control', 'no-store')
      .type('html')
      .send(noticePage({ styleSheet, demo }, 'chat.notFound'))
  }
  return [pageHeaders(options), notFound, sorry]
}

function explanation(status: number, error: unknown): TextKey {
  if (status === 429) return 'chat.tooMany'
  if (status === 403) return 'chat.refusedOrigin'
  if (status === 413 || (error as { code?: string }).code === 'MessageSizeTooBig') return 'chat.tooLong'
  return status >= 500 ? 'chat.unavailable' : 'chat.notFound'
}
