import { nothing } from '../accrual'
import { requireAge, requireTime, stepsOf } from '../requirement'
import { carencia, type Rule, salariesOf } from './rule'
import { requireToll } from './toll'

// EC 103/2019, art. 20: "O segurado ou o servidor público federal que se tenha filiado ao Regime Geral de Previdência
// Social [...] até a data de entrada em vigor desta Emenda Constitucional poderá aposentar-se voluntariamente quando
// preencher, cumulativamente, os seguintes requisitos: I - 57 (cinquenta e sete) anos de idade, se mulher, e 60
// (sessenta) anos de idade, se homem; II - 30 (trinta) anos de contribuição, se mulher, e 35 (trinta e cinco) anos de
// contribuição, se homem; [...] IV - período adicional de contribuição correspondente ao tempo que, na data de entrada
// em vigor desta Emenda Constitucional, faltaria para atingir o tempo mínimo de contribuição referido no inciso II."
export const art20Pedagio100: Rule = {
  id: 'art20_pedagio100',
  applies: (facts) => facts.affiliatedBeforeReform,
  requirements: (facts, parameters) => [
    requireAge(facts, stepsOf(parameters, 'art20-idade', facts.sex)),
    requireTime('tempo', facts.fullRateTime, stepsOf(parameters, 'art20-tempo', facts.sex)),
    requireToll(parameters, facts.sex, facts.fullRateTime, 'art20-tempo', 'art20-pedagio'),
    carencia(facts, parameters, 'fullRate'),
  ],
  formula: (facts) => ({
    kind: 'whole',
    salaries: salariesOf(facts, 'fullRate'),
    source: ['EC 103/2019, art. 20, § 2º', 'EC 103/2019, art. 26, § 3º, I'],
  }),
  notModelled: [],
}

// § 1º: "Para o professor que comprovar exclusivamente tempo de efetivo exercício das funções de magistério na educação
// infantil e no ensino fundamental e médio serão reduzidos, para ambos os sexos, os requisitos de idade e de tempo de
// contribuição em 5 (cinco) anos."
export const art20Professor: Rule = {
  id: 'art20_professor',
  applies: (facts) => facts.affiliatedBeforeReform && facts.magisterio !== nothing,
  requirements: (facts, parameters) => [
    requireAge(facts, stepsOf(parameters, 'art20-professor-idade', facts.sex)),
    requireTime('magisterio', facts.magisterio, stepsOf(parameters, 'art20-professor-magisterio', facts.sex)),
    requireToll(parameters, facts.sex, facts.magisterio, 'art20-professor-magisterio', 'art20-pedagio'),
    carencia(facts, parameters, 'fullRate'),
  ],
  formula: art20Pedagio100.formula,
  notModelled: [],
}
