import { nothing, plus } from '../accrual'
import { requireAge, requireCarencia, requireTime, stepsOf } from '../requirement'
import { tempoMonth } from '../tempo'
import { article26, type Rule, salariesOf } from './rule'

// CF art. 201, § 7º, II: "60 (sessenta) anos de idade, se homem, e 55 (cinquenta e cinco) anos de idade, se mulher, para
// os trabalhadores rurais e para os que exerçam suas atividades em regime de economia familiar, nestes incluídos o
// produtor rural, o garimpeiro e o pescador artesanal."
export const ruralIdade: Rule = {
  id: 'rural_idade',
  applies: (facts) => facts.ruralMonths !== nothing && facts.ruralMonths.at(facts.asOf) > 0,
  requirements: (facts, parameters) => [
    requireAge(facts, stepsOf(parameters, 'rural-idade', facts.sex)),
    {
      ...requireCarencia(facts.ruralMonths, stepsOf(parameters, 'rural-meses')),
      id: 'meses_rurais',
      perMonth: 0,
    },
  ],
  formula: () => ({
    kind: 'minimum_wage',
    salaries: null,
    source: ['Lei 8.213/1991, arts. 39, I, e 48, §§ 1º e 2º'],
  }),
  notModelled: ['atividade_rural_recente', 'valor_com_contribuicoes'],
}

// Lei 8.213/1991, art. 48, § 3º: "Os trabalhadores rurais [...] que não atendam ao disposto no § 2º deste artigo, mas que
// satisfaçam essa condição, se forem considerados períodos de contribuição sob outras categorias do segurado, farão jus
// ao benefício ao completarem 65 (sessenta e cinco) anos de idade, se homem, e 60 (sessenta) anos, se mulher." The woman's
// age follows EC 103/2019, art. 18; rural months of any time add up (STJ, Tema 1.007).
export const hibrida: Rule = {
  id: 'hibrida',
  applies: (facts) => facts.ruralCarencia !== nothing && facts.ruralCarencia.at(facts.asOf) > 0,
  requirements: (facts, parameters) => [
    requireAge(
      facts,
      stepsOf(parameters, facts.affiliatedBeforeReform ? 'art18-idade' : 'art19-idade', facts.sex),
    ),
    requireTime(
      'tempo',
      plus(facts.time, facts.ruralTime, tempoMonth),
      stepsOf(parameters, facts.affiliatedBeforeReform ? 'hibrida-tempo' : 'art19-tempo', facts.sex),
    ),
    requireCarencia(plus(facts.carencia, facts.ruralCarencia), stepsOf(parameters, 'carencia-aposentadoria')),
  ],
  formula: (facts) => ({
    kind: 'coefficient',
    time: plus(facts.time, facts.ruralTime, tempoMonth),
    beyond: 'coeficiente-tempo',
    salaries: salariesOf(facts, 'withRural'),
    source: ['Lei 8.213/1991, art. 48, §§ 3º e 4º', 'IN 128/2022, art. 223, § 4º', article26],
  }),
  notModelled: [],
}
