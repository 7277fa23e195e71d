import { type Dispatcher, Pool } from 'undici'
import { ChannelError } from '../channel'
import { failureOf } from './graph-error'

export type GraphOptions = {
  /** With the version: `https://graph.facebook.com/v25.0` */
  graphUrl: string
  accessToken: string
  phoneNumberId: string
  /** How long an answer may take. */
  timeoutMs?: number
}

const TIMEOUT_MS = 10_000
const LONGEST_ANSWER = 64 * 1024
/** Meta answers in some 200 ms, and a number may send a thousand messages a second. */
const MOST_CONNECTIONS = 512

/**
 * Calls Meta's Graph API over connections that are kept. By undici's dispatcher and not by `fetch`: a request costs a
 * tenth of the processor time, and it tells whether anything was written before it failed.
 */
export function createGraph(options: GraphOptions) {
  const url = new URL(`${options.graphUrl.replace(/\/+$/, '')}/${options.phoneNumberId}/messages`)
  const { timeoutMs = TIMEOUT_MS } = options
  const pool = new Pool(url.origin, {
    connections: MOST_CONNECTIONS,
    // Idle connections are closed before Meta does it, so that no request meets a closing one.
    keepAliveTimeout: 15_000,
    keepAliveMaxTimeout: 15_000,
    connect: { timeout: timeoutMs },
    // One clock below, for the whole of it.
    headersTimeout: 0,
    bodyTimeout: 0,
  })
  const headers = { authorization: `Bearer ${options.accessToken}`, 'content-type': 'application/json' }
  const path = `${url.pathname}${url.search}`

  /** Posts to the number's `messages`. @throws ChannelError @returns the answer, JSON */
  function postMessage(body: object): Promise<unknown> {
    return new Promise((resolve, reject) => {
      let request: Dispatcher.DispatchController | undefined
      let status = 0
      let retryAfter: string | string[] | undefined
      let length = 0
      const chunks: Buffer[] = []
      const fail = (code: string) => {
        clearTimeout(timer)
        const written = request !== undefined
        reject(new ChannelError(written ? code : 'unreachable', written ? 'unknown' : 'retry'))
      }
      const timer = setTimeout(() => {
        fail('timeout')
        request?.abort(new Error('timeout'))
      }, timeoutMs)
      pool.dispatch(
        { path, method: 'POST', headers, body: JSON.stringify(body) },
        {
          onRequestStart(controller) {
            request = controller
          },
          onResponseStart(_controller, statusCode, answered) {
            status = statusCode
            retryAfter = answered['retry-after']
          },
          onResponseData(controller, chunk) {
            length += chunk.length
            chunks.push(chunk)
            if (length > LONGEST_ANSWER) controller.abort(new Error('too long'))
          },
          onResponseEnd() {
            clearTimeout(timer)
            const text = Buffer.concat(chunks).toString('utf8')
            if (status >= 200 && status < 300) resolve(jsonOf(text))
            else reject(failureOf(status, text, typeof retryAfter === 'string' ? retryAfter : undefined))
          },
          onResponseError: () => fail('cut'),
        },
      )
    })
  }

  return { postMessage, stop: () => void pool.destroy() }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
