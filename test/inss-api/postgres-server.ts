import { execFileSync, spawn } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A server where this test may create databases; one of its own is started when it is not set. */
const given = process.env.DATABASE_URL_TEST
const programs = programsFolder()

/** Debian keeps the server's programs out of the path, one folder per version. */
function programsFolder(): string | undefined {
  const base = '/usr/lib/postgresql'
  const versions = existsSync(base) ? readdirSync(base).sort((a, b) => Number(b) - Number(a)) : []
  return versions.map((each) => join(base, each, 'bin')).find((each) => existsSync(join(each, 'initdb')))
}

/** Like `describe`, for tests that need a real PostgreSQL: skipped with a message without one, unless all must run. */
export function describeWithPostgres(name: string, tests: () => void): void {
  const possible = given !== undefined || programs !== undefined
  if (possible || process.env.REQUIRE_SYSTEM_PACKAGES === '1') describe(name, tests)
  else describe.skip(`${name} (skipped: install postgresql or set DATABASE_URL_TEST to run these)`, tests)
}

/** A PostgreSQL of this test's own, on a free port, in a folder that goes away with it. */
export async function startPostgres(): Promise<{ url: string; stop: () => Promise<void> }> {
  if (given !== undefined) return { url: given, stop: async () => {} }
  if (programs === undefined) throw new Error('PostgreSQL is not installed')
  // The server refuses to run as root, as tests in a container do.
  const user = process.getuid?.() === 0 ? { uid: idOf('-u'), gid: idOf('-g') } : {}
  const folder = mkdtempSync(join(tmpdir(), 'inss-postgres-'))
  if (user.uid !== undefined && user.gid !== undefined) chownSync(folder, user.uid, user.gid)
  const data = join(folder, 'data')
  execFileSync(join(programs, 'initdb'), ['-D', data, '-A', 'trust', '-U', 'inss', '-E', 'UTF8'], {
    ...user,
    stdio: 'ignore',
  })
  const port = await freePort()
  const options = ['-D', data, '-p', String(port), '-k', folder, '-h', '127.0.0.1', '-c', 'fsync=off']
  const server = spawn(join(programs, 'postgres'), options, user)
  await new Promise<void>((resolve, reject) => {
    server.stderr.on('data', (chunk: Buffer) => {
      if (chunk.toString().includes('ready to accept connections')) resolve()
    })
    server.once('exit', (code) => reject(new Error(`postgres ended with ${code}`)))
  })
  return {
    url: `postgres://inss@127.0.0.1:${port}/postgres`,
    stop: async () => {
      const ended = new Promise((resolve) => server.once('exit', resolve))
      server.kill('SIGINT')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function idOf(flag: '-u' | '-g'): number {
  return Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
}

async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const address = probe.address()
  await new Promise<void>((resolve) => probe.close(() => resolve()))
  return typeof address === 'object' && address !== null ? address.port : 0
}
