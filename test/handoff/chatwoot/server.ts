import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import calls from './calls.json'

type Values = Record<string, unknown>
type Message = { id: number; content: string; source_id: string; type: string; private: boolean }

const base = '/api/v1/accounts/1'

/**
 * A server that takes the calls of Chatwoot's REST API as `calls.json` has them and answers in the same form; what it
 * was sent must be exactly what is written there.
 */
export async function startChatwoot(token: string) {
  const state = {
    conversations: new Map<
      number,
      { status: string; messages: Message[]; attributes: Values; labels: string[] }
    >(),
    contacts: new Map<string, string>(),
    /** Calls that answer so instead, and then never again. */
    failing: [] as { path: RegExp; status: number; after?: true }[],
    made: [] as string[],
    wrong: [] as string[],
  }
  let messageId = 900

  function answerOf(
    name: keyof typeof calls,
    body: Values,
    values: Values,
  ): { status: number; body: unknown } {
    const { request, response } = calls[name]
    const expected = 'body' in request ? filled(request.body, values) : {}
    if (JSON.stringify(sorted(body)) !== JSON.stringify(sorted(expected as Values)))
      state.wrong.push(`${name}: ${JSON.stringify(body)} is not ${JSON.stringify(expected)}`)
    state.made.push(name)
    return { status: response.status, body: filled(response.body, values) }
  }

  function take(method: string, path: string, body: Values): { status: number; body: unknown } {
    const search = /^\/contacts\/search\?q=(.+)$/.exec(path)?.[1]
    if (search !== undefined) {
      const identifier = decodeURIComponent(search)
      const sourceId = state.contacts.get(identifier)
      if (sourceId === undefined) return answerOf('searchContactNone', body, { identifier })
      return answerOf('searchContact', body, { identifier, sourceId })
    }
    if (method === 'POST' && path === '/contacts') {
      const { identifier, name } = body
      if (state.contacts.has(String(identifier)))
        return { status: 422, body: { message: 'Identifier has already been taken' } }
      state.contacts.set(String(identifier), 'a1b2')
      return answerOf('createContact', body, { identifier, name, sourceId: 'a1b2' })
    }
    if (method === 'POST' && path === '/conversations') {
      const conversation = 42 + state.conversations.size
      const attributes = body.custom_attributes as Values
      state.conversations.set(conversation, { status: 'open', messages: [], attributes, labels: [] })
      return answerOf('createConversation', body, { sourceId: 'a1b2', attributes, conversation })
    }
    const [, id, what] = /^\/conversations\/(\d+)\/(\w+)$/.exec(path) ?? []
    const conversation = Number(id)
    const kept = state.conversations.get(conversation)
    if (kept === undefined) return { status: 404, body: { error: 'Resource could not be found' } }
    if (what === 'messages' && method === 'GET')
      return answerOf('listMessages', body, { conversation, messages: kept.messages })
    if (what === 'messages') {
      const { content, message_type: type, private: hidden, source_id: source } = body
      const message = messageId++
      kept.messages.push({
        id: message,
        content: String(content),
        source_id: String(source),
        type: String(type),
        private: hidden === true,
      })
      const typeNumber = type === 'incoming' ? 0 : 1
      return answerOf('createMessage', body, {
        conversation,
        content,
        type,
        typeNumber,
        private: hidden,
        source,
        message,
      })
    }
    if (what === 'toggle_status') {
      kept.status = String(body.status)
      return answerOf('toggleStatus', body, { conversation, status: body.status })
    }
    if (what === 'labels') {
      kept.labels = body.labels as string[]
      return answerOf('addLabels', body, { labels: body.labels })
    }
    return { status: 404, body: { error: 'Resource could not be found' } }
  }

  const server = createServer(async (request, response) => {
    const body = await bodyOf(request)
    const path = (request.url ?? '').slice(base.length)
    const failing = state.failing.find((each) => each.path.test(`${request.method} ${path}`))
    if (failing !== undefined) state.failing.splice(state.failing.indexOf(failing), 1)
    const answer =
      request.headers.api_access_token !== token || !request.url?.startsWith(base)
        ? { status: 401, body: { error: 'Invalid Access Token' } }
        : failing !== undefined && failing.after === undefined
          ? { status: failing.status, body: {} }
          : take(request.method ?? '', path, body)
    // Done, and the answer lost on the way.
    if (failing?.after === true) return void request.socket.destroy()
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    state,
    async stop() {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

async function bodyOf(request: IncomingMessage): Promise<Values> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  const text = Buffer.concat(parts).toString('utf8')
  return text === '' ? {} : (JSON.parse(text) as Values)
}

/** The example with `$name` replaced by what belongs there. */
function filled(example: unknown, values: Values): unknown {
  if (typeof example === 'string')
    return example.startsWith('$') ? (values[example.slice(1)] ?? null) : example
  if (Array.isArray(example)) return example.map((each) => filled(each, values))
  if (typeof example !== 'object' || example === null) return example
  return Object.fromEntries(Object.entries(example).map(([name, value]) => [name, filled(value, values)]))
}

function sorted(body: Values): [string, unknown][] {
  return Object.entries(body).sort(([a], [b]) => (a < b ? -1 : 1))
}
