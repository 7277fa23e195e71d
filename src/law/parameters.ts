import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { benefitParameters } from './benefit-parameters'
import { competenciaNumber, fromDayNumber as dateOf, firstDayNumberOf, toDayNumber } from './calendar'
import { LawGap, ParameterFault } from './errors'
import {
  type Entry,
  readSeries,
  type Series,
  type Shape,
  single,
  type Unit,
  type ValueOf,
} from './parameter-file'
import { type Holidays, type PayDays, readHolidays, readPayDays } from './pay-days-file'
import { firstRealMonth } from './reform'
import type { Centavos, CivilDate } from './types'

/** Every parameter the engine knows: its unit and whether it differs by sex or by another key. */
const registry = {
  'salario-minimo': ['centavos', 'single'],
  teto: ['centavos', 'single'],
  'reajuste-de-beneficios': ['percent', 'single'],
  'indice-de-correcao': ['percent_of_month', 'single'],
  'expectativa-de-sobrevida': ['years', 'by_key'],
  'carencia-aposentadoria': ['months', 'single'],
  'carencia-transitoria': ['months', 'by_key'],
  'divisor-minimo': ['months', 'single'],
  'coeficiente-base': ['rate', 'single'],
  'coeficiente-por-ano': ['rate', 'single'],
  'coeficiente-tempo': ['duration', 'by_sex'],
  'coeficiente-tempo-especial-15': ['duration', 'by_sex'],
  'fator-aliquota': ['rate', 'single'],
  'fator-acrescimo': ['duration', 'by_sex'],
  'fator-acrescimo-professor': ['duration', 'single'],
  'art15-tempo': ['duration', 'by_sex'],
  'art15-pontos': ['points', 'by_sex'],
  'art15-professor-magisterio': ['duration', 'by_sex'],
  'art15-professor-pontos': ['points', 'by_sex'],
  'art16-tempo': ['duration', 'by_sex'],
  'art16-idade': ['duration', 'by_sex'],
  'art16-professor-magisterio': ['duration', 'by_sex'],
  'art16-professor-idade': ['duration', 'by_sex'],
  'art17-tempo-na-reforma': ['duration', 'by_sex'],
  'art17-tempo': ['duration', 'by_sex'],
  'art17-pedagio': ['rate', 'single'],
  'art18-tempo': ['duration', 'by_sex'],
  'art18-idade': ['duration', 'by_sex'],
  'art19-tempo': ['duration', 'by_sex'],
  'art19-idade': ['duration', 'by_sex'],
  'art19-professor-magisterio': ['duration', 'by_sex'],
  'art19-professor-idade': ['duration', 'by_sex'],
  'art19-especial-idade': ['duration', 'by_key'],
  'art20-tempo': ['duration', 'by_sex'],
  'art20-idade': ['duration', 'by_sex'],
  'art20-pedagio': ['rate', 'single'],
  'art20-professor-magisterio': ['duration', 'by_sex'],
  'art20-professor-idade': ['duration', 'by_sex'],
  'art21-pontos': ['points', 'by_key'],
  'especial-exposicao': ['duration', 'by_key'],
  'conversao-especial': ['rate', 'by_key'],
  'conversao-especial-mulher': ['rate', 'by_key'],
  'direito-adquirido-tempo': ['duration', 'by_sex'],
  'direito-adquirido-pontos': ['points', 'by_sex'],
  'direito-adquirido-pontos-professor': ['points', 'single'],
  'direito-adquirido-idade': ['duration', 'by_sex'],
  'direito-adquirido-idade-base': ['rate', 'single'],
  'direito-adquirido-idade-por-ano': ['rate', 'single'],
  'direito-adquirido-idade-limite': ['rate', 'single'],
  'proporcional-idade': ['duration', 'by_sex'],
  'proporcional-tempo': ['duration', 'by_sex'],
  'proporcional-pedagio': ['rate', 'single'],
  'proporcional-base': ['rate', 'single'],
  'proporcional-por-ano': ['rate', 'single'],
  'direito-adquirido-maiores': ['rate', 'single'],
  'direito-adquirido-divisor': ['rate', 'single'],
  'direito-adquirido-magisterio': ['duration', 'by_sex'],
  'lc142-tempo-comum': ['duration', 'by_sex'],
  'lc142-idade-base': ['rate', 'single'],
  'lc142-idade-por-ano': ['rate', 'single'],
  'lc142-idade-limite': ['rate', 'single'],
  'rural-idade': ['duration', 'by_sex'],
  'rural-meses': ['months', 'single'],
  'hibrida-tempo': ['duration', 'by_sex'],
  'lc142-tempo-leve': ['duration', 'by_sex'],
  'lc142-tempo-moderada': ['duration', 'by_sex'],
  'lc142-tempo-grave': ['duration', 'by_sex'],
  'lc142-idade': ['duration', 'by_sex'],
  'lc142-idade-tempo': ['duration', 'by_sex'],
  'maternidade-duracao': ['days', 'by_key'],
  'maternidade-carencia': ['months', 'single'],
  'periodo-de-graca': ['months', 'by_key'],
  'prazo-de-decisao': ['days', 'by_key'],
  ...benefitParameters,
} as const satisfies Record<string, readonly [Unit, Shape]>

type Registry = typeof registry
export type ParameterId = keyof Registry
type UnitOf<Id extends ParameterId> = Registry[Id][0]
/** Ids of the parameters of one unit. */
export type IdOf<U extends Unit> = { [Id in ParameterId]: UnitOf<Id> extends U ? Id : never }[ParameterId]
/** Ids whose values read as plain integers. */
export type NumberId = IdOf<'centavos' | 'months' | 'days' | 'points' | 'duration'>

/** Every dated, sourced value of the law, loaded once. */
export type Parameters = {
  readonly series: { readonly [Id in ParameterId]: Series<ValueOf<UnitOf<Id>>> }
  readonly payDays: PayDays
  readonly holidays: Holidays
  /** Minimum wage and ceiling month by month, from 07/1994. */
  readonly monthly: { minimum: Centavos[]; ceiling: Centavos[] }
}

const payDaysFile = 'calendario-de-pagamentos.yaml'
const holidaysFile = 'feriados-bancarios.yaml'

/** Reads and checks every YAML of a folder. @throws ParameterFault naming the file and what is wrong with it */
export function loadParameters(folder: string): Parameters {
  const ids = Object.keys(registry) as ParameterId[]
  const known = new Set([...ids.map((id) => `${id}.yaml`), payDaysFile, holidaysFile])
  const found = new Set(readdirSync(folder).filter((file) => file.endsWith('.yaml')))
  for (const file of found)
    if (!known.has(file)) throw new ParameterFault(file, 'is not a parameter of the engine')
  for (const file of known) if (!found.has(file)) throw new ParameterFault(file, 'is missing')
  const text = (file: string) => readFileSync(join(folder, file), 'utf8')
  const series = Object.fromEntries(
    ids.map((id) => {
      const [unit, shape] = registry[id]
      return [id, readSeries(`${id}.yaml`, text(`${id}.yaml`), unit, shape)]
    }),
  )
  const typed = series as Parameters['series']
  return {
    series: typed,
    monthly: { minimum: byMonth(typed['salario-minimo']), ceiling: byMonth(typed.teto) },
    payDays: readPayDays(payDaysFile, text(payDaysFile)),
    holidays: readHolidays(holidaysFile, text(holidaysFile)),
  }
}

/** The entry in force on a day. @throws LawGap before the first value or after the horizon */
export function entryOn<Id extends ParameterId>(
  parameters: Parameters,
  id: Id,
  day: number,
): Entry<ValueOf<UnitOf<Id>>> {
  const series = parameters.series[id] as Series<ValueOf<UnitOf<Id>>>
  const { entries } = series
  for (let i = entries.length - 1; i >= 0; i -= 1) {
    const entry = entries[i]
    if (entry === undefined || entry.startDay > day) continue
    if (series.horizon !== null && day > toDayNumber(series.horizon)) break
    return entry
  }
  throw new LawGap(id, dateOf(day))
}

/** A value in force on a day, not repealed. @throws LawGap when there is none */
export function valueOn<Id extends ParameterId>(
  parameters: Parameters,
  id: Id,
  day: number,
  key: string = single,
): ValueOf<UnitOf<Id>> {
  const value = entryOn(parameters, id, day).value?.[key]
  if (value === undefined) throw new LawGap(id, dateOf(day))
  return value
}

/** Minimum wage and ceiling of a day, and since when both are in force. @throws LawGap before coverage */
export function referenceValues(
  parameters: Parameters,
  date: CivilDate,
): { minimumWage: Centavos; ceiling: Centavos; since: CivilDate } {
  const day = toDayNumber(date)
  const starts = (['salario-minimo', 'teto'] as const).map((id) => entryOn(parameters, id, day).start)
  const since = starts.sort().at(-1) ?? date
  return { minimumWage: minimumWage(parameters, date), ceiling: ceiling(parameters, date), since }
}

/** Minimum wage of a day. @throws LawGap before coverage */
export function minimumWage(parameters: Parameters, date: CivilDate): Centavos {
  return valueOn(parameters, 'salario-minimo', toDayNumber(date))
}

/** Ceiling of contributions and benefits of a day. @throws LawGap before coverage */
export function ceiling(parameters: Parameters, date: CivilDate): Centavos {
  return valueOn(parameters, 'teto', toDayNumber(date))
}

/** Minimum wage a month's contributions are measured by, by competência number. @throws LawGap before 07/1994 */
export function minimumOfMonth(parameters: Parameters, month: number): Centavos {
  return ofMonth('salario-minimo', parameters.monthly.minimum, month)
}

/** Ceiling of a month's contributions, by competência number. @throws LawGap before coverage */
export function ceilingOfMonth(parameters: Parameters, month: number): Centavos {
  return ofMonth('teto', parameters.monthly.ceiling, month)
}

/** Values at the end of each month from 07/1994 to the last change; the last one runs on. */
function byMonth(series: Series<Centavos>): Centavos[] {
  const last = competenciaNumber(series.entries.at(-1)?.start ?? '')
  return Array.from({ length: last - firstRealMonth + 1 }, (_, i) => {
    const end = firstDayNumberOf(firstRealMonth + i + 1) - 1
    return series.entries.findLast((entry) => entry.startDay <= end)?.value?.[single] ?? 0
  })
}

function ofMonth(id: 'salario-minimo' | 'teto', values: Centavos[], month: number): Centavos {
  const value = values[Math.min(month - firstRealMonth, values.length - 1)]
  if (value === undefined) throw new LawGap(id, dateOf(firstDayNumberOf(month)))
  return value
}
