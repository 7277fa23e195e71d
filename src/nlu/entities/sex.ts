import { again, type Reading, sure } from '../reading'
import { answerText, mended } from './answer'
import { answersNothing } from './no-answer'
import { withinOneSlip } from './spelt'

const WOMAN =
  /\bmulher(?:zinha|es|ao)?\b|\bcidada\b|\btiazinha\b|\bmuie\b|\bmuier\b|\bmule\b|\bmulhe\b|\bfeminin[ao]\b|\bfemenin[ao]\b|\bfemea\b|\bfemia\b|\bfem(?:in)?\b|^f\W*$|\brapariga\b|\bcabocla\b|\bmocinha\b|\bcomadre\b|\bdonzela\b|\bs[ei]nhora\b|\bsenhorinha\b|\bdona\b|\bmoca\b|\bmenina\b|\bgarota\b|\bguria\b|\bprenda\b|\bvelha\b|\bvei(?:nh)?a\b|\bvelhinha\b|\bidosa\b|\bgravida\b|\bgestante\b|\bsra\b|\b(?:d?ela)\b|\bviuva\b|👩|👵|♀/u
const MAN =
  /\bhome[mn]?\b|\bome[mn]?\b|\bomi\b|\bmasculin[aou]\b|\bmacho\b|\bmasc\b|^[mh]\W*$|\bcaboclo\b|\bmocinho\b|\bcompadre\b|\bpeao\b|\bmoleque\b|\bcidadao\b|\btioz(?:ao|inho)\b|^(?:sou (?:o )?)?seu (?!moco|doutor|sexo)[a-z]{3,}$|\bsenhor\b|\bsinho\b|\brapaz\b|\bmoco\b|\bguri\b|\bpia\b|\bvelho\b|\bvei(?:nh)?o\b|\bvelhinho\b|\bidoso\b|\bmenino\b|\bcaba\b|\bcabra\b|\bgaroto\b|\bvarao\b|\bhomi\b|\bsr\b|\b(?:d?ele)\b|\bviuvo\b|👨|👴|♂/u
const FEMALE_KIN =
  /\b(?:mae|mainha|mamae|vovo(?! dele)|esposa|companheira|filha|irma|tia|sobrinha|neta|sogra|nora|cunhada|madrasta|namorada|noiva)\b|\bminha (?:avo|vo|veia)\b/
const MALE_KIN =
  /\b(?:pai|painho|papai|marido|esposo|companheiro|filho|irmao|tio|sobrinho|neto|sogro|genro|cunhado|padrasto|namorado|noivo)\b|\bmeu (?:avo|vo|veio)\b/
/** What a person says they are ends in their gender: "sou professora", "sou pedreiro". */
const SHE_IS = /\bsou uma\b(?! pes+oa)|\bsou [a-z]{2,}(?:ada|eira|ora|iva|oma|aria|ica)\b/
const HE_IS = /\bsou um\b|\bsou [a-z]{2,}(?:ado|eiro|or|ivo|omo|ario|ico)\b/
/** Said to the attendant, not of oneself. */
const ADDRESSED = /\b(?:(?:minha |meu )?senhora?|moc[ao]|sinho(?:ra)?|dona|sra?|doutora?)\b/g

/** "Sou marido dela": whose they are is another person. */
const SOMEONES = /\b((?:marid|espos|companheir|filh|viuv|net|irma)[oa]?|mulher|mae|pai) d(?:ele|ela)\b/g

/** The sex in the person's documents, which is what the law asks about. */
export function readSex(text: string): Reading<'F' | 'M'> {
  return mended(answerText(grandparents(text), { addressed: true }), readOnce)
}

/** Only the accent tells a grandmother from a grandfather. */
function grandparents(text: string): string {
  return text
    .normalize('NFC')
    .replace(/(?<!\p{L})(?:vov|av|v)ó(?:zinha)?(?!\p{L})/giu, 'mulher')
    .replace(/(?<!\p{L})(?:vov|av|v)ô(?:zinho)?(?!\p{L})/giu, 'homem')
}

function readOnce(folded: string): Reading<'F' | 'M'> {
  const said = wordsSpelt(folded.replace(/([a-z])\1+/g, '$1').replace(/\bcabra macho sim sinho\b/, 'macho'))
  if (/\bnao (?:sou|e) (?:homem|macho)\b/.test(said)) return sure('F')
  if (/\bnao (?:sou|e) mulher\b/.test(said)) return sure('M')
  if (/\bnao (?:sou|e)\b/.test(said)) return again('nothing_found')
  if (/\btrans\b|\btravesti\b/.test(said)) return again('unsure')
  if (/\bos dois\b|\bambos\b|\bas duas\b|\bcasal\b|\bum de cada\b|\beu e (?:m|o|a)/.test(said))
    return again('two_answers')
  const aside = said.replace(ADDRESSED, ' ').replace(SOMEONES, '$1')
  const meant = [aside, said.replace(SOMEONES, '$1')].map(sexesIn).find((sexes) => sexes.length > 0) ?? []
  if (meant.length > 1) return again('two_answers')
  const [sex] = meant
  return sex === undefined ? again(answersNothing(folded) ?? 'nothing_found') : sure(sex)
}

function sexesIn(said: string): ('F' | 'M')[] {
  const woman = WOMAN.test(said) || FEMALE_KIN.test(said) || SHE_IS.test(said)
  const man = MAN.test(said) || MALE_KIN.test(said) || HE_IS.test(said)
  return [...(woman ? (['F'] as const) : []), ...(man ? (['M'] as const) : [])]
}

const wanted = ['mulher', 'homem', 'masculino', 'feminino']

function wordsSpelt(said: string): string {
  return said.replace(/[a-z]{5,11}/g, (word) => wanted.find((each) => withinOneSlip(word, each)) ?? word)
}
