import { mkdtempSync, readlinkSync, rmSync, symlinkSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { createAddresses } from '../../../src/channels/address'
import { createLinkedMark } from '../../../src/channels/whatsapp-web/linked-mark'
import { freeProfile, killGroup, memoryOf } from '../../../src/channels/whatsapp-web/processes'
import { createStates, type LinkState } from '../../../src/channels/whatsapp-web/states'
import { backOff, defaultLimits } from '../../../src/channels/whatsapp-web/supervisor'
import { createTeller } from '../../../src/channels/whatsapp-web/terminal'
import { SECRET_KEY } from './harness'

const retryAt = new Date('2026-03-10T14:00:30.000Z')

describe('the state of the link', () => {
  it('follows a first scan, a lost line and a lost session', () => {
    const moved: string[] = []
    const states = createStates({ now: () => retryAt }, (state) => moved.push(state.name))
    const story: LinkState[] = [
      { name: 'starting' },
      { name: 'waiting_for_scan', code: 'a', lost: false },
      { name: 'waiting_for_scan', code: 'b', lost: false },
      { name: 'authenticated' },
      { name: 'ready' },
      { name: 'disconnected', why: 'whatsapp_timeout' },
      { name: 'ready' },
      { name: 'session_lost', why: 'whatsapp_logout', retryAt },
      { name: 'starting' },
      { name: 'unreachable', why: 'err_timed_out', retryAt },
      { name: 'starting' },
      { name: 'stopped' },
    ]
    expect(story.map((state) => states.move(state))).toEqual(story.map(() => true))
    expect(moved).toEqual(story.map(({ name }) => name))
  })

  it('ignores the late words of a browser that is gone', () => {
    const states = createStates({ now: () => retryAt }, () => undefined)
    states.move({ name: 'starting' })
    states.move({ name: 'unreachable', why: 'err_timed_out', retryAt })
    expect(states.move({ name: 'ready' })).toBe(false)
    expect(states.move({ name: 'waiting_for_scan', code: 'a', lost: false })).toBe(false)
    expect(states.current().name).toBe('unreachable')
  })
})

describe('the wait between two starts', () => {
  it('doubles up to the longest, give or take a quarter', () => {
    const waits = [0, 1, 2, 5, 7, 8, 50].map((failures) => backOff(failures, defaultLimits, () => 0.5))
    expect(waits).toEqual([2_000, 4_000, 8_000, 64_000, 256_000, 300_000, 300_000])
    fc.assert(
      fc.property(fc.nat(1_000), fc.double({ min: 0, max: 1, noNaN: true }), (failures, random) => {
        const wait = backOff(failures, defaultLimits, () => random)
        return wait >= 1_500 && wait <= 375_000
      }),
    )
  })
})

describe('a browser profile', () => {
  const folder = mkdtempSync(join(tmpdir(), 'whatsapp-web-lock-'))
  const lock = (target: string) => symlinkSync(target, join(folder, 'SingletonLock'))
  const isLocked = () => {
    try {
      return readlinkSync(join(folder, 'SingletonLock')) !== ''
    } catch {
      return false
    }
  }
  afterEach(() => rmSync(join(folder, 'SingletonLock'), { force: true }))
  afterAll(() => rmSync(folder, { recursive: true }))

  it('without a lock is free', () => expect(freeProfile(folder)).toBe(true))

  it.each([
    ['another machine, as in a new container', 'a-machine-that-was-4711'],
    ['a process that is gone', `${hostname()}-999999999`],
    ['a process that is no browser', `${hostname()}-${process.pid}`],
  ])('locked by %s is freed', (_who, target) => {
    lock(target)
    expect(freeProfile(folder)).toBe(true)
    expect(isLocked()).toBe(false)
  })
})

describe('a process group', () => {
  it('that is gone holds no memory and needs no killing', async () => {
    expect(memoryOf(999_999_999)).toBe(0)
    await killGroup(999_999_999, 100)
  })
})

describe('the mark of a linked telephone', () => {
  it('keeps since when, for the same telephone only, and not its number', () => {
    const folder = mkdtempSync(join(tmpdir(), 'whatsapp-web-mark-'))
    const mark = createLinkedMark(folder, createAddresses('whatsapp-web', SECRET_KEY))
    expect(mark.exists()).toBe(false)
    const since = mark.note('5511900000099@c.us')
    expect(Math.abs(since - Date.now())).toBeLessThan(60_000)
    expect(mark.exists()).toBe(true)
    const again = createLinkedMark(folder, createAddresses('whatsapp-web', SECRET_KEY))
    jest.spyOn(Date, 'now').mockReturnValue(since + 1_000_000)
    expect(again.note('5511900000099@c.us')).toBe(since)
    expect(again.note('5511900000088@c.us')).toBe(since + 1_000_000)
    jest.restoreAllMocks()
    rmSync(folder, { recursive: true })
    // A folder that cannot be written to costs nothing but old messages.
    expect(again.note('5511900000088@c.us')).toBeGreaterThan(0)
  })
})

describe('the terminal', () => {
  it('tells each thing once and stops drawing codes nobody scans', async () => {
    const said: string[] = []
    const tell = createTeller({
      publicUrl: 'https://assistente.example',
      qrToken: 'access-code-of-tests',
      say: (line) => void said.push(line),
    })
    await tell({ name: 'starting' })
    for (let count = 0; count < 30; count += 1)
      await tell({ name: 'waiting_for_scan', code: `${count}`, lost: false })
    expect(said.filter((line) => line.includes('▄'))).toHaveLength(20)
    expect(said.filter((line) => !line.includes('▄'))).toEqual([
      '  WhatsApp Web   scan this code with the telephone that answers, or at https://assistente.example/webhooks/whatsapp-web/qr (access code access-code-of-tests)',
    ])
    said.splice(0)
    await tell({ name: 'disconnected', why: 'code_expired', retryAt })
    expect(said).toEqual([])
    for (let count = 0; count < 3; count += 1)
      await tell({ name: 'disconnected', why: 'browser_gone', retryAt })
    await tell({ name: 'ready' })
    await tell({ name: 'stopped' })
    expect(said).toEqual([
      '  WhatsApp Web   disconnected (browser_gone), it is tried again',
      '  WhatsApp Web   linked and answering',
    ])
  })
})
