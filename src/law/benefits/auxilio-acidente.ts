import { addDays, toDayNumber } from '../calendar'
import { entryOn, type Parameters } from '../parameters'
import type { Category, Centavos, CivilDate } from '../types'
import { type BenefitAnswer, Conditions } from './answer'
import { limitsOn, part, shareOn } from './share'
import { type Work, workOn } from './work-record'

export type AccidentFacts = Work & {
  category: Category
  accidentDate: CivilDate
  /** A lasting mark of the accident makes the usual work harder. */
  lastingHarm?: boolean | undefined
  /** Last day of the benefit of temporary incapacity of that accident. */
  temporaryUntil?: CivilDate | undefined
  requestedOn?: CivilDate | undefined
  retired?: boolean | undefined
}

export type AccidentAnswer = BenefitAnswer & { average: Centavos | null }

const protectedCategories: Category[] = ['empregado', 'domestico', 'avulso', 'segurado_especial']

// Lei 8.213/1991, art. 86: "O auxílio-acidente será concedido, como indenização, ao segurado quando, após consolidação das
// lesões decorrentes de acidente de qualquer natureza, resultarem seqüelas que impliquem redução da capacidade para o
// trabalho que habitualmente exercia. § 1º O auxílio-acidente mensal corresponderá a cinqüenta por cento do
// salário-de-benefício e será devido [...] até a véspera do início de qualquer aposentadoria ou até a data do óbito do
// segurado."
/** Right to auxilio-acidente and its amount, which may be below the minimum wage. @throws LawGap outside coverage */
export function auxilioAcidente(parameters: Parameters, facts: AccidentFacts): AccidentAnswer {
  const { accidentDate, category, temporaryUntil } = facts
  const day = toDayNumber(accidentDate)
  const work = workOn(parameters, facts, accidentDate)
  const conditions = new Conditions()
  conditions.isTrue('segurado', work.insured, 'Decreto 3.048/1999, art. 104, § 7º')
  conditions.isTrue(
    'categoria_protegida',
    protectedCategories.includes(category),
    'Lei 8.213/1991, art. 18, § 1º; Decreto 3.048/1999, art. 104 (Decreto 10.410/2020)',
  )
  conditions.isTrue('sequela', facts.lastingHarm, 'Lei 8.213/1991, art. 86, caput')
  conditions.isTrue(
    'sem_aposentadoria',
    facts.retired === undefined ? undefined : !facts.retired,
    'Lei 8.213/1991, art. 86, §§ 1º e 2º',
  )
  const { floor, ceiling } = limitsOn(parameters, day)
  const share = shareOn(parameters, 'auxilio-acidente-coeficiente', day)
  const known = work.average ?? (category === 'segurado_especial' ? floor : undefined)
  if (known === undefined) conditions.missing.push('media')
  const average = known === undefined ? null : Math.max(floor, Math.min(known, ceiling))
  const startDate = temporaryUntil === undefined ? (facts.requestedOn ?? null) : addDays(temporaryUntil, 1)
  if (startDate === null) conditions.missing.push('data_do_pedido')
  return {
    entitled: conditions.verdict,
    conditions: conditions.list,
    missing: conditions.missing,
    startDate,
    amount: average === null ? null : part(average, share),
    average,
    source: [
      entryOn(parameters, 'auxilio-acidente-coeficiente', day).source,
      'Decreto 3.048/1999, art. 104, §§ 1º e 2º',
    ],
    assumptions: work.assumptions,
    notModelled: ['pericia_medica', 'reabertura_do_auxilio', 'reajuste'],
  }
}
