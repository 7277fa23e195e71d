import { duration, monthOfYear, shortDate } from '../src/format'
import type { Condition, Simulation } from '../src/inss/schemas'
import { hasText, isShort, t } from '../src/text'

/** "Regra dos pontos" for a rule id of the INSS API; an unknown id is shown as it is rather than left out. */
export function ruleName(id: string): string {
  const key = `law.rule_${id}`
  return hasText(key) ? t(key) : id
}

/** "✔ Idade: a regra pede 62 anos e você tem 63 (EC 103/2019, art. 18)". */
export function conditionLine(condition: Condition): string {
  const key = `law.condition_${condition.id}_${condition.met ? 'met' : 'missing'}`
  const params = { required: measure(condition.required), found: measure(condition.found) }
  const text = hasText(key) ? t(key, params) : `${condition.id}: ${condition.found} / ${condition.required}`
  return t(condition.met ? 'simulation.condition_met' : 'simulation.condition_missing', {
    text,
    // In few words the first article stands for those after it.
    source: isShort() ? (condition.source.split(';')[0] ?? '') : condition.source,
  })
}

/** An ISO 8601 duration, a date or a decimal of the law in words: "P59Y6M" is "59 anos e 6 meses". */
function measure(value: string): string {
  const match = /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?$/.exec(value)
  if (match !== null) {
    return duration({
      years: Number(match[1] ?? 0),
      months: Number(match[2] ?? 0),
      days: Number(match[3] ?? 0),
    })
  }
  return /^\d{4}-\d{2}-\d{2}$/.test(value) ? shortDate(value) : value.replace('.', ',')
}

/** What was assumed, in words; undefined for an assumption that has no words because it changes nothing shown. */
export function assumptionLine(assumption: { id: string; [more: string]: unknown }): string | undefined {
  const key = `law.assumption_${assumption.id}`
  if (!hasText(key)) return undefined
  const params: Record<string, string | number> = {}
  for (const [name, value] of Object.entries(assumption)) {
    if (typeof value === 'number') params[name] = value
    if (typeof value === 'string') params[name] = /^\d{4}-\d{2}$/.test(value) ? monthOfYear(value) : value
  }
  return t(key, params)
}

/** What a rule leaves out, in words; undefined where there are none. */
export function notModelledLine(id: string): string | undefined {
  const key = `law.not_modelled_${id}`
  return hasText(key) ? t(key) : undefined
}

/** What in the record does not count until it is solved. */
export function pendingLine(simulation: Simulation): string {
  const codes = [...new Set(simulation.pending.map((each) => each.indicator))]
  const lines = codes.map((code) => {
    const key = `law.indicator_${code}`
    const text = hasText(key) ? t(key) : t('simulation.pending_unknown', { code })
    return t('format.item', { text })
  })
  return [t('simulation.pending_title'), ...lines].join('\n')
}
