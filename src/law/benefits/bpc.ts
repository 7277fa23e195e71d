import { divideRounding } from '../average'
import { addMonths, addYears, toDayNumber } from '../calendar'
import { entryOn, type Parameters, valueOn } from '../parameters'
import { ageAt, isoDuration, tempoYear } from '../tempo'
import type { Centavos, CivilDate } from '../types'
import { type BenefitAnswer, Conditions, reais } from './answer'
import { part, shareOn } from './share'

export type IncomeKind =
  | 'trabalho'
  | 'trabalho_informal'
  | 'beneficio_previdenciario'
  | 'bpc'
  | 'auxilio_inclusao'
  | 'transferencia_de_renda'
  | 'pensao_alimenticia'
  | 'estagio'
  | 'aprendizagem'
  | 'rompimento_de_barragem'
  | 'outra'

export type Kinship =
  | 'requerente'
  | 'conjuge'
  | 'companheiro'
  | 'pai'
  | 'mae'
  | 'padrasto'
  | 'madrasta'
  | 'irmao'
  | 'filho'
  | 'enteado'
  | 'menor_tutelado'
  | 'outro'

export type FamilyMember = {
  kinship: Kinship
  birthDate?: CivilDate | undefined
  disabled?: boolean | undefined
  /** Married, in a stable union, divorced or widowed: a child or sibling who is, is another family. */
  hasHadSpouse?: boolean | undefined
  /** Lives in a hospital, a shelter or a home. */
  inInstitution?: boolean | undefined
  incomes?: { kind: IncomeKind; amount: Centavos }[] | undefined
}

export type Expense = 'medicamentos' | 'tratamentos' | 'fraldas' | 'alimentacao_especial' | 'centro_dia'

export type BpcFacts = {
  /** Day of the request. */
  on: CivilDate
  kind: 'idoso' | 'deficiencia'
  /** Everybody under the same roof, the person asking among them and only once. */
  household: FamilyMember[]
  /** Months the impediment lasts, or will. */
  impedimentMonths?: number | undefined
  /** Continuous, prescribed, and refused by SUS or SUAS; `amount` the mean of twelve receipts, when above the standard. */
  expenses?: { kind: Expense; amount?: Centavos | undefined }[] | undefined
  /** Last day the family's CadUnico was brought up to date. */
  cadunicoUpdatedOn?: CivilDate | undefined
  /** Receives another benefit of social security, or unemployment insurance. */
  otherBenefit?: boolean | undefined
}

export type CountedIncome = {
  /** Place in `household`, from 0. */
  member: number
  kind: IncomeKind
  amount: Centavos
  counted: boolean
  /** Why it does not count; null when it does. */
  source: string | null
}

export type BpcAnswer = BenefitAnswer & {
  /** Places in `household` of those who are the family. */
  family: number[]
  incomes: CountedIncome[]
  /** What of the expenses was taken off. */
  deducted: Centavos
  familyIncome: Centavos
  incomePerHead: Centavos
  limitPerHead: Centavos
}

const ordinance = 'Portaria Conjunta MDS/INSS 34/2025, art. 8º'

// Lei 8.742/1993, art. 20: "O benefício de prestação continuada é a garantia de um salário-mínimo mensal à pessoa com
// deficiência e ao idoso com 65 (sessenta e cinco) anos ou mais que comprovem não possuir meios de prover a própria
// manutenção nem de tê-la provida por sua família. § 1º [...] a família é composta pelo requerente, o cônjuge ou
// companheiro, os pais e, na ausência de um deles, a madrasta ou o padrasto, os irmãos solteiros, os filhos e enteados
// solteiros e os menores tutelados, desde que vivam sob o mesmo teto."
/** Right to the BPC, with the income of each person of the family. @throws LawGap outside coverage */
export function bpc(parameters: Parameters, facts: BpcFacts): BpcAnswer {
  const day = toDayNumber(facts.on)
  const limitEntry = entryOn(parameters, 'bpc-renda', day)
  const wage = valueOn(parameters, 'salario-minimo', day)
  const family = familyOf(facts.household)
  const incomes = incomesOf(facts, family, wage)
  const gross = incomes.reduce((sum, each) => sum + (each.counted ? each.amount : 0), 0)
  const deducted = Math.min(gross, expensesOf(parameters, facts, day))
  const familyIncome = gross - deducted
  const incomePerHead = divideRounding(familyIncome, family.length)
  const limitPerHead = part(wage, shareOn(parameters, 'bpc-renda', day))
  const conditions = new Conditions()
  requirePerson(parameters, facts, conditions)
  conditions.list.push({
    id: 'renda_por_pessoa',
    required: reais(limitPerHead),
    found: reais(incomePerHead),
    // Exact: a quarter of the wage may not be whole centavos.
    met: familyIncome * 10_000 <= wage * shareOn(parameters, 'bpc-renda', day) * family.length,
    source: limitEntry.source,
  })
  requireRegister(parameters, facts, conditions)
  conditions.isTrue(
    'sem_outro_beneficio',
    facts.otherBenefit === undefined ? undefined : !facts.otherBenefit,
    'Lei 8.742/1993, art. 20, § 4º; Decreto 6.214/2007, anexo, art. 5º (Decreto 12.534/2025)',
  )
  return {
    entitled: conditions.verdict,
    conditions: conditions.list,
    missing: conditions.missing,
    startDate: facts.on,
    amount: wage,
    family,
    incomes,
    deducted,
    familyIncome,
    incomePerHead,
    limitPerHead,
    source: ['Lei 8.742/1993, art. 20', limitEntry.source, ordinance],
    assumptions: [],
    notModelled: ['avaliacao_biopsicossocial', 'biometria', 'renda_ate_meio_salario', 'decisao_judicial'],
  }
}

/** Places of those who make up the family of the person asking. */
function familyOf(household: FamilyMember[]): number[] {
  const has = (kinship: Kinship) => household.some((each) => each.kinship === kinship)
  return household.flatMap((member, index) => {
    if (member.kinship === 'requerente') return [index]
    if (member.inInstitution === true || member.kinship === 'outro') return []
    const ownFamily = ['irmao', 'filho', 'enteado'].includes(member.kinship) && member.hasHadSpouse === true
    const instead =
      (member.kinship === 'padrasto' && has('pai')) || (member.kinship === 'madrasta' && has('mae'))
    return ownFamily || instead ? [] : [index]
  })
}

/** Every income of the family, and whether it counts. */
function incomesOf({ household, on }: BpcFacts, family: number[], wage: Centavos): CountedIncome[] {
  return family.flatMap((member) => {
    const person = household[member]
    const asks = person?.kinship === 'requerente'
    const protectedPerson =
      person?.disabled === true || (person?.birthDate !== undefined && addYears(person.birthDate, 65) <= on)
    let oneLeftOut = false
    return (person?.incomes ?? []).map(({ kind, amount }): CountedIncome => {
      const smallBenefit =
        kind === 'beneficio_previdenciario' && amount <= wage && protectedPerson && !asks && !oneLeftOut
      if (smallBenefit) oneLeftOut = true
      const source = smallBenefit ? `${ordinance}, I, e, e § 1º` : asks ? null : (leftOut[kind] ?? null)
      return { member, kind, amount, counted: source === null, source }
    })
  })
}

/** Incomes that never count (Decreto 6.214/2007, anexo, art. 4º, § 2º, and the ordinance). */
const leftOut: Partial<Record<IncomeKind, string>> = {
  estagio: `${ordinance}, I, a`,
  aprendizagem: `${ordinance}, I, b`,
  rompimento_de_barragem: `${ordinance}, I, c`,
  bpc: `${ordinance}, I, d`,
  auxilio_inclusao: `${ordinance}, I, f`,
}

/** Each kind of expense once: the standard amount, or the receipts when they are above it. @throws LawGap */
function expensesOf(parameters: Parameters, { expenses = [] }: BpcFacts, day: number): Centavos {
  const kinds = new Map<Expense, Centavos>()
  for (const { kind, amount = 0 } of expenses) {
    const standard = valueOn(parameters, 'bpc-gastos', day, kind)
    kinds.set(kind, Math.max(standard, amount, kinds.get(kind) ?? 0))
  }
  return [...kinds.values()].reduce((sum, each) => sum + each, 0)
}

function requirePerson(parameters: Parameters, facts: BpcFacts, conditions: Conditions): void {
  const day = toDayNumber(facts.on)
  if (facts.kind === 'deficiencia') {
    const { value, source } = entryOn(parameters, 'bpc-impedimento', day)
    conditions.atLeast('impedimento_de_longo_prazo', value?.value ?? 0, facts.impedimentMonths, source)
    return
  }
  const { value, source } = entryOn(parameters, 'bpc-idade', day)
  const birth = facts.household.find((each) => each.kinship === 'requerente')?.birthDate
  const required = value?.value ?? 0
  if (birth === undefined) conditions.missing.push('idade')
  else {
    const age = ageAt(toDayNumber(birth), day)
    const met = addYears(birth, required / tempoYear) <= facts.on
    conditions.duration('idade', isoDuration(required), isoDuration(age), met, source)
  }
}

function requireRegister(parameters: Parameters, facts: BpcFacts, conditions: Conditions): void {
  const { value, source } = entryOn(parameters, 'bpc-cadastro', toDayNumber(facts.on))
  const months = value?.value ?? 0
  const updated = facts.cadunicoUpdatedOn
  conditions.isTrue(
    'cadunico',
    updated === undefined ? undefined : addMonths(updated, months) >= facts.on,
    source,
  )
}
