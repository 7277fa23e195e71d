import type { Parameters } from './parameters'
import type { SimulationAnswer, SimulationRequest } from './types'

/**
 * Every retirement rule that can apply to a person, judged on `asOf` and projected from it.
 * @throws ImpossibleInput for a request that cannot be true
 * @throws LawGap for a day the law in here does not cover
 */
export function simulateRetirement(_parameters: Parameters, _request: SimulationRequest): SimulationAnswer {
  throw new Error('being written')
}
