import { z } from 'zod'
import { paymentAccount, pendingIndicator } from './citizen'
import { amount, benefitNumber, civilDate, condition, instant, named, period } from './common'

export const serviceIds = [
  'aposentadoria-idade',
  'aposentadoria-tempo-contribuicao',
  'salario-maternidade',
] as const
export type ServiceId = (typeof serviceIds)[number]

export const statuses = ['granted', 'denied', 'in_analysis', 'withdrawn', 'needs_document'] as const
export type RequestStatus = (typeof statuses)[number]

/** Words of the citizen: letters, digits and plain punctuation, so that nothing is hidden in them. */
const words = (longest: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(longest)
    .regex(/^[\p{L}\p{M}\p{N} .,'’°º/()-]*$/u)

/** Banks that pay benefits by card at the counter, for a person without an account. */
export const payingBanks = {
  '001': 'Banco do Brasil',
  '033': 'Santander',
  '041': 'Banrisul',
  '104': 'Caixa Econômica Federal',
  '237': 'Bradesco',
  '341': 'Itaú',
} as const
const bankCodes = Object.keys(payingBanks) as (keyof typeof payingBanks)[]

export const retirementFacts = named(
  'RetirementFacts',
  z.strictObject({
    leftLastJobOn: civilDate
      .nullable()
      .optional()
      .describe('Last day of the job that has no end in the record; null = still there'),
    paymentBank: z.enum(bankCodes).optional().describe('Where to receive by card, without an account'),
  }),
)

export const eventKinds = ['parto', 'adocao', 'aborto', 'natimorto', 'afastamento_pre_parto'] as const
export const maternityFacts = named(
  'MaternityFacts',
  z.strictObject({
    eventKind: z.enum(eventKinds),
    eventDate: civilDate,
    childName: words(120).optional(),
    certificate: z
      .strictObject({
        registry: words(120).describe('Number (matrícula) of the certificate or name of the registry office'),
        issuedOn: civilDate.optional(),
      })
      .nullable()
      .optional(),
    paymentBank: z.enum(bankCodes).optional(),
  }),
)

const check = <S extends ServiceId, F extends z.ZodType>(service: S, facts: F) =>
  z.strictObject({ service: z.literal(service), facts })

export const entitlementQuestion = named(
  'EntitlementQuestion',
  z.discriminatedUnion('service', [
    check('aposentadoria-idade', retirementFacts),
    check('aposentadoria-tempo-contribuicao', retirementFacts),
    check('salario-maternidade', maternityFacts),
  ]),
)

const declaration = z.literal(true).describe('The citizen declares that what they said is true')
const create = <S extends ServiceId, F extends z.ZodType>(service: S, facts: F) =>
  z.strictObject({ service: z.literal(service), facts, declaration })

export const newRequest = named(
  'NewRequest',
  z.discriminatedUnion('service', [
    create('aposentadoria-idade', retirementFacts),
    create('aposentadoria-tempo-contribuicao', retirementFacts),
    create('salario-maternidade', maternityFacts),
  ]),
)

export const legalBasis = named('LegalBasis', z.strictObject({ source: z.string(), text: z.string() }))
export const amountStatus = z
  .enum(['exact', 'provisional'])
  .describe('provisional: an official index of the last months is not published yet')

/** Something the record does not hold and the citizen may tell, with what it is for. */
export const lack = named(
  'Lack',
  z.strictObject({
    fact: z.string().describe('Name in `facts`'),
    why: z.string(),
    type: z.enum(['date', 'choice', 'certificate']),
    choices: z.array(z.strictObject({ value: z.string(), title: z.string() })),
  }),
)

export const entitlementCheck = named(
  'EntitlementCheck',
  z.strictObject({
    service: z.enum(serviceIds),
    entitled: z.boolean(),
    der: civilDate.describe('Date of the request, were it made now'),
    rule: z.string().nullable(),
    entitledOn: civilDate.nullable().describe('First day of the right, past or projected; null when never'),
    conditions: z.array(condition),
    benefit: z
      .strictObject({
        startDate: civilDate,
        amount: amount.nullable(),
        amountStatus,
        legalBasis: z.array(legalBasis),
        durationDays: z.int().optional(),
        endDate: civilDate.optional(),
      })
      .nullable(),
    paidBy: z.enum(['inss', 'employer']),
    notice: z.string().nullable().describe('What the citizen should know before asking'),
    pending: z.array(pendingIndicator),
    lacks: z.array(lack),
    automatic: z.boolean().describe('The decision comes at once'),
    automaticObstacles: z.array(z.strictObject({ code: z.string(), text: z.string() })),
    paymentAccount: paymentAccount.nullable(),
    decisionDeadlineDays: z.int(),
    existingProtocol: z.string().nullable(),
    time: period.nullable().describe('Contribution time counted; null where it does not matter'),
  }),
)

export const decision = named(
  'Decision',
  z.strictObject({
    benefitNumber,
    rule: z.string().nullable(),
    startDate: civilDate,
    endDate: civilDate.nullable(),
    amount,
    amountStatus,
    firstPaymentDate: civilDate.nullable(),
    bankName: z.string(),
    legalBasis: z.array(legalBasis),
    conditions: z.array(condition),
  }),
)
export type Decision = z.infer<typeof decision>

export const analysis = named(
  'Analysis',
  z
    .strictObject({
      reason: z.array(z.strictObject({ code: z.string(), text: z.string() })),
      referenceDeadline: civilDate,
      deadlineDays: z.int(),
      legalBasis: z.array(legalBasis),
      nextStep: z.string(),
      conditions: z.array(condition),
    })
    .describe(
      'Why it is not granted. In analysis: the deadline is that of the INSS. Denied: that of the appeal.',
    ),
)
export type Analysis = z.infer<typeof analysis>

export const protocol = z.string().regex(/^\d{9,12}$/)

export const request = named(
  'Request',
  z.strictObject({
    protocol,
    service: z.enum(serviceIds),
    serviceName: z.string(),
    status: z.enum(statuses),
    createdAt: instant,
    decidedAt: instant.nullable(),
    der: civilDate,
    automatic: z.boolean(),
    decision: decision.nullable(),
    analysis: analysis.nullable(),
  }),
)

export const requestEvent = named(
  'RequestEvent',
  z.strictObject({ at: instant, type: z.string(), text: z.string() }),
)
