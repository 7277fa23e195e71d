import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { IntlMessageFormat } from 'intl-messageformat'
import { serviceOf } from '../../dialogs/answers'
import { menuChoice } from '../../dialogs/repair/menu'
import { messages } from '../../locales/pt-BR/index'
import { projectFile } from '../../src/files'
import { intentIds } from '../../src/nlu/index'
import { type TextKey, t } from '../../src/text'
import { readingEase, syllables } from './reading-ease'
import { filled, forbidden, groupByFile } from './texts'

const texts = Object.entries(messages).flatMap(([file, entries]) =>
  Object.entries(entries as Record<string, string>).map(([key, text]) => ({ key: `${file}.${key}`, text })),
)

describe('every text a citizen reads', () => {
  it('is listed: each file of the folder is imported', () => {
    const files = readdirSync(projectFile('locales/pt-BR')).filter((file) => file.endsWith('.json'))
    const index = readFileSync(projectFile('locales/pt-BR/index.ts'), 'utf8')
    const elsewhere = ['person-words.json', 'terms.json']
    expect(files.filter((file) => !elsewhere.includes(file) && !index.includes(`./${file}`))).toEqual([])
  })

  it('is a message ICU can read', () => {
    for (const { key, text } of texts) {
      expect(readable(text) ? '' : key).toBe('')
    }
  })

  it('has straight quotes, single spaces and no HTML', () => {
    const wrong = texts.filter(({ text }) => /[“”‘’]| {2}|<[a-z/]|\s$|^\s/i.test(text)).map(({ key }) => key)
    expect(wrong).toEqual([])
  })

  it("assumes nobody's gender and uses no word of offices", () => {
    expect(texts.filter(({ text }) => forbidden.test(text)).map(({ key }) => key)).toEqual([])
  })

  it('fits a button of the narrowest list when it is a choice (24 characters)', () => {
    const choices = texts.filter(
      ({ key }) => /\.(choice|next|kind|event|intent)_/.test(key) && !/^(follow|law|chat)\./.test(key),
    )
    expect(choices.length).toBeGreaterThan(20)
    expect(
      choices.filter(({ text }) => [...text].length > 24).map(({ key, text }) => `${key}: ${text}`),
    ).toEqual([])
  })

  it('is easy to read: 70 on average in each file, and never under 50', () => {
    const long = texts.filter(({ text }) => (filled(text).match(/\p{L}+/gu) ?? []).length >= 8)
    const hard = long.filter(({ text }) => readingEase(filled(text)) < 50)
    expect(hard.map(({ key, text }) => `${key} ${readingEase(filled(text)).toFixed(0)}`)).toEqual([])
    const byFile = groupByFile(long)
    const low = [...byFile].filter(([, each]) => {
      const average = each.reduce((sum, { text }) => sum + readingEase(filled(text)), 0) / each.length
      return average < 70
    })
    expect(low.map(([file]) => file)).toEqual([])
  })
})

describe('keys put together at run time', () => {
  it('are all there', () => {
    const has = (key: string) => texts.some((text) => text.key === key)
    const sources = [...sourceFiles('src'), ...sourceFiles('dialogs')]
      .map((file) => readFileSync(file, 'utf8'))
      .join('\n')
    const used = [...sources.matchAll(/\bt\(\s*'([a-z_]+\.[\w-]+)'/g)].map((match) => match[1] ?? '')
    expect(used.length).toBeGreaterThan(100)
    expect(used.filter((key) => !has(key))).toEqual([])
  })
})

describe('every intent that opens a service', () => {
  it('has a title it can be chosen by when it is not clear what was meant', () => {
    const services = intentIds.filter((intent) => serviceOf(intent) !== undefined)
    expect(services.length).toBeGreaterThan(7)
    const titles = services.map((intent) => t(`menu.intent_${intent}` as TextKey))
    expect(titles.map(menuChoice)).toEqual(services.map((intent) => ({ intent })))
  })
})

describe('syllables', () => {
  it.each([
    ['aposentadoria', 6],
    ['você', 2],
    ['benefício', 4],
    ['não', 1],
    ['quanto', 2],
    ['saúde', 3],
    ['coordenação', 5],
    ['INSS', 1],
  ])('%s has %d', (word, count) => {
    expect(syllables(word)).toBe(count)
  })
})

function sourceFiles(folder: string): string[] {
  return readdirSync(projectFile(folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !file.includes('web/'))
    .map((file) => join(projectFile(folder), file))
}

function readable(text: string): boolean {
  try {
    return new IntlMessageFormat(text, 'pt-BR', undefined, { ignoreTag: true }) !== undefined
  } catch {
    return false
  }
}
