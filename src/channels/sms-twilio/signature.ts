import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

export type SignedRequest = {
  /** The whole address Twilio called, as it knows it: scheme, host, path and query. */
  url: string
  /** The fields of a form; undefined when the body is another kind and the address carries its digest. */
  form: URLSearchParams | undefined
  body: Buffer
  /** `X-Twilio-Signature` */
  signature: string
}

/**
 * Whether Twilio signed this request: HMAC-SHA1 of the address and, for a form, of its fields sorted by name; for
 * any other body of the address alone, which carries `bodySHA256` (twilio.com/docs/usage/webhooks/webhooks-security).
 * Twilio is not consistent about a standard port, so the address counts with it and without any.
 */
export function isSigned(authToken: string, request: SignedRequest): boolean {
  const bodyHash = /[?&]bodySHA256=([^&#]*)/.exec(request.url)?.[1]
  if (bodyHash === undefined && request.form === undefined) return false
  const fields = bodyHash === undefined && request.form !== undefined ? sorted(request.form) : ''
  const signed = [withoutPort(request.url), withPort(request.url)].some((url) =>
    same(
      request.signature,
      createHmac('sha1', authToken)
        .update(url + fields)
        .digest('base64'),
    ),
  )
  if (!signed || bodyHash === undefined) return signed
  return same(bodyHash, createHash('sha256').update(request.body).digest('hex'))
}

/** Name and value of each field; a value repeated under one name counts once. */
function sorted(form: URLSearchParams): string {
  const names = [...new Set(form.keys())].sort()
  return names.flatMap((name) => [...new Set(form.getAll(name))].sort().map((value) => name + value)).join('')
}

function withoutPort(url: string): string {
  return url.replace(/^(https?:\/\/[^/?#]*?):\d+(?=[/?#]|$)/, '$1')
}

function withPort(url: string): string {
  if (/^https?:\/\/[^/?#]*:\d+(?=[/?#]|$)/.test(url)) return url
  return url.replace(
    /^(https?):\/\/[^/?#]*/,
    (address, scheme) => `${address}:${scheme === 'https' ? 443 : 80}`,
  )
}

function same(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}
