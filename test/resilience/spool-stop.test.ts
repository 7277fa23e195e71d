import { mkdtempSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { AppError } from '../../src/errors'
import { createLog } from '../../src/log'
import { openSpool } from '../../src/spool'

/** Three messages on the disk of a gateway whose Redis is away. */
async function spoolOfThree() {
  const folder = mkdtempSync(join(tmpdir(), 'spool-stop-'))
  const store = { away: true }
  const taken: number[] = []
  const spool = await openSpool<{ number: number }>({
    folder,
    key: Buffer.alloc(32, 7),
    mostBytes: 100_000,
    log: createLog({ level: 'silent' }),
    queueOf: () => 'one',
    take: async ({ number }) => {
      await wait(20)
      if (store.away) throw new AppError('store_unavailable')
      taken.push(number)
    },
  })
  for (const number of [1, 2, 3]) await spool.keep({ number })
  return { spool, store, taken, size: () => statSync(join(folder, 'inbox.spool')).size }
}

describe('a gateway that is stopped right after Redis came back', () => {
  it('hands over what it kept on its disk before it ends: nobody may start it again for long', async () => {
    const { spool, store, taken, size } = await spoolOfThree()
    store.away = false
    await spool.stop()
    expect(taken).toEqual([1, 2, 3])
    expect(size()).toBe(0)
  })

  it('leaves all of it for the next start when Redis is still away', async () => {
    const { spool, taken, size } = await spoolOfThree()
    const before = size()
    await spool.stop()
    expect(taken).toEqual([])
    expect(size()).toBe(before)
  })
})
