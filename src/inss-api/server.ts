import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express, { type Express } from 'express'
import { type Clock, createClock } from '../clock'
import type { Connection } from '../database'
import { AppError } from '../errors'
import { projectFile } from '../files'
import { loadParameters } from '../law'
import type { Log } from '../log'
import { createAccessTokens } from './auth/access-tokens'
import { type ApiClient, createClientAuthentication } from './auth/clients'
import { createIdTokens } from './auth/id-tokens'
import { loadSigningKey, type SigningKey } from './auth/keys'
import { createTokenEndpoint } from './auth/token-endpoint'
import { openDatabase } from './db/database'
import type { Deps } from './deps'
import { forgetOldEvents } from './events/outbox'
import { runEvents } from './events/run'
import { mountOperations, mountRefusals } from './http/mount'
import { forgetOldKeys } from './http/once'
import { openApiDocument } from './http/openapi'
import { calculationOperations } from './routes/calculations'
import { citizenOperations } from './routes/citizen'
import { eventOperations } from './routes/events'
import { requestOperations } from './routes/requests'
import { serviceOperations } from './routes/service'
import { loadServices } from './services'
import { createSandboxSource } from './sources/sandbox'

export type { ApiClient }

export type InssApiOptions = {
  /** 0 = any free port. */
  port: number
  /** Interface to listen on; by default this machine only. */
  host?: string
  /** A database that is open already, and is closed by whoever opened it. */
  connection?: Connection
  /** PostgreSQL; absent: PGlite in `dataFolder`. */
  databaseUrl?: string
  dataFolder: string
  /** Issuer of the gov.br id_tokens, as its discovery document names it. */
  govbrIssuer: string
  clients: readonly ApiClient[]
  /** Folder of synthetic citizens; absent: those shipped. */
  sandboxData?: string
  /** Civil dates and instants of the domain. */
  clock: Clock
  /** Validity of tokens; absent: the machine's time, because the identity provider's tokens follow that. */
  tokenClock?: Clock
  log: Log
  /** How often what time brought about is looked for and clients are told, in milliseconds; absent: two seconds. */
  eventsEveryMs?: number
  /** Address callers use, when it differs from host and port. */
  publicUrl?: string
}

const version = '1.0.0'

/**
 * Start the INSS API and give its address once it answers.
 * @throws AppError `config_invalid`: port taken, data folder in use or unreadable, database out of reach, fault in a
 * citizen's file
 */
export async function startInssApi(
  options: InssApiOptions,
): Promise<{ url: string; stop: () => Promise<void> }> {
  const { clock, log } = options
  const started = performance.now()
  const parameters = loadParameters(projectFile('src/law/parameters'))
  const source = createSandboxSource({ folder: options.sandboxData, parameters, clock })
  const services = loadServices()
  const database = await openDatabase(options)
  try {
    const { db, ping, kind: databaseKind } = database
    await forgetOldKeys(db, clock.now())
    await forgetOldEvents(db, clock.now())
    const key = await loadSigningKey(db, clock.now())
    const server = createServer()
    const address = await listen(server, options.port, options.host ?? '127.0.0.1')
    const baseUrl = (options.publicUrl ?? address).replace(/\/$/, '')
    const deps: Deps = { db, databaseKind, ping, parameters, source, services, clock, log }
    server.on('request', createApp(deps, { ...options, key, baseUrl }))
    const events = runEvents(deps, options.clients, options.eventsEveryMs ?? 2000)
    log.info({
      event: 'inss_api_started',
      database: databaseKind,
      ms: Math.round(performance.now() - started),
    })
    return {
      url: address,
      stop: async () => {
        await events.stop()
        await close(server)
        await database.close()
      },
    }
  } catch (error) {
    await database.close()
    throw error
  }
}

type AppOptions = Pick<InssApiOptions, 'clients' | 'govbrIssuer' | 'tokenClock'> & {
  key: SigningKey
  baseUrl: string
}

function createApp(deps: Deps, options: AppOptions): Express {
  const { log, db } = deps
  const { clients, baseUrl, key } = options
  const tokenClock = options.tokenClock ?? createClock()
  const accessTokens = createAccessTokens({
    key,
    issuer: baseUrl,
    clock: tokenClock,
    clientIds: new Set(clients.map((client) => client.id)),
  })
  const authenticate = createClientAuthentication(clients, log)
  const operations = [
    ...serviceOperations(deps),
    ...calculationOperations(deps),
    ...citizenOperations(deps),
    ...requestOperations(deps),
    ...eventOperations(deps),
  ]
  const document = openApiDocument(operations, baseUrl, version)

  const app = express()
  app.disable('x-powered-by')
  app.set('etag', false)
  app.use((_req, res, next) => {
    res.set({ 'X-Content-Type-Options': 'nosniff', 'Content-Security-Policy': "default-src 'none'" })
    next()
  })
  app.get('/openapi.json', (_req, res) => void res.json(document))
  app.get('/.well-known/jwks.json', (_req, res) => void res.json({ keys: [key.publicJwk] }))
  app.post(
    '/oauth/token',
    express.urlencoded({ extended: false, limit: '32kb' }),
    createTokenEndpoint({
      authenticate,
      accessTokens,
      acceptIdToken: createIdTokens({ issuer: options.govbrIssuer, db, clock: tokenClock }),
      clock: tokenClock,
      log,
    }),
  )
  app.use(express.json({ limit: '512kb' }))
  mountOperations(app, operations, {
    db,
    accessTokens,
    authenticateClient: authenticate,
    clock: deps.clock,
    log,
    baseUrl,
  })
  mountRefusals(app, { baseUrl, log })
  return app
}

function listen(server: Server, port: number, host: string): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const why = cause.code === 'EADDRINUSE' ? 'is taken by another program' : 'cannot be opened'
      reject(new AppError('config_invalid', { message: `The port ${port} of the INSS API ${why}.`, cause }))
    })
    server.listen(port, host, () => {
      const { port: actual } = server.address() as AddressInfo
      const name = ['0.0.0.0', '::', '127.0.0.1', '::1'].includes(host) ? 'localhost' : host
      resolve(`http://${name.includes(':') ? `[${name}]` : name}:${actual}`)
    })
  })
}

/** Finish what was being answered, then close; idle connections do not hold it. */
function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeIdleConnections()
    setTimeout(() => server.closeAllConnections(), 5000).unref()
  })
}
