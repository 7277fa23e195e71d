import { nothing } from '../accrual'
import { requirePoints, requireTime, stepsOf } from '../requirement'
import { article26, carencia, type Rule, salariesOf } from './rule'

// EC 103/2019, art. 15: "Ao segurado filiado ao Regime Geral de Previdência Social até a data de entrada em vigor
// desta Emenda Constitucional, fica assegurado o direito à aposentadoria quando forem preenchidos, cumulativamente, os
// seguintes requisitos: I - 30 (trinta) anos de contribuição, se mulher, e 35 (trinta e cinco) anos de contribuição,
// se homem; e II - somatório da idade e do tempo de contribuição, incluídas as frações, equivalente a 86 (oitenta e
// seis) pontos, se mulher, e 96 (noventa e seis) pontos, se homem, observado o disposto nos §§ 1º e 2º."
export const art15Pontos: Rule = {
  id: 'art15_pontos',
  applies: (facts) => facts.affiliatedBeforeReform,
  requirements: (facts, parameters) => [
    requireTime('tempo', facts.fullRateTime, stepsOf(parameters, 'art15-tempo', facts.sex)),
    requirePoints(facts, facts.fullRateTime, stepsOf(parameters, 'art15-pontos', facts.sex)),
    carencia(facts, parameters, 'fullRate'),
  ],
  formula: (facts) => ({
    kind: 'coefficient',
    time: facts.fullRateTime,
    beyond: 'coeficiente-tempo',
    salaries: salariesOf(facts, 'fullRate'),
    source: ['EC 103/2019, art. 15, § 4º', article26],
  }),
  notModelled: [],
}

// § 3º: "Para o professor que comprovar exclusivamente 25 (vinte e cinco) anos de contribuição, se mulher, e 30 (trinta)
// anos de contribuição, se homem, em efetivo exercício das funções de magistério na educação infantil e no ensino
// fundamental e médio, o somatório da idade e do tempo de contribuição, incluídas as frações, será equivalente a 81
// (oitenta e um) pontos, se mulher, e 91 (noventa e um) pontos, se homem [...]"
export const art15Professor: Rule = {
  id: 'art15_professor',
  applies: (facts) => facts.affiliatedBeforeReform && facts.magisterio !== nothing,
  requirements: (facts, parameters) => [
    requireTime('magisterio', facts.magisterio, stepsOf(parameters, 'art15-professor-magisterio', facts.sex)),
    requirePoints(facts, facts.fullRateTime, stepsOf(parameters, 'art15-professor-pontos', facts.sex)),
    carencia(facts, parameters, 'fullRate'),
  ],
  formula: art15Pontos.formula,
  notModelled: [],
}
