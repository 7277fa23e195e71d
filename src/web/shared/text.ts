/** Control characters show as boxes or not at all, and some turn the line around: none is needed. */
export function visible(text: string): string {
  return text.replace(/[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069]/gu, '')
}

/** Hour and minute where the person is. */
export function timeOf(instant: string): string {
  return time.format(new Date(instant))
}

const time = new Intl.DateTimeFormat('pt-BR', { timeStyle: 'short' })
