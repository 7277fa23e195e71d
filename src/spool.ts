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
  /** Hands over what waits while the store takes it; the rest stays for the next start. */
  stop(): Promise<void>
}

const CONTEXT = 'inbox-spool'
const LOOK_AGAIN_MS = 500
/** So many are handed over side by side: one after another each would wait for the store's disk. */
const AT_ONCE = 200
/** A process that stops hands over what it can: nobody may start here again for long. */
const STOP_WITHIN_MS = 10_000
const CHUNK_BYTES = 1024 * 1024
const LINE_END = 10

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
  /** What belongs together and must stay in order; the rest goes side by side. */
  queueOf: (item: T) => string
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
  /** What is done to the file, one after another. */
  let before: Promise<void> = Promise.resolve()
  let underWay = 0
  let replaying: Promise<void> | undefined
  let stopped = false
  let stopBy = Number.POSITIVE_INFINITY
  const stopping = new AbortController()

  /** One write and one sync for all that came while the one before was under way. */
  async function writeBatch(mine: { text: string }): Promise<void> {
    const bytes = Buffer.from(mine.text)
    try {
      if (size + bytes.length > mostBytes) throw new Error('the spool has its size')
      await file.truncate(size)
      await file.appendFile(bytes)
      await file.datasync()
      size += bytes.length
    } catch (cause) {
      log.error({ code: (cause as NodeJS.ErrnoException).code ?? 'full' }, 'a message could not be spooled')
      // Its sender is told, and sends it again: after a restart it must not be found here.
      await file.truncate(size).catch(() => undefined)
      throw new AppError('spool_full', { cause })
    }
  }

  function inLine(work: () => Promise<void>): Promise<void> {
    underWay += 1
    const done = before.then(work, work).finally(() => {
      underWay -= 1
    })
    before = done
    return done
  }

  async function replay(): Promise<void> {
    let at = 0
    while (size > 0) {
      const lines = await readLines(file, at, size)
      for (let first = 0; first < lines.length; first += AT_ONCE) {
        const part = lines.slice(first, first + AT_ONCE)
        const taken = await Promise.all([...queuesOf(part).values()].map(takeInOrder))
        if (taken.includes(false)) return
        for (const line of part) at += line.length + 1
      }
      if (at < size || underWay > 0) {
        // There is more, or more is being written.
        await before.catch(() => undefined)
        continue
      }
      size = 0
      await inLine(() => file.truncate(0))
      log.info('what was spooled is handed over')
    }
  }

  /** What can be read of these lines, what belongs together in order. */
  function queuesOf(lines: string[]): Map<string, T[]> {
    const queues = new Map<string, T[]>()
    for (const line of lines) {
      const text = unseal(key, CONTEXT, line)
      if (text === undefined) {
        log.error({ code: 'wrong_key' }, 'a spooled message cannot be read, and is left out')
        continue
      }
      const item = JSON.parse(text) as T
      const name = options.queueOf(item)
      const queue = queues.get(name)
      if (queue === undefined) queues.set(name, [item])
      else queue.push(item)
    }
    return queues
  }

  async function takeInOrder(queue: T[]): Promise<boolean> {
    for (const item of queue) if (!(await takeInTheEnd(item))) return false
    return true
  }

  /** @returns false when it must wait for the next start */
  async function takeInTheEnd(item: T): Promise<boolean> {
    for (;;) {
      if (performance.now() > stopBy) return false
      try {
        await take(item)
        return true
      } catch (error) {
        if (!(error instanceof AppError && error.code === 'store_unavailable')) {
          log.error({ err: (error as Error).name }, 'a spooled message was refused, and is left out')
          return true
        }
        if (stopped) return false
        const { signal } = stopping
        await wait(LOOK_AGAIN_MS, undefined, { ref: false, signal }).catch(() => undefined)
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
        mine.done = inLine(() => {
          batch = undefined
          return writeBatch(mine)
        })
      }
      batch.text += line
      await batch.done
      start()
    },
    waiting: () => size > 0 || underWay > 0,
    bytes: () => size,
    async stop() {
      stopped = true
      stopBy = performance.now() + STOP_WITHIN_MS
      stopping.abort()
      await before.catch(() => undefined)
      await replaying
      await file.close()
    },
  }
}

/** The whole lines that come next: some, and at least one. */
async function readLines(file: FileHandle, at: number, size: number): Promise<string[]> {
  for (let most = CHUNK_BYTES; ; most *= 2) {
    const bytes = await read(file, at, Math.min(most, size - at))
    const end = bytes.lastIndexOf(LINE_END)
    if (end >= 0 || at + bytes.length >= size)
      return bytes.toString('latin1', 0, end).split('\n').filter(Boolean)
  }
}

async function endOfLastLine(file: FileHandle): Promise<number> {
  const { size } = await file.stat()
  for (let start = size; start > 0; ) {
    const from = Math.max(0, start - CHUNK_BYTES)
    const end = (await read(file, from, start - from)).lastIndexOf(LINE_END)
    if (end >= 0) return from + end + 1
    start = from
  }
  return 0
}

async function read(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, at)
  if (bytesRead === 0 && length > 0) throw new Error('the spool is shorter than what was written')
  return buffer.subarray(0, bytesRead)
}
