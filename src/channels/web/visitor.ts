import { parseCookie, stringifySetCookie } from 'cookie'
import type { Request, Response } from 'express'
import type { Conversations } from './conversations'
import { type Grant, type Tokens, tokenSeconds } from './tokens'

/** Which conversation a browser is in, by its http-only cookie: the same for every tab and after a reload. */
export type Visitors = ReturnType<typeof createVisitors>

export function createVisitors(options: {
  tokens: Tokens
  conversations: Conversations
  secureCookies: boolean
}) {
  const { tokens, conversations, secureCookies } = options
  // The prefix makes browsers refuse the cookie from another host or without TLS.
  const name = secureCookies ? '__Host-conversa' : 'conversa'
  const attributes = { httpOnly: true, sameSite: 'lax', path: '/', secure: secureCookies } as const

  async function current(request: Request): Promise<Grant | undefined> {
    const value = parseCookie(request.get('cookie') ?? '')[name]
    if (value === undefined) return undefined
    const reading = await tokens.read(['cookie'], value)
    if (!reading.ok || (await conversations.hasEnded(reading.grant.conversationId))) return undefined
    return reading.grant
  }

  async function remember(response: Response, grant: Grant): Promise<void> {
    const value = await tokens.issue('cookie', grant)
    response.append(
      'Set-Cookie',
      stringifySetCookie({ name, value, maxAge: tokenSeconds.cookie, ...attributes }),
    )
  }

  return {
    current,

    /** The browser's conversation, or a new one; either way its cookie lives another day. */
    async welcome(request: Request, response: Response): Promise<Grant> {
      const grant = (await current(request)) ?? conversations.invent()
      await remember(response, grant)
      return grant
    },

    /** Ends the browser's conversation for every tab. @returns the conversation that ended */
    async dismiss(request: Request, response: Response): Promise<string | undefined> {
      const grant = await current(request)
      response.append('Set-Cookie', stringifySetCookie({ name, value: '', maxAge: 0, ...attributes }))
      if (grant === undefined) return undefined
      await conversations.end(grant.conversationId)
      return grant.conversationId
    },
  }
}
