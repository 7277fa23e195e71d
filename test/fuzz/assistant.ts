import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Product, startProduct } from '../../src/app'
import { readConfig } from '../../src/config'
import { ensureModel } from '../../src/nlu/train'
import { hangUp, send } from './send'

export const SECRET = 'direct-line-secret-of-tests'
const NOWHERE = 'http://127.0.0.1:9'

/**
 * The assistant as it is, every channel on, and nobody at the other ends; started before all tests of a file. After
 * each test others are served still, and no library has printed anything: it may quote what somebody wrote.
 */
export function withAssistant(): { url: () => string } {
  const folder = mkdtempSync(join(tmpdir(), 'fuzz-'))
  let product: Product
  let printed: string[] = []
  const url = () => product.urls.assistant?.replace('localhost', '127.0.0.1') ?? ''

  beforeAll(async () => {
    ensureModel()
    for (const name of ['error', 'warn', 'log'] as const) {
      jest
        .spyOn(console, name)
        .mockImplementation((...words: unknown[]) => void printed.push(words.join(' ')))
    }
    product = await startProduct(
      readConfig({
        DATA_FOLDER: folder,
        LOG_LEVEL: 'silent',
        PORT: '0',
        TRUST_PROXY: '1',
        INSS_API_URL: NOWHERE,
        INSS_API_CLIENT_SECRET: 'segredo-de-teste',
        GOVBR_ISSUER: NOWHERE,
        GOVBR_CLIENT_SECRET: 'segredo-de-teste',
        DIRECTLINE_SECRET: SECRET,
        WHATSAPP_APP_SECRET: 'segredo-de-teste',
        WHATSAPP_VERIFY_TOKEN: 'segredo-de-teste',
        WHATSAPP_ACCESS_TOKEN: 'segredo-de-teste',
        WHATSAPP_PHONE_NUMBER_ID: '100200300400500',
        WHATSAPP_GRAPH_URL: NOWHERE,
        KANNEL_SENDSMS_URL: NOWHERE,
        KANNEL_USERNAME: 'inss',
        KANNEL_PASSWORD: 'segredo-de-teste',
        KANNEL_FROM: '27135',
        KANNEL_WEBHOOK_SECRET: 'segredo-do-kannel-de-teste',
        TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
        TWILIO_AUTH_TOKEN: 'segredo-de-teste',
        TWILIO_FROM: '+15005550006',
        TWILIO_API_URL: NOWHERE,
        BOT_FRAMEWORK_EMULATOR: 'on',
      }),
      ['assistant'],
    )
  }, 120_000)
  afterAll(async () => {
    hangUp()
    await product?.stop()
    jest.restoreAllMocks()
    rmSync(folder, { recursive: true, force: true })
  })
  beforeEach(() => {
    printed = []
  })
  afterEach(async () => {
    expect(printed).toEqual([])
    const headers: [string, string][] = [['authorization', `Bearer ${SECRET}`]]
    const opened = await send(url(), { method: 'POST', path: '/v3/directline/conversations', headers })
    expect([opened.status, opened.text.slice(0, 100)]).toEqual([
      201,
      expect.stringContaining('conversationId'),
    ])
  })
  return { url }
}
