/** Spoken numbers by value, with the spellings people use; folded. */
const small: Record<string, number> = {
  zero: 0,
  um: 1,
  uma: 1,
  hum: 1,
  dois: 2,
  duas: 2,
  doi: 2,
  tres: 3,
  treis: 3,
  quatro: 4,
  cinco: 5,
  sinco: 5,
  seis: 6,
  sete: 7,
  oito: 8,
  nove: 9,
  dez: 10,
  deis: 10,
  onze: 11,
  doze: 12,
  treze: 13,
  quatorze: 14,
  catorze: 14,
  quinze: 15,
  dezesseis: 16,
  dezeseis: 16,
  desesseis: 16,
  dezessete: 17,
  dezesete: 17,
  desessete: 17,
  dezoito: 18,
  desoito: 18,
  dezenove: 19,
  desenove: 19,
}

const tens: Record<string, number> = {
  vinte: 20,
  vinti: 20,
  trinta: 30,
  trita: 30,
  quarenta: 40,
  corenta: 40,
  cinquenta: 50,
  cincoenta: 50,
  sinquenta: 50,
  sessenta: 60,
  secenta: 60,
  sesenta: 60,
  setenta: 70,
  oitenta: 80,
  noventa: 90,
}

const hundreds: Record<string, number> = {
  cem: 100,
  sem: 100,
  cento: 100,
  duzentos: 200,
  duzento: 200,
  trezentos: 300,
  trezento: 300,
  quatrocentos: 400,
  quatrocento: 400,
  quinhentos: 500,
  quinhento: 500,
  kinhentos: 500,
  seiscentos: 600,
  seissentos: 600,
  setecentos: 700,
  oitocentos: 800,
  novecentos: 900,
  duzentas: 200,
  trezentas: 300,
  quatrocentas: 400,
  quinhentas: 500,
  seiscentas: 600,
  setecentas: 700,
  oitocentas: 800,
  novecentas: 900,
}

const valueByWord = new Map(Object.entries({ ...small, ...tens, ...hundreds, mil: 1000 }))
valueByWord.delete('sem')
const word = [...valueByWord.keys()].sort((a, b) => b.length - a.length).join('|')
// "2 mil e quinhentos": after a figure "mil" belongs to the figure.
const RUN = new RegExp(`\\b(?!(?<=\\d )mil\\b)(?:${word})\\b(?:\\s+(?:e\\s+)?(?:${word})\\b)*`, 'g')
/** "Vinte nove anos", the "e" left out. */
const TENS_AND_ONES =
  /\b(vinte|trinta|quarenta|cinquenta|sessenta|setenta|oitenta|noventa) (?=(?:um|uma|dois|duas|tres|quatro|cinco|seis|sete|oito|nove) (?:anos?|mes|meses|dias?|contrib\w+|real|reais|centavos|d[eo]|#\d)\b)/g
const THOUSANDS =
  /(?<![\d.,])(\d{1,3}(?:[.,]\d{1,2})?) mil\b(?:(?: e (\d{1,3})| ([1-9]\d{2}))(?![\d.,/]*\d| (?:anos?|mes(?:es)?|dias?)\b))?/g

/**
 * Writes spoken numbers of a folded text in digits: "mil e quinhentos" → "1500", "sete do nove" → "7 do 9",
 * "2mil e 500" → "2500". "Um" alone stays: it is mostly an article ("um" before a unit is read by who knows the unit).
 */
export function numbersInDigits(folded: string): string {
  return folded
    .replace(/(\d)mil(?=\d|\b)/g, '$1 mil ')
    .replace(/ {2,}/g, ' ')
    .replace(/\b(quatro|seis|sete|oito|nove) (centos)\b/g, '$1$2')
    .replace(TENS_AND_ONES, '$1 e ')
    .replace(RUN, (run) => spokenRun(run))
    .replace(THOUSANDS, (_, thousands, joined, rest) =>
      String(Math.round(Number(String(thousands).replace(',', '.')) * 1000) + Number(joined ?? rest ?? 0)),
    )
}

function spokenRun(run: string): string {
  const numbers: string[] = []
  let total = 0
  let open = false
  /** Only something smaller than this can still be added. */
  let room = Number.POSITIVE_INFINITY
  let joined = false
  const flush = () => {
    if (open) numbers.push(String(total))
    total = 0
    open = false
    room = Number.POSITIVE_INFINITY
  }
  const spokenWords = run.split(/\s+/)
  if (spokenWords.length === 1 && valueByWord.get(run) === 1) return run
  for (const [at, spoken] of spokenWords.entries()) {
    // "Mil e dois mil": what belongs to another thousand is another number.
    if (open && total >= 1000 && spoken !== 'e' && spokenWords.indexOf('mil', at) >= 0) flush()
    if (spoken === 'e') {
      joined = true
      continue
    }
    const value = valueByWord.get(spoken) ?? 0
    if (value === 1000 && open && total < 1000 && total > 0) {
      total *= 1000
      room = 1000
    } else if (open && value < room && (joined || (room === 1000 && value >= 100)) && value > 0) {
      total += value
      room = value >= 1000 ? 1000 : value >= 100 ? 100 : value >= 20 ? 10 : 0
    } else {
      flush()
      if (joined && numbers.length > 0) numbers.push('e')
      total = value
      open = true
      room = value >= 1000 ? 1000 : value >= 100 ? 100 : value >= 20 ? 10 : 0
    }
    joined = false
  }
  flush()
  return numbers.join(' ')
}

const digitWords: Record<string, string> = {
  zero: '0',
  um: '1',
  uma: '1',
  dois: '2',
  duas: '2',
  tres: '3',
  treis: '3',
  quatro: '4',
  cinco: '5',
  sinco: '5',
  seis: '6',
  meia: '6',
  sete: '7',
  oito: '8',
  nove: '9',
}
const digitWord = Object.keys(digitWords).join('|')
const DIGIT_WORD = new RegExp(`\\b(?:${digitWord})\\b`, 'g')
const REPEATED = new RegExp(`\\b([2-9]|${digitWord}) (zero|quatro|cinco|sete|oito|nove)s\\b`, 'g')

/**
 * Digits spoken one by one, of a folded text: "meia zero um" → "6 0 1", "três zeros" → "000". Tens are joined too:
 * "vinte e dois" → "22".
 */
export function digitsSpoken(folded: string): string {
  return numbersInDigits(
    folded
      .replace(REPEATED, (_, count: string, digit: string) =>
        (digitWords[digit] ?? '').repeat(Number(digitWords[count] ?? count)),
      )
      .replace(DIGIT_WORD, (spoken, at: number) =>
        /(?:vinte|trinta|quarenta|cinquenta|sessenta|setenta|oitenta|noventa|mil|cento|[dtqsn]\w+[ct]entos|quinhentos) e $/.test(
          folded.slice(Math.max(0, at - 16), at),
        )
          ? spoken
          : (digitWords[spoken] ?? ''),
      ),
  )
}

const SLIPS: Record<string, string> = { o: '0', i: '1', l: '1', s: '5', b: '8', z: '2' }

/** Long and with no letter but those most like figures: "1OOO". */
const ROUND = /^[\doil.,/-]{4,}$/

/**
 * Letters that are slips for digits inside a group that is mostly digits: "15OO" → "1500". `least` is how many true
 * digits a group needs; with `mostly` false letters may outnumber them, for numbers that a check digit guards.
 */
export function lettersToDigits(
  folded: string,
  { least = 2, mostly = true }: { least?: number; mostly?: boolean } = {},
): { text: string; changed: boolean } {
  let changed = false
  const text = folded.replace(/(?<![a-z\d])[\doilsbz]+(?:[.,/-][\doilsbz]+)*(?![a-z\d])/g, (group) => {
    const digits = group.replace(/\D/g, '').length
    const letters = group.replace(/[^a-z]/g, '').length
    const fewer = digits < letters && !ROUND.test(group)
    if (letters === 0 || digits < least || (mostly && fewer)) return group
    changed = true
    return group.replace(/[a-z]/g, (letter) => SLIPS[letter] ?? letter)
  })
  return { text, changed }
}
