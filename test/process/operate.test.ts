import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfig } from '../../src/config'
import { createSwitch, operate } from '../../src/operate'
import { createMemoryStore } from '../../src/store/memory'
import { createRedisStore } from '../../src/store/redis'
import type { Store } from '../../src/store/store'
import { away, commitReplies, noticeOf, outboundOf } from '../delivery/harness'
import { describeWithRedis, type RunningRedis, startRedis } from '../store/redis-server'

const configOf = (environment: Record<string, string> = {}) =>
  readConfig({ DATA_FOLDER: mkdtempSync(join(tmpdir(), 'operate-')), ...environment })

describe('the commands of an operator', () => {
  it.each(['outbox', 'bot'] as const)(
    '%s says that it needs Redis where nothing is shared',
    async (command) => {
      await expect(operate(command, [], configOf(), () => undefined)).rejects.toMatchObject({
        code: 'config_invalid',
        message: `${command} needs REDIS_URL, where the assistant keeps what it knows`,
      })
    },
  )
})

describeWithRedis('the commands of an operator on Redis', () => {
  let redis: RunningRedis
  let store: Store
  beforeAll(async () => {
    redis = await startRedis()
    store = await createRedisStore({ url: redis.url })
  })
  afterAll(async () => {
    await store.close()
    await redis.stop()
  })

  async function run(command: 'outbox' | 'bot', ...args: string[]): Promise<string[]> {
    const said: string[] = []
    await operate(command, args, configOf({ REDIS_URL: redis.url }), (line) => said.push(line))
    return said
  }

  async function giveUp(id: string, conversationId: string, code: string, notice = false) {
    if (notice) {
      await store.outbox.add(noticeOf(id, { conversationId, text: 'segredo' }), 0)
      await store.outbox.take(1, 'notice', {})
      await store.outbox.giveUp(noticeOf(id, { conversationId }), code)
    } else {
      await commitReplies(store, [outboundOf(id, { conversationId, text: 'segredo' })])
      await store.outbox.giveUp(outboundOf(id, { conversationId, text: 'segredo' }), code)
    }
  }

  it('list what was given up without a word of it, send it again, and drop it', async () => {
    expect(await run('outbox')).toEqual(['0 given up'])
    await giveUp('o1', 'c1', 'http_503')
    await giveUp('o2', 'c2', '131026')
    await giveUp('n3', 'c3', 'unknown', true)
    const listed = await run('outbox', 'list')
    expect(listed.at(-1)).toBe('3 given up')
    const rows = listed.slice(0, -1).map((line) => line.split('\t'))
    expect(
      rows.map(([id, channel, kind, code, , conversation]) => [id, channel, kind, code, conversation]).sort(),
    ).toEqual([
      ['n3', 'web', 'notice', 'unknown', 'c3'],
      ['o1', 'web', 'reply', 'http_503', 'c1'],
      ['o2', 'web', 'reply', '131026', 'c2'],
    ])
    for (const row of rows) expect(new Date(row[4] ?? '').toISOString()).toBe(row[4])
    expect(listed.join('')).not.toMatch(/segredo/)

    expect(await run('outbox', 'retry', 'o1', 'o9')).toEqual(['o1\tretry: done', 'o9\tnot there'])
    const [again] = await store.outbox.take(10, 'reply', {})
    expect(again).toMatchObject({ message: { id: 'o1', text: 'segredo' }, attempts: 1 })
    expect(await run('outbox', 'drop', 'o2')).toEqual(['o2\tdrop: done'])
    expect(await run('outbox', 'retry', 'all')).toEqual(['n3\tretry: done'])
    expect(await run('outbox', 'list')).toEqual(['0 given up'])
  })

  it.each([[['fix']], [['retry']], [['drop']], [['list', 'o1']]])(
    'say how outbox is used when asked for %j',
    async (args) => {
      await expect(run('outbox', ...args)).rejects.toMatchObject({
        code: 'config_invalid',
        message: /npm run outbox/,
      })
    },
  )

  it('turn the assistant off and on, and a process hears it within seconds', async () => {
    const isOff = createSwitch(store.records)
    expect(await isOff()).toBe(false)
    expect(await run('bot')).toEqual(['on'])
    expect(await run('bot', 'off')).toEqual([expect.stringMatching(/^off: /)])
    // The command ends when every process has read it.
    expect(await isOff()).toBe(true)
    expect(await run('bot', 'status')).toEqual([expect.stringMatching(/^off: /)])
    expect(await run('bot', 'on')).toEqual(['on'])
    expect(await isOff()).toBe(false)
  })

  it.each([[['maybe']], [['off', 'now']]])('say how bot is used when asked for %j', async (args) => {
    await expect(run('bot', ...args)).rejects.toMatchObject({
      code: 'config_invalid',
      message: /npm run bot/,
    })
    expect(await store.records.get('control:assistant')).toBeUndefined()
  })
})

describe('the switch', () => {
  it('is read once in a few seconds, not for each message', async () => {
    const { records } = createMemoryStore()
    let reads = 0
    const isOff = createSwitch({
      ...records,
      get: (key) => {
        reads += 1
        return records.get(key)
      },
    })
    for (let times = 0; times < 50; times += 1) expect(await isOff()).toBe(false)
    expect(reads).toBe(1)
  })

  it('tells whoever asks while it is read what is read then, not what was before', async () => {
    jest.useFakeTimers()
    try {
      const { records } = createMemoryStore()
      const isOff = createSwitch(records)
      expect(await isOff()).toBe(false)
      await records.set('control:assistant', 'off', 60)
      jest.advanceTimersByTime(3500)
      expect(await Promise.all([isOff(), isOff()])).toEqual([true, true])
    } finally {
      jest.useRealTimers()
    }
  })

  it('stays as it was read last while the store is away', async () => {
    jest.useFakeTimers()
    try {
      let broken = false
      const isOff = createSwitch({
        ...createMemoryStore().records,
        get: async () => {
          if (broken) throw away()
          return 'off'
        },
      })
      expect(await isOff()).toBe(true)
      broken = true
      jest.advanceTimersByTime(3500)
      await expect(isOff()).rejects.toMatchObject({ code: 'store_unavailable' })
      expect(await isOff()).toBe(true)
    } finally {
      jest.useRealTimers()
    }
  })
})
