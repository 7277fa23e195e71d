import { competenciaAt, type DayNumber } from './calendar'
import { countRecord } from './history'
import { ceilingOfMonth, minimumOfMonth, type Parameters } from './parameters'
import { firstWholeMonth } from './reform'
import type { AdjustmentYear, Centavos, HistoryPeriod } from './types'

export const article29 = 'EC 103/2019, art. 29; Decreto 3.048/1999, art. 19-E'

type LowMonth = { month: number; paid: Centavos; minimum: Centavos }

// EC 103/2019, art. 29: "[...] o segurado que, no somatório de remunerações auferidas no período de 1 (um) mês, receber
// remuneração inferior ao limite mínimo mensal do salário de contribuição poderá: I - complementar a sua contribuição,
// de forma a alcançar o limite mínimo exigido; II - utilizar o valor da contribuição que exceder o limite mínimo de
// contribuição de uma competência em outra; ou III - agrupar contribuições inferiores ao limite mínimo de diferentes
// competências, para aproveitamento em contribuições mínimas mensais."
/** Months from 11/2019 on below the minimum wage, by calendar year, and what each way of adjusting them gives. */
export function adjustmentYears(
  parameters: Parameters,
  asOf: DayNumber,
  history: HistoryPeriod[],
): AdjustmentYear[] {
  const { counted, totals } = countRecord(parameters, asOf, history)
  const low = [...new Set(counted.flatMap((c) => c.belowMinimum))]
    .filter((month) => month >= firstWholeMonth)
    .sort((a, b) => a - b)
  const years = [...new Set(low.map(yearOf))]
  return years.map((year) => {
    const months = low
      .filter((month) => yearOf(month) === year)
      .map(
        (month): LowMonth => ({
          month,
          paid: totals.get(month) ?? 0,
          minimum: minimumOfMonth(parameters, month),
        }),
      )
    const surplus = surplusOf(parameters, totals, year)
    return {
      year,
      months: months.map(({ month, paid, minimum }) => {
        return { month: competenciaAt(month), paid, minimum, missing: minimum - paid }
      }),
      surplus,
      completedBySurplus: affordable(
        surplus,
        months.map((low) => low.minimum - low.paid),
      ),
      leftByGrouping: affordable(
        months.reduce((sum, low) => sum + low.paid, 0),
        months.map((low) => low.minimum),
      ),
    }
  })
}

function yearOf(month: number): number {
  return Math.floor(month / 12)
}

/** What the months of a year have above the minimum wage, each within its ceiling. */
function surplusOf(parameters: Parameters, totals: Map<number, Centavos>, year: number): Centavos {
  let surplus = 0
  for (const [month, paid] of totals) {
    if (yearOf(month) !== year || month < firstWholeMonth) continue
    const base = Math.min(paid, ceilingOfMonth(parameters, month))
    surplus += Math.max(0, base - minimumOfMonth(parameters, month))
  }
  return surplus
}

/** How many of the prices a sum pays, the lowest first. */
function affordable(sum: Centavos, prices: Centavos[]): number {
  let left = sum
  let count = 0
  for (const price of [...prices].sort((a, b) => a - b)) {
    if (price > left) break
    left -= price
    count += 1
  }
  return count
}
