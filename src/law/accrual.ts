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

/**
 * Time of a record: by the calendar until the reform, whole months from 11/2019 on.
 * @param before stretches until the reform @param months credited months in order, as competência numbers
 * @param byDay stretches after the reform counted day by day @param asOf day whose month, if credited, is whole at once
 */
export function accrueRecord(before: Span[], months: number[], byDay: Span[], asOf: DayNumber): Growing {
  const pieces: Piece[] = []
  for (const span of merge(before)) append(pieces, span)
  const november = monthOf(reformDay)
  const endOfNovember = firstDayNumberOf(november.competencia + 1) - 1
  let rest = byDay
  if (months[0] === november.competencia && asOf >= reformDay) {
    const atReform = growing([...pieces]).at(reformDay)
    const whole = growing([...pieces]).at(november.first - 1) + tempoMonth
    const last = Math.min(endOfNovember, Math.max(asOf, reformDay + 1))
    const after = Math.max(whole, atReform + tempoBetween(reformDay + 1, last))
    pieces.push({ first: reformDay + 1, last, before: atReform, after })
    rest = cutBefore(byDay, endOfNovember + 1)
  }
  const whole: Span[] = []
  let current: Span | undefined
  for (const month of months) {
    if (month === november.competencia) continue
    const first = firstDayNumberOf(month)
    const last = firstDayNumberOf(month + 1) - 1
    if (first <= asOf && asOf < last) {
      current = { first, last: asOf }
      rest = cutBefore(rest, last + 1)
    } else whole.push({ first, last })
  }
  const outsideCurrent =
    current === undefined
      ? rest
      : [...cutAfter(rest, current.first - 1), ...cutBefore(rest, current.last + 1)]
  for (const span of merge([
    ...whole,
    ...cutAfter(outsideCurrent, current?.first ?? Number.POSITIVE_INFINITY),
  ])) {
    append(pieces, span)
  }
  if (current !== undefined) {
    append(pieces, current, tempoMonth)
    for (const span of merge(cutBefore(outsideCurrent, current.last + 1))) append(pieces, span)
  }
  return growing(pieces)
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
