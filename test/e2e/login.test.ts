import { mkdirSync, readFileSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { projectFile } from '../../src/files'
import { createWorld, jose, maria, type World } from '../identity/world'
import { describeInBrowser, launchBrowser } from './browser'

const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8')
const output = projectFile('test/e2e/output')
const widths = { phone: 320, desktop: 1280 }

describeInBrowser('páginas da entrada no Chromium', () => {
  let browser: Browser
  let world: World

  beforeAll(async () => {
    mkdirSync(output, { recursive: true })
    browser = await launchBrowser()
  })

  beforeEach(async () => {
    world = await createWorld()
  })

  afterEach(() => world.stop())
  afterAll(() => browser.close())

  async function open(width: number, changes: { javaScriptEnabled?: boolean } = {}): Promise<Page> {
    const context = await browser.newContext({
      viewport: { width, height: 700 },
      locale: 'pt-BR',
      ...changes,
    })
    const page = await context.newPage()
    page.setDefaultTimeout(30_000)
    return page
  }

  /** No barrier found by axe, nothing wider than the screen, every target big enough for a finger. */
  async function check(page: Page, name: string): Promise<void> {
    await page.screenshot({ path: `${output}/login-${name}.png`, fullPage: true })
    const violations = await page.evaluate(`${axe}; axe.run(document, { resultTypes: ['violations'] })
      .then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join(' | ')))`)
    expect(violations).toEqual([])
    const { scrollWidth, width, small } = (await page.evaluate(`({
      scrollWidth: document.scrollingElement.scrollWidth,
      width: window.innerWidth,
      small: [...document.querySelectorAll('button, input:not([type=hidden]), a.button')]
        .filter((each) => each.getBoundingClientRect().height < 44).map((each) => each.outerHTML),
    })`)) as { scrollWidth: number; width: number; small: string[] }
    expect(scrollWidth).toBeLessThanOrEqual(width)
    expect(small).toEqual([])
  }

  const press = (page: Page, name: string | RegExp) => page.getByRole('button', { name }).click()

  test.each(Object.entries(widths))('%s: do link ao fim, em cada página', async (size, width) => {
    const page = await open(width)
    const link = await world.identity.requestLogin('web:1', {
      purpose: 'pedir o benefício em seu nome',
      level: 'silver',
    })
    await page.goto(link.url)
    await check(page, `${size}-1-link`)
    await press(page, 'É o mesmo código, continuar')
    await page.getByRole('heading', { name: 'Quem vai entrar?' }).waitFor()
    await check(page, `${size}-2-people`)
    await page.getByRole('textbox', { name: 'CPF' }).fill('000.100.001-28')
    await page.getByRole('textbox', { name: 'Senha' }).fill('qualquer')
    await page.getByRole('button', { name: 'Entrar', exact: true }).click()
    await page.getByRole('alert').waitFor()
    expect(await page.evaluate('document.activeElement.id')).toBe('cpf')
    await check(page, `${size}-3-wrong-cpf`)
    await press(page, new RegExp(jose.name))
    await page.getByRole('link', { name: 'Aumentar o nível no gov.br' }).waitFor()
    await check(page, `${size}-4-level-too-low`)
    await page.getByRole('link', { name: 'Aumentar o nível no gov.br' }).click()
    await page.getByRole('heading', { name: 'Aumentar o nível da conta' }).waitFor()
    await check(page, `${size}-5-levels`)
    await press(page, 'Passar para prata')
    await press(page, 'Já aumentei, entrar de novo')
    await check(page, `${size}-6-people-again`)
    await press(page, `Continuar como ${jose.name}`)
    await page.getByRole('heading', { name: 'Pronto, você entrou' }).waitFor()
    await check(page, `${size}-7-done`)
    await page.getByRole('link', { name: 'Voltar para a conversa' }).click()
    await page.getByRole('heading', { name: 'Conversa' }).waitFor()
    await page.goto(`${world.publicUrl}/entrar/sair`)
    await page.getByRole('heading', { name: 'Você saiu' }).waitFor()
    await check(page, `${size}-8-left`)
    await page.context().close()
  })

  test.each(Object.entries(widths))('%s: as páginas de quando não dá certo', async (size, width) => {
    const page = await open(width)
    const cancelled = await world.identity.requestLogin('web:2', { purpose: 'ver os seus pagamentos' })
    await page.goto(cancelled.url)
    await press(page, 'É o mesmo código, continuar')
    await press(page, 'Não quero entrar agora')
    await page.getByText('Você não terminou de entrar.').waitFor()
    await check(page, `${size}-denied`)
    await press(page, 'É diferente')
    await check(page, `${size}-different`)
    await page.goto(cancelled.url)
    await check(page, `${size}-used`)
    await press(page, 'Pedir outro link')
    await check(page, `${size}-asked`)
    const expired = await world.identity.requestLogin('web:3', { purpose: 'ver os seus pagamentos' })
    world.clock.advanceMinutes(11)
    await page.goto(expired.url)
    await check(page, `${size}-expired`)
    await page.goto(`${world.publicUrl}/entrar/aviso/browser`)
    await check(page, `${size}-notice`)
    await page.goto(`${world.sandbox.issuer}/entrar/nada`)
    await check(page, `${size}-sandbox-expired`)
    await page.context().close()
  })

  test('sem JavaScript e só com o teclado', async () => {
    const page = await open(widths.phone, { javaScriptEnabled: false })
    const link = await world.identity.requestLogin('web:4', { purpose: 'ver os seus pagamentos' })
    await page.goto(link.url)
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    expect(new URL(page.url()).hash).toBe('#conteudo')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Quem vai entrar?' }).waitFor()
    for (let tab = 0; tab < 3; tab += 1) await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Pronto, você entrou' }).waitFor()
    expect(await world.identity.session('web:4')).toMatchObject({ firstName: 'Maria' })
    await page.context().close()
  })

  test('nada vem de fora, e o navegador não reclama de nada', async () => {
    const page = await open(widths.phone)
    const hosts = new Set<string>()
    const complaints: string[] = []
    page.on('request', (request) => void hosts.add(new URL(request.url()).hostname))
    page.on('console', (message) => void complaints.push(message.text()))
    const link = await world.identity.requestLogin('web:5', { purpose: 'ver os seus pagamentos' })
    await page.goto(link.url)
    await press(page, 'É o mesmo código, continuar')
    await press(page, new RegExp(maria.name))
    await page.getByRole('heading', { name: 'Pronto, você entrou' }).waitFor()
    expect([...hosts].filter((host) => host !== '')).toEqual(['localhost'])
    expect(complaints).toEqual([])
    await page.context().close()
  })
})
