import texts from '../../../locales/pt-BR/chat.json'

export type TextKey = keyof typeof texts

/** The text of a key, with `{name}` filled in. */
export function say(key: TextKey, params: Record<string, string> = {}): string {
  return texts[key].replace(/\{(\w+)\}/g, (_all, name: string) => params[name] ?? '')
}

/** "Hoje", "Ontem", or the date written out. */
export function dayOf(instant: string, now: Date): string {
  const written = day.format(new Date(instant))
  if (written === day.format(now)) return say('today')
  const yesterday = new Date(now)
  yesterday.setDate(yesterday.getDate() - 1)
  return written === day.format(yesterday) ? say('yesterday') : written
}

const day = new Intl.DateTimeFormat('pt-BR', { dateStyle: 'long' })
