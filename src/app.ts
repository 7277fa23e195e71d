import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { type Role, startAssistant, type Terminal } from './assistant'
import { type Clock, civilDate, createClock } from './clock'
import type { Config } from './config'
import { AppError } from './errors'
import { createLog, type Log } from './log'

export type Part = Role | 'inss-api' | 'login-sandbox'

export type Product = {
  /** Base address of each part that was started. */
  urls: Partial<Record<Part, string>>
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
