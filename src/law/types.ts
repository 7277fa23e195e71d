/** Civil date `YYYY-MM-DD`. */
export type CivilDate = string
/** Month of contribution `YYYY-MM`. */
export type Competencia = string
/** Money in centavos: a safe integer. */
export type Centavos = number
/** Years, months and days as the law counts them: 12 months a year, 30 days a month. */
export type Duration = { years: number; months: number; days: number }

export type Sex = 'F' | 'M'

export type Category =
  | 'empregado'
  | 'domestico'
  | 'avulso'
  | 'contribuinte_individual'
  | 'facultativo'
  | 'mei'
  | 'segurado_especial'

export type Kind =
  | 'comum'
  | 'magisterio'
  | 'especial_15'
  | 'especial_20'
  | 'especial_25'
  | 'deficiencia_leve'
  | 'deficiencia_moderada'
  | 'deficiencia_grave'
  | 'rural'

/** Kind of a period of the record: work, or time in benefit for incapacity. */
export type PeriodKind = Kind | 'incapacidade'

/** Rate paid by contribuinte_individual, facultativo and mei: 20 % counts for everything, 11 % and 5 % do not. */
export type Plan = '20' | '11' | '5'

export type RuleId =
  | 'direito_adquirido_tc'
  | 'direito_adquirido_tc_8595'
  | 'direito_adquirido_idade'
  | 'direito_adquirido_proporcional'
  | 'direito_adquirido_especial'
  | 'art15_pontos'
  | 'art15_professor'
  | 'art16_idade_progressiva'
  | 'art16_professor'
  | 'art17_pedagio50'
  | 'art18_idade'
  | 'art19_programada'
  | 'art19_professor'
  | 'art19_especial_15'
  | 'art19_especial_20'
  | 'art19_especial_25'
  | 'art20_pedagio100'
  | 'art20_professor'
  | 'art21_especial_15'
  | 'art21_especial_20'
  | 'art21_especial_25'
  | 'lc142_idade'
  | 'lc142_tc_leve'
  | 'lc142_tc_moderada'
  | 'lc142_tc_grave'
  | 'rural_idade'
  | 'hibrida'

/** What is known of a life of work. Exactly one of `summary` and `history` is given. */
export type SimulationRequest = {
  /** Day the situation is judged; from the reform (2019-11-13) on. */
  asOf: CivilDate
  sex: Sex
  birthDate: CivilDate
  /** Affiliated by 2019-11-13; derived from `history` or from the time at the reform when absent. */
  affiliatedBeforeReform?: boolean | undefined
  summary?: Summary | undefined
  history?: HistoryPeriod[] | undefined
  projection?: Projection | undefined
}

/** Exactly one of `timeAtReform` and `timeUntil` is given. */
export type Summary = {
  /** Time up to and including 2019-11-13, of the kind `kindAtReform`. */
  timeAtReform?: Duration | undefined
  timeUntil?: (Duration & { date: CivilDate }) | undefined
  kindAtReform?: Exclude<Kind, 'rural'> | undefined
  /** Common time beside the above kind. */
  otherTimeAtReform?: Duration | undefined
  /** Months of carencia at the reform (or at `timeUntil.date`); absent: the whole months of the time given. */
  carenciaMonths?: number | undefined
  /** Months as segurado especial, for rural and hybrid retirement. */
  ruralMonths?: number | undefined
  afterReform?: 'continuous' | 'none' | { start: CivilDate; end: CivilDate }[] | undefined
  /** Corrected average since 07/1994; absent: amounts are absent. */
  averageSalary?: Centavos | undefined
  fatorInputs?: null | undefined
}

/** One relationship of the contribution record. */
export type HistoryPeriod = {
  start: CivilDate
  /** `null`: not ended as far as the record shows. */
  end: CivilDate | null
  category: Category
  kind?: PeriodKind | undefined
  /** Absent: '5' for mei, '20' for the others. */
  plan?: Plan | undefined
  /** CNIS indicators; pending ones keep the period from counting until they are solved. */
  indicators?: string[] | undefined
  /** Salario de contribuicao per competência; absent or empty: not informed. */
  salaries?: Record<Competencia, Centavos> | undefined
}

export type Projection = {
  /** Absent: goes on as in the last month. */
  contributes?: boolean | undefined
  /** In today's prices; absent: the last salary known. */
  monthlySalary?: Centavos | undefined
}

export type SimulationAnswer = {
  asOf: CivilDate
  totals: Totals
  rules: RuleAnswer[]
  /** Ids of the rule met first and of the one with the highest amount; null when there is none. */
  best: { soonest: RuleId | null; highest: RuleId | null }
  assumptions: Assumption[]
  pending: PendingItem[]
  /** What can be done about months below the minimum wage; null when there are none. */
  adjustments: Adjustments | null
  /** What waiting is worth; null without amounts. */
  comparison: Comparison | null
}

/** EC 103/2019, art. 29: months from 11/2019 on that do not count because what was paid is below the minimum wage. */
export type Adjustments = {
  source: string
  years: AdjustmentYear[]
  /** Totals once every one of these months is completed. */
  totalsIfCompleted: Totals
}

/** Surplus and grouping only work between months of one calendar year. */
export type AdjustmentYear = {
  year: number
  /** `missing`: base of the contribution still to pay to complete the month. */
  months: { month: Competencia; paid: Centavos; minimum: Centavos; missing: Centavos }[]
  /** What other months of the year have above the minimum wage. */
  surplus: Centavos
  /** How many of the months that surplus completes, and how many remain when they are grouped. */
  completedBySurplus: number
  leftByGrouping: number
}

/** The amount of the first day with one, and each later day from which it is higher. */
export type Comparison = {
  from: { rule: RuleId; on: CivilDate; amount: Centavos }
  later: {
    rule: RuleId
    on: CivilDate
    amount: Centavos
    /** Months waited, the last one whole. */
    months: number
    /** More a month than at the start. */
    more: Centavos
    /** Months of the higher amount until what was not received while waiting is made up for. */
    recoveredIn: number
  }[]
}

export type Totals = {
  age: Duration
  time: Duration
  /** Months of carencia. */
  carencia: number
  /** Age plus time, with two decimals cut (not rounded). */
  points: string
}

export type RuleAnswer = {
  id: RuleId
  /** On `asOf`; an entitlement once met is kept. */
  entitled: boolean
  /** First day every condition holds, past or projected; null: never under the projection. */
  entitledOn: CivilDate | null
  /** As found on `asOf`, or on `entitledOn` when the right was met earlier and only then. */
  conditions: Condition[]
  /** Absent right: null. */
  benefit: Benefit | null
  /** What of this rule the engine does not look at, as ids. */
  notModelled: string[]
}

/**
 * One named requirement. `required` and `found` are points ("93", "91.81"), months ("180"), or ISO 8601 durations
 * for ages and times ("P59Y6M", "P29Y11M15D", "P0D").
 */
export type Condition = { id: ConditionId; required: string; found: string; met: boolean; source: string }

export type ConditionId =
  | 'idade'
  | 'tempo'
  | 'pontos'
  | 'carencia'
  | 'tempo_na_reforma'
  | 'idade_na_reforma'
  | 'pontos_na_reforma'
  | 'carencia_na_reforma'
  | 'pedagio'
  | 'pedagio_na_reforma'
  | 'magisterio'
  | 'exposicao'
  | 'exposicao_na_reforma'
  | 'deficiencia'
  | 'tempo_com_deficiencia'
  | 'meses_rurais'
  | 'qualidade_de_segurado'

/** The amount a rule gives on a day, and how it comes about. Null: not known (no salaries, or a law gap). */
export type Benefit = {
  /** Start day the amount is computed for: the later of `asOf` and `entitledOn`. */
  on: CivilDate
  average: Centavos | null
  /** Share of the average, four decimals. */
  coefficient: string | null
  /** Fator previdenciario, four decimals; null where the rule has none. */
  fator: string | null
  amount: Centavos | null
  source: string[]
  /** Months the average is divided by; null when the average was given. */
  divisor: number | null
  /** Months left out under EC 103 art. 26 § 6º. */
  discarded: number
  /** The parameter missing for the amount, if any. */
  lawGap?: { parameter: string; date: CivilDate }
}

/** Something taken as given, as data. `text_key` is its text in locales/pt-BR/law.json, other fields its parameters. */
export type Assumption = { id: string; text_key: string } & Record<string, unknown>

/** A pending indicator and what the record would be worth without it. */
export type PendingItem = {
  /** Place in `history`, from 0. */
  period: number
  indicator: string
  effect: 'not counted' | 'to confirm'
  totalsIfSolved: Partial<Totals>
}
