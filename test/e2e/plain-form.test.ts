import type { Browser } from 'playwright-core'
import { projectFile } from '../../src/files'
import { type Harness, startHarness } from '../channels/web/harness'
import { describeInBrowser, launchBrowser } from './browser'
import { builtChatPage } from './built-page'
import { axeFindings } from './open-page'
import { scriptedBot } from './scripted-bot'

describeInBrowser('the page without JavaScript', () => {
  let harness: Harness
  let browser: Browser

  beforeAll(async () => {
    harness = await startHarness({
      answer: scriptedBot,
      chatPageFolder: builtChatPage(),
      demo: true,
      formWaitMilliseconds: 2000,
    })
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await harness?.stop()
  })

  test('holds a conversation by forms, from the same address', async () => {
    const context = await browser.newContext({
      javaScriptEnabled: false,
      viewport: { width: 320, height: 640 },
      locale: 'pt-BR',
    })
    const page = await context.newPage()
    const picture = (name: string) =>
      page.screenshot({ path: projectFile(`test/e2e/output/plain-${name}.png`), fullPage: true })
    await page.goto(harness.url)
    expect(await page.getByText('Abrindo a conversa').isVisible()).toBe(false)
    await picture('1-start')
    await page.getByRole('button', { name: 'Começar a conversa' }).click()
    await page.getByText('O que você precisa?').waitFor()
    await page.getByRole('button', { name: 'Ver meu pagamento' }).click()
    await page.getByRole('link', { name: /Entrar com gov\.br/ }).waitFor()
    expect(new URL(page.url()).hash).toBe('#ultima')
    expect(harness.heard.at(-1)).toMatchObject({ text: 'pagamento', questionId: 'q-inicio' })
    await page.getByLabel('Escreva a sua mensagem').fill('<b>oi</b>')
    await page.getByRole('button', { name: 'Enviar' }).click()
    await page.getByText('Você disse: <b>oi</b>').waitFor()
    await picture('2-conversation')
    await page.goto(harness.url)
    await page.getByRole('link', { name: 'Continuar a minha conversa' }).click()
    await page.getByText('Você disse: <b>oi</b>').waitFor()
    await page.getByRole('link', { name: 'Começar de novo' }).click()
    await page.getByRole('button', { name: 'Sim, começar de novo' }).click()
    await page.getByRole('button', { name: 'Começar a conversa' }).waitFor()
    await context.close()
  })

  test.each([
    ['a phone', { width: 320, height: 640 }],
    ['a desktop', { width: 1280, height: 800 }],
  ])('axe finds nothing wrong with it on %s', async (_name, viewport) => {
    const context = await browser.newContext({ viewport, locale: 'pt-BR' })
    const page = await context.newPage()
    await page.goto(`${harness.url}/conversa`)
    expect(await axeFindings(page)).toEqual([])
    await page.getByRole('button', { name: 'Começar a conversa' }).click()
    await page.getByRole('button', { name: 'Ver meu pagamento' }).click()
    await page.getByRole('link', { name: /Entrar com gov\.br/ }).waitFor()
    expect(await axeFindings(page)).toEqual([])
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(viewport.width)
    await page.getByRole('link', { name: 'Começar de novo' }).click()
    expect(await axeFindings(page)).toEqual([])
    await context.close()
  })
})
