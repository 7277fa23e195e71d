import { z } from 'zod'
import { categories, kinds, plans } from '../sandbox/citizen'
import { civilDate, competencia, condition, named } from './common'

/** What a calculator is asked and answers. Every answer says its sources, what it took as given and what it leaves out. */

/** Days the law in here can be asked about; others would leave the calendar. */
const day = civilDate.refine((date) => date >= '1900-01-01' && date <= '2100-12-31', {
  error: 'expected a day from 1900 to 2100',
})
/** Ten million reais: more is a mistake. */
const most = 1_000_000_000
const money = z.int().min(0).max(most).describe('Centavos of real')
const months = z.int().min(0).max(1200)
const time = z.strictObject({
  years: z.int().min(0).max(100),
  months: z.int().min(0).max(11),
  days: z.int().min(0).max(30),
})
const category = z.enum(categories)
const sex = z.enum(['F', 'M'])

const history = z
  .array(
    z.strictObject({
      start: day,
      end: day.nullable().optional(),
      category,
      kind: z.enum(kinds).optional(),
      plan: z.enum(plans).nullable().optional(),
      indicators: z.array(z.string().max(40)).max(50).optional(),
      salaries: z.record(competencia, money).optional(),
    }),
  )
  .min(1)
  .max(300)
  .describe('The whole contribution record; it stands for the totals')

const work = {
  history: history.optional(),
  average: money.optional().describe('Corrected mean of the bases since 1994-07'),
  last12Average: money.optional().describe('Mean of the last twelve bases'),
  contributions: months.optional().describe('Months of carencia'),
  contributionsSinceReturn: months.optional().describe('Those since coming back as insured'),
  insured: z.boolean().optional(),
}
const cause = z.enum(['doenca', 'doenca_da_lista', 'acidente', 'acidente_do_trabalho', 'doenca_do_trabalho'])

const assumptions = z
  .array(z.looseObject({ id: z.string(), text_key: z.string() }))
  .describe('What was taken as given, as data')
const amount = z.int().min(0).nullable()
const benefitFields = {
  entitled: z
    .boolean()
    .nullable()
    .describe('null: nothing speaks against it, and `missing` says what is needed'),
  conditions: z.array(condition),
  missing: z.array(z.string()),
  startDate: civilDate.nullable(),
  amount,
  source: z.array(z.string()),
  assumptions,
  notModelled: z.array(z.string()),
}

const incapacity = {
  category,
  cause,
  incapacitySince: day.describe('First day without being able to work'),
  requestedOn: day.optional(),
  ...work,
}
export const temporaryIncapacityRequest = named(
  'TemporaryIncapacityRequest',
  z.strictObject({ ...incapacity, incapacityUntil: day.optional() }),
)
export const temporaryIncapacity = named(
  'TemporaryIncapacity',
  z.strictObject({
    ...benefitFields,
    employerDays: z.int(),
    average: amount,
    beforeLimit: amount.describe('Before the limit of the last twelve salaries'),
    limit: amount,
  }),
)
export const permanentIncapacityRequest = named(
  'PermanentIncapacityRequest',
  z.strictObject({
    ...incapacity,
    sex,
    time: time.optional(),
    temporaryUntil: day.optional().describe('Last day of the temporary benefit before'),
    needsHelp: z.boolean().optional(),
  }),
)
export const permanentIncapacity = named(
  'PermanentIncapacity',
  z.strictObject({
    ...benefitFields,
    average: amount,
    coefficient: z.string().nullable(),
    helpAmount: z.int().min(0),
  }),
)

const dependant = z.strictObject({
  kind: z.enum([
    'conjuge',
    'companheiro',
    'ex_conjuge_com_pensao',
    'filho',
    'enteado',
    'menor_tutelado',
    'menor_sob_guarda',
    'pai',
    'mae',
    'irmao',
  ]),
  birthDate: day,
  disabled: z.boolean().optional(),
  unionSince: day.optional(),
  alimonyUntil: day.optional(),
})
const dependantShare = named(
  'DependantShare',
  z.strictObject({
    dependant: z.int().min(0).describe('Place in the list given, from 0'),
    kind: z.string(),
    from: civilDate.nullable(),
    until: civilDate.nullable().describe('null: no end foreseen'),
    because: z.string(),
    months: z.int().nullable(),
  }),
)
export const survivorPensionRequest = named(
  'SurvivorPensionRequest',
  z.strictObject({
    deathDate: day,
    requestedOn: day.optional(),
    cause,
    retirementAmount: money.optional().describe('What the dead person received as retirement'),
    sex: sex.optional(),
    time: time.optional(),
    ruralWithoutContributions: z.boolean().optional(),
    dependants: z.array(dependant).min(1).max(30),
    ...work,
  }),
)
export const survivorPension = named(
  'SurvivorPension',
  z.strictObject({
    ...benefitFields,
    base: amount,
    percent: z.string().nullable(),
    each: amount,
    dependants: z.array(dependantShare),
    stages: z.array(
      z.strictObject({ from: civilDate, dependants: z.int(), percent: z.string(), amount, each: amount }),
    ),
  }),
)

export const accumulationRequest = named(
  'AccumulationRequest',
  z.strictObject({
    on: day,
    benefits: z
      .array(
        z.strictObject({
          kind: z.enum(['aposentadoria', 'pensao']),
          regime: z.enum(['inss', 'servidor', 'militar']),
          amount: money,
        }),
      )
      .min(2)
      .max(5),
    acquiredBeforeReform: z.boolean().optional(),
  }),
)
export const accumulation = named(
  'Accumulation',
  z.strictObject({
    allowed: z.boolean(),
    conditions: z.array(condition),
    minimumWage: z.int(),
    keptWhole: z.int().min(0),
    benefits: z.array(
      z.strictObject({
        amount: z.int(),
        paid: z.int(),
        bands: z.array(
          z.strictObject({ upTo: z.int().nullable(), share: z.string(), within: z.int(), paid: z.int() }),
        ),
      }),
    ),
    total: z.int(),
    source: z.array(z.string()),
    assumptions,
    notModelled: z.array(z.string()),
  }),
)

export const accidentRequest = named(
  'AccidentBenefitRequest',
  z.strictObject({
    category,
    accidentDate: day,
    lastingHarm: z.boolean().optional(),
    temporaryUntil: day.optional(),
    requestedOn: day.optional(),
    retired: z.boolean().optional(),
    ...work,
  }),
)
export const accident = named('AccidentBenefit', z.strictObject({ ...benefitFields, average: amount }))

const incomeKinds = [
  'trabalho',
  'trabalho_informal',
  'beneficio_previdenciario',
  'bpc',
  'auxilio_inclusao',
  'transferencia_de_renda',
  'pensao_alimenticia',
  'estagio',
  'aprendizagem',
  'rompimento_de_barragem',
  'outra',
] as const
const kinships = [
  'requerente',
  'conjuge',
  'companheiro',
  'pai',
  'mae',
  'padrasto',
  'madrasta',
  'irmao',
  'filho',
  'enteado',
  'menor_tutelado',
  'outro',
] as const
export const bpcRequest = named(
  'BpcRequest',
  z.strictObject({
    on: day.optional().describe('Day of the request; default: today'),
    kind: z.enum(['idoso', 'deficiencia']),
    household: z
      .array(
        z.strictObject({
          kinship: z.enum(kinships),
          birthDate: day.optional(),
          disabled: z.boolean().optional(),
          hasHadSpouse: z.boolean().optional().describe('Married, in a union, divorced or widowed'),
          inInstitution: z.boolean().optional(),
          incomes: z
            .array(z.strictObject({ kind: z.enum(incomeKinds), amount: money }))
            .max(20)
            .optional(),
        }),
      )
      .min(1)
      .max(40)
      .refine((people) => people.filter((each) => each.kinship === 'requerente').length === 1, {
        error: 'expected exactly one requerente',
      })
      .describe('Everybody under the same roof'),
    impedimentMonths: months.optional(),
    expenses: z
      .array(
        z.strictObject({
          kind: z.enum(['medicamentos', 'tratamentos', 'fraldas', 'alimentacao_especial', 'centro_dia']),
          amount: money.optional(),
        }),
      )
      .max(5)
      .optional(),
    cadunicoUpdatedOn: day.optional(),
    otherBenefit: z.boolean().optional(),
  }),
)
export const bpcAnswer = named(
  'Bpc',
  z.strictObject({
    ...benefitFields,
    family: z.array(z.int()).describe('Places in `household` of those who are the family'),
    incomes: z.array(
      z.strictObject({
        member: z.int(),
        kind: z.string(),
        amount: z.int(),
        counted: z.boolean(),
        source: z.string().nullable(),
      }),
    ),
    deducted: z.int(),
    familyIncome: z.int(),
    incomePerHead: z.int(),
    limitPerHead: z.int(),
  }),
)

export const prisonRequest = named(
  'PrisonBenefitRequest',
  z.strictObject({
    imprisonedOn: day,
    requestedOn: day.optional(),
    regime: z.enum(['fechado', 'semiaberto', 'aberto']),
    averageIncome: money.optional().describe('Mean of the twelve months before'),
    paidMeanwhile: z.boolean().optional(),
    dependants: z.array(dependant).min(1).max(30),
    history: history.optional(),
    contributions: months.optional(),
    contributionsSinceReturn: months.optional(),
    insured: z.boolean().optional(),
  }),
)
export const prison = named(
  'PrisonBenefit',
  z.strictObject({
    ...benefitFields,
    averageIncome: amount,
    limit: z.int(),
    each: amount,
    dependants: z.array(dependantShare),
  }),
)

export const familyAllowanceRequest = named(
  'FamilyAllowanceRequest',
  z.strictObject({
    month: competencia,
    category,
    pay: money,
    children: z.array(z.strictObject({ birthDate: day, disabled: z.boolean().optional() })).max(30),
    receivesBenefit: z.boolean().optional(),
  }),
)
export const familyAllowance = named(
  'FamilyAllowance',
  z
    .strictObject({
      ...benefitFields,
      quota: z.int(),
      limit: z.int(),
      children: z.array(z.int()),
      paidBy: z.enum(['empregador', 'sindicato_ou_orgao_gestor', 'inss']),
    })
    .omit({ startDate: true }),
)

export const closedSeasonRequest = named(
  'ClosedSeasonRequest',
  z.strictObject({
    seasonStart: day,
    requestedOn: day.optional(),
    registeredOn: day.optional(),
    monthsWithSales: months.optional(),
    otherIncome: z.boolean().optional(),
    otherBenefit: z.boolean().optional(),
    inCadunico: z.boolean().optional(),
    livesInArea: z.boolean().optional(),
  }),
)
export const closedSeason = named(
  'ClosedSeason',
  z.strictObject({ ...benefitFields, decidedBy: z.enum(['inss', 'mte']) }),
)

const payer = {
  category,
  plan: z.enum(plans).optional(),
  forCompany: z.boolean().optional(),
  lorryDriver: z.boolean().optional(),
}
const noSuchPlan = (value: { category: string; plan?: string | undefined }) =>
  !(value.category === 'contribuinte_individual' && value.plan === '5')
const planFault = { path: ['plan'], error: 'expected 20 or 11' }
export const contributionRequest = named(
  'ContributionRequest',
  z.strictObject({ month: competencia, pay: money, ...payer }).refine(noSuchPlan, planFault),
)
const complement = z.strictObject({
  why: z.enum(['abaixo_do_minimo', 'plano_reduzido']),
  base: z.int(),
  rate: z.string(),
  amount: z.int(),
  dueDate: civilDate,
  interestIncluded: z.literal(false),
})
export const contribution = named(
  'Contribution',
  z.strictObject({
    month: competencia,
    base: z.int(),
    amount: z.int(),
    rate: z.string().nullable(),
    brackets: z.array(z.strictObject({ upTo: z.int(), rate: z.string(), within: z.int(), amount: z.int() })),
    minimumWage: z.int(),
    ceiling: z.int(),
    paidBy: z.enum(['segurado', 'empregador', 'empresa', 'comprador']),
    dueDate: civilDate.nullable(),
    countsForTime: z.boolean(),
    complement: complement.nullable(),
    das: z
      .strictObject({ comercio: z.int(), servicos: z.int(), comercio_e_servicos: z.int() })
      .nullable()
      .describe('What a MEI pays in all'),
    source: z.array(z.string()),
    assumptions,
    notModelled: z.array(z.string()),
  }),
)
export const complementRequest = named(
  'ContributionComplementRequest',
  z
    .strictObject({
      ...payer,
      months: z
        .array(z.strictObject({ month: competencia, pay: money }))
        .min(1)
        .max(120),
    })
    .refine(noSuchPlan, planFault),
)
export const complementAnswer = named(
  'ContributionComplement',
  z.strictObject({
    months: z.array(complement.extend({ month: competencia })),
    total: z.int(),
    interestIncluded: z.literal(false),
    source: z.array(z.string()),
    notModelled: z.array(z.string()),
  }),
)

export const thirteenthRequest = named(
  'ThirteenthRequest',
  z.strictObject({
    year: z.int().min(1900).max(2100),
    benefit: z.enum([
      'aposentadoria',
      'pensao_por_morte',
      'auxilio_incapacidade_temporaria',
      'auxilio_acidente',
      'auxilio_reclusao',
      'salario_maternidade',
      'bpc',
    ]),
    startDate: day,
    endDate: day.optional(),
    monthlyAmount: money,
    digit: z.int().min(0).max(9).optional(),
    aboveMinimum: z.boolean().optional(),
  }),
)
export const thirteenth = named(
  'Thirteenth',
  z.strictObject({
    entitled: z.boolean(),
    conditions: z.array(condition),
    months: z.int(),
    amount: z.int(),
    instalments: z.array(
      z.strictObject({
        kind: z.enum(['primeira', 'segunda', 'unica', 'acerto']),
        competencia,
        amount: z.int(),
        payDate: civilDate.nullable(),
        payDateStatus: z.enum(['official', 'computed']).nullable(),
      }),
    ),
    source: z.array(z.string()),
    notModelled: z.array(z.string()),
  }),
)

export const maternityRequest = named(
  'MaternityPayRequest',
  z.strictObject({
    eventKind: z.enum(['parto', 'adocao', 'aborto', 'natimorto', 'afastamento_pre_parto']),
    eventDate: day,
    history,
  }),
)
export const maternity = named(
  'MaternityPay',
  z.strictObject({
    entitled: z.boolean(),
    conditions: z.array(condition),
    startDate: civilDate,
    endDate: civilDate,
    durationDays: z.int(),
    amount,
    basis: z.string().nullable(),
    paidBy: z.enum(['empregador', 'inss']),
    legalBasis: z.array(z.string()),
    assumptions: z.array(z.string()),
    notModelled: z.array(z.string()),
  }),
)

export const loanMargin = named(
  'LoanMargin',
  z.strictObject({
    margins: z.array(z.strictObject({ id: z.string(), share: z.string(), amount })),
    termMonths: z.int().nullable(),
    source: z.array(z.string()),
    notModelled: z.array(z.string()),
  }),
)
export const decisionDeadlineAnswer = named(
  'DecisionDeadline',
  z.strictObject({ service: z.string(), days: z.int(), source: z.string() }),
)

export const dayParameter = day
