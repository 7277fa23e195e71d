import { toDayNumber } from '../calendar'
import { entryOn, type IdOf, type Parameters } from '../parameters'
import type { CivilDate } from '../types'
import type { Conditions } from './answer'
import type { WorkFound } from './work-record'

/** What made a person unable to work, or die. */
export type Cause = 'doenca' | 'doenca_da_lista' | 'acidente' | 'acidente_do_trabalho' | 'doenca_do_trabalho'

// Lei 8.213/1991, art. 26, II: "auxílio-doença e aposentadoria por invalidez nos casos de acidente de qualquer natureza ou
// causa e de doença profissional ou do trabalho, bem como nos casos de segurado que, após filiar-se ao RGPS, for acometido
// de alguma das doenças e afecções especificadas em lista [...]"
/** Whether a benefit of incapacity asks for carencia. */
export function needsCarencia(cause: Cause): boolean {
  return cause === 'doenca'
}

/** Whether the incapacity or the death comes from work. */
export function isFromWork(cause: Cause): boolean {
  return cause === 'acidente_do_trabalho' || cause === 'doenca_do_trabalho'
}

// Lei 8.213/1991, art. 27-A: "Na hipótese de perda da qualidade de segurado, para fins da concessão dos benefícios de
// auxílio-doença, de aposentadoria por invalidez, de salário-maternidade e de auxílio-reclusão, o segurado deverá contar,
// a partir da data da nova filiação à Previdência Social, com metade dos períodos previstos nos incisos I, III e IV do
// caput do art. 25 desta Lei."
/** Adds the months of carencia: all of them, and those since coming back. @throws LawGap */
export function requireCarencia(
  parameters: Parameters,
  id: IdOf<'months'>,
  work: WorkFound,
  on: CivilDate,
  conditions: Conditions,
): void {
  const { value, source } = entryOn(parameters, id, toDayNumber(on))
  conditions.atLeast('carencia', value?.integral ?? 0, work.contributions, source)
  if (work.contributionsSinceReturn === undefined) return
  conditions.atLeast('carencia_apos_retorno', value?.apos_retorno ?? 0, work.contributionsSinceReturn, source)
}
