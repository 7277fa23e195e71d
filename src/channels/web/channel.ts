import type { Server } from 'node:http'
import express, { type Request } from 'express'
import type { Clock } from '../../clock'
import { AppError } from '../../errors'
import type { Log } from '../../log'
import type { Records, Transcripts } from '../../store/store'
import { type Channel, ChannelError, type Receive, type TakeHandoffStatus } from '../channel'
import { createConversations } from './conversations'
import { createDirectLine } from './direct-line'
import { createFaultPages } from './faults'
import { createForm } from './form'
import { createLimit, defaultLimits, type WebLimits } from './limits'
import { createLines } from './line'
import { createPage, readBuiltPage } from './page'
import { createStream } from './stream'
import { createTokens } from './tokens'
import { createVisitors } from './visitor'

export type WebChannelOptions = {
  receive: Receive
  takeHandoffStatus?: TakeHandoffStatus
  transcripts: Transcripts
  records: Records
  /** 32 bytes; signs tokens and the cookie. */
  secretKey: Buffer
  /** Lets its holder open conversations by Direct Line. */
  directLineSecret: string
  /** Where people reach this server; with `https:` its host is also where sockets are opened. */
  publicUrl: string
  clock: Clock
  log: Log
  secureCookies: boolean
  /** Output of `vite build src/web/chat`. */
  chatPageFolder: string
  /** Says on the page that people and money are invented. */
  demo: boolean
  /** Called when a person ended their conversation: a login in it should end too. */
  onEnded?: (conversationId: string) => Promise<unknown>
  limits?: Partial<WebLimits>
  keepAliveMilliseconds?: number
  formWaitMilliseconds?: number
}

export type WebChannel = Channel & {
  /** Serves the Direct Line stream on this server. */
  attachUpgrade(server: Server): void
}

/**
 * The web: Direct Line 3.0 at `/v3/directline`, the chat page at `/`, and a plain form at `/conversa`. Its router comes
 * last on a server: it also answers for addresses that do not exist.
 */
export function createWebChannel(options: WebChannelOptions): WebChannel {
  const { clock, log, publicUrl } = options
  const limits = { ...defaultLimits, ...options.limits }
  const countToken = createLimit(limits.tokensPerMinute)
  const countActivity = createLimit(limits.activitiesPerMinute)
  const tokens = createTokens(options)
  const conversations = createConversations(options)
  const lines = createLines(options.transcripts)
  const visitors = createVisitors({ tokens, conversations, secureCookies: options.secureCookies })
  const { keepAliveMilliseconds, formWaitMilliseconds } = options
  const stream = createStream({
    conversations,
    lines,
    tokens,
    log,
    ...(keepAliveMilliseconds === undefined ? {} : { keepAliveMilliseconds }),
  })
  const ended = (conversationId: string) => {
    Promise.all([lines.end(conversationId), options.onEnded?.(conversationId)]).catch((error: Error) => {
      log.error({ code: error.name }, 'the end of a conversation was not passed on')
    })
  }

  // On the public address when there is one; otherwise where the caller found us, be it a name or a number.
  const streamBase = (request: Request) =>
    publicUrl.startsWith('https:')
      ? `wss://${new URL(publicUrl).host}`
      : `ws://${request.get('host') ?? new URL(publicUrl).host}`

  const built = readBuiltPage(options.chatPageFolder)
  if (built === undefined) log.warn('the chat page is not built: the plain form takes its place')

  const styleSheet = built?.styleSheet ?? ''
  const router = express.Router()
  router.use(
    '/v3/directline',
    createDirectLine({
      conversations,
      tokens,
      secret: options.directLineSecret,
      streamBase,
      countActivity,
      ...(options.takeHandoffStatus && { takeHandoffStatus: options.takeHandoffStatus }),
      log,
    }),
  )
  router.use(
    '/conversa',
    createForm({
      ...options,
      conversations,
      visitors,
      styleSheet,
      countToken,
      countActivity,
      ended,
      ...(formWaitMilliseconds === undefined ? {} : { waitMilliseconds: formWaitMilliseconds }),
    }),
  )
  router.use(
    createPage({
      ...options,
      folder: options.chatPageFolder,
      built,
      visitors,
      tokens,
      countToken,
      ended,
    }),
  )
  router.use(...createFaultPages({ ...options, styleSheet }))

  return {
    id: 'web',
    router,
    showsSpeaker: true,
    // The transcript takes each message once, so one that may have arrived is simply written again.
    whenUnknown: 'resend',
    async send(message) {
      try {
        await conversations.deliver(message)
      } catch (cause) {
        throw new ChannelError(cause instanceof AppError ? cause.code : 'internal', 'retry', { cause })
      }
    },
    typing({ conversationId }) {
      stream.typing(conversationId, clock.now().toISOString())
    },
    attachUpgrade: stream.attach,
    async stop() {
      stream.stop()
    },
  }
}
