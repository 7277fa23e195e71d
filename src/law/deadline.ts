import { toDayNumber } from './calendar'
import { LawGap } from './errors'
import { entryOn, type Parameters } from './parameters'

/** Reference number of days for INSS to decide, counted from the end of the fact-finding. */
export type DecisionDeadline = { days: number; source: string }

const series = 'prazo-de-decisao'

/** @param service e.g. `aposentadoria-idade`, `salario-maternidade` @throws LawGap for a service without one */
export function decisionDeadline(parameters: Parameters, service: string): DecisionDeadline {
  const since = parameters.series[series].checkedOn
  const entry = entryOn(parameters, series, toDayNumber(since))
  const days = entry.value?.[service]
  if (days === undefined) throw new LawGap(`${series}: ${service}`, since)
  return { days, source: entry.source }
}
