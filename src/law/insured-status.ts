import type { Parameters } from './parameters'
import type { CivilDate, HistoryPeriod } from './types'

export type InsuredStatus = {
  insured: boolean
  situation: 'contribuindo' | 'periodo_de_graca' | 'perdida' | 'nunca_filiado'
  /** Last day insured if nothing more is paid; null: never affiliated. */
  until: CivilDate | null
  /** Months of grace used; 0 while contributing. */
  graceMonths: number
  source: string
}

/** Whether a person is insured on a day, as far as the record shows (involuntary unemployment is not in it). */
export function qualidadeDeSegurado(
  _parameters: Parameters,
  _history: HistoryPeriod[],
  _date: CivilDate,
): InsuredStatus {
  throw new Error('being written')
}
