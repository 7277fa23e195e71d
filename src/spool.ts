import { type FileHandle, mkdir, open } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { AppError } from './errors'
import type { Log } from './log'
import { seal, unseal } from './seal'

export type Spool<T extends object> = {
  /** Resolves once the item is on the disk. @throws AppError `spool_full` when it cannot be kept here either */
  keep(item: T): Promise<void>
  /** Whether something waits here: what comes now must wait behind it. */
  waiting(): boolean
  /** How many bytes wait. */
  bytes(): number
  stop(): Promise<void>
}

const CONTEXT = 'inbox-spool'
const LOOK_AGAIN_MS = 500

/**
 * What could not be handed to the store, in order, on this machine's disk: encrypted, written through, and of
 * bounded size. It is handed over, oldest first, when `take` works again; a process that dies midway hands some over
 * twice, which the store drops by their ids.
 * @param options.take hands one item over; throws while the store is away
 * @throws AppError `config_invalid` when the folder cannot be used
 */
export async function openSpool<T extends object>(options: {
  folder: string
  key: Buffer
  mostBytes: number
  take: (item: T) => Promise<unknown>
  log: Log
}): Promise<Spool<T>> {
  const { key, mostBytes, take, log } = options
  let file: FileHandle
  try {
    await mkdir(options.folder, { recursive: true, mode: 0o700 })
    file = await open(join(options.folder, 'inbox.spool'), 'a+', 0o600)
  } catch (cause) {
    throw new AppError('config_invalid', { message: `${options.folder} cannot be written`, cause })
  }
  /** Where the last whole line ends: a write that failed midway is written over. */
  let size = await endOfLastLine(file)
  let batch: { text: string; done: Promise<void> } | undefined
  let before: Promise<void> = Promise.resolve()
  let replaying: Promise<void> | undefined
  let stopped = false

  /** One write and one sync for all that came while the one before was under way. */
  async function writeBatch(text: () => string): Promise<void> {
    await before.catch(() => undefined)
    const bytes = Buffer.from(text())
    batch = undefined
    try {
      if (size + bytes.length > mostBytes) throw new Error('the spool has its size')
      await file.truncate(size)
      await file.appendFile(bytes)
      await file.datasync()
      size += bytes.length
    } catch (cause) {
      log.error({ code: (cause as NodeJS.ErrnoException).code ?? 'full' }, 'a message could not be spooled')
      throw new AppError('spool_full', { cause })
    }
  }

  async function replay(): Promise<void> {
    let at = 0
    while (!stopped && size > 0) {
      const bytes = Buffer.alloc(size - at)
      await file.read(bytes, 0, bytes.length, at)
      for (const line of bytes.toString('latin1').split('\n')) {
        if (line === '') continue
        const text = unseal(key, CONTEXT, line)
        if (text === undefined) log.error('a spooled message cannot be read with this key, and is left out')
        else await takeInTheEnd(JSON.parse(text) as T)
        if (stopped) return
        at += line.length + 1
      }
      // Written meanwhile: read on. Otherwise nothing waits; no write can come between these two steps.
      await before.catch(() => undefined)
      if (at === size && batch === undefined) {
        size = 0
        await file.truncate(0)
        log.info('what was spooled is handed over')
      }
    }
  }

  async function takeInTheEnd(item: T): Promise<void> {
    while (!stopped) {
      try {
        await take(item)
        return
      } catch (error) {
        if (!(error instanceof AppError && error.code === 'store_unavailable')) {
          log.error({ err: (error as Error).name }, 'a spooled message was refused, and is left out')
          return
        }
        await wait(LOOK_AGAIN_MS, undefined, { ref: false })
      }
    }
  }

  function start(): void {
    replaying ??= replay()
      .catch((error: Error) => log.error({ err: error.name }, 'the spool could not be read'))
      .finally(() => {
        replaying = undefined
        if (size > 0 && !stopped) setTimeout(start, LOOK_AGAIN_MS).unref()
      })
  }
  if (size > 0) start()

  return {
    async keep(item) {
      const line = `${seal(key, CONTEXT, JSON.stringify(item))}\n`
      if (batch === undefined) {
        const mine = { text: '', done: Promise.resolve() }
        batch = mine
        mine.done = writeBatch(() => mine.text)
        before = mine.done
      }
      batch.text += line
      await batch.done
      start()
    },
    waiting: () => size > 0 || batch !== undefined,
    bytes: () => size,
    async stop() {
      stopped = true
      await before.catch(() => undefined)
      await replaying
      await file.close()
    },
  }
}

async function endOfLastLine(file: FileHandle): Promise<number> {
  const { size } = await file.stat()
  const bytes = Buffer.alloc(size)
  await file.read(bytes, 0, size, 0)
  return bytes.lastIndexOf('\n') + 1
}
