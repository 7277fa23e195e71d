import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { createQrPage } from '../../../src/channels/whatsapp-web/qr-page'
import type { LinkState } from '../../../src/channels/whatsapp-web/states'
import { QR_TOKEN, SECRET_KEY } from './harness'

const retryAt = new Date('2026-03-10T14:00:30.000Z')

describe('the page with the code to scan', () => {
  let server: Server
  let url: string
  let state: LinkState
  let retried: number
  let now: number

  beforeEach(async () => {
    state = { name: 'waiting_for_scan', code: 'ref-1,AQID', lost: false }
    retried = 0
    now = Date.parse('2026-03-10T14:00:00.000Z')
    const router = createQrPage({
      secretKey: SECRET_KEY,
      qrToken: QR_TOKEN,
      publicUrl: 'https://assistente.example',
      clock: { now: () => new Date(now) },
      state: () => state,
      retryNow: () => {
        retried += 1
      },
    })
    server = createServer(express().use(router))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/whatsapp-web/qr`
  })
  afterEach(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })

  const enter = (code: string) =>
    fetch(url, { method: 'POST', body: new URLSearchParams({ code }), redirect: 'manual' })
  const cookieOf = async (code = QR_TOKEN) =>
    (await enter(code)).headers.get('set-cookie')?.split(';')[0] ?? ''
  const show = async (cookie?: string) => {
    const response = await fetch(url, { headers: { cookie: cookie ?? (await cookieOf()) } })
    return { response, text: await response.text() }
  }

  it('asks for the access code and shows nothing without it', async () => {
    const { response, text } = await show('')
    expect(response.status).toBe(401)
    expect(text).toContain('Código de acesso')
    expect(text).not.toContain('svg')
    expect(response.headers.get('refresh')).toBeNull()
  })

  it('lets in whoever has the code, by a cookie scripts cannot read', async () => {
    const response = await enter(` ${QR_TOKEN} `)
    expect(response.status).toBe(303)
    expect(response.headers.get('location')).toBe('/webhooks/whatsapp-web/qr')
    const cookie = response.headers.get('set-cookie') ?? ''
    expect(cookie).toMatch(/HttpOnly; Secure; SameSite=Strict$/)
    expect(cookie).toContain('Path=/webhooks/whatsapp-web/qr')
    expect(cookie).not.toContain(QR_TOKEN)
  })

  it('refuses another code, and the code in the address', async () => {
    const response = await enter('access-code-of-other')
    expect(response.status).toBe(401)
    expect(await response.text()).toContain('Este código não confere.')
    expect(response.headers.get('set-cookie')).toBeNull()
    expect((await fetch(`${url}?token=${QR_TOKEN}`)).status).toBe(401)
    expect((await enter('')).status).toBe(401)
    expect((await fetch(url, { method: 'POST' })).status).toBe(401)
  })

  it('refuses a cookie that was made up, changed or is too old', async () => {
    const cookie = await cookieOf()
    const [, expires = '', signed = ''] = /=(\d+)\.(.*)$/.exec(cookie) ?? []
    const refused = async (value: string) =>
      expect((await show(`whatsapp-web=${value}`)).response.status).toBe(401)
    await refused('')
    await refused(`${expires}.`)
    await refused(`${Number(expires) + 1}.${signed}`)
    await refused(`${expires}.${signed.slice(0, -2)}AA`)
    now += 8 * 3_600_000 + 1
    await refused(`${expires}.${signed}`)
  })

  it('lets nobody guess for long', async () => {
    for (let count = 0; count < 10; count += 1) await enter('wrong')
    const response = await enter(QR_TOKEN)
    expect(response.status).toBe(429)
    expect(await response.text()).toContain('Espere um minuto')
  })

  it('shows the code as a picture, with what to do, and loads itself anew', async () => {
    const { response, text } = await show()
    expect(response.status).toBe(200)
    expect(text).toContain('<img src="data:image/svg+xml;base64,')
    expect(text).toContain('Toque em Conectar aparelho e aponte a câmera para o código.')
    expect(text).toContain('O WhatsApp pode bloquear este número para sempre.')
    expect(text).not.toContain('ref-1')
    expect(response.headers.get('refresh')).toBe('5; url=/webhooks/whatsapp-web/qr')
  })

  it('is kept by nobody and runs nothing', async () => {
    for (const cookie of ['', await cookieOf()]) {
      const { response } = await show(cookie)
      expect(response.headers.get('cache-control')).toBe('no-store')
      expect(response.headers.get('content-security-policy')).toBe(
        "default-src 'none';style-src 'self';img-src data:;form-action 'self';base-uri 'none';frame-ancestors 'none'",
      )
      expect(response.headers.get('x-frame-options')).toBe('DENY')
    }
  })

  it.each<[LinkState, string]>([
    [{ name: 'starting' }, 'O WhatsApp está abrindo.'],
    [{ name: 'authenticated' }, 'O celular aceitou.'],
    [{ name: 'ready' }, 'Tudo certo.'],
    [{ name: 'stopped' }, 'O assistente parou'],
    [{ name: 'waiting_for_scan', code: 'x', lost: true }, 'É preciso ler o código de novo.'],
    [{ name: 'disconnected', why: 'whatsapp_timeout' }, 'Ela costuma voltar sozinha'],
    [{ name: 'disconnected', why: 'browser_gone', retryAt }, 'A próxima tentativa é às 11:00:30.'],
    [{ name: 'disconnected', why: 'browser_not_started', retryAt }, 'Veja se o Chromium está instalado.'],
    [{ name: 'disconnected', why: 'session_folder_in_use', retryAt }, 'Outro programa usa a pasta'],
    [{ name: 'disconnected', why: 'whatsapp_conflict', retryAt }, 'em outro navegador.'],
    [{ name: 'disconnected', why: 'whatsapp_tos_block', retryAt }, 'O WhatsApp bloqueou este número.'],
    [{ name: 'disconnected', why: 'code_expired', retryAt }, 'Um novo código aparece às 11:00:30.'],
    [{ name: 'unreachable', why: 'err_name_not_resolved', retryAt }, 'O servidor não chega ao WhatsApp.'],
    [{ name: 'session_lost', why: 'whatsapp_logout', retryAt }, 'A ligação com o celular acabou.'],
  ])('says in plain words that the link is %j', async (current, words) => {
    state = current
    const { text } = await show()
    expect(text).toContain(words)
    if ('why' in current) expect(text).toContain(`Código do que houve: ${current.why}`)
    expect(text.includes('Tentar agora')).toBe('retryAt' in current)
  })

  it('tries again at once for whoever may see it, and for nobody else', async () => {
    const retry = (cookie: string) =>
      fetch(`${url}/tentar`, { method: 'POST', headers: { cookie }, redirect: 'manual' })
    expect((await retry('')).status).toBe(303)
    expect(retried).toBe(0)
    expect((await retry(await cookieOf())).status).toBe(303)
    expect(retried).toBe(1)
  })

  it('refuses to be guarded by next to nothing', () => {
    const options = { secretKey: SECRET_KEY, publicUrl: url, clock: { now: () => new Date() } }
    const open = () =>
      createQrPage({ ...options, qrToken: '', state: () => state, retryNow: () => undefined })
    expect(open).toThrow('too short')
  })
})
