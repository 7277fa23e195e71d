import { existsSync } from 'node:fs'
import { join } from 'node:path'
import express, { type ErrorRequestHandler, type Router } from 'express'
import { RateLimiterMemory } from 'rate-limiter-flexible'
import { pageHeaders } from '../channels/web/headers'
import { html, page } from '../page'
import { t } from '../text'
import { type ConsoleDeps, createConsoleApi } from './api'

/** The agents' console at `/atendimento`: its pages, its login and its calls. Mounted at the root. */
export function createConsole(deps: ConsoleDeps & { folder: string }): Router {
  const { sessions, audit, history, publicUrl, log, folder } = deps
  const logins = new RateLimiterMemory({ points: 60, duration: 60 })
  const router = express.Router()
  const headers = pageHeaders({ secureCookies: publicUrl.startsWith('https:'), forms: 'none' })

  router.use('/atendimento/api', createConsoleApi(deps))
  router.use('/atendimento', headers, (_request, response, next) => {
    response.set('Cache-Control', 'no-store')
    next()
  })
  router.get('/atendimento/entrar', async (request, response) => {
    const allowed = await logins.consume(request.ip ?? '').then(
      () => true,
      () => false,
    )
    if (!allowed) return response.sendStatus(429)
    return sessions.begin(response)
  })
  router.get('/atendimento/retorno', async (request, response) => {
    const agent = await sessions.finish(request, response)
    if (agent?.role !== undefined) {
      audit.write({ actor: agent.id, action: 'signed_in' }).catch(() => undefined)
      history.named({ id: agent.id, name: agent.name }).catch(() => undefined)
    }
    // Always another page: the code must not stay in the browser's address.
    response.redirect(303, '/atendimento')
  })
  router.use(
    '/atendimento/assets',
    express.static(join(folder, 'assets'), {
      immutable: true,
      maxAge: '365d',
      index: false,
      redirect: false,
    }),
  )
  for (const file of ['icon.svg', 'console.webmanifest'])
    router.get(`/atendimento/${file}`, (_request, response, next) => {
      response.sendFile(file, { root: folder, cacheControl: false }, (error) => {
        if (error) next()
      })
    })
  router.get(/^\/atendimento\/?$/, (_request, response, next) => {
    if (!existsSync(join(folder, 'index.html'))) return next()
    return response.sendFile('index.html', { root: folder, cacheControl: false })
  })
  const failed: ErrorRequestHandler = (error: Error, _request, response, next) => {
    if (response.headersSent) return next(error)
    log.error({ event: 'console_page_failed', error: error.name })
    return response.status(503).send(unavailablePage())
  }
  router.use('/atendimento', failed)
  return router
}

function unavailablePage(): string {
  return page({
    title: t('console.unreachableTitle'),
    site: t('console.title'),
    skip: t('login-sandbox.skip'),
    styleSheet: '/entrar/estilo.css',
    body: html`<p><a class="button primary" href="/atendimento/entrar">${t('console.tryNow')}</a></p>`,
  })
}
