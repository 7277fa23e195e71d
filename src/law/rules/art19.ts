import { nothing } from '../accrual'
import { type Exposure, exposures } from '../facts'
import { requireAge, requireTime, stepsOf } from '../requirement'
import { article26, carencia, type Rule, salariesOf } from './rule'

// EC 103/2019, art. 19: "Até que lei disponha sobre o tempo de contribuição a que se refere o inciso I do § 7º do art.
// 201 da Constituição Federal, o segurado filiado ao Regime Geral de Previdência Social após a data de entrada em vigor
// desta Emenda Constitucional será aposentado aos 62 (sessenta e dois) anos de idade, se mulher, 65 (sessenta e cinco)
// anos de idade, se homem, com 15 (quinze) anos de tempo de contribuição, se mulher, e 20 (vinte) anos de tempo de
// contribuição, se homem." Those affiliated before may choose it too (CF art. 201, § 7º, I).
export const art19Programada: Rule = {
  id: 'art19_programada',
  applies: () => true,
  requirements: (facts, parameters) => [
    requireAge(facts, stepsOf(parameters, 'art19-idade', facts.sex)),
    requireTime('tempo', facts.time, stepsOf(parameters, 'art19-tempo', facts.sex)),
    carencia(facts, parameters, 'all'),
  ],
  formula: (facts) => ({
    kind: 'coefficient',
    time: facts.time,
    beyond: 'coeficiente-tempo',
    salaries: salariesOf(facts, 'all'),
    source: ['EC 103/2019, art. 19, § 2º', article26],
  }),
  notModelled: [],
}

// § 1º, II: "ao professor, que comprove 25 (vinte e cinco) anos de contribuição exclusivamente em efetivo exercício das
// funções de magistério na educação infantil e no ensino fundamental e médio e tenha 57 (cinquenta e sete) anos de idade,
// se mulher, e 60 (sessenta) anos de idade, se homem."
export const art19Professor: Rule = {
  id: 'art19_professor',
  applies: (facts) => facts.magisterio !== nothing,
  requirements: (facts, parameters) => [
    requireAge(facts, stepsOf(parameters, 'art19-professor-idade', facts.sex)),
    requireTime('magisterio', facts.magisterio, stepsOf(parameters, 'art19-professor-magisterio', facts.sex)),
    carencia(facts, parameters, 'all'),
  ],
  formula: art19Programada.formula,
  notModelled: [],
}

// § 1º, I: "aos segurados que comprovem o exercício de atividades com efetiva exposição a agentes químicos, físicos e
// biológicos prejudiciais à saúde, ou associação desses agentes [...], durante, no mínimo, 15 (quinze), 20 (vinte) ou 25
// (vinte e cinco) anos [...]" The ages of a, b and c fell with ADI 6309.
export const art19Especial: Rule[] = exposures.map((group: Exposure) => ({
  id: `art19_especial_${group}` as const,
  applies: (facts) => !facts.affiliatedBeforeReform && facts.exposure[group] !== nothing,
  requirements: (facts, parameters) => [
    requireAge(facts, stepsOf(parameters, 'art19-especial-idade', group)),
    requireTime('exposicao', facts.exposure[group], stepsOf(parameters, 'especial-exposicao', group)),
    carencia(facts, parameters, 'all'),
  ],
  formula: (facts) => ({
    kind: 'coefficient',
    time: facts.plainTime,
    beyond: group === '15' ? 'coeficiente-tempo-especial-15' : 'coeficiente-tempo',
    salaries: salariesOf(facts, 'all'),
    source: ['EC 103/2019, art. 19, § 1º, I', article26],
  }),
  notModelled: ['efeitos_da_adi_6309'],
}))
