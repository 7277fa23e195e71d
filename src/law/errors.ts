/** The law has no value here: before coverage, after the horizon, or repealed. Never answered with a guess. */
export class LawGap extends Error {
  /** @param parameter id of the parameter or rule set that is missing @param date civil date asked */
  constructor(
    readonly parameter: string,
    readonly date: string,
  ) {
    super(`no value of ${parameter} for ${date}`)
    this.name = 'LawGap'
  }
}

/** A JSON pointer into the request and the code of what is wrong there. */
export type Fault = { pointer: string; code: FaultCode }

export type FaultCode =
  | 'invalid_date'
  | 'birth_after_as_of'
  | 'too_old'
  | 'exactly_one_of_summary_and_history'
  | 'exactly_one_of_time_at_reform_and_time_until'
  | 'before_age_12'
  | 'end_before_start'
  | 'after_as_of'
  | 'before_reform'
  | 'overlap'
  | 'invalid_duration'
  | 'invalid_competencia'
  | 'salary_outside_period'
  | 'negative_amount'
  | 'below_minimum_wage'
  | 'time_longer_than_life'
  | 'affiliation_contradicts_time'

/** A well-formed request that cannot be true; every fault at once. */
export class ImpossibleInput extends Error {
  constructor(readonly faults: Fault[]) {
    super(faults.map((fault) => `${fault.pointer}: ${fault.code}`).join('; '))
    this.name = 'ImpossibleInput'
  }
}

/** A parameter file that does not say dated, sourced law: found when loading, never while answering. */
export class ParameterFault extends Error {
  constructor(
    readonly file: string,
    readonly reason: string,
  ) {
    super(`${file}: ${reason}`)
    this.name = 'ParameterFault'
  }
}
