import { again, confirm, type Reading, sure } from '../reading'
import { answerText, mended } from './answer'
import { answersNothing } from './no-answer'
import { lettersToDigits, numbersInDigits } from './numbers'
import { spelt } from './spelt'

const BOUND =
  /\b(?:quase|mais de|menos de|pass(?:ei|ou|ando) d[eo]s?|beirando|chegando n?[oa]s|perto d[eo]s?)\b(?=\D{0,8}\d)/
const RANGE = /\bentre\b.*\d.* e \d|\d(?: anos)? ?(?:a|ou|ate|-) ?\d|^\D*\d+, ?\d+\D*$/
const APPROXIMATE = /\b(?:uns|umas|acho|creio|mais ou menos|por volta|cerca de|por ai)\b/
/** Years of something else than life. */
const OTHER_YEARS =
  /\b\d{1,3} ?(?:anos? )?(?:de|na|no) (?:contrib\w*|inss|carteira|servico|trabalho|roca|clt)\b/g

/** Whole years lived. */
export function readAge(text: string): Reading<number> {
  return mended(answerText(text), readOnce)
}

function readOnce(folded: string): Reading<number> {
  const { text, changed } = lettersToDigits(folded, { least: 1 })
  const said = numbersInDigits(spelt(text))
  if (/(?:^|\s)-\s*\d/.test(said)) return again('negative')
  if (BOUND.test(said)) return again('bound')
  if (RANGE.test(said)) return again('range')
  const aside = said
    .replace(OTHER_YEARS, ' ')
    .replace(/\be \d{1,2} mes(?:es)?\b|\b(?:desde|aos) (?:os )?\d{1,2}\b|\bdia \d{1,2}\b/g, ' ')
  const inYears = [...aside.matchAll(/(?<![\d.,])(\d{1,3}) ?(?:an(?:inh)?os?|a)\b/g)].map(([, age]) =>
    Number(age),
  )
  const bare = [...aside.matchAll(/(?<![\d.,/])(\d{1,3})(?![\d.,/]*\d)/g)].map(([, age]) => Number(age))
  const ages = [...new Set(inYears.length > 0 ? inYears : /\d{4}|\d\/\d|r\$|reais/.test(aside) ? [] : bare)]
  const [age] = ages
  if (age === undefined) return again(answersNothing(folded) ?? 'nothing_found')
  if (ages.length > 1) return again('two_values')
  if (age < 14) return again('too_young')
  if (age > 110) return again('too_old')
  if (/\b(?:vou fazer|faco|vai fazer|faz|completo|completa)\b/.test(said))
    return confirm(age - 1, 'approximate')
  if (changed) return confirm(age, 'letter_for_digit')
  return APPROXIMATE.test(said) ? confirm(age, 'approximate') : sure(age)
}
