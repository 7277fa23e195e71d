import { createClient, createCluster, createSentinel } from 'redis'
import { AppError } from '../errors'

/** What we use of a single Redis, a Cluster and a Sentinel alike. */
export type Redis = Pick<
  ReturnType<typeof createClient>,
  | 'evalSha'
  | 'eval'
  | 'get'
  | 'del'
  | 'lRange'
  | 'lLen'
  | 'hGet'
  | 'hGetAll'
  | 'zRange'
  | 'sSubscribe'
  | 'sUnsubscribe'
  | 'connect'
  | 'destroy'
> & { on(event: 'error', listener: (error: Error) => void): unknown }

/** A Redis that answers nothing for this long is taken for gone, so that messages are kept elsewhere meanwhile. */
const SILENT_MS = 3000

/**
 * Connects twice: for commands, which fail at once while there is no connection, and for listening.
 * @param url `redis[s]://…` for one server, `redis[s]+cluster://[user:password@]host:port,host:port` for a Cluster,
 *   `redis[s]+sentinel://[user:password@]host:port,host:port/<master name>` for Sentinel
 * @throws AppError `store_unavailable` when it cannot be reached
 */
export async function connectRedis(url: string): Promise<{ commands: Redis; listener: Redis }> {
  const state = { connected: false }
  const [commands, listener] = createConnections(url, state)
  for (const connection of [commands, listener]) connection.on('error', () => undefined)
  try {
    await Promise.all([commands.connect(), listener.connect()])
  } catch (cause) {
    for (const connection of [commands, listener]) {
      try {
        connection.destroy()
      } catch {
        // It was never open.
      }
    }
    throw new AppError('store_unavailable', { message: 'Redis cannot be reached at REDIS_URL', cause })
  }
  state.connected = true
  return { commands, listener }
}

function createConnections(url: string, state: { connected: boolean }): [Redis, Redis] {
  // A Redis that was never there is a setting to mend; one that went away is waited for.
  const reconnectStrategy = (retries: number) =>
    state.connected ? Math.min(50 * (retries + 1), 1000) : false
  const client = {
    socket: { connectTimeout: 5000, socketTimeout: SILENT_MS, reconnectStrategy },
    pingInterval: SILENT_MS / 3,
    disableOfflineQueue: true,
  } as const
  // Its own deadline costs an AbortSignal for each command; ours (below) costs one timer for all.
  const commandOptions = { timeout: 0 }
  const parsed = /^(rediss?)(?:\+(cluster|sentinel))?:\/\/(?:([^@/]*)@)?([^/]*)(?:\/(.*))?$/.exec(url)
  const [, scheme = 'redis', kind, login = '', hosts = '', path = ''] = parsed ?? []
  const [username, password] = login.split(':').map(decodeURIComponent)
  const credentials = { ...(username && { username }), ...(password && { password }) }
  const tls = scheme === 'rediss' ? { tls: true as const } : {}
  const nodes = hosts.split(',').map((host) => {
    const [name = 'localhost', port] = host.split(':')
    return { host: name, port: Number(port ?? (kind === 'sentinel' ? 26379 : 6379)) }
  })
  if (kind === 'cluster') {
    const create = () =>
      createCluster({
        rootNodes: nodes.map((node) => ({ socket: { ...node, ...tls } })),
        commandOptions,
        defaults: { ...client, ...credentials, socket: { ...client.socket, ...tls } },
      })
    const cluster = create() as unknown as Redis
    return [cluster, create() as unknown as Redis]
  }
  if (kind === 'sentinel') {
    const create = () =>
      createSentinel({
        name: path,
        commandOptions,
        sentinelRootNodes: nodes,
        nodeClientOptions: { ...client, ...credentials, socket: { ...client.socket, ...tls } },
      })
    return [create() as unknown as Redis, create() as unknown as Redis]
  }
  const create = () => createClient({ ...client, commandOptions, url }) as unknown as Redis
  return [create(), create()]
}

/** Whether a fault is Redis being away or not able to write, rather than a bug of ours. */
export function isAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if (error.constructor.name !== 'ErrorReply' && error.constructor.name !== 'SimpleError') return true
  return /^(LOADING|READONLY|CLUSTERDOWN|MASTERDOWN|MISCONF|OOM|NOREPLICAS|TRYAGAIN|BUSY|MOVED|ASK|NOAUTH|UNBLOCKED)/.test(
    error.message,
  )
}

/**
 * Lets no command wait for ever: a client may lose one when a server changes its role. One timer looks after all of
 * them, since there are thousands a second.
 */
export function createDeadline(milliseconds = SILENT_MS) {
  const waiting = new Set<{ since: number; reject: (error: Error) => void }>()
  const timer = setInterval(() => {
    for (const command of waiting) {
      if (performance.now() - command.since < milliseconds) break
      waiting.delete(command)
      command.reject(new Error('no answer'))
    }
  }, milliseconds / 6)
  timer.unref()
  return {
    within<T>(answer: Promise<T>): Promise<T> {
      return new Promise<T>((resolve, reject) => {
        const command = { since: performance.now(), reject }
        waiting.add(command)
        answer.then(
          (value) => {
            waiting.delete(command)
            resolve(value)
          },
          (error: Error) => {
            waiting.delete(command)
            reject(error)
          },
        )
      })
    },
    stop: () => clearInterval(timer),
  }
}
