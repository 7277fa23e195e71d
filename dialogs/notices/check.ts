import type { Reading } from '../../src/nlu/reading'
import { findCode } from '../../src/notices/code'
import { whenAndWhat } from '../../src/notices/news'
import { t } from '../../src/text'
import { fold } from '../readings'
import type { Answer, Context, Found, Service } from '../service'

export type CheckFacts = {
  /** As it was written; null when the message has none. */
  code: string | null
}

/** "Essa mensagem é de vocês?": by its code, for anyone, without login. */
export const checkMessage: Service<CheckFacts> = {
  id: 'check-message',
  title: 'notices.check_service',
  steps: [
    {
      fact: 'code',
      ask: () => ({ say: [t('notices.check_ask')], choices: [t('notices.choice_no_code')] }),
      read: readCode,
      example: 'notices.check_example',
    },
  ],
  finish: tellWhetherOurs,
}

function readCode(answer: Answer): Reading<string | null> {
  const code = findCode(answer.text)
  if (code !== undefined) return { certainty: 'sure', value: code }
  const none =
    answer.choice === 0 || /\bnao (tem|vem|veio|ha|achei|tinha)\b|\bsem codigo\b/.test(fold(answer.text))
  return none ? { certainty: 'sure', value: null } : { certainty: 'again', reason: 'choice' }
}

async function tellWhetherOurs(
  { code }: Partial<CheckFacts>,
  { notices, record }: Context,
): Promise<Found<CheckFacts>> {
  const checked = code == null || notices === undefined ? undefined : await notices.check(code)
  record({ type: 'message_checked', result: checked?.result ?? 'no_code' })
  switch (checked?.result) {
    case 'ours':
      return { say: [whenAndWhat(checked), t('notices.check_ours_care')], end: 'answered' }
    case 'not_ours':
      return {
        say: [t('notices.check_not_ours'), t('notices.check_not_ours_do')],
        end: 'answered',
        person: 'service_needs_person',
      }
    case 'wait':
      return { say: [t('notices.check_wait')], end: 'answered' }
    default:
      return {
        say: [t('notices.check_none'), t('notices.check_not_ours_do')],
        end: 'answered',
        person: 'service_needs_person',
      }
  }
}
