import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { projectFile } from '../../src/files'
import { type RunningProduct, startBuiltProduct } from '../process/product'
import { describeInBrowser, launchBrowser } from './browser'
import { axeFindings, openChat, type Tab } from './open-page'

jest.setTimeout(120_000)

const output = projectFile('test/e2e/output')

describeInBrowser('the whole product on a phone', () => {
  let product: RunningProduct
  let browser: Browser
  beforeAll(async () => {
    mkdirSync(output, { recursive: true })
    product = await startBuiltProduct({ LOG_LEVEL: 'debug' })
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await product?.stop()
  })
  afterEach(() => {
    expect(product.printed()).toMatch(/benefit_requested|service_started|conversationId/)
    expect(product.printed()).not.toMatch(
      /00000100145|000\.001\.001|00000900931|10\/01\/1962|Marinalva|meu pagamento|<script>|Bearer |eyJ/,
    )
  })

  const picture = async (page: Page, name: string) => {
    // Long enough for the last bubble to be drawn and scrolled to.
    await page.waitForTimeout(400)
    await page.screenshot({ path: join(output, `journey-${name}.png`) })
  }

  /** Presses a quick reply once it is there. */
  async function press(tab: Tab, title: string): Promise<void> {
    await tab.choice(title).waitFor()
    await tab.choice(title).click()
  }

  /** Follows the login button of the conversation and comes back to it, as the person on the list. */
  async function logIn(tab: Tab, person: RegExp): Promise<void> {
    const link = tab.page.getByRole('link', { name: /Entrar com gov\.br/ }).last()
    await link.waitFor()
    const opened = tab.page.context().waitForEvent('page', { timeout: 3000 })
    await link.click()
    const page = await opened.catch(() => tab.page)
    await page.getByRole('button', { name: /mesmo código|É o mesmo/ }).click()
    await page.getByRole('button', { name: person }).waitFor()
    await picture(page, 'login')
    expect(await axeFindings(page)).toEqual([])
    await page.getByRole('button', { name: person }).click()
    await page
      .getByText(/Pronto/)
      .first()
      .waitFor()
    await picture(page, 'login-done')
    if (page === tab.page)
      await page
        .getByRole('link', { name: /conversa/i })
        .first()
        .click()
    else await page.close()
  }

  it('serves a citizen from the first word to a protocol number in under five minutes', async () => {
    const started = Date.now()
    const context = await browser.newContext({ viewport: { width: 360, height: 640 }, locale: 'pt-BR' })
    const tab = await openChat(context, product.chat)
    await picture(tab.page, '1-start')
    await press(tab, 'Simular aposentadoria')
    await press(tab, 'Eu conto')
    await press(tab, 'Mulher')
    await tab.shown('data de nascimento')
    await tab.say('10/01/1962')
    await tab.shown('Quanto tempo')
    await tab.say('22 anos')
    await tab.shown('ainda contribui')
    await press(tab, 'Sim')
    await tab.shown('média dos salários')
    await tab.say('um salário mínimo')
    await tab.shown('Você já pode se aposentar')
    await picture(tab.page, '2-simulation')
    await press(tab, 'Pedir a aposentadoria')
    await logIn(tab, /Marinalva/)
    await tab.shown('Marinalva')
    await tab.shown('Posso enviar o pedido')
    await picture(tab.page, '3-summary')
    await press(tab, 'Sim, enviar')
    await tab.shown('protocolo')
    await picture(tab.page, '4-protocol')
    await tab.say('como está o meu pedido?')
    await tab.shown('O que já aconteceu')
    await tab.say('quando cai meu pagamento?')
    await tab.shown('Como você quer ver')
    await press(tab, 'Entrar e ver tudo')
    await tab.shown('O próximo pagamento')
    await picture(tab.page, '5-payment')
    expect(await axeFindings(tab.page)).toEqual([])
    const said = await tab.transcript()
    expect(said.some((line) => /protocolo: \d{9,12}/.test(line))).toBe(true)
    expect(tab.faults).toEqual([])
    expect(Date.now() - started).toBeLessThan(300_000)
    await tab.page.reload()
    await tab.shown('O próximo pagamento')
    expect(await tab.transcript()).toEqual(said)
    await context.close()
  })

  it('asks for the login again and starts over when someone else logs in', async () => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'pt-BR' })
    const tab = await openChat(context, product.chat)
    await tab.say('quero ver meu pagamento')
    await press(tab, 'Entrar e ver tudo')
    await logIn(tab, /Terezinha/)
    await tab.shown('O próximo pagamento')
    await press(tab, 'Explicar os descontos')
    await tab.shown('Você recebeu')
    await picture(tab.page, 'desktop-payment')
    await press(tab, 'Terminar')
    await tab.say('sair')
    await tab.shown('Você saiu da sua conta')
    await context.close()
  })

  it('shows a script as text, wherever it comes from', async () => {
    const context = await browser.newContext({ viewport: { width: 360, height: 640 } })
    const tab = await openChat(context, product.chat)
    await tab.say("<img src=x onerror=\"document.title='furo'\"><script>document.title='furo'</script>")
    await tab.shown('<script>')
    expect(await tab.page.title()).not.toBe('furo')
    await context.close()
  })
})
