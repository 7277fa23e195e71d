import { z } from 'zod'
import type { Clock } from '../../clock'
import { ChannelError } from '../channel'
import type { Reference } from './activity'
import { CHANNEL_SCOPE, type Credentials } from './authentication'

const SEND_MS = 15_000
/** A token is renewed this long before it ends. */
const EARLY_MS = 5 * 60_000

/** `{"token_type":"Bearer","expires_in":86399,"ext_expires_in":86399,"access_token":"eyJ0eXAi…"}` */
const granted = z.object({ access_token: z.string().min(1), expires_in: z.coerce.number() })

/** Faults before a connection stood: nothing was sent. */
const NOT_CONNECTED =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/

/**
 * Posts activities to the Connector service, each once: sending again is the outbox's to decide.
 * https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-api-reference
 * @param credentials undefined for the Emulator, which asks for no token
 */
export function createConnector(options: {
  credentials: Credentials | undefined
  loginUrl: string
  clock: Clock
  timeoutMs?: number
}) {
  const { credentials, clock } = options
  let token: { value: string; until: number } | undefined
  let asking: Promise<string> | undefined

  function bearer(login: Credentials): Promise<string> {
    if (token !== undefined && clock.now().getTime() < token.until) return Promise.resolve(token.value)
    asking ??= ask(login).finally(() => {
      asking = undefined
    })
    return asking
  }

  async function ask({ appId, appPassword }: Credentials): Promise<string> {
    const form = {
      grant_type: 'client_credentials',
      client_id: appId,
      client_secret: appPassword,
      scope: `${CHANNEL_SCOPE}/.default`,
    }
    const response = await call(`${options.loginUrl}/oauth2/v2.0/token`, {
      method: 'POST',
      headers: { accept: 'application/json' },
      body: new URLSearchParams(form),
    }).catch((cause) => {
      throw new ChannelError('login_unreachable', 'retry', { cause })
    })
    // A refused secret is ours to mend, and messages wait until it is.
    if (!response.ok)
      throw new ChannelError(`login_http_${response.status}`, 'retry', { alarm: response.status < 500 })
    const body = granted.safeParse(await response.json().catch(() => undefined))
    if (!body.success) throw new ChannelError('login_bad_answer', 'retry', { alarm: true })
    token = {
      value: body.data.access_token,
      until: clock.now().getTime() + body.data.expires_in * 1000 - EARLY_MS,
    }
    return token.value
  }

  const call = (url: string, init: RequestInit) =>
    fetch(url, { ...init, redirect: 'manual', signal: AbortSignal.timeout(options.timeoutMs ?? SEND_MS) })

  /** @throws ChannelError */
  return async (to: Reference, activity: object): Promise<void> => {
    const authorization = credentials && { authorization: `Bearer ${await bearer(credentials)}` }
    const base = to.serviceUrl.replace(/\/+$/, '')
    const response = await call(
      `${base}/v3/conversations/${encodeURIComponent(to.conversation.id)}/activities`,
      {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...authorization },
        body: JSON.stringify(activity),
      },
    ).catch((cause: Error) => {
      throw cutShort(cause)
    })
    await response.body?.cancel()
    if (response.ok) return
    if (response.status === 401) token = undefined
    throw refusal(response)
  }
}

function cutShort(cause: Error): ChannelError {
  const code = (cause.cause as { code?: string } | undefined)?.code ?? ''
  if (NOT_CONNECTED.test(code)) return new ChannelError('unreachable', 'retry', { cause })
  return new ChannelError(cause.name === 'TimeoutError' ? 'timed_out' : 'cut_short', 'unknown', { cause })
}

function refusal({ status, headers }: Response): ChannelError {
  const code = `http_${status}`
  if (status === 429) {
    const seconds = Number(headers.get('retry-after') ?? 1)
    return new ChannelError(code, 'throttled', { retryAfterMs: (seconds > 0 ? seconds : 1) * 1000 })
  }
  if (status === 401) return new ChannelError(code, 'retry', { alarm: true })
  if (status === 503) return new ChannelError(code, 'retry')
  // Something between the connector and the person failed: they may have it.
  if (status >= 500 || status === 408) return new ChannelError(code, 'unknown')
  return new ChannelError(code, 'final')
}
