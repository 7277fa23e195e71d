import texts from '../../../locales/pt-BR/console.json'

export type TextKey = keyof typeof texts

/** The text of a key, with `{name}` filled in. */
export function say(key: TextKey, params: Record<string, string | number> = {}): string {
  return texts[key].replace(/\{(\w+)\}/g, (_all, name: string) => String(params[name] ?? ''))
}

/** The text of `<kind>_<id>`; an id nobody gave a name is shown as it is. */
export function nameOf(kind: string, id: string): string {
  const key = `${kind}_${id}`
  return Object.hasOwn(texts, key) ? texts[key as TextKey] : id
}

/** What went wrong, in words. */
export function faultOf(code: string, agentName?: string): string {
  if (code === 'taken' && agentName !== undefined) return say('error_taken_by', { name: agentName })
  return nameOf('error', code)
}

/** "1 SMS", "2 pessoas": `<key>_one` or `<key>_other`, with `{count}`. */
export function counted(key: CountedKey, count: number): string {
  return say(count === 1 ? `${key}_one` : `${key}_other`, { count: count.toLocaleString('pt-BR') })
}
type CountedKey = Extract<TextKey, `${string}_one`> extends `${infer Key}_one` ? Key : never

/** How long something takes or has taken, in the two largest units: "4 min", "1 h 05 min". */
export function duration(seconds: number): string {
  const minutes = Math.floor(seconds / 60)
  if (minutes < 1) return say('lessThanMinute')
  if (minutes < 60) return say('minutes', { minutes })
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return say('hours', { hours, minutes: String(minutes % 60).padStart(2, '0') })
  return say('days', { days: Math.floor(hours / 24) })
}

/** Seconds since an instant. */
export function since(instant: string, now: number): number {
  return Math.max(0, (now - Date.parse(instant)) / 1000)
}

/** Day, month, hour and minute where the agent is; the day is left out when it is today. */
export function moment(instant: string, now: number): string {
  const date = new Date(instant)
  const today = date.toDateString() === new Date(now).toDateString()
  return (today ? hourAndMinute : dayAndHour).format(date)
}

const hourAndMinute = new Intl.DateTimeFormat('pt-BR', { timeStyle: 'short' })
const dayAndHour = new Intl.DateTimeFormat('pt-BR', {
  day: '2-digit',
  month: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
})

/** A short name to tell one conversation from another when speaking about it. */
export function callNumber(ticketId: string): string {
  return ticketId.replace(/[^\w]/g, '').slice(-4).toUpperCase()
}
