import { calendar } from '../../law'
import { hash } from './digits'
import type { Reference } from './reference'

/**
 * A salary in few words: `minimum` · `1.5 minimums` · `1.2 to 3.4 minimums` (a raise every year, evenly) · `ceiling` ·
 * `0.8 ceilings` · `R$ 2.500,00` · `none`. With `, varies 8%` each month has up to that much more, as overtime does.
 */
export const payWords =
  /^(minimum|ceiling|none|\d+(\.\d+)?( to \d+(\.\d+)?)? (minimums|ceilings)|R\$ \d{1,3}(\.\d{3})*,\d\d)(, varies \d+%)?$/

export type PayPlan = { from: string; to: string; seed: string }

/** Centavos of one competência; undefined for `none`. `plan` gives the first and last competência of the job. */
export function payOf(
  words: string,
  competencia: string,
  plan: PayPlan,
  reference: Reference,
): number | undefined {
  const [what = '', varies] = words.split(', varies ')
  if (what === 'none') return undefined
  const base = what.startsWith('R$')
    ? readMoney(what)
    : multiple(what, competencia, plan) * unit(what, competencia, reference)
  const variation =
    varies === undefined
      ? 0
      : (hash(`${plan.seed} ${competencia}`) % (Number.parseInt(varies, 10) * 10 + 1)) / 1000
  return Math.round(base * (1 + variation))
}

/** Centavos of `R$ 1.234,56`. */
export function readMoney(words: string): number {
  return Number(words.replace(/\D/g, ''))
}

function unit(what: string, competencia: string, reference: Reference): number {
  return what.includes('ceiling') ? reference.ceiling(competencia) : reference.minimumWage(competencia)
}

function multiple(what: string, competencia: string, plan: PayPlan): number {
  const [first = 1, last = first] = (what.match(/\d+(\.\d+)?/g) ?? []).map(Number)
  const years = Math.floor(calendar.competenciasBetween(plan.from, plan.to) / 12)
  const year = Math.floor(calendar.competenciasBetween(plan.from, competencia) / 12)
  return years === 0 ? first : first + ((last - first) * year) / years
}
