import { divideRounding } from '../average'
import type { DayNumber } from '../calendar'
import { atScale, decimalText } from '../decimal'
import type { IdOf, Parameters } from '../parameters'
import { valueOn } from '../parameters'
import { type Tempo, tempoYear } from '../tempo'
import type { Centavos, Sex } from '../types'

/** A share in ten-thousandths. */
export type Share = number

const scale = 4
export const whole: Share = 10 ** scale

/** A rate in force on a day. @throws LawGap */
export function shareOn(parameters: Parameters, id: IdOf<'rate'>, day: DayNumber, key?: string): Share {
  return atScale(valueOn(parameters, id, day, key), scale)
}

/** Part of an amount, halves of a centavo up. */
export function part(amount: Centavos, share: Share): Centavos {
  return divideRounding(amount * share, whole)
}

/** "0.9100" from 9100. */
export function shareText(share: Share): string {
  return decimalText(share, scale)
}

/** Floor and ceiling of benefits on a day. @throws LawGap */
export function limitsOn(parameters: Parameters, day: DayNumber): { floor: Centavos; ceiling: Centavos } {
  return {
    floor: valueOn(parameters, 'salario-minimo', day),
    ceiling: valueOn(parameters, 'teto', day),
  }
}

/** The share that grows with each whole year of contribution (EC 103/2019, art. 26, § 2º). @throws LawGap */
export function growingShare(parameters: Parameters, sex: Sex, time: Tempo, day: DayNumber): Share {
  const beyond = time - valueOn(parameters, 'coeficiente-tempo', day, sex)
  const years = Math.max(0, Math.floor(beyond / tempoYear))
  return (
    shareOn(parameters, 'coeficiente-base', day) + years * shareOn(parameters, 'coeficiente-por-ano', day)
  )
}
