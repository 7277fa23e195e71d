import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { describeWithChromium, type Link, outbound, startLink, until } from './harness'
import { browserTo, type FakeWhatsApp, startWhatsApp } from './whatsapp'

const PERSON = '5511900000001@c.us'

describeWithChromium('a link that fails', () => {
  let whatsapp: FakeWhatsApp
  const links: Link[] = []

  async function open(options: Parameters<typeof startLink>[0] = {}): Promise<Link> {
    const link = await startLink({ ...whatsapp.browser, ...options })
    links.push(link)
    await link.channel.start()
    return link
  }
  const isIn = (link: Link, name: string) =>
    until(
      () => link.channel.state().name === name && link.channel.state(),
      15_000,
      () => link.states,
    )
  async function linked(options: Parameters<typeof startLink>[0] = {}): Promise<Link> {
    const link = await open(options)
    await isIn(link, 'waiting_for_scan')
    await whatsapp.command('scan')
    await isIn(link, 'ready')
    return link
  }

  beforeAll(async () => {
    whatsapp = await startWhatsApp()
  })
  beforeEach(() => whatsapp.forget())
  afterEach(async () => {
    whatsapp.world = {}
    whatsapp.broken = false
    const opened = links.splice(0)
    for (const link of opened) await link.channel.stop?.()
    for (const link of opened) {
      await link.noBrowser()
      await link.stop()
    }
    expect(opened.flatMap((link) => link.faults)).toEqual([])
  })
  afterAll(() => whatsapp.stop())

  it('says that WhatsApp cannot be reached, and waits longer each time', async () => {
    const link = await open({ ...browserTo(1, 1), limits: { firstWaitMs: 200, longestWaitMs: 400 } })
    expect(await isIn(link, 'unreachable')).toEqual({
      name: 'unreachable',
      why: 'err_connection_refused',
      retryAt: expect.any(Date),
    })
    await until(() => link.states.filter((state) => state === 'unreachable').length === 3)
    expect(link.said).toEqual([
      '  WhatsApp Web   WhatsApp cannot be reached from here (err_connection_refused), it is tried again',
    ])
    const waits = [...link.logged().matchAll(/"waitMs":(\d+)/g)].map((found) => Number(found[1]))
    expect(waits[0]).toBeGreaterThanOrEqual(150)
    expect(waits[0]).toBeLessThanOrEqual(250)
    for (const wait of waits.slice(1, 3)) expect(wait).toBeGreaterThanOrEqual(300)
    for (const wait of waits.slice(1, 3)) expect(wait).toBeLessThanOrEqual(500)
    await expect(link.channel.send(outbound('Oi'), { address: addressOf(link) })).rejects.toMatchObject({
      code: 'not_ready',
    })
  })

  it('goes on when the page of WhatsApp has its program again', async () => {
    whatsapp.broken = true
    const link = await open({ limits: { pageMs: 300 } })
    expect(await isIn(link, 'unreachable')).toMatchObject({ why: 'page_without_program' })
    whatsapp.broken = false
    await isIn(link, 'waiting_for_scan')
  })

  it('says that there is no browser', async () => {
    const link = await open({ chromiumPath: '/nowhere/chromium' })
    expect(await isIn(link, 'disconnected')).toMatchObject({ why: 'browser_not_started' })
  })

  it('makes a new code when nobody scanned the last in time', async () => {
    const link = await open({ limits: { codeMs: 300 } })
    await isIn(link, 'waiting_for_scan')
    expect(await isIn(link, 'disconnected')).toMatchObject({ why: 'code_expired' })
    await isIn(link, 'waiting_for_scan')
  })

  it('restarts a browser that grew too large, but not while a message is going out', async () => {
    const limits = { memoryBytes: 1, watchMs: 50, quietMs: 2_000, shortestLifeMs: 0 }
    const link = await linked({ callMs: 2_500, limits })
    await whatsapp.command('sendMode', { mode: 'hang' })
    const before = link.states.length
    const sending = link.channel.send(outbound('Oi'), { address: addressOf(link) })
    await expect(sending).rejects.toMatchObject({ failure: 'unknown', code: 'call_timeout' })
    expect(link.states.slice(before)).toEqual([])
    await until(() => link.states.at(-1) === 'ready' && link.states.length > before)
    expect(link.states.slice(before)).toEqual(['starting', 'authenticated', 'ready'])
    expect(link.logged()).toContain('"code":"memory"')
  })

  it('restarts a page that does nothing any more', async () => {
    const link = await linked({ limits: { watchMs: 200, pulseMs: 400 } })
    link.states.splice(0)
    whatsapp.order('freeze')
    await until(
      () => link.states.includes('ready'),
      20_000,
      () => link.states,
    )
    expect(link.states).toEqual(['disconnected', 'starting', 'authenticated', 'ready'])
    expect(link.logged()).toContain('"code":"page_frozen"')
  })

  it('keeps its session over restarts of ours, to itself, and knows when it was lost meanwhile', async () => {
    const first = await linked()
    const { folder: sessionFolder } = first
    const other = await open({ sessionFolder })
    expect(await isIn(other, 'disconnected')).toMatchObject({ why: 'session_folder_in_use' })
    await other.channel.stop?.()
    expect(first.channel.state()).toEqual({ name: 'ready' })
    await first.channel.stop?.()

    // The page is ready before the library listens to it.
    whatsapp.world = { earlySync: true }
    const second = await open({ sessionFolder })
    await isIn(second, 'ready')
    expect(second.states).toEqual(['starting', 'authenticated', 'ready'])
    await second.channel.stop?.()

    rmSync(join(sessionFolder, 'session'), { recursive: true })
    const third = await open({ sessionFolder })
    expect(await isIn(third, 'waiting_for_scan')).toMatchObject({ lost: true })
  })

  it('stops at any moment', async () => {
    for (const after of [0, 150, 600]) {
      const link = await open()
      await new Promise((resolve) => setTimeout(resolve, after))
      await link.channel.stop?.()
      await link.noBrowser()
    }
  })

  function addressOf(link: Link): string {
    return link.addresses.seal({ chat: PERSON })
  }
})
