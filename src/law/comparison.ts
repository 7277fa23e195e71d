import { addMonthsToDay, type DayNumber, elapsed, fromDayNumber } from './calendar'
import type { Facts } from './facts'
import type { Judged } from './simulation'
import { tempoYear } from './tempo'
import type { Centavos, Comparison } from './types'

/** Years looked ahead, and how many further complete years of time are looked at. */
const horizonYears = 10
const furtherYears = 4

type Option = { judged: Judged; on: DayNumber; amount: Centavos }

/**
 * The first day with an amount, and each later one with a higher amount: another rule, or a further complete year of
 * time of the same. Amounts are of today's prices and later readjustments are left aside: they raise both alike.
 */
export function compareDates(
  judged: Judged[],
  facts: Facts,
  amountOn: (rule: Judged, on: DayNumber) => Centavos | null,
): Comparison | null {
  const options = judged.flatMap((each): Option[] => {
    const amount = each.answer.benefit?.amount ?? null
    if (amount === null || each.entitledOn === null) return []
    return [{ judged: each, on: Math.max(each.entitledOn, facts.asOf), amount }]
  })
  const [first] = [...options].sort((a, b) => a.on - b.on || b.amount - a.amount)
  if (first === undefined) return null
  const last = addMonthsToDay(first.on, horizonYears * 12)
  const growing = [first, highestOf(options)].flatMap(({ judged: rule, on }) =>
    furtherYearDays(rule, on, last).flatMap((day): Option[] => {
      const amount = amountOn(rule, day)
      return amount === null ? [] : [{ judged: rule, on: day, amount }]
    }),
  )
  const later = [...options.filter(({ on }) => on <= last), ...growing].sort(
    (a, b) => a.on - b.on || b.amount - a.amount,
  )
  const comparison: Comparison = { from: { rule: first.judged.answer.id, ...shown(first) }, later: [] }
  let best = first.amount
  for (const option of later) {
    if (option.amount <= best) continue
    best = option.amount
    const { months: whole, days } = elapsed(first.on, option.on)
    const months = days > 0 ? whole + 1 : whole
    const more = option.amount - first.amount
    const recoveredIn = Math.ceil((months * first.amount) / more)
    comparison.later.push({ rule: option.judged.answer.id, ...shown(option), months, more, recoveredIn })
  }
  return comparison
}

function shown({ on, amount }: Option) {
  return { on: fromDayNumber(on), amount }
}

function highestOf(options: Option[]): Option {
  return options.reduce((highest, each) => (each.amount > highest.amount ? each : highest))
}

/** First days of the next complete years of a rule's time. */
function furtherYearDays({ formula }: Judged, from: DayNumber, last: DayNumber): DayNumber[] {
  if (formula?.kind !== 'coefficient' && formula?.kind !== 'fator') return []
  const { time } = formula
  const complete = Math.floor(time.at(from) / tempoYear)
  const days: DayNumber[] = []
  for (let year = complete + 1; year <= complete + furtherYears; year += 1) {
    if (time.at(last) < year * tempoYear) break
    let no = from
    let yes = last
    while (yes - no > 1) {
      const middle = (no + yes) >> 1
      if (time.at(middle) >= year * tempoYear) yes = middle
      else no = middle
    }
    days.push(yes)
  }
  return days
}
