import express, { type ErrorRequestHandler, type Router as ExpressRouter, Router } from 'express'
import { z } from 'zod'
import type { Log } from '../log'
import { html, type Markup, page, pageHeaders, styleSheet } from '../page'
import { type TextKey, t } from '../text'
import { whenAndWhat } from './news'
import type { Checked } from './notices'

const PATH = '/mensagem'
const STYLE_PATH = '/mensagem/estilo.css'
const form = z.object({ code: z.string().max(200) })

/** `GET /mensagem`: whether a message that came is ours, by its code. Works without JavaScript and without login. */
export function createCheckPage(options: {
  check: (text: string, who: string) => Promise<Checked>
  https: boolean
  log: Log
}): ExpressRouter {
  const router = Router()
  router.get(STYLE_PATH, styleSheet())
  router.use(PATH, pageHeaders({ formTargets: [], https: options.https }))
  router.get(
    PATH,
    (_request, response) => void response.send(checkPage('check_title', html`<p>${say('check_intro')}</p>`)),
  )
  router.post(PATH, express.urlencoded({ extended: false, limit: '4kb' }), async (request, response) => {
    const given = form.safeParse(request.body)
    const checked: Checked = given.success
      ? await options.check(given.data.code, request.ip ?? '')
      : { result: 'no_code' }
    response.status(checked.result === 'wait' ? 429 : 200).send(answerPage(checked))
  })
  router.use(PATH, answerFaults(options.log))
  return router
}

/** A form that cannot be read holds no code; anything else is our fault, and does not make the message safe. */
function answerFaults(log: Log): ErrorRequestHandler {
  return (error: { status?: unknown; name?: string }, _request, response, next) => {
    if (response.headersSent) return next(error)
    if (typeof error.status === 'number' && error.status >= 400 && error.status < 500) {
      return void response.status(error.status).send(answerPage({ result: 'no_code' }))
    }
    log.error({ event: 'check_failed', err: error.name })
    response.status(503).send(checkPage('check_broken_title', answer([say('check_broken')], 'fault')))
  }
}

function answerPage(checked: Checked): string {
  switch (checked.result) {
    case 'ours':
      return checkPage('check_ours_title', answer([whenAndWhat(checked), say('check_ours_care')]))
    case 'not_ours':
      return checkPage(
        'check_not_ours_title',
        answer([say('check_not_ours'), say('check_not_ours_do')], 'fault'),
      )
    case 'wait':
      return checkPage('check_wait_title', answer([say('check_wait')], 'fault'))
    case 'no_code':
      return checkPage('check_title', answer([say('check_no_code')], 'fault'))
  }
}

function answer(paragraphs: string[], kind = ''): Markup {
  return html`<div class="message ${kind}" role="status">${paragraphs.map((text) => html`<p>${text}</p>\n`)}</div>`
}

function checkPage(title: Key, above: Markup): string {
  return page({
    title: say(title),
    site: t('login.site'),
    skip: t('login.skip'),
    styleSheet: STYLE_PATH,
    body: html`${above}
<form method="post" action="${PATH}">
<div class="field">
<label for="code">${say('check_label')}</label>
<span class="hint" id="code-hint">${say('check_hint')}</span>
<input id="code" name="code" autocomplete="off" autocapitalize="characters" spellcheck="false" maxlength="40" required aria-describedby="code-hint">
</div>
<button class="button primary">${say('check_button')}</button>
</form>`,
  })
}

type Key = Extract<TextKey, `notices.${string}`> extends `notices.${infer Name}` ? Name : never

function say(key: Key): string {
  return t(`notices.${key}` as TextKey)
}
