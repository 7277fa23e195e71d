import type { Centavos, CivilDate } from './types'

/** Every dated, sourced value of the law, loaded once. */
export type Parameters = { readonly folder: string }

/** Reads and checks every YAML of a folder. @throws ParameterFault naming the file and what is wrong with it */
export function loadParameters(folder: string): Parameters {
  return { folder }
}

/** Minimum wage of a day. @throws LawGap before coverage */
export function minimumWage(_parameters: Parameters, _date: CivilDate): Centavos {
  throw new Error('being written')
}

/** Ceiling of contributions and benefits of a day. @throws LawGap before coverage */
export function ceiling(_parameters: Parameters, _date: CivilDate): Centavos {
  throw new Error('being written')
}
