import type { Parameters } from './parameters'
import type { Centavos, CivilDate, Condition, HistoryPeriod } from './types'

export type MaternityEvent = 'parto' | 'adocao' | 'aborto' | 'natimorto' | 'afastamento_pre_parto'

export type MaternityFacts = {
  eventKind: MaternityEvent
  /** Birth, adoption, loss, or the day work stopped before the birth. */
  eventDate: CivilDate
  /** The whole contribution record. */
  history: HistoryPeriod[]
}

export type MaternityAnswer = {
  entitled: boolean
  conditions: Condition[]
  startDate: CivilDate
  endDate: CivilDate
  durationDays: number
  /** Monthly amount; null when the record has no salary to compute it from. */
  amount: Centavos | null
  /** How the amount is found. */
  basis:
    | 'remuneracao_integral'
    | 'media_dos_6_ultimos'
    | 'ultimo_salario_de_contribuicao'
    | 'soma_dos_12_ultimos_dividida_por_12'
    | 'salario_minimo'
    | null
  /** Who pays: the employer (and is repaid by INSS) or INSS itself. */
  paidBy: 'empregador' | 'inss'
  legalBasis: string[]
  assumptions: string[]
}

/** Right to salario-maternidade and its amount. @throws LawGap for an event outside coverage */
export function maternityPay(_parameters: Parameters, _facts: MaternityFacts): MaternityAnswer {
  throw new Error('being written')
}
