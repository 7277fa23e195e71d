import { randomBytes } from 'node:crypto'
import { parseCookie } from 'cookie'
import express, { type ErrorRequestHandler, type Request, type Response, Router } from 'express'
import { RateLimiterMemory } from 'rate-limiter-flexible'
import { z } from 'zod'
import { AppError } from '../errors'
import type { Log } from '../log'
import { pageHeaders, styleSheet } from '../page'
import type { Govbr } from './govbr'
import { levelsUrl } from './levels'
import type { Link, Links } from './links'
import type { Login } from './login'
import * as pages from './pages'
import { fileName, keyedDigest, sameSecret } from './records'
import type { Sessions } from './sessions'

const answerForm = z.object({ answer: z.enum(['same', 'different', 'another']), form: z.string().max(100) })

/** Binds a form to the browser that was shown it. */
const FORM_COOKIE = 'entrar-formulario'
/** The link to go on with when the person comes back from raising their level. */
const LEVEL_COOKIE = 'entrar-nivel'
/** The browser's half of one journey to gov.br. */
const journeyCookie = (state: string) => `entrar-${fileName(state).slice(0, 12)}`

/** The pages under `/entrar/`. Opening a link changes nothing: previews in messengers open links too. */
export function createRoutes(options: {
  login: Login
  links: Links
  sessions: Sessions
  govbr: Govbr
  log: Log
  formKey: Buffer
  publicUrl: string
  issuer: string
  clientId: string
  redirectUri: string
  levelsBase: string
}): Router {
  const { login, links, sessions, govbr, clientId, redirectUri } = options
  // Generous: many people share one address behind a mobile carrier.
  const posts = new RateLimiterMemory({ points: 60, duration: 60, keyPrefix: 'post' })
  const guesses = new RateLimiterMemory({ points: 30, duration: 600, keyPrefix: 'guess' })
  const https = options.publicUrl.startsWith('https:')
  const router = Router()
  router.get(pages.stylePath, styleSheet())
  router.use('/entrar', pageHeaders({ formTargets: formTargets(options.issuer), https }))

  function remember(res: Response, name: string, value: string, minutes: number): void {
    res.cookie(name, value, {
      httpOnly: true,
      sameSite: 'lax',
      secure: https,
      path: '/entrar',
      maxAge: minutes * 60_000,
    })
  }

  function forget(res: Response, name: string): void {
    res.clearCookie(name, { httpOnly: true, sameSite: 'lax', secure: https, path: '/entrar' })
  }

  /** A value that only this browser, shown this page, can send back. */
  function formToken(req: Request, res: Response, linkId: string): string {
    const kept = cookie(req, FORM_COOKIE)
    const browser = kept !== undefined && isSecret(kept) ? kept : secret()
    remember(res, FORM_COOKIE, browser, 60)
    return keyedDigest(options.formKey, `${browser}.${linkId}`)
  }

  function cameFromOurForm(req: Request, token: string, linkId: string): boolean {
    const browser = cookie(req, FORM_COOKIE)
    return browser !== undefined && sameSecret(token, keyedDigest(options.formKey, `${browser}.${linkId}`))
  }

  /** The link of an address; answers itself, and counts a guess, when there is none. */
  async function linkOf(req: Request, res: Response): Promise<Link | undefined> {
    const id = String(req.params.link)
    const address = req.ip ?? ''
    const found = isSecret(id) ? await links.find(id) : undefined
    if (found !== undefined) return found
    const tooMany = await guesses.consume(address).then(
      () => false,
      () => true,
    )
    res.status(tooMany ? 429 : 404).send(pages.noticePage(tooMany ? 'wait' : 'unknown'))
    return undefined
  }

  router.get('/entrar/retorno', async (req, res) => {
    const url = new URL(req.originalUrl, redirectUri)
    const fromLevels = cookie(req, LEVEL_COOKIE)
    if (!url.searchParams.has('state') && fromLevels !== undefined && isSecret(fromLevels)) {
      forget(res, LEVEL_COOKIE)
      return res.redirect(303, `/entrar/${fromLevels}`)
    }
    const state = url.searchParams.get('state') ?? ''
    const arrival = await login.arrive(url, (of) => cookie(req, journeyCookie(of)))
    if (arrival.kind === 'done' || arrival.kind === 'again') forget(res, journeyCookie(state))
    // Always another page: the code of gov.br must not stay in the browser's address.
    if (arrival.kind === 'done')
      return res.redirect(303, isWeb(arrival.link) ? '/entrar/pronto/chat' : '/entrar/pronto')
    if (arrival.kind === 'again') return res.redirect(303, `/entrar/${arrival.link.id}`)
    return res.redirect(303, arrival.kind === 'stale' ? '/entrar/aviso/stale' : '/entrar/aviso/browser')
  })

  router.get('/entrar/pronto', (_req, res) => void res.send(pages.donePage(false)))
  router.get('/entrar/pronto/chat', (_req, res) => void res.send(pages.donePage(true)))
  router.get('/entrar/saiu', (_req, res) => void res.send(pages.noticePage('left')))

  router.get('/entrar/aviso/:notice', (req, res, next) => {
    const notice = pages.notices.find((each) => each === req.params.notice)
    if (notice === undefined) return next()
    res.status(400).send(pages.noticePage(notice))
  })

  router.get('/entrar/sair', async (_req, res) => {
    res.redirect(303, await govbr.logoutUrl(new URL('/entrar/saiu', options.publicUrl).href))
  })

  router.get('/entrar/:link', async (req, res) => {
    const link = await linkOf(req, res)
    if (link === undefined) return
    const token = formToken(req, res, link.id)
    if (links.isLive(link)) return res.send(pages.linkPage(link, token))
    if (link.used && (await sessions.find(link.conversationId)) !== undefined)
      return res.send(pages.donePage(isWeb(link)))
    return res.status(410).send(pages.deadLinkPage(link, token))
  })

  router.get('/entrar/:link/nivel', async (req, res) => {
    const link = await linkOf(req, res)
    if (link === undefined) return
    remember(res, LEVEL_COOKIE, link.id, 60)
    res.redirect(303, levelsUrl(options.levelsBase, { clientId, level: link.level, redirectUri }))
  })

  router.post('/entrar/:link', express.urlencoded({ extended: false, limit: '4kb' }), async (req, res) => {
    const allowed = await posts.consume(req.ip ?? '').then(
      () => true,
      () => false,
    )
    if (!allowed) return res.status(429).send(pages.noticePage('wait'))
    const link = await linkOf(req, res)
    if (link === undefined) return
    const form = answerForm.safeParse(req.body)
    if (!form.success || !cameFromOurForm(req, form.data.form, link.id)) {
      return res.status(403).send(pages.noticePage('form'))
    }
    if (form.data.answer === 'different') {
      await login.refuse(link.id)
      return res.send(pages.differentPage())
    }
    if (form.data.answer === 'another') {
      if (links.isLive(link)) return res.redirect(303, `/entrar/${link.id}`)
      await login.askAnother(link)
      return res.send(pages.askedPage(isWeb(link)))
    }
    const browser = secret()
    const journey = await login.leave(link.id, browser)
    // The page of the link says what became of it.
    if (journey === undefined) return res.redirect(303, `/entrar/${link.id}`)
    remember(res, journeyCookie(journey.state), browser, 30)
    return res.redirect(303, journey.url)
  })

  router.use('/entrar', answerFaults(options.log))
  return router
}

function answerFaults(log: Log): ErrorRequestHandler {
  return (error: Error, req, res, _next) => {
    if (error instanceof AppError && error.code === 'login_provider_unavailable') {
      return res.status(503).send(pages.unavailablePage(req.originalUrl.split('?')[0]))
    }
    const { status } = error as { status?: number }
    if (status !== undefined && status < 500) return res.status(status).send(pages.noticePage('form'))
    log.error({ event: 'login_page_failed', error: error.name })
    return res.status(500).send(pages.noticePage('broken'))
  }
}

/** gov.br sends the browser from one of its hosts to another within a login. */
function formTargets(issuer: string): string[] {
  const { origin, hostname } = new URL(issuer)
  return hostname.endsWith('.acesso.gov.br') ? [origin, 'https://*.acesso.gov.br'] : [origin]
}

function isWeb(link: Link): boolean {
  return link.conversationId.startsWith('web:')
}

function secret(): string {
  return randomBytes(32).toString('base64url')
}

function isSecret(text: string): boolean {
  return /^[\w-]{43}$/.test(text)
}

function cookie(req: Request, name: string): string | undefined {
  return parseCookie(req.get('cookie') ?? '')[name]
}
