import { type Growing, nothing, until } from '../accrual'
import { addMonthsToDay, civilOf, toDayNumber } from '../calendar'
import { atScale } from '../decimal'
import { type Exposure, exposures, type Facts } from '../facts'
import { entryOn, type Parameters, valueOn } from '../parameters'
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
import { type Tempo, tempoMonth, tempoYear } from '../tempo'
import { carencia, type Rule, salariesOf } from './rule'

// EC 103/2019, art. 3º: "A concessão de aposentadoria ao servidor público federal [...] e ao segurado do Regime Geral de
// Previdência Social e de pensão por morte aos respectivos dependentes será assegurada, a qualquer tempo, desde que
// tenham sido cumpridos os requisitos para obtenção desses benefícios até a data de entrada em vigor desta Emenda
// Constitucional, observados os critérios da legislação vigente na data em que foram atendidos os requisitos [...]"
const source = ['EC 103/2019, art. 3º', 'IN 128/2022, arts. 229, 230 e 234']
const before = (facts: Facts) => facts.affiliatedBeforeReform
const readjustment = 'reajuste_proporcional'

/** Time of teaching alone asked before the reform (CF art. 201, § 8º), complete on a day; undefined when it is not. */
function teachingComplete(facts: Facts, parameters: Parameters, day = reformDay): Requirement | undefined {
  if (facts.magisterio === nothing) return undefined
  const steps = stepsOf(parameters, 'direito-adquirido-magisterio', facts.sex)
  const asked = frozen(requireTime('magisterio', facts.magisterio, steps), 'magisterio', day)
  return isMet(asked, reformDay) ? asked : undefined
}

/** Time asked before the reform: five years less of teaching only, when that is complete. */
function timeAsked(facts: Facts, parameters: Parameters, day = reformDay): Requirement {
  const steps = stepsOf(parameters, 'direito-adquirido-tempo', facts.sex)
  const common = frozen(requireTime('tempo', facts.fullRateTime, steps), 'tempo_na_reforma', day)
  return teachingComplete(facts, parameters, day) ?? common
}

const carenciaThen = (facts: Facts, parameters: Parameters, of: 'all' | 'fullRate', day = reformDay) =>
  frozen(carencia(facts, parameters, of), 'carencia_na_reforma', day)

/** Time in the fator, with the years added for women and for teachers (Lei 8.213/1991, art. 29, § 9º). */
function fatorOf(facts: Facts, parameters: Parameters): { time: Growing; bonus: Tempo } {
  const own = valueOn(parameters, 'fator-acrescimo', reformDay, facts.sex)
  const teacher = teachingComplete(facts, parameters) !== undefined
  const more = teacher ? valueOn(parameters, 'fator-acrescimo-professor', reformDay) : 0
  return { time: until(facts.fullRateTime, reformDay), bonus: own + more }
}

/** Thirty or thirty-five years by the reform: the average with the fator. */
export const direitoAdquiridoTc: Rule = {
  id: 'direito_adquirido_tc',
  applies: before,
  requirements: (facts, parameters) => [
    timeAsked(facts, parameters),
    carenciaThen(facts, parameters, 'fullRate'),
  ],
  formula: (facts, parameters) => ({
    kind: 'acquired',
    coefficient: 10_000,
    fator: { when: 'always', ...fatorOf(facts, parameters) },
    salaries: salariesOf(facts, 'fullRate'),
    source: [...source, 'Lei 8.213/1991, art. 29, I e § 9º'],
  }),
  notModelled: [readjustment],
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
  const steps = stepsOf(parameters, 'direito-adquirido-pontos', facts.sex)
  const points = frozen(requirePoints(facts, facts.fullRateTime, steps), 'pontos_na_reforma', day)
  // Lei 8.213/1991, art. 29-C, § 3º: five points more for who taught and nothing else.
  const teacher = teachingComplete(facts, parameters, day) !== undefined
  const more = teacher ? valueOn(parameters, 'direito-adquirido-pontos-professor', reformDay) : 0
  return [
    timeAsked(facts, parameters, day),
    { ...points, found: { at: (on) => points.found.at(on) + more } },
    carenciaThen(facts, parameters, 'fullRate', day),
  ]
}

/** The same with enough points: no fator (Lei 8.213/1991, art. 29-C). */
export const direitoAdquiridoTc8595: Rule = {
  id: 'direito_adquirido_tc_8595',
  applies: before,
  requirements: (facts, parameters) => pointsRequirements(facts, parameters, pointsDay(facts, parameters)),
  formula: (facts, parameters) => ({
    kind: 'acquired',
    coefficient: 10_000,
    fator: { when: 'if_higher', ...fatorOf(facts, parameters) },
    salaries: salariesOf(facts, 'fullRate'),
    source: [...source, 'Lei 8.213/1991, art. 29-C'],
  }),
  notModelled: [readjustment],
}

// Lei 8.213/1991, art. 142: "Para o segurado inscrito na Previdência Social Urbana até 24 de julho de 1991 [...] a
// carência das aposentadorias por idade [...] obedecerá à seguinte tabela, levando-se em conta o ano em que o segurado
// implementou todas as condições necessárias à obtenção do benefício". The year is that of the age (TNU, Súmula 44).
const lastOfOldLaw = toDayNumber('1991-07-24')
function carenciaOfAge(facts: Facts, parameters: Parameters): Requirement {
  const asked = carenciaThen(facts, parameters, 'all')
  if (facts.affiliatedOn === null || facts.affiliatedOn > lastOfOldLaw) return asked
  const age = valueOn(parameters, 'direito-adquirido-idade', reformDay, facts.sex)
  const { year } = civilOf(addMonthsToDay(facts.birth, age / tempoMonth))
  const { value, source: table } = entryOn(parameters, 'carencia-transitoria', reformDay)
  const fewer = value?.[String(year)]
  if (fewer === undefined) return asked
  return { ...asked, steps: [{ start: reformDay, value: fewer, source: table }] }
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
    carenciaOfAge(facts, parameters),
  ],
  formula: (facts, parameters) => {
    const rate = (id: 'base' | 'por-ano' | 'limite') =>
      atScale(valueOn(parameters, `direito-adquirido-idade-${id}`, reformDay), 4)
    const groups = Math.floor(facts.carencia.at(reformDay) / 12)
    return {
      kind: 'acquired',
      coefficient: Math.min(rate('limite'), rate('base') + rate('por-ano') * groups),
      fator: {
        when: 'if_higher',
        time: until(facts.time, reformDay),
        bonus: fatorOf(facts, parameters).bonus,
      },
      salaries: salariesOf(facts, 'all'),
      source: [...source, 'Lei 8.213/1991, art. 50'],
    }
  },
  notModelled: [readjustment],
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
    fator: { when: 'never' },
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
      kind: 'acquired',
      fator: {
        when: 'always',
        time: until(facts.fullRateTime, reformDay),
        bonus: valueOn(parameters, 'fator-acrescimo', reformDay, facts.sex),
      },
      coefficient: Math.min(10_000, rate('base') + rate('por-ano') * years),
      salaries: salariesOf(facts, 'fullRate'),
      source: [...source, 'EC 20/1998, art. 9º, § 1º'],
    }
  },
  notModelled: [readjustment],
}
