import texts from '../../../locales/pt-BR/chat.json'

export type TextKey = keyof typeof texts

/** The text of a key, with `{name}` filled in. */
export function say(key: TextKey, params: Record<string, string> = {}): string {
  return texts[key].replace(/\{(\w+)\}/g, (_all, name: string) => params[name] ?? '')
}

/** Control characters show as boxes or not at all, and some turn the line around: none is needed. */
export function visible(text: string): string {
  return text.replace(/[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069]/gu, '')
}

/** Hour and minute where the person is. */
export function timeOf(instant: string): string {
  return time.format(new Date(instant))
}

/** "Hoje", "Ontem", or the date written out. */
export function dayOf(instant: string, now: Date): string {
  const written = day.format(new Date(instant))
  if (written === day.format(now)) return say('today')
  const yesterday = new Date(now)
  yesterday.setDate(yesterday.getDate() - 1)
  return written === day.format(yesterday) ? say('yesterday') : written
}

const time = new Intl.DateTimeFormat('pt-BR', { timeStyle: 'short' })
const day = new Intl.DateTimeFormat('pt-BR', { dateStyle: 'long' })
