import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import { parseCookie } from 'cookie'
import express, { type ErrorRequestHandler, type Request, type Router } from 'express'
import { toString as drawCode } from 'qrcode'
import { RateLimiterMemory } from 'rate-limiter-flexible'
import type { Clock } from '../../clock'
import { html, type Markup, page, pageHeaders, styleSheet } from '../../page'
import { t } from '../../text'
import type { LinkState } from './states'

export const PAGE_PATH = '/webhooks/whatsapp-web/qr'
const STYLE_PATH = '/webhooks/whatsapp-web/estilo.css'
const COOKIE = 'whatsapp-web'
const HOURS = 8
const REFRESH_SECONDS = 5

export type QrPageOptions = {
  secretKey: Buffer
  /** Opens the page: whoever has it can link a telephone. At least 16 characters. */
  qrToken: string
  publicUrl: string
  clock: Clock
  state: () => LinkState
  retryNow: () => void
}

/**
 * The page with the code to scan and how the link stands. It asks for the access code once, by a form, so that the
 * code is in no address, history or access log; then a cookie opens it. Works without a script.
 */
export function createQrPage(options: QrPageOptions): Router {
  const { clock, qrToken } = options
  if (qrToken.length < 16) throw new Error('qrToken is too short to guard anything')
  const key = Buffer.from(hkdfSync('sha256', options.secretKey, Buffer.alloc(0), 'whatsapp-web-page', 32))
  const keyed = (text: string) => createHmac('sha256', key).update(text).digest()
  const signature = (expires: string) => keyed(`${expires}.${qrToken}`).toString('base64url')
  // Generous for a person, useless for a guesser.
  const guesses = new RateLimiterMemory({ points: 10, duration: 60 })
  const https = options.publicUrl.startsWith('https:')

  function isOpenFor(request: Request): boolean {
    const cookie = parseCookie(request.get('cookie') ?? '')[COOKIE] ?? ''
    const [expires = '', signed = ''] = cookie.split('.')
    return (
      timingSafeEqual(keyed(signed), keyed(signature(expires))) && Number(expires) > clock.now().getTime()
    )
  }

  const router = express.Router()
  router.get(STYLE_PATH, styleSheet())
  router.use(PAGE_PATH, pageHeaders({ formTargets: [], https }))
  router.get(PAGE_PATH, async (request, response) => {
    if (!isOpenFor(request)) return void response.status(401).send(entryPage())
    const state = options.state()
    // Not while somebody would lose their place: only what changes by itself is loaded again.
    if (state.name !== 'stopped') response.set('Refresh', `${REFRESH_SECONDS}; url=${PAGE_PATH}`)
    response.send(await linkPage(state))
  })
  router.post(PAGE_PATH, express.urlencoded({ extended: false, limit: '4kb' }), async (request, response) => {
    const allowed = await guesses.consume(request.ip ?? '').then(
      () => true,
      () => false,
    )
    if (!allowed) return void response.status(429).send(entryPage('enter_wait'))
    const given = String((request.body as { code?: unknown } | undefined)?.code ?? '')
    if (!timingSafeEqual(keyed(given.trim()), keyed(qrToken))) {
      return void response.status(401).send(entryPage('enter_wrong'))
    }
    const expires = String(clock.now().getTime() + HOURS * 3_600_000)
    response.cookie(COOKIE, `${expires}.${signature(expires)}`, {
      httpOnly: true,
      sameSite: 'strict',
      secure: https,
      path: PAGE_PATH,
      maxAge: HOURS * 3_600_000,
    })
    response.redirect(303, PAGE_PATH)
  })
  router.post(`${PAGE_PATH}/tentar`, (request, response) => {
    if (isOpenFor(request)) options.retryNow()
    response.redirect(303, PAGE_PATH)
  })
  router.use(PAGE_PATH, unreadable)
  return router
}

/** A form that cannot be read holds no code. */
const unreadable: ErrorRequestHandler = (error: { status?: unknown }, _request, response, next) => {
  const { status } = error
  if (response.headersSent || typeof status !== 'number' || status >= 500) return next(error)
  response.status(status).send(entryPage('enter_wrong'))
}

function entryPage(fault?: 'enter_wrong' | 'enter_wait'): string {
  return frame(
    t('whatsapp_web.enter_title'),
    html`<p>${t('whatsapp_web.enter_why')}</p>
${fault && html`<div class="message fault" role="alert"><p>${t(`whatsapp_web.${fault}`)}</p></div>`}
<form method="post" action="${PAGE_PATH}">
<div class="field">
<label for="code">${t('whatsapp_web.enter_field')}</label>
<span class="hint" id="hint">${t('whatsapp_web.enter_hint')}</span>
<input id="code" name="code" type="password" autocomplete="current-password" aria-describedby="hint" required>
</div>
<button class="button primary">${t('whatsapp_web.enter')}</button>
</form>`,
  )
}

async function linkPage(state: LinkState): Promise<string> {
  const fault = ['disconnected', 'unreachable', 'session_lost'].includes(state.name)
  const message = html`<div class="message${fault ? ' fault' : ''}" role="status"><p>${textOf(state)}</p></div>`
  const body = state.name === 'waiting_for_scan' ? await scanBody(state, message) : message
  return frame(t('whatsapp_web.title'), html`${body}${'why' in state ? endBody(state) : undefined}`)
}

/** How the link stands, in one or two sentences. */
function textOf(state: LinkState): string {
  if (state.name === 'waiting_for_scan') {
    return t(state.lost ? 'whatsapp_web.scan_lost' : 'whatsapp_web.risk')
  }
  if (!('why' in state)) return t(`whatsapp_web.${state.name}`)
  if (state.retryAt === undefined) return t('whatsapp_web.wavering')
  const time = clockTime.format(state.retryAt)
  if (state.name !== 'disconnected') return t(`whatsapp_web.${state.name}`, { time })
  return t(disconnections[state.why] ?? 'whatsapp_web.disconnected', { time })
}

/** What an operator can do about it, by the code of what happened. */
const disconnections: Record<
  string,
  `whatsapp_web.disconnected_${'browser' | 'folder' | 'conflict' | 'blocked' | 'code'}`
> = {
  browser_not_started: 'whatsapp_web.disconnected_browser',
  session_folder_in_use: 'whatsapp_web.disconnected_folder',
  whatsapp_conflict: 'whatsapp_web.disconnected_conflict',
  whatsapp_tos_block: 'whatsapp_web.disconnected_blocked',
  whatsapp_smb_tos_block: 'whatsapp_web.disconnected_blocked',
  code_expired: 'whatsapp_web.disconnected_code',
}

const clockTime = new Intl.DateTimeFormat('pt-BR', { timeZone: 'America/Sao_Paulo', timeStyle: 'medium' })

async function scanBody(
  state: Extract<LinkState, { name: 'waiting_for_scan' }>,
  message: Markup,
): Promise<Markup> {
  const svg = await drawCode(state.code, { type: 'svg', margin: 4, errorCorrectionLevel: 'L' })
  const picture = `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`
  return html`${message}
<p>${t('whatsapp_web.scan')}</p>
<ol>
<li>${t('whatsapp_web.scan_open')}</li>
<li>${t('whatsapp_web.scan_devices')}</li>
<li>${t('whatsapp_web.scan_link')}</li>
</ol>
<p class="code"><img src="${picture}" width="280" height="280" alt="${t('whatsapp_web.scan_code')}"></p>
<p>${t('whatsapp_web.scan_new')}</p>
${state.lost ? html`<p>${t('whatsapp_web.risk')}</p>` : undefined}`
}

function endBody(state: Extract<LinkState, { why: string }>): Markup {
  return html`<p>${t('whatsapp_web.detail', { code: state.why })}</p>
${
  state.retryAt &&
  html`<form method="post" action="${PAGE_PATH}/tentar"><button class="button">${t('whatsapp_web.retry')}</button></form>`
}`
}

function frame(title: string, body: Markup): string {
  return page({
    title,
    site: t('whatsapp_web.site'),
    skip: t('whatsapp_web.skip'),
    styleSheet: STYLE_PATH,
    body,
  })
}
