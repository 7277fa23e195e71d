import express, { type Router as ExpressRouter, Router } from 'express'
import { z } from 'zod'
import { html, page, pageHeaders, styleSheet } from '../page'
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
}): ExpressRouter {
  const router = Router()
  router.get(STYLE_PATH, styleSheet())
  router.use(PATH, pageHeaders({ formTargets: [], https: options.https }))
  router.get(PATH, (_request, response) => void response.send(checkPage('check_title', [say('check_intro')])))
  router.post(PATH, express.urlencoded({ extended: false, limit: '4kb' }), async (request, response) => {
    const given = form.safeParse(request.body)
    const checked: Checked = given.success
      ? await options.check(given.data.code, request.ip ?? '')
      : { result: 'no_code' }
    response.status(checked.result === 'wait' ? 429 : 200).send(answerPage(checked))
  })
  return router
}

function answerPage(checked: Checked): string {
  switch (checked.result) {
    case 'ours':
      return checkPage('check_ours_title', [whenAndWhat(checked), say('check_ours_care')])
    case 'not_ours':
      return checkPage('check_not_ours_title', [say('check_not_ours'), say('check_not_ours_do')])
    case 'wait':
      return checkPage('check_wait_title', [say('check_wait')])
    case 'no_code':
      return checkPage('check_title', [say('check_no_code')])
  }
}

function checkPage(title: Key, paragraphs: string[]): string {
  return page({
    title: say(title),
    site: t('login.site'),
    skip: t('login.skip'),
    styleSheet: STYLE_PATH,
    body: html`<div role="status">${paragraphs.map((text) => html`<p>${text}</p>\n`)}</div>
<form method="post" action="${PATH}">
<label for="code">${say('check_label')}</label>
<p id="hint">${say('check_hint')}</p>
<input id="code" name="code" type="text" autocomplete="off" autocapitalize="characters" spellcheck="false" maxlength="40" required aria-describedby="hint">
<button class="button primary">${say('check_button')}</button>
</form>`,
  })
}

type Key = Extract<TextKey, `notices.${string}`> extends `notices.${infer Name}` ? Name : never

function say(key: Key): string {
  return t(`notices.${key}` as TextKey)
}
