import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Browser, BrowserContext } from 'playwright-core'
import { type Harness, startHarness, until } from '../channels/web/harness'
import { describeInBrowser, launchBrowser } from './browser'
import { builtChatPage } from './built-page'
import { openChat } from './open-page'
import { scriptedBot } from './scripted-bot'

test('the script of the page stays within 60 KB gzipped, and all of it within 80', () => {
  const folder = join(builtChatPage(), 'assets')
  const sizeOf = (ending: string) =>
    readdirSync(folder)
      .filter((name) => name.endsWith(ending))
      .map((name) => gzipSync(readFileSync(join(folder, name))).length)
      .reduce((sum, size) => sum + size, 0)
  expect(sizeOf('.js')).toBeGreaterThan(1000)
  expect(sizeOf('.js')).toBeLessThanOrEqual(60 * 1024)
  expect(sizeOf('')).toBeLessThanOrEqual(80 * 1024)
})

describeInBrowser('the chat page', () => {
  let harness: Harness
  let browser: Browser
  let context: BrowserContext

  beforeAll(async () => {
    harness = await startHarness({ answer: scriptedBot, chatPageFolder: builtChatPage(), demo: true })
    browser = await launchBrowser()
  })
  beforeEach(async () => {
    context = await browser.newContext({ viewport: { width: 320, height: 640 }, locale: 'pt-BR' })
  })
  afterEach(() => context.close())
  afterAll(async () => {
    await browser?.close()
    await harness?.stop()
  })

  test('a person presses a choice, writes, and reads the answers', async () => {
    const { page, faults, choice, say, transcript, shown } = await openChat(context, harness.url)
    await choice('Ver meu pagamento').click()
    const link = page.getByRole('link', { name: /Entrar com gov\.br/ })
    await link.waitFor()
    expect(await link.getAttribute('href')).toBe('https://example.gov.br/entrar')
    expect(await link.getAttribute('rel')).toBe('noopener noreferrer')
    expect(harness.heard.at(-1)).toMatchObject({ text: 'pagamento', questionId: 'q-inicio' })
    await say('obrigada')
    await shown('Você disse: obrigada')
    expect((await transcript()).slice(1)).toEqual([
      'Você: Ver meu pagamento',
      expect.stringMatching(/^Assistente: Para ver o seu pagamento, eu preciso/),
      'Você: obrigada',
      'Assistente: Você disse: obrigada',
    ])
    expect(await page.locator('.choices').count()).toBe(0)
    expect(faults).toEqual([])
  })

  test('the whole conversation can be had with the keyboard alone', async () => {
    const { page, input, transcript, shown } = await openChat(context, harness.url)
    const focused = () => page.evaluate('document.activeElement.textContent || document.activeElement.id')
    await page.keyboard.press('Tab')
    expect(await focused()).toBe('Ir para a caixa de mensagem')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Tab')
    const backTo = async (name: string) => {
      for (let step = 0; step < 10 && (await focused()) !== name; step++) {
        await page.keyboard.press('Shift+Tab')
      }
      expect(await focused()).toBe(name)
    }
    await backTo('texto')
    await backTo('Ver meu pagamento')
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name: /Entrar com gov\.br/ }).waitFor()
    expect(await input.evaluate((element) => element === element.ownerDocument.activeElement)).toBe(true)
    await page.keyboard.type('uma linha')
    await page.keyboard.press('Shift+Enter')
    await page.keyboard.type('e outra')
    await page.keyboard.press('Enter')
    await shown('Você disse: uma linha')
    expect((await transcript()).at(-1)).toBe('Assistente: Você disse: uma linha\ne outra')
    expect(await input.evaluate((element) => element === element.ownerDocument.activeElement)).toBe(true)
  })

  test('menu and windows open, close by Esc, and give the keyboard back', async () => {
    const { page } = await openChat(context, harness.url)
    const menu = page.getByRole('button', { name: 'Menu' })
    await menu.click()
    await page.keyboard.press('Escape')
    await until(async () => (await menu.getAttribute('aria-expanded')) === 'false')
    await menu.click()
    await page.getByRole('button', { name: 'Falar com uma pessoa' }).first().click()
    const dialog = page.getByRole('dialog', { name: 'Falar com uma pessoa' })
    await dialog.getByText('segunda a sábado, das 7h às 22h').waitFor()
    expect(await dialog.getByRole('link', { name: 'Ligar para o 135' }).getAttribute('href')).toBe('tel:135')
    await page.keyboard.press('Escape')
    await until(async () => (await dialog.count()) === 0)
    await until(() => menu.evaluate((element) => element === element.ownerDocument.activeElement))
  })

  test('a reload shows the conversation as it was', async () => {
    const { page, say, transcript, shown } = await openChat(context, harness.url)
    await say('lembre disto')
    await shown('Você disse: lembre disto')
    const before = await transcript()
    const openedBefore = harness.heard.filter(({ kind }) => kind === 'opened').length
    await page.reload()
    await shown('Você disse: lembre disto')
    expect(await transcript()).toEqual(before)
    expect(harness.heard.filter(({ kind }) => kind === 'opened')).toHaveLength(openedBefore)
    const cookies = await context.cookies()
    expect(cookies).toEqual([expect.objectContaining({ name: 'conversa', httpOnly: true, sameSite: 'Lax' })])
    expect(await page.evaluate('JSON.stringify([{...localStorage}, {...sessionStorage}])')).toBe('[{},{}]')
  })

  test('starting again asks first, then forgets', async () => {
    const { page, say, transcript, choice, shown } = await openChat(context, harness.url)
    await say('segredo de antes')
    await shown('Você disse: segredo de antes')
    const restart = async (answer: string) => {
      await page.getByRole('button', { name: 'Menu' }).click()
      await page.getByRole('button', { name: 'Começar de novo' }).click()
      await page.getByRole('dialog').getByRole('button', { name: answer }).click()
    }
    await restart('Não, continuar aqui')
    expect((await transcript()).at(-1)).toBe('Assistente: Você disse: segredo de antes')
    await restart('Sim, começar de novo')
    await choice('Ver meu pagamento').waitFor()
    expect(await transcript()).toEqual([expect.stringMatching(/^Assistente: Olá!/)])
    await page.reload()
    await choice('Ver meu pagamento').waitFor()
    expect(await page.getByText('segredo de antes').count()).toBe(0)
  })

  const hostile = [
    '<img src=x onerror="document.title=1"><script>document.title=2</script>',
    '"><svg/onload=alert(1)>',
    "'; DROP TABLE pessoas; --",
    '{{7*7}} #{7*7} <%= 7*7 %>',
    'javascript:alert(1) https://example.com',
  ]
  test.each(hostile)('%s is shown as the text it is', async (text) => {
    const { page, say, transcript, faults } = await openChat(context, harness.url)
    await say(text)
    await page.locator('.message.bot').nth(1).waitFor()
    expect((await transcript()).slice(1)).toEqual([`Você: ${text}`, `Assistente: Você disse: ${text}`])
    expect(await page.locator('.messages :is(img, script, svg, a)').count()).toBe(0)
    expect(await page.title()).toBe('Assistente Meu INSS')
    expect(faults).toEqual([])
  })

  test('control characters are dropped and marks of direction stay in their message', async () => {
    const { page, say, transcript } = await openChat(context, harness.url)
    await say('a\u0007b\u0000c \u202Eodnauq\u202C d')
    await page.locator('.message.bot').nth(1).waitFor()
    expect((await transcript()).slice(1)).toEqual([
      'Você: abc odnauq d',
      'Assistente: Você disse: abc odnauq d',
    ])
    await say(`${'Z\u0351\u0357\u0350'.repeat(40)} ${'longo'.repeat(200)}`)
    await page.locator('.message.bot').nth(2).waitFor()
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320)
  })

  test('an empty message is not sent, and the page says so', async () => {
    const { page, send, transcript } = await openChat(context, harness.url)
    await send.click()
    await page.locator('.hint', { hasText: 'Escreva a sua mensagem antes de enviar.' }).waitFor()
    expect(await transcript()).toHaveLength(1)
  })

  test('a message of 10,000 characters goes out whole; a far too long one is given back', async () => {
    const { page, say, transcript } = await openChat(context, harness.url)
    await say('a'.repeat(10_000))
    await page.locator('.message.bot').nth(1).waitFor()
    expect((await transcript())[1]).toBe(`Você: ${'a'.repeat(10_000)}`)
    await say('b'.repeat(270_000))
    const refused = page.locator('.unsent', { hasText: 'a mensagem é longa demais' })
    await refused.waitFor()
    await page.getByRole('button', { name: 'Apagar' }).click()
    await until(async () => (await refused.count()) === 0)
  })

  test('a long answer is read from its beginning', async () => {
    const { page, say, shown } = await openChat(context, harness.url)
    await say('longo')
    await shown('Linha 30 da resposta.')
    const top = () =>
      page
        .locator('.message.own')
        .last()
        .evaluate((item) => item.getBoundingClientRect().top)
    await until(async () => (await top()) < 200)
    expect(await top()).toBeGreaterThan(40)
    await page.getByRole('button', { name: 'Ir para o fim' }).click()
    await until(async () => (await top()) < 0)
  })

  test('while the answer is prepared the page shows it, and says when it takes long', async () => {
    const page = await context.newPage()
    await page.clock.install()
    await page.goto(harness.url)
    await page.locator('.message').first().waitFor()
    await page.getByLabel('Escreva a sua mensagem').fill('demore')
    await page.keyboard.press('Enter')
    await page.locator('.typing').waitFor()
    await page.clock.fastForward(21_000)
    await page.getByText('A resposta está demorando.').first().waitFor()
    expect(await page.locator('.typing').count()).toBe(0)
  })

  test('on paper there is the conversation and nothing else', async () => {
    const { page, say, shown } = await openChat(context, harness.url)
    for (const text of ['um', 'dois', 'três', 'longo']) await say(text)
    await shown('Linha 30 da resposta.')
    await page.emulateMedia({ media: 'print' })
    for (const gone of ['.composer', '.top', '.choices']) {
      expect(await page.locator(gone).isVisible()).toBe(false)
    }
    await page.getByText('Conversa com o Assistente Meu INSS').waitFor()
    const { height, scrollHeight } = await page.locator('.scroller').evaluate((box) => ({
      height: box.clientHeight,
      scrollHeight: box.scrollHeight,
    }))
    expect(height).toBe(scrollHeight)
  })
})
