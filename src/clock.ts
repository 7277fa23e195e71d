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
  return dates(instant)
}

const brasilia = new Intl.DateTimeFormat('en-CA', { timeZone: 'America/Sao_Paulo', dateStyle: 'short' })

/** Weekday (0 = Sunday) and hour in Brasília of an instant. */
export function brasiliaTime(instant: Date): { weekday: number; hour: number } {
  return { ...times(instant) }
}

/** Formatting by time zone is slow, and everybody asks about the same minute: it is worked out once a minute. */
function byMinute<T>(work: (instant: Date) => T): (instant: Date) => T {
  let minute: number | undefined
  let known: T
  return (instant) => {
    const asked = Math.floor(instant.getTime() / 60_000)
    if (asked !== minute) {
      known = work(instant)
      minute = asked
    }
    return known
  }
}

/** Last civil day of a month `YYYY-MM`. */
export function endOfMonth(month: string): string {
  const [year = 0, number = 0] = month.split('-').map(Number)
  return new Date(Date.UTC(year, number, 0)).toISOString().slice(0, 10)
}

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const hours = new Intl.DateTimeFormat('en-US', {
  timeZone: 'America/Sao_Paulo',
  weekday: 'short',
  hour: 'numeric',
  hourCycle: 'h23',
})

const dates = byMinute((instant) => brasilia.format(instant))
const times = byMinute((instant) => {
  const parts = hours.formatToParts(instant)
  const part = (type: string) => parts.find((each) => each.type === type)?.value ?? ''
  return { weekday: WEEKDAYS.indexOf(part('weekday')), hour: Number(part('hour')) }
})
