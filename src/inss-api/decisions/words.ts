import type { RuleId } from '../../law'
import type { Condition, LegalBasis } from './finding'

/** Portuguese words of decisions: data of this service that the citizen reads as it is. */

type RuleWords = { name: string; basis: LegalBasis[] }

const average: LegalBasis = {
  source: 'EC 103/2019, art. 26',
  text: 'O valor parte da média de todos os salários de contribuição desde julho de 1994.',
}
const lowered: LegalBasis = {
  source: 'EC 103/2019, art. 26, § 2º',
  text: 'São 60% da média, mais 2% por ano de contribuição acima de 15 anos (mulher) ou 20 anos (homem).',
}
const acquired: LegalBasis = {
  source: 'EC 103/2019, art. 3º',
  text: 'Quem cumpriu os requisitos até 13/11/2019 se aposenta pelas regras de antes, a qualquer tempo.',
}
const basis = (source: string, text: string): LegalBasis => ({ source, text })

/** The retirement rules this service decides, by name and articles. */
export const ruleWords: Partial<Record<RuleId, RuleWords>> = {
  art15_pontos: {
    name: 'regra dos pontos',
    basis: [
      basis(
        'EC 103/2019, art. 15',
        'Exige tempo de contribuição e a soma da idade com esse tempo (os pontos).',
      ),
      lowered,
    ],
  },
  art15_professor: {
    name: 'regra dos pontos do professor',
    basis: [
      basis('EC 103/2019, art. 15, § 3º', 'O professor da educação básica soma menos pontos.'),
      lowered,
    ],
  },
  art16_idade_progressiva: {
    name: 'regra da idade progressiva',
    basis: [
      basis('EC 103/2019, art. 16', 'Exige tempo de contribuição e uma idade mínima que sobe todo ano.'),
      lowered,
    ],
  },
  art16_professor: {
    name: 'regra da idade progressiva do professor',
    basis: [basis('EC 103/2019, art. 16, § 2º', 'O professor da educação básica tem idade menor.'), lowered],
  },
  art17_pedagio50: {
    name: 'regra do pedágio de 50%',
    basis: [
      basis('EC 103/2019, art. 17', 'Para quem estava a menos de dois anos de se aposentar em 13/11/2019.'),
      basis('Lei 8.213/1991, art. 29, §§ 7º a 9º', 'A média é multiplicada pelo fator previdenciário.'),
    ],
  },
  art18_idade: {
    name: 'aposentadoria por idade (regra de transição)',
    basis: [
      basis('EC 103/2019, art. 18', 'Exige 62 anos (mulher) ou 65 anos (homem) e 15 anos de contribuição.'),
      lowered,
    ],
  },
  art19_programada: {
    name: 'aposentadoria programada',
    basis: [
      basis('EC 103/2019, art. 19', 'Exige 62 anos e 15 de contribuição (mulher) ou 65 e 20 (homem).'),
      lowered,
    ],
  },
  art20_pedagio100: {
    name: 'regra do pedágio de 100%',
    basis: [
      basis('EC 103/2019, art. 20', 'Exige idade, tempo e o dobro do tempo que faltava em 13/11/2019.'),
      basis('EC 103/2019, art. 26, § 3º', 'O valor é a média inteira.'),
    ],
  },
  art20_professor: {
    name: 'regra do pedágio de 100% do professor',
    basis: [
      basis('EC 103/2019, art. 20, § 1º', 'O professor da educação básica tem idade e tempo menores.'),
      average,
    ],
  },
  direito_adquirido_tc: {
    name: 'direito adquirido por tempo de contribuição',
    basis: [
      acquired,
      basis('Lei 8.213/1991, art. 29', 'Média dos 80% maiores salários e fator previdenciário.'),
    ],
  },
  direito_adquirido_tc_8595: {
    name: 'direito adquirido pela fórmula 85/95',
    basis: [
      acquired,
      basis('Lei 8.213/1991, art. 29-C', 'Com os pontos completos, não há fator previdenciário.'),
    ],
  },
  direito_adquirido_idade: {
    name: 'direito adquirido por idade',
    basis: [
      acquired,
      basis('Lei 8.213/1991, arts. 48 e 50', 'Média dos 80% maiores salários: 70% mais 1% por ano.'),
    ],
  },
  direito_adquirido_proporcional: {
    name: 'direito adquirido proporcional',
    basis: [acquired, basis('EC 20/1998, art. 9º, § 1º', 'Aposentadoria proporcional com pedágio de 40%.')],
  },
  rural_idade: {
    name: 'aposentadoria por idade rural',
    basis: [
      basis(
        'Lei 8.213/1991, art. 48, §§ 1º e 2º',
        'Exige 55 anos (mulher) ou 60 (homem) e 180 meses no campo.',
      ),
    ],
  },
  hibrida: {
    name: 'aposentadoria híbrida',
    basis: [basis('Lei 8.213/1991, art. 48, §§ 3º e 4º', 'Soma o tempo no campo e na cidade.'), lowered],
  },
}

export const startBasis: LegalBasis = basis(
  'Lei 8.213/1991, art. 49',
  'O benefício começa no desligamento do emprego, quando pedido em até 90 dias; senão, no dia do pedido.',
)

const conditionNames: Record<string, string> = {
  idade: 'idade',
  tempo: 'tempo de contribuição',
  pontos: 'pontos',
  carencia: 'meses de carência',
  tempo_na_reforma: 'tempo de contribuição em 13/11/2019',
  idade_na_reforma: 'idade em 13/11/2019',
  pontos_na_reforma: 'pontos em 13/11/2019',
  carencia_na_reforma: 'meses de carência em 13/11/2019',
  pedagio: 'tempo com o pedágio',
  pedagio_na_reforma: 'pedágio em 13/11/2019',
  magisterio: 'tempo de magistério',
  meses_rurais: 'meses no campo',
  qualidade_de_segurado: 'qualidade de segurado',
}

/** "idade: a regra pede 62 anos e o registro mostra 60 anos e 6 meses". */
export function unmetWords(condition: Condition): string {
  const name = conditionNames[condition.id] ?? condition.id
  return `${name}: a regra pede ${measure(condition.required)} e o registro mostra ${measure(condition.found)}`
}

/** An ISO 8601 duration of the law engine in words; anything else as it is. */
function measure(value: string): string {
  const match = /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?$/.exec(value)
  if (match === null) return value
  const units = [
    ['ano', 'anos'],
    ['mês', 'meses'],
    ['dia', 'dias'],
  ]
  const parts = units.flatMap(([one, many], index) => {
    const count = Number(match[index + 1] ?? 0)
    return count === 0 ? [] : [`${count} ${count === 1 ? one : many}`]
  })
  if (parts.length === 0) return 'nada'
  return parts.length === 1 ? (parts[0] ?? '') : `${parts.slice(0, -1).join(', ')} e ${parts.at(-1)}`
}

/** `2026-11-23` as `23/11/2026`. */
export function dateWords(date: string): string {
  return date.split('-').reverse().join('/')
}

/** Centavos as `R$ 1.234,56`. */
export function moneyWords(centavos: number): string {
  const [whole = '', cents = ''] = (centavos / 100).toFixed(2).split('.')
  return `R$ ${whole.replace(/\B(?=(\d{3})+$)/g, '.')},${cents}`
}
