import type { Duration } from '../index'
import { again, confirm, type Reading, type ReasonCode, sure } from '../reading'
import { answerText, mended } from './answer'
import { answersNothing } from './no-answer'
import { lettersToDigits, numbersInDigits } from './numbers'
import { readPeriod } from './period'
import { spelt } from './spelt'

/** Nobody contributes longer than this. */
const LONGEST_YEARS = 80
/** A bare number up to this is years ("30"), above it months ("360"). */
const MOST_BARE_YEARS = 60

/** A length of time as said: "180 meses" is `{years: 0, months: 180, days: 0}`; see `normalised`. */
export function readDurationAsSaid(text: string): Reading<Duration> {
  return mended(answerText(text), readOnce)
}

/** The same length in years, months (0–11) and days (0–29), as the law counts. */
export function normalised({ years, months, days }: Duration): Duration {
  const allMonths = years * 12 + months + Math.floor(days / 30)
  return { years: Math.floor(allMonths / 12), months: allMonths % 12, days: days % 30 }
}

/** A length of time in years, months and days: "180 meses" is 15 years. */
export function readDuration(text: string): Reading<Duration> {
  const reading = readDurationAsSaid(text)
  return reading.certainty === 'again' ? reading : { ...reading, value: normalised(reading.value) }
}

const BOUND =
  /\b(?:quase|mais de|menos de|acima de|abaixo de|ate|no maximo|no minimo|pelo menos|pass(?:a|ou|ei|ando) d[eo]s?|perto d[eo]s?|por volta d|beirando|chegando (?:n[oa]s|em|a)|falt\w+)\b(?=[^\d]{0,8}\d)|\bincomplet\w+/
/** "15 anos ou mais", "20 pra cima". */
const OR_MORE = /\d\D{0,12}\b(?:(?<!mais )ou (?:mais|menos)|(?:pra|para) (?:mais|menos|cima))\b(?!\D{0,9}\d)/
const RANGE =
  /\bentre\b.*\d.* e \d|\b\d+ ?(?:a|ou|ate|-) ?\d+ ?(?:anos|meses|$)|\d (?:anos |meses )?ou (?:uns )?\d/
const APPROXIMATE =
  /\b(?:uns|umas|cerca de|mais ou menos|aproximadamente|acho que|creio que|por ai|la pel[oa]s|deve (?:dar|ser|ter)|tipo)\b|\be (?:pouc[oa]s?|pouquinho|tantos|uns quebrados|la vai|alguma coisa|lascada)\b/
/** "30 anos e uns 4 meses": only the small part is vague. */
const VAGUE_PART = /\d ?(?:anos?|a) ?(?:e|com)? ?(?:uns|umas|mais ou menos) \d{1,2} ?mes/

function readOnce(folded: string): Reading<Duration> {
  const { text, changed } = lettersToDigits(folded, { least: 1 })
  const words = unitsSpoken(spelt(changed ? text : folded))
  const period = readPeriod(words)
  if (period !== undefined) return period
  const spoken = inMonths(numbersInDigits(words))
  const threefold = /^\D{0,20}(\d{1,2})[/.-](\d{1,2})[/.-](\d{1,2})\D*$/.exec(spoken)
  if (threefold) {
    const [years = 0, months = 99, days = 99] = threefold.slice(1).map(Number)
    if (months < 12 && days < 31) return confirm({ years, months, days }, 'looks_like_date')
    return again('looks_like_date')
  }
  if (/r\$|\breais\b|\bsalarios?\b|\d\s*\/\s*\d/.test(spoken)) return again('nothing_found')
  if (
    /(?:^|\s)(?:-|(?<!\bou )(?<!\bpelo )menos )\d/.test(spoken) &&
    !/\d\s*-\s*\d/.test(spoken) &&
    !/\bmenos de\b/.test(spoken)
  )
    return again('negative')
  if (BOUND.test(spoken) || OR_MORE.test(spoken)) return again('bound')
  if (RANGE.test(spoken)) return again('range')
  if (/\b(?:desde|a partir d|comecei (?:com|aos)|aos \d)/.test(spoken)) return again('period')
  const reading = measured(spoken) ?? nothing(folded)
  return changed && reading.certainty === 'sure' ? confirm(reading.value, 'letter_for_digit') : reading
}

/** "Um ano" counts; "um" elsewhere is an article. "Meio ano" is six months, "ano e meio" a year and a half. */
function unitsSpoken(folded: string): string {
  return folded
    .replace(
      /(?<!\bnem |(?:[eai]nta|vinte|cento|entos|mil) e )\b(?:um|uma|hum) (?=ano|aninho|mes|dia|semana|decada|(?:bi|tri|se)mestre|quinzena|e mei)/g,
      '1 ',
    )
    .replace(/^ano e meio\b/, '1 ano e meio')
    .replace(/\b(\d{1,2}) a (\d{1,2}) m\b/g, '$1 anos $2 meses')
    .replace(/\bmeio (?:ano|aninho)\b/g, '6 meses')
    .replace(/\bmeia decada\b/g, '5 anos')
    .replace(/\b(uma|meia) duzia de (?=an|mes|dia)/g, (_, how: string) => (how === 'uma' ? '12 ' : '6 '))
}

const MONTHS_IN: Record<string, number> = { bimestre: 2, trimestre: 3, semestre: 6 }

function inMonths(spoken: string): string {
  return spoken
    .replace(
      /\b(\d{1,2}) ((?:bi|tri|se)mestre)s?\b/g,
      (_, count, unit) => `${Number(count) * (MONTHS_IN[unit] ?? 1)} meses`,
    )
    .replace(/\b(\d{1,2}) quinzenas?\b/g, (_, count) => `${Number(count) * 15} dias`)
}

/** A number of a length: "30 anos", "4 meses", "28 e meio", "9" in "9 na roça". */
type Term = { amount: number; unit: Unit | undefined; half: boolean; before: string; after: string }
type Unit = 'year' | 'month' | 'day' | 'week' | 'decade'

const UNIT =
  'an(?:inh)?[ou]s?|mes(?:es|is)?|meis|mez(?:es)?|dias?|semanas?|decadas?|contribuic\\w+|carnes?|parcelas|guias|recolhimentos|[amd](?![a-z])'
const TERM = new RegExp(
  `(?<![\\d.,/])(\\d{1,5}(?:[.,]\\d{1,2})?)(?![.,]?\\d)(?:\\(?s?\\)?\\s*(${UNIT})(?![a-z])(?:\\((?:s|es)\\))?)?(\\s*e\\s+mei[oa]?\\b(?!\\s+salario))?`,
  'g',
)

function termsOf(spoken: string): Term[] {
  const terms: Term[] = []
  let end = 0
  for (const found of spoken.matchAll(TERM)) {
    const [whole, amount = '', unit, half] = found
    const before = spoken.slice(end, found.index)
    const previous = terms.at(-1)
    if (previous !== undefined) previous.after = before
    end = found.index + whole.length
    // A unit of one letter stands against its number ("30a"); "30 a 40" is a range.
    const apart =
      unit?.length === 1 &&
      /\s[amd]$/.test(whole) &&
      (unit === 'a' || !terms.some((term) => term.unit === 'year'))
    terms.push({
      amount: Number(amount.replace(',', '.')),
      unit: unit === undefined || apart ? undefined : kindOf(unit),
      half: half !== undefined,
      before,
      after: spoken.slice(end),
    })
  }
  return terms
}

function measured(spoken: string): Reading<Duration> | undefined {
  const all = termsOf(spoken)
  const terms = withoutAge(all)
  const [first] = terms
  if (first === undefined) return all.length > 0 ? again('nothing_found') : undefined
  if (terms.some((term) => term.unit === undefined && !standsAlone(term)) && terms.length === 1)
    return again('nothing_found')
  if (terms.length > 1 && /\bmas\b|\bso que\b|\bsem\b/.test(spoken)) return again('two_values')
  const groups = grouped(terms)
  const total: Duration = { years: 0, months: 0, days: 0 }
  let reason: ReasonCode | undefined
  for (const group of groups) {
    const counted = lengthOf(group)
    total.years += counted.years
    total.months += counted.months
    total.days += counted.days
  }
  if (total.years > LONGEST_YEARS || total.months > LONGEST_YEARS * 12) return again('too_high')
  if (terms.some((term) => term.unit === 'week')) reason = 'approximate'
  if (APPROXIMATE.test(spoken) && !VAGUE_PART.test(spoken)) reason = 'approximate'
  const [only] = groups
  if (groups.length === 1 && only !== undefined) {
    const bare = only.every((term) => term.unit === undefined)
    if (bare && only.length === 1 && first.amount > MOST_BARE_YEARS) reason = 'unit_assumed'
    if (bare && only.length > 1) reason = 'unit_assumed'
    return reason === undefined ? sure(total) : confirm(total, reason)
  }
  const parts =
    groups.slice(0, -1).every((group) => PART.test(group.at(-1)?.after ?? '')) || /\+|\bmais\b/.test(spoken)
  if (!parts) return terms.some((term) => term.before.includes(',')) ? again('range') : again('two_values')
  if (total.years * 12 + total.months > LONGEST_YEARS * 12) return again('too_high')
  return confirm(total, 'sum')
}

/** "66 anos de idade e 15 de contribuição": an age beside a time is no part of it. */
function withoutAge(terms: Term[]): Term[] {
  const left = terms.filter(
    (term) => !/^\s*de idade\b/.test(term.after) && !/(?<!de )\bidade\W{0,3}(?:e |de )?$/.test(term.before),
  )
  const ofTime = (term: Term) => OF_TIME.test(term.after)
  const others = left.filter((term) => !ofTime(term))
  const [other] = others
  const looksLikeAge =
    others.length === 1 &&
    other !== undefined &&
    other.amount > 13 &&
    !leadsOn(other, left) &&
    /\b(?:tenho|com|tem)\W+$/.test(other.before)
  return looksLikeAge && left.some(ofTime) ? left.filter(ofTime) : left
}

/** "14 anos e 2 meses de contribuição" is one time. */
function leadsOn(term: Term, terms: Term[]): boolean {
  const next = terms[terms.indexOf(term) + 1]
  return next?.unit === 'month' && /^\s*(?:,|e|com)?\s*$/.test(next.before)
}

const OF_TIME =
  /^\s*(?:de|d|no|na|pro|em)? ?(?:tempo de )?(?:contrib|inss|carteira|regist|carne|clt|servico|recolh|previd)/
/** What a part of a sum is told with: where, as what, or that there is more. */
const PART =
  /^\s*(?:anos? )?(?:n[oa]s?|em|n?uma?|de|d[oa]|com|como|regist\w*|pag\w*|autonom\w*|\+|mais|rural|urban\w*)\b|^\s*\+/

/** What may follow a number that is a time although no unit is said. */
const ALONE =
  /^\s*(?:$|[.!,;+)]|e\b|mais\b|com\b|na\b|no\b|num|de (?!\d)|d\b|em\b|so\b|regist|pag|contrib|cart|certin|apenas\b|complet|exat|cheio|fechad|redond|direto|por ai|anos|autonom|rural|urban|inss|ou\b|viu|moc|tambem)/

function standsAlone({ after }: Term): boolean {
  return ALONE.test(after)
}

/** Years, months and days in falling order are one length; anything else begins another. */
function grouped(terms: Term[]): Term[][] {
  const groups: Term[][] = []
  for (const term of terms) {
    const group = groups.at(-1)
    const last = group?.at(-1)
    if (group !== undefined && last !== undefined && belongs(term, last, group, terms)) group.push(term)
    else groups.push([term])
  }
  return groups
}

const rank: Record<Unit, number> = { decade: 0, year: 1, month: 2, week: 3, day: 4 }

function belongs(term: Term, last: Term, group: Term[], terms: Term[]): boolean {
  const apart = PART.test(last.after) || /\+|\bmais\b/.test(term.before)
  const beside = /^\s*(?:,|e|com)?\s*(?:(?:uns|umas) )?$/.test(term.before)
  // "7 e 3 meses": only years can come before months.
  if (last.unit === undefined && group.length === 1 && term.unit === 'month') return beside && !apart
  if (term.unit !== undefined && last.unit !== undefined)
    return (beside || !apart) && rank[term.unit] > rank[last.unit]
  const small =
    Number.isInteger(term.amount) && term.amount < 12 && beside && /\be\b|\bcom\b/.test(term.before)
  // "12 anos e 3", "28 e 4".
  return (
    small &&
    !apart &&
    terms.length === 2 &&
    group.length === 1 &&
    term.unit === undefined &&
    /^\W*$/.test(term.after)
  )
}

function lengthOf(group: Term[]): Duration {
  const total: Duration = { years: 0, months: 0, days: 0 }
  for (const [index, { amount, unit, half }] of group.entries()) {
    const kind =
      unit ?? (index > 0 ? 'month' : amount > MOST_BARE_YEARS && group.length === 1 ? 'month' : 'year')
    const count = amount + (half ? 0.5 : 0)
    if (kind === 'year' || kind === 'decade') addYears(total, kind === 'decade' ? count * 10 : count)
    else if (kind === 'month') {
      total.months += Math.floor(count)
      total.days += Math.round((count % 1) * 30)
    } else total.days += Math.round(kind === 'week' ? count * 7 : count)
  }
  return total
}

const NOTHING =
  /^(?:(?:nenhum\w*|nada|zero|0)(?: ainda| por enquanto| ate agora| nao)?|(?:eu )?nunca\b.*|(?:eu )?(?:ainda )?nao (?:tenho|paguei|contribui\w*|trabalhei|recolhi)\b.*|nem (?:um|1)\b.*|nadinha)\W*(?:tempo|ano|mes|dia)?$/

function nothing(folded: string): Reading<Duration> {
  const reason = answersNothing(folded)
  if (reason !== undefined) return again(reason)
  return NOTHING.test(folded) ? sure({ years: 0, months: 0, days: 0 }) : again('nothing_found')
}

function kindOf(unit: string): Unit {
  if (unit.startsWith('an') || unit === 'a') return 'year'
  if (unit.startsWith('dec')) return 'decade'
  if (unit.startsWith('sem')) return 'week'
  return unit.startsWith('d') ? 'day' : 'month'
}

function addYears(total: Duration, amount: number): void {
  total.years += Math.floor(amount)
  total.months += Math.round((amount - Math.floor(amount)) * 12)
}
