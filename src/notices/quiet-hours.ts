import { brasiliaTime } from '../clock'

const HOUR_MS = 3_600_000
/**
 * Nine in Brasília is seven in Acre: nobody in the country is woken. The Central 135 answers in all of these hours,
 * so whoever wants a person after a notice finds one.
 */
const FROM_HOUR = 9
const TO_HOUR = 20

/**
 * When a notice goes out: from Monday to Saturday, 9 h to 20 h in Brasília. One that would come too late goes out at
 * the last of these hours before its deadline, or else on a Sunday between the same hours; never at night.
 * @param wish `earliest` and `deadline` in milliseconds since 1970
 * @returns milliseconds since 1970; undefined when it can only come too late
 */
export function dueAt(now: number, wish: { earliest?: number; deadline?: number } = {}): number | undefined {
  const { deadline } = wish
  const preferred = next(Math.max(now, wish.earliest ?? now), isOpen)
  if (deadline === undefined || preferred <= deadline) return preferred
  const last = lastOpen(deadline)
  if (last >= now) return last
  const daytime = next(now, isDaytime)
  return daytime <= deadline ? daytime : undefined
}

function isDaytime(instant: number): boolean {
  const { hour } = brasiliaTime(new Date(instant))
  return hour >= FROM_HOUR && hour < TO_HOUR
}

function isOpen(instant: number): boolean {
  return isDaytime(instant) && brasiliaTime(new Date(instant)).weekday !== 0
}

/** Hours begin together in Brasília and in UTC, so full hours are enough to look at. */
function next(from: number, open: (instant: number) => boolean): number {
  let instant = from
  while (!open(instant)) instant = Math.floor(instant / HOUR_MS) * HOUR_MS + HOUR_MS
  return instant
}

/** A minute before closing at the latest. */
function lastOpen(until: number): number {
  let instant = until
  while (!isOpen(instant)) instant = Math.floor(instant / HOUR_MS) * HOUR_MS - 60_000
  return instant
}
