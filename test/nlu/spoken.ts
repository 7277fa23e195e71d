const small =
  'zero um dois três quatro cinco seis sete oito nove dez onze doze treze quatorze quinze dezesseis dezessete dezoito dezenove'.split(
    ' ',
  )
const tens = '_ _ vinte trinta quarenta cinquenta sessenta setenta oitenta noventa'.split(' ')
const hundreds =
  '_ cento duzentos trezentos quatrocentos quinhentos seiscentos setecentos oitocentos novecentos'.split(' ')

/** A number up to 99,999 as it is said: 2350 → "dois mil trezentos e cinquenta". */
export function spoken(number: number): string {
  if (number < 20) return small[number] ?? ''
  if (number < 100) return joined(tens[Math.floor(number / 10)] ?? '', number % 10, ' e ')
  if (number === 100) return 'cem'
  if (number < 1000) return joined(hundreds[Math.floor(number / 100)] ?? '', number % 100, ' e ')
  const thousands = Math.floor(number / 1000)
  const rest = number % 1000
  // "Mil e duzentos", "mil e vinte", but "mil duzentos e vinte".
  const link = rest < 100 || rest % 100 === 0 ? ' e ' : ' '
  return joined(thousands === 1 ? 'mil' : `${spoken(thousands)} mil`, rest, link)
}

function joined(head: string, rest: number, link: string): string {
  return rest === 0 ? head : `${head}${link}${spoken(rest)}`
}
