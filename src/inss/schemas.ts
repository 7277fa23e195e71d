import { z } from 'zod'

/**
 * What the assistant reads of the INSS API's answers: money in centavos, civil dates, competências `YYYY-MM`.
 * Fields it does not use are ignored, so that the service can grow; a field it uses and that is missing or of
 * another type is a `inss_bad_answer`.
 */

const date = z.string().regex(/^\d{4}-\d{2}-\d{2}$/)
const competencia = z.string().regex(/^\d{4}-\d{2}$/)
const centavos = z.number().int()

export const period = z.object({ years: z.number(), months: z.number(), days: z.number() })

const condition = z.object({
  id: z.string(),
  required: z.string(),
  found: z.string(),
  met: z.boolean(),
  source: z.string(),
})

const reason = z.object({
  code: z.string(),
  text: z.string(),
  nextStep: z.string().nullish(),
})

const paymentAccount = z.object({
  bankName: z.string(),
  branch: z.string(),
  method: z.string(),
})

export const citizen = z.object({
  name: z.string(),
  socialName: z.string().nullish(),
  birthDate: date,
  sex: z.enum(['F', 'M']),
  paymentAccount: paymentAccount.nullish(),
  dependants: z.array(z.object({ name: z.string(), birthDate: date, kinship: z.string() })),
  cpf: z.string().optional(),
  phone: z.string().nullish(),
  email: z.string().nullish(),
})

export const payment = z.object({
  competencia,
  payDate: date,
  status: z.enum(['scheduled', 'paid', 'returned', 'blocked', 'suspended']),
  gross: centavos,
  net: centavos,
  bankName: z.string(),
  branch: z.string().nullish(),
  lines: z.array(
    z.object({
      code: z.string(),
      kind: z.enum(['credit', 'debit']),
      description: z.string(),
      amount: centavos,
      detail: z.string().nullish(),
    }),
  ),
  reason: reason.nullish(),
  comparedWithPrevious: z.object({ difference: centavos, because: z.array(z.string()) }).nullish(),
})

export const benefit = z.object({
  number: z.string(),
  species: z.object({ code: z.union([z.number(), z.string()]), name: z.string() }),
  status: z.enum(['active', 'suspended', 'blocked', 'ceased']),
  statusReason: reason.extend({ since: date.nullish() }).nullish(),
  startDate: date,
  endDate: date.nullish(),
  monthlyAmount: centavos,
  payment: paymentAccount.nullish(),
  aboveMinimum: z.boolean(),
  nextPayment: payment.nullish(),
})

export const benefits = z.object({ items: z.array(benefit) })
export const payments = z.object({ items: z.array(payment), nextCursor: z.string().nullish() })

export const paymentCalendar = z.object({
  items: z.array(z.object({ competencia, payDate: date })),
  status: z.enum(['official', 'computed']),
  source: z.string(),
})

export const referenceValues = z.object({ minimumWage: centavos, ceiling: centavos, since: date.optional() })

const lawGap = z.object({ parameter: z.string(), date: z.string().nullish() })

export const rule = z.object({
  id: z.string(),
  entitled: z.boolean(),
  entitledOn: date.nullable(),
  conditions: z.array(condition),
  benefit: z
    .object({
      on: date.nullish(),
      average: centavos.nullish(),
      coefficient: z.string().nullish(),
      fator: z.string().nullish(),
      amount: centavos.nullish(),
      source: z.array(z.string()).nullish(),
      lawGap: lawGap.nullish(),
    })
    .nullish(),
  notModelled: z.array(z.string()).optional(),
})

export const simulation = z.object({
  asOf: date,
  totals: z.object({
    age: period,
    time: period,
    carencia: z.number(),
    points: z.string().nullish(),
  }),
  rules: z.array(rule),
  best: z.object({ soonest: z.string().nullish(), highest: z.string().nullish() }),
  assumptions: z.array(z.looseObject({ id: z.string() })),
  pending: z.array(
    z.looseObject({
      indicator: z.string(),
      effect: z.string().nullish(),
      totalsIfSolved: z.object({ time: period }).partial().nullish(),
    }),
  ),
  /** Months below the minimum wage that can be mended, by year. */
  adjustments: z
    .object({
      source: z.string(),
      years: z.array(
        z.object({
          year: z.number(),
          months: z.array(z.object({ month: competencia, missing: centavos })),
          completedBySurplus: z.number(),
          leftByGrouping: z.number(),
        }),
      ),
      totalsIfCompleted: z.object({ time: period }),
    })
    .nullish(),
  /** What waiting is worth; `months` and `recoveredIn` in months. */
  comparison: z
    .object({
      from: z.object({ on: date, amount: centavos }),
      later: z.array(
        z.object({ on: date, more: centavos, months: z.number(), recoveredIn: z.number(), rule: z.string() }),
      ),
    })
    .nullish(),
})

const assumption = z.looseObject({ id: z.string() })
const amount = centavos.nullable()

/** What every calculator of a benefit answers; `entitled` null: `missing` says what it still needs. */
const benefitAnswer = z.object({
  entitled: z.boolean().nullable(),
  conditions: z.array(condition),
  missing: z.array(z.string()),
  amount,
  assumptions: z.array(assumption),
  notModelled: z.array(z.string()),
})
const dependantShare = z.object({
  dependant: z.number(),
  from: date.nullable(),
  until: date.nullable(),
  because: z.string(),
  months: z.number().nullable(),
})
const complement = z.object({ why: z.string(), base: centavos, amount: centavos, dueDate: date })

/** Answers of `/v1/calculations/<id>`. */
export const calculations = {
  'salario-maternidade': z.object({
    entitled: z.boolean(),
    conditions: z.array(condition),
    startDate: date,
    endDate: date,
    durationDays: z.number(),
    amount,
    paidBy: z.enum(['empregador', 'inss']),
    assumptions: z.array(z.string()),
    notModelled: z.array(z.string()),
  }),
  'auxilio-incapacidade-temporaria': benefitAnswer.extend({
    startDate: date.nullable(),
    employerDays: z.number(),
    beforeLimit: amount,
    limit: amount,
  }),
  'aposentadoria-incapacidade-permanente': benefitAnswer.extend({
    startDate: date.nullable(),
    coefficient: z.string().nullable(),
    helpAmount: centavos,
  }),
  'pensao-por-morte': benefitAnswer.extend({
    startDate: date.nullable(),
    percent: z.string().nullable(),
    each: amount,
    dependants: z.array(dependantShare),
    stages: z.array(
      z.object({ from: date, dependants: z.number(), percent: z.string(), amount, each: amount }),
    ),
  }),
  acumulacao: z.object({
    allowed: z.boolean(),
    keptWhole: z.number(),
    benefits: z.array(z.object({ amount: centavos, paid: centavos })),
    total: centavos,
  }),
  'auxilio-acidente': benefitAnswer.extend({ startDate: date.nullable() }),
  bpc: benefitAnswer.extend({
    familyIncome: centavos,
    incomePerHead: centavos,
    limitPerHead: centavos,
    incomes: z.array(
      z.object({ member: z.number(), kind: z.string(), amount: centavos, counted: z.boolean() }),
    ),
  }),
  'auxilio-reclusao': benefitAnswer.extend({
    startDate: date.nullable(),
    each: amount,
    dependants: z.array(dependantShare),
  }),
  'salario-familia': benefitAnswer.extend({ quota: centavos, limit: centavos }),
  'seguro-defeso': benefitAnswer.extend({ decidedBy: z.enum(['inss', 'mte']) }),
  contribuicao: z.object({
    month: competencia,
    base: centavos,
    amount: centavos,
    rate: z.string().nullable(),
    minimumWage: centavos,
    ceiling: centavos,
    paidBy: z.enum(['segurado', 'empregador', 'empresa', 'comprador']),
    dueDate: date.nullable(),
    countsForTime: z.boolean(),
    complement: complement.nullable(),
    das: z.object({ comercio: centavos, servicos: centavos, comercio_e_servicos: centavos }).nullable(),
  }),
  'complemento-da-contribuicao': z.object({
    months: z.array(complement.extend({ month: competencia })),
    total: centavos,
  }),
  'decimo-terceiro': z.object({
    entitled: z.boolean(),
    months: z.number(),
    amount: centavos,
    instalments: z.array(
      z.object({
        kind: z.enum(['primeira', 'segunda', 'unica', 'acerto']),
        competencia,
        amount: centavos,
        payDate: date.nullable(),
        payDateStatus: z.enum(['official', 'computed']).nullable(),
      }),
    ),
  }),
} as const

export const loanMargin = z.object({
  margins: z.array(z.object({ id: z.string(), share: z.string(), amount })),
  termMonths: z.number().nullable(),
})
export const decisionDeadline = z.object({ days: z.number(), source: z.string() })

export const entitlement = z.object({
  service: z.string(),
  entitled: z.boolean(),
  der: date,
  rule: z.string().nullish(),
  conditions: z.array(condition),
  benefit: z
    .object({
      startDate: date,
      amount: centavos.nullish(),
      amountStatus: z.enum(['exact', 'provisional']).nullish(),
      durationDays: z.number().nullish(),
      endDate: date.nullish(),
    })
    .nullish(),
  lacks: z.array(
    z.object({
      fact: z.string(),
      why: z.string(),
      choices: z.array(z.object({ value: z.string(), title: z.string() })),
    }),
  ),
  automatic: z.boolean(),
  paymentAccount: paymentAccount.nullish(),
  decisionDeadlineDays: z.number().nullish(),
  existingProtocol: z.string().nullish(),
  paidBy: z.string().nullish(),
  notice: z.string().nullish(),
})

export const benefitRequest = z.object({
  protocol: z.string(),
  service: z.string(),
  serviceName: z.string(),
  status: z.enum(['granted', 'denied', 'in_analysis', 'withdrawn', 'needs_document']),
  createdAt: z.string(),
  decidedAt: z.string().nullish(),
  automatic: z.boolean(),
  decision: z
    .object({
      benefitNumber: z.string().nullish(),
      rule: z.string().nullish(),
      startDate: date.nullish(),
      amount: centavos.nullish(),
      amountStatus: z.enum(['exact', 'provisional']).nullish(),
      firstPaymentDate: date.nullish(),
      bankName: z.string().nullish(),
      legalBasis: z.array(z.object({ source: z.string(), text: z.string().nullish() })),
      conditions: z.array(condition).nullish(),
    })
    .nullish(),
  analysis: z
    .object({
      reason: z.array(z.object({ code: z.string(), text: z.string() })),
      referenceDeadline: date.nullish(),
      deadlineDays: z.number().nullish(),
      nextStep: z.string().nullish(),
      conditions: z.array(condition).nullish(),
    })
    .nullish(),
})

export const benefitRequests = z.object({ items: z.array(benefitRequest), nextCursor: z.string().nullish() })
export const requestEvents = z.object({
  items: z.array(z.object({ at: z.string(), type: z.string(), text: z.string() })),
})

export const service = z.object({
  id: z.string(),
  name: z.string(),
  what: z.string(),
  documents: z.array(z.string()),
  channels: z.array(z.string()),
  note: z.string().nullish(),
})

export const problem = z.object({
  title: z.string().optional(),
  code: z.string().optional(),
  type: z.string().optional(),
  protocol: z.string().optional(),
  requiredLevel: z.string().optional(),
  errors: z.array(z.object({ pointer: z.string().optional(), detail: z.string().optional() })).optional(),
})

export type Calculation = keyof typeof calculations
export type Calculated<Id extends Calculation> = z.infer<(typeof calculations)[Id]>
export type Period = z.infer<typeof period>
export type Payment = z.infer<typeof payment>
export type Benefit = z.infer<typeof benefit>
export type Simulation = z.infer<typeof simulation>
export type SimulationRule = z.infer<typeof rule>
export type Entitlement = z.infer<typeof entitlement>
export type BenefitRequest = z.infer<typeof benefitRequest>
export type Condition = z.infer<typeof condition>
