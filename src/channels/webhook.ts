import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import express, { type ErrorRequestHandler, type RequestHandler } from 'express'
import type { Log } from '../log'

const MOST_BYTES = 1024 * 1024

/** The bytes as they came, which signatures are about: at most 1 MiB (413 above), and not compressed (415). */
export const rawBody: RequestHandler = express.raw({ limit: MOST_BYTES, inflate: false, type: () => true })

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

/**
 * A webhook without Express, which costs more than all the rest of taking a message in: for the busiest one. The
 * same limits and answers as `rawBody` and `answerWebhookErrors`.
 * @param take does what the request asks, and answers it
 */
export function directWebhook(
  log: Log,
  take: (bytes: Buffer, request: IncomingMessage, response: ServerResponse) => Promise<void>,
): RequestListener {
  return (request, response) => {
    const refuse = (status: number) => {
      if (response.headersSent) return
      // What is still on its way is not waited for.
      response.writeHead(status, { connection: 'close' }).end()
      request.resume()
    }
    const encoding = request.headers['content-encoding']
    if (encoding !== undefined && encoding !== 'identity') return refuse(415)
    if (Number(request.headers['content-length'] ?? 0) > MOST_BYTES) return refuse(413)
    const chunks: Buffer[] = []
    let length = 0
    request.on('data', (chunk: Buffer) => {
      length += chunk.length
      if (length > MOST_BYTES) {
        chunks.length = 0
        refuse(413)
      } else chunks.push(chunk)
    })
    request.on('error', () => refuse(400))
    request.on('end', () => {
      if (response.headersSent) return
      const bytes = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)
      take(bytes, request, response).catch((error: { name?: string; code?: string }) => {
        log.error({ err: error.name, code: error.code }, 'a webhook could not be taken')
        refuse(503)
      })
    })
  }
}
