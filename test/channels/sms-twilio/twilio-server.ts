import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks'

export const ACCOUNT = `AC${'0'.repeat(31)}1`
export const TOKEN = 'token-de-teste-do-twilio'

/** A message Twilio was asked to send. */
export type Asked = { sid: string; fields: Record<string, string> }
type Refused = { status: number; code?: number; headers?: Record<string, string>; body?: string }

export type Twilio = {
  /** For `apiUrl`. */
  url: string
  asked: Asked[]
  /** The next request is answered with this. */
  refuse(next: Refused | 'break'): void
  /** Calls a webhook as Twilio does: a signed form. */
  call(url: string, fields: Record<string, string>): Promise<Response>
  /** A person writes to our number. */
  say(webhook: string, from: string, body: string, more?: Record<string, string>): Promise<Response>
  /** Reports on a message it was asked to send, at the address that came with it. */
  report(message: Asked, status: string, more?: Record<string, string>): Promise<Response>
  stop(): Promise<void>
}

/** A stand-in for api.twilio.com on loopback, as strict as it about the account, the fields and their lengths. */
export async function startTwilio(): Promise<Twilio> {
  const asked: Asked[] = []
  let next: Refused | 'break' | undefined
  let count = 0

  const server = http.createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk
    })
    request.on('end', () => {
      const planned = next
      next = undefined
      if (planned === 'break') {
        request.socket.destroy()
        return
      }
      const fields = Object.fromEntries(new URLSearchParams(body))
      const refused = planned ?? fault(request, fields)
      if (refused !== undefined) {
        const { status, code, headers } = refused
        const said = JSON.stringify({ code, message: `about ${fields.To}: ${fields.Body}`, status })
        response.writeHead(status, headers).end(refused.body ?? said)
        return
      }
      count += 1
      const sid = `SM${String(count).padStart(32, '0')}`
      asked.push({ sid, fields })
      response.writeHead(201, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ sid, status: 'queued', num_segments: '1', error_code: null }))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  const call = (url: string, fields: Record<string, string>) =>
    fetch(url, {
      method: 'POST',
      headers: { 'X-Twilio-Signature': getExpectedTwilioSignature(TOKEN, url, fields) },
      body: new URLSearchParams(fields),
    })

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    refuse(planned) {
      next = planned
    },
    call,
    say(webhook, from, body, more = {}) {
      count += 1
      const sid = `SM${String(count).padStart(32, '1')}`
      const To = '+551140000000'
      const fields = { MessageSid: sid, SmsSid: sid, AccountSid: ACCOUNT, From: from, To, Body: body }
      return call(webhook, { ...fields, NumMedia: '0', NumSegments: '1', FromCountry: 'BR', ...more })
    },
    report(message, status, more = {}) {
      const { sid, fields } = message
      const said = { MessageSid: sid, MessageStatus: status, AccountSid: ACCOUNT, To: fields.To ?? '' }
      return call(fields.StatusCallback ?? '', { ...said, ...more })
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** What the real one refuses: 20404, 20003, 21211, 21603, 21602, 21617, 21609. */
function fault(request: http.IncomingMessage, fields: Record<string, string>): Refused | undefined {
  const path = `/2010-04-01/Accounts/${ACCOUNT}/Messages.json`
  if (request.method !== 'POST' || request.url !== path) return { status: 404, code: 20404 }
  const basic = `Basic ${Buffer.from(`${ACCOUNT}:${TOKEN}`).toString('base64')}`
  if (request.headers.authorization !== basic) return { status: 401, code: 20003 }
  const { To = '', From, MessagingServiceSid, Body = '', StatusCallback = '' } = fields
  if (!/^\+[1-9]\d{7,14}$/.test(To)) return { status: 400, code: 21211 }
  if ((From === undefined) === (MessagingServiceSid === undefined)) return { status: 400, code: 21603 }
  if (Body === '') return { status: 400, code: 21602 }
  if (Body.length > 1600) return { status: 400, code: 21617 }
  return URL.canParse(StatusCallback) ? undefined : { status: 400, code: 21609 }
}
