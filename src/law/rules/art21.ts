import { nothing } from '../accrual'
import { exposures } from '../facts'
import { requirePoints, requireTime, stepsOf } from '../requirement'
import { article26, carencia, type Rule, salariesOf } from './rule'

// EC 103/2019, art. 21: "O segurado [...] que se tenha filiado ao Regime Geral de Previdência Social [...] até a data de
// entrada em vigor desta Emenda Constitucional cujas atividades tenham sido exercidas com efetiva exposição a agentes
// químicos, físicos e biológicos prejudiciais à saúde [...] poderão aposentar-se quando o total da soma resultante da
// sua idade e do tempo de contribuição e o tempo de efetiva exposição forem, respectivamente, de: I - 66 (sessenta e
// seis) pontos e 15 (quinze) anos de efetiva exposição; II - 76 [...] e 20 [...]; e III - 86 [...] e 25 [...]."
export const art21Especial: Rule[] = exposures.map((group) => ({
  id: `art21_especial_${group}` as const,
  applies: (facts) => facts.affiliatedBeforeReform && facts.exposure[group] !== nothing,
  requirements: (facts, parameters) => [
    requireTime('exposicao', facts.exposure[group], stepsOf(parameters, 'especial-exposicao', group)),
    requirePoints(facts, facts.plainTime, stepsOf(parameters, 'art21-pontos', group)),
    carencia(facts, parameters, 'all'),
  ],
  formula: (facts) => ({
    kind: 'coefficient',
    time: facts.plainTime,
    beyond: group === '15' ? 'coeficiente-tempo-especial-15' : 'coeficiente-tempo',
    salaries: salariesOf(facts, 'all'),
    source: ['EC 103/2019, art. 21, § 1º', article26],
  }),
  notModelled: [],
}))
