import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const FOLDER = '/sys/fs/cgroup'
/** Long enough that going and standing cost little beside the work. */
const PERIOD_US = 50_000

/**
 * Lets a process have so much of a core and no more, as if it ran on a machine of its own.
 * @param share of one core, 0 to 1
 * @returns what clears it away, once the process has ended
 * @throws Error where this machine does not let us: only Linux does, and only root
 */
export function confine(pid: number, share: number): () => void {
  const quota = String(Math.round(share * PERIOD_US))
  const second = existsSync(join(FOLDER, 'cgroup.controllers'))
  const folder = join(second ? FOLDER : join(FOLDER, 'cpu'), `bench-${pid}`)
  try {
    if (second) writeFileSync(join(FOLDER, 'cgroup.subtree_control'), '+cpu')
    mkdirSync(folder)
    if (second) writeFileSync(join(folder, 'cpu.max'), `${quota} ${PERIOD_US}`)
    else {
      writeFileSync(join(folder, 'cpu.cfs_period_us'), String(PERIOD_US))
      writeFileSync(join(folder, 'cpu.cfs_quota_us'), quota)
    }
    writeFileSync(join(folder, 'cgroup.procs'), String(pid))
  } catch (cause) {
    throw new Error('only Linux gives a process a share of a core, and only to root', { cause })
  }
  return () => rmdirSync(folder)
}
