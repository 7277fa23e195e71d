import { list } from '../../src/format'
import type { Reading } from '../../src/nlu/reading'
import { type Subject, subjects } from '../../src/notices/subjects'
import { t } from '../../src/text'
import { fold, yesOrNo } from '../readings'
import type { Answer, Context, Found, Service } from '../service'
import type { Wish } from './words'

export type NoticesFacts = {
  wish: Wish
  /** The wish needs no login, or cannot be met here: it was answered. */
  here: true
  login: string
  /** Whether to tell how a request goes, asked after it was made. */
  offered: boolean
  chosen: Subject[]
}

/** What follows a request, when the person says yes to it. */
const ofRequest: Subject[] = ['pedido', 'documento']

/** Which messages the person wants without asking: offered after a request, or asked for. */
export const notices: Service<NoticesFacts> = {
  id: 'notices',
  title: 'notices.title',
  steps: [
    { fact: 'here', find: answerWithoutLogin },
    {
      fact: 'login',
      login: { purpose: 'notices.login_purpose', level: 'bronze' },
      refused: () => ({ say: [t('notices.without_login')], end: 'answered' }),
    },
    {
      fact: 'offered',
      when: (facts) => facts.wish === 'offer',
      ask: () => ({ say: [t('notices.offer')], choices: [t('repair.choice_yes'), t('repair.choice_no')] }),
      read: yesOrNo,
      why: 'notices.why',
    },
    {
      fact: 'chosen',
      when: (facts) => facts.wish !== 'offer',
      ask: () => ({
        say: [t('notices.ask')],
        choices: [
          t('notices.choice_all'),
          t('notices.choice_pagamento'),
          t('notices.choice_pedido'),
          t('notices.choice_agendamento'),
          t('notices.choice_none'),
        ],
      }),
      read: readSubjects,
      example: 'notices.example',
      why: 'notices.why',
    },
  ],
  finish: choose,
}

async function answerWithoutLogin(
  facts: Partial<NoticesFacts>,
  { notices: here, record }: Context,
): Promise<Found<NoticesFacts>> {
  if (here?.carries !== true) return { say: [t('notices.not_here')], end: 'answered' }
  if (facts.wish === 'stop') {
    await here.stop()
    record({ type: 'notices_stopped' })
    return { say: [t('notices.stopped')], end: 'answered' }
  }
  if (facts.wish !== 'list') return { facts: { here: true } }
  const current = await here.current()
  return {
    say: [
      current.length === 0 ? t('notices.current_none') : t('notices.current', { subjects: inWords(current) }),
    ],
    end: 'answered',
  }
}

async function choose(facts: Partial<NoticesFacts>, context: Context): Promise<Found<NoticesFacts>> {
  const { notices: here } = context
  if (here === undefined) return { say: [t('notices.not_here')], end: 'answered' }
  const offer = facts.wish === 'offer'
  if (offer && facts.offered !== true) return { say: [t('notices.offer_no')], end: 'answered' }
  const before = offer ? await here.current() : []
  const wanted = offer
    ? subjects.filter((each) => before.includes(each) || ofRequest.includes(each))
    : facts.chosen
  if (wanted === undefined || wanted.length === 0) {
    await here.stop()
    return { say: [t('notices.stopped')], end: 'answered' }
  }
  await here.choose(wanted, offer ? 'notices.offer' : 'notices.ask')
  context.record({ type: 'notices_chosen', subjects: wanted.join(' ') })
  return { say: [t('notices.chosen', { subjects: inWords(wanted) })], end: 'answered' }
}

const byChoice: Subject[][] = [[...subjects], ['pagamento'], ofRequest, ['agendamento'], []]

const bySpoken: [RegExp, Subject][] = [
  [/\bpagament\w*|\bdinheiro\b|\bsalario\b|\bbeneficio\b/, 'pagamento'],
  [/\bpedidos?\b|\bprocesso\b|\bandament\w*/, 'pedido'],
  [/\bdocument\w*|\bexigencia\w*/, 'documento'],
  [/\bagendament\w*|\bhora marcada\b|\bpericia\w*|\batendiment\w*|\bconsulta\b/, 'agendamento'],
]

function readSubjects(answer: Answer): Reading<Subject[]> {
  const folded = fold(answer.text)
  const named = bySpoken.flatMap(([words, subject]) => (words.test(folded) ? [subject] : []))
  // "Pedido e hora marcada" is near one of the choices, and names more than it.
  if (!answer.pressed && named.length > 1) return { certainty: 'sure', value: named }
  const chosen = answer.choice === undefined ? undefined : byChoice[answer.choice]
  if (chosen !== undefined) return { certainty: 'sure', value: chosen }
  if (/\b(tudo|todos|todas)\b/.test(folded)) return { certainty: 'sure', value: [...subjects] }
  if (/\b(nada|nenhum\w*|nao quero)\b/.test(folded)) return { certainty: 'sure', value: [] }
  return named.length === 0 ? { certainty: 'again', reason: 'choice' } : { certainty: 'sure', value: named }
}

function inWords(wanted: Subject[]): string {
  return list(wanted.map((subject) => t(`notices.about_${subject}`)))
}
