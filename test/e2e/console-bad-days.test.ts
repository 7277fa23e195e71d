import { setTimeout as wait } from 'node:timers/promises'
import type { Route } from 'playwright-core'
import { describeInBrowser } from './browser'
import { type DeskWorld, type Seat, sizes, startDeskWorld } from './desk-world'

jest.setTimeout(180_000)

const MINUTE_MS = 60_000

/** What goes wrong at a desk, one after the other. */
describeInBrowser('a bad day at the desk', () => {
  let world: DeskWorld
  let ana: Seat
  let rui: Seat
  let celia: Seat
  let people: ReturnType<DeskWorld['whatsApp']>[]

  beforeAll(async () => {
    world = await startDeskWorld({ DESK_CAPACITY: '5' })
    people = Array.from({ length: 5 }, (_, index) => world.whatsApp(`551190000001${index}`))
  })
  afterAll(async () => {
    await world?.stop()
  })

  async function asksForAPerson(person: ReturnType<DeskWorld['whatsApp']>): Promise<void> {
    await person.ask('quero falar com um atendente')
    await person.press('Esperar na fila')
  }

  /** Keeps one answer of the desk's from the page until it is let go; what comes after it passes. */
  function holdOne(): { route: (route: Route) => Promise<void>; held: Promise<void>; letGo: () => void } {
    let hold = true
    let letGo = () => {}
    let tell = () => {}
    const held = new Promise<void>((resolve) => {
      tell = resolve
    })
    const gone = new Promise<void>((resolve) => {
      letGo = resolve
    })
    const route = async (route: Route) => {
      if (!hold) return route.continue()
      hold = false
      const response = await route.fetch()
      tell()
      await gone
      await route.fulfill({ response })
    }
    return { route, held, letGo }
  }

  /** The agent's computer says that so much time passed without a touch. */
  function untouchedFor(seat: Seat, minutes: number): Promise<unknown> {
    return seat.page.evaluate(`{ const before = Date.now; Date.now = () => before() + ${minutes} * 60000 }`)
  }

  it('tells who has no role that they may not attend, and shows nothing', async () => {
    const context = await world.newContext(sizes.tablet)
    const page = await context.newPage()
    // The sandbox lets in nobody without a role; what a provider that does is answered is tested with the calls.
    const problem = { code: 'role_missing', status: 403, title: 'role_missing' }
    await page.route('**/atendimento/api/me', (route) =>
      route.fulfill({ status: 403, contentType: 'application/problem+json', json: problem }),
    )
    await page.goto(`${world.origin}/atendimento`)
    await page.getByRole('heading', { name: 'Esta conta não atende' }).waitFor()
    await page.getByRole('link', { name: 'Entrar com outra conta' }).waitFor()
    await page.screenshot({ path: 'test/e2e/output/console-bad-no-role.png' })
    expect(await page.locator('.item, .message').count()).toBe(0)
    await context.close()
  })

  it('warns before it closes with five conversations open, and gives them to somebody else', async () => {
    ana = await world.sit('Ana Beatriz')
    await ana.presence('Disponível')
    await Promise.all(people.map(asksForAPerson))
    await ana.page.locator('.item').nth(4).waitFor()
    await ana.open('Minhas')
    await ana.say('Bom dia! Já leio.')
    rui = await world.sit('Rui Tavares')
    const asked = ana.page.waitForEvent('dialog')
    await ana.page.close({ runBeforeUnload: true })
    expect((await asked).type()).toBe('beforeunload')
    await rui.presence('Disponível')
    await rui.page.locator('.item').nth(4).waitFor({ timeout: 60_000 })
    const told = await Promise.all(
      people.map((person) =>
        person.hears('outra pessoa vai atender', 4).then(
          () => 1,
          () => 0,
        ),
      ),
    )
    expect(told.reduce<number>((sum, each) => sum + each, 0)).toBe(1)
    await rui.check('bad-five-from-another')
  })

  it('goes on by itself when the product is started again, with what was being written', async () => {
    await rui.open('Minhas')
    await rui.reply.fill('Estou vendo o seu pedido, já')
    await later(0)
    await rui.announced('Sem conexão')
    await rui.announced('Conexão de volta')
    expect(await rui.reply.inputValue()).toBe('Estou vendo o seu pedido, já')
    await rui.say('Estou vendo o seu pedido, já respondo.')
    await rui.shown('agent', 'já respondo.')
    await rui.page.locator('.message.pending').first().waitFor({ state: 'detached' })
    expect(await rui.page.locator('.message.agent', { hasText: 'já respondo.' }).count()).toBe(1)
    expect(await rui.page.locator('.item').count()).toBe(5)
  })

  it('lets no answer that is late undo what was done meanwhile', async () => {
    await rui.presence('Em pausa')
    await rui.open('Minhas')
    await rui.toQueue('Benefício')
    await rui.open('Fila')
    await rui.button('Pegar').waitFor()
    const { route, held, letGo } = holdOne()
    await rui.page.route('**/atendimento/api/tickets/*', route)
    for (const person of people) await person.say('tem alguém?')
    await held
    await rui.button('Pegar').click()
    await rui.reply.waitFor()
    const box = await rui.reply.elementHandle()
    // What the page asks of its own after that has come, too.
    await wait(1000)
    letGo()
    await wait(1000)
    expect(await box?.evaluate((element) => element.isConnected)).toBe(true)
    await rui.page.unroute('**/atendimento/api/tickets/*', route)
  })

  it('shows the supervisor who waits for an answer, and which promise to write is late', async () => {
    await rui.presence('Em pausa')
    const promise = await rui.act('Marcar um retorno')
    await promise.getByRole('button', { name: 'Marcar' }).click()
    await promise.waitFor({ state: 'detached' })
    // The conversation leaves the list with the news of it.
    await rui.page.locator('.item').nth(4).waitFor({ state: 'detached' })
    await rui.open('Minhas')
    await rui.say('Qual é a sua dúvida?')
    await rui.shown('agent', 'Qual é a sua dúvida?')
    for (const person of people) await person.say('e então?')
    await rui.shown('person', 'e então?')
    await later(6)
    celia = await world.sit('Célia')
    await celia.page.getByRole('link', { name: 'Painel' }).click()
    await celia.page.locator('.danger-strip', { hasText: 'resposta' }).waitFor({ timeout: 30_000 })
    await celia.check('bad-board-unanswered')
    await later(5 * 60)
    celia = await world.sit('Célia')
    await celia.page.getByRole('link', { name: 'Painel' }).click()
    await celia.page.locator('.danger-strip', { hasText: 'prazo' }).waitFor({ timeout: 30_000 })
    await celia.check('bad-board-late')
    await celia.page.getByRole('link', { name: 'Conversas' }).click()
    await celia.tab('Retornos').click()
    await celia.page.locator('.item .tag.danger, .item .late').first().waitFor()
    await celia.check('bad-late-item')
  })

  async function later(minutes: number): Promise<void> {
    await world.product.restart(new Date(world.product.now().getTime() + minutes * MINUTE_MS).toISOString())
  }

  it('asks whether anybody is there, and leaves nothing on the screen when nobody is', async () => {
    await untouchedFor(celia, 14.2)
    const warning = celia.dialog('Você ainda está aí?')
    await warning.waitFor()
    await celia.check('bad-idle-warning')
    await warning.getByRole('button', { name: 'Sim, continuar' }).click()
    await warning.waitFor({ state: 'detached' })
    await untouchedFor(celia, 15.5)
    await celia.page.getByRole('link', { name: 'Entrar' }).waitFor()
    await celia.check('bad-idle-left')
    expect(await celia.page.locator('body').textContent()).not.toMatch(/WhatsApp|pedido|Rui/)
    const refused = await celia.page.request.get(`${world.origin}/atendimento/api/me`)
    expect(refused.status()).toBe(401)
  })

  it('can be put on the computer as a program, and keeps nothing of people there', async () => {
    const session = await rui.context.newCDPSession(rui.page)
    const { installabilityErrors } = (await session.send('Page.getInstallabilityErrors')) as {
      installabilityErrors: { errorId: string }[]
    }
    // A window of these tests is a private one.
    expect(installabilityErrors.map(({ errorId }) => errorId)).toEqual(['in-incognito'])
    const { url, errors } = (await session.send('Page.getAppManifest')) as { url: string; errors: unknown[] }
    expect(url).toContain('/atendimento/')
    expect(errors).toEqual([])
    const kept = await rui.page.evaluate(`(async () => {
      const names = await caches.keys()
      const stored = await Promise.all(names.map(async (name) => (await (await caches.open(name)).keys()).map(({ url }) => url)))
      return { cached: stored.flat(), databases: (await indexedDB.databases()).length, local: { ...localStorage }, session: { ...sessionStorage } }
    })()`)
    expect(JSON.stringify(kept)).not.toMatch(/api\/|respondo|5511/)
  })

  it('reported no fault in any browser', async () => {
    await wait(100)
    for (const seat of [rui, celia]) expect(seat.faults).toEqual([])
  })
})
