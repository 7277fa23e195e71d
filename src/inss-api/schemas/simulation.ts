import { z } from 'zod'
import { categories, kinds, plans } from '../sandbox/citizen'
import { amount, civilDate, competencia, condition, instant, named, period } from './common'

const summaryKinds = z.enum(kinds).exclude(['rural'])
const periodKinds = z.enum([...kinds, 'incapacidade'])

const summary = z.strictObject({
  timeAtReform: period.optional().describe('Contribution time up to and including 2019-11-13'),
  timeUntil: z
    .strictObject({ date: civilDate, ...period.shape })
    .optional()
    .describe('Contribution time up to a day; then `afterReform` is ignored up to that day'),
  kindAtReform: summaryKinds.optional(),
  otherTimeAtReform: period.optional().describe('Common time beside that of `kindAtReform`'),
  carenciaMonths: z.int().min(0).max(1200).optional(),
  ruralMonths: z.int().min(0).max(1200).optional(),
  afterReform: z
    .union([
      z.enum(['continuous', 'none']),
      z.array(z.strictObject({ start: civilDate, end: civilDate })).max(200),
    ])
    .optional(),
  averageSalary: amount
    .optional()
    .describe('Corrected average since 1994-07; without it there are no amounts'),
  fatorInputs: z.null().optional().describe('Reserved'),
})

const history = z.array(
  z.strictObject({
    start: civilDate,
    end: civilDate.nullable().optional(),
    category: z.enum(categories),
    kind: periodKinds.optional().describe('`incapacidade`: time in benefit for incapacity'),
    plan: z.enum(plans).nullable().optional(),
    indicators: z.array(z.string().max(40)).max(50).optional(),
    salaries: z.record(competencia, amount).optional(),
  }),
)

const projection = named(
  'Projection',
  z
    .strictObject({ contributes: z.boolean(), monthlySalary: amount.optional() })
    .describe('What happens after `asOf`; by default the last month goes on'),
)

export const simulationRequest = named(
  'SimulationRequest',
  z
    .strictObject({
      asOf: civilDate.optional(),
      sex: z.enum(['F', 'M']),
      birthDate: civilDate,
      affiliatedBeforeReform: z.boolean().optional(),
      summary: summary.optional(),
      history: history.max(300).optional(),
      projection: projection.optional(),
    })
    .refine((value) => (value.summary === undefined) !== (value.history === undefined), {
      error: 'expected exactly one of summary and history',
    }),
)

export const recordSimulationRequest = named(
  'RecordSimulationRequest',
  z.strictObject({
    asOf: civilDate.optional(),
    projection: projection.optional(),
    includePending: z.boolean().optional().describe('Count what pending indicators keep out'),
  }),
)

const simulationRule = named(
  'SimulationRule',
  z.strictObject({
    id: z.string(),
    entitled: z.boolean(),
    entitledOn: civilDate
      .nullable()
      .describe('First day every condition holds, past or projected; null = never'),
    conditions: z.array(condition),
    benefit: z
      .strictObject({
        on: civilDate,
        average: amount.nullable(),
        coefficient: z.string().nullable(),
        fator: z.string().nullable(),
        amount: amount.nullable(),
        source: z.array(z.string()),
        divisor: z.int().nullable().describe('Months the average is divided by'),
        discarded: z.int().describe('Months left out under EC 103/2019, art. 26, § 6º'),
        lawGap: z.strictObject({ parameter: z.string(), date: civilDate }).optional(),
      })
      .nullable(),
    notModelled: z.array(z.string()),
  }),
)

const totals = z.strictObject({ age: period, time: period, carencia: z.int().min(0), points: z.string() })

const simulationFields = {
  asOf: civilDate,
  totals,
  rules: z.array(simulationRule),
  best: z.strictObject({ soonest: z.string().nullable(), highest: z.string().nullable() }),
  assumptions: z
    .array(z.looseObject({ id: z.string(), text_key: z.string() }))
    .describe('What was taken as given, as data'),
  pending: z.array(
    z.strictObject({
      period: z.int().min(0),
      indicator: z.string(),
      effect: z.enum(['not counted', 'to confirm']),
      totalsIfSolved: totals.partial(),
    }),
  ),
  adjustments: z
    .strictObject({
      source: z.string(),
      years: z.array(
        z.strictObject({
          year: z.int(),
          months: z.array(
            z.strictObject({ month: competencia, paid: amount, minimum: amount, missing: amount }),
          ),
          surplus: amount.describe('What other months of the year have above the minimum wage'),
          completedBySurplus: z.int().min(0),
          leftByGrouping: z.int().min(0),
        }),
      ),
      totalsIfCompleted: totals,
    })
    .nullable()
    .describe('Months since 2019-11 below the minimum wage (EC 103/2019, art. 29); null: none'),
  comparison: z
    .strictObject({
      from: z.strictObject({ rule: z.string(), on: civilDate, amount }),
      later: z.array(
        z.strictObject({
          rule: z.string(),
          on: civilDate,
          amount,
          months: z.int().min(0).describe('Months waited'),
          more: amount.describe('More a month than at the start'),
          recoveredIn: z.int().min(0).describe('Months of it until waiting has paid'),
        }),
      ),
    })
    .nullable()
    .describe('The first amount and each later day from which it is higher; null: no amounts'),
}

export const simulation = named('Simulation', z.strictObject(simulationFields))
export const recordSimulation = named(
  'RecordSimulation',
  z.strictObject({ ...simulationFields, recordUpdatedAt: instant }),
)
