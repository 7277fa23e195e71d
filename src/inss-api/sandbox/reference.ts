import { calendar, ceiling, LawGap, minimumWage, type Parameters, paymentDay } from '../../law'

/** What the sandbox asks of the law: centavos per competência, and pay days. */
export type Reference = {
  minimumWage(competencia: string): number
  ceiling(competencia: string): number
  payDate(competencia: string, digit: number, aboveMinimum: boolean): string
}

/**
 * The law's values for the sandbox. After the last published value the sandbox goes on with it, because a
 * demonstration must still run when the next decree is not in the parameters yet; nothing is decided by these figures.
 */
export function createReference(parameters: Parameters): Reference {
  const lookUp = (read: (date: string) => number) => {
    const known = new Map<string, number>()
    return (competencia: string): number => {
      const value = known.get(competencia) ?? lastPublished(read, competencia)
      known.set(competencia, value)
      return value
    }
  }
  return {
    minimumWage: lookUp((date) => minimumWage(parameters, date)),
    ceiling: lookUp((date) => ceiling(parameters, date)),
    payDate: (competencia, digit, aboveMinimum) =>
      paymentDay(parameters, { competencia, digit, aboveMinimum }).payDate,
  }
}

function lastPublished(read: (date: string) => number, competencia: string): number {
  for (let year = Number(competencia.slice(0, 4)), month = competencia.slice(5); ; year -= 1, month = '12') {
    try {
      return read(calendar.lastDayOf(`${year}-${month}`))
    } catch (error) {
      if (!(error instanceof LawGap) || year < 2020) throw error
    }
  }
}
