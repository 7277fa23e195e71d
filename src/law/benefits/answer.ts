import { decimalText } from '../decimal'
import type { Assumption, Centavos, CivilDate } from '../types'

/**
 * One named requirement of a benefit. `required` and `found` are months ("12"), reais ("1980.38"), ISO 8601 durations
 * ("P65Y"), or "true" and "false" for what is so or not.
 */
export type BenefitCondition = {
  id: BenefitConditionId
  required: string
  found: string
  met: boolean
  source: string
}

export type BenefitConditionId =
  | 'segurado'
  | 'carencia'
  | 'carencia_apos_retorno'
  | 'mais_de_15_dias'
  | 'categoria_protegida'
  | 'sequela'
  | 'sem_aposentadoria'
  | 'dependente'
  | 'regime_fechado'
  | 'baixa_renda'
  | 'sem_remuneracao'
  | 'filho_na_idade'
  | 'idade'
  | 'impedimento_de_longo_prazo'
  | 'renda_por_pessoa'
  | 'cadunico'
  | 'sem_outro_beneficio'
  | 'registro_de_pesca'
  | 'vendas_de_pescado'
  | 'sem_outra_renda'
  | 'mora_na_area_do_defeso'
  | 'acumulacao_permitida'
  | 'da_direito_ao_decimo_terceiro'

/** A fact the answer depends on and that was not given. */
export type Missing = BenefitConditionId | 'media' | 'media_dos_12_ultimos' | 'tempo' | 'data_do_pedido'

/** What every calculator of a benefit answers. */
export type BenefitAnswer = {
  /** null: nothing given speaks against it, and `missing` says what is still needed. */
  entitled: boolean | null
  conditions: BenefitCondition[]
  missing: Missing[]
  /** First day of the benefit; null when the day of the request is needed and was not given. */
  startDate: CivilDate | null
  /** Monthly amount; null when there is nothing to compute it from. */
  amount: Centavos | null
  source: string[]
  assumptions: Assumption[]
  /** What of the law is not looked at, as ids. */
  notModelled: string[]
}

/** Whether all hold; null when none fails and something is missing. */
export function verdict(conditions: BenefitCondition[], missing: Missing[]): boolean | null {
  if (conditions.some((each) => !each.met)) return false
  return missing.some((each) => !amountOnly.has(each)) ? null : true
}

/** What only the amount or the first day needs. */
const amountOnly = new Set<Missing>(['media', 'media_dos_12_ultimos', 'tempo', 'data_do_pedido'])

/** Requirements as they are put together; a fact not given is asked for instead. */
export class Conditions {
  readonly list: BenefitCondition[] = []
  readonly missing: Missing[] = []

  isTrue(id: BenefitConditionId, fact: boolean | undefined, source: string): void {
    if (fact === undefined) this.missing.push(id)
    else this.list.push({ id, required: 'true', found: String(fact), met: fact, source })
  }

  atLeast(id: BenefitConditionId, required: number, found: number | undefined, source: string): void {
    if (found === undefined) this.missing.push(id)
    else
      this.list.push({ id, required: String(required), found: String(found), met: found >= required, source })
  }

  /** @param required and @param found ISO 8601 durations, already compared by the caller */
  duration(id: BenefitConditionId, required: string, found: string, met: boolean, source: string): void {
    this.list.push({ id, required, found, met, source })
  }

  atMost(id: BenefitConditionId, limit: Centavos, found: Centavos | undefined, source: string): void {
    if (found === undefined) this.missing.push(id)
    else this.list.push({ id, required: reais(limit), found: reais(found), met: found <= limit, source })
  }

  get verdict(): boolean | null {
    return verdict(this.list, this.missing)
  }
}

/** "1980.38" from 198038. */
export function reais(centavos: Centavos): string {
  return decimalText(centavos, 2)
}
