import type { Growing } from '../accrual'
import { atScale } from '../decimal'
import { type IdOf, type Parameters, valueOn } from '../parameters'
import { reformDay } from '../reform'
import { type Requirement, stepsOf } from '../requirement'
import { tempoMonth } from '../tempo'
import type { Sex } from '../types'

/**
 * Time asked with its toll: what was missing at the reform, plus a share of it.
 * Half a day of toll is complied with on the next whole day, because only whole days are found.
 */
export function requireToll(
  parameters: Parameters,
  sex: Sex,
  time: Growing,
  timeId: IdOf<'duration'>,
  rateId: 'art17-pedagio' | 'art20-pedagio',
): Requirement {
  const [step] = stepsOf(parameters, timeId, sex)
  if (step?.value == null) throw new Error(`${timeId} asks for no time`)
  const tenths = atScale(valueOn(parameters, rateId, reformDay), 1)
  const missing = Math.max(0, step.value - time.at(reformDay))
  const toll = (missing * tenths) / 10
  const source = parameters.series[rateId].entries[0]?.source ?? step.source
  return {
    id: 'pedagio',
    unit: 'duration',
    found: time,
    steps: [{ start: reformDay, value: step.value + toll, source }],
    strict: false,
    // A month left out may lie before the reform and raises the toll too: the worse case is taken.
    perMonth: tempoMonth + (missing > 0 ? (tempoMonth * tenths) / 10 : 0),
  }
}
