import { IntlMessageFormat } from 'intl-messageformat'
import { messages } from '../locales/pt-BR/index'

type Messages = typeof messages

/** `<file>.<key>` of any text in locales/. */
export type TextKey = {
  [File in keyof Messages]: `${File & string}.${keyof Messages[File] & string}`
}[keyof Messages]

export type TextParams = Record<string, string | number>

/**
 * The text of a key with its parameters filled in (ICU MessageFormat: plurals and selects).
 * @throws Error when the key or a parameter is missing: a bug, caught by the locale tests.
 */
export function t(key: TextKey, params: TextParams = {}): string {
  let format = formats.get(key)
  if (format === undefined) {
    const dot = key.indexOf('.')
    const file = messages[key.slice(0, dot) as keyof Messages] as Record<string, string> | undefined
    const text = file?.[key.slice(dot + 1)]
    if (text === undefined) throw new Error(`no text for ${key}`)
    format = new IntlMessageFormat(text, 'pt-BR', undefined, { ignoreTag: true })
    formats.set(key, format)
  }
  return String(format.format(params))
}

/** Whether there is a text for a key put together at run time, such as the name of a rule the INSS API sent. */
export function hasText(key: string): key is TextKey {
  const dot = key.indexOf('.')
  const file = messages[key.slice(0, dot) as keyof Messages] as Record<string, string> | undefined
  return file !== undefined && Object.hasOwn(file, key.slice(dot + 1))
}

const formats = new Map<string, IntlMessageFormat>()
