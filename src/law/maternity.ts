import { divideRounding } from './average'
import { competenciaNumber, type DayNumber, fromDayNumber, monthOf, toDayNumber } from './calendar'
import { countedUntil, isActive, qualidadeDeSegurado } from './insured-status'
import { ceilingOfMonth, entryOn, type Parameters, valueOn } from './parameters'
import type { Counted } from './record'
import type { Category, Centavos, CivilDate, Condition, HistoryPeriod } from './types'

export type MaternityEvent = 'parto' | 'adocao' | 'aborto' | 'natimorto' | 'afastamento_pre_parto'

export type MaternityFacts = {
  eventKind: MaternityEvent
  /** Birth, adoption, loss, or the day work stopped before the birth. */
  eventDate: CivilDate
  /** The whole contribution record. */
  history: HistoryPeriod[]
}

export type MaternityAnswer = {
  entitled: boolean
  /** `qualidade_de_segurado` has dates: the event (required) and the last day insured (found, "" for never). */
  conditions: Condition[]
  startDate: CivilDate
  endDate: CivilDate
  durationDays: number
  /** Monthly amount; null when the record has no salary to compute it from. */
  amount: Centavos | null
  /** How the amount is found. */
  basis: MaternityBasis | null
  /** Who pays: the employer (and is repaid by INSS) or INSS itself. */
  paidBy: 'empregador' | 'inss'
  legalBasis: string[]
  /** Ids, each with a text `assumption_<id>`. */
  assumptions: string[]
  /** What of the law is not looked at, as ids. */
  notModelled: string[]
}

export type MaternityBasis =
  | 'remuneracao_integral'
  | 'media_dos_6_ultimos'
  | 'ultimo_salario_de_contribuicao'
  | 'soma_dos_12_ultimos_dividida_por_12'
  | 'salario_minimo'

// Lei 8.213/1991, art. 71: "O salário-maternidade é devido à segurada da Previdência Social, durante 120 (cento e vinte)
// dias, com início no período entre 28 (vinte e oito) dias antes do parto e a data de ocorrência deste [...]"
/** Right to salario-maternidade and its amount, asked for since 05/04/2024. @throws LawGap for an event outside coverage */
export function maternityPay(parameters: Parameters, facts: MaternityFacts): MaternityAnswer {
  const { eventKind, eventDate, history } = facts
  const start = toDayNumber(eventDate)
  const status = qualidadeDeSegurado(parameters, history, eventDate)
  // Requests since then need no carencia, whatever the day of the event.
  const since = parameters.series['maternidade-carencia'].entries[0]?.startDay ?? start
  const carencia = entryOn(parameters, 'maternidade-carencia', Math.max(start, since))
  const durationDays = valueOn(parameters, 'maternidade-duracao', start, eventKind)
  const counted = countedUntil(parameters, history, start)
  const active = counted.filter((c) => isActive(c, start))
  const employed = active.some((c) => c.period.category === 'empregado')
  const assumptions: string[] = []
  const { amount, basis } = amountOf(parameters, counted, active, start, assumptions)
  return {
    entitled: status.insured,
    conditions: [
      {
        id: 'qualidade_de_segurado',
        required: eventDate,
        found: status.until ?? '',
        met: status.insured,
        source: status.source,
      },
    ],
    startDate: eventDate,
    endDate: fromDayNumber(start + durationDays - 1),
    durationDays,
    amount,
    basis,
    paidBy: employed && eventKind !== 'adocao' ? 'empregador' : 'inss',
    legalBasis: [
      'Lei 8.213/1991, art. 71',
      entryOn(parameters, 'maternidade-duracao', start).source,
      carencia.source,
      'Lei 8.213/1991, arts. 72 e 73',
    ],
    assumptions,
    notModelled: ['internacao_prolongada', 'intermitente', 'teto_dos_ministros', 'falecimento_da_mae'],
  }
}

type Amount = { amount: Centavos | null; basis: MaternityBasis | null }

/** The amounts of Lei 8.213/1991, arts. 72 and 73, by what the person is on the day of the event. */
function amountOf(
  parameters: Parameters,
  counted: Counted[],
  active: Counted[],
  start: DayNumber,
  assumptions: string[],
): Amount {
  const floor = valueOn(parameters, 'salario-minimo', start)
  const top = valueOn(parameters, 'teto', start)
  const is = (...categories: Category[]) => active.filter((c) => categories.includes(c.period.category))
  const employed = is('empregado', 'avulso')
  if (employed.length > 0) {
    const found = remuneration(employed, start, assumptions)
    return found.amount === null ? found : { ...found, amount: Math.max(floor, found.amount) }
  }
  const domestic = is('domestico')
  if (domestic.length > 0) {
    const { amount, basis } = remuneration(domestic, start, assumptions)
    if (amount === null) return { amount: null, basis: null }
    return {
      amount: Math.min(top, Math.max(floor, amount)),
      basis: basis === 'remuneracao_integral' ? 'ultimo_salario_de_contribuicao' : basis,
    }
  }
  const special = is('segurado_especial')
  if (special.length > 0 && paidMonths(special, start).length === 0)
    return { amount: floor, basis: 'salario_minimo' }
  const paid = paidMonths(counted, start, 'counted')
  if (paid.length === 0) return { amount: null, basis: null }
  const now = monthOf(start).competencia
  const last12 = paid.filter(({ month }) => month >= now - 15).slice(-12)
  const sum = last12.reduce(
    (total, { month, amount }) => total + Math.min(amount, ceilingOfMonth(parameters, month)),
    0,
  )
  const mean = divideRounding(sum, 12)
  if (mean <= floor) return { amount: floor, basis: 'salario_minimo' }
  return { amount: Math.min(top, mean), basis: 'soma_dos_12_ultimos_dividida_por_12' }
}

/** Full pay of the last month; the mean of the last six when it changes from month to month. */
function remuneration(employed: Counted[], start: DayNumber, assumptions: string[]): Amount {
  const last6 = paidMonths(employed, start).slice(-6)
  const last = last6.at(-1)
  if (last === undefined) return { amount: null, basis: null }
  const changes = last6.filter(({ amount }, index) => index > 0 && amount !== last6[index - 1]?.amount).length
  if (changes < 2) return { amount: last.amount, basis: 'remuneracao_integral' }
  assumptions.push('remuneracao_variavel')
  const sum = last6.reduce((total, { amount }) => total + amount, 0)
  return { amount: divideRounding(sum, last6.length), basis: 'media_dos_6_ultimos' }
}

/** What was paid in each month before the event's, in order; months that do not count are left out if asked. */
function paidMonths(
  counted: Counted[],
  start: DayNumber,
  which: 'all' | 'counted' = 'all',
): { month: number; amount: Centavos }[] {
  const before = monthOf(start).competencia
  const amounts = new Map<number, Centavos>()
  for (const c of counted) {
    const counts = new Set(c.carencia)
    for (const [competencia, amount] of Object.entries(c.period.salaries ?? {})) {
      const month = competenciaNumber(competencia)
      if (month >= before || (which === 'counted' && !counts.has(month))) continue
      amounts.set(month, (amounts.get(month) ?? 0) + amount)
    }
  }
  return [...amounts].map(([month, amount]) => ({ month, amount })).sort((a, b) => a.month - b.month)
}
