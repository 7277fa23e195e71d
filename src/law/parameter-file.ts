import { parse } from 'yaml'
import { z } from 'zod'
import { competenciaNumber, isCivilDate, isCompetencia, toDayNumber } from './calendar'
import { type Decimal, readDecimal } from './decimal'
import { ParameterFault } from './errors'
import { readIsoDuration, type Tempo, tempoYear } from './tempo'
import type { CivilDate } from './types'

/** What each unit becomes when read. */
export const units = {
  centavos: z.number().int().positive(),
  months: z.number().int().nonnegative(),
  days: z.number().int().positive(),
  points: z
    .number()
    .int()
    .positive()
    .transform((points): Tempo => points * tempoYear),
  duration: z.string().transform((text, context): Tempo => {
    const tempo = readIsoDuration(text)
    if (tempo === undefined) context.addIssue(`"${text}" is not a duration like P59Y6M`)
    return tempo ?? 0
  }),
  rate: decimal(),
  percent: decimal(),
  percent_of_month: decimal(),
  years: decimal(),
  /** Who decides: the INSS or the Ministry of Labour. */
  agency: z.enum(['inss', 'mte']),
} as const

export type Unit = keyof typeof units
export type ValueOf<U extends Unit> = z.output<(typeof units)[U]>

/** `single`: one value; `by_sex`: F and M; `by_key`: any other names. */
export type Shape = 'single' | 'by_sex' | 'by_key'

/** A value in force from `start` until the next entry starts; `null`: repealed. */
export type Entry<V> = {
  start: CivilDate
  startDay: number
  value: Record<string, V> | null
  source: string
  /** The value was written from memory of the act, not read in a source. */
  recalled: boolean
}

export type Series<V> = {
  id: string
  entries: Entry<V>[]
  checkedOn: CivilDate
  /** Last day (or month) covered; `null`: it runs on until the law changes, for the reason in `runsOn`. */
  horizon: CivilDate | null
  runsOn: string | null
}

/** Name of the only value of a `single` parameter. */
export const single = 'value'

const day = z.string().refine(isCivilDate, 'is not a date')
const source = z.string().trim().min(1)

/**
 * Reads one parameter file: start dates in order, each value of the unit's type and with its source.
 * @throws ParameterFault naming the file and the first thing wrong
 */
export function readSeries<U extends Unit>(
  file: string,
  text: string,
  unit: U,
  shape: Shape,
): Series<ValueOf<U>> {
  const monthly = unit === 'percent_of_month'
  const one = units[unit] as unknown as z.ZodType<ValueOf<U>>
  const value = {
    single: one.transform((v): Record<string, ValueOf<U>> => ({ [single]: v })),
    by_sex: z.strictObject({ F: one, M: one }) as unknown as z.ZodType<Record<string, ValueOf<U>>>,
    by_key: z.record(z.string(), one).refine((map) => Object.keys(map).length > 0, 'is empty'),
  }[shape]
  const limit = monthly ? z.string().refine(isCompetencia, 'is not a month') : day
  const schema = z
    .strictObject({
      description: z.string().min(1),
      unit: z.literal(unit),
      values: z.record(
        z.string(),
        z.strictObject({
          value: value.nullable(),
          source,
          status: z.literal('recalled').optional(),
          note: z.string().min(1).optional(),
        }),
      ),
      checked_on: day,
      horizon: limit.optional(),
      runs_on: source.optional(),
    })
    .refine((f) => (f.horizon === undefined) !== (f.runs_on === undefined), 'needs either horizon or runs_on')
  const content = read(file, text, schema)
  const starts = Object.keys(content.values)
  checkStarts(file, starts, monthly)
  const entries = starts.map((start) => {
    const entry = content.values[start]
    if (entry === undefined) throw new ParameterFault(file, `values.${start} is missing`)
    const date = monthly ? `${start}-01` : start
    const recalled = entry.status === 'recalled'
    return { start: date, startDay: toDayNumber(date), value: entry.value, source: entry.source, recalled }
  })
  const last = starts.at(-1) ?? ''
  if (monthly && content.horizon !== last)
    throw new ParameterFault(file, `horizon must be the last month, ${last}`)
  if (content.horizon !== undefined && content.horizon < last) {
    throw new ParameterFault(file, `horizon ${content.horizon} is before the last value, ${last}`)
  }
  return {
    id: file.replace(/\.yaml$/, ''),
    entries,
    checkedOn: content.checked_on,
    horizon: content.horizon ?? null,
    runsOn: content.runs_on ?? null,
  }
}

/** Parses YAML and checks it. @throws ParameterFault */
export function read<T>(file: string, text: string, schema: z.ZodType<T>): T {
  let content: unknown
  try {
    content = parse(text)
  } catch (fault) {
    throw new ParameterFault(
      file,
      `is not YAML: ${fault instanceof Error ? fault.message.split('\n')[0] : ''}`,
    )
  }
  const result = schema.safeParse(content)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  throw new ParameterFault(file, `${issue?.path.join('.') || 'file'}: ${issue?.message}`)
}

function checkStarts(file: string, starts: string[], monthly: boolean): void {
  if (starts.length === 0) throw new ParameterFault(file, 'has no values')
  starts.forEach((start, index) => {
    if (monthly ? !isCompetencia(start) : !isCivilDate(start)) {
      throw new ParameterFault(file, `values.${start} does not start on a ${monthly ? 'month' : 'date'}`)
    }
    const previous = starts[index - 1]
    if (previous === undefined) return
    if (previous >= start)
      throw new ParameterFault(file, `values.${start} comes after ${previous}: not in order`)
    if (monthly && competenciaNumber(start) !== competenciaNumber(previous) + 1) {
      throw new ParameterFault(file, `gap between ${previous} and ${start}`)
    }
  })
}

function decimal() {
  return z.string().transform((text, context): Decimal => {
    const read = readDecimal(text)
    if (read === undefined) context.addIssue(`"${text}" is not a decimal like "0.60"`)
    return read ?? { digits: 0n, scale: 0 }
  })
}
