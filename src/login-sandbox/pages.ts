import { html, type Markup, page } from '../page'
import { type TextKey, type TextParams, t } from '../text'
import { type Account, type Level, reaches, readableCpf } from './accounts'

/** Where `styleSheet()` is mounted. */
export const stylePath = '/estilo.css'

type Key = TextKey extends infer Any ? (Any extends `login-sandbox.${infer Name}` ? Name : never) : never

function say(key: Key, params?: TextParams): string {
  return t(`login-sandbox.${key}`, params)
}

export type LoginFault = {
  key: 'fault_cpf_missing' | 'fault_cpf_digits' | 'fault_password' | 'fault_wait'
  minutes?: number
}

/** The people of the demonstration as buttons, and a form for CPF and password. */
export function loginPage(view: {
  accounts: Account[]
  /** The application is the desk, and these people work there. */
  staff: boolean
  /** Who is logged in already. */
  current?: Account | undefined
  fault?: LoginFault | undefined
  /** What was typed as CPF, to be corrected rather than typed again. */
  typed?: string | undefined
}): string {
  const { accounts, current, fault, typed } = view
  const passwords = new Set(accounts.map(({ password }) => password))
  const [shared] = passwords.size === 1 ? passwords : []
  return sandboxPage(
    say('login_title'),
    html`<p>${say(view.staff ? 'shares_staff' : 'shares')}</p>
<form method="post" novalidate>
${
  current &&
  html`<button class="button primary" name="person" value="${current.cpf}">${say('stay_as', { name: current.name })}</button>`
}
<h2>${say(current === undefined ? 'people_title' : 'people_other_title')}</h2>
<p><a href="#typed">${say('to_typed')}</a></p>
<ul class="people">
${accounts.filter(({ cpf }) => cpf !== current?.cpf).map((account) => html`<li><button name="person" value="${account.cpf}">${person(account)}</button></li>\n`)}
</ul>
</form>
<h2 id="typed">${say('typed_title')}</h2>
${fault && faultMessage(fault)}
<form method="post" novalidate aria-labelledby="typed">
${field({ name: 'cpf', label: say('cpf'), hint: say('cpf_hint'), value: typed, invalid: fault?.key.startsWith('fault_cpf') })}
${field({
  name: 'password',
  label: say('password'),
  hint: shared && say('password_hint', { password: shared }),
  invalid: fault?.key === 'fault_password',
})}
<button class="button primary">${say('enter')}</button>
</form>
<form method="post">
<button class="button" name="cancel" value="yes">${say('cancel')}</button>
</form>`,
  )
}

function person(account: Account): Markup {
  return html`<span class="name">${account.name}</span>
<span>${account.what}</span>
<span class="level">${say('account_level', {
    level: account.staff === undefined ? account.level : 'staff',
    cpf: readableCpf(account.cpf),
  })}</span>`
}

function faultMessage(fault: LoginFault): Markup {
  return html`<div class="message fault" role="alert" id="fault">
<p><strong>${say('fault_title')}</strong></p>
<p>${say(fault.key, { minutes: fault.minutes ?? 1 })}</p>
</div>`
}

function field(view: {
  name: 'cpf' | 'password'
  label: string
  hint?: string | undefined
  value?: string | undefined
  invalid?: boolean | undefined
}): Markup {
  const { name, label, hint, value, invalid } = view
  const described = [hint !== undefined && `${name}-hint`, invalid && 'fault'].filter(Boolean).join(' ')
  return html`<div class="field">
<label for="${name}">${label}</label>
${hint && html`<span class="hint" id="${name}-hint">${hint}</span>`}
<input id="${name}" name="${name}" required${described && html` aria-describedby="${described}"`}${invalid ? html` aria-invalid="true" autofocus` : undefined}
${name === 'cpf' ? html`inputmode="numeric" autocomplete="off" maxlength="14" value="${value}"` : html`type="password" autocomplete="off"`}>
</div>`
}

/** The page where an account becomes silver or gold, as gov.br's register of reliabilities. */
export function levelsPage(account: Account, wanted: Level[], back: string): string {
  const higher = wanted.filter((level) => !reaches(account.level, level))
  return sandboxPage(
    say('levels_title'),
    html`<p>${say('levels_now', { name: account.name, level: account.level })}</p>
${
  higher.length === 0
    ? html`<p>${say('levels_enough')}</p>
<p><a class="button primary" href="${back}">${say('levels_continue')}</a></p>`
    : html`<p>${say('levels_why')}</p>
<form method="post">
${higher.map((level) => html`<button class="button primary" name="level" value="${level}">${say(level === 'gold' ? 'levels_gold' : 'levels_silver')}</button>`)}
</form>
<p><a class="button" href="${back}">${say('levels_back')}</a></p>`
}`,
  )
}

/** Nobody is logged in at the page of levels; `back` leads to the application. */
export function noSessionPage(back: string): string {
  return sandboxPage(
    say('levels_title'),
    html`<p>${say('levels_no_session')}</p><p><a class="button primary" href="${back}">${say('levels_continue')}</a></p>`,
  )
}

/** A page that says one thing: a request that cannot go on, or a finished logout. */
export function errorPage(what: 'expired' | 'error' | 'left'): string {
  return sandboxPage(say(`${what}_title`), html`<p>${say(what)}</p>`)
}

function sandboxPage(title: string, body: Markup): string {
  return page({
    title,
    site: say('site'),
    skip: say('skip'),
    styleSheet: stylePath,
    notice: say('demonstration'),
    body,
  })
}
