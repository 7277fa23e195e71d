import fc from 'fast-check'
import { type ShapeRules, shape } from '../../src/channels/shape'
import type { Bubble, Choice } from '../../src/message'

const whatsapp: ShapeRules = {
  text: 4096,
  textWithChoices: 1024,
  buttons: { most: 3, title: 20 },
  list: { most: 10, title: 24, description: 72 },
  join: true,
  link: 'button',
}
const sms: ShapeRules = { text: 1600, join: true }

const choices = (...titles: string[]): Choice[] => titles.map((title) => ({ title, value: title }))
const yesNo = choices('Sim', 'Não')
const question = { expects: 'simulation.known', questionId: 'q1' }

describe('the bubbles of one turn', () => {
  it('become one message, a blank line between, and the question stays with it', () => {
    const bubbles = [{ text: 'Boa notícia!' }, { text: 'Quer ver as contas?', choices: yesNo, ...question }]
    expect(shape(bubbles, whatsapp)).toEqual([
      { text: 'Boa notícia!\n\nQuer ver as contas?', choices: yesNo, ...question },
    ])
  })

  it('stay apart where bubbles are not joined', () => {
    expect(shape([{ text: 'Um.' }, { text: 'Dois.' }], { text: 100, join: false })).toEqual([
      { text: 'Um.' },
      { text: 'Dois.' },
    ])
  })

  it('stay apart where both together are too long', () => {
    const rules = { text: 10, join: true }
    expect(shape([{ text: 'Um dois.' }, { text: 'Três.' }], rules)).toEqual([
      { text: 'Um dois.' },
      { text: 'Três.' },
    ])
  })

  it('say nothing when there is nothing to say', () => {
    expect(shape([], sms)).toEqual([])
    expect(shape([{ text: '  ' }, { text: '' }], sms)).toEqual([])
  })

  it('ask once, last: a question that was overtaken is said without numbers', () => {
    const overtaken = { text: 'Qual deles?', choices: choices('Pensão', 'Auxílio'), questionId: 'q0' }
    expect(shape([overtaken, { text: 'Posso enviar?', choices: yesNo, ...question }], sms)).toEqual([
      { text: 'Qual deles?\nPensão\nAuxílio\n\nPosso enviar?\n1. Sim\n2. Não', ...question },
    ])
  })

  it('ask at the end when something was said after the question', () => {
    const bubbles = [{ text: 'Posso enviar?', choices: yesNo, ...question }, { text: 'Pense com calma.' }]
    expect(shape(bubbles, whatsapp)).toEqual([
      { text: 'Posso enviar?\n\nPense com calma.', choices: yesNo, ...question },
    ])
  })
})

describe('choices', () => {
  const ask = (titles: string[], rules: ShapeRules) =>
    shape([{ text: 'Qual?', choices: choices(...titles), ...question }], rules)[0]

  it('stay for buttons and for a list that can show each of them whole', () => {
    expect(ask(['Sim', 'Não'], whatsapp)?.choices).toHaveLength(2)
    expect(ask(['a', 'b', 'c', 'd'], whatsapp)?.choices).toHaveLength(4)
    expect(ask(['Aposentadoria por idade rural', 'b'], whatsapp)?.choices).toHaveLength(2)
  })

  it.each([
    ['the eleventh', Array.from({ length: 11 }, (_, index) => `Opção ${index}`)],
    ['a title of 73 characters', ['x'.repeat(73), 'Não']],
    ['two of one name', ['Pensão', 'Pensão']],
  ])('become numbered lines because of %s', (_, titles) => {
    const written = ask(titles, whatsapp)
    expect(written?.choices).toBeUndefined()
    expect(written).toMatchObject(question)
    expect(written?.text).toBe(`Qual?\n${titles.map((title, index) => `${index + 1}. ${title}`).join('\n')}`)
  })

  it('become numbered lines where nothing can be pressed', () => {
    expect(ask(['Sim', 'Não'], sms)).toEqual({ text: 'Qual?\n1. Sim\n2. Não', ...question })
  })

  it('have no number when there is only one: a number would be another answer', () => {
    expect(ask(['Não sei'], sms)).toEqual({ text: 'Qual?\nOu responda: Não sei', ...question })
  })

  it('stand with as much of a long text as a message with buttons takes', () => {
    const first = 'Primeira parte. '.repeat(80).trim()
    const last = 'Segunda parte. '.repeat(20).trim()
    const shaped = shape([{ text: `${first}\n\n${last}`, choices: yesNo, ...question }], whatsapp)
    expect(shaped).toEqual([{ text: first }, { text: last, choices: yesNo, ...question }])
  })
})

describe('a link', () => {
  const link = { title: 'Entrar', url: 'https://example.gov.br/entrar/a1' }

  it('is a line of its own', () => {
    expect(shape([{ text: 'Entre com o gov.br.', link }], sms)).toEqual([
      { text: 'Entre com o gov.br.\nEntrar: https://example.gov.br/entrar/a1' },
    ])
  })

  it('stays for a button, below its own text only', () => {
    const bubbles = [{ text: 'Olá!' }, { text: 'Entre.', link }, { text: 'E depois volte.' }]
    expect(shape(bubbles, whatsapp)).toEqual([{ text: 'Olá!\n\nEntre.', link }, { text: 'E depois volte.' }])
  })

  it('is a line where the message has choices to press', () => {
    expect(shape([{ text: 'Entre.', link, choices: yesNo, ...question }], whatsapp)).toEqual([
      { text: 'Entre.\nEntrar: https://example.gov.br/entrar/a1', choices: yesNo, ...question },
    ])
  })

  it('is a line when its title is too long for a button', () => {
    const long = { title: 'Ver o extrato de pagamentos', url: 'https://example.gov.br/e' }
    expect(shape([{ text: 'Pronto.', link: long }], whatsapp)).toEqual([
      { text: 'Pronto.\nVer o extrato de pagamentos: https://example.gov.br/e' },
    ])
  })
})

describe('a text that is too long', () => {
  const split = (text: string, limit: number) =>
    shape([{ text }], { text: limit, join: false }).map((bubble) => bubble.text)

  it('is split at a paragraph first, then a line, then a sentence, then a word', () => {
    expect(split('Um dois.\n\nTrês. Quatro', 16)).toEqual(['Um dois.', 'Três. Quatro'])
    expect(split('Um dois.\nTrês. Quatro', 16)).toEqual(['Um dois.', 'Três. Quatro'])
    expect(split('Um dois. Três quatro', 16)).toEqual(['Um dois.', 'Três quatro'])
    expect(split('um dois três quatro', 16)).toEqual(['um dois três', 'quatro'])
  })

  it('keeps "art. 15", "R$ 1.621,00" and a numbered choice whole', () => {
    expect(split('Como diz o art. 15 da lei', 16)).toEqual(['Como diz o art.', '15 da lei'])
    expect(split('Diz. Veja o art. 15', 17)).toEqual(['Diz.', 'Veja o art. 15'])
    expect(split('Você recebe R$ 1.621,00', 15)).toEqual(['Você recebe', 'R$ 1.621,00'])
    expect(split('vale tudo isso\n1. Sim', 18)).toEqual(['vale tudo isso', '1. Sim'])
  })

  it('cuts a word only when it is longer than a message, and never a character of two units', () => {
    expect(split('abcdefghij', 4)).toEqual(['abcd', 'efgh', 'ij'])
    expect(split('abc👵👵', 4)).toEqual(['abc', '👵👵'])
  })
})

describe('for any turn and any rules', () => {
  const word = fc.oneof(
    { arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }), weight: 5 },
    fc.constantFrom('https://example.gov.br/entrar/abc', 'R$', '1.621,00', 'fim.', 'Sim', '👵🏽', '1.'),
  )
  const gap = fc.constantFrom(' ', ' ', '\n', '\n\n', '  ', ' \n\n\n ')
  const text = fc.array(fc.tuple(word, gap), { maxLength: 40 }).map((parts) => parts.flat().join(''))
  const title = fc.array(word, { minLength: 1, maxLength: 5 }).map((words) => words.join(' '))
  const bubble: fc.Arbitrary<Bubble> = fc.record(
    {
      text,
      choices: fc.array(
        title.map((each) => ({ title: each, value: each })),
        { maxLength: 12 },
      ),
      link: fc.record({ title, url: fc.webUrl() }),
      expects: fc.constant('menu.choice'),
      questionId: fc.uuid(),
    },
    { requiredKeys: ['text'] },
  )
  const bubbles = fc.array(bubble, { maxLength: 5 })
  const rules: fc.Arbitrary<ShapeRules> = fc.record(
    {
      text: fc.integer({ min: 8, max: 200 }),
      textWithChoices: fc.integer({ min: 8, max: 200 }),
      buttons: fc.record({ most: fc.integer({ min: 1, max: 3 }), title: fc.constantFrom(5, 20) }),
      list: fc.record({
        most: fc.integer({ min: 1, max: 10 }),
        title: fc.constantFrom(5, 24),
        description: fc.constantFrom(0, 30),
      }),
      join: fc.boolean(),
      link: fc.constantFrom('line' as const, 'button' as const),
    },
    { requiredKeys: ['text', 'join'] },
  )
  const holds = (check: (input: Bubble[], given: ShapeRules) => void) =>
    fc.assert(fc.property(bubbles, rules, check), { numRuns: 300 })

  it('nothing said is lost, and it is said in the same order', () => {
    holds((input, given) => {
      const asking = input.findLastIndex(asksSomething)
      const before = input.map((each, index) => said(index === asking ? { ...each, choices: [] } : each))
      const heard = shape(input, given).map(said).join('')
      const titles = input[asking]?.choices?.map((choice) => choice.title) ?? []
      expect(inOrder([...before, ...titles].map(unspaced), unspaced(heard))).toBe(true)
    })
  })

  it('every message keeps the rules', () => {
    holds((input, given) => {
      for (const each of shape(input, given)) {
        expect(each.text.trim()).not.toBe('')
        const pressed = each.choices !== undefined || each.link !== undefined
        const limit = pressed ? Math.min(given.text, given.textWithChoices ?? given.text) : given.text
        expect(each.text.length).toBeLessThanOrEqual(limit)
        if (each.link !== undefined) expect(given.link).toBe('button')
        if (each.choices !== undefined) expect(showable(each.choices, given)).toBe(true)
      }
    })
  })

  it('only the last message asks, and it is the last question', () => {
    holds((input, given) => {
      const shaped = shape(input, given)
      expect(shaped.slice(0, -1).some(asksSomething)).toBe(false)
      const last = input.findLast(asksSomething)
      if (shaped.length === 0) return
      expect(shaped.at(-1)?.questionId).toBe(last?.questionId)
      expect(shaped.at(-1)?.expects).toBe(last?.expects)
    })
  })

  it('shaping again changes nothing, and the same turn is always shaped alike', () => {
    holds((input, given) => {
      const once = shape(input, given)
      expect(shape(once, given)).toEqual(once)
      expect(shape(structuredClone(input), given)).toEqual(once)
    })
  })

  it('no word that fits a message is broken, nor any character of two units', () => {
    holds((input, given) => {
      const pieces = shape(input, { ...given, link: 'line' }).map((each) => each.text)
      const words = new Set(input.flatMap((each) => wordsOf(each.text)))
      const limit = Math.min(given.text, given.textWithChoices ?? given.text)
      const heard = pieces.flatMap((piece) => piece.split(/\s+/))
      for (const each of words) if (each.length <= limit) expect(heard).toContain(each)
      for (const piece of pieces) expect(Buffer.from(piece).toString()).toBe(piece)
    })
  })

  function showable(list: Choice[], given: ShapeRules): boolean {
    const longest = Math.max(...list.map((choice) => choice.title.length))
    const buttons = given.buttons && list.length <= given.buttons.most && longest <= given.buttons.title
    const rows = given.list
    const row = rows && list.length <= rows.most && longest <= Math.max(rows.title, rows.description)
    return buttons === true || row === true
  }

  function asksSomething(each: Bubble): boolean {
    return each.expects !== undefined || each.questionId !== undefined || (each.choices ?? []).length > 0
  }

  function said(each: Bubble): string {
    const link = each.link === undefined ? [] : [each.link.title, each.link.url]
    return [each.text, ...link, ...(each.choices ?? []).map((choice) => choice.title)].join(' ')
  }

  function wordsOf(line: string): string[] {
    return line.split(/\s+/).filter((each) => each !== '')
  }

  function unspaced(line: string): string {
    return line.replace(/\s+/g, '')
  }

  /** Each part whole and in order; between them only numbers and colons of ours. */
  function inOrder(parts: string[], whole: string): boolean {
    const characters = [...parts.join('')]
    let next = 0
    for (const character of whole) if (character === characters[next]) next += 1
    return next === characters.length
  }
})
