import { addMonths, toDayNumber } from '../calendar'
import { entryOn, type Parameters, valueOn } from '../parameters'
import type { CivilDate } from '../types'
import { type BenefitAnswer, Conditions } from './answer'

export type ClosedSeasonFacts = {
  /** First day on which fishing is forbidden. */
  seasonStart: CivilDate
  requestedOn?: CivilDate | undefined
  /** Day of the first entry in the register of fishing. */
  registeredOn?: CivilDate | undefined
  /** Months with proved sales or contributions among the twelve before. */
  monthsWithSales?: number | undefined
  otherIncome?: boolean | undefined
  /** Receives another benefit than survivor's pension, auxilio-acidente or an income transfer. */
  otherBenefit?: boolean | undefined
  inCadunico?: boolean | undefined
  /** Lives in a town of the area closed to fishing, or beside it. */
  livesInArea?: boolean | undefined
}

export type ClosedSeasonAnswer = BenefitAnswer & { decidedBy: 'inss' | 'mte' }

// Lei 10.779/2003, art. 2º: "Compete ao Ministério do Trabalho e Emprego (MTE) receber e processar os requerimentos e habilitar
// os beneficiários do seguro-desemprego do pescador artesanal, conforme procedimentos, critérios e validações estabelecidos
// em resolução do Codefat." (Redação dada pela Lei nº 15.265, de 2025)
/** Who decides the insurance of a closed season, and what is asked. @throws LawGap outside coverage */
export function seguroDefeso(parameters: Parameters, facts: ClosedSeasonFacts): ClosedSeasonAnswer {
  const { seasonStart, requestedOn } = facts
  const day = toDayNumber(seasonStart)
  const agency = entryOn(parameters, 'defeso-orgao', day)
  const decidedBy = valueOn(parameters, 'defeso-orgao', day)
  const months = entryOn(parameters, 'defeso-meses', day)
  const conditions = new Conditions()
  const since = facts.registeredOn
  conditions.isTrue(
    'registro_de_pesca',
    since === undefined || requestedOn === undefined
      ? undefined
      : addMonths(since, months.value?.registro ?? 0) <= requestedOn,
    months.source,
  )
  const sales = months.value?.vendas
  if (sales !== undefined)
    conditions.atLeast('vendas_de_pescado', sales, facts.monthsWithSales, months.source)
  conditions.isTrue('sem_outra_renda', not(facts.otherIncome), 'Lei 10.779/2003, art. 1º, § 4º')
  conditions.isTrue('sem_outro_beneficio', not(facts.otherBenefit), 'Lei 10.779/2003, art. 2º, § 1º')
  if (decidedBy === 'mte') {
    conditions.isTrue('cadunico', facts.inCadunico, 'Lei 10.779/2003, art. 1º, § 10 (Lei 15.399/2026)')
    conditions.isTrue(
      'mora_na_area_do_defeso',
      facts.livesInArea,
      'Lei 10.779/2003, art. 1º, § 11 (Lei 15.265/2025)',
    )
  }
  return {
    entitled: conditions.verdict,
    conditions: conditions.list,
    missing: conditions.missing,
    decidedBy,
    startDate: seasonStart,
    amount: valueOn(parameters, 'salario-minimo', day),
    source: [agency.source, 'Lei 10.779/2003, art. 1º'],
    assumptions: [],
    notModelled: ['numero_de_parcelas', 'biometria', 'relatorio_da_pesca', 'normas_do_codefat'],
  }
}

function not(fact: boolean | undefined): boolean | undefined {
  return fact === undefined ? undefined : !fact
}
