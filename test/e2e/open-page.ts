import { readFileSync } from 'node:fs'
import type { BrowserContext, Locator, Page } from 'playwright-core'

/** A tab on the chat page, and what went wrong in it. */
export type Tab = {
  page: Page
  /** Faults of script, security policy and network the browser reported. */
  faults: string[]
  input: Locator
  send: Locator
  say(text: string): Promise<void>
  /** Who said what, as the list shows it. */
  transcript(): Promise<string[]>
  choice(title: string): Locator
  /** Waits until the list shows a message with these words. */
  shown(text: string): Promise<void>
}

/** Opens the page and waits for the first message. */
export async function openChat(context: BrowserContext, url: string): Promise<Tab> {
  const page = await context.newPage()
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text())
  })
  await page.goto(url)
  await page.locator('.message').first().waitFor()
  const input = page.getByLabel('Escreva a sua mensagem')
  const send = page.getByRole('button', { name: 'Enviar' })
  return {
    page,
    faults,
    input,
    send,
    async say(text) {
      await input.fill(text)
      await send.click()
    },
    transcript: () =>
      page.locator('.message').evaluateAll((items) =>
        items.map((item) => {
          const words = (selector: string) => item.querySelector(selector)?.textContent?.trim() ?? ''
          return `${item.classList.contains('own') ? 'Você' : 'Assistente'}: ${words('.text')}`
        }),
      ),
    async shown(text) {
      try {
        await page.locator('.message .text', { hasText: text }).last().waitFor()
      } catch (cause) {
        const last = (await page.locator('.message').allInnerTexts()).slice(-6).join('\n---\n')
        throw new Error(`nobody said "${text}"; the last messages were:\n${last}`, { cause })
      }
    },
    choice: (title) => page.locator('.choices').getByRole('button', { name: title, exact: true }),
  }
}

type Finding = { id: string; nodes: { html: string; failureSummary?: string }[] }

/** What axe finds wrong with the page as it stands: rule and place, one a line. */
export async function axeFindings(page: Page): Promise<string[]> {
  await page.evaluate(readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8'))
  const violations = (await page.evaluate(
    'axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) => violations)',
  )) as Finding[]
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary ?? ''}`),
  )
}
