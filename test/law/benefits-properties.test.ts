import fc from 'fast-check'
import type { z } from 'zod'
import * as schemas from '../../src/inss-api/schemas/calculations'
import * as law from '../../src/law'
import { parameterFolder } from './world'

const parameters = law.loadParameters(parameterFolder)
const { calendar } = law

const money = fc.integer({ min: 0, max: 1_000_000_000 })
const realistic = fc.integer({ min: 0, max: 2_000_000 })
const between = (first: string, last: string) =>
  fc
    .integer({ min: calendar.toDayNumber(first), max: calendar.toDayNumber(last) })
    .map((day) => calendar.fromDayNumber(day))
const anyDay = between('1900-01-01', '2100-12-31')
const sinceReform = between('2019-11-14', '2026-12-31')
const month = between('2020-03-01', '2026-12-31').map((day) => day.slice(0, 7))
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined })
const category = fc.constantFrom(
  'empregado' as const,
  'domestico' as const,
  'avulso' as const,
  'contribuinte_individual' as const,
  'facultativo' as const,
  'mei' as const,
  'segurado_especial' as const,
)
const cause = fc.constantFrom(
  'doenca' as const,
  'doenca_da_lista' as const,
  'acidente' as const,
  'acidente_do_trabalho' as const,
  'doenca_do_trabalho' as const,
)
const sex = fc.constantFrom('F' as const, 'M' as const)
const time = fc.record({
  years: fc.integer({ min: 0, max: 60 }),
  months: fc.integer({ min: 0, max: 11 }),
  days: fc.integer({ min: 0, max: 29 }),
})
const totals = {
  average: maybe(money),
  last12Average: maybe(money),
  contributions: maybe(fc.integer({ min: 0, max: 600 })),
  contributionsSinceReturn: maybe(fc.integer({ min: 0, max: 60 })),
  insured: maybe(fc.boolean()),
}
const dependant = fc.record({
  kind: fc.constantFrom(
    'conjuge' as const,
    'companheiro' as const,
    'ex_conjuge_com_pensao' as const,
    'filho' as const,
    'enteado' as const,
    'menor_tutelado' as const,
    'menor_sob_guarda' as const,
    'pai' as const,
    'mae' as const,
    'irmao' as const,
  ),
  birthDate: anyDay,
  disabled: maybe(fc.boolean()),
  unionSince: maybe(anyDay),
  alimonyUntil: maybe(anyDay),
})
const dependants = fc.array(dependant, { minLength: 1, maxLength: 9 })
const income = fc.record({
  kind: fc.constantFrom('trabalho' as const, 'beneficio_previdenciario' as const, 'estagio' as const),
  amount: realistic,
})
const relative = fc.record({
  kinship: fc.constantFrom('conjuge' as const, 'filho' as const, 'irmao' as const, 'outro' as const),
  birthDate: maybe(between('1930-01-01', '2024-01-01')),
  disabled: maybe(fc.boolean()),
  hasHadSpouse: maybe(fc.boolean()),
  inInstitution: maybe(fc.boolean()),
  incomes: maybe(fc.array(income, { maxLength: 4 })),
})

/** The answer fits the published schema, or the law of the day is not in here. */
function answers<A>(schema: z.ZodType<A>, compute: () => unknown): void {
  let found: unknown
  try {
    found = compute()
  } catch (fault) {
    if (fault instanceof law.LawGap) return
    throw fault
  }
  const parsed = schema.safeParse(found)
  if (!parsed.success) throw new Error(parsed.error.message)
}

describe('whatever is asked, the answer follows the contract or names a gap', () => {
  const check = <F>(facts: fc.Arbitrary<F>, schema: z.ZodType, compute: (facts: F) => unknown) =>
    fc.assert(
      fc.property(facts, (each) => answers(schema, () => compute(each))),
      { numRuns: 300 },
    )
  const incapacity = { category, cause, incapacitySince: anyDay, requestedOn: maybe(anyDay), ...totals }

  test('of incapacity', () => {
    check(
      fc.record({ ...incapacity, incapacityUntil: maybe(anyDay) }),
      schemas.temporaryIncapacity,
      (facts) => law.auxilioIncapacidadeTemporaria(parameters, facts),
    )
    check(
      fc.record({ ...incapacity, sex, time: maybe(time), needsHelp: maybe(fc.boolean()) }),
      schemas.permanentIncapacity,
      (facts) => law.aposentadoriaIncapacidadePermanente(parameters, facts),
    )
    check(fc.record({ category, accidentDate: anyDay, ...totals }), schemas.accident, (facts) =>
      law.auxilioAcidente(parameters, facts),
    )
  })

  test('of death and prison', () => {
    check(
      fc.record({
        deathDate: anyDay,
        requestedOn: maybe(anyDay),
        cause,
        sex: maybe(sex),
        time: maybe(time),
        retirementAmount: maybe(money),
        dependants,
        ...totals,
      }),
      schemas.survivorPension,
      (facts) => law.pensaoPorMorte(parameters, facts),
    )
    const regime = fc.constantFrom('fechado' as const, 'aberto' as const)
    check(
      fc.record({ imprisonedOn: anyDay, regime, averageIncome: maybe(money), dependants }),
      schemas.prison,
      (facts) => law.auxilioReclusao(parameters, facts),
    )
  })

  test('of contribution and the rest', () => {
    const anyMonth = anyDay.map((day) => day.slice(0, 7))
    check(
      fc.record({
        month: anyMonth,
        category,
        pay: money,
        forCompany: maybe(fc.boolean()),
        lorryDriver: maybe(fc.boolean()),
      }),
      schemas.contribution,
      (facts) => law.contribuicao(parameters, facts),
    )
    check(
      fc.record({
        month: anyMonth,
        category,
        pay: money,
        children: fc.array(fc.record({ birthDate: anyDay, disabled: maybe(fc.boolean()) })),
      }),
      schemas.familyAllowance,
      (facts) => law.salarioFamilia(parameters, facts),
    )
    check(
      fc.record({ seasonStart: anyDay, requestedOn: maybe(anyDay), registeredOn: maybe(anyDay) }),
      schemas.closedSeason,
      (facts) => law.seguroDefeso(parameters, facts),
    )
    check(
      fc.record({
        year: fc.integer({ min: 1900, max: 2100 }),
        benefit: fc.constantFrom('aposentadoria' as const, 'salario_maternidade' as const, 'bpc' as const),
        startDate: anyDay,
        endDate: maybe(anyDay),
        monthlyAmount: money,
        digit: maybe(fc.integer({ min: 0, max: 9 })),
        aboveMinimum: maybe(fc.boolean()),
      }),
      schemas.thirteenth,
      (facts) => law.decimoTerceiro(parameters, facts),
    )
    const kind = fc.constantFrom('idoso' as const, 'deficiencia' as const)
    check(
      fc.record({ on: anyDay, kind, household: fc.array(relative, { maxLength: 8 }) }),
      schemas.bpcAnswer,
      ({ household, ...facts }) =>
        law.bpc(parameters, { ...facts, household: [{ kinship: 'requerente' }, ...household] }),
    )
  })
})

describe('what is natural of each', () => {
  test('more of a smaller benefit never brings less, and no more than itself', () => {
    const on = '2026-06-01'
    const total = (amount: number) =>
      law.acumulacao(parameters, {
        on,
        benefits: [
          { kind: 'aposentadoria', regime: 'inss', amount: 800_000 },
          { kind: 'pensao', regime: 'inss', amount },
        ],
      }).total
    fc.assert(
      fc.property(realistic, realistic, (a, b) => {
        const [low, high] = a < b ? [a, b] : [b, a]
        expect(total(high)).toBeGreaterThanOrEqual(total(low))
        expect(total(high)).toBeLessThanOrEqual(800_000 + high)
        expect(total(high)).toBeGreaterThanOrEqual(Math.max(800_000, high))
      }),
    )
  })

  test('a higher pay never owes less, and never more than at the ceiling', () => {
    fc.assert(
      fc.property(month, realistic, realistic, (of, a, b) => {
        const [low, high] = a < b ? [a, b] : [b, a]
        const owed = (pay: number) =>
          law.contribuicao(parameters, { month: of, category: 'empregado', pay }).amount
        expect(owed(high)).toBeGreaterThanOrEqual(owed(low))
        expect(owed(high)).toBeLessThanOrEqual(owed(1_000_000_000))
      }),
    )
  })

  test('the pension is between 60 and 100 per cent, falls as people leave, and their order does not matter', () => {
    fc.assert(
      fc.property(sinceReform, dependants, realistic, (deathDate, list, retirementAmount) => {
        const facts = { deathDate, cause: 'doenca' as const, retirementAmount, dependants: list }
        const answer = law.pensaoPorMorte(parameters, facts)
        const backwards = law.pensaoPorMorte(parameters, { ...facts, dependants: [...list].reverse() })
        expect(backwards.amount).toBe(answer.amount)
        const percents = answer.stages.map((each) => Number(each.percent))
        for (const [index, percent] of percents.entries()) {
          expect(percent).toBeGreaterThanOrEqual(0.6)
          expect(percent).toBeLessThanOrEqual(percents[index - 1] ?? 1)
        }
      }),
    )
  })

  test('a benefit of incapacity stays between the minimum wage and the ceiling, and grows with the average', () => {
    const amount = (average: number, last12Average: number) =>
      law.auxilioIncapacidadeTemporaria(parameters, {
        category: 'empregado',
        cause: 'acidente',
        incapacitySince: '2026-09-01',
        average,
        last12Average,
      }).amount ?? 0
    fc.assert(
      fc.property(realistic, realistic, realistic, (a, b, last12) => {
        const [low, high] = a < b ? [a, b] : [b, a]
        expect(amount(high, last12)).toBeGreaterThanOrEqual(amount(low, last12))
        expect(amount(low, last12)).toBeGreaterThanOrEqual(162_100)
        expect(amount(high, last12)).toBeLessThanOrEqual(847_555)
      }),
    )
  })

  test('more income in the house never brings the BPC', () => {
    const entitled = (household: Parameters<typeof law.bpc>[1]['household']) =>
      law
        .bpc(parameters, { on: '2026-11-23', kind: 'idoso', household })
        .conditions.find((each) => each.id === 'renda_por_pessoa')?.met
    fc.assert(
      fc.property(fc.array(relative, { maxLength: 5 }), realistic, (others, more) => {
        const applicant = { kinship: 'requerente' as const, birthDate: '1950-01-01' }
        const richer = { ...applicant, incomes: [{ kind: 'trabalho' as const, amount: more }] }
        if (entitled([richer, ...others])) expect(entitled([applicant, ...others])).toBe(true)
      }),
    )
  })

  test('the instalments of the 13th add up to it', () => {
    fc.assert(
      fc.property(
        between('2015-01-01', '2026-12-31'),
        maybe(between('2015-01-01', '2028-12-31')),
        realistic,
        (startDate, endDate, monthlyAmount) => {
          const facts = { year: 2026, benefit: 'aposentadoria' as const, startDate, endDate, monthlyAmount }
          const answer = law.decimoTerceiro(parameters, facts)
          expect(answer.instalments.reduce((sum, each) => sum + each.amount, 0)).toBe(answer.amount)
          expect(answer.amount).toBeLessThanOrEqual(monthlyAmount)
        },
      ),
    )
  })
})
