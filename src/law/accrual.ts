import { type DayNumber, firstDayNumberOf, monthOf } from './calendar'
import { reformDay } from './reform'
import { type Tempo, tempoBetween, tempoMonth } from './tempo'

/** Days in a row, both ends included; `last` may be Infinity. */
export type Span = { first: DayNumber; last: DayNumber }

/** A quantity that only grows with the days. */
export type Growing = { at(day: DayNumber): number }

/** A stretch that counts day by day from `before` and is worth `after` in the end. */
type Piece = Span & { before: Tempo; after: Tempo }

/** Never anything. */
export const nothing: Growing = { at: () => 0 }

/**
 * Contribution time by the calendar over stretches of days, each measured by itself.
 * @param base time had before, from its day on
 */
export function accrue(spans: Span[], base?: { day: DayNumber; tempo: Tempo }): Growing {
  const pieces: Piece[] = []
  if (base !== undefined) pieces.push({ first: base.day, last: base.day, before: 0, after: base.tempo })
  for (const span of merge(spans)) append(pieces, span)
  return growing(pieces)
}

/** What of a record counts as time. */
export type RecordSpans = {
  /** Stretches until the reform, by the calendar. */
  before: Span[]
  /** Credited whole months from 11/2019 on, in order. */
  months: number[]
  /** Stretches after the reform counted day by day. */
  byDay: Span[]
  /** The first days of 11/2019 count although the month is not credited. */
  keepsNovember: boolean
}

/**
 * Time of a record: by the calendar until the reform, whole months from 11/2019 on, each growing day by day up to its
 * end. On the reform's own day, the last of the old rules, the days of 11/2019 count by the calendar in any case.
 * @param asOf day whose month, if credited, is whole at once
 */
export function accrueRecord(record: RecordSpans, asOf: DayNumber): Growing {
  const pieces: Piece[] = []
  for (const span of merge(record.before)) append(pieces, span)
  const november = monthOf(reformDay).competencia
  const credited = record.months.includes(november)
  if (credited) pieces.push(restOfNovember(pieces, asOf))
  else if (!record.keepsNovember) {
    const worth = growing([...pieces]).at(firstDayNumberOf(november) - 1)
    pieces.push({ first: reformDay + 1, last: reformDay + 1, before: worth, after: worth })
  }
  const whole = record.months
    .filter((month) => month !== november)
    .map((month) => ({ first: firstDayNumberOf(month), last: firstDayNumberOf(month + 1) - 1 }))
  const days = credited ? cutBefore(record.byDay, firstDayNumberOf(november + 1)) : record.byDay
  const current = whole.find((span) => span.first <= asOf && asOf < span.last)
  if (current === undefined) {
    for (const span of merge([...whole, ...days])) append(pieces, span)
    return growing(pieces)
  }
  const others = [...whole.filter((span) => span !== current), ...days]
  for (const span of merge(cutAfter(others, current.first - 1))) append(pieces, span)
  append(pieces, { first: current.first, last: asOf }, tempoMonth)
  for (const span of merge(cutBefore(others, current.last + 1))) append(pieces, span)
  return growing(pieces)
}

/** The days after the reform that make 11/2019 a whole month. */
function restOfNovember(pieces: Piece[], asOf: DayNumber): Piece {
  const { competencia, first } = monthOf(reformDay)
  const time = growing([...pieces])
  const end = firstDayNumberOf(competencia + 1) - 1
  const last = Math.min(end, Math.max(asOf, reformDay + 1))
  const before = time.at(reformDay)
  const after = Math.max(time.at(first - 1) + tempoMonth, before + tempoBetween(reformDay + 1, last))
  return { first: reformDay + 1, last, before, after }
}

/** `a` and a share of `b`; the share is an exact number of thousandths of a day for whole days. */
export function plus(a: Growing, b: Growing, numerator = 1, denominator = 1): Growing {
  if (b === nothing) return a
  return { at: (day) => a.at(day) + (b.at(day) * numerator) / denominator }
}

/** The same quantity, no longer growing after a day. */
export function until(a: Growing, last: DayNumber): Growing {
  if (a === nothing) return a
  return { at: (day) => a.at(Math.min(day, last)) }
}

/** Stretches without overlap, neighbours joined, in order. */
export function merge(spans: Span[]): Span[] {
  const sorted = spans.filter((span) => span.last >= span.first).sort((a, b) => a.first - b.first)
  const merged: Span[] = []
  for (const span of sorted) {
    const previous = merged.at(-1)
    if (previous !== undefined && span.first <= previous.last + 1)
      previous.last = Math.max(previous.last, span.last)
    else merged.push({ ...span })
  }
  return merged
}

/** What of the stretches lies on or after a day. */
export function cutBefore(spans: Span[], first: DayNumber): Span[] {
  return spans
    .map((span) => ({ first: Math.max(span.first, first), last: span.last }))
    .filter((span) => span.first <= span.last)
}

/** What of the stretches lies on or before a day. */
export function cutAfter(spans: Span[], last: DayNumber): Span[] {
  return spans
    .map((span) => ({ first: span.first, last: Math.min(span.last, last) }))
    .filter((span) => span.first <= span.last)
}

function append(pieces: Piece[], span: Span, worth?: Tempo): void {
  const before = pieces.at(-1)?.after ?? 0
  const own = worth ?? (span.last === Number.POSITIVE_INFINITY ? 0 : tempoBetween(span.first, span.last))
  pieces.push({ ...span, before, after: before + own })
}

function growing(pieces: Piece[]): Growing {
  if (pieces.length === 0) return nothing
  return {
    at(day) {
      let low = 0
      let high = pieces.length
      while (low < high) {
        const middle = (low + high) >> 1
        if ((pieces[middle] as Piece).first <= day) low = middle + 1
        else high = middle
      }
      const piece = pieces[low - 1]
      if (piece === undefined) return 0
      if (day >= piece.last) return piece.after
      return piece.before + tempoBetween(piece.first, day)
    },
  }
}
