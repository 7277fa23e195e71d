import { again, confirm, type Reading, type ReasonCode, sure } from '../reading'
import { answerText, mended } from './answer'
import { answersNothing } from './no-answer'
import { lettersToDigits, numbersInDigits } from './numbers'
import { spelt } from './spelt'

/** Centavos, or in terms of what the law sets. */
export type Amount = { centavos: number } | { minimumWages: number } | 'ceiling'

/** Ten million reais a month is a slip of the finger. */
const LARGEST = 1_000_000_000

/** An amount a month in centavos; see `readAmount`. */
export function readMoney(text: string, amounts: { minimumWage: number; ceiling: number }): Reading<number> {
  const reading = readAmount(text)
  if (reading.certainty === 'again') return reading
  const { value } = reading
  if (value === 'ceiling') return { ...reading, value: amounts.ceiling }
  if ('centavos' in value) return { ...reading, value: value.centavos }
  return { ...reading, value: Math.round(value.minimumWages * amounts.minimumWage) }
}

/** An amount as said: "1.518,00", "mil e quinhentos", "3k", "dois salário", "o teto". */
export function readAmount(text: string): Reading<Amount> {
  return mended(answerText(text).replace(/r\$:?/g, ' '), readOnce)
}

const OF_ANOTHER_TIME =
  /\b(?:por|cada|p\/?) ?(?:semana|dia|hora|quinzena|ano|diaria|faxina)\b|\bn?a semana\b|\bsemanal|\b(?:ao|o) dia\b|\ba (?:diaria|hora|faxina|quinzena)\b|\banua(?:l|is)\b|\bao ano\b/
const BOUND =
  /\b(?:mais|menos) (?:d[eo]|que)\b|\bacima d|\babaixo d|\bate (?=\D{0,6}\d|o teto|um)|\bquase (?!sempre)|\bno (?:maximo|minimo)\b(?=\D{0,6}\d)|\bpelo menos\b|\bpass[ao] d/
const RANGE =
  /\bentre\b.*\d.* e \d|\bde \d[\d.,]* a \d|(?<![\d.,])\d[\d.,]* ?(?:a|ou|ate|-|\/) ?(?:r\$ ?)?\d|\b(?:um|1) (?:a|ou) \d/
const APPROXIMATE =
  /\b(?:uns|umas|cerca de|mais ou menos|aproximad\w+|acho que|creio que|por ai|na faixa|media de|por volta|em torno|la pel[oa]s|tipo|quase sempre|deve dar)\b|\be (?:pouc[oa]s?|pouquinho|alguma coisa|uns quebrados|tantos)\b/
const UNKNOWN = /\bbolsa\b|\brenda\b|\bvaria\w*|\bdepende\b|\bbicos?\b|\bcada mes\b|\bfix[oa]\b/

/** Nothing comes in: "não tenho renda", "ninguém ganha nada aqui", "nem um centavo". */
const NO_INCOME = new RegExp(
  `^(?:(?:eu|nos|a gente|(?:aqui|la) em casa|aqui|la|hoje|no momento|agora|atualmente|ainda|estou|t[oa]|moca|moco) )*(?:${[
    'nada(?: nao)?',
    'nenhum\\w*(?: (?:renda|real|reais|centavo))?',
    '(?:nao|num|n) (?:tenho|temos|tem|possuo|existe)(?: nada| (?:nenhuma? )?(?:renda|ganhos?|salario|dinheiro|rendimentos?)(?: nenhuma?)?)?(?: nao)?',
    '(?:nao|num|n|ninguem) (?:ganh\\w+|receb\\w+|tir\\w+|entra|tem|faz) (?:nada|dinheiro|renda|salario|nem (?:um|1) \\w+|(?:um|1) (?:centavo|tostao|real)|nenhum \\w+)',
    'tenho (?:nada|renda|salario) nao',
    'sem (?:nenhuma? )?(?:renda|ganho|salario|dinheiro)(?: nenhuma?| alguma?)?',
    'nem (?:um|1) (?:centavo|tostao|real)',
    'zerad[oa]',
  ].join(
    '|',
  )})(?: (?:aqui|la em casa|em casa|agora|no momento|nenhuma?|por mes|mesmo|nao|de renda|hoje|atualmente))*$`,
)

function readOnce(raw: string): Reading<Amount> {
  const { text: folded, changed } = lettersToDigits(raw, { least: 1 })
  if (/(?:^|[^\d\w])-\s*\d|^menos \d|\bnegativ/.test(folded)) return again('negative')
  const spoken = numbersInDigits(
    spelt(apartFromCents(folded).replace(/\b(\d+(?:[.,]\d+)?) ?k\b/g, '$1 mil')).replace(
      /(?<! e )\b(?:um|hum|1) mil\b/g,
      'mil',
    ),
  )
  const told = withoutHours(spoken)
    .replace(/\b1\/2 (?=sal|sm\b|minim)/g, 'meio ')
    .replace(/\b1\/4 (?=d[eo]\b|sal|sm\b|minim)/g, 'um quarto ')
  if (OF_ANOTHER_TIME.test(told) && /\d/.test(told)) return again('not_monthly')
  if (/\d ?(?:anos?|mes(?:es)?|dias?|contribuic\w+)\b|\b\d{1,2}\/\d{1,2}\/\d{2,4}\b/.test(told))
    return again('nothing_found')
  if (/\bmilh(?:ao|oes)\b|\bbilh/.test(told)) return again('too_high')
  if (/\bsalarios?(?: minimos?)? (?:e|mais) \d/.test(told)) return again('two_values')
  if (NO_INCOME.test(told.replace(/[.,!\s]+/g, ' ').trim())) return sure({ centavos: 0 })
  if (SOMEONES.test(told) && !/\d|\bminim/.test(told)) return again('unknown_amount')
  const wages = inMinimumWages(told)
  if (RANGE.test(told) || (wages !== undefined && /(?<!mais )\bou\b/.test(told))) return again('range')
  if (/\d\D{0,8}\b(?:(?<!mais )ou (?:mais|menos)|pra (?:mais|cima))\b(?!\D{0,5}\d)/.test(told))
    return again('bound')
  if (BOUND.test(told) && (wages !== undefined || /\d|\bteto\b/.test(told))) return again('bound')
  if (wages !== undefined) return vaguely(told, wages)
  if (/\bteto\b|\bmaximo do inss\b/.test(told)) return sure('ceiling')
  if (UNKNOWN.test(told) && !/\d/.test(told)) return again('unknown_amount')
  return inReais(told, changed, folded)
}

const CENTS =
  / e ((?:vinte|trinta|quarenta|cinquenta|sessenta|setenta|oitenta|noventa)(?: e [a-z]+)?|[a-z]+) (?=centavos?\b)/

/** "Cinco mil e cinquenta centavos": the fifty is no part of the thousands. */
function apartFromCents(folded: string): string {
  return folded.replace(CENTS, ' com $1 ')
}

/** "1.518 e trabalho 8 horas por dia", "um salário pra 3 pessoas": those figures are no amount. */
function withoutHours(spoken: string): string {
  return spoken
    .replace(/\b(?:pra|para|por|com|somos em) \d{1,2} (?:pessoas|filh[oa]s|criancas|bocas)\b/g, ' ')
    .replace(/\b\d{1,2} ?(?:horas|hs|h)\b(?: (?:por|ao) dia| por semana)?/g, ' ')
}

/** Whose wage it is says nothing of how much. */
const SOMEONES =
  /\bsalario (?:base|normal)\b|\bsalario d(?:el[ea]s?|[oa]s? (?!minimo)[a-z]+)\b|\b(?:meu|seu|nosso) salario\b/

/** "Um salário", "salário e meio", "dois salário mínimo", "2 sm", "o mínimo". */
function inMinimumWages(spoken: string): Amount | undefined {
  const text = spoken
    .replace(/\b(?:salario\w*|salariozinho|sal|sm)\b(?: minim[oa]s?\b)?|\bminim[oa]s?\b/g, 'salario')
    .replace(/\bno salario(?= ?\d{3})/g, ' ')
    .replace(/\bvezes o\b/g, '')
    .replace(/\bum (?=e mei)/g, '1 ')
  if (/\b(?:1\/4|(?:um |1 )?quarto) d?[oe]?(?: (?:um|1))? ?salario\b/.test(text))
    return { minimumWages: 0.25 }
  if (!/\bsalario\b/.test(text) || /\d{3,}|\d[.,]\d{2,}/.test(text)) return undefined
  const half = /\be (?:mais )?mei[oa]?\b/.test(text) ? 0.5 : 0
  const counted = /(\d+(?:[.,]\d)?)(?: e mei[oa])?\s+salario/.exec(text)
  if (counted) return { minimumWages: Number((counted[1] ?? '').replace(',', '.')) + half }
  if (/\bmeio salario|\bmetade d/.test(text)) return { minimumWages: 0.5 }
  return /\d/.test(text) ? undefined : { minimumWages: 1 + half }
}

function vaguely(spoken: string, amount: Amount): Reading<Amount> {
  if (typeof amount === 'object' && 'minimumWages' in amount && amount.minimumWages > 100)
    return again('too_high')
  return APPROXIMATE.test(spoken) ? confirm(amount, 'approximate') : sure(amount)
}

function inReais(spoken: string, changed: boolean, folded: string): Reading<Amount> {
  const cents = /\b(\d{1,2}) centavos?\b/.exec(spoken)
  const text = cents === null ? spoken : spoken.replace(cents[0], ' ')
  const spaced = /^\D*(\d{1,3}) (\d{3})(?:[ ,.](\d{2}))?\D*$/.exec(text)
  if (spaced) {
    const [, thousands = '', units = '', rest = '0'] = spaced
    return limited(Number(`${thousands}${units}`) * 100 + Number(rest), 'separator')
  }
  // "Dois e quinhentos" is said for 2.500.
  const short = /^\D*\b(\d{1,2}) e (\d)00\b\D*$/.exec(text)
  if (short) return limited((Number(short[1]) * 1000 + Number(short[2]) * 100) * 100, 'unit_assumed')
  // "Dois e meio" is said for 2.500 too.
  const halved = /^\D*\b(\d(?= e)|\d{1,2}(?=000 e))(?:000)? e mei[oa]\b\D*$/.exec(text)
  if (halved) return limited((Number(halved[1]) * 1000 + 500) * 100, 'unit_assumed')
  // "Quarenta e oito e noventa" is a price told with its centavos.
  const price = /^\D*\b([1-9]\d{1,2}) e ([1-9]\d)\b\D*$/.exec(text)
  if (price && cents === null) return limited(Number(price[1]) * 100 + Number(price[2]), 'unit_assumed')
  // "2.000 mil" is written for two thousand.
  const twice = /^\D*\b(\d{1,3})\.?000 (?:mil|1000)\b\D*$/.exec(text)
  if (twice) return limited(Number(twice[1]) * 100_000, 'unit_assumed')
  const written = [...text.matchAll(/\d[\d.,]*/g)].map(([number]) => number.replace(/[.,]+$/, ''))
  const first = written[0]
  if (first === undefined) return again(answersNothing(folded) ?? 'nothing_found')
  if (new Set(written).size > 1)
    return again(/\b(?:uns|umas|ou)\b|\d, \d/.test(text) && written.length === 2 ? 'range' : 'two_values')
  const amount = centavosOf(first)
  if (amount === undefined) return again('nothing_found')
  const total = amount.centavos + Number(cents?.[1] ?? 0)
  if (changed) return limited(total, 'letter_for_digit')
  if (amount.unusual) return limited(total, 'separator')
  return APPROXIMATE.test(text) ? limited(total, 'approximate') : limited(total)
}

function limited(centavos: number, reason?: ReasonCode): Reading<Amount> {
  if (centavos > LARGEST) return again('too_high')
  return reason === undefined ? sure({ centavos }) : confirm({ centavos }, reason)
}

/** "1.518,00" and "1518.00" are usual; a comma before three digits is a thousands mark put the foreign way. */
function centavosOf(number: string): { centavos: number; unusual: boolean } | undefined {
  const plain = (reais: string, cents = '0') =>
    Number(reais.replace(/\D/g, '')) * 100 + Number(cents.padEnd(2, '0'))
  if (/^\d+$/.test(number)) return { centavos: plain(number), unusual: false }
  const brazilian = /^(\d{1,3}(?:\.\d{3})+|\d+)(?:,(\d{1,2}))?$/.exec(number)
  if (brazilian) return { centavos: plain(brazilian[1] ?? '', brazilian[2]), unusual: false }
  const dotted = /^(\d+)\.(\d{1,2})$/.exec(number)
  if (dotted) return { centavos: plain(dotted[1] ?? '', dotted[2]), unusual: false }
  const foreign = /^(\d{1,3}(?:[.,]\d{3})+)(?:[.,](\d{1,2}))?$/.exec(number)
  if (foreign) return { centavos: plain(foreign[1] ?? '', foreign[2]), unusual: true }
  return undefined
}
