import { createHmac } from 'node:crypto'
import http from 'node:http'

/** How the fake Graph server, and the channel that talks to it, are set up. */
export const GRAPH = {
  accessToken: 'EAAG-token-of-tests',
  phoneNumberId: '100200300400500',
  appSecret: 'app-secret-of-tests',
  verifyToken: 'verify-token-of-tests',
}

/** A message the server accepted. */
export type Sent = {
  wamid: string
  /** `to` or `recipient`, whichever counted. */
  recipient: string
  /** What came as `biz_opaque_callback_data`. */
  correlation: string | undefined
  /** The whole request, parsed. */
  body: Record<string, unknown>
  /** `performance.now()` when it came. */
  at: number
}

/** One entry of `statuses`, as Meta sends it for a message that was sent. */
export function statusOf(
  sent: Pick<Sent, 'wamid' | 'recipient' | 'correlation'>,
  status: string,
  code?: number,
) {
  const digits = /^\d+$/.test(sent.recipient)
  return {
    id: sent.wamid,
    status,
    timestamp: String(Math.floor(Date.now() / 1000)),
    ...(digits ? { recipient_id: sent.recipient } : { recipient_user_id: sent.recipient }),
    ...(sent.correlation !== undefined && { biz_opaque_callback_data: sent.correlation }),
    ...(status === 'failed' && { errors: [{ code: code ?? 131026, title: 'Message undeliverable' }] }),
  }
}

/** The body of a webhook with these statuses. */
export function statusWebhook(statuses: object[]): string {
  return webhook({ statuses })
}

/** The body of a webhook with these messages, and the contacts Meta sends with them. */
export function messageWebhook(messages: object[], contacts: object[] = []): string {
  return webhook({ ...(contacts.length > 0 && { contacts }), messages })
}

function webhook(value: object): string {
  const metadata = { display_phone_number: '551130000000', phone_number_id: GRAPH.phoneNumberId }
  return JSON.stringify({
    object: 'whatsapp_business_account',
    entry: [
      {
        id: '900800700600500',
        changes: [{ field: 'messages', value: { messaging_product: 'whatsapp', metadata, ...value } }],
      },
    ],
  })
}

/** A webhook as Meta posts it: the body's bytes and the headers with its signature. */
export function signedWebhook(body: string | Buffer, secret = GRAPH.appSecret) {
  const bytes = Buffer.from(body)
  const signature = createHmac('sha256', secret).update(bytes).digest('hex')
  return {
    body: bytes,
    headers: { 'content-type': 'application/json', 'x-hub-signature-256': `sha256=${signature}` },
  }
}

/** Posts a signed webhook. @returns the status of the answer; 0 when there was none */
export function post(
  url: string,
  body: string | Buffer,
  secret?: string,
  agent?: http.Agent,
): Promise<number> {
  const signed = signedWebhook(body, secret)
  return new Promise((resolve) => {
    const headers = { ...signed.headers, 'content-length': signed.body.length }
    const request = http.request(url, { method: 'POST', headers, ...(agent && { agent }) }, (response) => {
      response.resume()
      response.on('end', () => resolve(response.statusCode ?? 0))
      response.on('error', () => resolve(0))
    })
    request.on('error', () => resolve(0))
    request.end(signed.body)
  })
}
