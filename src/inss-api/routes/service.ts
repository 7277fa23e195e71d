import { z } from 'zod'
import { civilDate } from '../../clock'
import * as law from '../../law'
import type { Deps } from '../deps'
import { type Operation, serviceOperation } from '../http/operation'
import { Problem } from '../http/problem'
import { amount, civilDate as civilDateSchema, competencia, instant, named } from '../schemas/common'
import { service } from '../schemas/services'
import { simulation, simulationRequest } from '../schemas/simulation'

const health = named(
  'Health',
  z.strictObject({ status: z.literal('ok'), time: instant, database: z.enum(['postgresql', 'pglite']) }),
)
const serviceList = named('ServiceList', z.strictObject({ items: z.array(service) }))
const paymentCalendar = named(
  'PaymentCalendar',
  z.strictObject({
    items: z.array(z.strictObject({ competencia, payDate: civilDateSchema })),
    status: z.enum(['official', 'computed']).describe('official: every day was read in a published calendar'),
    source: z.string(),
  }),
)
const referenceValues = named(
  'ReferenceValues',
  z.strictObject({
    on: civilDateSchema,
    minimumWage: amount,
    ceiling: amount,
    since: civilDateSchema.describe('Since when both are in force'),
  }),
)

/** The resources that need no login. */
export function serviceOperations(deps: Deps): Operation[] {
  const { parameters, services, clock } = deps
  const today = () => civilDate(clock.now())
  return [
    serviceOperation({
      id: 'getHealth',
      method: 'get',
      path: '/v1/health',
      tag: 'service',
      summary: 'Whether the service and its database answer',
      success: { status: 200, description: 'They do', schema: health },
      handle: async () => {
        await deps.ping().catch(() => {
          throw new Problem('temporarily_unavailable', { headers: { 'Retry-After': '5' } })
        })
        return { body: { status: 'ok', time: clock.now().toISOString(), database: deps.databaseKind } }
      },
    }),
    serviceOperation({
      id: 'listServices',
      method: 'get',
      path: '/v1/services',
      tag: 'service',
      summary: 'The catalogue of services of the INSS',
      etag: true,
      success: { status: 200, description: 'Every service', schema: serviceList },
      handle: () => ({ body: { items: services } }),
    }),
    serviceOperation({
      id: 'getService',
      method: 'get',
      path: '/v1/services/{id}',
      tag: 'service',
      summary: 'One service of the catalogue',
      etag: true,
      params: z.strictObject({ id: z.string().max(60) }),
      examples: { params: { id: 'salario-maternidade' } },
      success: { status: 200, description: 'The service', schema: service },
      problems: ['service_not_found'],
      handle: ({ params }) => {
        const found = services.find((each) => each.id === params.id)
        if (found === undefined) throw new Problem('service_not_found')
        return { body: found }
      },
    }),
    serviceOperation({
      id: 'getPaymentCalendar',
      method: 'get',
      path: '/v1/payment-calendar',
      tag: 'service',
      summary: 'Pay days by the final digit of the benefit number, the one before the dash',
      query: z.strictObject({
        digit: z.coerce.number().int().min(0).max(9),
        aboveMinimum: z.enum(['true', 'false']).describe('Whether the benefit is above one minimum wage'),
        from: competencia.optional().describe('Default: this month'),
        months: z.coerce.number().int().min(1).max(24).default(3),
      }),
      examples: { query: { digit: '4', aboveMinimum: 'false', from: '2026-11', months: '3' } },
      success: { status: 200, description: 'One pay day per competência', schema: paymentCalendar },
      problems: ['law_gap'],
      handle: ({ query }) => {
        const from = query.from ?? law.calendar.competenciaOf(today())
        const days = Array.from({ length: query.months }, (_, index) => {
          const month = law.calendar.addCompetencias(from, index)
          const aboveMinimum = query.aboveMinimum === 'true'
          return {
            competencia: month,
            ...law.paymentDay(parameters, { competencia: month, digit: query.digit, aboveMinimum }),
          }
        })
        return {
          body: {
            items: days.map((day) => ({ competencia: day.competencia, payDate: day.payDate })),
            status: days.every((day) => day.status === 'official') ? 'official' : 'computed',
            source: [...new Set(days.map((day) => day.source))].join('; '),
          },
        }
      },
    }),
    serviceOperation({
      id: 'getReferenceValues',
      method: 'get',
      path: '/v1/reference-values',
      tag: 'service',
      summary: 'Minimum wage and ceiling in force on a day',
      query: z.strictObject({ on: civilDateSchema.optional().describe('Default: today') }),
      examples: { query: { on: '2026-11-23' } },
      success: { status: 200, description: 'The values', schema: referenceValues },
      problems: ['law_gap'],
      handle: ({ query }) => {
        const on = query.on ?? today()
        return { body: { on, ...law.referenceValues(parameters, on) } }
      },
    }),
    serviceOperation({
      id: 'simulateRetirement',
      method: 'post',
      path: '/v1/retirement-simulations',
      tag: 'service',
      summary: 'Simulate retirement from given data; nothing is stored',
      body: simulationRequest,
      examples: {
        body: {
          asOf: '2026-11-23',
          sex: 'F',
          birthDate: '1966-05-10',
          summary: {
            timeAtReform: { years: 24, months: 3, days: 0 },
            afterReform: 'continuous',
            averageSalary: 250000,
          },
        },
      },
      success: { status: 200, description: 'Every rule that can apply', schema: simulation },
      problems: ['impossible_input', 'law_gap'],
      handle: ({ body }) => {
        const history = body.history?.map((period) => ({
          ...period,
          end: period.end ?? null,
          plan: period.plan ?? undefined,
        }))
        const answer = law.simulateRetirement(parameters, { ...body, asOf: body.asOf ?? today(), history })
        return { body: answer }
      },
    }),
  ]
}
