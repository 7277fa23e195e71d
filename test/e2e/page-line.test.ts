import type { Browser, BrowserContext, WebSocketRoute } from 'playwright-core'
import { type Harness, startHarness, until } from '../channels/web/harness'
import { describeInBrowser, launchBrowser } from './browser'
import { builtChatPage } from './built-page'
import { openChat } from './open-page'
import { scriptedBot } from './scripted-bot'

describeInBrowser('the chat page on a bad line', () => {
  let harness: Harness
  let browser: Browser
  let context: BrowserContext

  beforeAll(async () => {
    harness = await startHarness({ answer: scriptedBot, chatPageFolder: builtChatPage() })
    browser = await launchBrowser()
  })
  beforeEach(async () => {
    context = await browser.newContext({ viewport: { width: 390, height: 780 }, locale: 'pt-BR' })
  })
  afterEach(() => context.close())
  afterAll(async () => {
    await browser?.close()
    await harness?.stop()
  })

  const heardTexts = () => harness.heard.flatMap((one) => (one.kind === 'text' ? [one.text] : []))

  test('what is written without internet goes out by itself when it is back, in order and once', async () => {
    const { page, say, shown, transcript } = await openChat(context, harness.url)
    await context.setOffline(true)
    await page.locator('.line', { hasText: 'Você está sem internet.' }).waitFor()
    await say('primeira')
    await say('segunda')
    await page.locator('.unsent', { hasText: 'segunda' }).waitFor()
    expect(heardTexts()).not.toContain('primeira')
    await context.setOffline(false)
    await shown('Você disse: segunda')
    await page.locator('.line', { hasText: 'Conexão de volta.' }).waitFor()
    expect(heardTexts().filter((text) => ['primeira', 'segunda'].includes(text))).toEqual([
      'primeira',
      'segunda',
    ])
    expect((await transcript()).filter((line) => line.startsWith('Você'))).toEqual([
      'Você: primeira',
      'Você: segunda',
    ])
    expect(await page.locator('.unsent').count()).toBe(0)
  })

  test('a message the server could not take is sent again by a button, and said once', async () => {
    const { page, say, shown, transcript } = await openChat(context, harness.url)
    let broken = true
    await page.route('**/activities', (route) =>
      broken && route.request().method() === 'POST'
        ? route.fulfill({ status: 502, body: '{}' })
        : route.continue(),
    )
    await say('insisto')
    const unsent = page.locator('.unsent', { hasText: 'insisto' })
    await unsent.getByText('Não enviada').waitFor()
    broken = false
    await unsent.getByRole('button', { name: 'Tentar de novo' }).click()
    await shown('Você disse: insisto')
    expect((await transcript()).filter((line) => line.includes('insisto'))).toHaveLength(2)
    expect(heardTexts().filter((text) => text === 'insisto')).toHaveLength(1)
  })

  test('a request that was answered too late is not said twice', async () => {
    const { page, say, shown, transcript } = await openChat(context, harness.url)
    let lost = 0
    await page.route('**/activities', async (route) => {
      if (route.request().method() !== 'POST' || lost > 0) return route.continue()
      lost++
      await route.fetch()
      await route.abort('connectionreset')
    })
    await say('uma vez só')
    await shown('Você disse: uma vez só')
    await until(async () => (await page.locator('.unsent').count()) === 0)
    expect((await transcript()).filter((line) => line === 'Você: uma vez só')).toHaveLength(1)
    expect(heardTexts().filter((text) => text === 'uma vez só')).toHaveLength(1)
  })

  test('what was not sent survives a reload of the tab', async () => {
    const { page, say, shown } = await openChat(context, harness.url)
    await page.route('**/activities', (route) =>
      route.request().method() === 'POST' ? route.fulfill({ status: 503, body: '{}' }) : route.continue(),
    )
    await say('não me perca')
    await page.locator('.unsent', { hasText: 'não me perca' }).getByText('Não enviada').waitFor()
    await page.unroute('**/activities')
    await page.reload()
    await shown('Você disse: não me perca')
    expect(await page.evaluate('sessionStorage.length')).toBe(0)
  })

  test('a socket that breaks is opened again, and what was said meanwhile is there', async () => {
    const sockets: WebSocketRoute[] = []
    await context.routeWebSocket(/stream/, (socket) => {
      sockets.push(socket)
      socket.connectToServer()
    })
    const { page, shown } = await openChat(context, harness.url)
    await until(() => sockets.length === 1)
    const conversationId = harness.heard.at(-1)?.conversationId ?? ''
    await sockets[0]?.close({ code: 1011 })
    await harness.send(conversationId, { text: 'enquanto você estava fora' })
    await shown('enquanto você estava fora')
    await until(() => sockets.length === 2)
    await harness.send(conversationId, { text: 'e agora de novo' })
    await shown('e agora de novo')
    expect(await page.locator('.message', { hasText: 'enquanto' }).count()).toBe(1)
  })

  test('where sockets do not pass, the page asks instead', async () => {
    await context.routeWebSocket(/stream/, (socket) => void socket.close())
    const { say, shown } = await openChat(context, harness.url)
    await say('sem socket')
    await shown('Você disse: sem socket')
  })

  test('two tabs show the same conversation, whoever speaks', async () => {
    const first = await openChat(context, harness.url)
    const second = await openChat(context, harness.url)
    await second.say('da segunda')
    await second.shown('Você disse: da segunda')
    await first.shown('Você disse: da segunda')
    await first.say('da primeira')
    await first.shown('Você disse: da primeira')
    await second.shown('Você disse: da primeira')
    expect(await first.transcript()).toEqual(await second.transcript())
    expect(heardTexts().filter((text) => text.startsWith('da '))).toEqual(['da segunda', 'da primeira'])
  })

  test('when one tab starts again, the other follows and says so', async () => {
    const first = await openChat(context, harness.url)
    await first.say('antes')
    await first.shown('Você disse: antes')
    const second = await openChat(context, harness.url)
    await second.page.getByRole('button', { name: 'Menu' }).click()
    await second.page.getByRole('button', { name: 'Começar de novo' }).click()
    await second.page.getByRole('dialog').getByRole('button', { name: 'Sim, começar de novo' }).click()
    await first.page.locator('.notice', { hasText: 'Esta é uma conversa nova.' }).waitFor({ timeout: 10_000 })
    expect(await first.page.getByText('antes', { exact: true }).count()).toBe(0)
  })

  test('a token that expired while the computer slept is replaced', async () => {
    const { page, say, shown } = await openChat(context, harness.url)
    harness.clock.forward(45)
    await say('acordei')
    await shown('Você disse: acordei')
    expect(await page.locator('.message', { hasText: 'Olá!' }).count()).toBe(1)
  })

  test('the token is renewed in time, also where no cookie is kept', async () => {
    const page = await context.newPage()
    await page.clock.install()
    await page.goto(harness.url)
    await page.locator('.message').first().waitFor()
    await context.clearCookies()
    const renewed = page.waitForResponse('**/tokens/refresh')
    harness.clock.forward(16)
    await page.clock.fastForward(16 * 60_000)
    await page.getByLabel('Escreva a sua mensagem').fill('ainda aqui')
    await page.keyboard.press('Enter')
    expect((await renewed).status()).toBe(200)
    await page.locator('.message .text', { hasText: 'Você disse: ainda aqui' }).waitFor()
    expect(await page.locator('.message').count()).toBe(3)
  })

  test('when the server is away the page says so and comes back by itself', async () => {
    const page = await context.newPage()
    let away = true
    await page.route('**/webchat/token', (route) =>
      away ? route.fulfill({ status: 503, body: '{}' }) : route.continue(),
    )
    await page.goto(harness.url)
    await page.locator('.line', { hasText: 'O assistente não está respondendo agora.' }).waitFor()
    away = false
    await page.getByRole('button', { name: 'Tentar agora' }).click()
    await page.locator('.message', { hasText: 'Olá!' }).waitFor()
  })
})
