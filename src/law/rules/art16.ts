import { nothing } from '../accrual'
import { requireAge, requireTime, stepsOf } from '../requirement'
import { article26, carencia, type Rule, salariesOf } from './rule'

// EC 103/2019, art. 16: "[...] fica assegurado o direito à aposentadoria quando preencher, cumulativamente, os seguintes
// requisitos: I - 30 (trinta) anos de contribuição, se mulher, e 35 (trinta e cinco) anos de contribuição, se homem; e
// II - idade de 56 (cinquenta e seis) anos, se mulher, e 61 (sessenta e um) anos, se homem. § 1º A partir de 1º de
// janeiro de 2020, a idade a que se refere o inciso II do caput será acrescida de 6 (seis) meses a cada ano, até
// atingir 62 (sessenta e dois) anos de idade, se mulher, e 65 (sessenta e cinco) anos de idade, se homem."
export const art16IdadeProgressiva: Rule = {
  id: 'art16_idade_progressiva',
  applies: (facts) => facts.affiliatedBeforeReform,
  requirements: (facts, parameters) => [
    requireTime('tempo', facts.fullRateTime, stepsOf(parameters, 'art16-tempo', facts.sex)),
    requireAge(facts, stepsOf(parameters, 'art16-idade', facts.sex)),
    carencia(facts, parameters, 'fullRate'),
  ],
  formula: (facts) => ({
    kind: 'coefficient',
    time: facts.fullRateTime,
    beyond: 'coeficiente-tempo',
    salaries: salariesOf(facts, 'fullRate'),
    source: ['EC 103/2019, art. 16, § 3º', article26],
  }),
  notModelled: [],
}

// § 2º: "Para o professor que comprovar exclusivamente tempo de efetivo exercício das funções de magistério na educação
// infantil e no ensino fundamental e médio, o tempo de contribuição e a idade de que tratam os incisos I e II do caput
// deste artigo serão reduzidos em 5 (cinco) anos [...]"
export const art16Professor: Rule = {
  id: 'art16_professor',
  applies: (facts) => facts.affiliatedBeforeReform && facts.magisterio !== nothing,
  requirements: (facts, parameters) => [
    requireTime('magisterio', facts.magisterio, stepsOf(parameters, 'art16-professor-magisterio', facts.sex)),
    requireAge(facts, stepsOf(parameters, 'art16-professor-idade', facts.sex)),
    carencia(facts, parameters, 'fullRate'),
  ],
  formula: art16IdadeProgressiva.formula,
  notModelled: [],
}
