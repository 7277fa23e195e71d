import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import express from 'express'
import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client'
import { createBot } from './bot'
import type { Channel } from './channels/channel'
import { createTerminalChannel, type TerminalLine } from './channels/terminal/channel'
import { createWebChannel } from './channels/web/channel'
import { brasiliaTime, type Clock, civilDate, createClock } from './clock'
import type { Config } from './config'
import { AppError } from './errors'
import { projectFile } from './files'
import { createGateway } from './gateway'
import { createIdentity } from './identity/identity'
import { createInssClient } from './inss/client'
import { defaultCitizensFolder, loadCitizens } from './inss-api/sandbox/index'
import { startInssApi } from './inss-api/server'
import { createLog, type Log } from './log'
import { startLoginSandbox } from './login-sandbox/server'
import type { ChannelId, Inbound } from './message'
import { loadUnderstanding } from './nlu/index'
import { createMemoryStore } from './store/memory'
import { createRedisStore } from './store/redis'
import type { Store } from './store/store'
import type { TurnDeps } from './turn'

export type Part = 'assistant' | 'inss-api' | 'login-sandbox'

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
 * configured or default address.
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
    const server = parts.includes('assistant') ? await listen(config.host, config.port, 'PORT') : undefined
    if (server !== undefined) stops.push(() => close(server.server))
    const publicUrl = config.publicUrl ?? `http://localhost:${server?.port ?? config.port}`
    const issuer = await startLogin(config, parts, { clock, log, publicUrl, stops, urls })
    const inssApiUrl = await startInss(config, parts, { clock, log, issuer, stops, urls })
    if (server !== undefined) {
      await startAssistant(config, server.server, {
        clock,
        log,
        publicUrl,
        issuer,
        inssApiUrl,
        stops,
        terminal,
      })
      urls.assistant = publicUrl
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
  common: Common & { issuer: string },
): Promise<string> {
  const { clock, log, stops, urls, issuer } = common
  if (config.inssApi.url !== undefined) return config.inssApi.url
  if (!parts.includes('inss-api')) return `http://localhost:${config.inssApi.port}`
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
      },
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
  server: Server,
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
  const inss = createInssClient({ url: common.inssApiUrl, timeoutMs: config.inssApi.timeoutMs })
  const receive = (message: Inbound) => store.inbox.append(message)
  const identity = createIdentity({
    issuer: common.issuer,
    clientId: config.govbr.clientId,
    clientSecret: config.govbr.clientSecret,
    publicUrl,
    inssApiUrl: common.inssApiUrl,
    inssClientId: config.inssApi.clientId,
    inssClientSecret: config.inssApi.clientSecret,
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
  web.attachUpgrade(server)
  const channels: Channel[] = [web]
  const inTerminal =
    terminal && createTerminalChannel({ ...terminal, receive, clock, conversationId: 'terminal' })
  if (inTerminal !== undefined) channels.push(inTerminal)

  const metrics = createMetrics()
  const gateway = createGateway({
    store,
    bot: createBot(loadUnderstanding()),
    clock,
    log,
    channels,
    worker: `${process.pid}`,
    contextOf: createContexts({ inss, identity, clock, log }),
    onTurn: metrics.turnTaken,
  })
  stops.push(gateway.stop)
  for (const channel of channels) if (channel.stop !== undefined) stops.push(channel.stop)

  const app = express().disable('x-powered-by').set('trust proxy', config.trustProxy)
  app.get('/healthz', (_request, response) => void response.json({ status: 'ok' }))
  app.get('/readyz', (_request, response) => {
    inss.service('simular-aposentadoria').then(
      () => response.json({ status: 'ready' }),
      () => response.status(503).json({ status: 'inss_api_unavailable' }),
    )
  })
  app.get('/metrics', async (_request, response) => {
    response.type(metrics.registry.contentType).send(await metrics.registry.metrics())
  })
  app.use(identity.router)
  if (web.router !== undefined) app.use(web.router)
  server.on('request', app)
  await inTerminal?.open()
}

function openStore(config: Config, clock: Clock): Promise<Store> {
  if (config.redisUrl !== undefined) return createRedisStore({ url: config.redisUrl })
  const file = join(config.dataFolder, 'conversations.sealed')
  return Promise.resolve(createMemoryStore({ clock, file, key: config.secretKey }))
}

/** What a turn may use, for the person and the moment it is about. */
function createContexts(options: {
  inss: ReturnType<typeof createInssClient>
  identity: ReturnType<typeof createIdentity>
  clock: Clock
  log: Log
}): TurnDeps['contextOf'] {
  const { inss, identity, log } = options
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
    return {
      conversationId: inbound.conversationId,
      today,
      now: now.toISOString(),
      brasilia: brasiliaTime(now),
      inss,
      amounts: { minimumWage: known.minimumWage, ceiling: known.ceiling },
      login: {
        session: () => identity.session(key),
        async token() {
          const token = await identity.accessToken(key)
          if (token === undefined) throw new AppError('login_required')
          return token
        },
        link: (purpose, level) => identity.requestLogin(key, { purpose, level }),
        lastFailure: () => identity.lastFailure(key),
        logout: () => identity.logout(key),
      },
    }
  }
}

function splitKey(key: string): [ChannelId, string] {
  const colon = key.indexOf(':')
  return [key.slice(0, colon) as ChannelId, key.slice(colon + 1)]
}

function createMetrics() {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const turns = new Counter({
    name: 'turns_total',
    help: 'Turns by outcome',
    labelNames: ['outcome'],
    registers: [registry],
  })
  const seconds = new Histogram({
    name: 'turn_seconds',
    help: 'Time from taking a message to its committed reply',
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 8],
    registers: [registry],
  })
  return {
    registry,
    turnTaken(outcome: string, took: number) {
      turns.inc({ outcome })
      seconds.observe(took)
    },
  }
}

/** @throws AppError `config_invalid` naming the variable when the port is taken */
async function listen(
  host: string,
  port: number,
  variable: string,
): Promise<{ server: Server; port: number }> {
  const server = createServer()
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

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
