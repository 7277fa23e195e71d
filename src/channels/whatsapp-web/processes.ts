import { readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

const LOOK_EVERY_MS = 50

/** Where a browser reports and looks for updates, whatever the other arguments say. WhatsApp's page needs none. */
const CALLS_HOME = ['google.com', 'googleapis.com', 'gvt1.com', 'gstatic.com'].map(
  (host) => `MAP *.${host} ~NOTFOUND`,
)

/**
 * The browser's own arguments. Its sandbox stays on, except for root, under whom Chromium refuses to start with it.
 */
export function browserFlags(hostRules: string[]): string[] {
  const root = process.getuid?.() === 0
  return [
    ...(root ? ['--no-sandbox'] : []),
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--disable-dev-shm-usage',
    `--host-resolver-rules=${[...CALLS_HOME, ...hostRules].join(', ')}`,
  ]
}

/** The memory each living process of a group holds alone, in bytes; none where there is no /proc. */
function membersOf(group: number): number[] {
  let names: string[]
  try {
    names = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  } catch {
    return []
  }
  return names.flatMap((name) => {
    try {
      // "123 (a name) S 122 120 …": state, parent, group. The name may hold anything, so from its end.
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
      const [state = '', , itsGroup] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      if (/[ZX]/.test(state) || Number(itsGroup) !== group) return []
      const kilobytes = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${name}/status`, 'utf8'))?.[1] ?? 0
      return [Number(kilobytes) * 1024]
    } catch {
      return [] // it ended while we looked
    }
  })
}

/**
 * Memory of the browser and all its helpers, which are one process group, in bytes; 0 when it cannot be known. Only
 * what no file stands behind (RssAnon): the helpers share the program's code, and all their RSS together would count
 * it ten times, 870 MiB for an empty page that takes 190.
 */
export function memoryOf(group: number): number {
  return membersOf(group).reduce((sum, bytes) => sum + bytes, 0)
}

/** Ends every process of a group, and resolves when none is left or `withinMs` passed. */
export async function killGroup(group: number, withinMs: number): Promise<void> {
  try {
    process.kill(-group, 'SIGKILL')
  } catch {
    // The group is gone already.
  }
  for (let waited = 0; waited < withinMs && membersOf(group).length > 0; waited += LOOK_EVERY_MS) {
    await wait(LOOK_EVERY_MS)
  }
}

/**
 * Frees a browser profile that a killed browser left locked. Chromium refuses one locked under another host name,
 * which every new container is.
 * @returns false when a living process of this machine holds the profile
 */
export function freeProfile(folder: string): boolean {
  let lock: string
  try {
    lock = readlinkSync(join(folder, 'SingletonLock')) // "host name-pid"
  } catch {
    return true
  }
  const dash = lock.lastIndexOf('-')
  if (lock.slice(0, dash) === hostname() && isBrowser(Number(lock.slice(dash + 1)), folder)) return false
  for (const name of ['SingletonLock', 'SingletonSocket', 'SingletonCookie']) {
    rmSync(join(folder, name), { force: true })
  }
  return true
}

/** Whether a process is a browser on this profile, and not another that was given the same number since. */
function isBrowser(pid: number, folder: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`--user-data-dir=${folder}`)
  } catch {
    return false
  }
}
