import type { RequestListener, Server } from 'node:http'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import express, { type ErrorRequestHandler } from 'express'
import type { Context } from '../dialogs/service'
import { createBot } from './bot'
import type { Channel, Receive, TakeHandoffStatus, TakeReceipt } from './channels/channel'
import { configuredChannels } from './channels/index'
import { createTerminalChannel, type TerminalLine } from './channels/terminal/channel'
import { createWebChannel } from './channels/web/channel'
import { brasiliaTime, type Clock, civilDate } from './clock'
import type { Config } from './config'
import type { Connection } from './database'
import { AppError } from './errors'
import { projectFile } from './files'
import { createGateway, type Gateway } from './gateway'
import { type RunningDesk, startDesk } from './handoff/start'
import { createIdentity, type Identity } from './identity/identity'
import { createInssClient, type InssApi } from './inss/client'
import { createInssEvents } from './inss/events'
import type { Log } from './log'
import type { ChannelId } from './message'
import { createMetrics } from './metrics'
import { loadUnderstanding, remembering } from './nlu/index'
import { createNotices, type Notices } from './notices/notices'
import { createSwitch } from './operate'
import { createSpeech } from './speech'
import { createMemoryStore } from './store/memory'
import { createRedisStore } from './store/redis'
import type { Store } from './store/store'
import type { TurnDeps } from './turn'
import { createUndelivered } from './undelivered'

/** The assistant whole, only its front (webhooks, pages, sockets), or only its turns and sends. */
export type Role = 'assistant' | 'gateway' | 'worker'

/** A conversation in this terminal beside the product. */
export type Terminal = {
  input: Readable
  output: Writable
  onSaid: (line: TerminalLine) => void
  onEnd: () => void
}

type Common = { clock: Clock; log: Log; stops: (() => Promise<void>)[] }

const ASK_AGAIN_MS = 60_000
/** What comes after so long is another conversation. */
const SILENCE_MS = 86_400_000
/** No greeting is longer, in characters. */
const LONGEST_GREETING = 40

/**
 * Builds the assistant, by hand and in order; with a server it also answers there.
 * @returns whether agents can log in here
 */
export async function startAssistant(
  config: Config,
  role: Role,
  server: Server | undefined,
  common: Common & {
    publicUrl: string
    issuer: string
    inssApiUrl: string
    /** Opens the database; absent in a process that has none. */
    database: (() => Promise<Connection>) | undefined
    terminal: Terminal | undefined
  },
): Promise<{ console: boolean }> {
  const { clock, log, publicUrl, stops, terminal } = common
  const store = await openStore(config, clock)
  stops.push(store.close)
  const { timeoutMs, clientId: inssClientId, clientSecret: inssClientSecret } = config.inssApi
  const inss = createInssClient({ url: common.inssApiUrl, timeoutMs })
  // Channels hand over to the gateway, which sends through them.
  let gateway: Gateway | undefined
  const running = (): Gateway => {
    if (gateway === undefined) throw new AppError('store_unavailable')
    return gateway
  }
  const receive: Receive = (message) => running().receive(message)
  const takeReceipt: TakeReceipt = (receipt) => running().takeReceipt(receipt)
  // Channels hand over to the desk, which speaks through them.
  let desk: RunningDesk | undefined
  const takeHandoffStatus: TakeHandoffStatus = async (status) => desk?.takeStatus(status)
  const identity = createIdentity({
    issuer: common.issuer,
    clientId: config.govbr.clientId,
    clientSecret: config.govbr.clientSecret,
    publicUrl,
    inssApiUrl: common.inssApiUrl,
    inssClientId,
    inssClientSecret,
    secretKey: config.secretKey,
    records: store.records,
    clock,
    log,
    idleMinutes: config.sessionIdleMinutes,
    linkMinutes: config.loginLinkMinutes,
    onEvent: async (key, event, id) => {
      const [channel, conversationId] = splitKey(key)
      await receive({ id, channel, conversationId, at: clock.now().toISOString(), kind: 'event', event })
    },
  })
  const web = createWebChannel({
    receive,
    takeHandoffStatus,
    transcripts: store.transcripts,
    records: store.records,
    secretKey: config.secretKey,
    directLineSecret: config.directLineSecret,
    publicUrl,
    clock,
    log,
    secureCookies: publicUrl.startsWith('https:'),
    chatPageFolder: projectFile('dist/web/chat'),
    demo: config.govbr.issuer === undefined,
    onEnded: async (conversationId) => {
      await identity.logout(`web:${conversationId}`)
    },
  })
  if (server !== undefined) web.attachUpgrade(server)
  const { records } = store
  const channels: Channel[] = [
    web,
    ...configuredChannels(config, {
      publicUrl,
      receive,
      takeReceipt,
      takeHandoffStatus,
      records,
      clock,
      log,
    }),
  ]
  const inTerminal =
    terminal && createTerminalChannel({ ...terminal, receive, clock, conversationId: 'terminal' })
  if (inTerminal !== undefined) channels.push(inTerminal)
  const whatsappWeb =
    role === 'assistant' ? linkWhatsAppWeb(config, { ...common, receive, takeReceipt }) : undefined
  if (whatsappWeb !== undefined) channels.push(whatsappWeb)

  const notices = createNotices({
    outbox: store.outbox,
    records,
    inss: createInssEvents({
      url: common.inssApiUrl,
      clientId: inssClientId,
      clientSecret: inssClientSecret,
      timeoutMs,
    }),
    secretKey: config.secretKey,
    webhookSecret: config.inssApi.eventsSecret,
    channels: channels.filter((channel) => channel.notices === true).map((channel) => channel.id),
    publicUrl,
    clock,
    log,
  })
  const metrics = createMetrics({ spooledBytes: () => gateway?.spooled() ?? 0 })
  const byId = new Map(channels.map((channel) => [channel.id, channel]))
  const name = `${hostname()}-${process.pid}`
  desk = startDesk({
    config,
    role,
    store,
    channelOf: (id) => byId.get(id),
    identity,
    inss,
    publicUrl,
    sandboxIssuer: common.issuer,
    database: common.database,
    name,
    clock,
    log,
    onFigures: metrics.desk,
  })
  if (desk !== undefined) stops.push(desk.stop)
  const understand = remembering(loadUnderstanding())
  const turn: TurnDeps = {
    store,
    bot: countingStarts(createBot(understand), clock, desk?.started),
    clock,
    log,
    contextOf: createContexts({ inss, identity, notices, desk, clock, log }),
    mostWaitMinutes: config.desk.mostWaitMinutes,
    channelOf: (id) => byId.get(id),
    isOff: createSwitch(records),
    inDanger: (text) => understand(text, civilDate(clock.now())).crisis !== undefined,
    notices: {
      optOut: notices.optOut,
      optIn: (inbound, { login }) => notices.optIn(inbound, login),
    },
    ...(config.speech && { speech: createSpeech({ ...config.speech, log }) }),
    onTurn: metrics.turnTaken,
  }
  const undelivered = createUndelivered({ records, receive, clock })
  gateway = await createGateway({
    store,
    clock,
    log,
    channels,
    ...(role !== 'gateway' && {
      work: {
        name,
        turn,
        opens: (text) =>
          text.length <= LONGEST_GREETING &&
          understand(text, civilDate(clock.now())).intents[0] === 'greeting',
      },
    }),
    ...(config.redisUrl !== undefined && {
      spool: {
        folder: join(config.dataFolder, 'spool', String(config.port)),
        key: config.secretKey,
        mostBytes: config.spoolMegabytes * 1024 * 1024,
      },
    }),
    onReceived: metrics.received,
    async onReceipt(receipt) {
      await notices.onReceipt(receipt)
      await undelivered(receipt)
    },
    sending: {
      onSent: metrics.sent,
      beforeNotice: notices.beforeSending,
      onNoticeGivenUp: notices.onGivenUp,
    },
  })
  // Stopped the other way round: what is under way still goes out through the channels.
  for (const channel of channels) if (channel.stop !== undefined) stops.push(channel.stop)
  stops.push(gateway.stop)

  if (server !== undefined) {
    const app = createApp({
      role,
      store,
      inss,
      metrics,
      channels,
      web,
      notices,
      identity,
      desk,
      trustProxy: config.trustProxy,
      log,
    })
    // In the place of whatever answered while it started.
    server.removeAllListeners('request').on('request', app)
  }
  await whatsappWeb?.start()
  await inTerminal?.open()
  if (role !== 'worker') void notices.catchUp()
  return { console: desk?.console === true }
}

/** What the assistant's server answers: webhooks first, which are the busiest and need nothing of what the pages do. */
function createApp(parts: {
  role: Role
  store: Store
  inss: InssApi
  metrics: ReturnType<typeof createMetrics>
  channels: Channel[]
  web: Channel
  notices: Notices
  identity: Identity
  desk: RunningDesk | undefined
  trustProxy: number
  log: Log
}): RequestListener {
  const { role, store, inss, metrics, channels, web, notices, identity, desk, log } = parts
  const app = express().disable('x-powered-by').disable('etag').set('trust proxy', parts.trustProxy)
  const routers = channels.filter((channel) => channel !== web).flatMap((channel) => channel.router ?? [])
  if (role !== 'worker') for (const router of routers) app.use(router)
  app.get('/healthz', (_request, response) => void response.json({ status: 'ok' }))
  app.get('/readyz', (_request, response) => {
    Promise.all([store.ping(), inss.service('simular-aposentadoria')]).then(
      () => response.json({ status: 'ready' }),
      (error: unknown) => {
        const code = error instanceof AppError ? error.code : 'internal'
        response.status(503).json({ status: code === 'store_unavailable' ? code : 'inss_api_unavailable' })
      },
    )
  })
  app.get('/metrics', async (_request, response) => {
    response.type(metrics.registry.contentType).send(await metrics.registry.metrics())
  })
  if (role !== 'worker') {
    app.use(notices.router)
    app.use(identity.router)
    for (const router of desk?.routers ?? []) app.use(router)
    if (web.router !== undefined) app.use(web.router)
  }
  // What no router answered for itself: a status, and never a stack.
  const broken: ErrorRequestHandler = (
    error: { name?: string; status?: number },
    _request,
    response,
    next,
  ) => {
    if (response.headersSent) return next(error)
    const { status = 503 } = error
    log.error({ err: error.name }, 'a call failed')
    response.sendStatus(status >= 400 && status < 500 ? status : 503)
  }
  app.use(broken)
  const posts = new Map(
    role === 'worker' ? [] : channels.flatMap((channel) => Object.entries(channel.posts ?? {})),
  )
  return (request, response) => {
    const post = request.method === 'POST' ? posts.get(request.url ?? '') : undefined
    if (post === undefined) app(request, response)
    else post(request, response)
  }
}

function linkWhatsAppWeb(
  config: Config,
  common: Pick<Common, 'clock' | 'log'> & { publicUrl: string; receive: Receive; takeReceipt: TakeReceipt },
) {
  if (config.whatsappWeb === undefined) return undefined
  const { createWhatsAppWebChannel } =
    require('./channels/whatsapp-web/channel') as typeof import('./channels/whatsapp-web/channel')
  return createWhatsAppWebChannel({
    ...common,
    chromiumPath: config.whatsappWeb.chromiumPath,
    sessionFolder: join(config.dataFolder, 'whatsapp-web'),
    secretKey: config.secretKey,
    qrToken: config.whatsappWeb.qrToken,
    say: (line) => process.stdout.write(`${line}\n`),
  })
}

function openStore(config: Config, clock: Clock): Promise<Store> {
  // In a demonstration of another day that day judges leases too; otherwise Redis's own clock.
  const shifted = config.clockNow === undefined ? {} : { clock }
  if (config.redisUrl !== undefined) return createRedisStore({ url: config.redisUrl, ...shifted })
  const file = join(config.dataFolder, 'conversations.sealed')
  return Promise.resolve(createMemoryStore({ clock, file, key: config.secretKey }))
}

/** What a turn may use, for the person and the moment it is about. */
function createContexts(options: {
  inss: ReturnType<typeof createInssClient>
  identity: ReturnType<typeof createIdentity>
  notices: ReturnType<typeof createNotices>
  desk: RunningDesk | undefined
  clock: Clock
  log: Log
}): TurnDeps['contextOf'] {
  const { inss, identity, notices, desk } = options
  const amountsOf = createAmounts(options)
  return async (inbound, now) => {
    const today = civilDate(now)
    const amounts = amountsOf(today)
    const key = `${inbound.channel}:${inbound.conversationId}`
    const login: Context['login'] = {
      session: () => identity.session(key),
      async token() {
        const token = await identity.accessToken(key)
        if (token === undefined) throw new AppError('login_required')
        return token
      },
      link: (purpose, level) => identity.requestLogin(key, { purpose, level }),
      lastFailure: () => identity.lastFailure(key),
      logout: () => identity.logout(key),
    }
    return {
      conversationId: inbound.conversationId,
      today,
      now: now.toISOString(),
      brasilia: brasiliaTime(now),
      inss,
      amounts: await amounts,
      login,
      notices: await notices.of(inbound, login),
      ...(desk !== undefined && { desk: { offer: desk.offer } }),
    }
  }
}

/** Whoever writes for the first time, or after a day of silence, begins a conversation. */
function countingStarts(
  bot: TurnDeps['bot'],
  clock: Clock,
  started: ((conversationId: string) => void) | undefined,
): TurnDeps['bot'] {
  if (started === undefined) return bot
  return (before, inbound, ...rest) => {
    const { guards } = (before ?? {}) as { guards?: { at: number } }
    const silentMs = clock.now().getTime() - (guards?.at ?? 0)
    if (silentMs > SILENCE_MS && inbound.kind === 'text') started(inbound.conversationId)
    return bot(before, inbound, ...rest)
  }
}

/**
 * Minimum wage and ceiling of a day, asked for once a day by all turns together. Without them only "dois salários
 * mínimos" cannot be read, so while the INSS API is away turns go on and it is asked again a minute later.
 */
function createAmounts({ inss, log }: { inss: InssApi; log: Log }) {
  const none = { minimumWage: 0, ceiling: 0 }
  let asked = { on: '', at: 0, values: Promise.resolve(none) }
  return (today: string): Promise<typeof none> => {
    const failed = asked.at > 0 && performance.now() - asked.at > ASK_AGAIN_MS
    if (asked.on !== today || failed) {
      const asking = { on: today, at: 0, values: Promise.resolve(none) }
      asking.values = inss.referenceValues(today).catch(() => {
        log.warn('the reference values could not be read')
        asking.at = performance.now()
        return none
      })
      asked = asking
    }
    return asked.values
  }
}

function splitKey(key: string): [ChannelId, string] {
  const colon = key.indexOf(':')
  return [key.slice(0, colon) as ChannelId, key.slice(colon + 1)]
}
