import { z } from 'zod'
import {
  accountMethods,
  appointmentKinds,
  categories,
  flags,
  kinds,
  kinships,
  plans,
} from '../sandbox/citizen'
import {
  amount,
  benefitNumber,
  centavos,
  civilDate,
  competencia,
  cpf,
  instant,
  named,
  period,
  reason,
} from './common'

export const paymentAccount = named(
  'PaymentAccount',
  z.strictObject({
    bankCode: z.string(),
    bankName: z.string(),
    branch: z.string(),
    account: z.string().nullable().describe('null when paid by card at the counter'),
    method: z.enum(accountMethods),
  }),
)

export const citizen = named(
  'Citizen',
  z.strictObject({
    cpf,
    name: z.string(),
    socialName: z.string().nullable(),
    birthDate: civilDate,
    sex: z.enum(['F', 'M']),
    motherName: z.string(),
    email: z.string().nullable(),
    phone: z.string().nullable(),
    address: z.strictObject({ street: z.string(), city: z.string(), state: z.string(), cep: z.string() }),
    paymentAccount: paymentAccount.nullable(),
    dependants: z.array(
      z.strictObject({ name: z.string(), birthDate: civilDate, kinship: z.enum(kinships) }),
    ),
    flags: z.array(z.enum(flags)),
  }),
)

export const appointment = named(
  'Appointment',
  z.strictObject({
    id: z.string(),
    kind: z.enum(appointmentKinds),
    date: civilDate,
    time: z
      .string()
      .regex(/^([01]\d|2[0-3]):[0-5]\d$/)
      .describe('In Brasília'),
    place: z.string(),
  }),
)

export const indicator = named(
  'Indicator',
  z.strictObject({
    code: z.string(),
    meaning: z.string(),
    effect: z.enum(['counts', 'pending', 'conditional', 'informative']),
    howToSolve: z.string().nullable().describe('null when there is nothing to solve'),
  }),
)

export const relationship = named(
  'Relationship',
  z.strictObject({
    sequence: z.int().min(1),
    nit: z.string(),
    employer: z.strictObject({ name: z.string(), cnpj: z.string().nullable() }).nullable(),
    category: z.enum(categories),
    kind: z.enum(kinds),
    plan: z.enum(plans).nullable(),
    start: civilDate,
    end: civilDate.nullable(),
    lastEarning: competencia.nullable(),
    indicators: z.array(indicator),
    earnings: z.array(
      z.strictObject({
        competencia,
        amount: amount.describe("Centavos; before 1994-07, of then's currency"),
        indicators: z.array(z.string()),
      }),
    ),
  }),
)

/** An indicator that keeps something out of the count until it is solved. */
export const pendingIndicator = named(
  'PendingIndicator',
  z.strictObject({
    sequence: z.int().min(1).describe('The relationship it is in'),
    indicator: z.string(),
    competencias: z.array(competencia).describe('Empty when the whole relationship is pending'),
    text: z.string(),
    howToSolve: z.string().nullable(),
  }),
)

export const contributionRecord = named(
  'ContributionRecord',
  z.strictObject({
    nit: z.string().nullable().describe('null when the person has no record'),
    updatedAt: instant,
    relationships: z.array(relationship),
    totals: z.strictObject({ time: period, carencia: z.int().min(0) }),
    pending: z.array(pendingIndicator),
  }),
)

export const payment = named(
  'Payment',
  z.strictObject({
    competencia,
    payDate: civilDate,
    status: z.enum(['scheduled', 'paid', 'returned', 'blocked', 'suspended']),
    gross: amount,
    net: amount,
    bankName: z.string(),
    branch: z.string(),
    lines: z.array(
      z.strictObject({
        code: z.string(),
        kind: z.enum(['credit', 'debit']),
        description: z.string(),
        amount,
        detail: z.string().nullable(),
      }),
    ),
    reason: reason.nullable(),
    comparedWithPrevious: z
      .strictObject({
        difference: centavos.describe('Net amount less that of the payment before'),
        because: z.array(z.string()).describe('Codes of the lines that explain it'),
      })
      .nullable(),
  }),
)

export const benefit = named(
  'Benefit',
  z.strictObject({
    number: benefitNumber,
    species: z.strictObject({ code: z.string(), name: z.string() }),
    status: z.enum(['active', 'suspended', 'blocked', 'ceased']),
    statusReason: reason.extend({ since: civilDate }).nullable(),
    startDate: civilDate,
    endDate: civilDate.nullable(),
    monthlyAmount: amount,
    payment: paymentAccount.omit({ account: true }),
    aboveMinimum: z.boolean(),
    nextPayment: payment.nullable(),
  }),
)
