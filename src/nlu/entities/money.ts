import { fold } from '../fold'
import { again, confirm, type Reading, type ReasonCode, sure } from '../reading'
import { answersNothing } from './no-answer'
import { lettersToDigits, numbersInDigits } from './numbers'

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
  const raw = fold(text)
  const { text: folded, changed } = lettersToDigits(raw.replace(/r\$/g, ' '))
  if (/(?:^|[^\d\w])-\s*\d|^menos \d|\bnegativ/.test(folded)) return again('negative')
  if (
    /\bpor (?:semana|dia|hora|quinzena|ano|mes e|diaria)|\bna semana\b|\bsemanal|\bao dia\b|\ba diaria\b|\bpor diaria\b|\banual|\bao ano\b/.test(
      folded,
    )
  ) {
    return again('not_monthly')
  }
  const spoken = numbersInDigits(folded.replace(/\b(\d+(?:[.,]\d+)?) ?k\b/g, '$1 mil'))
  if (/\bentre\b.*\d.* e \d|\bde \d[\d.,]* a \d|\d ?(?:a|ou|ate|-) ?(?:r\$ ?)?\d[\d.,]{2,}/.test(spoken))
    return again('range')
  const wages = inMinimumWages(spoken)
  if (wages !== undefined) return wages
  if (/\bteto\b/.test(spoken)) return sure('ceiling')
  if (/\bbolsa\b|\bnao tenho renda\b|\bvaria\b|\bdepende\b/.test(spoken) && !/\d/.test(spoken))
    return again('unknown_amount')
  return inReais(spoken, changed, folded)
}

/** "Um salário", "salário e meio", "dois salário mínimo", "o mínimo". */
function inMinimumWages(spoken: string): Reading<Amount> | undefined {
  const text = spoken.replace(/\bminimo\b/g, 'salario')
  if (!/\bsalarios?\b|\bsal\b/.test(text)) return undefined
  const reais = /\d{3,}|\d[.,]\d{2,}/.test(text)
  if (reais) return undefined
  if (/\bmais de\b|\bmenos de\b|\bquase\b|\bacima de\b|\bate\b/.test(text)) return again('bound')
  const half = /\bmeio salario/.test(text)
  const extra = /\be mei[oa]\b/.test(text) ? 0.5 : 0
  const counted = /(\d+(?:[.,]\d+)?)(?: e mei[oa])? salario/.exec(text)
  if (half) return sure({ minimumWages: 0.5 })
  if (counted) {
    const count = Number((counted[1] ?? '').replace(',', '.')) + extra
    return count > 100 ? again('too_high') : sure({ minimumWages: count })
  }
  if (/\d/.test(text)) return undefined
  return sure({ minimumWages: 1 + extra })
}

function inReais(spoken: string, changed: boolean, folded: string): Reading<Amount> {
  const cents = /\b(\d{1,2}) centavos?\b/.exec(spoken)
  const text = cents === null ? spoken : spoken.replace(cents[0], ' ')
  const spaced = /^\D*(\d{1,3}) (\d{3})(?: (\d{2}))?\D*$/.exec(text)
  if (spaced) {
    const [, thousands = '', units = '', rest = '0'] = spaced
    return limited(Number(`${thousands}${units}`) * 100 + Number(rest), 'separator')
  }
  const written = [...text.matchAll(/\d[\d.,]*/g)].map(([number]) => number.replace(/[.,]+$/, ''))
  const first = written[0]
  if (first === undefined) {
    if (/^(?:nada|nenhum\w*|nao ganho nada|zero)\W*$/.test(folded)) return sure({ centavos: 0 })
    return again(answersNothing(folded) ?? 'nothing_found')
  }
  if (new Set(written).size > 1) return again('two_values')
  const amount = centavosOf(first)
  if (amount === undefined) return again('nothing_found')
  if (/\bmais de\b|\bmenos de\b|\bacima de\b|\babaixo de\b|\bate \d|\bquase\b|\bno maximo\b/.test(text))
    return again('bound')
  const total = amount.centavos + Number(cents?.[1] ?? 0)
  if (changed) return limited(total, 'letter_for_digit')
  if (amount.unusual) return limited(total, 'separator')
  if (
    /\b(?:uns|umas|cerca de|mais ou menos|aproximadamente|acho que|por ai|e pouco|e poucos|na faixa|media de|por volta)\b/.test(
      text,
    )
  ) {
    return limited(total, 'approximate')
  }
  return limited(total)
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
