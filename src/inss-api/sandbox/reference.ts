import { calendar, ceiling, minimumWage, type Parameters, paymentDay } from '../../law'

/** What the sandbox asks of the law: centavos per competência, and pay days. */
export type Reference = {
  minimumWage(competencia: string): number
  ceiling(competencia: string): number
  payDate(competencia: string, digit: number, aboveMinimum: boolean): string
}

/** The law's values for the sandbox; a competência has the value of its last day. */
export function createReference(parameters: Parameters): Reference {
  const remembered = (read: (date: string) => number) => {
    const known = new Map<string, number>()
    return (competencia: string): number => {
      const value = known.get(competencia) ?? read(calendar.lastDayOf(competencia))
      known.set(competencia, value)
      return value
    }
  }
  return {
    minimumWage: remembered((date) => minimumWage(parameters, date)),
    ceiling: remembered((date) => ceiling(parameters, date)),
    payDate: (competencia, digit, aboveMinimum) =>
      paymentDay(parameters, { competencia, digit, aboveMinimum }).payDate,
  }
}
