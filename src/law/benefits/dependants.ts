import { addDays, addMonths, addYears, ageOn, toDayNumber } from '../calendar'
import { entryOn, type Parameters, valueOn } from '../parameters'
import { tempoYear } from '../tempo'
import type { CivilDate } from '../types'
import type { Cause } from './carencia'

export type DependantKind =
  | 'conjuge'
  | 'companheiro'
  | 'ex_conjuge_com_pensao'
  | 'filho'
  | 'enteado'
  | 'menor_tutelado'
  | 'menor_sob_guarda'
  | 'pai'
  | 'mae'
  | 'irmao'

export type Dependant = {
  kind: DependantKind
  birthDate: CivilDate
  /** Invalid, or with an intellectual, mental or severe disability. */
  disabled?: boolean | undefined
  /** Day the marriage or the stable union began. */
  unionSince?: CivilDate | undefined
  /** Last day of alimony set by a court for a time. */
  alimonyUntil?: CivilDate | undefined
}

/** How long one dependant receives, and why. */
export type DependantShare = {
  /** Place in the list given, from 0. */
  dependant: number
  kind: DependantKind
  /** First day; null when the day of the request was not given. */
  from: CivilDate | null
  /** Last day; null: no end foreseen. */
  until: CivilDate | null
  /** Why it ends, or does not. */
  because:
    | 'idade'
    | 'enquanto_durar_a_deficiencia'
    | 'quatro_meses'
    | 'faixa_de_idade'
    | 'vitalicia'
    | 'pensao_de_alimentos'
    | 'sem_prazo'
  /** Months of a spouse's pension; null where it does not go by months. */
  months: number | null
}

export type Event = {
  /** Day of the death, or of the prison. */
  on: CivilDate
  requestedOn?: CivilDate | undefined
  cause: Cause
  /** Months the insured person paid; undefined: not known. */
  contributions?: number | undefined
}

const spouses: DependantKind[] = ['conjuge', 'companheiro', 'ex_conjuge_com_pensao']
const like: DependantKind[] = ['filho', 'enteado', 'menor_tutelado', 'menor_sob_guarda']

// Lei 8.213/1991, art. 16, § 1º: "A existência de dependente de qualquer das classes deste artigo exclui do direito às
// prestações os das classes seguintes."
/** Who receives, in the order given: the dependants of the first class that has any. @throws LawGap */
export function dependantShares(
  parameters: Parameters,
  dependants: Dependant[],
  event: Event,
): DependantShare[] {
  const classes = [[...spouses, ...like], ['pai', 'mae'], ['irmao']] as DependantKind[][]
  const numbered = dependants.map((dependant, index) => ({ dependant, index }))
  for (const kinds of classes) {
    const chosen = numbered.filter(
      ({ dependant }) => kinds.includes(dependant.kind) && isDependant(parameters, dependant, event.on),
    )
    if (chosen.length === 0) continue
    return chosen.map(({ dependant, index }) => ({
      dependant: index,
      kind: dependant.kind,
      from: startOf(parameters, dependant, event),
      ...endOf(parameters, dependant, event),
    }))
  }
  return []
}

/** Of the kinds with an age limit, only who is below it or disabled. */
function isDependant(parameters: Parameters, dependant: Dependant, on: CivilDate): boolean {
  if (dependant.birthDate > on && dependant.kind !== 'filho') return false
  if (!like.includes(dependant.kind) && dependant.kind !== 'irmao') return true
  const limit = ageLimit(parameters, dependant, on)
  return limit !== undefined && (dependant.disabled === true || on < limit)
}

/** Birthday on which a child stops being one; undefined for a kind the law of the day does not protect. */
function ageLimit(parameters: Parameters, dependant: Dependant, on: CivilDate): CivilDate | undefined {
  const limit = entryOn(parameters, 'dependente-idade', toDayNumber(on)).value?.[dependant.kind]
  return limit === undefined ? undefined : addYears(dependant.birthDate, limit / tempoYear)
}

function startOf(parameters: Parameters, dependant: Dependant, event: Event): CivilDate | null {
  const { on, requestedOn } = event
  if (requestedOn === undefined) return null
  const under16 = on < addYears(dependant.birthDate, 16) && like.includes(dependant.kind)
  const days = valueOn(parameters, 'pensao-prazo', toDayNumber(on), under16 ? 'menor_de_16' : 'demais')
  return requestedOn <= addDays(on, days) ? on : requestedOn
}

type End = Pick<DependantShare, 'until' | 'because' | 'months'>

function endOf(parameters: Parameters, dependant: Dependant, event: Event): End {
  if (spouses.includes(dependant.kind)) return endOfSpouse(parameters, dependant, event)
  if (dependant.disabled === true)
    return { until: null, because: 'enquanto_durar_a_deficiencia', months: null }
  const limit = ageLimit(parameters, dependant, event.on)
  if (limit === undefined) return { until: null, because: 'sem_prazo', months: null }
  return { until: addDays(limit, -1), because: 'idade', months: null }
}

// Lei 8.213/1991, art. 77, § 2º, V: "b) em 4 (quatro) meses, se o óbito ocorrer sem que o segurado tenha vertido 18 (dezoito)
// contribuições mensais ou se o casamento ou a união estável tiverem sido iniciados em menos de 2 (dois) anos antes do
// óbito do segurado; c) transcorridos os seguintes períodos, estabelecidos de acordo com a idade do beneficiário na data
// de óbito do segurado [...]"; § 2º-A: the ages alone count "se o óbito do segurado decorrer de acidente de qualquer
// natureza ou de doença profissional ou do trabalho".
function endOfSpouse(parameters: Parameters, dependant: Dependant, event: Event): End {
  const day = toDayNumber(event.on)
  if (dependant.disabled === true)
    return { until: null, because: 'enquanto_durar_a_deficiencia', months: null }
  if (dependant.kind === 'ex_conjuge_com_pensao' && dependant.alimonyUntil !== undefined)
    return { until: dependant.alimonyUntil, because: 'pensao_de_alimentos', months: null }
  const least = entryOn(parameters, 'pensao-requisitos', day).value
  const byAccident = event.cause !== 'doenca' && event.cause !== 'doenca_da_lista'
  const paidEnough = event.contributions === undefined || event.contributions >= (least?.contribuicoes ?? 0)
  const longTogether =
    dependant.unionSince === undefined ||
    dependant.kind === 'ex_conjuge_com_pensao' ||
    addMonths(dependant.unionSince, least?.uniao ?? 0) <= event.on
  if (!byAccident && !(paidEnough && longTogether)) {
    return ending(event.on, least?.duracao ?? 0, 'quatro_meses')
  }
  const { years } = ageOn(dependant.birthDate, event.on)
  if (years >= valueOn(parameters, 'pensao-vitalicia', day) / tempoYear)
    return { until: null, because: 'vitalicia', months: null }
  const bands = Object.entries(entryOn(parameters, 'pensao-duracao', day).value ?? {})
  const band = bands.findLast(([from]) => years >= Number(from))
  return ending(event.on, band?.[1] ?? 0, 'faixa_de_idade')
}

function ending(on: CivilDate, months: number, because: End['because']): End {
  return { until: addDays(addMonths(on, months), -1), because, months }
}
