import { type TextKey, t } from '../../text'
import { type Activity, agentOf, fileOf, linkOf } from './activity'

type Look = { styleSheet: string; demo: boolean }

/** What the person sees of a conversation without JavaScript. */
export type FormView = Look & {
  activities: Activity[]
  /** The repeat of this form carries the same value, so that it is said once. */
  formId: string
  notice?: TextKey | undefined
}

const time = new Intl.DateTimeFormat('pt-BR', { timeZone: 'America/Sao_Paulo', timeStyle: 'short' })
const day = new Intl.DateTimeFormat('pt-BR', { timeZone: 'America/Sao_Paulo', dateStyle: 'long' })

/** The conversation as a plain page: a list, the answers as buttons, and a form. */
export function conversationPage(view: FormView): string {
  const messages = view.activities.filter(({ type }) => type === 'message')
  const lastOwn = messages.findLastIndex(({ from }) => from.role === 'user')
  const replies = messages.slice(lastOwn + 1)
  const waiting = messages.length > 0 && replies.length === 0
  const notice = view.notice ?? (waiting ? 'chat.plainWaiting' : undefined)
  return document(
    view,
    `<ol class="messages" aria-label="${say('chat.messages')}">${messages
      .map((activity, index) => item(activity, messages[index - 1], index === lastOwn + 1))
      .join('')}</ol>
    ${notice === undefined ? '' : `<p class="notice" role="status">${say(notice)}</p>`}
    ${choices(replies, view.formId)}
    ${form(view.formId)}
    <nav class="plain-links">
      <a href="/conversa#ultima">${say('chat.plainRefresh')}</a>
      <a href="/conversa/nova">${say('chat.restart')}</a>
    </nav>`,
  )
}

/** The page of who has not said anything yet. */
export function startPage(look: Look): string {
  return document(look, start())
}

/** What the chat page shows where there is no JavaScript. */
export function withoutScript(demo: boolean): string {
  const links = `<nav class="plain-links"><a href="/conversa#ultima">${say('chat.plainContinue')}</a></nav>`
  return frame(demo, `${start()}${links}`)
}

function start(): string {
  return `<p class="plain-intro">${say('chat.plainIntro')}</p>
    <form method="post" action="/conversa" class="plain-start">
      <button class="br-button secondary" name="start" value="yes">${say('chat.plainStart')}</button>
    </form>
    ${form('')}`
}

/** Asks before the conversation is forgotten. */
export function restartPage(look: Look): string {
  return document(
    look,
    `<h2>${say('chat.restart')}</h2><p>${say('chat.restartText')}</p>
    <form method="post" action="/conversa/nova" class="plain-start">
      <button class="br-button primary">${say('chat.restartConfirm')}</button>
    </form>
    <p><a href="/conversa#ultima">${say('chat.cancel')}</a></p>`,
  )
}

/** One sentence and the way back. */
export function noticePage(look: Look, key: TextKey): string {
  return document(
    look,
    `<p class="notice" role="alert">${say(key)}</p><p><a href="/conversa">${say('chat.backToChat')}</a></p>`,
  )
}

function document({ styleSheet, demo }: Look, main: string): string {
  return `<!doctype html>
<html lang="pt-BR">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${say('chat.title')}</title>
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
${styleSheet === '' ? '' : `<link rel="stylesheet" href="${safe(styleSheet)}">`}
</head>
<body>
${frame(demo, main)}
</body>
</html>`
}

function frame(demo: boolean, main: string): string {
  return `<div class="plain">
${main.includes('id="texto"') ? `<a class="skip-link" href="#texto">${say('chat.skipToInput')}</a>` : ''}
<header>
${demo ? `<p class="demo">${say('chat.demo')}</p>` : ''}
<div class="top"><div class="brand"><h1>${say('chat.title')}</h1><p>${say('chat.subtitle')}</p></div></div>
</header>
<main>
${main}
</main>
<footer class="plain-footer">
<h2>${say('chat.person')}</h2>${paragraphs('chat.personText')}
<h2>${say('chat.privacy')}</h2>${paragraphs('chat.privacyText')}
</footer>
</div>`
}

function item(activity: Activity, before: Activity | undefined, isLast: boolean): string {
  const own = activity.from.role === 'user'
  const at = new Date(activity.timestamp)
  const date = day.format(at)
  const newDay = before === undefined || day.format(new Date(before.timestamp)) !== date
  const link = own ? undefined : linkOf(activity)
  const file = own ? undefined : fileOf(activity)
  const agent = agentOf(activity)
  return `${newDay ? `<li class="day"><span>${safe(date)}</span></li>` : ''}<li class="message ${
    own ? 'own' : agent === undefined ? 'bot' : 'bot agent'
  }"${isLast ? ' id="ultima"' : ''}><p class="who">${
    agent === undefined
      ? say(own ? 'chat.you' : 'chat.assistant')
      : safe(t('chat.agent', { name: visible(agent) }))
  } <time datetime="${safe(activity.timestamp)}">${safe(time.format(at))}</time></p><div class="text" dir="auto">${safe(
    visible(spoken(activity)),
  )}</div>${
    link === undefined
      ? ''
      : `<p class="link"><a class="br-button primary" href="${safe(link.url)}" target="_blank" rel="noopener noreferrer">${safe(
          link.title,
        )} <span class="hidden">(${say('chat.newTab')})</span></a></p>`
  }${
    file === undefined
      ? ''
      : `<p class="link"><a class="br-button secondary" href="${safe(file.url)}" download="${safe(file.name)}">${safe(
          t('chat.download', { name: visible(file.name) }),
        )}</a></p>`
  }</li>`
}

/** The words of an activity: the title of a pressed choice rather than its value, the name of a file. */
function spoken({ text, channelData, attachments, from }: Activity): string {
  if (from.role === 'user') {
    if (typeof channelData?.title === 'string') return channelData.title
    const file = attachments?.[0]
    if (!text && file !== undefined) {
      return file.name === undefined ? t('chat.attachmentUnnamed') : t('chat.attachment', { name: file.name })
    }
  }
  return text ?? ''
}

function choices(replies: Activity[], formId: string): string {
  const asked = replies.findLast(({ suggestedActions }) => suggestedActions !== undefined)
  if (asked === undefined) return ''
  const buttons = asked.suggestedActions?.actions.map(
    ({ title, value }) =>
      `<li><button class="br-button secondary" name="choice" value="${safe(JSON.stringify([value, title]))}">${safe(
        title,
      )}</button></li>`,
  )
  const questionId = asked.channelData?.questionId
  return `<form method="post" action="/conversa" class="choices" aria-label="${say('chat.choices')}">
  <input type="hidden" name="formId" value="${safe(formId)}">
  ${typeof questionId === 'string' ? `<input type="hidden" name="questionId" value="${safe(questionId)}">` : ''}
  <ul>${buttons?.join('')}</ul>
</form>`
}

function form(formId: string): string {
  return `<form method="post" action="/conversa" class="composer" autocomplete="off">
  <input type="hidden" name="formId" value="${safe(formId)}">
  <label class="plain-label" for="texto">${say('chat.inputLabel')}</label>
  <textarea id="texto" name="text" rows="2" dir="auto"></textarea>
  <button class="br-button primary">${say('chat.send')}</button>
</form>`
}

function paragraphs(key: TextKey): string {
  return t(key)
    .split('\n')
    .map((line) => `<p>${safe(line)}</p>`)
    .join('')
}

function say(key: TextKey): string {
  return safe(t(key))
}

/** Control characters show as boxes or not at all, and some turn the line around: none is needed. */
function visible(text: string): string {
  return text.replace(/[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069]/gu, '')
}

function safe(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
