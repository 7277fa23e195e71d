import { z } from 'zod'
import { brasiliaTime, civilDate } from '../clock'
import { dateWithWeekday } from '../format'
import { type TextKey, t } from '../text'
import { shownCode } from './code'
import type { Subject } from './subjects'

const HOUR_MS = 3_600_000
/** To get ready and be there. */
const BEFORE_APPOINTMENT_MS = 2 * HOUR_MS

// { "id": "evt_6f9c2d2e-…", "type": "payment.credited", "timestamp": "2026-11-27T03:00:04.000Z",
//   "person": "q8Xw0cVb3mJk5nPz7rTdYA", "data": { "date": "2026-11-27" } }
/** What the INSS API tells. A type we do not know is taken and left. */
export const inssEvent = z.object({
  id: z.string().regex(/^[\w.-]{1,100}$/),
  type: z.string().max(100),
  timestamp: z.iso.datetime(),
  person: z.string().regex(/^[\w-]{1,100}$/),
  data: z.object({
    status: z.string().optional(),
    automatic: z.boolean().optional(),
    date: z.iso.date().optional(),
    time: z
      .string()
      .regex(/^([01]\d|2[0-3]):[0-5]\d$/)
      .optional(),
  }),
})
export type InssEvent = z.infer<typeof inssEvent>

/** What of an event is told to the person, and until when it is of use. */
export type News = {
  subject: Subject
  text: TextKey
  /** Name of the approved template that says the same. */
  template: string
  earliest?: number
  deadline?: number
  appointment?: { date: string; time: string }
}

/** The news in an event; undefined when there is nothing to tell. */
export function newsOf({ type, data }: InssEvent): News | undefined {
  switch (type) {
    case 'payment.credited':
      return { subject: 'pagamento', text: 'notices.credited', template: 'aviso_pagamento_caiu' }
    case 'payment.returned':
      return { subject: 'pagamento', text: 'notices.returned', template: 'aviso_pagamento_voltou' }
    case 'request.moved':
      return { subject: 'pedido', text: 'notices.moved', template: 'aviso_pedido_andou' }
    case 'request.document_required':
      return { subject: 'documento', text: 'notices.document', template: 'aviso_documento_pedido' }
    case 'request.decided':
      // Decided at once, or given up: whoever asked was just told where they asked.
      return data.automatic === true || data.status === 'withdrawn'
        ? undefined
        : { subject: 'pedido', text: 'notices.decided', template: 'aviso_pedido_decidido' }
    case 'appointment.tomorrow':
      return data.date === undefined || data.time === undefined
        ? undefined
        : appointment({ date: data.date, time: data.time })
    default:
      return undefined
  }
}

function appointment(when: { date: string; time: string }): News {
  // Brasília keeps UTC−3 all year.
  const start = Date.parse(`${when.date}T${when.time}:00-03:00`)
  return {
    subject: 'agendamento',
    text: 'notices.appointment',
    template: 'aviso_agendamento',
    earliest: Date.parse(`${when.date}T00:00:00-03:00`) - 24 * HOUR_MS,
    deadline: start - BEFORE_APPOINTMENT_MS,
    appointment: when,
  }
}

/** The text of a notice and the parameters of its template, in order: the template with them says the text. */
export function wordsOf(news: News, code: string, goesOutAt: number): { text: string; parameters: string[] } {
  const shown = shownCode(code)
  if (news.appointment === undefined) return { text: t(news.text, { code: shown }), parameters: [shown] }
  const { date, time } = news.appointment
  const day = dayInWords(date, goesOutAt)
  return { text: t(news.text, { day, time, code: shown }), parameters: [day, time, shown] }
}

function dayInWords(date: string, goesOutAt: number): string {
  if (date === civilDate(new Date(goesOutAt))) return t('notices.today')
  if (date === civilDate(new Date(goesOutAt + 24 * HOUR_MS))) return t('notices.tomorrow')
  return t('notices.on_day', { date: dateWithWeekday(date) })
}

/** "Sim, essa mensagem é nossa. Enviamos em 27/11/2026 (sexta-feira), às 9h, sobre o seu pagamento." */
export function whenAndWhat(found: { at: string; subject: Subject }): string {
  const instant = new Date(found.at)
  return t('notices.check_ours', {
    date: dateWithWeekday(civilDate(instant)),
    hour: brasiliaTime(instant).hour,
    subject: t(`notices.about_${found.subject}`),
  })
}
