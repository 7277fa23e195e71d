import { addCompetencias, addDays, competenciaNumber, firstDayOf, lastDayOf, toDayNumber } from '../calendar'
import { assumption } from '../facts'
import { ceilingOfMonth, entryOn, minimumOfMonth, type Parameters, valueOn } from '../parameters'
import { isPaymentDay } from '../payment-day'
import type { Assumption, Category, Centavos, CivilDate, Competencia, Plan } from '../types'
import { part, type Share, shareOn, shareText, whole } from './share'

export type ContributionFacts = {
  month: Competencia
  category: Category
  /** Of contribuinte_individual and facultativo; absent: '20'. */
  plan?: Plan | undefined
  /** All pay of the month; for a facultativo what is declared; for a segurado especial what was sold. */
  pay: Centavos
  /** The contribuinte_individual works for a company, which keeps the contribution back. */
  forCompany?: boolean | undefined
  /** The MEI drives a lorry. */
  lorryDriver?: boolean | undefined
}

export type ContributionAnswer = {
  month: Competencia
  /** What the rate is applied to. */
  base: Centavos
  amount: Centavos
  /** The one rate; null where there is one for each bracket. */
  rate: string | null
  /** Employees since 03/2020: what each bracket takes. */
  brackets: { upTo: Centavos; rate: string; within: Centavos; amount: Centavos }[]
  minimumWage: Centavos
  ceiling: Centavos
  paidBy: 'segurado' | 'empregador' | 'empresa' | 'comprador'
  /** Last day to pay; null when somebody else pays. */
  dueDate: CivilDate | null
  /** Whether the month counts for retirement by time as it is. */
  countsForTime: boolean
  /** What makes the month count: owed before interest and fine. */
  complement: Complement | null
  /** What a MEI pays in all, by activity. */
  das: { comercio: Centavos; servicos: Centavos; comercio_e_servicos: Centavos } | null
  source: string[]
  assumptions: Assumption[]
  notModelled: string[]
}

export type Complement = {
  why: 'abaixo_do_minimo' | 'plano_reduzido'
  base: Centavos
  rate: string
  amount: Centavos
  dueDate: CivilDate
  interestIncluded: false
}

/** First month of the brackets that add up (EC 103/2019, arts. 28 and 36, I). */
const firstProgressiveMonth: Competencia = '2020-03'
/** First month that does not count below the minimum wage (EC 103/2019, art. 29; IN 128/2022, art. 209). */
const firstMonthOfMinimum: Competencia = '2019-11'

const notModelled = ['juros_e_multa', 'decimo_terceiro', 'varios_empregadores', 'pagamento_trimestral']

/** What is due for a month, who pays it, and what is owed so that it counts. @throws LawGap outside coverage */
export function contribuicao(parameters: Parameters, facts: ContributionFacts): ContributionAnswer {
  const number = competenciaNumber(facts.month)
  const day = toDayNumber(lastDayOf(facts.month))
  const brackets = entryOn(parameters, 'contribuicao-faixa', day)
  const common = {
    month: facts.month,
    minimumWage: minimumOfMonth(parameters, number),
    ceiling: ceilingOfMonth(parameters, number),
    brackets: [],
    das: null,
    complement: null,
    assumptions: [],
    notModelled,
    source: [brackets.source],
  }
  switch (facts.category) {
    case 'empregado':
    case 'domestico':
    case 'avulso':
      return ofEmployee(parameters, facts, common)
    case 'segurado_especial':
      return ofSpecial(parameters, facts, common)
    default:
      return ofOneself(parameters, facts, common)
  }
}

type Common = Pick<
  ContributionAnswer,
  | 'month'
  | 'minimumWage'
  | 'ceiling'
  | 'brackets'
  | 'das'
  | 'complement'
  | 'assumptions'
  | 'notModelled'
  | 'source'
>

// EC 103/2019, art. 28, § 1º: "As alíquotas previstas no caput serão aplicadas de forma progressiva sobre o salário de
// contribuição do segurado, incidindo cada alíquota sobre a faixa de valores compreendida nos respectivos limites."
function ofEmployee(parameters: Parameters, facts: ContributionFacts, common: Common): ContributionAnswer {
  const { month, pay } = facts
  const day = toDayNumber(lastDayOf(month))
  const limits = Object.entries(entryOn(parameters, 'contribuicao-faixa', day).value ?? {})
  const rates = entryOn(parameters, 'contribuicao-aliquota', day)
  const base = Math.min(pay, common.ceiling)
  const progressive = month >= firstProgressiveMonth
  const shareOf = (key: string) => shareOn(parameters, 'contribuicao-aliquota', day, key)
  const slices = limits.flatMap(([key, upTo], index) => {
    const within = Math.min(base, upTo) - (limits[index - 1]?.[1] ?? 0)
    // As published tables do, each bracket's part is cut to centavos before they are added.
    const amount = Math.floor((within * shareOf(key)) / whole)
    return within <= 0 ? [] : [{ upTo, rate: shareText(shareOf(key)), within, amount }]
  })
  const flatKey = limits.find(([, upTo]) => base <= upTo)?.[0] ?? limits.at(-1)?.[0] ?? ''
  const amount = progressive
    ? slices.reduce((sum, each) => sum + each.amount, 0)
    : part(base, shareOf(flatKey))
  return {
    ...common,
    base,
    amount,
    rate: progressive ? null : shareText(shareOf(flatKey)),
    brackets: progressive ? slices : [],
    paidBy: 'empregador',
    dueDate: null,
    countsForTime: month < firstMonthOfMinimum || pay >= common.minimumWage,
    complement:
      month < firstMonthOfMinimum
        ? null
        : belowMinimum(parameters, facts, common.minimumWage, shareOf(limits[0]?.[0] ?? '')),
    source: [...common.source, rates.source, 'EC 103/2019, art. 29; Decreto 3.048/1999, art. 216, § 27-A'],
    assumptions: progressive ? [assumption('arredondamento_por_faixa')] : [],
  }
}

/** What is owed so that the month reaches the minimum wage; null when it does. */
function belowMinimum(
  parameters: Parameters,
  facts: ContributionFacts,
  minimum: Centavos,
  share: Share,
): Complement | null {
  const base = minimum - facts.pay
  if (base <= 0) return null
  return complementOf(parameters, facts.month, 'abaixo_do_minimo', base, share)
}

function complementOf(
  parameters: Parameters,
  month: Competencia,
  why: Complement['why'],
  base: Centavos,
  share: Share,
): Complement {
  const dueDate = dueDateOf(parameters, month, 'complemento')
  return { why, base, rate: shareText(share), amount: part(base, share), dueDate, interestIncluded: false }
}

// Lei 8.212/1991, art. 21: "A alíquota de contribuição dos segurados contribuinte individual e facultativo será de vinte por
// cento sobre o respectivo salário-de-contribuição"; § 2º: 11 % or 5 % "sobre o valor correspondente ao limite mínimo mensal",
// for who gives up retirement by time.
function ofOneself(parameters: Parameters, facts: ContributionFacts, common: Common): ContributionAnswer {
  const { month, category, pay } = facts
  const day = toDayNumber(lastDayOf(month))
  const company = category === 'contribuinte_individual' && facts.forCompany === true
  const plan: Plan = category === 'mei' ? '5' : (facts.plan ?? '20')
  const key = company
    ? 'contribuinte_individual_empresa'
    : category === 'mei' && facts.lorryDriver === true
      ? 'mei_caminhoneiro'
      : `${category}_${plan}`
  const share = shareOn(parameters, 'contribuicao-plano', day, key)
  const reduced = !company && plan !== '20'
  const least = company ? 0 : common.minimumWage
  const base = reduced ? common.minimumWage : Math.min(common.ceiling, Math.max(least, pay))
  const full = shareOn(parameters, 'contribuicao-plano', day, 'contribuinte_individual_20')
  const complement = reduced
    ? complementOf(parameters, month, 'plano_reduzido', common.minimumWage, full - share)
    : company
      ? belowMinimum(parameters, facts, common.minimumWage, full)
      : null
  const amount = part(base, share)
  return {
    ...common,
    base,
    amount,
    rate: shareText(share),
    paidBy: company ? 'empresa' : 'segurado',
    dueDate: company ? null : dueDateOf(parameters, month, category),
    countsForTime: !reduced && (!company || pay >= common.minimumWage),
    complement,
    das: category === 'mei' ? dasOf(parameters, day, amount) : null,
    source: [
      ...common.source,
      entryOn(parameters, 'contribuicao-plano', day).source,
      entryOn(parameters, 'contribuicao-vencimento', day).source,
    ],
  }
}

/** The contribution with the fixed taxes of each activity. @throws LawGap */
function dasOf(parameters: Parameters, day: number, amount: Centavos): ContributionAnswer['das'] {
  const icms = valueOn(parameters, 'mei-das', day, 'icms')
  const iss = valueOn(parameters, 'mei-das', day, 'iss')
  return { comercio: amount + icms, servicos: amount + iss, comercio_e_servicos: amount + icms + iss }
}

// Lei 8.212/1991, art. 25: on "a receita bruta proveniente da comercialização da produção", kept back by who buys.
function ofSpecial(parameters: Parameters, facts: ContributionFacts, common: Common): ContributionAnswer {
  const day = toDayNumber(lastDayOf(facts.month))
  const entry = entryOn(parameters, 'contribuicao-segurado-especial', day)
  const share = Object.keys(entry.value ?? {}).reduce(
    (sum, key) => sum + shareOn(parameters, 'contribuicao-segurado-especial', day, key),
    0,
  )
  return {
    ...common,
    base: facts.pay,
    amount: part(facts.pay, share),
    rate: shareText(share),
    paidBy: 'comprador',
    dueDate: null,
    countsForTime: false,
    source: [entry.source],
    notModelled: [...notModelled, 'venda_ao_consumidor'],
  }
}

/** Last day to pay a month: that day of the next one, or the first bank day after it. @throws LawGap */
function dueDateOf(parameters: Parameters, month: Competencia, who: string): CivilDate {
  const days = valueOn(parameters, 'contribuicao-vencimento', toDayNumber(lastDayOf(month)), who)
  let date = addDays(firstDayOf(addCompetencias(month, 1)), days - 1)
  while (!isPaymentDay(parameters, date)) date = addDays(date, 1)
  return date
}

export type ComplementFacts = Omit<ContributionFacts, 'month' | 'pay'> & {
  months: { month: Competencia; pay: Centavos }[]
}

export type ComplementAnswer = {
  months: (Complement & { month: Competencia })[]
  total: Centavos
  interestIncluded: false
  source: string[]
  notModelled: string[]
}

/** What is owed for each month so that it counts, and the sum. @throws LawGap outside coverage */
export function complementoDaContribuicao(parameters: Parameters, facts: ComplementFacts): ComplementAnswer {
  const { months, ...who } = facts
  const answers = months.map(({ month, pay }) => contribuicao(parameters, { ...who, month, pay }))
  const owed = answers.flatMap(({ month, complement }) =>
    complement === null ? [] : [{ month, ...complement }],
  )
  return {
    months: owed,
    total: owed.reduce((sum, each) => sum + each.amount, 0),
    interestIncluded: false,
    source: [...new Set(answers.flatMap((each) => each.source))],
    notModelled: ['juros_e_multa', 'excedente_e_agrupamento'],
  }
}
