import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { BrowserContext, Locator } from 'playwright-core'
import { projectFile } from '../../src/files'
import { ACCOUNT, startTwilio, TOKEN } from '../channels/sms-twilio/twilio-server'
import { startWhatsApp } from '../product/whatsapp-world'
import { until } from '../product/world'
import { launchBrowser } from './browser'
import { axeFindings, openChat } from './open-page'

export const sizes = {
  desktop: { width: 1440, height: 900 },
  tablet: { width: 820, height: 1100 },
  phone: { width: 320, height: 640 },
}

const output = projectFile('test/e2e/output')

export type DeskWorld = Awaited<ReturnType<typeof startDeskWorld>>
export type Seat = Awaited<ReturnType<DeskWorld['sit']>>

/**
 * The built product with people on WhatsApp, SMS and the web chat, and a browser for whoever attends them.
 * @param environment more of the product's settings
 */
export async function startDeskWorld(environment: Record<string, string> = {}) {
  mkdirSync(output, { recursive: true })
  const twilio = await startTwilio()
  const whatsapp = await startWhatsApp({
    TWILIO_ACCOUNT_SID: ACCOUNT,
    TWILIO_AUTH_TOKEN: TOKEN,
    TWILIO_FROM: '+551140000000',
    TWILIO_API_URL: twilio.url,
    ...environment,
  })
  const { product, telephone } = whatsapp
  const origin = product.origin.replace('127.0.0.1', 'localhost')
  const browser = await launchBrowser()

  /** A browser of one person's, in which it is the product's time. */
  async function newContext(viewport = sizes.desktop): Promise<BrowserContext> {
    const context = await browser.newContext({
      viewport,
      locale: 'pt-BR',
      timezoneId: 'America/Sao_Paulo',
      reducedMotion: 'reduce',
    })
    context.setDefaultTimeout(30_000)
    await context.addInitScript(`{
      const Real = Date, offset = ${product.now().getTime()} - Real.now()
      Date = class extends Real {
        constructor(...given) { if (given.length === 0) super(Real.now() + offset); else super(...given) }
        static now() { return Real.now() + offset }
      }
    }`)
    return context
  }

  return {
    product,
    origin,
    /** Somebody on WhatsApp, and all they heard. */
    whatsApp(phone: string) {
      const person = telephone({ phone })
      const heard: string[] = []
      const hearMore = async (seconds?: number) => {
        const shown = await person.hear(1, seconds)
        heard.push(...shown.map(({ text }) => text))
        return shown
      }
      return {
        ...person,
        heard,
        /** Listens until these words were said. @throws when they are not */
        async hears(words: string, seconds?: number): Promise<void> {
          while (!heard.some((text) => text.includes(words)))
            await hearMore(seconds).catch((cause: unknown) => {
              throw new Error(`nobody said "${words}"; it was:\n${heard.slice(-8).join('\n---\n')}`, {
                cause,
              })
            })
        },
      }
    },
    newContext,
    sit: (name: string, viewport?: typeof sizes.desktop) => sit(origin, newContext, name, viewport),
    /** Opens the web chat. */
    chat: async (viewport = sizes.phone) => openChat(await newContext(viewport), `${origin}/`),
    /** Somebody with a telephone that knows only SMS. */
    sms(from: string) {
      const heard = () =>
        twilio.asked.filter(({ fields }) => fields.To === from).map(({ fields }) => fields.Body)
      return {
        heard,
        async say(text: string): Promise<void> {
          const { status } = await twilio.say(`${origin}/webhooks/sms/twilio`, from, text)
          if (status !== 200) throw new Error(`the webhook answered ${status}`)
        },
        /** Waits for an SMS with these words. @throws when none comes */
        hears: (words: string, seconds?: number) =>
          until(`an SMS with "${words}"`, () => heard().some((text) => text?.includes(words)), seconds).catch(
            (cause) => {
              throw new Error(`there were only:\n${heard().join('\n---\n')}`, { cause })
            },
          ),
      }
    },
    async stop() {
      await browser.close()
      await whatsapp.stop()
      await twilio.stop()
    },
  }
}

/** Somebody signs in at the console; what went wrong in their browser is kept. */
async function sit(
  origin: string,
  newContext: (viewport?: typeof sizes.desktop) => Promise<BrowserContext>,
  name: string,
  viewport?: typeof sizes.desktop,
) {
  const context = await newContext(viewport)
  const page = await context.newPage()
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('console', (message) => {
    // The browser also reports what is meant to be refused: no login yet, another was faster, no network, a start.
    if (message.type() === 'error' && !/status of (40[139]|503)|net::ERR_/.test(message.text()))
      faults.push(message.text())
  })
  page.on('dialog', (dialog) => void dialog.accept())
  await page.goto(`${origin}/atendimento`)
  await page.getByRole('link', { name: 'Entrar' }).click()
  await page.getByRole('button', { name: new RegExp(name) }).click()
  const tab = (list: string) => page.getByRole('tab', { name: new RegExp(list) })
  await tab('Minhas').waitFor()

  const reply = page.getByRole('textbox', { name: 'Resposta para a pessoa' })
  const button = (title: string | RegExp, exact = typeof title === 'string'): Locator =>
    page.getByRole('button', { name: title, exact })
  const dialog = (title: string): Locator => page.getByRole('dialog', { name: title })
  return {
    context,
    page,
    faults,
    tab,
    reply,
    button,
    dialog,
    /** Opens a window from the conversation's actions. */
    async act(action: string, title = action): Promise<Locator> {
      // They are gone for a moment while the conversation is read anew.
      await button('Mais').waitFor()
      const shown = page.locator('.talk-actions > button').filter({ hasText: action })
      if (!(await shown.isVisible())) {
        await button('Mais').click()
        await page.locator('.menu').getByRole('button', { name: action }).click()
      } else await shown.click()
      await dialog(title).waitFor()
      return dialog(title)
    },
    /** Gives the open conversation back to a queue. */
    async toQueue(queue: string): Promise<void> {
      const window = await this.act('Transferir')
      await window.getByRole('combobox', { name: 'Fila', exact: true }).selectOption({ label: queue })
      await window.getByLabel('Nota para quem recebe').fill('Preciso sair.')
      await window.getByRole('button', { name: 'Transferir' }).click()
      await window.waitFor({ state: 'detached' })
    },
    async presence(status: 'Disponível' | 'Em pausa') {
      await page.getByLabel('A sua presença').selectOption({ label: status })
      await page.locator(`.presence.${status === 'Disponível' ? 'available' : 'pause'}`).waitFor()
    },
    /** Opens the conversation of a list in which the person said these words, or the only one. */
    async open(list: string, words?: string | RegExp) {
      await tab(list).click()
      const items = page.locator('.item')
      await (words === undefined ? items : items.filter({ hasText: words })).first().click()
      await page.locator('#conversa-titulo').waitFor()
    },
    async say(text: string) {
      await reply.fill(text)
      await reply.press('Enter')
    },
    /** Waits until the transcript shows a line of somebody's with these words. */
    async shown(who: 'person' | 'bot' | 'agent' | 'desk' | 'note', words: string | RegExp): Promise<Locator> {
      const line = page.locator(`.message.${who}`).filter({ hasText: words }).last()
      await line.waitFor().catch(async (cause: unknown) => {
        const all = await page.locator('.message').allInnerTexts()
        throw new Error(`no ${who} said ${words}; there were:\n${all.slice(-8).join('\n---\n')}`, { cause })
      })
      return line
    },
    announced: (words: string | RegExp) =>
      page.locator('[aria-live=polite] p').filter({ hasText: words }).first().waitFor({ state: 'attached' }),
    /** Nothing is wrong for whoever cannot see or has a small screen; and a picture to look at. */
    async check(picture: string) {
      await page.screenshot({ path: join(output, `console-${picture}.png`) })
      const findings = await axeFindings(page)
      const width = page.viewportSize()?.width ?? 0
      const tooWide = (await page.evaluate('document.documentElement.scrollWidth')) as number
      if (tooWide > width) findings.push(`${tooWide} pixels wide`)
      if (findings.length > 0) throw new Error(`${picture}: ${findings.join('\n')}`)
    },
    async resize(size: { width: number; height: number }) {
      await page.setViewportSize(size)
    },
  }
}

export { until }
