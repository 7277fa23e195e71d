import { requireAge, requireTime, stepsOf } from '../requirement'
import { article26, carencia, type Rule, salariesOf } from './rule'

// EC 103/2019, art. 18: "O segurado de que trata o inciso I do § 7º do art. 201 da Constituição Federal filiado ao Regime
// Geral de Previdência Social até a data de entrada em vigor desta Emenda Constitucional poderá aposentar-se quando
// preencher, cumulativamente, os seguintes requisitos: I - 60 (sessenta) anos de idade, se mulher, e 65 (sessenta e
// cinco) anos de idade, se homem; e II - 15 (quinze) anos de contribuição, para ambos os sexos. § 1º A partir de 1º de
// janeiro de 2020, a idade de 60 (sessenta) anos da mulher, prevista no inciso I do caput, será acrescida em 6 (seis)
// meses a cada ano, até atingir 62 (sessenta e dois) anos de idade."
export const art18Idade: Rule = {
  id: 'art18_idade',
  applies: (facts) => facts.affiliatedBeforeReform,
  requirements: (facts, parameters) => [
    requireAge(facts, stepsOf(parameters, 'art18-idade', facts.sex)),
    requireTime('tempo', facts.time, stepsOf(parameters, 'art18-tempo', facts.sex)),
    carencia(facts, parameters, 'all'),
  ],
  formula: (facts) => ({
    kind: 'coefficient',
    time: facts.time,
    beyond: 'coeficiente-tempo',
    salaries: salariesOf(facts, 'all'),
    source: ['EC 103/2019, art. 18, § 2º', article26],
  }),
  notModelled: [],
}
