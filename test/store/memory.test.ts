import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AppError } from '../../src/errors'
import { createMemoryStore } from '../../src/store/memory'
import { describeStore, inbound, outbound } from './contract'
import { describeDesk } from './desk-contract'

describeStore('memory', async (clock) => createMemoryStore({ clock }))
describeDesk('memory', async (clock) => createMemoryStore({ clock }))

const clock = { now: () => new Date('2026-11-23T12:00:00Z') }

describe('a memory store with a file', () => {
  const key = randomBytes(32)

  it('has after a restart what it had at stop, messages under way included', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'store-')), 'sealed')
    const first = createMemoryStore({ clock, file, key })
    await first.inbox.append(inbound('m1', 'c1'))
    await first.inbox.append(inbound('m2', 'c1'))
    const [work] = await first.inbox.lease({ worker: 'w', milliseconds: 1000 }, 1)
    if (work === undefined) throw new Error('nothing to lease')
    await first.conversations.commit(work.lease, [inbound('m1', 'c1')], {
      state: { facts: 1 },
      replies: [outbound('o1', 'c1')],
      events: [],
    })
    await first.transcripts.append('c1', { said: 'oi' })
    await first.records.set('k', 'v', 60)
    await first.close()

    const second = createMemoryStore({ clock, file, key })
    expect(await second.conversations.load('c1')).toEqual({ facts: 1 })
    expect((await second.outbox.take(10, 'reply', {})).map((entry) => entry.message.id)).toEqual(['o1'])
    expect(await second.transcripts.list('c1', 0)).toEqual([{ sequence: 1, entry: { said: 'oi' } }])
    expect(await second.records.get('k')).toBe('v')
    expect(await second.inbox.append(inbound('m1', 'c1'))).toBe('duplicate')
    const [next] = await second.inbox.lease({ worker: 'w', milliseconds: 1000 }, 1)
    expect(next?.waiting.map((message) => message.id)).toEqual(['m2'])
    expect(next?.lease.fence).toBeGreaterThan(work.lease.fence)
  })

  it('writes nothing readable to the disk', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'store-')), 'sealed')
    const store = createMemoryStore({ clock, file, key })
    await store.records.set('palavra', 'segredo', 60)
    await store.close()
    expect(readFileSync(file, 'utf8')).not.toMatch(/segredo|palavra|records/)
  })

  it('refuses a file saved with another key, in words an operator understands', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'store-')), 'sealed')
    await createMemoryStore({ clock, file, key }).close()
    expect(() => createMemoryStore({ clock, file, key: randomBytes(32) })).toThrow(AppError)
    expect(() => createMemoryStore({ clock, file, key: randomBytes(32) })).toThrow(
      /cannot be read with this secret key/,
    )
  })
})
