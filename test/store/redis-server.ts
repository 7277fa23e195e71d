import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

const installed = isInstalled()

function isInstalled(): boolean {
  try {
    execFileSync('redis-server', ['--version'])
    return true
  } catch {
    return false
  }
}

/** Like `describe`, for tests that need a real Redis: skipped with a message without one, unless all must run. */
export function describeWithRedis(name: string, tests: () => void): void {
  if (installed || process.env.REQUIRE_SYSTEM_PACKAGES === '1') describe(name, tests)
  else describe.skip(`${name} (skipped: install redis-server to run these)`, tests)
}

export type RunningRedis = {
  url: string
  /** Sends a signal to the server; with SIGKILL it is gone until `start`. */
  signal: (signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT') => Promise<void>
  /** Starts it again on the same port with the same data. */
  start: () => Promise<void>
  stop: () => Promise<void>
}

/** A Redis of this test's own on a free port; `durable` writes each change to the disk before it answers. */
export async function startRedis(options: { durable?: boolean } = {}): Promise<RunningRedis> {
  const port = await freePort()
  const durability = options.durable
    ? ['--appendonly', 'yes', '--appendfsync', 'always', '--dir', mkdtempSync(join(tmpdir(), 'redis-'))]
    : ['--appendonly', 'no']
  const args = ['--port', String(port), '--save', '', '--bind', '127.0.0.1', ...durability]
  let server = await startServer(args)
  return {
    url: `redis://127.0.0.1:${port}`,
    async signal(signal) {
      const gone = signal === 'SIGKILL' ? ended(server) : Promise.resolve()
      server.kill(signal)
      await gone
    },
    async start() {
      server = await startServer(args)
    },
    stop: () => stopServer(server),
  }
}

/** A Redis Cluster of three masters. */
export async function startRedisCluster(): Promise<{ url: string; stop: () => Promise<void> }> {
  const ports = await Promise.all([freePort(), freePort(), freePort()])
  const servers = await Promise.all(
    ports.map((port) =>
      startServer([
        ...['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
        ...['--cluster-enabled', 'yes', '--cluster-config-file', 'nodes.conf'],
        ...['--cluster-port', String(port > 40_000 ? port - 10_000 : port + 10_000)],
        ...['--dir', mkdtempSync(join(tmpdir(), 'redis-cluster-'))],
      ]),
    ),
  )
  const hosts = ports.map((port) => `127.0.0.1:${port}`)
  execFileSync('redis-cli', ['--cluster', 'create', ...hosts, '--cluster-yes'])
  for (const port of ports) {
    await until(() =>
      execFileSync('redis-cli', ['-p', String(port), 'cluster', 'info'])
        .toString()
        .includes('cluster_state:ok'),
    )
  }
  return {
    url: `redis+cluster://${hosts.join(',')}`,
    stop: async () => {
      await Promise.all(servers.map(stopServer))
    },
  }
}

/** A master, its replica and a Sentinel that watches them and may promote the replica. */
export async function startRedisSentinel(): Promise<{
  url: string
  killMaster: () => Promise<void>
  stop: () => Promise<void>
}> {
  const [master, replica, sentinel] = await Promise.all([freePort(), freePort(), freePort()])
  const plain = ['--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
  const first = await startServer(['--port', String(master), ...plain, '--repl-diskless-sync-delay', '0'])
  const second = await startServer([
    ...['--port', String(replica), ...plain],
    ...['--replicaof', '127.0.0.1', String(master)],
  ])
  const file = join(mkdtempSync(join(tmpdir(), 'redis-sentinel-')), 'sentinel.conf')
  writeFileSync(
    file,
    [
      `port ${sentinel}`,
      'bind 127.0.0.1',
      `sentinel monitor conversas 127.0.0.1 ${master} 1`,
      'sentinel down-after-milliseconds conversas 1000',
      'sentinel failover-timeout conversas 5000',
    ].join('\n'),
  )
  const watcher = spawn('redis-server', [file, '--sentinel'], { cwd: tmpdir() })
  const ask = (...args: string[]) => execFileSync('redis-cli', ['-p', String(sentinel), ...args]).toString()
  await until(() => ask('sentinel', 'replicas', 'conversas').includes(String(replica)))
  await until(() =>
    execFileSync('redis-cli', ['-p', String(replica), 'info', 'replication'])
      .toString()
      .includes('master_link_status:up'),
  )
  return {
    url: `redis+sentinel://127.0.0.1:${sentinel}/conversas`,
    async killMaster() {
      const gone = ended(first)
      first.kill('SIGKILL')
      await gone
      await until(() => ask('sentinel', 'get-master-addr-by-name', 'conversas').includes(String(replica)))
    },
    stop: async () => {
      await Promise.all([first, second, watcher].map(stopServer))
    },
  }
}

async function startServer(args: string[]): Promise<ChildProcess> {
  const server = spawn('redis-server', args, { cwd: tmpdir() })
  await new Promise<void>((resolve, reject) => {
    server.stdout?.on('data', (chunk: Buffer) => {
      if (chunk.toString().includes('Ready to accept connections')) resolve()
    })
    server.once('error', reject)
    server.once('exit', (code) => reject(new Error(`redis-server ended with ${code}`)))
  })
  return server
}

function ended(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return Promise.resolve()
  return new Promise((resolve) => server.once('exit', () => resolve()))
}

async function stopServer(server: ChildProcess): Promise<void> {
  const gone = ended(server)
  server.kill('SIGCONT')
  server.kill()
  await gone
}

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    try {
      if (holds()) return
    } catch {
      // It does not answer yet.
    }
    await wait(100)
  }
  throw new Error('the servers did not come together')
}

export async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address() as AddressInfo
  await new Promise<void>((resolve) => probe.close(() => resolve()))
  return port
}
