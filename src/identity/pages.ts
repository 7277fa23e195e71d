import { html, type Markup, page } from '../page'
import { type TextKey, type TextParams, t } from '../text'
import type { Link } from './links'

/** Where `styleSheet()` is mounted. */
export const stylePath = '/entrar/estilo.css'

type Key = TextKey extends infer Any ? (Any extends `login.${infer Name}` ? Name : never) : never

function say(key: Key, params?: TextParams): string {
  return t(`login.${key}`, params)
}

/** The page of a live link: why, the code to compare, and the way to gov.br. `formToken` must come back. */
export function linkPage(link: Link, formToken: string): string {
  const raise = link.note === 'level'
  return loginPage(
    'title',
    html`${link.note && html`<div class="message" role="status"><p>${say(`note_${link.note}`)}</p></div>`}
<p>${say('why', { purpose: readable(link.purpose) })}${
      link.level === 'bronze' ? undefined : html` ${say('why_level', { level: link.level })}`
    }</p>
${
  raise
    ? html`<p>${say('level_how')}</p>
<p><a class="button primary" href="/entrar/${link.id}/nivel">${say('level_raise')}</a></p>`
    : undefined
}
<h2 id="code">${say('code_question')}</h2>
<p class="code"><strong>${link.code}</strong></p>
<form method="post" action="/entrar/${link.id}" aria-labelledby="code">
<input type="hidden" name="form" value="${formToken}">
<button class="button${raise ? '' : ' primary'}" name="answer" value="same">${say(raise ? 'again' : 'same')}</button>
<button class="button" name="answer" value="different">${say('different')}</button>
</form>
<p>${say('code_help')}</p>
<p>${say('safety')}</p>`,
  )
}

/** The page of a link that was used or expired: another comes into the conversation. */
export function deadLinkPage(link: Link, formToken: string): string {
  const what = link.used ? 'used' : 'expired'
  return loginPage(
    `${what}_title`,
    html`<p>${say(what)}</p>
<form method="post" action="/entrar/${link.id}">
<input type="hidden" name="form" value="${formToken}">
<button class="button primary" name="answer" value="another">${say('ask_other')}</button>
</form>`,
  )
}

/** The end of a login. `chat`: the conversation is at `/`. */
export function donePage(chat: boolean): string {
  return loginPage(
    'done_title',
    chat
      ? html`<p>${say('done')}</p>${backToChat()}`
      : html`<p>${say('done')}</p><p>${say('done_close')}</p>`,
  )
}

/** The person was told that another link is in the conversation. */
export function askedPage(chat: boolean): string {
  return loginPage('asked_title', html`<p>${say('asked')}</p>${chat ? backToChat() : undefined}`)
}

/** The person said that the code is not theirs. */
export function differentPage(): string {
  return loginPage('different_title', html`<p>${say('different_done')}</p>`)
}

export const notices = ['unknown', 'stale', 'browser', 'form', 'wait', 'broken', 'left'] as const
export type Notice = (typeof notices)[number]

/** A page that says one thing. */
export function noticePage(notice: Notice): string {
  return loginPage(`${notice}_title`, html`<p>${say(notice)}</p>`)
}

/** gov.br does not answer; `retry` is the address to try again, when there is one. */
export function unavailablePage(retry?: string): string {
  return loginPage(
    'unavailable_title',
    html`<p>${say('unavailable')}</p>
${retry === undefined ? undefined : html`<p><a class="button primary" href="${retry}">${say('retry')}</a></p>`}`,
  )
}

function backToChat(): Markup {
  return html`<p><a class="button primary" href="/">${say('back')}</a></p>`
}

function loginPage(title: Key, body: Markup): string {
  return page({ title: say(title), site: say('site'), skip: say('skip'), styleSheet: stylePath, body })
}

/** A purpose is a text key, or already the text. */
function readable(purpose: string): string {
  return /^[\w-]+\.[\w-]+$/.test(purpose) ? t(purpose as TextKey) : purpose
}
