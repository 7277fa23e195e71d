import fc from 'fast-check'
import { segmentsOf, smsText } from '../../../src/channels/sms/alphabet'
import { bodyOf, shapeSms } from '../../../src/channels/sms/shape'
import type { Bubble, Outbound } from '../../../src/message'

const outbound = (message: Partial<Outbound>): Outbound => ({
  id: 'reply-1',
  conversationId: 'conversation',
  channel: 'sms-kannel',
  at: '2026-03-10T14:00:00.000Z',
  text: '',
  outcome: 'answered',
  ...message,
})

describe('one turn by SMS', () => {
  test('is one message: bubbles joined, the link and the choices as lines', () => {
    const shaped = shapeSms([
      { text: 'Seu pedido está em análise.' },
      { text: 'Veja em:', link: { title: 'Meu INSS', url: 'https://meu.inss.gov.br/p/1' } },
      {
        text: 'Quer mais alguma coisa?',
        choices: [
          { title: 'Sim', value: 'sim' },
          { title: 'Não', value: 'nao' },
        ],
        expects: 'menu.more',
        questionId: 'q1',
      },
    ])
    expect(shaped).toEqual([
      {
        text:
          'Seu pedido está em análise.\n\nVeja em:\nMeu INSS: https://meu.inss.gov.br/p/1\n\n' +
          'Quer mais alguma coisa?\n1. Sim\n2. Não',
        expects: 'menu.more',
        questionId: 'q1',
      },
    ])
  })

  test('is split at a sentence when it takes more than ten parts, and nothing is lost', () => {
    const sentence = `${'palavra '.repeat(20)}fim.`
    const text = Array.from({ length: 15 }, (_, index) => `Frase ${index}: ${sentence}`).join(' ')
    const shaped = shapeSms([{ text }, { text: 'Certo?', expects: 'a.b', questionId: 'q1' }])
    expect(shaped.length).toBeGreaterThan(1)
    expect(shaped.at(-1)).toMatchObject({ expects: 'a.b', questionId: 'q1' })
    for (const bubble of shaped.slice(0, -1)) expect(bubble.text).toMatch(/\.$/)
    for (const bubble of shaped) expect(segmentsOf(bubble.text).segments).toBeLessThanOrEqual(10)
    expect(shaped.map((bubble) => bubble.text).join(' ')).toContain('Frase 14')
  })

  test('is split sooner when a name keeps it in the dear alphabet', () => {
    const text = `\u2068Conceição\u2069. ${'Uma frase de exemplo. '.repeat(50)}`
    const shaped = shapeSms([{ text }])
    expect(shaped.length).toBeGreaterThan(1)
    for (const bubble of shaped) {
      expect(segmentsOf(smsText(bubble.text).text).segments).toBeLessThanOrEqual(10)
    }
  })

  test('fits in ten parts and 1,600 characters whatever is said, and shaping it again changes nothing', () => {
    const anyBubble: fc.Arbitrary<Bubble> = fc.record({
      text: fc.oneof(
        fc.string({ unit: 'binary', maxLength: 300 }),
        fc.string({
          unit: fc.constantFrom('uma frase. ', 'Não ', '€', '✘', '😀', '\n\n', 'a', '…'),
          maxLength: 900,
        }),
      ),
    })
    fc.assert(
      fc.property(fc.array(anyBubble, { maxLength: 4 }), (bubbles) => {
        const shaped = shapeSms(bubbles)
        for (const { text } of shaped) {
          const sent = smsText(text)
          expect(segmentsOf(sent.text).segments).toBeLessThanOrEqual(10)
          expect(sent.text.length).toBeLessThanOrEqual(1600)
          expect(shapeSms([{ text }])).toHaveLength(1)
        }
      }),
      { numRuns: 60 },
    )
  })
})

describe('what is sent of a message', () => {
  test('a shaped text goes out in the letters of SMS', () => {
    expect(bodyOf(outbound({ text: 'Você já pode pedir.' }))).toEqual({
      text: 'Voce ja pode pedir.',
      alphabet: 'gsm7',
    })
  })

  test('a message that was not shaped keeps its link and its choices', () => {
    const message = outbound({
      text: 'Entre:',
      link: { title: 'Entrar', url: 'https://a.gov.br/x' },
      choices: [
        { title: 'Já entrei', value: 'entrei' },
        { title: 'Agora não', value: 'nao' },
      ],
    })
    expect(bodyOf(message).text).toBe('Entre:\nEntrar: https://a.gov.br/x\n1. Ja entrei\n2. Agora nao')
  })

  test('a notice has no link, because nobody asked for it just now', () => {
    const message = outbound({
      text: 'O INSS decidiu o seu pedido.',
      link: { title: 'Ver', url: 'https://a.gov.br/x' },
      notice: { id: 'n1', template: { name: 'decidido', parameters: [] } },
    })
    expect(bodyOf(message).text).toBe('O INSS decidiu o seu pedido.')
  })

  test('a text of more than ten parts is refused, because a gateway would cut it', () => {
    expect(() => bodyOf(outbound({ text: 'uma frase. '.repeat(300) }))).toThrow('text_too_long')
  })

  test('an empty text is refused', () => {
    expect(() => bodyOf(outbound({ text: ' \u200b ' }))).toThrow('text_empty')
    expect(() => bodyOf(outbound({ text: '' }))).toThrow('text_empty')
  })
})
