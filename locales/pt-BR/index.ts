import answers from './answers.json'
import canned from './canned.json'
import chat from './chat.json'
import chatwoot from './chatwoot.json'
import consoleTexts from './console.json'
import contribution from './contribution.json'
import crisis from './crisis.json'
import errors from './errors.json'
import follow from './follow.json'
import format from './format.json'
import handoff from './handoff.json'
import historyExport from './history_export.json'
import law from './law.json'
import login from './login.json'
import login_chat from './login_chat.json'
import loginSandbox from './login-sandbox.json'
import menu from './menu.json'
import notices from './notices.json'
import payments from './payments.json'
import repair from './repair.json'
import request from './request.json'
import simulation from './simulation.json'
import thirteenth from './thirteenth.json'
import whatsapp from './whatsapp.json'
import whatsapp_web from './whatsapp_web.json'

/** Every sentence a citizen or an agent reads, by file. The keys of `t` are `<file>.<key>`. */
export const messages = {
  answers,
  canned,
  chat,
  chatwoot,
  console: consoleTexts,
  contribution,
  crisis,
  errors,
  follow,
  format,
  handoff,
  history_export: historyExport,
  law,
  login,
  'login-sandbox': loginSandbox,
  login_chat,
  menu,
  notices,
  payments,
  repair,
  request,
  simulation,
  thirteenth,
  whatsapp,
  whatsapp_web,
} as const
