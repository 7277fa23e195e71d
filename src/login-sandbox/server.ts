import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express, { type ErrorRequestHandler, type RequestHandler } from 'express'
import type { Clock } from '../clock'
import { AppError } from '../errors'
import type { Log } from '../log'
import { pageHeaders, styleSheet } from '../page'
import { type Account, createAccounts } from './accounts'
import { loadKeys } from './keys'
import { errorPage, stylePath } from './pages'
import { type Client, createProvider } from './provider'
import { createRoutes } from './routes'

export type { Account } from './accounts'
export type { Client } from './provider'

export type LoginSandboxOptions = {
  /** 0 takes a free one. */
  port: number
  host?: string
  /** The address browsers and services reach it by; by default the one it listens at. */
  issuer?: string
  clients: Client[]
  accounts: () => Account[]
  clock: Clock
  log: Log
  /** Where the signing key is kept, so that a restart does not change it. */
  dataFolder?: string
}

/**
 * A stand-in of gov.br's login for demonstrations: the same protocol and claims, synthetic people.
 * @throws AppError `config_invalid` when the port is taken or the data folder cannot be used
 */
export async function startLoginSandbox(
  options: LoginSandboxOptions,
): Promise<{ issuer: string; url: string; stop(): Promise<void> }> {
  const { clients, clock, log } = options
  const host = options.host ?? '127.0.0.1'
  const keys = await loadKeys(options.dataFolder)
  // The issuer's name holds the port, which is known only once we listen.
  const server = createServer()
  const port = await listen(server, options.port, host)
  const url = `http://${nameOf(host)}:${port}`
  const issuer = options.issuer ?? url
  const accounts = createAccounts(options.accounts, clock)
  const provider = createProvider({ issuer, clients, accounts, keys, clock, log })

  const app = express().disable('x-powered-by')
  const https = issuer.startsWith('https:')
  if (https) app.set('trust proxy', 1)
  const origins = clients.flatMap((client) => client.redirectUris).map((uri) => new URL(uri).origin)
  app.use(addressedToIssuer(issuer))
  app.get(stylePath, styleSheet())
  app.use(pageHeaders({ formTargets: [...new Set(origins)], https }))
  app.use(createRoutes({ provider, accounts, clients, log }))
  app.use(provider.callback())
  app.use(answerFaults(log))
  server.on('request', app)
  return { issuer, url, stop: () => close(server) }
}

/** oidc-provider writes addresses by the request's host; they must be the issuer's, whoever asks from wherever. */
function addressedToIssuer(issuer: string): RequestHandler {
  const { host, protocol } = new URL(issuer)
  return (req, _res, next) => {
    req.headers.host = host
    req.headers['x-forwarded-proto'] = protocol.slice(0, -1)
    delete req.headers['x-forwarded-host']
    next()
  }
}

function answerFaults(log: Log): ErrorRequestHandler {
  return (error: { name: string; status?: unknown }, _req, res, next) => {
    if (res.headersSent) return next(error)
    if (error.name === 'SessionNotFound') return res.status(400).send(errorPage('expired'))
    const { status } = error
    if (typeof status === 'number' && status >= 400 && status < 500)
      return res.status(status).send(errorPage('error'))
    log.error({ event: 'sandbox_failed', error: error.name })
    return res.status(500).send(errorPage('error'))
  }
}

/** What a browser on this machine calls a host we listen at. */
function nameOf(host: string): string {
  if (['127.0.0.1', '::1', '0.0.0.0', '::'].includes(host)) return 'localhost'
  return host.includes(':') ? `[${host}]` : host
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const message =
        cause.code === 'EADDRINUSE'
          ? `port ${port} is taken (login sandbox); choose another with LOGIN_SANDBOX_PORT`
          : `the login sandbox cannot listen at ${host}:${port}`
      reject(new AppError('config_invalid', { message, cause }))
    })
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port))
  })
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
