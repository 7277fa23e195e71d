import { z } from 'zod'

/**
 * The schemas that name themselves in the OpenAPI document (`#/components/schemas/<id>`). They validate every
 * request and every answer, and the document is generated from them: there is no second description.
 */
export const components = z.registry<{ id: string }>()

/** Put a schema among the named ones. */
export function named<T extends z.ZodType>(id: string, schema: T): T {
  components.add(schema, { id })
  return schema
}

export const civilDate = z.iso.date().describe('Civil date in Brasília, YYYY-MM-DD')
export const instant = z.iso.datetime().describe('Instant in UTC')
export const competencia = z
  .string()
  .regex(/^\d{4}-(0[1-9]|1[0-2])$/)
  .describe('Competência, YYYY-MM')
export const centavos = z.int().describe('Centavos of real')
export const amount = z.int().min(0).describe('Centavos of real')
export const cpf = z.string().regex(/^\d{11}$/)
export const benefitNumber = z
  .string()
  .regex(/^\d{10}$/)
  .describe('Ten digits; the last one is the check digit')

export const levels = ['bronze', 'silver', 'gold'] as const
export type Level = (typeof levels)[number]
export const level = z.enum(levels).describe('Reliability level of the gov.br account')

export const period = named(
  'Period',
  z.strictObject({ years: z.int().min(0), months: z.int().min(0), days: z.int().min(0) }),
)

/** One condition of a rule, met or not, with the article it comes from. */
export const condition = named(
  'Condition',
  z.strictObject({
    id: z.string(),
    required: z.string(),
    found: z.string(),
    met: z.boolean(),
    source: z.string(),
  }),
)

/** Why something is so, and what the citizen does now. */
export const reason = named(
  'Reason',
  z.strictObject({ code: z.string(), text: z.string(), nextStep: z.string() }),
)

export const problem = named(
  'Problem',
  z
    .looseObject({
      type: z.string(),
      title: z.string(),
      status: z.int().min(400).max(599),
      detail: z.string().optional(),
      instance: z.string(),
      code: z.string(),
      errors: z.array(z.strictObject({ pointer: z.string(), detail: z.string() })).optional(),
    })
    .describe('RFC 9457 problem; `code` is stable, `instance` finds it in the log'),
)

/** `limit` and opaque `cursor` of a list. */
export const page = {
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().min(1).max(200).optional().describe('`nextCursor` of the page before'),
}
export const nextCursor = z.string().nullable().describe('null on the last page')
