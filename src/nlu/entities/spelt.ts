import { soundOf } from '../phonetic'
import { remembered } from '../remembered'

/** Words that numbers and times are told with; the rest of a language is not needed to read them. */
const NUMBERS =
  'dois tres quatro cinco seis sete oito nove onze doze treze quatorze catorze quinze dezesseis dezessete dezoito dezenove vinte trinta quarenta cinquenta sessenta setenta oitenta noventa cento duzentos trezentos quatrocentos quinhentos seiscentos setecentos oitocentos novecentos'
const TIMES =
  'anos meses semanas decada decadas contribuicoes contribuicao janeiro fevereiro marco abril maio junho julho agosto setembro outubro novembro dezembro salario salarios minimo'
const wanted = `${NUMBERS} ${TIMES}`.split(' ')

/** Words near a number that are no number. */
const others = new Set(
  'quarto quarta quadro site sinto sento tinta certo conto contos junto julio semanal semana mensal salarial salarios minimos minimas mesmo mesma meses ano anos doce janela contribui contribuo contribuia contribuicao contribuicoes parcelas segunda terceira primeira quinta sexta sesta vinda novas novos nome noves zeros oitos cincos abriu dois duas oitava nona'.split(
    ' ',
  ),
)

/** "Março" folded has lost its cedilla. */
const bySound = new Map([
  ...wanted.map((word) => [soundOf(word), word] as const),
  [soundOf('marso'), 'marco'],
])
const known = new Set(wanted)
const long = wanted.filter((word) => word.length >= 6)

/**
 * Brings misspelt number and time words of a folded text to the dictionary's: what sounds the same ("dose", "anus",
 * "mezes"), or is one slip away when it is long enough for that to mean nothing else ("quato", "cincoenta").
 */
export function spelt(folded: string): string {
  return folded.replace(/[a-z]{4,14}/g, meant)
}

const meant = remembered((word) => {
  const fond = FOND.exec(word)
  if (fond !== null) return fondly(fond[1] ?? '')
  if (known.has(word) || others.has(word)) return word
  const sound = bySound.get(soundOf(word))
  if (sound !== undefined) return sound
  return word.length < 5 ? word : (nearest(word) ?? word)
})

/** "Quinhentão", "milzinho", "cinquentinha". */
const FOND =
  /^(duzent|trezent|quatrocent|quinhent|seiscent|setecent|oitocent|novecent|cen|mil|vint|trint|cinquent)(?:z?ao|z?inh[oa]s?)$/

function fondly(stem: string): string {
  if (stem === 'mil') return stem
  if (stem === 'cen') return 'cem'
  if (stem === 'vint') return 'vinte'
  return stem.endsWith('cent') || stem.endsWith('zent') || stem.endsWith('hent') ? `${stem}os` : `${stem}a`
}

function nearest(word: string): string | undefined {
  const near = long.filter((each) => each[0] === word[0] && withinOneSlip(word, each))
  return near.length === 1 ? near[0] : undefined
}

/** One letter left out, put in, changed, or two that changed places. */
export function withinOneSlip(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false
  let start = 0
  while (start < a.length && a[start] === b[start]) start += 1
  const restA = a.slice(start)
  const restB = b.slice(start)
  if (restA.slice(1) === restB || restA === restB.slice(1) || restA.slice(1) === restB.slice(1)) return true
  return restA[0] === restB[1] && restA[1] === restB[0] && restA.slice(2) === restB.slice(2)
}
