import express, { type ErrorRequestHandler, type RequestHandler } from 'express'
import type { Log } from '../log'

/** The bytes as they came, which signatures are about: at most 1 MiB (413 above), and not compressed (415). */
export const rawBody: RequestHandler = express.raw({ limit: 1024 * 1024, inflate: false, type: () => true })

/** The body that `rawBody` read; empty when there was none. */
export function bytesOf(body: unknown): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0)
}

/**
 * The last handler of a webhook. What the sender did wrong keeps its 4xx; anything else means that the message is
 * not safe with us, so 503 asks the provider to send it again.
 */
export function answerWebhookErrors(log: Log): ErrorRequestHandler {
  return (error: { status?: unknown; name?: string; code?: string }, _request, response, next) => {
    if (response.headersSent) return next(error)
    const status = typeof error.status === 'number' && error.status >= 400 && error.status < 500
    if (!status) log.error({ err: error.name, code: error.code }, 'a webhook could not be taken')
    response.sendStatus(status ? (error.status as number) : 503)
  }
}
