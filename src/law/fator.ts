import { type Decimal, divideHalfUp } from './decimal'
import { type Tempo, tempoYear } from './tempo'

/** Decimals of the fator. */
export const fatorScale = 4

/** What the fator previdenciario is made of. */
export type FatorInputs = {
  time: Tempo
  /** Added to the time: women and teachers (Lei 8.213/1991, art. 29, § 9º). */
  bonus: Tempo
  age: Tempo
  /** Years of life still expected. */
  expectancy: Decimal
  /** Rate of contribution. */
  rate: Decimal
}

// Lei 8.213/1991, anexo: f = (Tc × a / Es) × [1 + (Id + Tc × a) / 100]
/** The fator previdenciario as an integer of four decimals, rounded half up. */
export function fatorPrevidenciario({ time, bonus, age, expectancy, rate }: FatorInputs): number {
  const year = BigInt(tempoYear)
  const rateOne = 10n ** BigInt(rate.scale)
  const expectancyOne = 10n ** BigInt(expectancy.scale)
  const paid = BigInt(time + bonus) * rate.digits
  const unit = year * rateOne
  const numerator = paid * expectancyOne * (100n * unit + BigInt(age) * rateOne + paid)
  const denominator = unit * expectancy.digits * 100n * unit
  return Number(divideHalfUp(numerator * 10n ** BigInt(fatorScale), denominator))
}
