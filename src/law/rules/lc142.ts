import { type Growing, nothing, plus } from '../accrual'
import { divideRounding } from '../average'
import type { FatorUse } from '../benefit'
import { atScale } from '../decimal'
import { type Degree, degrees, type Facts } from '../facts'
import { type Parameters, valueOn } from '../parameters'
import { requireAge, requireTime, stepsOf } from '../requirement'
import { tempoYear } from '../tempo'
import { carencia, type Rule, salariesOf } from './rule'

const source = ['LC 142/2013, arts. 8º e 9º', 'EC 103/2019, art. 22']
const open = ['avaliacao_da_deficiencia']

// LC 142/2013, art. 9º, I: "fator previdenciário nas aposentadorias, se resultar em renda mensal de valor mais elevado"
function fatorIfHigher(facts: Facts, parameters: Parameters): FatorUse {
  const bonus = valueOn(parameters, 'fator-acrescimo', facts.asOf, facts.sex)
  return { when: 'if_higher', time: facts.plainTime, bonus }
}

/** Time with any disability. */
function withDisability(facts: Facts): Growing {
  return degrees.reduce((sum, degree) => plus(sum, facts.disability[degree]), nothing)
}

/** The degree worked in longest decides the rule (Decreto 3.048/1999, art. 70-E, § 1º). */
function mainDegree(facts: Facts): Degree | undefined {
  const by = (degree: Degree) => facts.disability[degree].at(facts.asOf)
  return degrees
    .filter((degree) => facts.disability[degree] !== nothing)
    .reduce<Degree | undefined>(
      (main, degree) => (main === undefined || by(degree) > by(main) ? degree : main),
      undefined,
    )
}

/** All time turned into time of one degree, by the quotients of the years asked, of two decimals as printed. */
function convertedTo(parameters: Parameters, facts: Facts, degree: Degree): Growing {
  const years = (id: `lc142-tempo-${Degree | 'comum'}`) => {
    const [step] = stepsOf(parameters, id, facts.sex)
    return Math.round((step?.value ?? 0) / tempoYear)
  }
  const target = years(`lc142-tempo-${degree}`)
  const part = (from: number) => divideRounding(target * 100, from)
  let total: Growing = { at: (day) => facts.plainTime.at(day) - withDisability(facts).at(day) }
  total = scaled(total, part(years('lc142-tempo-comum')))
  for (const other of degrees) {
    if (facts.disability[other] === nothing) continue
    total = plus(total, facts.disability[other], part(years(`lc142-tempo-${other}`)), 100)
  }
  return total
}

function scaled(quantity: Growing, hundredths: number): Growing {
  return { at: (day) => (quantity.at(day) * hundredths) / 100 }
}

// LC 142/2013, art. 3º: "É assegurada a concessão de aposentadoria pelo RGPS ao segurado com deficiência, observadas as
// seguintes condições: I - aos 25 (vinte e cinco) anos de tempo de contribuição, se homem, e 20 (vinte) anos, se mulher,
// no caso de segurado com deficiência grave; II - aos 29 [...] e 24 [...] moderada; III - aos 33 [...] e 28 [...] leve"
export const lc142Tempo: Rule[] = degrees.map((degree) => ({
  id: `lc142_tc_${degree}` as const,
  applies: (facts) => mainDegree(facts) === degree,
  requirements: (facts, parameters) => [
    requireTime(
      'deficiencia',
      convertedTo(parameters, facts, degree),
      stepsOf(parameters, `lc142-tempo-${degree}`, facts.sex),
    ),
    carencia(facts, parameters, 'all'),
  ],
  formula: (facts, parameters) => ({
    kind: 'highest_80',
    coefficient: () => 10_000,
    fator: fatorIfHigher(facts, parameters),
    salaries: salariesOf(facts, 'all'),
    source,
  }),
  notModelled: open,
}))

// IV - "aos 60 (sessenta) anos de idade, se homem, e 55 (cinquenta e cinco) anos de idade, se mulher, independentemente
// do grau de deficiência, desde que cumprido tempo mínimo de contribuição de 15 (quinze) anos e comprovada a existência
// de deficiência durante igual período."
export const lc142Idade: Rule = {
  id: 'lc142_idade',
  applies: (facts) => withDisability(facts) !== nothing,
  requirements: (facts, parameters) => [
    requireAge(facts, stepsOf(parameters, 'lc142-idade', facts.sex)),
    requireTime(
      'tempo_com_deficiencia',
      withDisability(facts),
      stepsOf(parameters, 'lc142-idade-tempo', facts.sex),
    ),
    carencia(facts, parameters, 'all'),
  ],
  formula: (facts, parameters) => {
    const rate = (id: 'base' | 'por-ano' | 'limite') =>
      atScale(valueOn(parameters, `lc142-idade-${id}`, facts.asOf), 4)
    const groups = { at: (day: number) => Math.floor(facts.carencia.at(day) / 12) }
    return {
      kind: 'highest_80',
      coefficient: (day: number) => Math.min(rate('limite'), rate('base') + rate('por-ano') * groups.at(day)),
      fator: fatorIfHigher(facts, parameters),
      salaries: salariesOf(facts, 'all'),
      source,
    }
  },
  notModelled: open,
}
