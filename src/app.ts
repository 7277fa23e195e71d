import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { type Role, startAssistant, type Terminal } from './assistant'
import { type Clock, civilDate, createClock } from './clock'
import type { Config } from './config'
import type { Connection } from './database'
import { AppError } from './errors'
import { createLog, type Log } from './log'

export type Part = Role | 'inss-api' | 'login-sandbox'

export type Product = {
  /** Base address of each part that was started. */
  urls: Partial<Record<Part, string>>
  /** Where agents log in; undefined where they cannot. */
  console?: string
  stop(): Promise<void>
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
    const database = databaseOf(config, parts, { log, stops })
    const inssApiUrl = await startInss(config, parts, {
      clock,
      log,
      issuer,
      publicUrl,
      database,
      stops,
      urls,
    })
    if (role !== undefined) {
      const started = await startAssistant(config, role, server?.server, {
        clock,
        log,
        publicUrl,
        issuer,
        inssApiUrl,
        database,
        stops,
        terminal,
      })
      urls[role] = publicUrl
      if (started.console) return { urls, console: `${publicUrl}/atendimento`, stop }
    }
    return { urls, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

type Common = { clock: Clock; log: Log; stops: (() => Promise<void>)[]; urls: Product['urls'] }

/**
 * The database of this process, opened when a part first needs it and shared by all of them. A worker needs none; and
 * without PostgreSQL only the process of the INSS API has one, because a folder is opened once.
 */
function databaseOf(
  config: Config,
  parts: Part[],
  { log, stops }: Pick<Common, 'log' | 'stops'>,
): (() => Promise<Connection>) | undefined {
  const { databaseUrl, inssApi } = config
  const embedded = parts.includes('inss-api') && inssApi.url === undefined
  if (parts.includes('worker') || (databaseUrl === undefined && !embedded)) return undefined
  let opening: Promise<Connection> | undefined
  stops.push(async () => {
    await (await opening?.catch(() => undefined))?.close()
  })
  return () => {
    const { openConnection } = require('./database') as typeof import('./database')
    opening ??= openConnection({ databaseUrl, dataFolder: join(config.dataFolder, 'inss-api'), log })
    return opening
  }
}

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
  const { demonstrationStaff } = require('./login-sandbox/staff') as typeof import('./login-sandbox/staff')
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
      ...(config.desk.oidc === undefined || config.desk.oidc.issuer !== undefined
        ? []
        : [
            {
              id: config.desk.oidc.clientId,
              secret: config.desk.oidc.clientSecret,
              redirectUris: [`${publicUrl}/atendimento/retorno`],
              postLogoutRedirectUris: [`${publicUrl}/atendimento/`],
              staff: true as const,
            },
          ]),
    ],
    accounts: () => [
      ...loadCitizens(folder, civilDate(clock.now())).map((citizen) => ({
        cpf: citizen.cpf,
        name: citizen.socialName ?? citizen.name,
        email: citizen.email,
        phone: citizen.phone,
        level: citizen.govbr.level,
        password: citizen.govbr.password,
        what: citizen.what,
      })),
      ...demonstrationStaff('demo'),
    ],
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
  common: Common & {
    issuer: string
    publicUrl: string
    database: (() => Promise<Connection>) | undefined
  },
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
    ...(common.database !== undefined && { connection: await common.database() }),
    ...(config.inssApi.sandboxData !== undefined && { sandboxData: config.inssApi.sandboxData }),
    clock,
    log,
  })
  stops.push(api.stop)
  urls['inss-api'] = api.url
  return api.url
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
