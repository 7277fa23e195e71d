import { reformDay } from '../reform'
import { requireTime, stepsOf } from '../requirement'
import { carencia, type Rule, salariesOf } from './rule'
import { requireToll } from './toll'

// EC 103/2019, art. 17: "Ao segurado filiado ao Regime Geral de Previdência Social até a data de entrada em vigor desta
// Emenda Constitucional e que na referida data contar com mais de 28 (vinte e oito) anos de contribuição, se mulher, e
// 33 (trinta e três) anos de contribuição, se homem, fica assegurado o direito à aposentadoria quando preencher,
// cumulativamente, os seguintes requisitos: I - 30 (trinta) anos de contribuição, se mulher, e 35 (trinta e cinco) anos
// de contribuição, se homem; e II - cumprimento de período adicional correspondente a 50% (cinquenta por cento) do tempo
// que, na data de entrada em vigor desta Emenda Constitucional, faltaria para atingir [o tempo do inciso I]. Parágrafo
// único. O benefício concedido nos termos deste artigo terá seu valor apurado de acordo com a média aritmética simples
// dos salários de contribuição e das remunerações calculada na forma da lei, multiplicada pelo fator previdenciário
// [...]"
export const art17Pedagio50: Rule = {
  id: 'art17_pedagio50',
  applies: (facts) => facts.affiliatedBeforeReform,
  requirements: (facts, parameters) => {
    const atReform = facts.fullRateTime.at(reformDay)
    const alreadyThere = requireTime(
      'tempo_na_reforma',
      { at: () => atReform },
      stepsOf(parameters, 'art17-tempo-na-reforma', facts.sex),
    )
    return [
      { ...alreadyThere, strict: true },
      requireTime('tempo', facts.fullRateTime, stepsOf(parameters, 'art17-tempo', facts.sex)),
      requireToll(parameters, facts.sex, facts.fullRateTime, 'art17-tempo', 'art17-pedagio'),
      carencia(facts, parameters, 'fullRate'),
    ]
  },
  formula: (facts) => ({
    kind: 'fator',
    time: facts.fullRateTime,
    salaries: salariesOf(facts, 'fullRate'),
    source: ['EC 103/2019, art. 17, parágrafo único', 'Lei 8.213/1991, art. 29, §§ 7º a 9º'],
  }),
  notModelled: [],
}
