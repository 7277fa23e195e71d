import { z } from 'zod'
import { ChannelError } from '../channel'

/** Well before the outbox thinks that the sender died. */
const TIMEOUT_MS = 10_000
/** The other side heard nothing. */
const NOT_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
])

/**
 * One request to a gateway, without redirects. Its address may hold a password: neither the address nor the fault,
 * which may quote it, goes into the error.
 * @throws ChannelError `not_connected` and `http_5xx` (retry); `cut_short` when the answer did not come, and what a
 * proxy says of a gateway that did not answer it, 502 and 504 (unknown)
 */
export async function request(
  url: string,
  init: RequestInit = {},
  timeoutMs = TIMEOUT_MS,
): Promise<{ status: number; headers: Headers; body: string }> {
  let response: Response
  try {
    response = await fetch(url, { ...init, redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) })
  } catch (error) {
    if (NOT_CONNECTED.has(codeOf(error))) throw new ChannelError('not_connected', 'retry')
    throw new ChannelError('cut_short', 'unknown')
  }
  const { status } = response
  if (status === 502 || status === 504) throw new ChannelError(`http_${status}`, 'unknown')
  if (status >= 500) throw new ChannelError(`http_${status}`, 'retry')
  // The status has said what became of the message.
  const body = await response.text().catch(() => '')
  return { status, headers: response.headers, body }
}

/** `{ cause: { code: 'ECONNREFUSED' } }`; of a name with several addresses, one fault for each. */
const fault = z.object({
  cause: z.object({
    code: z.string().optional(),
    errors: z.array(z.object({ code: z.string() })).optional(),
  }),
})

function codeOf(error: unknown): string {
  const cause = fault.safeParse(error).data?.cause
  return cause?.code ?? cause?.errors?.[0]?.code ?? ''
}
