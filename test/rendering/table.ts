import { shape } from '../../src/channels/shape'
import { segmentsOf, smsText } from '../../src/channels/sms/alphabet'
import { shapeSms } from '../../src/channels/sms/shape'
import { shapeForWhatsApp } from '../../src/channels/whatsapp-cloud/outgoing'
import type { Bubble } from '../../src/message'
import type { Reply } from './replies'

/** docs/channels/rendering.md: each different reply of the golden conversations, and what it is on each channel. */
export function table(replies: Reply[], longer: { parts: number; because: string }[]): string {
  const seen = new Set<string>()
  const rows = replies.filter(({ long }) => {
    const text = JSON.stringify(long.map(({ text, choices }) => [text, choices])).replace(
      /\d{9,}|pagamento: \d{2}\/\d{2}\/\d{4} \([\p{L}-]+\)/gu,
      '',
    )
    return long.length > 0 && !seen.has(text) && seen.add(text) !== undefined
  })
  const parts = rows.map(({ short }) => sms(short))
  const count = (wanted: (part: number) => boolean) => parts.filter(wanted).length
  return [
    '# One reply, every channel',
    '',
    'Written by `npm run test:update` from the golden conversations and checked by `test/rendering`: the dialogs say',
    'something once, and each channel shows it in its best form. Web: bubbles as they are, choices as buttons.',
    'WhatsApp: one message, choices as up to 3 buttons or a list of up to 10. WhatsApp Web: one message, choices as',
    'numbered lines. SMS: the short words of `locales/pt-BR/short`, one message of GSM-7, counted in parts (153',
    'characters each; 160 when there is one).',
    '',
    `SMS parts over these ${rows.length} replies: ${count((part) => part === 1)} take one, ${count((part) => part === 2)} two, ${count((part) => part > 2)} more.`,
    '',
    '| Conversation | The person | Web | WhatsApp | WhatsApp Web | SMS |',
    '|---|---|---|---|---|---|',
    ...rows.map((reply, index) =>
      [
        '',
        reply.id,
        reply.said.replaceAll('|', '/').slice(0, 60),
        web(reply.long),
        whatsApp(reply.long),
        some(shape(reply.long, { text: 4096, join: true }).length, 'message'),
        `${parts[index]}`,
        '',
      ]
        .join(' | ')
        .trim(),
    ),
    '',
    '## More than two parts of SMS',
    '',
    ...longer.map(({ parts: most, because }) => `- Up to ${most}: ${because}.`),
    '',
  ].join('\n')
}

function sms(bubbles: Bubble[]): number {
  return shapeSms(bubbles).reduce((sum, bubble) => sum + segmentsOf(smsText(bubble.text).text).segments, 0)
}

function web(bubbles: Bubble[]): string {
  const choices = bubbles.at(-1)?.choices?.length ?? 0
  const link = bubbles.some((bubble) => bubble.link !== undefined) ? ', page' : ''
  return some(bubbles.length, 'bubble') + link + (choices === 0 ? '' : `, ${choices} to press`)
}

function whatsApp(bubbles: Bubble[]): string {
  const messages = shapeForWhatsApp(bubbles)
  const choices = messages.at(-1)?.choices ?? []
  const small = choices.length <= 3 && choices.every((choice) => choice.title.length <= 20)
  const form =
    choices.length === 0 ? '' : small ? `, ${some(choices.length, 'button')}` : `, list of ${choices.length}`
  return some(messages.length, 'message') + form
}

function some(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`
}
