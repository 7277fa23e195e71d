import { again, confirm, type Reading, sure } from '../reading'
import { answerText, mended } from './answer'
import { answersNothing } from './no-answer'

type Kin = { name: string; sex: 'F' | 'M'; at: number }

/** What people call their relatives, by the name of the relation; folded. */
const relations: [string, 'F' | 'M', string][] = [
  ['mãe', 'F', 'mae|mainha|mamae|genitora|maezinha'],
  ['pai', 'M', 'pai|painho|papai|genitor|paizinho'],
  ['ex-marido', 'M', 'ex[ -]?(?:marido|esposo|companheiro)'],
  ['ex-esposa', 'F', 'ex[ -]?(?:esposa|mulher|companheira)'],
  ['marido', 'M', 'marid[ou]|esposo'],
  ['esposa', 'F', 'esposa|(?<=minha )(?:mulher|muie|muier|mule)'],
  ['companheiro', 'M', 'companhei?ro'],
  ['companheira', 'F', 'companhei?ra'],
  ['avó', 'F', 'voinha|vozinha|(?<=minha )(?:avo|vo)'],
  ['avô', 'M', 'vozinho|voinho|(?<=meu )(?:avo|vo)'],
  ['filho', 'M', 'fi(?:lho|o|lhinho|linho)'],
  ['filha', 'F', 'fi(?:lha|a|lhinha|linha)'],
  ['irmão', 'M', 'irmao|mano'],
  ['irmã', 'F', 'irma|mana'],
  ['sogra', 'F', 'sogra'],
  ['sogro', 'M', 'sogro'],
  ['tio', 'M', 'ti[ou]|titio'],
  ['tia', 'F', 'tia|titia'],
  ['sobrinho', 'M', 'sobrinho'],
  ['sobrinha', 'F', 'sobrinha'],
  ['neto', 'M', 'neto|netinho'],
  ['neta', 'F', 'neta|netinha'],
  ['genro', 'M', 'genro'],
  ['nora', 'F', 'nora'],
  ['cunhado', 'M', 'cunhado'],
  ['cunhada', 'F', 'cunhada'],
  ['enteado', 'M', 'enteado'],
  ['enteada', 'F', 'enteada'],
  ['padrasto', 'M', 'padrasto'],
  ['madrasta', 'F', 'madrasta'],
  ['vizinho', 'M', 'vizinho'],
  ['vizinha', 'F', 'vizinha'],
  ['amigo', 'M', 'amigo'],
  ['amiga', 'F', 'amiga'],
]
const patterns = relations.map(([name, sex, words]) => ({
  name,
  sex,
  pattern: new RegExp(`\\b(?:${words})\\b`),
}))
const ANY = new RegExp(`\\b(?:${relations.map(([, , words]) => words).join('|')})\\b`)

const GONE =
  /\b(?:morr(?:eu|ido)|morta?|falec(?:eu|ido|ida)|finad[oa]|obito|perdi (?:meu|minha|o|a)|deus (?:o|a) tenha|(?:ja )?partiu|se foi)\b/
const MYSELF =
  /^\W*(?:e |eh )?(?:(?:pra|para|p|de|com) )?(?:mim|eu|comigo)(?: mesm[oa])?\W*$|\bsou eu\b|^\W*(?:e )?(?:meu|minha)(?: mesm[oa])?\W*$|^\W*(?:e )?(?:pra|para|p) (?:mim|eu)\b/

/** Every relative named in a folded text, in order; `raw` keeps the accents that tell "avó" from "avô". */
export function kinIn(folded: string, raw = ''): Kin[] {
  if (!ANY.test(folded) && !/\bvovo\b/.test(folded)) return []
  const found: Kin[] = []
  for (const { name, sex, pattern } of patterns) {
    const at = folded.search(pattern)
    if (at < 0) continue
    if (/^(?:marido|esposa|companheir[oa])$/.test(name) && /\bex[ -]?$/.test(folded.slice(0, at))) continue
    found.push({ name, sex, at })
  }
  const at = folded.search(/\bvovo\b/)
  if (at >= 0) {
    const grandfather = /vovô/i.test(raw) || /\bmeu vovo\b/.test(folded)
    found.push(grandfather ? { name: 'avô', sex: 'M', at } : { name: 'avó', sex: 'F', at })
  }
  return found.sort((a, b) => a.at - b.at)
}

/** Whether the text tells of a death. */
export function tellsOfDeath(folded: string): boolean {
  return GONE.test(folded)
}

/**
 * The relative a benefit is about: "mãe", "marido falecido" (one who died), "eu" (the writer). What may be a pet name
 * or a slip of dictation ("minha mão", "minha véia") is read back.
 */
export function readKinship(text: string): Reading<string> {
  const raw = text.slice(0, 400).normalize('NFC')
  return mended(answerText(text), (folded) => readOnce(folded, raw))
}

function readOnce(folded: string, raw: string): Reading<string> {
  if (/\bmeus pais\b/.test(folded)) return again('two_answers')
  const gone = GONE.test(folded)
  const kin = kinIn(folded, raw)
  const names = new Set(kin.map(({ name }) => name))
  if (names.size > 0 && /\b(?:pra|para|p) (?:mim|eu) e\b/.test(folded)) return again('two_answers')
  const [first] = kin
  if (first !== undefined) {
    if (names.size > 1) return again('two_answers')
    return sure(gone ? `${first.name} ${first.sex === 'F' ? 'falecida' : 'falecido'}` : first.name)
  }
  if (/\b(?:meu|o) (?:falecid|finad)o\b/.test(folded)) return confirm('marido falecido', 'kin_assumed')
  if (/\bminha (?:mao|veia|velha|coroa)\b/.test(folded)) return confirm('mãe', 'kin_assumed')
  if (/\bmeu (?:veio|velho|coroa)\b/.test(folded)) return confirm('pai', 'kin_assumed')
  if (MYSELF.test(folded)) return sure('eu')
  return again(answersNothing(folded) ?? 'nothing_found')
}
