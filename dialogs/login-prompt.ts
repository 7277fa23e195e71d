import { isAboutRelative, t } from '../src/text'
import type { Context, Level, LoginStep, Prompt } from './service'

/** Why a login is asked for and whose, the page with its code, and the ways on. The answers come in this order. */
export async function loginPrompt(login: LoginStep<object>['login'], context: Context): Promise<Prompt> {
  const purpose = t(login.purpose)
  const { url, code, minutes } = await context.login.link(purpose, login.level)
  return {
    say: [
      isAboutRelative() ? t('login_chat.why_kin') : t('login_chat.why', { purpose }),
      { text: t('login_chat.link', { code, minutes }), link: { title: t('login_chat.link_title'), url } },
    ],
    choices: [t('login_chat.choice_done'), t('login_chat.choice_new_link'), t('login_chat.choice_no')],
  }
}

/** Whether an account of one gov.br level may do what asks for another. */
export function reaches(level: Level, required: Level): boolean {
  const order: Level[] = ['bronze', 'silver', 'gold']
  return order.indexOf(level) >= order.indexOf(required)
}
