import { z } from 'zod'
import { calendar } from '../../law'
import { isCpf } from '../digits'
import { accountMethods, appointmentKinds, categories, flags, kinds, kinships, plans } from './citizen'
import { isBenefitNumber } from './digits'
import { indicatorCodes } from './indicators'
import { payWords } from './pay'
import { reasonCodes, speciesCodes } from './reasons'
import { dateWords } from './when'

/*
 * A citizen's file:
 *
 *   what: Tem 62 anos e direito à aposentadoria por idade; tudo provado, a decisão sai na hora.
 *   name: Marinalva Ferreira do Carmo
 *   cpf: 000.001.001-14
 *   sex: F
 *   born: 62y4m ago
 *   mother: Josefa Ferreira do Carmo
 *   city: Campina Grande/PB
 *   street: Rua das Acácias, 120
 *   cep: 58400-010
 *   account: { bank: caixa, branch: '0041', number: '12345-6', method: poupanca }
 *   govbr: { level: gold, password: demo }
 *   record:
 *     - { employer: Tecelagem Serra Azul Ltda, from: at 19y, to: at 24y, pay: 1.2 to 1.6 minimums }
 *     - { employer: Escola Casa Amarela, from: at 45y, to: today, pay: 1.3 minimums }
 */

const text = z.string().trim().min(1).max(300)
const when = text
  .regex(dateWords, { error: 'expected a date: YYYY-MM-DD, today, "62y2m ago", "in 3m" or "at 18y"' })
  .refine((words) => !/^\d{4}-/.test(words) || calendar.isCivilDate(words.slice(0, 10)), {
    error: 'expected a day that exists',
  })
const pay = text.regex(payWords, {
  error:
    'expected a salary: minimum, "1.5 minimums", "1.2 to 3 minimums", "0.8 ceilings", "R$ 2.500,00" or none',
})
const payments = text.regex(/^\d{1,2} payments? ago$/, {
  error: 'expected a payment: "1 payment ago" is the last one made',
})
const cpf = text
  .transform((written) => written.replace(/\D/g, ''))
  .refine((digits) => isCpf(digits) && digits.startsWith('000'), {
    error: 'expected a CPF that starts with 000 and has right check digits',
  })
const benefitNumber = text
  .transform((written) => written.replace(/\D/g, ''))
  .refine(isBenefitNumber, { error: 'expected ten digits, the last one the right check digit' })
const indicatorList = z.array(z.enum(indicatorCodes)).default([])

const job = z
  .strictObject({
    employer: text.optional(),
    as: z.enum(categories).default('empregado'),
    kind: z.enum(kinds).optional(),
    plan: z.enum(plans).optional(),
    from: when,
    /** `today` means that it goes on. */
    to: when,
    pay: pay.optional(),
    indicators: indicatorList,
    /** Months that differ from the rest. */
    months: z
      .array(z.strictObject({ from: when, to: when, pay: pay.optional(), indicators: indicatorList }))
      .default([]),
  })
  .refine((value) => value.employer !== undefined || !employed(value.as), {
    error: 'expected the name of who employs',
    path: ['employer'],
  })
  .refine((value) => (value.pay === undefined) === (value.as === 'segurado_especial'), {
    error: 'expected a salary, except for a segurado_especial, who has none',
    path: ['pay'],
  })

const deduction = z.strictObject({
  kind: z.enum(['loan', 'card', 'association']),
  /** Bank or association. */
  to: text,
  amount: text.regex(/^(\d+(\.\d+)?% of the benefit|R\$ \d{1,3}(\.\d{3})*,\d\d)$/, {
    error: 'expected "20% of the benefit" or "R$ 35,00"',
  }),
  /** First payment with it: "5 payments ago", or a date. */
  from: z.union([payments, when]),
  /** Last payment with it. */
  until: when.optional(),
  instalments: z.int().min(1).max(108).optional(),
  note: text.optional(),
})

const benefit = z.strictObject({
  number: benefitNumber,
  species: z.enum(speciesCodes),
  from: when,
  to: when.optional(),
  /** `minimum`, or minimum wages two years ago (or at the start, if later), readjusted every January. */
  amount: text.regex(/^(minimum|\d+(\.\d+)? minimums)$/, {
    error: 'expected minimum or "1.8 minimums"',
  }),
  deductions: z.array(deduction).default([]),
  stopped: z
    .strictObject({
      status: z.enum(['suspended', 'blocked', 'ceased']),
      reason: z.enum(reasonCodes),
      since: payments.optional(),
    })
    .optional(),
  returned: z.array(z.strictObject({ at: payments, reason: z.enum(reasonCodes) })).default([]),
})

const request = z.strictObject({
  protocol: text.regex(/^\d{10}$/, { error: 'expected ten digits in quotes' }),
  service: z.enum(['aposentadoria-idade', 'aposentadoria-tempo-contribuicao', 'salario-maternidade']),
  made: when,
  decided: when.optional(),
  status: z.enum(['granted', 'denied', 'in_analysis', 'withdrawn', 'needs_document']),
  facts: z.record(text, z.union([text, z.number(), z.boolean(), z.null()])).default({}),
  reasons: z.array(z.strictObject({ code: text, text })).default([]),
  next: text.optional(),
  benefit: benefitNumber.optional(),
  events: z.array(z.strictObject({ on: when, type: text, text })).min(1),
})

const appointment = z.strictObject({
  kind: z.enum(appointmentKinds),
  /** A weekend moves it to the Monday after. */
  on: when,
  at: text.regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: 'expected a time in quotes, as in "09:30"' }),
  place: text,
})

/** The banks that pay the synthetic citizens. */
export const banks = {
  caixa: { bankCode: '104', bankName: 'Caixa Econômica Federal' },
  bb: { bankCode: '001', bankName: 'Banco do Brasil' },
  bradesco: { bankCode: '237', bankName: 'Bradesco' },
  itau: { bankCode: '341', bankName: 'Itaú Unibanco' },
  santander: { bankCode: '033', bankName: 'Santander' },
  nordeste: { bankCode: '004', bankName: 'Banco do Nordeste' },
  banrisul: { bankCode: '041', bankName: 'Banrisul' },
} as const
const bankIds = Object.keys(banks) as [keyof typeof banks, ...(keyof typeof banks)[]]

/** One citizen's file, as a person writes it. Unknown keys are refused. */
export const citizenFile = z.strictObject({
  what: text,
  name: text,
  socialName: text.optional(),
  cpf,
  sex: z.enum(['F', 'M']),
  born: when,
  mother: text,
  city: text.regex(/^.+\/[A-Z]{2}$/, { error: 'expected city and state, as in "Recife/PE"' }),
  street: text,
  cep: text.regex(/^\d{5}-\d{3}$/, { error: 'expected a postal code, as in 58400-010' }),
  phone: text.regex(/^\+55 \d\d \d{5}-\d{4}$/, { error: 'expected "+55 83 90000-0001"' }).optional(),
  email: z.email().optional(),
  account: z
    .strictObject({
      bank: z.enum(bankIds),
      branch: text,
      number: text.optional(),
      method: z.enum(accountMethods),
    })
    .optional(),
  dependants: z.array(z.strictObject({ name: text, born: when, kinship: z.enum(kinships) })).default([]),
  flags: z.array(z.enum(flags)).default([]),
  govbr: z.strictObject({ level: z.enum(['bronze', 'silver', 'gold']), password: text }),
  record: z.array(job).default([]),
  benefits: z.array(benefit).default([]),
  requests: z.array(request).default([]),
  appointments: z.array(appointment).default([]),
})

export type CitizenFile = z.output<typeof citizenFile>
export type JobFile = CitizenFile['record'][number]
export type BenefitFile = CitizenFile['benefits'][number]
export type DeductionFile = BenefitFile['deductions'][number]

/** Categories that work for someone else. */
export function employed(category: string): boolean {
  return category === 'empregado' || category === 'domestico' || category === 'avulso'
}
