import { z } from 'zod'
import { levels, named } from './common'

/** One service of the INSS, as in services.yaml. */
export const service = named(
  'Service',
  z.strictObject({
    id: z.string().regex(/^[a-z0-9-]+$/),
    category: z.string(),
    name: z.string(),
    what: z.string(),
    who: z.string(),
    documents: z.array(z.string()),
    level: z.enum(['none', ...levels]).describe('Lowest gov.br level; none = no login'),
    channels: z.array(z.string()).min(1),
    attendance: z.enum(['online', 'online_and_in_person', 'in_person']),
    deadline: z
      .strictObject({
        days: z.int().min(1),
        whose: z.enum(['inss', 'citizen', 'association']),
        basis: z.string(),
      })
      .nullable()
      .describe('A reference, counted from the end of the fact-finding'),
    decision: z.string().nullable().describe('How it is decided, when it may be at once'),
    legal: z.string().nullable(),
    note: z.string().nullable(),
    requestable: z.boolean().describe('POST /v1/requests takes it'),
  }),
)

export type Service = z.infer<typeof service>
export const serviceFile = z.array(service.omit({ requestable: true }))
