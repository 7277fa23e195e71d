import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { AppError } from './errors'

/**
 * PGlite does not notice a second process on its folder and would damage it, so the folder is held by a file that
 * names the process. A file left by a process that died is taken over.
 * @throws AppError `config_invalid` when another live process holds the folder
 */
export function lockFolder(folder: string): { release: () => void } {
  const file = join(resolve(folder), 'in-use.json')
  if (heldHere.has(file)) throw inUse(folder)
  const me = JSON.stringify({ pid: process.pid, started: startOf(process.pid) })
  try {
    writeFileSync(file, me, { flag: 'wx' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    if (holderLives(file)) throw inUse(folder)
    writeFileSync(file, me)
  }
  heldHere.add(file)
  return {
    release: () => {
      heldHere.delete(file)
      rmSync(file, { force: true })
    },
  }
}

const heldHere = new Set<string>()

function inUse(folder: string): AppError {
  return new AppError('config_invalid', {
    message: `The data folder ${folder} is in use by another process. Stop that process or choose another folder.`,
  })
}

function holderLives(file: string): boolean {
  let holder: { pid?: unknown; started?: unknown }
  try {
    holder = JSON.parse(readFileSync(file, 'utf8')) as typeof holder
  } catch {
    return false
  }
  if (typeof holder.pid !== 'number' || holder.pid === process.pid) return false
  try {
    process.kill(holder.pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
  return startOf(holder.pid) === holder.started
}

/** Start time of a process in clock ticks (field 22 of its stat), so that a reused number is told apart; Linux only. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null
  } catch {
    return null
  }
}
