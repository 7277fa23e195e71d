import { soundOf } from '../phonetic'
import { again, type Reading, sure } from '../reading'
import { answerText, mended } from './answer'
import { answersNothing } from './no-answer'
import { digitsSpoken, numbersInDigits } from './numbers'
import { withinOneSlip } from './spelt'
import { readYesNo } from './yes-no'

const ordinals: [RegExp, number][] = [
  [/\bpr[ei]mei?r(?:inh|on)?[oa]\b|\b1[oa]\b/, 0],
  [/\bs[ei]gund(?:inh|on)?[oa]+\b|\b2[oa]\b/, 1],
  [/\bter[cs]ei?r(?:inh|on)?[oa]\b|\b3[oa]\b/, 2],
  [/\bquart[oa]\b|\b4[oa]\b/, 3],
  [/\bquint[oa]\b|\b5[oa]\b/, 4],
  [/\bsext[oa]\b|\b6[oa]\b/, 5],
  [/\bsetim[oa]\b/, 6],
  [/\boitav[oa]\b/, 7],
  [/\bnon[oa]\b/, 8],
  [/\bdecim[oa]\b/, 9],
]

/** "A segunda opção" is a position even where a weekday is a title. */
const ordinal = ordinals.map(([pattern]) => pattern.source).join('|')
const BY_POSITION = new RegExp(
  `(?:${ordinal}) (?:opcao|alternativa|item|da lista)\\b|\\b(?:opcao|alternativa|item) (?:${ordinal})`,
)

/** Words that name no option by themselves. */
const EMPTY =
  /^(?:a|o|as|os|e|eh|de|da|do|das|dos|um|uma|em|na|no|para|pra|pro|por|pela|pelo|com|que|eu|quero|queria|querer|prefiro|escolho|vou|vai|ficar|fico|foi|opcao|alternativa|numero|n|favor|essa|esse|este|esta|isso|mesmo|mesma|meu|meus|minha|me|se|sim|nao|ser|pode|gostaria|tal|ai|la|aquela|aquele|botao|item|letra|moca|moco|senhora?|viu|ta|ou|lista|banco|bco|acho|feira)$/

const NONE =
  /\bnenhum[ao]?\b|\bnem um[ao]?\b|\bnehum\w*|\bnada disso\b|\boutr[ao] (?:coisa|opcao|assunto)\b|\bnenhuma?s?\b/
const ANY =
  /\bqualquer\b|\btanto f(?:az|ez)\b|\btodas\b|\btodos\b|\bas duas\b|\bos dois\b|\b(?:vc|voce|ce|tu) (?:que )?(?:escolh\w+|decid\w+|sabe)\b|\bo que for\b|^[ao]s (?:tres|quatro|cinco|[345])$|\b(?:a|o) que (?:quiser|for|der)\b/

/**
 * Position (from 0) of the title meant. A name wins over a position: with weekdays as titles "segunda" is Monday.
 * A number chooses only where there is something to choose: beside a single title it is an answer of its own.
 */
export function readChoice(text: string, titles: string[]): Reading<number> {
  const folded = titles.map(plain)
  return mended(answerText(text), (answer) => readOnce(answer, folded))
}

function plain(text: string): string {
  return answerText(text)
    .replace(/[^a-z0-9 ]+/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
}

function readOnce(answer: string, titles: string[]): Reading<number> {
  const said = plain(answer)
  if (said === '') return again('nothing_found')
  const same = titles.indexOf(said)
  if (same >= 0) return sure(same)
  if (said.split(' ').length > 12) return again('nothing_found')
  if (NONE.test(said)) return again('none_of_them')
  const nothing = answersNothing(said)
  const isTitle = titles.some((title) => answersNothing(title) !== undefined)
  if (nothing === 'does_not_know' && !isTitle) return again(nothing)
  const named = isPosition(said, titles) ? undefined : byName(meantBy(said, titles), titles)
  if (named !== undefined) return named
  if (ANY.test(said)) return again('any_of_them')
  if (titles.length > 1) {
    const placed = byPlace(said, titles.length)
    if (placed !== undefined) return placed
  }
  return byYesOrNo(answer, titles) ?? again(answersNothing(answer) ?? 'choice')
}

/** A weekday is feminine: "o segundo" is no Monday. */
function isPosition(said: string, titles: string[]): boolean {
  const masculine = /\b(?:segundo|quarto|quinto|sexto)\b/.exec(said)?.[0]
  const named = masculine !== undefined && titles.some((title) => title.split(' ').includes(masculine))
  return BY_POSITION.test(said) || (masculine !== undefined && !named)
}

/** What people call things that titles call otherwise. */
const CALLED: [string, RegExp][] = [
  ['manha', /\b(?:cedo|cedinho|manhazinha|matutino|antes do almoco)\b/g],
  ['tarde', /\b(?:depois do almoco|tardinha|tardezinha|vespertino)\b/g],
  ['whatsapp', /\b(?:zap|zap ?zap|zapi|wpp|whats)\b/g],
  ['filho', /\b(?:fio|fi)\b/g],
  ['mae', /\b(?:mainha|mamae)\b/g],
  ['pai', /\b(?:painho|papai)\b/g],
  ['rural', /\b(?:roca|campo|sitio|lavoura)\b/g],
  ['urbano', /\bcidade\b/g],
  ['telefone', /\b(?:lig(?:a|ar|ue|uem|acao)|chamada|celular)\b/g],
]

function meantBy(said: string, titles: string[]): string {
  const figures = said.replace(/\bdia [a-z ]+/, (day) => numbersInDigits(day))
  return CALLED.reduce((text, [name, called]) => {
    const words = titles.flatMap((title) => title.split(' '))
    return words.includes(name) && !words.some((word) => word.match(called))
      ? text.replace(called, name)
      : text
  }, figures)
}

const telling = (text: string) => text.split(' ').filter((word) => !EMPTY.test(word))

/** The only title that shares what the answer says. */
function byName(said: string, titles: string[]): Reading<number> | undefined {
  const timed = byTime(said, titles)
  if (timed !== undefined) return timed
  const all = telling(said.replace(/\bdia prime\w+\b/, 'dia 1'))
  const [only] = all
  if (all.length === 1 && only !== undefined) {
    const initials = titles.flatMap((title, at) =>
      initialsOf(title) === only && only.length > 1 ? [at] : [],
    )
    if (initials.length === 1) return sure(initials[0] ?? 0)
    const starts = titles.flatMap((title, at) =>
      only.length >= 3 && !/\d/.test(only) && title.split(' ')[0]?.startsWith(only) ? [at] : [],
    )
    if (starts.length === 1) return sure(starts[0] ?? 0)
  }
  // A figure names a title only beside a word ("dia 1"); alone it is a position, if there are so many.
  const words = all.filter((word) => !/^\d$/.test(word) || all.length > 1 || Number(word) > titles.length)
  if (words.length === 0) return undefined
  const matches = titles.map((title) => {
    const own = title.split(' ')
    return words.filter((word) => own.some((other) => alike(word, other)))
  })
  const best = Math.max(...matches.map((words) => words.length))
  if (best === 0 || best / words.length < 0.5) return undefined
  const winners = matches.flatMap((words, at) => (words.length === best ? [at] : []))
  const [winner] = winners
  if (winners.length === 1) return sure(winner ?? 0)
  if (new Set(winners.map((at) => matches[at]?.join())).size === winners.length && /\b(?:ou|e)\b/.test(said))
    return again('two_answers')
  // "Parto" is all of one title and only the end of "Afastamento antes do parto".
  const whole = winners.filter((at) => telling(titles[at] ?? '').length === best)
  return whole.length === 1 ? sure(whole[0] ?? 0) : undefined
}

const WEEKDAY = /\b(?:segunda|terca|quarta|quinta|sexta|sabado|domingo)\b/g
const HOUR = /\b(?:as )?(\d{1,2}) ?(?:h|hs|hrs|horas?|00)\b(?: e mei[oa])?|\bas (\d{1,2})\b/

/** The only title of that weekday or hour: "segunda-feira de manhã", "duas da tarde". */
function byTime(said: string, titles: string[]): Reading<number> | undefined {
  const [day, other] = new Set(said.match(WEEKDAY))
  const onDay = titles.flatMap((title, at) =>
    day !== undefined && other === undefined && title.split(' ').includes(day) ? [at] : [],
  )
  if (onDay.length === 1) return sure(onDay[0] ?? 0)
  const hours = titles.map(hourOf)
  if (!hours.some((hour) => hour !== undefined)) return undefined
  const told = numbersInDigits(said)
  const hour = hourOf(told.replace(/^(?:as )?(\d{1,2}) da (?=tarde|noite|manha)/, 'as $1 da '))
  if (hour === undefined) return undefined
  const later = /\bda (?:tarde|noite)\b/.test(told) && hour < 12 ? hour + 12 : hour
  const at = hours.flatMap((each, index) => (each === later ? [index] : []))
  return at.length === 1 ? sure(at[0] ?? 0) : undefined
}

function hourOf(text: string): number | undefined {
  const found = HOUR.exec(text)
  return found === null ? undefined : Number(found[1] ?? found[2])
}

function initialsOf(title: string): string {
  const words = title.split(' ').filter((word) => word.length > 2)
  return words.map((word) => word[0]).join('')
}

/** The same word, or one written in another form or with a slip. */
function alike(a: string, b: string): boolean {
  if (a === b) return true
  if (/\d/.test(a + b)) return false
  const shorter = Math.min(a.length, b.length)
  let shared = 0
  while (shared < shorter && a[shared] === b[shared]) shared += 1
  const apart = Math.abs(a.length - b.length)
  if (shorter >= 3 && shared === shorter && apart <= 1) return true
  if (shorter >= 4 && shared >= Math.max(4, Math.min(shorter - 1, 6)) && apart <= 4) return true
  if (shorter >= 4 && soundOf(a) === soundOf(b)) return true
  const lost = shorter >= 4 && apart === 1
  return (shorter >= 5 || lost) && (withinOneSlip(a, b) || mixed(a, b))
}

/** The same letters in another order: "cadrasto". */
function mixed(a: string, b: string): boolean {
  return a[0] === b[0] && a.length === b.length && [...a].sort().join() === [...b].sort().join()
}

function byPlace(said: string, count: number): Reading<number> | undefined {
  if (/\bpenultim[oa]\b/.test(said)) return count > 1 ? sure(count - 2) : again('out_of_range')
  if (
    /\bultim[oa]\b|\bderradeir[oa]\b|\bd[oe] (?:fim|final)\b|\bde baixo\b|\bdebaixo\b|\bmais embaixo\b/.test(
      said,
    )
  )
    return sure(count - 1)
  if (/\bde cima\b|\bmais em cima\b|\bd[oe] (?:comeco|inicio|topo)\b/.test(said)) return sure(0)
  if (/\bdo meio\b/.test(said) && count % 2 === 1) return sure((count - 1) / 2)
  const words = telling(digitsSpoken(said))
  if (words.length > 0 && words.every((word) => /^\d{1,2}$/.test(word))) {
    const numbers = new Set(words)
    return numbers.size > 1 ? again('two_answers') : within(Number(words[0]) - 1, count)
  }
  const roman = ['i', 'ii', 'iii', 'iv', 'v'].indexOf(said)
  if (roman >= 0) return within(roman, count)
  const letter = /^(?:letra|opcao|alternativa) ([a-j])$|^([b-df-j])$/.exec(said)
  if (letter) return within((letter[1] ?? letter[2] ?? 'a').charCodeAt(0) - 97, count)
  const found = ordinals.filter(([pattern]) => pattern.test(said))
  if (found.length === 1 && said.split(' ').length <= 6) return within(found[0]?.[1] ?? 0, count)
  return found.length > 1 ? again('two_answers') : undefined
}

function within(index: number, count: number): Reading<number> {
  return index >= 0 && index < count ? sure(index) : again('out_of_range')
}

/** Titles that say yes or no are chosen by any yes or no. */
function byYesOrNo(answer: string, titles: string[]): Reading<number> | undefined {
  const yes = titles.findIndex((title) => /^sim\b/.test(title))
  const no = titles.findIndex((title) => /^nao\b/.test(title) && !/^nao sei\b/.test(title))
  if (yes < 0 || no < 0) return undefined
  const reading = readYesNo(answer)
  if (reading.certainty === 'sure') return sure(reading.value ? yes : no)
  return reading.certainty === 'again' ? again(reading.reason) : undefined
}
