import { AsyncLocalStorage } from 'node:async_hooks'
import { IntlMessageFormat } from 'intl-messageformat'
import { messages } from '../locales/pt-BR/index'
import { shortMessages } from '../locales/pt-BR/short/index'

type Messages = typeof messages

/** `<file>.<key>` of any text in locales/. */
export type TextKey = {
  [File in keyof Messages]: `${File & string}.${keyof Messages[File] & string}`
}[keyof Messages]

export type TextParams = Record<string, string | number>

/** Runs `work`, and everything it waits for, with the texts of a register; a text without a short form stays long. */
export function inRegister<T>(register: 'short' | undefined, work: () => T): T {
  return register === undefined ? work() : registers.run(register, work)
}

/** Whether every character costs just now: what can be asked for is then not said unasked. */
export function isShort(): boolean {
  return registers.getStore() === 'short'
}

/** The relative a service is about, when it is not about the person who writes: "mãe", "F". */
export type Relative = { name: string; sex: 'F' | 'M' }

/** Runs `work`, and everything it waits for, with texts that speak of a relative where they speak of "você". */
export function aboutRelative<T>(relative: Relative | undefined, work: () => T): T {
  return relatives.run(relative, work)
}

/** Whether what is said just now is about a relative of the person who writes. */
export function isAboutRelative(): boolean {
  return relatives.getStore() !== undefined
}

/**
 * The text of a key with its parameters filled in (ICU MessageFormat: plurals and selects).
 * Every text may use `{you}`, `{who}`, `{Who}`, `{of_you}` and `{of_who}`: the person, or the relative it is about.
 * @throws Error when the key or a parameter is missing: a bug, caught by the locale tests.
 */
export function t(key: TextKey, params: TextParams = {}): string {
  const formats = isShort() ? shortFormats : longFormats
  let format = formats.get(key)
  if (format === undefined) {
    const text = (formats === shortFormats ? textOf(shortMessages, key) : undefined) ?? textOf(messages, key)
    if (text === undefined) throw new Error(`no text for ${key}`)
    format = new IntlMessageFormat(text, 'pt-BR', undefined, { ignoreTag: true })
    formats.set(key, format)
  }
  return String(format.format({ ...personWords(), ...params }))
}

/** "você", or "ela" and "a sua mãe". */
function personWords(): TextParams {
  const relative = relatives.getStore()
  const words = (key: string, params: TextParams = {}) =>
    String(new IntlMessageFormat(textOf(messages, `format.${key}`) ?? '', 'pt-BR').format(params))
  if (relative === undefined) {
    ourselves ??= { you: words('you'), who: words('you'), Who: words('you_capital') }
    return ourselves
  }
  const { name } = relative
  const her = relative.sex === 'F'
  const one = her ? 'relative_her' : 'relative_him'
  return {
    you: words(her ? 'she' : 'he'),
    of_you: words(her ? 'of_her' : 'of_him'),
    who: words(one, { name, capital: 'no' }),
    Who: words(one, { name, capital: 'yes' }),
    of_who: words(`of_${one}`, { name }),
  }
}

/** Whether there is a text for a key put together at run time, such as the name of a rule the INSS API sent. */
export function hasText(key: string): key is TextKey {
  return textOf(messages, key) !== undefined
}

function textOf(files: Record<string, Record<string, string>>, key: string): string | undefined {
  const dot = key.indexOf('.')
  const file = files[key.slice(0, dot)]
  const name = key.slice(dot + 1)
  return file !== undefined && Object.hasOwn(file, name) ? file[name] : undefined
}

const registers = new AsyncLocalStorage<'short'>()
const relatives = new AsyncLocalStorage<Relative | undefined>()
let ourselves: TextParams | undefined
const longFormats = new Map<string, IntlMessageFormat>()
const shortFormats = new Map<string, IntlMessageFormat>()
