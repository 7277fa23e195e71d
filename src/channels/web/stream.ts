import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Log } from '../../log'
import { type Activity, type ActivitySet, bot } from './activity'
import type { Conversations } from './conversations'
import { readWatermark } from './direct-line'
import { DirectLineError } from './direct-line-error'
import type { Tokens } from './tokens'

/** An empty frame this often tells both sides, and what stands between them, that the line is alive. */
const KEEP_ALIVE_MILLISECONDS = 15_000
const PATH = /^\/v3\/directline\/conversations\/([^/]+)\/stream$/
const BATCH = 50
/** Clients send by HTTP; all a socket has to say is that it is alive. */
const MAX_FRAME_BYTES = 4096
/** A reader this far behind is gone. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024

/** Pushes activities to WebSockets: one socket per conversation, the newest wins. */
export function createStream(options: {
  conversations: Conversations
  tokens: Tokens
  log: Log
  keepAliveMilliseconds?: number
}) {
  const { conversations, tokens, log } = options
  const sockets = new Map<string, WebSocket>()
  const answering = new WeakSet<WebSocket>()
  const acceptor = new WebSocketServer({ noServer: true, maxPayload: MAX_FRAME_BYTES, clientTracking: false })

  const heartbeat = setInterval(() => {
    for (const socket of sockets.values()) {
      if (!answering.has(socket) || socket.bufferedAmount > MAX_WAITING_BYTES) {
        socket.terminate()
        continue
      }
      answering.delete(socket)
      socket.ping()
      socket.send('')
    }
  }, options.keepAliveMilliseconds ?? KEEP_ALIVE_MILLISECONDS)
  heartbeat.unref()

  async function admit(request: IncomingMessage): Promise<{ conversationId: string; after: number }> {
    const url = new URL(request.url ?? '/', 'http://localhost')
    const conversationId = PATH.exec(url.pathname)?.[1] ?? ''
    const reading = await tokens.read(['stream', 'directline'], url.searchParams.get('t') ?? '')
    if (!reading.ok) throw new DirectLineError(reading.code === 'expired' ? 'TokenExpired' : 'Unauthorized')
    const { grant } = reading
    const { origin } = request.headers
    const fromElsewhere =
      grant.origins !== undefined && origin !== undefined && !grant.origins.includes(origin)
    if (grant.conversationId !== conversationId || fromElsewhere) throw new DirectLineError('NotAuthorized')
    if (!(await conversations.isOpen(conversationId))) throw new DirectLineError('ConversationNotFound')
    return { conversationId, after: readWatermark(url.searchParams.get('watermark') ?? undefined) }
  }

  function serve(socket: WebSocket, conversationId: string, after: number): void {
    const older = sockets.get(conversationId)
    sockets.set(conversationId, socket)
    older?.close(1008, 'collision')
    answering.add(socket)
    socket.on('pong', () => answering.add(socket))
    socket.on('message', () => answering.add(socket))
    socket.on('error', (error) => log.debug({ code: (error as { code?: string }).code }, 'socket failed'))

    let last = after
    const push = (activities: Activity[]): void => {
      if (activities.length === 0 || socket.readyState !== socket.OPEN) return
      socket.send(JSON.stringify({ activities, watermark: String(last) } satisfies ActivitySet))
    }
    // What is already there first, in parts; what arrives meanwhile is found by the same reading.
    const catchUp = async (): Promise<void> => {
      const found = (await conversations.list(conversationId, last)).filter(({ sequence }) => sequence > last)
      for (let start = 0; start < found.length; start += BATCH) {
        const part = found.slice(start, start + BATCH)
        last = part.at(-1)?.sequence ?? last
        push(part.map(({ activity }) => activity))
      }
    }
    let reading: Promise<void> | undefined
    const read = (): void => {
      reading = (reading ?? Promise.resolve()).then(catchUp).catch((error: Error) => {
        log.error({ code: error.name }, 'transcript not readable')
        socket.close(1011, 'unavailable')
      })
      const mine = reading
      void mine.then(() => {
        if (reading === mine) reading = undefined
      })
    }
    const unwatch = conversations.watch(conversationId, (sequence, activity) => {
      if (reading !== undefined || sequence !== last + 1) return read()
      last = sequence
      push([activity])
    })
    socket.on('close', () => {
      unwatch()
      if (sockets.get(conversationId) === socket) sockets.delete(conversationId)
    })
    read()
  }

  async function upgrade(request: IncomingMessage, raw: Duplex, head: Buffer): Promise<void> {
    try {
      const { conversationId, after } = await admit(request)
      acceptor.handleUpgrade(request, raw, head, (socket) => serve(socket, conversationId, after))
    } catch (error) {
      const refusal = error instanceof DirectLineError ? error : new DirectLineError('ServiceError')
      if (refusal.code === 'ServiceError') log.error({ code: (error as Error).name }, 'stream not opened')
      const body = JSON.stringify(refusal.body)
      raw.end(
        `HTTP/1.1 ${refusal.status} ${refusal.code}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      )
    }
  }

  return {
    attach(server: Server): void {
      server.on('upgrade', (request, socket: Duplex, head: Buffer) => {
        const path = (request.url ?? '').split('?')[0] ?? ''
        if (PATH.test(path)) void upgrade(request, socket, head)
        // Another listener may know this path; when there is none, nobody would ever answer.
        else if (server.listenerCount('upgrade') === 1) socket.destroy()
      })
    },

    /** Says that an answer is being prepared; not kept, so a client that polls does not see it. */
    typing(conversationId: string, at: string): void {
      sockets.get(conversationId)?.send(
        JSON.stringify({
          activities: [
            {
              type: 'typing',
              id: `${conversationId}|typing-${at}`,
              timestamp: at,
              channelId: 'directline',
              from: bot,
              conversation: { id: conversationId },
            },
          ],
          watermark: null,
        }),
      )
    },

    close(conversationId: string): void {
      sockets.get(conversationId)?.close(1000, 'ended')
    },

    stop(): void {
      clearInterval(heartbeat)
      for (const socket of sockets.values()) socket.close(1001, 'going away')
      acceptor.close()
    },
  }
}
