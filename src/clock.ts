/** The only source of "now", so that tests and demonstrations can fix it. */
export type Clock = { now(): Date }

/** Real time, or the fixed instant of `CLOCK_NOW`, from which it runs on. */
export function createClock(fixedStart?: string): Clock {
  if (fixedStart === undefined) return { now: () => new Date() }
  const offset = Date.parse(fixedStart) - Date.now()
  return { now: () => new Date(Date.now() + offset) }
}

/** Civil date `YYYY-MM-DD` of an instant in Brasília, where every deadline and payment day is counted. */
export function civilDate(instant: Date): string {
  return brasilia.format(instant)
}

const brasilia = new Intl.DateTimeFormat('en-CA', { timeZone: 'America/Sao_Paulo', dateStyle: 'short' })
