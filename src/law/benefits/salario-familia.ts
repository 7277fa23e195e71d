import { addYears, competenciaOf, lastDayOf, toDayNumber } from '../calendar'
import { entryOn, type Parameters, valueOn } from '../parameters'
import { tempoYear } from '../tempo'
import type { Category, Centavos, CivilDate, Competencia } from '../types'
import { type BenefitAnswer, Conditions } from './answer'

export type FamilyAllowanceFacts = {
  month: Competencia
  category: Category
  /** All pay of the month, over every job. */
  pay: Centavos
  children: { birthDate: CivilDate; disabled?: boolean | undefined }[]
  /** Receives retirement or a benefit of incapacity, which brings the quotas. */
  receivesBenefit?: boolean | undefined
}

export type FamilyAllowanceAnswer = Omit<BenefitAnswer, 'startDate'> & {
  quota: Centavos
  limit: Centavos
  /** Places in `children` of those who count, from 0. */
  children: number[]
  paidBy: 'empregador' | 'sindicato_ou_orgao_gestor' | 'inss'
}

const protectedCategories: Category[] = ['empregado', 'domestico', 'avulso']

// Lei 8.213/1991, art. 65: "O salário-família será devido, mensalmente, ao segurado empregado, inclusive o doméstico, e ao
// segurado trabalhador avulso, na proporção do respectivo número de filhos ou equiparados [...]" EC 103/2019, art. 27: those
// with gross monthly pay up to the limit, "de mesmo valor para cada filho" (§ 2º).
/** Salario-familia of a month: one quota for each child up to the month of the 14th birthday. @throws LawGap */
export function salarioFamilia(parameters: Parameters, facts: FamilyAllowanceFacts): FamilyAllowanceAnswer {
  const day = toDayNumber(lastDayOf(facts.month))
  const quota = valueOn(parameters, 'salario-familia-cota', day)
  const limit = valueOn(parameters, 'baixa-renda', day)
  const age = entryOn(parameters, 'salario-familia-idade', day)
  const years = (age.value?.value ?? 0) / tempoYear
  const children = facts.children.flatMap(({ birthDate, disabled }, index) => {
    const born = competenciaOf(birthDate) <= facts.month
    const young = competenciaOf(addYears(birthDate, years)) >= facts.month
    return born && (young || disabled === true) ? [index] : []
  })
  const conditions = new Conditions()
  conditions.isTrue(
    'categoria_protegida',
    protectedCategories.includes(facts.category),
    'Lei 8.213/1991, art. 65; Decreto 3.048/1999, art. 81',
  )
  conditions.atMost('baixa_renda', limit, facts.pay, entryOn(parameters, 'baixa-renda', day).source)
  conditions.isTrue('filho_na_idade', children.length > 0, age.source)
  const entitled = conditions.verdict
  return {
    entitled,
    conditions: conditions.list,
    missing: conditions.missing,
    amount: entitled === false ? 0 : quota * children.length,
    quota,
    limit,
    children,
    paidBy:
      facts.receivesBenefit === true
        ? 'inss'
        : facts.category === 'avulso'
          ? 'sindicato_ou_orgao_gestor'
          : 'empregador',
    source: [entryOn(parameters, 'salario-familia-cota', day).source, 'Decreto 3.048/1999, arts. 81 a 92'],
    assumptions: [],
    notModelled: ['vacinacao_e_escola', 'mes_de_entrada_e_saida', 'enteado_e_tutelado'],
  }
}
