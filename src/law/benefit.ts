import type { Growing } from './accrual'
import { averageOf, averageOfHighest, type CorrectedBases, correctedBases, divideRounding } from './average'
import { competenciaAt, type DayNumber, firstDayNumberOf, fromDayNumber } from './calendar'
import { atScale, decimalText } from './decimal'
import { LawGap } from './errors'
import { assumption, type Facts, type Salaries } from './facts'
import { fatorPrevidenciario, fatorScale } from './fator'
import { type IdOf, type Parameters, valueOn } from './parameters'
import { readjusted } from './readjustment'
import { firstRealMonth, firstWholeMonth, lastDayBefore9876, reformDay } from './reform'
import { type Requirement, stepOn } from './requirement'
import { ageAt, durationOf, type Tempo, tempoMonth, tempoYear } from './tempo'
import type { Assumption, Benefit, Centavos } from './types'

/** How a rule makes an amount of an average. */
export type Formula = {
  salaries: Salaries | null
  source: string[]
} & (
  | { kind: 'coefficient'; time: Growing; beyond: IdOf<'duration'> }
  | { kind: 'whole' }
  | { kind: 'fator'; time: Growing }
  | { kind: 'highest_80'; coefficient(day: DayNumber): number; fator: FatorUse }
  | { kind: 'acquired'; coefficient: number; fator: FatorUse }
  | { kind: 'minimum_wage' }
)

/** Whether the fator multiplies the amount: never, always, or only where it raises it. */
export type FatorUse = { when: 'never' } | { when: 'always' | 'if_higher'; time: Growing; bonus: Tempo }

/** A benefit and what was taken as given for it. */
export type Computed = { benefit: Benefit; assumptions: Assumption[] }

const afterFirstRealMonth = firstDayNumberOf(firstRealMonth + 1)

/** Coefficients and the fator are integers of four decimals. */
const shareScale = fatorScale
const oneShare = 10 ** shareScale

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
    return { benefit: { ...empty, lawGap: { parameter: gap.parameter, date: gap.date } }, assumptions: [] }
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
  if (formula.kind === 'minimum_wage') return { benefit: { ...empty, amount: limits.floor }, assumptions: [] }
  if (formula.kind === 'acquired') return acquired(parameters, facts, formula, on, empty)
  const share = shareOf(parameters, facts, formula, on)
  const give = (average: Centavos, own: number) => {
    const capped = Math.min(average, limits.ceiling)
    return { average: capped, amount: within(limits, times(capped, own)) }
  }
  const use = formula.kind === 'highest_80' ? formula.fator : never
  const { fator, assumptions: unseen } = fatorUsed(parameters, facts, use, on)
  /** The same with the fator where it raises the amount. */
  const raise = (found: { average: Centavos; amount: Centavos }, own: number) =>
    fator === null
      ? found
      : {
          ...found,
          amount: within(limits, times(times(found.average, own), fator)),
          fator: decimalText(fator, fatorScale),
        }
  if (facts.money.known === 'average') {
    const found = raise(give(facts.money.average, share(0)), share(0))
    return { benefit: { ...empty, ...shown(formula, share(0)), ...found }, assumptions: unseen }
  }
  const bases = formula.salaries === null ? undefined : correctedBases(parameters, formula.salaries, on)
  if (bases === undefined || bases.count === 0) {
    return { benefit: { ...empty, ...shown(formula, share(0)) }, assumptions: [] }
  }
  const assumptions = bases.pricesOf === null ? [] : [pricesOf(bases.pricesOf)]
  if (formula.kind === 'highest_80') {
    const { average, divisor } = highest(parameters, bases, on)
    const found = raise(give(average, share(0)), share(0))
    const benefit = { ...empty, ...shown(formula, share(0)), ...found, divisor }
    // INSS divides all salaries (Decreto 3.048/1999, art. 70-J), most courts the 80 % highest: both are shown.
    const ofAll = Math.min(averageOf(bases, 0, 1).average, limits.ceiling)
    const media = assumption('lc142_media', { average: ofAll })
    return { benefit, assumptions: [...assumptions, ...unseen, media] }
  }
  // EC 103/2019, art. 26, § 6º: months that lower the amount may be left out, keeping the least time asked.
  const least = leastDivisor(parameters, facts, entitledOn, on)
  const most = Math.min(bases.count - 1, spareMonths(requirements, on, entitledOn))
  let best:
    | { own: number; average: Centavos; amount: Centavos; divisor: number; discarded: number }
    | undefined
  for (let discarded = 0; discarded <= most; discarded += 1) {
    const { average, divisor } = averageOf(bases, discarded, least)
    const own = share(discarded)
    const given = give(average, own)
    if (best === undefined || given.amount > best.amount) best = { own, ...given, divisor, discarded }
  }
  if (best === undefined) throw new Error('leaving out no month is always possible')
  const { own, ...found } = best
  return { benefit: { ...empty, ...shown(formula, own), ...found }, assumptions }
}

/** What the average is multiplied by, in ten-thousandths, by the number of months left out. */
function shareOf(
  parameters: Parameters,
  facts: Facts,
  formula: Formula,
  on: DayNumber,
): (discarded: number) => number {
  if (formula.kind === 'coefficient') {
    const base = atScale(valueOn(parameters, 'coeficiente-base', on), shareScale)
    const perYear = atScale(valueOn(parameters, 'coeficiente-por-ano', on), shareScale)
    const surplus = formula.time.at(on) - valueOn(parameters, formula.beyond, on, facts.sex)
    return (discarded) =>
      base + perYear * Math.max(0, Math.floor((surplus - discarded * tempoMonth) / tempoYear))
  }
  if (formula.kind === 'fator') {
    const time = formula.time.at(on)
    const bonus = valueOn(parameters, 'fator-acrescimo', on, facts.sex)
    const fator = fatorOn(parameters, facts, bonus, on)
    return (discarded) => fator(time - discarded * tempoMonth)
  }
  const fixed = formula.kind === 'highest_80' ? formula.coefficient(on) : oneShare
  return () => fixed
}

/** The fator of a day by time. @throws LawGap where the life table of the day is missing */
function fatorOn(parameters: Parameters, facts: Facts, bonus: Tempo, on: DayNumber): (time: Tempo) => number {
  const age = ageAt(facts.birth, on)
  const expectancy = valueOn(parameters, 'expectativa-de-sobrevida', on, String(durationOf(age).years))
  const rate = valueOn(parameters, 'fator-aliquota', on)
  return (time) => fatorPrevidenciario({ time, bonus, age, expectancy, rate })
}

const never: FatorUse = { when: 'never' }

/** The fator that multiplies; null where there is none. Where it is optional and cannot be known, that is said. */
function fatorUsed(
  parameters: Parameters,
  facts: Facts,
  use: FatorUse,
  on: DayNumber,
): { fator: number | null; assumptions: Assumption[] } {
  if (use.when === 'never') return { fator: null, assumptions: [] }
  try {
    const fator = fatorOn(parameters, facts, use.bonus, on)(use.time.at(on))
    const applies = use.when === 'always' || fator > oneShare
    return { fator: applies ? fator : null, assumptions: [] }
  } catch (gap) {
    if (use.when === 'always' || !(gap instanceof LawGap)) throw gap
    const { parameter, date } = gap
    return { fator: null, assumptions: [assumption('fator_nao_visto', { parameter, date })] }
  }
}

function pricesOf(month: number): Assumption {
  return assumption('indice_ate', { parameter: 'indice-de-correcao', month: competenciaAt(month) })
}

function times(average: Centavos, share: number): Centavos {
  return divideRounding(average * share, oneShare)
}

function shown(formula: Formula, share: number): Pick<Benefit, 'coefficient' | 'fator'> {
  const text = decimalText(share, shareScale)
  return formula.kind === 'fator' ? { coefficient: null, fator: text } : { coefficient: text, fator: null }
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
  const affiliatedBeforeReal = facts.affiliatedOn !== null && facts.affiliatedOn < afterFirstRealMonth
  return affiliatedBeforeReal ? valueOn(parameters, 'divisor-minimo', Math.min(entitledOn, on)) : 1
}

/** Mean of the highest salaries: LC 142/2013, art. 8º, keeps Lei 8.213/1991, art. 29, I. */
function highest(
  parameters: Parameters,
  bases: CorrectedBases,
  on: DayNumber,
): { average: Centavos; divisor: number } {
  const kept = Math.max(1, shareOfCount(parameters, 'direito-adquirido-maiores', bases.count, on))
  return { average: averageOfHighest(bases, kept, kept), divisor: kept }
}

/** The same before the reform, with the least divisor of Lei 9.876/1999, art. 3º, § 2º. */
function highestBeforeReform(
  parameters: Parameters,
  facts: Facts,
  bases: CorrectedBases,
): { average: Centavos; divisor: number } {
  const newcomer = facts.affiliatedOn === null || facts.affiliatedOn > lastDayBefore9876
  if (newcomer) return highest(parameters, bases, reformDay)
  const kept = shareOfCount(parameters, 'direito-adquirido-maiores', bases.count, reformDay)
  const months = firstWholeMonth - firstRealMonth
  const least = shareOfCount(parameters, 'direito-adquirido-divisor', months, reformDay)
  const count = Math.max(kept, Math.min(bases.count, least))
  const divisor = Math.max(count, least)
  return { average: averageOfHighest(bases, count, divisor), divisor }
}

/** A share of a number of months, cut to whole months. */
function shareOfCount(
  parameters: Parameters,
  id: 'direito-adquirido-maiores' | 'direito-adquirido-divisor',
  count: number,
  on: DayNumber,
): number {
  return Math.floor((count * atScale(valueOn(parameters, id, on), shareScale)) / oneShare)
}

// IN 128/2022, art. 234: the amount is found at 13/11/2019 and then readjusted like a benefit being paid.
function acquired(
  parameters: Parameters,
  facts: Facts,
  formula: Formula & { kind: 'acquired' },
  on: DayNumber,
  empty: Benefit,
): Computed {
  const { fator, assumptions } = fatorUsed(parameters, facts, formula.fator, reformDay)
  const words = {
    coefficient: decimalText(formula.coefficient, shareScale),
    fator: fator === null ? null : decimalText(fator, fatorScale),
  }
  const bases =
    formula.salaries === null ? undefined : correctedBases(parameters, formula.salaries, reformDay)
  if (bases === undefined || bases.count === 0) return { benefit: { ...empty, ...words }, assumptions }
  const { average: mean, divisor } = highestBeforeReform(parameters, facts, bases)
  const ceiling = valueOn(parameters, 'teto', reformDay)
  const average = Math.min(mean, ceiling)
  const share = times(average, formula.coefficient)
  const then = fator === null ? share : times(share, fator)
  const limits = { floor: valueOn(parameters, 'salario-minimo', reformDay), ceiling }
  const now = { floor: valueOn(parameters, 'salario-minimo', on), ceiling: valueOn(parameters, 'teto', on) }
  const amount = within(now, readjusted(parameters, within(limits, then), on))
  return { benefit: { ...empty, ...words, average, divisor, amount }, assumptions }
}

function within(limits: { floor: Centavos; ceiling: Centavos }, amount: Centavos): Centavos {
  return Math.max(limits.floor, Math.min(limits.ceiling, amount))
}
