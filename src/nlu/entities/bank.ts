import { soundOf } from '../phonetic'
import { again, type Reading, sure } from '../reading'
import { answerText, mended } from './answer'
import { answersNothing } from './no-answer'
import { withinOneSlip } from './spelt'

/** Code in the payment system (Banco Central's list of participants) and the names people use, folded. */
const banks: [string, ...string[]][] = [
  ['001', 'banco do brasil', 'banco brasil', 'bco do brasil', 'do brasil', 'bb'],
  ['003', 'banco da amazonia', 'basa'],
  ['004', 'banco do nordeste', 'banco nordeste', 'bnb'],
  ['021', 'banestes', 'banco do espirito santo'],
  ['033', 'santander brasil', 'santander'],
  ['037', 'banpara', 'banco do para', 'banco do estado do para'],
  ['041', 'banrisul', 'banco do rio grande do sul'],
  ['047', 'banese', 'banco de sergipe'],
  ['069', 'crefisa'],
  ['070', 'brb', 'banco de brasilia'],
  ['077', 'banco inter', 'inter'],
  ['085', 'ailos', 'viacredi'],
  [
    '104',
    'caixa economica federal',
    'caixa economica',
    'economica federal',
    'caixa tem',
    'caixa',
    'cef',
    'cx',
    'caxa',
  ],
  ['121', 'agibank', 'agi'],
  ['133', 'cresol'],
  ['136', 'unicred'],
  ['197', 'stone'],
  ['208', 'btg pactual', 'btg'],
  ['212', 'banco original'],
  ['237', 'bradesco expresso', 'bradesco', 'next'],
  ['260', 'nubank', 'nu bank', 'banco nu', 'roxinho'],
  ['290', 'pagbank', 'pagseguro', 'pag seguro', 'pag bank'],
  ['318', 'bmg'],
  ['323', 'mercado pago', 'mercadopago'],
  ['336', 'c6 bank', 'c6', 'c 6'],
  ['341', 'itau unibanco', 'itau', 'unibanco', 'itao'],
  ['380', 'picpay', 'pic pay'],
  ['389', 'mercantil do brasil', 'mercantil'],
  ['422', 'safra'],
  ['623', 'panamericano', 'banco pan', 'pan'],
  ['655', 'votorantim', 'banco bv'],
  ['707', 'daycoval'],
  ['748', 'sicredi'],
  ['756', 'sicoob'],
]

/** Longer names first: "mercantil do brasil" is not the Banco do Brasil. */
const names = banks
  .flatMap(([code, ...aliases]) =>
    aliases.map((alias) => ({ alias, code, found: new RegExp(`\\b${alias}\\b`) })),
  )
  .sort((a, b) => b.alias.length - a.alias.length)
const codes = new Set(banks.map(([code]) => code))
/** Words worth recognising when misspelt. */
const long = [
  ...new Set(names.flatMap(({ alias }) => alias.split(' ').filter((word) => word.length >= 5))),
].filter((word) => word !== 'banco')
const bySound = new Map(long.map((word) => [soundOf(word), word]))
const known = new Set([...long, 'banco', 'pagar', 'conta', 'mercado'])

/** A bank by its code of three digits, said by name, nickname or code. */
export function readBank(text: string): Reading<string> {
  return mended(answerText(text), readOnce)
}

function readOnce(folded: string): Reading<string> {
  if (/\bnao tenho (?:conta|banco)\b|^nenhum\b/.test(folded)) return again('none_of_them')
  if (/\bqualquer\b|\btanto faz\b|\bmais perto\b/.test(folded)) return again('any_of_them')
  const coded = /^(?:\D{0,20}\b)?(\d{3})\W*$/.exec(folded)
  if (coded && codes.has(coded[1] ?? '')) return sure(coded[1] ?? '')
  let said = folded
    .replace(/\b([a-z])\.(?=[a-z]\b)/g, '$1')
    .replace(/[^a-z0-9]+/g, ' ')
    .replace(/[a-z]{5,12}/g, (word) => (known.has(word) ? word : (nearest(word) ?? word)))
  if (/^ ?nu ?$/.test(said)) return sure('260')
  const found = new Set<string>()
  for (const { code, found: pattern } of names) {
    if (!pattern.test(said)) continue
    found.add(code)
    said = said.replace(pattern, ' · ')
  }
  if (found.size > 1) return again('two_values')
  const [code] = found
  return code === undefined ? again(answersNothing(folded) ?? 'nothing_found') : sure(code)
}

function nearest(word: string): string | undefined {
  return bySound.get(soundOf(word)) ?? long.find((each) => each[0] === word[0] && withinOneSlip(word, each))
}
