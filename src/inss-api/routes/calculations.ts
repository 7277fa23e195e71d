import { z } from 'zod'
import { civilDate } from '../../clock'
import * as law from '../../law'
import type { Deps } from '../deps'
import { type Operation, serviceOperation } from '../http/operation'
import { type Fault, Problem } from '../http/problem'
import * as schemas from '../schemas/calculations'

/** The calculators of benefits and contributions: facts in, explained results out; nothing is stored. */
export function calculationOperations({ parameters, clock }: Deps): Operation[] {
  const today = () => civilDate(clock.now())

  /** A calculator at `/v1/calculations/<id>`. */
  function calculator<B, A>(definition: {
    id: string
    operation: string
    summary: string
    description?: string
    request: z.ZodType<B>
    example: B
    answer: z.ZodType<A>
    faults?: (body: B) => (Fault | false)[]
    compute: (body: B) => A
  }): Operation {
    const { id, operation, summary, description, request, example, answer } = definition
    return serviceOperation({
      id: operation,
      method: 'post',
      path: `/v1/calculations/${id}`,
      tag: 'service',
      summary,
      ...(description === undefined ? {} : { description }),
      body: request,
      examples: { body: example },
      success: { status: 200, description: 'The result, with its sources', schema: answer },
      problems: ['impossible_input', 'law_gap'],
      handle: ({ body }) => {
        const faults = (definition.faults?.(body) ?? []).filter((each) => each !== false)
        if (faults.length > 0) throw new Problem('impossible_input', { errors: faults.slice(0, 20) })
        return { body: definition.compute(body) }
      },
    })
  }

  return [
    calculator({
      id: 'salario-maternidade',
      operation: 'calculateMaternityPay',
      summary: 'Salário-maternidade: right, days and amount',
      request: schemas.maternityRequest,
      example: {
        eventKind: 'parto',
        eventDate: '2026-10-01',
        history: [
          {
            start: '2025-10-01',
            end: null,
            category: 'contribuinte_individual',
            salaries: { '2026-08': 162_100, '2026-09': 162_100 },
          },
        ],
      },
      answer: schemas.maternity,
      faults: (body) => historyFaults(body),
      compute: (body) => law.maternityPay(parameters, { ...body, history: periodsOf(body.history) }),
    }),
    calculator({
      id: 'auxilio-incapacidade-temporaria',
      operation: 'calculateTemporaryIncapacity',
      summary: 'Auxílio por incapacidade temporária: right, first day and amount',
      request: schemas.temporaryIncapacityRequest,
      example: {
        category: 'empregado',
        cause: 'doenca',
        incapacitySince: '2026-09-01',
        incapacityUntil: '2026-10-15',
        requestedOn: '2026-09-20',
        average: 400_000,
        last12Average: 300_000,
        contributions: 48,
        insured: true,
      },
      answer: schemas.temporaryIncapacity,
      faults: (body) => [
        ...historyFaults(body),
        before(body.incapacityUntil, body.incapacitySince, '/incapacityUntil', 'end_before_start'),
        before(body.requestedOn, body.incapacitySince, '/requestedOn', 'before_the_event'),
      ],
      compute: (body) => law.auxilioIncapacidadeTemporaria(parameters, withPeriods(body)),
    }),
    calculator({
      id: 'aposentadoria-incapacidade-permanente',
      operation: 'calculatePermanentIncapacity',
      summary: 'Aposentadoria por incapacidade permanente: right, first day and amount',
      request: schemas.permanentIncapacityRequest,
      example: {
        category: 'empregado',
        cause: 'doenca',
        incapacitySince: '2026-03-01',
        temporaryUntil: '2026-08-31',
        sex: 'M',
        average: 300_000,
        time: { years: 23, months: 0, days: 0 },
        contributions: 276,
        insured: true,
      },
      answer: schemas.permanentIncapacity,
      faults: (body) => [
        ...historyFaults(body),
        before(body.temporaryUntil, body.incapacitySince, '/temporaryUntil', 'end_before_start'),
        before(body.requestedOn, body.incapacitySince, '/requestedOn', 'before_the_event'),
      ],
      compute: (body) => law.aposentadoriaIncapacidadePermanente(parameters, withPeriods(body)),
    }),
    calculator({
      id: 'pensao-por-morte',
      operation: 'calculateSurvivorPension',
      summary: 'Pensão por morte: amount, part and term of each dependant',
      request: schemas.survivorPensionRequest,
      example: {
        deathDate: '2026-03-01',
        requestedOn: '2026-04-10',
        cause: 'doenca',
        retirementAmount: 500_000,
        contributions: 60,
        dependants: [
          { kind: 'conjuge', birthDate: '1984-05-10', unionSince: '2010-01-01' },
          { kind: 'filho', birthDate: '2012-02-29' },
        ],
      },
      answer: schemas.survivorPension,
      faults: (body) => [
        ...historyFaults(body),
        before(body.requestedOn, body.deathDate, '/requestedOn', 'before_the_event'),
        ...dependantFaults(body.dependants, body.deathDate),
      ],
      compute: (body) => law.pensaoPorMorte(parameters, withPeriods(body)),
    }),
    calculator({
      id: 'acumulacao',
      operation: 'calculateAccumulation',
      summary: 'Pension received together with other benefits: what of each is paid',
      request: schemas.accumulationRequest,
      example: {
        on: '2026-11-01',
        benefits: [
          { kind: 'aposentadoria', regime: 'inss', amount: 510_000 },
          { kind: 'pensao', regime: 'inss', amount: 450_000 },
        ],
      },
      answer: schemas.accumulation,
      compute: (body) => law.acumulacao(parameters, body),
    }),
    calculator({
      id: 'auxilio-acidente',
      operation: 'calculateAccidentBenefit',
      summary: 'Auxílio-acidente: right, first day and amount',
      request: schemas.accidentRequest,
      example: {
        category: 'empregado',
        accidentDate: '2026-01-10',
        lastingHarm: true,
        temporaryUntil: '2026-06-30',
        average: 260_000,
        insured: true,
        retired: false,
      },
      answer: schemas.accident,
      faults: (body) => [
        ...historyFaults(body),
        before(body.temporaryUntil, body.accidentDate, '/temporaryUntil', 'end_before_start'),
        before(body.requestedOn, body.accidentDate, '/requestedOn', 'before_the_event'),
      ],
      compute: (body) => law.auxilioAcidente(parameters, withPeriods(body)),
    }),
    calculator({
      id: 'bpc',
      operation: 'calculateBpc',
      summary: 'BPC: the family, the income of each person, what counts of it and the right',
      request: schemas.bpcRequest,
      example: {
        on: '2026-11-23',
        kind: 'idoso',
        household: [
          { kinship: 'requerente', birthDate: '1960-03-12' },
          {
            kinship: 'conjuge',
            birthDate: '1958-07-01',
            incomes: [{ kind: 'beneficio_previdenciario', amount: 162_100 }],
          },
        ],
        cadunicoUpdatedOn: '2026-02-10',
        otherBenefit: false,
      },
      answer: schemas.bpcAnswer,
      faults: (body) =>
        body.household.map((person, index) =>
          after(person.birthDate, body.on ?? today(), `/household/${index}/birthDate`, 'after_the_event'),
        ),
      compute: (body) => law.bpc(parameters, { ...body, on: body.on ?? today() }),
    }),
    calculator({
      id: 'auxilio-reclusao',
      operation: 'calculatePrisonBenefit',
      summary: 'Auxílio-reclusão: right, part and term of each dependant',
      request: schemas.prisonRequest,
      example: {
        imprisonedOn: '2026-05-04',
        requestedOn: '2026-06-01',
        regime: 'fechado',
        averageIncome: 180_000,
        paidMeanwhile: false,
        contributions: 30,
        insured: true,
        dependants: [{ kind: 'filho', birthDate: '2019-01-20' }],
      },
      answer: schemas.prison,
      faults: (body) => [
        ...historyFaults(body),
        before(body.requestedOn, body.imprisonedOn, '/requestedOn', 'before_the_event'),
        ...dependantFaults(body.dependants, body.imprisonedOn),
      ],
      compute: (body) => law.auxilioReclusao(parameters, withPeriods(body)),
    }),
    calculator({
      id: 'salario-familia',
      operation: 'calculateFamilyAllowance',
      summary: 'Salário-família of a month',
      request: schemas.familyAllowanceRequest,
      example: {
        month: '2026-11',
        category: 'empregado',
        pay: 190_000,
        children: [{ birthDate: '2015-04-02' }, { birthDate: '2019-12-30' }],
      },
      answer: schemas.familyAllowance,
      compute: (body) => law.salarioFamilia(parameters, body),
    }),
    calculator({
      id: 'seguro-defeso',
      operation: 'calculateClosedSeason',
      summary: 'Seguro-defeso: who decides it, and what is asked',
      request: schemas.closedSeasonRequest,
      example: {
        seasonStart: '2026-11-01',
        requestedOn: '2026-10-20',
        registeredOn: '2021-03-01',
        monthsWithSales: 8,
        otherIncome: false,
        otherBenefit: false,
        inCadunico: true,
        livesInArea: true,
      },
      answer: schemas.closedSeason,
      compute: (body) => law.seguroDefeso(parameters, body),
    }),
    calculator({
      id: 'contribuicao',
      operation: 'calculateContribution',
      summary: 'Contribution of a month: amount, who pays, until when, and what makes the month count',
      description: 'A complement is what is owed before interest and fine.',
      request: schemas.contributionRequest,
      example: { month: '2026-11', category: 'empregado', pay: 350_000 },
      answer: schemas.contribution,
      compute: (body) => law.contribuicao(parameters, body),
    }),
    calculator({
      id: 'complemento-da-contribuicao',
      operation: 'calculateContributionComplement',
      summary: 'What is owed for months that do not count as they are',
      description: 'Before interest and fine.',
      request: schemas.complementRequest,
      example: {
        category: 'empregado',
        months: [
          { month: '2026-01', pay: 100_000 },
          { month: '2026-02', pay: 170_000 },
        ],
      },
      answer: schemas.complementAnswer,
      compute: (body) => law.complementoDaContribuicao(parameters, body),
    }),
    calculator({
      id: 'decimo-terceiro',
      operation: 'calculateThirteenth',
      summary: '13th payment of a benefit in a year, with its instalments and pay days',
      description: 'Before income tax. The months of a year not decreed yet are those of the regulation.',
      request: schemas.thirteenthRequest,
      example: {
        year: 2026,
        benefit: 'aposentadoria',
        startDate: '2020-05-01',
        monthlyAmount: 250_000,
        digit: 4,
        aboveMinimum: true,
      },
      answer: schemas.thirteenth,
      faults: (body) => [before(body.endDate, body.startDate, '/endDate', 'end_before_start')],
      compute: (body) => law.decimoTerceiro(parameters, body),
    }),
    serviceOperation({
      id: 'getLoanMargin',
      method: 'get',
      path: '/v1/loan-margin',
      tag: 'service',
      summary: 'How much of a benefit payroll loans may take',
      query: z.strictObject({
        kind: z.enum(['previdenciario', 'bpc']),
        on: schemas.dayParameter.optional().describe('Default: today'),
        netAmount: z.coerce.number().int().min(0).max(1_000_000_000).optional(),
      }),
      examples: { query: { kind: 'previdenciario', on: '2026-11-23', netAmount: '162100' } },
      success: { status: 200, description: 'Shares and amounts', schema: schemas.loanMargin },
      problems: ['law_gap'],
      handle: ({ query }) => ({
        body: law.margemConsignavel(parameters, { ...query, on: query.on ?? today() }),
      }),
    }),
    serviceOperation({
      id: 'getDecisionDeadline',
      method: 'get',
      path: '/v1/decision-deadlines/{id}',
      tag: 'service',
      summary: 'Reference days for the INSS to decide, from the end of the fact-finding',
      params: z.strictObject({ id: z.string().max(60) }),
      examples: { params: { id: 'salario-maternidade' } },
      success: { status: 200, description: 'The days', schema: schemas.decisionDeadlineAnswer },
      problems: ['law_gap'],
      handle: ({ params }) => ({
        body: { service: params.id, ...law.decisionDeadline(parameters, params.id) },
      }),
    }),
  ]
}

type WirePeriod = Omit<law.HistoryPeriod, 'end' | 'plan'> & {
  end?: string | null | undefined
  plan?: law.Plan | null | undefined
}

function periodsOf(history: WirePeriod[]): law.HistoryPeriod[] {
  return history.map((each) => ({ ...each, end: each.end ?? null, plan: each.plan ?? undefined }))
}

function withPeriods<B extends { history?: WirePeriod[] | undefined }>(
  body: B,
): Omit<B, 'history'> & { history?: law.HistoryPeriod[] } {
  const { history, ...rest } = body
  return history === undefined ? rest : { ...rest, history: periodsOf(history) }
}

function historyFaults({ history = [] }: { history?: WirePeriod[] | undefined }): (Fault | false)[] {
  return history.flatMap((each, index) => [
    before(each.end ?? undefined, each.start, `/history/${index}/end`, 'end_before_start'),
    ...Object.keys(each.salaries ?? {}).map((month) =>
      before(month, each.start.slice(0, 7), `/history/${index}/salaries/${month}`, 'salary_outside_period'),
    ),
  ])
}

function dependantFaults(
  dependants: { kind: string; birthDate: string; unionSince?: string | undefined }[],
  event: string,
): (Fault | false)[] {
  return dependants.flatMap((each, index) => [
    // A child may be born after the event.
    each.kind !== 'filho' &&
      after(each.birthDate, event, `/dependants/${index}/birthDate`, 'after_the_event'),
    after(each.unionSince, event, `/dependants/${index}/unionSince`, 'after_the_event'),
  ])
}

function before(date: string | undefined, limit: string, pointer: string, detail: string): Fault | false {
  return date !== undefined && date < limit && { pointer, detail }
}

function after(date: string | undefined, limit: string, pointer: string, detail: string): Fault | false {
  return date !== undefined && date > limit && { pointer, detail }
}
