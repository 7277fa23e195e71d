import { z } from 'zod'
import { isCivilDate, isCompetencia } from './calendar'
import { ParameterFault } from './errors'
import { read } from './parameter-file'
import type { CivilDate, Competencia } from './types'

/** Published pay days of a month, by last figure of the benefit number. */
export type PayDays = Map<
  Competencia,
  { untilMinimum: Record<string, CivilDate>; aboveMinimum: Record<string, CivilDate>; source: string }
>

/** Days without bank business, or on which INSS does not pay. */
export type Holidays = {
  fixed: { name: string; monthDay: string; since: number; source: string }[]
  movable: { name: string; daysAfterEaster: number; source: string }[]
}

const day = z.string().refine(isCivilDate, 'is not a date')
const source = z.string().trim().min(1)
const tenDigits = z
  .record(z.string().regex(/^\d$/), day)
  .refine((days) => Object.keys(days).length === 10, 'needs the ten figures')

/** @throws ParameterFault */
export function readPayDays(file: string, text: string): PayDays {
  const content = read(
    file,
    text,
    z.strictObject({
      description: z.string(),
      unit: z.literal('pay_days'),
      values: z.record(
        z.string().refine(isCompetencia, 'is not a month'),
        z.strictObject({ until_minimum: tenDigits, above_minimum: tenDigits, source }),
      ),
      checked_on: day,
      horizon: z.string().refine(isCompetencia, 'is not a month'),
    }),
  )
  const months = Object.keys(content.values)
  if (months.at(-1) !== content.horizon) throw new ParameterFault(file, 'horizon must be the last month')
  return new Map(
    Object.entries(content.values).map(([month, days]) => [
      month,
      { untilMinimum: days.until_minimum, aboveMinimum: days.above_minimum, source: days.source },
    ]),
  )
}

/** @throws ParameterFault */
export function readHolidays(file: string, text: string): Holidays {
  const content = read(
    file,
    text,
    z.strictObject({
      description: z.string(),
      unit: z.literal('holidays'),
      fixed: z.array(
        z.strictObject({
          name: z.string(),
          day: z.string().regex(/^\d{2}-\d{2}$/),
          since: z.number().int(),
          source,
        }),
      ),
      movable: z.array(z.strictObject({ name: z.string(), days_after_easter: z.number().int(), source })),
      checked_on: day,
    }),
  )
  return {
    fixed: content.fixed.map((h) => ({ name: h.name, monthDay: h.day, since: h.since, source: h.source })),
    movable: content.movable.map((h) => ({
      name: h.name,
      daysAfterEaster: h.days_after_easter,
      source: h.source,
    })),
  }
}
