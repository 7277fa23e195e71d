import { mkdirSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { projectFile } from '../../src/files'
import { type Harness, startHarness, until } from '../channels/web/harness'
import { describeInBrowser, launchBrowser } from './browser'
import { builtChatPage } from './built-page'
import { axeFindings, openChat } from './open-page'
import { scriptedBot } from './scripted-bot'

const phone = { width: 320, height: 640 }
const desktop = { width: 1280, height: 800 }

describeInBrowser('the chat page for everyone', () => {
  let harness: Harness
  let browser: Browser

  beforeAll(async () => {
    harness = await startHarness({ answer: scriptedBot, chatPageFolder: builtChatPage(), demo: true })
    browser = await launchBrowser()
    mkdirSync(projectFile('test/e2e/output'), { recursive: true })
  })
  afterAll(async () => {
    await browser?.close()
    await harness?.stop()
  })

  async function open(viewport: typeof phone, preferences: object = {}) {
    const context = await browser.newContext({ viewport, locale: 'pt-BR', reducedMotion: 'reduce' })
    const remembered = JSON.stringify(JSON.stringify(preferences))
    await context.addInitScript(`localStorage.setItem('chat.preferences', ${remembered})`)
    return { context, ...(await openChat(context, harness.url)) }
  }

  async function fits(page: Page, width: number): Promise<void> {
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width)
  }

  describe.each([
    ['a phone', phone],
    ['a desktop', desktop],
  ])('on %s', (device, viewport) => {
    test.each([
      ['as it comes', {}],
      ['in high contrast', { highContrast: true }],
      ['in large text', { largeText: true }],
      ['in large text and high contrast', { largeText: true, highContrast: true }],
    ])('axe finds nothing wrong %s, and nothing is cut off', async (look, preferences) => {
      const { context, page, choice, say, shown } = await open(viewport, preferences)
      const picture = (name: string) =>
        page.screenshot({
          path: projectFile(`test/e2e/output/${device} ${look} ${name}.png`.replaceAll(' ', '-')),
        })
      expect(await axeFindings(page)).toEqual([])
      await picture('1 start')
      await choice('Ver meu pagamento').click()
      await page.getByRole('link', { name: /Entrar com gov\.br/ }).waitFor()
      await say('demore')
      await page.locator('.typing').waitFor()
      expect(await axeFindings(page)).toEqual([])
      await say('obrigada')
      await shown('Você disse: obrigada')
      await fits(page, viewport.width)
      await picture('2 conversation')
      const menu = page.getByRole('button', { name: 'Menu' })
      await menu.click()
      expect(await axeFindings(page)).toEqual([])
      await fits(page, viewport.width)
      for (const name of ['Falar com uma pessoa', 'Privacidade', 'Começar de novo']) {
        if ((await menu.getAttribute('aria-expanded')) === 'false') await menu.click()
        await page.locator('#menu').getByRole('button', { name }).click()
        await page.getByRole('dialog', { name }).waitFor()
        expect(await axeFindings(page)).toEqual([])
        await fits(page, viewport.width)
        await page.keyboard.press('Escape')
      }
      await context.setOffline(true)
      await page.getByText('Você está sem internet').first().waitFor()
      await say('sem rede')
      await page.getByText('Não enviada ainda').waitFor()
      expect(await axeFindings(page)).toEqual([])
      await fits(page, viewport.width)
      await picture('3 offline')
      await context.close()
    })
  })

  test('larger letters and contrast are switched by buttons and remembered', async () => {
    const context = await browser.newContext({ viewport: phone, locale: 'pt-BR' })
    const { page } = await openChat(context, harness.url)
    const size = () =>
      page.evaluate('parseFloat(getComputedStyle(document.querySelector(".message .text")).fontSize)')
    const normal = (await size()) as number
    expect(normal).toBeGreaterThanOrEqual(18)
    const large = page.getByRole('button', { name: 'Letra maior' })
    const contrast = page.getByRole('button', { name: 'Alto contraste' })
    await large.click()
    await contrast.click()
    await until(async () => (await large.getAttribute('aria-pressed')) === 'true')
    await page.reload()
    await page.locator('.message').first().waitFor()
    expect(await size()).toBeGreaterThan(normal * 1.25)
    expect(await contrast.getAttribute('aria-pressed')).toBe('true')
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(0, 0, 0)')
    await context.close()
  })

  test('new messages are announced once, outside the list, with who speaks and the options', async () => {
    const { context, page, say, shown } = await open(phone)
    const live = page.locator('[aria-live]')
    expect(await live.count()).toBe(1)
    expect(await page.locator('[role=log], [role=status], [role=alert]').count()).toBe(0)
    expect(await live.getAttribute('aria-live')).toBe('polite')
    expect(await live.evaluate((element) => element.closest('main, ol, ul') === null)).toBe(true)
    const lines = () => live.locator('p').allTextContents()
    expect(await lines()).toEqual([
      expect.stringMatching(
        /^Assistente disse: Olá!.*Opções: Quando posso me aposentar\?; Ver meu pagamento; Pedir um benefício; Falar com uma pessoa\.$/s,
      ),
    ])
    await say('oi')
    await shown('Você disse: oi')
    await until(async () => (await lines()).at(-1) === 'Assistente disse: Você disse: oi')
    expect((await lines()).filter((line) => line.endsWith('Você disse: oi'))).toHaveLength(1)
    await context.close()
  })

  test('after a reload old messages are not read out again', async () => {
    const { context, page, say, shown } = await open(phone)
    await say('oi')
    await shown('Você disse: oi')
    await page.reload()
    await shown('Você disse: oi')
    expect(await page.locator('[aria-live] p').count()).toBe(0)
    await say('de novo')
    await until(async () => (await page.locator('[aria-live] p').count()) === 1)
    await context.close()
  })

  test('the list is a list, each message says who spoke, and the page says it is Portuguese', async () => {
    const { context, page, say, shown } = await open(phone)
    await say('oi')
    await shown('Você disse: oi')
    expect(await page.locator('html').getAttribute('lang')).toBe('pt-BR')
    const items = await page
      .getByRole('region', { name: 'Mensagens da conversa' })
      .getByRole('listitem')
      .all()
    const speakers = await Promise.all(items.map((item) => item.locator('.who').allTextContents()))
    expect(speakers.flat().map((who) => who.replace(/ às.*/, ''))).toEqual([
      'Assistente',
      'Você',
      'Assistente',
    ])
    await context.close()
  })

  test('on a phone, pressing a choice does not raise the keyboard', async () => {
    const context = await browser.newContext({ viewport: phone, hasTouch: true, isMobile: true })
    const { page, choice } = await openChat(context, harness.url)
    await choice('Ver meu pagamento').tap()
    await page.getByRole('link', { name: /Entrar com gov\.br/ }).waitFor()
    expect(await page.evaluate('document.activeElement.className')).toBe('scroller')
    await context.close()
  })
})
