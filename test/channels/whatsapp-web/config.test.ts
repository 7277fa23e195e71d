import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfig } from '../../../src/config'

describe('WhatsApp Web in the configuration', () => {
  const folder = mkdtempSync(join(tmpdir(), 'whatsapp-web-config-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  const read = (environment: Record<string, string>) => readConfig({ DATA_FOLDER: folder, ...environment })
  /** The faults the configuration finds, of which others are not this test's. */
  function faults(environment: Record<string, string>): string {
    try {
      read(environment)
      return ''
    } catch (error) {
      return (error as Error).message
    }
  }

  it('is off unless asked for', () => {
    expect(read({}).whatsappWeb).toBeUndefined()
    expect(read({ WHATSAPP_WEB: 'on' }).whatsappWeb).toMatchObject({ chromiumPath: '/usr/bin/chromium' })
    expect(read({ WHATSAPP_WEB: 'on', CHROMIUM_PATH: '/opt/chromium' }).whatsappWeb).toMatchObject({
      chromiumPath: '/opt/chromium',
    })
  })

  it('is refused in production, and says that the number may be banned', () => {
    expect(faults({ NODE_ENV: 'production', WHATSAPP_WEB: 'on' })).toContain(
      'WHATSAPP_WEB: refused in production, WhatsApp may ban the number',
    )
    expect(faults({ NODE_ENV: 'production', WHATSAPP_WEB: 'on', WHATSAPP_WEB_ACCEPT_RISK: 'no' })).toContain(
      'WHATSAPP_WEB: refused',
    )
  })

  it('is taken in production by whoever accepts that risk', () => {
    expect(
      faults({ NODE_ENV: 'production', WHATSAPP_WEB: 'on', WHATSAPP_WEB_ACCEPT_RISK: 'yes' }),
    ).not.toContain('WHATSAPP_WEB')
    expect(faults({ WHATSAPP_WEB: 'maybe' })).toContain('WHATSAPP_WEB: expected one of on, off')
  })
})
