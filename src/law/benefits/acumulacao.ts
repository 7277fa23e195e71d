import { toDayNumber } from '../calendar'
import { assumption } from '../facts'
import { entryOn, type Parameters, valueOn } from '../parameters'
import type { Assumption, Centavos, CivilDate } from '../types'
import { type BenefitCondition, Conditions } from './answer'
import { part, shareOn, shareText } from './share'

export type AccumulatedBenefit = {
  kind: 'aposentadoria' | 'pensao'
  regime: 'inss' | 'servidor' | 'militar'
  /** Monthly amount before anything is taken. */
  amount: Centavos
}

export type AccumulationFacts = {
  /** Month's day the amounts are of: it gives the minimum wage. */
  on: CivilDate
  benefits: AccumulatedBenefit[]
  /** Every benefit's right was complete by 13/11/2019. */
  acquiredBeforeReform?: boolean | undefined
}

/** What of one benefit is paid, by bands of one minimum wage. */
export type BandPart = { upTo: Centavos | null; share: string; within: Centavos; paid: Centavos }

export type AccumulationAnswer = {
  allowed: boolean
  conditions: BenefitCondition[]
  minimumWage: Centavos
  /** Place of the benefit paid whole, from 0. */
  keptWhole: number
  benefits: { amount: Centavos; paid: Centavos; bands: BandPart[] }[]
  total: Centavos
  source: string[]
  assumptions: Assumption[]
  notModelled: string[]
}

// EC 103/2019, art. 24, § 2º: "Nas hipóteses das acumulações previstas no § 1º, é assegurada a percepção do valor integral do
// benefício mais vantajoso e de uma parte de cada um dos demais benefícios, apurada cumulativamente de acordo com as
// seguintes faixas: I - 60% (sessenta por cento) do valor que exceder 1 (um) salário-mínimo, até o limite de 2 (dois)
// salários-mínimos; II - 40% (quarenta por cento) do valor que exceder 2 (dois) salários-mínimos, até o limite de 3 (três)
// [...]; III - 20% (vinte por cento) do valor que exceder 3 (três) [...]; e IV - 10% (dez por cento) do valor que exceder 4
// (quatro) salários-mínimos."
/** What is paid of pension and other benefits received together. @throws LawGap outside coverage */
export function acumulacao(parameters: Parameters, facts: AccumulationFacts): AccumulationAnswer {
  const day = toDayNumber(facts.on)
  const entry = entryOn(parameters, 'acumulacao-faixas', day)
  const minimumWage = valueOn(parameters, 'salario-minimo', day)
  const conditions = new Conditions()
  conditions.isTrue(
    'acumulacao_permitida',
    isAllowed(facts.benefits),
    'EC 103/2019, art. 24, caput e § 1º; Lei 8.213/1991, art. 124',
  )
  const amounts = facts.benefits.map((each) => each.amount)
  const keptWhole = amounts.indexOf(Math.max(...amounts))
  // Two retirements of different regimes are not among the cases of § 1º; a right from before is kept (§ 4º).
  const reduces = facts.acquiredBeforeReform !== true && facts.benefits.some((each) => each.kind === 'pensao')
  const benefits = amounts.map((amount, index) => {
    if (index === keptWhole || !reduces) return { amount, paid: amount, bands: [] }
    const bands = bandsOf(parameters, day, amount, minimumWage)
    return { amount, paid: bands.reduce((sum, each) => sum + each.paid, 0), bands }
  })
  return {
    allowed: conditions.verdict === true,
    conditions: conditions.list,
    minimumWage,
    keptWhole,
    benefits,
    total: benefits.reduce((sum, each) => sum + each.paid, 0),
    source: [entry.source],
    assumptions: [assumption('maior_por_inteiro')],
    notModelled: ['mais_de_uma_pensao_de_filho', 'cargos_acumulaveis'],
  }
}

function bandsOf(parameters: Parameters, day: number, amount: Centavos, wage: Centavos): BandPart[] {
  const bands = Object.keys(entryOn(parameters, 'acumulacao-faixas', day).value ?? {}).length
  return Array.from({ length: bands }, (_, index): BandPart => {
    const last = index === bands - 1
    const upTo = last ? null : wage * (index + 1)
    const within = Math.max(0, Math.min(amount, upTo ?? amount) - wage * index)
    const share = shareOn(parameters, 'acumulacao-faixas', day, String(index + 1))
    return { upTo, share: shareText(share), within, paid: part(within, share) }
  }).filter((each) => each.within > 0)
}

/** Not two retirements nor two pensions of the INSS. */
function isAllowed(benefits: AccumulatedBenefit[]): boolean {
  const count = (kind: AccumulatedBenefit['kind']) =>
    benefits.filter((each) => each.kind === kind && each.regime === 'inss').length
  return count('aposentadoria') <= 1 && count('pensao') <= 1
}
