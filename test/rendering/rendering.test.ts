import { readFileSync, writeFileSync } from 'node:fs'
import { shape } from '../../src/channels/shape'
import { segmentsOf, smsText } from '../../src/channels/sms/alphabet'
import { shapeSms } from '../../src/channels/sms/shape'
import { contentOfMessage, shapeForWhatsApp } from '../../src/channels/whatsapp-cloud/outgoing'
import { projectFile } from '../../src/files'
import type { Bubble } from '../../src/message'
import { factsIn, lawsIn } from './facts'
import { everyReply, type Reply } from './replies'
import { longerReplies, mostParts, offered } from './short-words'
import { table } from './table'

/** `npm run test:update` writes the table; the diff is then read like any promise. */
const update = process.env.UPDATE_GOLDEN === '1'

const channels: Record<string, (bubbles: Bubble[]) => Bubble[]> = {
  web: (bubbles) => bubbles,
  'whatsapp-cloud': shapeForWhatsApp,
  'whatsapp-web': (bubbles) => shape(bubbles, { text: 4096, join: true }),
  sms: shapeSms,
}

describe('every reply of every conversation', () => {
  let replies: Reply[]
  beforeAll(async () => {
    replies = await everyReply()
  }, 180_000)

  it('is there: all the conversations were played', () => {
    expect(replies.length).toBeGreaterThan(250)
    expect(replies.filter((reply) => reply.long.length > 0 && reply.short.length === 0)).toEqual([])
  })

  describe.each(Object.keys(channels))('on %s', (channel) => {
    const shaped = (bubbles: Bubble[]) => (channels[channel] as (bubbles: Bubble[]) => Bubble[])(bubbles)

    it('says the same, whole and in order, and asks the same', () => {
      for (const { id, long } of replies) {
        const out = shaped(long)
        const heard = plain(out.map(written).join(' '))
        let from = 0
        for (const part of partsOf(long)) {
          const found = heard.indexOf(plain(part), from)
          expect([id, found >= 0 ? '' : part]).toEqual([id, ''])
          from = found + plain(part).length
        }
        expect([id, ...facts(out)].sort()).toEqual([id, ...facts(long)].sort())
        expect(out.at(-1)?.questionId).toBe(long.at(-1)?.questionId)
        expect(out.slice(0, -1).every((bubble) => bubble.questionId === undefined)).toBe(true)
      }
    })
  })

  it('keeps what WhatsApp takes, message by message', () => {
    for (const { long } of replies) {
      for (const bubble of shapeForWhatsApp(long)) {
        const content = contentOfMessage({ ...bubble, ...envelope })
        expect(lengthsWithin(content)).toEqual([])
      }
    }
  })

  it('keeps the 4,096 characters of WhatsApp Web', () => {
    for (const { long } of replies) {
      const out = shape(long, { text: 4096, join: true })
      expect(out.length).toBeLessThanOrEqual(1)
      expect(out.every((bubble) => bubble.text.length <= 4096 && bubble.choices === undefined)).toBe(true)
    }
  })

  describe('in short words', () => {
    it('ends the turn as the long words do, and asks about the same', () => {
      const ends = ({ long, short, outcomes }: Reply) => [
        `${outcomes[0]} ${long.at(-1)?.expects}`,
        `${outcomes[1]} ${short.at(-1)?.expects}`,
      ]
      const other = replies.map((reply) => [reply.id, ...ends(reply)]).filter(([, one, two]) => one !== two)
      expect(other).toEqual([])
    })

    it('has every amount, day, number and telephone the person acts on', () => {
      const lost = replies.map(({ id, long, short }) => {
        const known = facts(short)
        return [id, ...[...factsIn(actedOn(long))].filter((fact) => !known.includes(fact))]
      })
      expect(lost.filter((each) => each.length > 1)).toEqual([])
    })

    it('names a law of the decision where the long words do', () => {
      const lost = replies.filter(({ long, short }) => {
        const decided = long.filter(({ text }) => !/^Estas não se completam/m.test(text))
        const laws = lawsIn(decided.map((bubble) => bubble.text).join('\n'))
        const kept = lawsIn(short.map((bubble) => bubble.text).join('\n'))
        return laws.length > 0 && !kept.some((law) => laws.includes(law))
      })
      expect(lost.map(({ id }) => id)).toEqual([])
    })

    it('is one SMS of GSM-7 with a number before each choice', () => {
      for (const { id, short } of replies) {
        if (short.length === 0) continue
        const out = shapeSms(short)
        expect([id, out.length]).toEqual([id, 1])
        const { text, alphabet } = smsText(out[0]?.text ?? '')
        expect([id, alphabet]).toEqual([id, 'gsm7'])
        const choices = short.at(-1)?.choices ?? []
        const lines = choices.map((choice, index) => smsText(`${index + 1}. ${choice.title}`).text)
        if (choices.length > 1) expect(text.split('\n').slice(-lines.length)).toEqual(lines)
      }
    })

    it('takes two parts at most, but for the few that say why', () => {
      const sent = replies.map(({ id, short }) => ({ id, ...sms(short) }))
      expect(sent.filter(({ text, parts }) => parts > mostParts(text))).toEqual([])
      const long = sent.filter(({ parts }) => parts > 2)
      expect(longerReplies.filter(({ says }) => !long.some(({ text }) => says.test(text)))).toEqual([])
    })
  })

  it('stands in docs/channels/rendering.md', () => {
    const file = projectFile('docs/channels/rendering.md')
    const written = table(replies, longerReplies)
    if (update) writeFileSync(file, written)
    expect(readFileSync(file, 'utf8')).toBe(written)
  })
})

const envelope = {
  id: 'm1',
  conversationId: 'c1',
  channel: 'whatsapp-cloud' as const,
  at: '2026-11-23T15:00:00.000Z',
  outcome: 'answered' as const,
}

function sms(bubbles: Bubble[]): { text: string; parts: number } {
  const text = shapeSms(bubbles)
    .map((bubble) => smsText(bubble.text).text)
    .join('')
  return { text, parts: segmentsOf(text).segments }
}

/** Strings of a WhatsApp message that are too long for where they stand (Meta, "Messages"). */
function lengthsWithin(content: object): string[] {
  const limits: [RegExp, number][] = [
    [/"text":\{"body":"((?:[^"\\]|\\.)*)"/g, 4096],
    [/"interactive":.*"body":\{"text":"((?:[^"\\]|\\.)*)"/g, 1024],
    [/"reply":\{[^}]*"title":"((?:[^"\\]|\\.)*)"/g, 20],
    [/\{"id":"[^"]*","title":"((?:[^"\\]|\\.)*)"/g, 24],
    [/"description":"((?:[^"\\]|\\.)*)"/g, 72],
  ]
  const json = JSON.stringify(content)
  return limits.flatMap(([pattern, most]) =>
    [...json.matchAll(pattern)]
      .map((match) => JSON.parse(`"${match[1]}"`) as string)
      .filter((text) => text.length > most),
  )
}

/** Text, link and choices of a message as the person sees them. */
function written({ text, link, choices = [] }: Bubble): string {
  return [text, ...(link ? [link.title, link.url] : []), ...choices.map((choice) => choice.title)].join('\n')
}

function partsOf(bubbles: Bubble[]): string[] {
  return bubbles.flatMap((bubble) => written(bubble).split('\n'))
}

function plain(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}

function facts(bubbles: Bubble[]): string[] {
  return [...factsIn(bubbles.map(written).join('\n'))]
}

/** The long words without what the short ones only offer, and without the conditions one by one. */
function actedOn(bubbles: Bubble[]): string {
  const all = bubbles.map(({ text }) => text).join('\n')
  const said = bubbles.filter(({ text }) => {
    return !offered.some(
      ({ bubble, in: where }) => bubble.test(text) && (where === undefined || where.test(all)),
    )
  })
  return said
    .map(written)
    .join('\n')
    .replace(/^[✔✘].*$/gm, '')
}
