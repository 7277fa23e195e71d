import type { messages } from '../index'
import answers from './answers.json'
import contribution from './contribution.json'
import crisis from './crisis.json'
import errors from './errors.json'
import follow from './follow.json'
import format from './format.json'
import handoff from './handoff.json'
import law from './law.json'
import login_chat from './login_chat.json'
import menu from './menu.json'
import notices from './notices.json'
import payments from './payments.json'
import repair from './repair.json'
import request from './request.json'
import simulation from './simulation.json'
import thirteenth from './thirteenth.json'

const short = {
  answers,
  contribution,
  crisis,
  errors,
  follow,
  format,
  handoff,
  law,
  login_chat,
  menu,
  notices,
  payments,
  repair,
  request,
  simulation,
  thirteenth,
}

type Short = typeof short
type Long = typeof messages
/** Keys that no long text has. */
type Stray = { [File in keyof Short]: Exclude<keyof Short[File], keyof Long[File]> }[keyof Short]

/** What is said where every message costs (SMS): the same keys, fewer words. A stray key does not compile. */
export const shortMessages: [Stray] extends [never] ? Short : never = short
