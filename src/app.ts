import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import express from 'express'
import type { Context } from '../dialogs/service'
import { createBot } from './bot'
import type { Channel, Receive, TakeReceipt } from './channels/channel'
import { configuredChannels } from './channels/index'
import { createTerminalChannel, type TerminalLine } from './channels/terminal/channel'
import { createWebChannel } from './channels/web/channel'
import { brasiliaTime, type Clock, civilDate, createClock } from './clock'
import type { Config } from './config'
import { AppError } from './errors'
import { projectFile } from './files'
import { createGateway, type Gateway } from './gateway'
import { createIdentity } from './identity/identity'
import { createInssClient } from './inss/client'
import { createInssEvents } from './inss/events'
import { createLog, type Log } from './log'
import type { ChannelId } from './message'
import { createMetrics } from './metrics'
import { loadUnderstanding, remembering } from './nlu/index'
import { createNotices } from './notices/notices'
import { createSwitch } from './operate'
import { createSpeech } from './speech'
import { createMemoryStore } from './store/memory'
import { createRedisStore } from './store/redis'
import type { Store } from './store/store'
import type { TurnDeps } from './turn'

export type Part = Role | 'inss-api' | 'login-sandbox'

/** The assistant whole, only its front (webhooks, pages, sockets), or only its turns and sends. */
type Role = 'assistant' | 'gateway' | 'worker'

/** No greeting is longer, in characters. */
const LONGEST_GREETING = 40

export type Product = {
  /** Base address of each part that was started. */
  urls: Partial<Record<Part, string>>
  stop(): Promise<void>
}

/** A conversation in this terminal beside the product. */
export type Terminal = {
  input: Readable
  output: Writable
  onSaid: (line: TerminalLine) => void
  onEnd: () => void
}

/**
 * Builds every object once, by hand, in order, and starts the parts asked for; the others are reached at their
 * configured or default address. A part is loaded when it is started: a worker carries no database and no browser.
 * @throws AppError `config_invalid` with one sentence when a port is taken or a folder cannot be used
 */
export async function startProduct(config: Config, parts: Part[], terminal?: Terminal): Promise<Product> {
  const clock = createClock(config.clockNow)
  const log = createLog({ level: config.logLevel })
  const stops: (() => Promise<void>)[] = []
  const urls: Product['urls'] = {}
  const stop = async () => {
    for (const stopOne of stops.splice(0).reverse()) await stopOne()
  }
  try {
    const role = parts.find((part): part is Role => ['assistant', 'gateway', 'worker'].includes(part))
    if ((role === 'gateway' || role === 'worker') && config.redisUrl === undefined) {
      throw new AppError('config_invalid', {
        message: `REDIS_URL: required for ${role}, which shares its work`,
      })
    }
    const port = role === 'worker' ? config.workerPort : config.port
    const variable = role === 'worker' ? 'WORKER_PORT' : 'PORT'
    const server =
      role === undefined || port === undefined ? undefined : await listen(config.host, port, variable)
    if (server !== undefined) stops.push(() => close(server.server))
    const ownPort = role === 'worker' ? config.port : (server?.port ?? config.port)
    const publicUrl = config.publicUrl ?? `http://localhost:${ownPort}`
    const issuer = await startLogin(config, parts, { clock, log, publicUrl, stops, urls })
    const inssApiUrl = await startInss(config, parts, { clock, log, issuer, publicUrl, stops, urls })
    if (role !== undefined) {
      await startAssistant(config, role, server?.server, {
        clock,
        log,
        publicUrl,
        issuer,
        inssApiUrl,
        stops,
        terminal,
      })
      urls[role] = publicUrl
    }
    return { urls, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

type Common = { clock: Clock; log: Log; stops: (() => Promise<void>)[]; urls: Product['urls'] }

async function startLogin(
  config: Config,
  parts: Part[],
  common: Common & { publicUrl: string },
): Promise<string> {
  const { clock, log, stops, urls, publicUrl } = common
  if (config.govbr.issuer !== undefined) return config.govbr.issuer
  if (!parts.includes('login-sandbox')) return `http://localhost:${config.govbr.port}`
  const { defaultCitizensFolder, loadCitizens } =
    require('./inss-api/sandbox/index') as typeof import('./inss-api/sandbox/index')
  const { startLoginSandbox } = require('./login-sandbox/server') as typeof import('./login-sandbox/server')
  const folder = config.inssApi.sandboxData ?? defaultCitizensFolder
  const sandbox = await startLoginSandbox({
    host: config.host,
    port: config.govbr.port,
    clients: [
      {
        id: config.govbr.clientId,
        secret: config.govbr.clientSecret,
        redirectUris: [`${publicUrl}/entrar/retorno`],
        postLogoutRedirectUris: [`${publicUrl}/entrar/saiu`],
      },
    ],
    accounts: () =>
      loadCitizens(folder, civilDate(clock.now())).map((citizen) => ({
        cpf: citizen.cpf,
        name: citizen.socialName ?? citizen.name,
        email: citizen.email,
        phone: citizen.phone,
        level: citizen.govbr.level,
        password: citizen.govbr.password,
        what: citizen.what,
      })),
    dataFolder: join(config.dataFolder, 'login-sandbox'),
    clock,
    log,
  })
  stops.push(sandbox.stop)
  urls['login-sandbox'] = sandbox.issuer
  return sandbox.issuer
}

async function startInss(
  config: Config,
  parts: Part[],
  common: Common & { issuer: string; publicUrl: string },
): Promise<string> {
  const { clock, log, stops, urls, issuer, publicUrl } = common
  if (config.inssApi.url !== undefined) return config.inssApi.url
  if (!parts.includes('inss-api')) return `http://localhost:${config.inssApi.port}`
  const { startInssApi } = require('./inss-api/server') as typeof import('./inss-api/server')
  const api = await startInssApi({
    host: config.host,
    port: config.inssApi.port,
    dataFolder: join(config.dataFolder, 'inss-api'),
    govbrIssuer: issuer,
    clients: [
      {
        id: config.inssApi.clientId,
        secret: config.inssApi.clientSecret,
        govbrClientId: config.govbr.clientId,
        webhook: { url: new URL('/webhooks/inss', publicUrl).href, secret: config.inssApi.eventsSecret },
      },
      // The INSS's own desk, which moves requests along.
      { id: 'analise', secret: config.inssApi.deskSecret, govbrClientId: 'analise', analyst: true },
    ],
    ...(config.inssApi.databaseUrl !== undefined && { databaseUrl: config.inssApi.databaseUrl }),
    ...(config.inssApi.sandboxData !== undefined && { sandboxData: config.inssApi.sandboxData }),
    clock,
    log,
  })
  stops.push(api.stop)
  urls['inss-api'] = api.url
  return api.url
}

async function startAssistant(
  config: Config,
  role: Role,
  server: Server | undefined,
  common: Omit<Common, 'urls'> & {
    publicUrl: string
    issuer: string
    inssApiUrl: string
    terminal: Terminal | undefined
  },
): Promise<void> {
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
    ...configuredChannels(config, { publicUrl, receive, takeReceipt, records, clock, log }),
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
  const understand = remembering(loadUnderstanding())
  const turn: TurnDeps = {
    store,
    bot: createBot(understand),
    clock,
    log,
    contextOf: createContexts({ inss, identity, notices, clock, log }),
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
  gateway = await createGateway({
    store,
    clock,
    log,
    channels,
    ...(role !== 'gateway' && {
      work: {
        name: `${hostname()}-${process.pid}`,
        turn,
        opens: (text) =>
          text.length <= LONGEST_GREETING && understand(text, civilDate(clock.now())).intent === 'greeting',
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
    onReceipt: notices.onReceipt,
    sending: {
      onSent: metrics.sent,
      beforeNotice: notices.beforeSending,
      onNoticeGivenUp: notices.onGivenUp,
    },
  })
  stops.push(gateway.stop)
  for (const channel of channels) if (channel.stop !== undefined) stops.push(channel.stop)

  const app = express().disable('x-powered-by').disable('etag').set('trust proxy', config.trustProxy)
  // Webhooks first: they are the busiest, and need nothing of what the pages do.
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
    // Webhooks first: they are the busiest, and need nothing of what the pages do.
    for (const channel of channels)
      if (channel !== web && channel.router !== undefined) app.use(channel.router)
    app.use(notices.router)
    app.use(identity.router)
    if (web.router !== undefined) app.use(web.router)
  }
  const posts = new Map(
    role === 'worker' ? [] : channels.flatMap((channel) => Object.entries(channel.posts ?? {})),
  )
  server?.off('request', notReady).on('request', (request, response) => {
    const post = request.method === 'POST' ? posts.get(request.url ?? '') : undefined
    if (post === undefined) app(request, response)
    else post(request, response)
  })
  await whatsappWeb?.start()
  await inTerminal?.open()
  if (role !== 'worker') void notices.catchUp()
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
  clock: Clock
  log: Log
}): TurnDeps['contextOf'] {
  const { inss, identity, notices, log } = options
  let known = { on: '', minimumWage: 0, ceiling: 0 }
  return async (inbound, now) => {
    const today = civilDate(now)
    if (known.on !== today) {
      // Without them only "dois salários mínimos" cannot be read, so a failure here stops nothing.
      const values = await inss.referenceValues(today).catch(() => undefined)
      if (values === undefined) log.warn('the reference values could not be read')
      else known = { on: today, ...values }
    }
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
      amounts: { minimumWage: known.minimumWage, ceiling: known.ceiling },
      login,
      notices: await notices.of(inbound, login),
    }
  }
}

function splitKey(key: string): [ChannelId, string] {
  const colon = key.indexOf(':')
  return [key.slice(0, colon) as ChannelId, key.slice(colon + 1)]
}

/** @throws AppError `config_invalid` naming the variable when the port is taken */
async function listen(
  host: string,
  port: number,
  variable: string,
): Promise<{ server: Server; port: number }> {
  // A sender that trickles its request is cut, and holds nothing.
  const server = createServer({
    headersTimeout: 10_000,
    requestTimeout: 30_000,
    connectionsCheckingInterval: 5000,
  })
  server.on('request', notReady)
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const why = cause.code === 'EADDRINUSE' ? 'is already in use' : `cannot be opened (${cause.code})`
      reject(
        new AppError('config_invalid', {
          message: `port ${port} ${why}; choose another one with ${variable}`,
          cause,
        }),
      )
    })
    server.listen(port, host, resolve)
  })
  const address = server.address()
  return { server, port: typeof address === 'object' && address !== null ? address.port : port }
}

/** Whoever calls while the assistant starts is told to come again. */
function notReady(request: IncomingMessage, response: ServerResponse): void {
  request.resume()
  response.writeHead(503, { 'retry-after': '5' }).end()
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
