import type { Parameters } from './parameters'

/** Reference number of days for INSS to decide, counted from the end of the fact-finding. */
export type DecisionDeadline = { days: number; source: string }

/** @param service id of the service, e.g. `aposentadoria-idade`, `salario-maternidade` @throws LawGap for a service without one */
export function decisionDeadline(_parameters: Parameters, _service: string): DecisionDeadline {
  throw new Error('being written')
}
