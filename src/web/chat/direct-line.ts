/** The part of Direct Line 3.0 the page speaks. */

export type Activity = {
  id: string
  type: string
  timestamp: string
  from: { id: string; role?: string; name?: string }
  text?: string
  attachments?: {
    contentType: string
    name?: string
    contentUrl?: string
    content?: { buttons?: CardAction[] }
  }[]
  suggestedActions?: { actions: CardAction[] }
  channelData?: Record<string, unknown>
}

export type CardAction = { type: string; title: string; value: string }

export type ActivitySet = { activities: Activity[]; watermark: string | null }

export type Token = { token: string; userId: string; conversationId: string; expires_in: number }

/** What the server did not accept; status 0 when it was not reached. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly retryAfterSeconds: number,
  ) {
    super(`status ${status}`)
  }
}

const BASE = '/v3/directline'
const TIMEOUT_MILLISECONDS = 20_000

/** The token of this browser's conversation; the http-only cookie says which that is. */
export function fetchToken(): Promise<Token> {
  return call<Token>('POST', '/webchat/token')
}

/** The same token with a new half hour. @throws Refusal once it has expired */
export async function refreshToken(old: Token): Promise<Token> {
  return { ...old, ...(await call<Omit<Token, 'userId'>>('POST', `${BASE}/tokens/refresh`, old)) }
}

/** Ends the conversation of this browser, for every tab. */
export async function forgetConversation(): Promise<void> {
  await call('DELETE', '/webchat/conversation')
}

/** Opens the conversation, or finds it open. */
export async function openConversation(token: Token): Promise<{ streamUrl: string; openedNow: boolean }> {
  const response = await request('POST', `${BASE}/conversations`, token.token)
  const { streamUrl } = (await response.json()) as { streamUrl: string }
  return { streamUrl, openedNow: response.status === 201 }
}

export function fetchActivities(token: Token, watermark: string): Promise<ActivitySet> {
  return call('GET', `${BASE}/conversations/${token.conversationId}/activities?watermark=${watermark}`, token)
}

export function postMessage(
  token: Token,
  message: { text: string; channelData: Record<string, string> },
): Promise<{ id: string }> {
  return call('POST', `${BASE}/conversations/${token.conversationId}/activities`, token, {
    type: 'message',
    from: { id: token.userId },
    locale: 'pt-BR',
    textFormat: 'plain',
    ...message,
  })
}

async function call<T>(method: string, path: string, token?: Token, body?: object): Promise<T> {
  const response = await request(method, path, token?.token, body)
  return response.status === 204 ? (undefined as T) : ((await response.json()) as T)
}

async function request(method: string, path: string, bearer?: string, body?: object): Promise<Response> {
  const control = new AbortController()
  const timer = setTimeout(() => control.abort(), TIMEOUT_MILLISECONDS)
  try {
    const response = await fetch(path, {
      method,
      cache: 'no-store',
      credentials: 'same-origin',
      signal: control.signal,
      headers: {
        ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (!response.ok) throw new Refusal(response.status, Number(response.headers.get('retry-after')) || 0)
    return response
  } catch (error) {
    throw error instanceof Refusal ? error : new Refusal(0, 0)
  } finally {
    clearTimeout(timer)
  }
}
