import { fold } from '../fold'
import { again, type Reading, sure } from '../reading'
import { answersNothing } from './no-answer'
import { digitsSpoken } from './numbers'
import { readYesNo } from './yes-no'

const ordinals: [RegExp, number][] = [
  [/\bprimeir[oa]\b|\b1[oa]\b/, 0],
  [/\bsegund[oa]\b|\b2[oa]\b/, 1],
  [/\bterceir[oa]\b|\b3[oa]\b/, 2],
  [/\bquart[oa]\b|\b4[oa]\b/, 3],
  [/\bquint[oa]\b|\b5[oa]\b/, 4],
  [/\bsext[oa]\b|\b6[oa]\b/, 5],
  [/\bsetim[oa]\b/, 6],
  [/\boitav[oa]\b/, 7],
  [/\bnon[oa]\b/, 8],
  [/\bdecim[oa]\b/, 9],
]

/** Words that name no option by themselves. */
const EMPTY =
  /^(?:a|o|as|os|e|de|da|do|das|dos|um|uma|em|na|no|para|pra|pro|por|com|que|eu|quero|queria|prefiro|escolho|vou|ficar|fico|opcao|alternativa|numero|favor|essa|esse|este|esta|isso|mesmo|meu|minha|me|se|ver|sim|ser|pode|gostaria|tal|ai|la|aquela|aquele|botao|item|letra)$/

/**
 * Position (from 0) of the title meant. A name wins over a position: with weekdays as titles "segunda" is Monday.
 * A number chooses only where there is something to choose: beside a single title it is an answer of its own.
 */
export function readChoice(text: string, titles: string[]): Reading<number> {
  const said = fold(text)
    .replace(/[^a-z0-9 ]+/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
  if (said === '') return again('nothing_found')
  const folded = titles.map((title) =>
    fold(title)
      .replace(/[^a-z0-9 ]+/g, ' ')
      .replace(/\s+/g, ' ')
      .trim(),
  )
  const same = folded.indexOf(said)
  if (same >= 0) return sure(same)
  if (said.split(' ').length > 12) return again('nothing_found')
  const named = byName(said, folded)
  if (named !== undefined) return named
  if (/\bnenhum[ao]?\b|\bnem um[ao]?\b(?! nem)/.test(said)) return again('none_of_them')
  if (/\bqualquer\b|\btanto faz\b|\btodas\b|\btodos\b|\bas duas\b|\bos dois\b/.test(said))
    return again('any_of_them')
  if (titles.length > 1) {
    const placed = byPlace(said, titles.length)
    if (placed !== undefined) return placed
  }
  return byYesOrNo(text, folded) ?? again(answersNothing(said) ?? 'choice')
}

/** The only title that shares what the answer says. */
function byName(said: string, titles: string[]): Reading<number> | undefined {
  const words = said.split(' ').filter((word) => !EMPTY.test(word) && !/^\d$/.test(word))
  if (words.length === 0) return undefined
  const scores = titles.map((title) => {
    const inTitle = title.split(' ')
    return words.filter((word) => inTitle.some((other) => alike(word, other))).length / words.length
  })
  const best = Math.max(...scores)
  if (best < 0.6) return undefined
  const winners = scores.flatMap((score, index) => (score === best ? [index] : []))
  return winners.length === 1 ? sure(winners[0] ?? 0) : undefined
}

/** The same word, or the same beginning of two long ones ("manha" and "manhã", "pagamento" and "pagamentos"). */
function alike(a: string, b: string): boolean {
  if (a === b) return true
  if (a.length < 4 || b.length < 4) return false
  const shared = Math.min(a.length, b.length, 7)
  return shared >= 4 && a.slice(0, shared) === b.slice(0, shared) && Math.abs(a.length - b.length) <= 3
}

function byPlace(said: string, count: number): Reading<number> | undefined {
  if (/\bpenultim[oa]\b/.test(said)) return count > 1 ? sure(count - 2) : again('out_of_range')
  if (/\bultim[oa]\b|\bde baixo\b|\bdebaixo\b|\bmais embaixo\b/.test(said)) return sure(count - 1)
  if (/\bde cima\b|\bmais em cima\b/.test(said)) return sure(0)
  if (/\bdo meio\b/.test(said) && count % 2 === 1) return sure((count - 1) / 2)
  const number =
    /^(?:(?:a|o|e|eh|quero|prefiro|escolho|vou|de|na|no|opcao|alternativa|numero|n|letra|item|botao|pode|ser|favor|por|com|ficar|fico) )*(\d{1,2})$/.exec(
      digitsSpoken(said),
    )
  if (number) return within(Number(number[1]) - 1, count)
  const letter = /^(?:letra|opcao|alternativa) ([a-j])$/.exec(said)
  if (letter) return within((letter[1] ?? 'a').charCodeAt(0) - 97, count)
  const found = ordinals.filter(([pattern]) => pattern.test(said))
  if (found.length === 1 && said.split(' ').length <= 5) return within(found[0]?.[1] ?? 0, count)
  return found.length > 1 ? again('two_answers') : undefined
}

function within(index: number, count: number): Reading<number> {
  return index >= 0 && index < count ? sure(index) : again('out_of_range')
}

/** Titles that say yes or no are chosen by any yes or no. */
function byYesOrNo(text: string, titles: string[]): Reading<number> | undefined {
  const yes = titles.findIndex((title) => /^sim\b/.test(title))
  const no = titles.findIndex((title) => /^nao\b/.test(title) && !/^nao sei\b/.test(title))
  if (yes < 0 || no < 0) return undefined
  const reading = readYesNo(text)
  if (reading.certainty === 'sure') return sure(reading.value ? yes : no)
  return reading.certainty === 'again' ? again(reading.reason) : undefined
}
