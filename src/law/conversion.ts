import { type Growing, nothing, plus, until } from './accrual'
import { type Exposure, exposures } from './facts'
import { type Parameters, valueOn } from './parameters'
import { reformDay } from './reform'
import type { Sex } from './types'

// EC 103/2019, art. 25, § 2º: "Será reconhecida a conversão de tempo especial em comum [...] ao segurado [...] que
// comprovar tempo de efetivo exercício de atividade [...] cumprido até a data de entrada em vigor desta Emenda
// Constitucional, vedada a conversão para o tempo cumprido após esta data."
/** Common time with the extra of special work done until the reform. */
export function convert(
  parameters: Parameters,
  sex: Sex,
  plain: Growing,
  exposure: Record<Exposure, Growing>,
): Growing {
  const id = sex === 'F' ? 'conversao-especial-mulher' : 'conversao-especial'
  let time = plain
  for (const group of exposures) {
    if (exposure[group] === nothing) continue
    const { digits, scale } = valueOn(parameters, id, reformDay, group)
    const one = 10 ** scale
    time = plus(time, until(exposure[group], reformDay), Number(digits) - one, one)
  }
  return time
}
