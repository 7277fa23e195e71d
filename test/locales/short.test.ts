import { messages } from '../../locales/pt-BR/index'
import { shortMessages } from '../../locales/pt-BR/short/index'
import { segmentsOf, smsText } from '../../src/channels/sms/alphabet'
import { inRegister, t } from '../../src/text'
import { readingEase } from './reading-ease'
import { filled, forbidden, groupByFile } from './texts'

const long = messages as Record<string, Record<string, string>>
const texts = Object.entries(shortMessages).flatMap(([file, entries]) =>
  Object.entries(entries as Record<string, string>).map(([key, text]) => ({
    key: `${file}.${key}`,
    text,
    long: long[file]?.[key] ?? '',
  })),
)

/** What a short text leaves out on purpose. */
const leftOut: Record<string, { params: string[]; because: string }> = {
  'payments.next': { params: ['name'], because: 'the person chose the benefit, or has one' },
  'answers.not_here_yet': { params: ['what'], because: 'the name of the service says it' },
}

describe('every short text', () => {
  it('says what a long text says, with the same parameters', () => {
    expect(texts.length).toBeGreaterThan(250)
    const wrong = texts.filter(({ key, text, long }) => {
      const expected = paramsOf(long).filter((param) => leftOut[key]?.params.includes(param) !== true)
      return long === '' || paramsOf(text).join() !== expected.join()
    })
    expect(wrong.map(({ key }) => key)).toEqual([])
  })

  it('leaves out only what the long one has', () => {
    for (const [key, { params }] of Object.entries(leftOut)) {
      const text = texts.find((each) => each.key === key)
      expect(paramsOf(text?.long ?? '')).toEqual(expect.arrayContaining(params))
    }
  })

  it('is shorter than the long one, but where it says how to answer, or what stood elsewhere', () => {
    // A condition says "falta" where the long one has a sign; the title of a list says "cerca de" once for all.
    const elsewhere = /^law\.condition_|^format\.|^simulation\.others_title$/
    const longer = texts.filter(({ key, text, long }) => {
      const saysMore = /Responda com o número|Exemplo:/.test(text) || elsewhere.test(key)
      return !saysMore && filled(text).length > filled(long).length
    })
    expect(longer.map(({ key, text }) => `${key}: ${text}`)).toEqual([])
  })

  it('goes out in GSM-7, in one part and a half at most, so that a question fits beside it', () => {
    const wrong = texts.filter(({ text }) => {
      const sent = smsText(filled(text)).text
      return segmentsOf(sent).alphabet !== 'gsm7' || sent.length > 185
    })
    expect(wrong.map(({ key, text }) => `${key} ${filled(text).length}`)).toEqual([])
  })

  it('has no emoji, bullet or abbreviation, and nothing to tap', () => {
    const wrong =
      /[\p{Extended_Pictographic}•✔✘→]|\b(vc|pq|qq|tb|tbm|obs|nº)\b|\bp\/|\btoque (em uma|no)\b|abaixo\.|botão/iu
    expect(texts.filter(({ text }) => wrong.test(text)).map(({ key }) => key)).toEqual([])
  })

  it('still says what it means without its accents', () => {
    // "carnê" would go out as "carne", "dá" as "da", "pôde" as "pode".
    const other = /\b(carnês?|dá|pôde|bênção|avôs?|avós?|côco|pára|pôr)\b/i
    expect(texts.filter(({ text }) => other.test(text)).map(({ key }) => key)).toEqual([])
  })

  it("has straight quotes and single spaces, assumes nobody's gender and uses no word of offices", () => {
    const wrong = texts.filter(
      ({ text }) => /[“”‘’]| {2}|<[a-z/]|\s$|^\s/i.test(text) || forbidden.test(text),
    )
    expect(wrong.map(({ key }) => key)).toEqual([])
  })

  it('is easy to read: 70 on average in each file, and never under 50', () => {
    const sentences = texts.filter(({ text }) => (filled(text).match(/\p{L}+/gu) ?? []).length >= 8)
    const hard = sentences.filter(({ text }) => readingEase(filled(text)) < 50)
    expect(hard.map(({ key, text }) => `${key} ${readingEase(filled(text)).toFixed(0)}`)).toEqual([])
    const low = [...groupByFile(sentences)].filter(([, each]) => {
      return each.reduce((sum, { text }) => sum + readingEase(filled(text)), 0) / each.length < 70
    })
    expect(low.map(([file]) => file)).toEqual([])
  })
})

describe('the short register', () => {
  it('is spoken by everything a turn waits for, and by nothing else', async () => {
    const spoken = await inRegister('short', async () => {
      await new Promise((resolve) => setImmediate(resolve))
      return t('simulation.ask_birth')
    })
    expect(spoken).toBe(shortMessages.simulation.ask_birth)
    expect(t('simulation.ask_birth')).toBe(messages.simulation.ask_birth)
    expect(inRegister(undefined, () => t('simulation.ask_birth'))).toBe(messages.simulation.ask_birth)
  })

  it('keeps the long text where no short one was written', () => {
    expect(inRegister('short', () => t('repair.choice_yes'))).toBe('Sim')
  })
})

/** What every text may use to say of whom it speaks. */
const personWords = ['you', 'who', 'Who', 'of_you', 'of_who']

/** Names of the parameters of an ICU text, each once, in order of the alphabet. */
function paramsOf(text: string): string[] {
  const names = new Set([...text.matchAll(/\{(\w+)[,}]/g)].map((match) => match[1] ?? ''))
  return [...names].filter((name) => !personWords.includes(name)).sort()
}
