import { nothing, until } from '../accrual'
import { toDayNumber } from '../calendar'
import { atScale } from '../decimal'
import { type Exposure, exposures, type Facts } from '../facts'
import { type Parameters, valueOn } from '../parameters'
import { reformDay } from '../reform'
import {
  frozen,
  isMet,
  type Requirement,
  requireAge,
  requirePoints,
  requireTime,
  stepOn,
  stepsOf,
} from '../requirement'
import { tempoYear } from '../tempo'
import { carencia, type Rule, salariesOf } from './rule'

// EC 103/2019, art. 3º: "A concessão de aposentadoria ao servidor público federal [...] e ao segurado do Regime Geral de
// Previdência Social e de pensão por morte aos respectivos dependentes será assegurada, a qualquer tempo, desde que
// tenham sido cumpridos os requisitos para obtenção desses benefícios até a data de entrada em vigor desta Emenda
// Constitucional, observados os critérios da legislação vigente na data em que foram atendidos os requisitos [...]"
const source = ['EC 103/2019, art. 3º', 'IN 128/2022, arts. 229, 230 e 234']
const before = (facts: Facts) => facts.affiliatedBeforeReform
const readjustment = 'reajuste_proporcional'

/** Time asked before the reform: five years less of teaching only (CF art. 201, § 8º), when that is what there is. */
function timeAsked(facts: Facts, parameters: Parameters, day = reformDay): Requirement {
  const common = frozen(
    requireTime('tempo', facts.fullRateTime, stepsOf(parameters, 'direito-adquirido-tempo', facts.sex)),
    'tempo_na_reforma',
    day,
  )
  if (facts.magisterio === nothing || isMet(common, reformDay)) return common
  const teaching = requireTime(
    'magisterio',
    facts.magisterio,
    stepsOf(parameters, 'direito-adquirido-magisterio', facts.sex),
  )
  const asked = {
    ...frozen(teaching, 'magisterio', reformDay),
    found: { at: () => facts.magisterio.at(day) },
  }
  return isMet(asked, reformDay) ? asked : common
}

const carenciaThen = (facts: Facts, parameters: Parameters, of: 'all' | 'fullRate', day = reformDay) =>
  frozen(carencia(facts, parameters, of), 'carencia_na_reforma', day)

/** Thirty or thirty-five years by the reform: the average with the fator. */
export const direitoAdquiridoTc: Rule = {
  id: 'direito_adquirido_tc',
  applies: before,
  requirements: (facts, parameters) => [
    timeAsked(facts, parameters),
    carenciaThen(facts, parameters, 'fullRate'),
  ],
  formula: (facts, parameters) => ({
    kind: 'acquired_fator',
    time: until(facts.fullRateTime, reformDay),
    bonus: valueOn(parameters, 'fator-acrescimo', reformDay, facts.sex),
    coefficient: 10_000,
    salaries: salariesOf(facts, 'fullRate'),
    source: [...source, 'Lei 8.213/1991, art. 29, I'],
  }),
  notModelled: ['acrescimo_de_professor_no_fator', readjustment],
}

/** Last day of 85/95 points; from the next one it is 86/96. */
const lastOf8595 = toDayNumber('2018-12-30')

/** The day the points are looked at: the earlier of the two on which the right was there, else the reform. */
function pointsDay(facts: Facts, parameters: Parameters): number {
  if (!facts.knowsPast) return reformDay
  const then = pointsRequirements(facts, parameters, lastOf8595)
  return then.every((requirement) => isMet(requirement, reformDay)) ? lastOf8595 : reformDay
}

function pointsRequirements(facts: Facts, parameters: Parameters, day: number): Requirement[] {
  const points = requirePoints(
    facts,
    facts.fullRateTime,
    stepsOf(parameters, 'direito-adquirido-pontos', facts.sex),
  )
  const time = requireTime(
    'tempo',
    facts.fullRateTime,
    stepsOf(parameters, 'direito-adquirido-tempo', facts.sex),
  )
  return [
    frozen(time, 'tempo_na_reforma', day),
    frozen(points, 'pontos_na_reforma', day),
    carenciaThen(facts, parameters, 'fullRate', day),
  ]
}

/** The same with enough points: no fator (Lei 8.213/1991, art. 29-C). */
export const direitoAdquiridoTc8595: Rule = {
  id: 'direito_adquirido_tc_8595',
  applies: before,
  requirements: (facts, parameters) => pointsRequirements(facts, parameters, pointsDay(facts, parameters)),
  formula: (facts) => ({
    kind: 'acquired',
    coefficient: 10_000,
    salaries: salariesOf(facts, 'fullRate'),
    source: [...source, 'Lei 8.213/1991, art. 29-C'],
  }),
  notModelled: ['fator_se_maior_que_1', 'pontos_de_professor', readjustment],
}

/** Sixty or sixty-five years and the carencia by the reform. */
export const direitoAdquiridoIdade: Rule = {
  id: 'direito_adquirido_idade',
  applies: before,
  requirements: (facts, parameters) => [
    frozen(
      requireAge(facts, stepsOf(parameters, 'direito-adquirido-idade', facts.sex)),
      'idade_na_reforma',
      reformDay,
    ),
    carenciaThen(facts, parameters, 'all'),
  ],
  formula: (facts, parameters) => {
    const rate = (id: 'base' | 'por-ano' | 'limite') =>
      atScale(valueOn(parameters, `direito-adquirido-idade-${id}`, reformDay), 4)
    const groups = Math.floor(facts.carencia.at(reformDay) / 12)
    return {
      kind: 'acquired',
      coefficient: Math.min(rate('limite'), rate('base') + rate('por-ano') * groups),
      salaries: salariesOf(facts, 'all'),
      source: [...source, 'Lei 8.213/1991, art. 50'],
    }
  },
  notModelled: ['fator_se_maior_que_1', readjustment],
}

/** The group of agents whose exposure was complete by the reform, else the one with some. */
function exposureOf(facts: Facts, parameters: Parameters): Exposure {
  const some = exposures.filter((group) => facts.exposure[group] !== nothing)
  return some.find((group) => isMet(exposureAsked(facts, parameters, group), reformDay)) ?? some[0] ?? '25'
}

function exposureAsked(facts: Facts, parameters: Parameters, group: Exposure): Requirement {
  const asked = requireTime(
    'exposicao',
    facts.exposure[group],
    stepsOf(parameters, 'especial-exposicao', group),
  )
  return frozen(asked, 'exposicao_na_reforma', reformDay)
}

/** The years of exposure complete by the reform: the whole average, no fator and no age. */
export const direitoAdquiridoEspecial: Rule = {
  id: 'direito_adquirido_especial',
  applies: (facts) => before(facts) && exposures.some((group) => facts.exposure[group] !== nothing),
  requirements: (facts, parameters) => [
    exposureAsked(facts, parameters, exposureOf(facts, parameters)),
    carenciaThen(facts, parameters, 'all'),
  ],
  formula: (facts) => ({
    kind: 'acquired',
    coefficient: 10_000,
    salaries: salariesOf(facts, 'all'),
    source: [...source, 'Lei 8.213/1991, art. 57, § 1º'],
  }),
  notModelled: [readjustment],
}

// EC 20/1998, art. 9º, § 1º: the proportional retirement of those affiliated by 16/12/1998, with age, time and a toll of
// 40 % of what was missing on that day.
const ec20Day = toDayNumber('1998-12-16')

/** Time and toll of the proportional retirement, on the day of the reform. */
function proportionalTime(facts: Facts, parameters: Parameters): Requirement {
  const [step] = stepsOf(parameters, 'proporcional-tempo', facts.sex)
  if (step?.value == null) throw new Error('proporcional-tempo asks for no time')
  const tenths = atScale(valueOn(parameters, 'proporcional-pedagio', ec20Day), 1)
  const missing = Math.max(0, step.value - facts.fullRateTime.at(ec20Day))
  const asked = [{ ...step, value: step.value + (missing * tenths) / 10 }]
  return frozen(requireTime('pedagio', facts.fullRateTime, asked), 'pedagio_na_reforma', reformDay)
}

export const direitoAdquiridoProporcional: Rule = {
  id: 'direito_adquirido_proporcional',
  applies: (facts) => facts.knowsPast && facts.fullRateTime.at(ec20Day) > 0,
  requirements: (facts, parameters) => [
    frozen(
      requireAge(facts, stepsOf(parameters, 'proporcional-idade', facts.sex)),
      'idade_na_reforma',
      reformDay,
    ),
    proportionalTime(facts, parameters),
    carenciaThen(facts, parameters, 'fullRate'),
  ],
  formula: (facts, parameters) => {
    const asked = proportionalTime(facts, parameters)
    const beyond = asked.found.at(reformDay) - (stepOn(asked, reformDay).value ?? 0)
    const rate = (id: 'base' | 'por-ano') => atScale(valueOn(parameters, `proporcional-${id}`, reformDay), 4)
    const years = Math.max(0, Math.floor(beyond / tempoYear))
    return {
      kind: 'acquired_fator',
      time: until(facts.fullRateTime, reformDay),
      bonus: valueOn(parameters, 'fator-acrescimo', reformDay, facts.sex),
      coefficient: Math.min(10_000, rate('base') + rate('por-ano') * years),
      salaries: salariesOf(facts, 'fullRate'),
      source: [...source, 'EC 20/1998, art. 9º, § 1º'],
    }
  },
  notModelled: [readjustment],
}
