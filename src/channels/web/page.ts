import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import express, { type Router } from 'express'
import type { Log } from '../../log'
import { answerErrors, DirectLineError } from './direct-line-error'
import { startPage, withoutScript } from './form-page'
import { fromOwnPage, pageHeaders } from './headers'
import { type Tokens, tokenSeconds } from './tokens'
import type { Visitors } from './visitor'

/** The built page's HTML and the address of its style sheet, which the plain pages share. */
export type BuiltPage = { html: string; styleSheet: string } | undefined

/** @returns undefined when the page was not built: the plain form then stands in its place. */
export function readBuiltPage(folder: string): BuiltPage {
  const file = join(folder, 'index.html')
  if (!existsSync(file)) return undefined
  const html = readFileSync(file, 'utf8')
  return { html, styleSheet: /<link rel="stylesheet"[^>]* href="([^"]+)"/.exec(html)?.[1] ?? '' }
}

/** The chat page at `/`, its files, and the calls by which it gets into its conversation. */
export function createPage(options: {
  folder: string
  built: BuiltPage
  visitors: Visitors
  tokens: Tokens
  publicUrl: string
  secureCookies: boolean
  demo: boolean
  countToken: (address: string) => Promise<void>
  ended: (conversationId: string) => void
  log: Log
}): Router {
  const { visitors, tokens, built } = options
  const router = express.Router()
  const headers = pageHeaders(options)
  const html =
    built === undefined
      ? startPage({ styleSheet: '', demo: options.demo })
      : built.html
          .replace('data-demo="false"', `data-demo="${options.demo}"`)
          .replace('<!--plain-->', () => withoutScript(options.demo))

  router.get('/', headers, (_request, response) => {
    response.set('Cache-Control', 'no-cache').type('html').send(html)
  })
  router.use(
    '/assets',
    headers,
    express.static(join(options.folder, 'assets'), {
      immutable: true,
      maxAge: '365d',
      index: false,
      redirect: false,
    }),
  )
  router.get('/favicon.svg', headers, (_request, response, next) => {
    response.sendFile('favicon.svg', { root: options.folder, maxAge: '7d' }, (error) => {
      if (error) next()
    })
  })

  const calls = express.Router()
  calls.use(headers, (request, response, next) => {
    response.set('Cache-Control', 'no-store')
    if (!fromOwnPage(request, options.publicUrl)) throw new DirectLineError('NotAuthorized')
    next()
  })
  calls.post('/token', async (request, response) => {
    await options.countToken(request.ip ?? 'unknown')
    const grant = await visitors.welcome(request, response)
    response.json({
      token: await tokens.issue('directline', grant),
      userId: grant.userId,
      conversationId: grant.conversationId,
      expires_in: tokenSeconds.directline,
    })
  })
  // "Começar de novo": the browser forgets the conversation, and the conversation forgets the browser.
  calls.delete('/conversation', async (request, response) => {
    const ended = await visitors.dismiss(request, response)
    if (ended !== undefined) options.ended(ended)
    response.sendStatus(204)
  })
  calls.use(() => {
    throw new DirectLineError('NotFound')
  })
  calls.use(answerErrors(options.log))
  router.use('/webchat', calls)
  return router
}
