import http from 'node:http'
import https from 'node:https'
import { urlToHttpOptions } from 'node:url'
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
 * Calls Meta's Graph API over connections that are kept. By `node:http` and not by `fetch`: a request costs a fifth
 * of the processor time, and it tells whether anything was written before it failed.
 */
export function createGraph(options: GraphOptions) {
  const url = new URL(`${options.graphUrl.replace(/\/+$/, '')}/${options.phoneNumberId}/messages`)
  const { timeoutMs = TIMEOUT_MS } = options
  const library = url.protocol === 'https:' ? https : http
  const reached = url.protocol === 'https:' ? 'secureConnect' : 'connect'
  // Idle connections are closed before Meta does it, so that no request meets a closing one.
  const agent = new library.Agent({ keepAlive: true, maxSockets: MOST_CONNECTIONS, timeout: 15_000 })
  const target = { ...urlToHttpOptions(url), method: 'POST', agent }
  const authorization = `Bearer ${options.accessToken}`

  /** Posts to the number's `messages`. @throws ChannelError @returns the answer, JSON */
  function postMessage(body: object): Promise<unknown> {
    const bytes = Buffer.from(JSON.stringify(body))
    return new Promise((resolve, reject) => {
      let written = false
      const fail = (code: string) => {
        clearTimeout(timer)
        reject(new ChannelError(written ? code : 'unreachable', written ? 'unknown' : 'retry'))
      }
      const headers = { authorization, 'content-type': 'application/json', 'content-length': bytes.length }
      const request = library.request({ ...target, headers }, (response) => {
        const chunks: Buffer[] = []
        let length = 0
        response.on('data', (chunk: Buffer) => {
          length += chunk.length
          chunks.push(chunk)
          if (length > LONGEST_ANSWER) request.destroy()
        })
        response.on('error', () => fail('cut'))
        response.on('end', () => {
          clearTimeout(timer)
          const { statusCode = 0 } = response
          const text = Buffer.concat(chunks).toString('utf8')
          if (statusCode >= 200 && statusCode < 300) resolve(jsonOf(text))
          else reject(failureOf(statusCode, text, response.headers['retry-after']))
        })
      })
      request.on('socket', (socket) => {
        if (request.reusedSocket) written = true
        else socket.once(reached, () => (written = true))
      })
      request.on('error', () => fail('cut'))
      const timer = setTimeout(() => {
        fail('timeout')
        request.destroy()
      }, timeoutMs)
      request.end(bytes)
    })
  }

  return { postMessage, stop: () => agent.destroy() }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
