import { accrue, cutBefore, type Growing, merge, nothing, plus, type Span } from './accrual'
import { addMonthsToDay, type DayNumber, monthOf, toDayNumber } from './calendar'
import { convert } from './conversion'
import { assumption, degrees, exposures, type Facts } from './facts'
import { countMonths, monthsTouched } from './months'
import type { Parameters } from './parameters'
import { reformDay } from './reform'
import { durationOf, type Tempo, tempoBetween, tempoMonth, tempoOf } from './tempo'
import type { SimulationRequest, Summary } from './types'

/** Facts of a person who tells totals; time after the known day runs day by day. */
export function factsOfSummary(parameters: Parameters, request: SimulationRequest, summary: Summary): Facts {
  const asOf = toDayNumber(request.asOf)
  const kind = summary.kindAtReform ?? 'comum'
  const assumptions = [assumption('dados_informados')]
  const known = knownTime(summary)
  const given = tempoOf(known.time)
  const spans = spansAfter(request, summary, asOf, known.day)
  const estimated = known.day > reformDay ? { day: known.day, tempo: given } : undefined
  const ownAtReform = estimated === undefined ? given : timeLeftAtReform(given, known.day)
  const own: Spanned =
    estimated === undefined
      ? { base: { day: Math.min(known.day, reformDay), tempo: given }, spans }
      : backFrom(estimated, ownAtReform, spans)
  const other = tempoOf(summary.otherTimeAtReform ?? { years: 0, months: 0, days: 0 })
  const ownTime = accrue(own.spans, own.base)
  const otherTime: Growing =
    other === 0 ? nothing : accrue([], { day: Math.min(known.day, reformDay), tempo: other })
  const plainTime = plus(ownTime, otherTime)
  const exposure = { '15': nothing, '20': nothing, '25': nothing }
  for (const group of exposures) if (kind === `especial_${group}`) exposure[group] = ownTime
  const disability = { leve: nothing, moderada: nothing, grave: nothing }
  for (const degree of degrees) if (kind === `deficiencia_${degree}`) disability[degree] = ownTime
  const time = convert(parameters, request.sex, plainTime, exposure)
  if (estimated !== undefined) assumptions.push(assumption('tempo_na_reforma_estimado'))
  if (kind !== 'comum') assumptions.push(assumption('mesma_atividade'))
  const affiliatedBeforeReform =
    request.affiliatedBeforeReform ?? ownAtReform + other + (summary.ruralMonths ?? 0) > 0
  if (request.affiliatedBeforeReform === undefined && !affiliatedBeforeReform) {
    assumptions.push(assumption('filiacao_depois_da_reforma'))
  }
  const carencia = carenciaOf(summary, known.day, given + other, spans)
  if (summary.averageSalary !== undefined) assumptions.push(assumption('media_informada'))
  if (summary.carenciaMonths === undefined) assumptions.push(assumption('carencia_igual_ao_tempo'))
  if (spans.some((span) => span.last > asOf)) assumptions.push(assumption('continua_contribuindo'))
  else assumptions.push(assumption('nao_contribui_mais'))
  const rural = countMonths([], { day: 0, months: summary.ruralMonths ?? 0 })
  return {
    sex: request.sex,
    birth: toDayNumber(request.birthDate),
    asOf,
    affiliatedBeforeReform,
    knowsPast: false,
    time,
    fullRateTime: time,
    plainTime,
    magisterio: kind === 'magisterio' ? ownTime : nothing,
    exposure,
    disability,
    carencia,
    fullRateCarencia: carencia,
    ruralMonths: rural,
    ruralCarencia: rural,
    ruralTime: rural,
    affiliatedOn: null,
    money:
      summary.averageSalary === undefined
        ? { known: 'nothing' }
        : { known: 'average', average: summary.averageSalary },
    assumptions,
  }
}

type Spanned = { base: { day: DayNumber; tempo: Tempo }; spans: Span[] }

function knownTime({ timeAtReform, timeUntil }: Summary) {
  if (timeUntil !== undefined) return { day: toDayNumber(timeUntil.date), time: timeUntil }
  return { day: reformDay, time: timeAtReform ?? { years: 0, months: 0, days: 0 } }
}

/** Stretches of contribution after the known day, the last one open when they go on after `asOf`. */
function spansAfter(request: SimulationRequest, summary: Summary, asOf: DayNumber, known: DayNumber): Span[] {
  const after = summary.afterReform ?? 'continuous'
  const past: Span[] =
    after === 'none'
      ? []
      : after === 'continuous'
        ? [{ first: known + 1, last: asOf }]
        : after.map(({ start, end }) => ({ first: toDayNumber(start), last: toDayNumber(end) }))
  const contributing = past.some((span) => span.last >= asOf) || after === 'continuous'
  const goesOn = request.projection?.contributes ?? contributing
  if (goesOn) past.push({ first: asOf + 1, last: Number.POSITIVE_INFINITY })
  return merge(cutBefore(past, known + 1))
}

/** Time that must have been there at the reform if it was paid without gap since. */
function timeLeftAtReform(given: Tempo, day: DayNumber): Tempo {
  return Math.max(0, given - tempoBetween(reformDay + 1, day))
}

/** The time known on a later day, laid back without gap. */
function backFrom(known: { day: DayNumber; tempo: Tempo }, atReform: Tempo, after: Span[]): Spanned {
  if (atReform > 0) {
    const open = merge([{ first: reformDay + 1, last: known.day }, ...after])
    return { base: { day: reformDay, tempo: atReform }, spans: open }
  }
  const { years, months, days } = durationOf(known.tempo)
  const first = addMonthsToDay(known.day + 1, -(years * 12 + months)) - days
  return { base: { day: reformDay, tempo: 0 }, spans: merge([{ first, last: known.day }, ...after]) }
}

function carenciaOf(summary: Summary, known: DayNumber, time: Tempo, spans: Span[]): Growing {
  const given = summary.carenciaMonths ?? Math.floor(time / tempoMonth)
  const since = known > reformDay ? monthsTouched(firstAfter(reformDay), known) : []
  const fits = since.length <= given
  const base = fits
    ? { day: Math.min(known, reformDay), months: given - since.length }
    : { day: known, months: given }
  const after = cutBefore(spans, firstAfter(known))
  const last = after.at(-1)
  const open = last?.last === Number.POSITIVE_INFINITY ? last : undefined
  const closed = after.filter((span) => span !== open).flatMap((span) => monthsTouched(span.first, span.last))
  const run =
    open === undefined
      ? undefined
      : { day: open.first, first: monthOf(open.first).competencia, last: Number.POSITIVE_INFINITY }
  return countMonths([...(fits ? since : []), ...closed], base, run)
}

/** First day of the month after a day's. */
function firstAfter(day: DayNumber): DayNumber {
  return addMonthsToDay(monthOf(day).first, 1)
}
