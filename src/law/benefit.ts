import type { Growing } from './accrual'
import { averageOf, averageOfHighest, type CorrectedBases, correctedBases, divideRounding } from './average'
import { type DayNumber, fromDayNumber } from './calendar'
import { atScale, decimalText } from './decimal'
import { LawGap } from './errors'
import type { Facts, Salaries } from './facts'
import { fatorPrevidenciario, fatorScale } from './fator'
import { type IdOf, type Parameters, valueOn } from './parameters'
import { readjusted } from './readjustment'
import { reformDay } from './reform'
import { type Requirement, stepOn } from './requirement'
import { ageAt, durationOf, type Tempo, tempoMonth, tempoYear } from './tempo'
import type { Benefit, Centavos } from './types'

/** How a rule makes an amount of an average. */
export type Formula = {
  salaries: Salaries | null
  source: string[]
} & (
  | { kind: 'coefficient'; time: Growing; beyond: IdOf<'duration'> }
  | { kind: 'whole' }
  | { kind: 'fator'; time: Growing }
  | { kind: 'highest_80'; coefficient(day: DayNumber): number }
  | { kind: 'acquired'; coefficient: number }
  | { kind: 'acquired_fator'; time: Growing; bonus: Tempo }
  | { kind: 'minimum_wage' }
)

/** A benefit and the month its prices are of, when the index ends before its start. */
export type Computed = { benefit: Benefit; pricesOf: number | null }

/** Coefficients are integers of four decimals. */
const coefficientScale = 4
const whole = 10 ** coefficientScale

/**
 * The amount a rule gives from a day on. What the law leaves unknown is named in `lawGap`, never guessed.
 * @param on start day @param entitledOn day the right was met @param requirements what leaving months out must respect
 */
export function benefitOf(
  parameters: Parameters,
  facts: Facts,
  formula: Formula,
  requirements: Requirement[],
  on: DayNumber,
  entitledOn: DayNumber,
): Computed {
  const empty: Benefit = {
    on: fromDayNumber(on),
    average: null,
    coefficient: null,
    fator: null,
    amount: null,
    source: formula.source,
    divisor: null,
    discarded: 0,
  }
  try {
    return compute(parameters, facts, formula, requirements, on, entitledOn, empty)
  } catch (gap) {
    if (!(gap instanceof LawGap)) throw gap
    return { benefit: { ...empty, lawGap: { parameter: gap.parameter, date: gap.date } }, pricesOf: null }
  }
}

function compute(
  parameters: Parameters,
  facts: Facts,
  formula: Formula,
  requirements: Requirement[],
  on: DayNumber,
  entitledOn: DayNumber,
  empty: Benefit,
): Computed {
  const limits = {
    floor: valueOn(parameters, 'salario-minimo', on),
    ceiling: valueOn(parameters, 'teto', on),
  }
  if (formula.kind === 'minimum_wage') return { benefit: { ...empty, amount: limits.floor }, pricesOf: null }
  if (formula.kind === 'acquired' || formula.kind === 'acquired_fator') {
    return { benefit: acquired(parameters, facts, formula, on, empty), pricesOf: null }
  }
  const share = shareOf(parameters, facts, formula, on)
  if (facts.money.known === 'average' || formula.salaries === null) {
    const own = share(0)
    if (facts.money.known !== 'average') return { benefit: { ...empty, ...own.shown() }, pricesOf: null }
    const average = Math.min(facts.money.average, limits.ceiling)
    return {
      benefit: { ...empty, ...own.shown(), average, amount: within(limits, own.apply(average)) },
      pricesOf: null,
    }
  }
  const bases = correctedBases(parameters, formula.salaries, on)
  if (bases.count === 0) return { benefit: { ...empty, ...share(0).shown() }, pricesOf: null }
  if (formula.kind === 'highest_80') {
    const average = Math.min(highest80(facts, bases, on).average, limits.ceiling)
    const own = share(0)
    return {
      benefit: { ...empty, ...own.shown(), average, amount: within(limits, own.apply(average)) },
      pricesOf: bases.pricesOf,
    }
  }
  // EC 103/2019, art. 26, § 6º: months that lower the amount may be left out, keeping the least time asked.
  const least = leastDivisor(parameters, facts, entitledOn, on)
  const most = Math.min(bases.count - 1, spareMonths(requirements, on, entitledOn))
  let best:
    | { own: Share; average: Centavos; amount: Centavos; divisor: number; discarded: number }
    | undefined
  for (let discarded = 0; discarded <= most; discarded += 1) {
    const { average: mean, divisor } = averageOf(bases, discarded, least)
    const average = Math.min(mean, limits.ceiling)
    const own = share(discarded)
    const amount = within(limits, own.apply(average))
    if (best === undefined || amount > best.amount) best = { own, average, amount, divisor, discarded }
  }
  if (best === undefined) throw new Error('leaving out no month is always possible')
  const { own, ...found } = best
  return { benefit: { ...empty, ...own.shown(), ...found }, pricesOf: bases.pricesOf }
}

type Share = { shown(): Pick<Benefit, 'coefficient' | 'fator'>; apply(average: Centavos): Centavos }

/** What the average is multiplied by, by the number of months left out. */
function shareOf(
  parameters: Parameters,
  facts: Facts,
  formula: Formula,
  on: DayNumber,
): (discarded: number) => Share {
  if (formula.kind === 'coefficient') {
    const base = atScale(valueOn(parameters, 'coeficiente-base', on), coefficientScale)
    const perYear = atScale(valueOn(parameters, 'coeficiente-por-ano', on), coefficientScale)
    const surplus = formula.time.at(on) - valueOn(parameters, formula.beyond, on, facts.sex)
    return (discarded) => {
      const years = Math.floor((surplus - discarded * tempoMonth) / tempoYear)
      return coefficientShare(base + perYear * Math.max(0, years))
    }
  }
  if (formula.kind === 'fator') {
    const time = formula.time.at(on)
    const bonus = valueOn(parameters, 'fator-acrescimo', on, facts.sex)
    return (discarded) => fatorShare(parameters, facts, time - discarded * tempoMonth, bonus, on)
  }
  const fixed = coefficientShare(formula.kind === 'highest_80' ? formula.coefficient(on) : whole)
  return () => fixed
}

/** @throws LawGap where the life table of the day is missing */
function fatorShare(parameters: Parameters, facts: Facts, time: Tempo, bonus: Tempo, on: DayNumber): Share {
  const age = ageAt(facts.birth, on)
  const expectancy = valueOn(parameters, 'expectativa-de-sobrevida', on)[durationOf(age).years]
  if (expectancy === undefined) throw new LawGap('expectativa-de-sobrevida', fromDayNumber(on))
  const rate = valueOn(parameters, 'fator-aliquota', on)
  const fator = fatorPrevidenciario({ time, bonus, age, expectancy, rate })
  return {
    shown: () => ({ coefficient: null, fator: decimalText(fator, fatorScale) }),
    apply: (average) => divideRounding(average * fator, 10 ** fatorScale),
  }
}

function coefficientShare(coefficient: number): Share {
  return {
    shown: () => ({ coefficient: decimalText(coefficient, coefficientScale), fator: null }),
    apply: (average) => divideRounding(average * coefficient, whole),
  }
}

/** Months that can be left out without losing the right. */
function spareMonths(requirements: Requirement[], on: DayNumber, entitledOn: DayNumber): number {
  let spare = Number.POSITIVE_INFINITY
  for (const requirement of requirements) {
    const { value } = stepOn(requirement, entitledOn)
    if (value === null || requirement.perMonth === 0) continue
    const surplus = requirement.found.at(on) - value - (requirement.strict ? 1 : 0)
    spare = Math.min(spare, Math.floor(surplus / requirement.perMonth))
  }
  return Number.isFinite(spare) ? Math.max(0, spare) : 0
}

/** The divisor of Lei 8.213/1991, art. 135-A, is not asked of a right met before it. */
function leastDivisor(parameters: Parameters, facts: Facts, entitledOn: DayNumber, on: DayNumber): number {
  if (!facts.affiliatedUntil199407) return 1
  return valueOn(parameters, 'divisor-minimo', Math.min(entitledOn, on))
}

/** Months between 07/1994 and the reform, and the least share of them the sum is divided by (Lei 9.876/1999, art. 3º). */
const leastShare = { numerator: 60, denominator: 100 }
const bestShare = { numerator: 80, denominator: 100 }

function highest80(
  facts: Facts,
  bases: CorrectedBases,
  start: DayNumber,
): { average: Centavos; divisor: number } {
  const kept = Math.max(1, Math.floor((bases.count * bestShare.numerator) / bestShare.denominator))
  if (start > reformDay) return { average: averageOfHighest(bases, kept, kept), divisor: kept }
  const least = facts.affiliatedUntil199407
    ? Math.floor((monthsOfRealUntilReform * leastShare.numerator) / leastShare.denominator)
    : 1
  const count = Math.max(kept, Math.min(bases.count, least))
  const divisor = Math.max(count, least)
  return { average: averageOfHighest(bases, count, divisor), divisor }
}

const monthsOfRealUntilReform = 304

// IN 128/2022, art. 234: the amount is found at 13/11/2019 and then readjusted like a benefit being paid.
function acquired(
  parameters: Parameters,
  facts: Facts,
  formula: Formula & ({ kind: 'acquired' } | { kind: 'acquired_fator' }),
  on: DayNumber,
  empty: Benefit,
): Benefit {
  const { shown, apply } =
    formula.kind === 'acquired'
      ? coefficientShare(formula.coefficient)
      : fatorShare(parameters, facts, formula.time.at(reformDay), formula.bonus, reformDay)
  if (facts.money.known !== 'salaries' || formula.salaries === null) return { ...empty, ...shown() }
  const bases = correctedBases(parameters, formula.salaries, reformDay)
  if (bases.count === 0) return { ...empty, ...shown() }
  const { average: mean, divisor } = highest80(facts, bases, reformDay)
  const ceiling = valueOn(parameters, 'teto', reformDay)
  const average = Math.min(mean, ceiling)
  const then = within({ floor: valueOn(parameters, 'salario-minimo', reformDay), ceiling }, apply(average))
  const now = { floor: valueOn(parameters, 'salario-minimo', on), ceiling: valueOn(parameters, 'teto', on) }
  return { ...empty, ...shown(), average, divisor, amount: within(now, readjusted(parameters, then, on)) }
}

function within(limits: { floor: Centavos; ceiling: Centavos }, amount: Centavos): Centavos {
  return Math.max(limits.floor, Math.min(limits.ceiling, amount))
}
