import { z } from 'zod'
import { ChannelError } from '../channel'

/** `{"error":{"message":"(#131047) Re-engagement message","type":"OAuthException","code":131047,"fbtrace_id":"A1"}}` */
const graphError = z.object({ error: z.object({ code: z.number() }) })

/** The person wrote more than 24 hours ago, says Meta: only a template goes out. */
export const OUTSIDE_WINDOW = '131047'

/** Too fast: how long to wait when Meta does not say, and whether it is the pace to this one person alone. */
const THROTTLED: Record<number, { waitMs: number; person?: true }> = {
  4: { waitMs: 60_000 },
  80007: { waitMs: 60_000 },
  130429: { waitMs: 1_000 },
  131048: { waitMs: 60_000 },
  131056: { waitMs: 6_000, person: true },
  133016: { waitMs: 60_000 },
}

/** Meta's fault or a passing one of the file; said to go better later. */
const PASSING = new Set([1, 2, 131000, 131016, 131053, 131057, 133004])

/** Nobody is reached until an operator mends it: access, the account, its billing, our templates. */
const ALARMING = new Set([
  0, 3, 10, 33, 190, 368, 130497, 131005, 131031, 131042, 131045, 131048, 132001, 132015, 132016, 133010,
])

/** Whether a code of Meta's, synchronous or in a receipt, wants an operator. */
export function isAlarming(code: number): boolean {
  return ALARMING.has(code) || (code >= 200 && code < 300)
}

/** Whether a message that a receipt says failed may go better another time. */
export function isPassing(code: number): boolean {
  return !isAlarming(code) && (PASSING.has(code) || THROTTLED[code] !== undefined)
}

/**
 * What an answer other than 2xx means for the message, after Meta's list of error codes
 * (developers.facebook.com, WhatsApp, "Error codes"). A gateway's 502 or 504 leaves open whether Meta took it.
 */
export function failureOf(status: number, body: string, retryAfter: string | undefined): ChannelError {
  const code = codeIn(body)
  const name = code === undefined ? `http_${status}` : String(code)
  const throttled = THROTTLED[code ?? -1]
  const alarm = code === undefined ? status === 401 || status === 403 : isAlarming(code)
  if (throttled !== undefined || status === 429) {
    const retryAfterMs = waitIn(retryAfter) ?? throttled?.waitMs ?? 5_000
    return new ChannelError(name, 'throttled', { retryAfterMs, everyone: throttled?.person !== true, alarm })
  }
  if (code === undefined) {
    if (status === 500 || status === 503) return new ChannelError(name, 'retry')
    return new ChannelError(name, status >= 500 || status < 400 ? 'unknown' : 'final', { alarm })
  }
  if (alarm) return new ChannelError(name, 'final', { alarm })
  return new ChannelError(name, PASSING.has(code) || status >= 500 ? 'retry' : 'final')
}

function codeIn(body: string): number | undefined {
  try {
    return graphError.safeParse(JSON.parse(body)).data?.error.code
  } catch {
    return undefined
  }
}

/** Of a `Retry-After` header, in seconds or as a date; an hour at most. */
function waitIn(header: string | undefined): number | undefined {
  if (header === undefined) return undefined
  const milliseconds = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now()
  return Number.isNaN(milliseconds) ? undefined : Math.min(Math.max(milliseconds, 0), 3_600_000)
}
