import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Log } from '../../log'
import { type Activity, type ActivitySet, bot } from './activity'
import type { Conversations } from './conversations'
import { readWatermark } from './direct-line'
import { DirectLineError } from './direct-line-error'
import type { Lines } from './line'
import type { Tokens } from './tokens'

/** An empty frame this often tells both sides, and what stands between them, that the line is alive. */
const KEEP_ALIVE_MILLISECONDS = 15_000
const PATH = /^\/v3\/directline\/conversations\/([^/]+)\/stream$/
const BATCH = 50
/** Listening begins some time after it is asked for; what was said before that is found by looking once more. */
const LOOK_AGAIN_MILLISECONDS = 500
/** Clients send by HTTP; all a socket has to say is that it is alive. */
const MAX_FRAME_BYTES = 4096
/** A reader this far behind is gone. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024

type Line = { socket: WebSocket; look: () => void }

/**
 * Pushes activities to WebSockets: one socket per conversation, the newest wins, whichever process serves it. What
 * other processes write is told by the store; each keep-alive looks for what was not told.
 */
export function createStream(options: {
  conversations: Conversations
  lines: Lines
  tokens: Tokens
  log: Log
  keepAliveMilliseconds?: number
}) {
  const { conversations, lines, tokens, log } = options
  const open = new Map<string, Line>()
  const answering = new WeakSet<WebSocket>()
  const acceptor = new WebSocketServer({ noServer: true, maxPayload: MAX_FRAME_BYTES, clientTracking: false })

  const heartbeat = setInterval(() => {
    for (const { socket, look } of open.values()) {
      if (!answering.has(socket) || socket.bufferedAmount > MAX_WAITING_BYTES) {
        socket.terminate()
        continue
      }
      answering.delete(socket)
      socket.ping()
      socket.send('')
      look()
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
    answering.add(socket)
    socket.on('pong', () => answering.add(socket))
    socket.on('message', () => answering.add(socket))
    socket.on('error', (error) => log.debug({ code: (error as { code?: string }).code }, 'socket failed'))

    const unavailable = (error: Error): void => {
      log.error({ code: error.name }, 'transcript not readable')
      socket.close(1011, 'unavailable')
    }
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
    let reading = false
    let more = false
    const readAll = async (): Promise<void> => {
      do {
        more = false
        await catchUp()
      } while (more)
    }
    const read = (): void => {
      more = true
      if (reading) return
      reading = true
      readAll()
        .catch(unavailable)
        .finally(() => {
          reading = false
        })
    }
    const unwatch = conversations.watch(conversationId, (sequence, activity) => {
      if (sequence <= last) return
      if (reading || sequence > last + 1) return read()
      last = sequence
      push([activity])
    })
    const line = lines.take(conversationId, (why) => socket.close(why === 'ended' ? 1000 : 1008, why))
    const look = (): void => {
      line.check().catch(unavailable)
      read()
    }
    const older = open.get(conversationId)
    open.set(conversationId, { socket, look })
    older?.socket.close(1008, 'collision')
    const again = setTimeout(look, LOOK_AGAIN_MILLISECONDS)
    socket.on('close', () => {
      clearTimeout(again)
      unwatch()
      line.stop()
      if (open.get(conversationId)?.socket === socket) open.delete(conversationId)
    })
    look()
  }

  async function upgrade(request: IncomingMessage, raw: Duplex, head: Buffer): Promise<void> {
    // From here on Node leaves the connection to us: a fault nobody listens to would end the process.
    raw.on('error', () => raw.destroy())
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

    /**
     * Says that an answer is being prepared; not kept, so neither a client that polls nor a socket of another
     * process sees it.
     */
    typing(conversationId: string, at: string): void {
      open.get(conversationId)?.socket.send(
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

    stop(): void {
      clearInterval(heartbeat)
      for (const { socket } of open.values()) socket.close(1001, 'going away')
      acceptor.close()
    },
  }
}
