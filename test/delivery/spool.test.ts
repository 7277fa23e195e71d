import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { AppError } from '../../src/errors'
import { openSpool, type Spool } from '../../src/spool'
import { away, createKeptLog, until } from './harness'

type Item = { say: string }

const key = randomBytes(32)
const newFolder = () => join(mkdtempSync(join(tmpdir(), 'spool-')), 'spool')
const items = (count: number, from = 0): Item[] =>
  Array.from({ length: count }, (_, index) => ({ say: `dito ${from + index}` }))

/** A spool whose store takes nothing until it is opened: it is slow, or away. */
async function setUp(
  options: {
    folder?: string
    key?: Buffer
    mostBytes?: number
    open?: boolean
    queueOf?: (item: Item) => string
  } = {},
) {
  const folder = options.folder ?? newFolder()
  const { log, lines } = createKeptLog()
  const taken: Item[] = []
  let wake = () => {}
  const store = {
    away: false,
    take: async (item: Item) => void taken.push(item),
    isOpen: options.open ?? false,
    open() {
      store.isOpen = true
      store.away = false
      wake()
    },
    goAway() {
      store.isOpen = false
      store.away = true
      wake()
    },
  }
  const spool: Spool<Item> = await openSpool<Item>({
    folder,
    key: options.key ?? key,
    mostBytes: options.mostBytes ?? 1024 * 1024,
    log,
    queueOf: options.queueOf ?? (() => 'one'),
    take: async (item) => {
      if (store.away) throw away()
      if (!store.isOpen) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
        if (store.away) throw away()
      }
      await store.take(item)
    },
  })
  const stop = () => {
    store.goAway()
    return spool.stop()
  }
  opened.push(stop)
  return { folder, file: join(folder, 'inbox.spool'), log, lines, taken, store, spool, stop }
}

const opened: (() => Promise<void>)[] = []
const mounted: string[] = []
afterEach(async () => {
  jest.restoreAllMocks()
  await Promise.all(opened.splice(0).map((stop) => stop().catch(() => undefined)))
  for (const folder of mounted.splice(0)) execFileSync('umount', ['-l', folder])
})

/** What all open files share, to watch or break what is done to them. */
async function fileCalls(): Promise<FileHandle> {
  const file = await open(__filename)
  await file.close()
  return Object.getPrototypeOf(file) as FileHandle
}

const full = () => Object.assign(new Error('no space'), { code: 'ENOSPC' })

describe('the spool', () => {
  it('has what it keeps on the disk before it says so, and nobody can read it there', async () => {
    const calls = await fileCalls()
    const order: string[] = []
    const { appendFile, datasync } = calls
    jest.spyOn(calls, 'appendFile').mockImplementation(async function (this: FileHandle, ...args) {
      await appendFile.apply(this, args)
      order.push('written')
    })
    jest.spyOn(calls, 'datasync').mockImplementation(async function (this: FileHandle) {
      await datasync.call(this)
      order.push('synced')
    })
    const { spool, file } = await setUp()
    await spool.keep({ say: 'quero ver meu pagamento' }).then(() => order.push('kept'))
    expect(order).toEqual(['written', 'synced', 'kept'])
    const bytes = readFileSync(file)
    expect(bytes.length).toBe(spool.bytes())
    for (const encoding of ['utf8', 'base64url'] as const) {
      const readable =
        encoding === 'utf8' ? bytes.toString() : Buffer.from(bytes.toString(), encoding).toString()
      expect(readable).not.toMatch(/pagamento|say/)
    }
    expect(statSync(file).mode & 0o077).toBe(0)
    expect(statSync(join(file, '..')).mode & 0o077).toBe(0)
  })

  it('writes what comes at the same time together, in order', async () => {
    const calls = await fileCalls()
    const syncs = jest.spyOn(calls, 'datasync')
    const { spool, store, taken } = await setUp()
    await Promise.all(items(500).map((item) => spool.keep(item)))
    expect(syncs.mock.calls.length).toBeLessThan(10)
    store.open()
    await until(() => !spool.waiting())
    expect(taken).toEqual(items(500))
    expect(spool.bytes()).toBe(0)
  })

  it('keeps no more than its size, says so, and has room again once it is handed over', async () => {
    const { spool, store, taken } = await setUp({ mostBytes: 1000 })
    const results = await Promise.allSettled(
      items(20).map(async (item, index) => {
        await wait(index * 2)
        await spool.keep(item)
      }),
    )
    const kept = results.filter(({ status }) => status === 'fulfilled').length
    expect(kept).toBeGreaterThan(5)
    expect(kept).toBeLessThan(20)
    expect(spool.bytes()).toBeLessThanOrEqual(1000)
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'spool_full' })
    }
    store.open()
    await until(() => !spool.waiting())
    expect(taken).toEqual(items(20).filter((_, index) => results[index]?.status === 'fulfilled'))
    await spool.keep({ say: 'agora cabe' })
  })

  it('hands over after a restart what it kept, in order, and then has nothing', async () => {
    const first = await setUp()
    for (const item of items(3)) await first.spool.keep(item)
    await first.stop()
    const second = await setUp({ folder: first.folder, open: true })
    await until(() => !second.spool.waiting())
    expect(second.taken).toEqual(items(3))
    expect(readFileSync(second.file)).toHaveLength(0)
    await second.stop()
    const third = await setUp({ folder: first.folder, open: true })
    expect(third.spool.waiting()).toBe(false)
    expect(third.taken).toEqual([])
  })

  it('hands over what a killed process kept', async () => {
    const first = await setUp()
    await first.spool.keep({ say: 'dito 0' })
    const copy = newFolder()
    mkdirSync(copy, { recursive: true })
    writeFileSync(join(copy, 'inbox.spool'), readFileSync(first.file))
    const second = await setUp({ folder: copy, open: true })
    await until(() => !second.spool.waiting())
    expect(second.taken).toEqual(items(1))
  })

  it('leaves out a last line that was cut by a crash, and writes over it', async () => {
    const first = await setUp()
    for (const item of items(2)) await first.spool.keep(item)
    await first.stop()
    const [line = ''] = readFileSync(first.file, 'utf8').split('\n')
    appendFileSync(first.file, line.slice(0, 30))
    const second = await setUp({ folder: first.folder })
    await second.spool.keep({ say: 'dito 2' })
    second.store.open()
    await until(() => !second.spool.waiting())
    expect(second.taken).toEqual(items(3))
    expect(second.lines.join('')).not.toMatch(/"level":50/)
  })

  it('starts empty when all there is was cut', async () => {
    const folder = newFolder()
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'inbox.spool'), 'meia linha')
    const { spool, store, taken } = await setUp({ folder })
    expect(spool.waiting()).toBe(false)
    await spool.keep({ say: 'dito 0' })
    store.open()
    await until(() => !spool.waiting())
    expect(taken).toEqual(items(1))
  })

  it('stops in the middle when the store goes away again, and goes on there without changing places', async () => {
    const { spool, store, taken } = await setUp()
    for (const item of items(10)) await spool.keep(item)
    store.take = async (item) => {
      taken.push(item)
      if (taken.length === 4) store.goAway()
    }
    store.open()
    await until(() => taken.length === 4)
    await wait(600)
    expect(taken).toHaveLength(4)
    await spool.keep({ say: 'dito 10' })
    store.open()
    await until(() => !spool.waiting())
    expect(taken).toEqual(items(11))
  })

  it('keeps what comes while it is handing over behind what waits', async () => {
    const { spool, store, taken } = await setUp()
    for (const item of items(5)) await spool.keep(item)
    let coming = 5
    store.take = async (item) => {
      taken.push(item)
      expect(spool.waiting()).toBe(true)
      if (coming < 50) {
        const [next] = items(1, coming)
        coming += 1
        if (next !== undefined) await spool.keep(next)
      }
    }
    store.open()
    await until(() => !spool.waiting())
    expect(taken).toEqual(items(50))
  })

  it('says that something waits from the moment it is asked to keep it', async () => {
    const { spool } = await setUp()
    expect(spool.waiting()).toBe(false)
    const kept = spool.keep({ say: 'dito 0' })
    for (let moments = 0; moments < 10; moments += 1) {
      expect(spool.waiting()).toBe(true)
      await Promise.resolve()
    }
    await kept
    expect(spool.waiting()).toBe(true)
  })

  it('leaves out what it cannot read with this key, and says so', async () => {
    const first = await setUp()
    await first.spool.keep({ say: 'de outra chave' })
    await first.stop()
    const second = await setUp({ folder: first.folder, key: randomBytes(32) })
    await second.spool.keep({ say: 'dito 0' })
    second.store.open()
    await until(() => !second.spool.waiting())
    expect(second.taken).toEqual(items(1))
    const errors = second.lines.map((line) => JSON.parse(line)).filter(({ level }) => level === 50)
    expect(errors).toEqual([expect.objectContaining({ code: 'wrong_key' })])
  })

  it('leaves out what the store refuses, and goes on with the next', async () => {
    const { spool, store, taken, lines } = await setUp()
    for (const item of items(3)) await spool.keep(item)
    store.take = async (item) => {
      if (item.say === 'dito 1') throw new TypeError(`cannot take ${item.say}`)
      taken.push(item)
    }
    store.open()
    await until(() => !spool.waiting())
    expect(taken.map(({ say }) => say)).toEqual(['dito 0', 'dito 2'])
    expect(lines.join('')).toMatch(/TypeError/)
    expect(lines.join('')).not.toMatch(/dito/)
  })

  it('hands over more than it reads at once, and a message longer than that', async () => {
    const { spool, store, taken } = await setUp({ mostBytes: 16 * 1024 * 1024 })
    const long = [...items(3), { say: 'x'.repeat(2_500_000) }, ...items(2000, 3), { say: 'fim' }]
    await Promise.all(long.map((item) => spool.keep(item)))
    store.open()
    await until(() => !spool.waiting())
    expect(taken.length).toBe(long.length)
    expect(taken.every(({ say }, index) => say === long[index]?.say)).toBe(true)
  })

  it('refuses to start in words when its folder cannot be used', async () => {
    await expect(setUp({ folder: '/dev/null/spool' })).rejects.toMatchObject({
      code: 'config_invalid',
      message: '/dev/null/spool cannot be written',
    })
  })

  it('takes nothing after it stopped', async () => {
    const { spool, stop } = await setUp()
    await stop()
    await expect(spool.keep({ say: 'tarde' })).rejects.toMatchObject({ code: 'spool_full' })
  })
})

describe('the spool on a full disk', () => {
  async function expectNothingHalfKept({ stop, taken, folder }: Awaited<ReturnType<typeof setUp>>) {
    await stop()
    const after = await setUp({ folder, open: true })
    await until(() => !after.spool.waiting())
    expect(taken).toEqual([])
    return after.taken
  }

  it('says so when nothing can be written at all', async () => {
    const folder = newFolder()
    mkdirSync(folder, { recursive: true })
    symlinkSync('/dev/full', join(folder, 'inbox.spool'))
    const { spool, lines } = await setUp({ folder })
    await expect(spool.keep({ say: 'dito 0' })).rejects.toMatchObject({ code: 'spool_full' })
    expect(spool.waiting()).toBe(false)
    expect(lines.join('')).toMatch(/"code":"E[A-Z]+"/)
    expect(lines.join('')).not.toMatch(/dito/)
  })

  it('keeps nothing of a write that ended in the middle, and goes on when there is room', async () => {
    const all = await setUp()
    await all.spool.keep({ say: 'dito 0' })
    const calls = await fileCalls()
    const { appendFile } = calls
    jest.spyOn(calls, 'appendFile').mockImplementationOnce(async function (this: FileHandle, data) {
      const bytes = data as Buffer
      // One line whole, and half of another.
      await appendFile.call(this, bytes.subarray(0, Math.ceil(bytes.length * 0.8)))
      throw full()
    })
    const failed = await Promise.allSettled(items(2, 90).map((item) => all.spool.keep(item)))
    expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    await all.spool.keep({ say: 'dito 1' })
    expect(await expectNothingHalfKept(all)).toEqual(items(2))
  })

  it('replays nothing of it either when the process ends right after', async () => {
    const all = await setUp()
    await all.spool.keep({ say: 'dito 0' })
    const calls = await fileCalls()
    jest.spyOn(calls, 'datasync').mockImplementationOnce(async () => {
      throw full()
    })
    await expect(all.spool.keep({ say: 'não guardado' })).rejects.toMatchObject({ code: 'spool_full' })
    expect(await expectNothingHalfKept(all)).toEqual(items(1))
  })

  it('loses nothing that is being written when a write failed just as all was handed over', async () => {
    const { spool, store, taken } = await setUp()
    await spool.keep({ say: 'dito 0' })
    const calls = await fileCalls()
    const { appendFile } = calls
    let fail = () => {}
    const failing = new Promise<void>((resolve) => {
      fail = resolve
    })
    jest
      .spyOn(calls, 'appendFile')
      .mockImplementationOnce(async () => {
        await failing
        throw full()
      })
      .mockImplementationOnce(async function (this: FileHandle, data) {
        await wait(50)
        await appendFile.call(this, data)
      })
    const lost = spool.keep({ say: 'perdido' })
    await wait(20)
    const kept = spool.keep({ say: 'dito 1' })
    store.open()
    await until(() => taken.length === 1)
    fail()
    await expect(lost).rejects.toBeInstanceOf(AppError)
    await kept
    await until(() => !spool.waiting())
    expect(taken).toEqual(items(2))
  })

  const tiny = (() => {
    const folder = mkdtempSync(join(tmpdir(), 'tiny-'))
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder], { stdio: 'ignore' })
      execFileSync('umount', [folder], { stdio: 'ignore' })
      return folder
    } catch {
      return undefined
    }
  })()
  // Where nobody may mount one, /dev/full above stands for it.
  const onTinyDisk = tiny === undefined ? undefined : it
  onTinyDisk?.('keeps what fits on a real disk of 64 KiB', async () => {
    const folder = tiny ?? ''
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder])
    mounted.push(folder)
    const all = await setUp({ folder: join(folder, 'spool') })
    const kept: Item[] = []
    let refusals = 0
    for (const { say } of items(40)) {
      const item = { say: say.padEnd(3000, '.') }
      await all.spool.keep(item).then(
        () => kept.push(item),
        (error: unknown) => {
          expect(error).toMatchObject({ code: 'spool_full' })
          refusals += 1
        },
      )
    }
    expect(kept.length).toBeGreaterThan(5)
    expect(refusals).toBeGreaterThan(5)
    expect(all.lines.join('')).toMatch(/"code":"ENOSPC"/)
    expect(await expectNothingHalfKept(all)).toEqual(kept)
  })
})

describe('what waits of several conversations', () => {
  it('goes side by side, each conversation in order', async () => {
    const { spool, store, taken } = await setUp({ queueOf: ({ say }) => say.slice(0, 1) })
    const started: string[] = []
    let answer = () => {}
    const answered = new Promise<void>((resolve) => {
      answer = resolve
    })
    store.take = async (item) => {
      started.push(item.say)
      await answered
      taken.push(item)
    }
    store.away = true
    await Promise.all(['a1', 'b1', 'a2', 'c1', 'b2'].map((say) => spool.keep({ say })))
    store.open()
    await until(() => started.length === 3)
    expect(started.sort()).toEqual(['a1', 'b1', 'c1'])
    answer()
    await until(() => !spool.waiting())
    const order = (name: string) => taken.map(({ say }) => say).filter((say) => say.startsWith(name))
    expect([order('a'), order('b'), order('c')]).toEqual([['a1', 'a2'], ['b1', 'b2'], ['c1']])
  })
})
