import { fold } from '../fold'
import { confirm, type Reading } from '../reading'

/** Nobody needs more to answer one question; what comes after is not read, so that any text takes bounded time. */
const LONGEST = 400

/** An answer as the readers see it: folded, of bounded length, with one kind of dash and slash, without courtesy. */
export function answerText(text: string, { addressed = false }: { addressed?: boolean } = {}): string {
  const head = text.slice(0, 2 * LONGEST).replace(/n[º°]\.?/gi, ' numero ')
  const folded = fold(head)
    .replace(/[\u2010-\u2015\u2212]/g, '-')
    .replace(/\\/g, '/')
    .replace(/[\u2018\u2019`]/g, "'")
  const short =
    folded.length <= LONGEST
      ? folded
      : folded.slice(0, Math.max(folded.lastIndexOf(' ', LONGEST), LONGEST / 2))
  return withoutCourtesy(short, addressed ? AFTER : AFTER_ADDRESSING)
}

const BEFORE =
  /^[\s,.;!]*(?:bom dia|boa tarde|boa noite|oi+|ola|entao|olh[ae]|bem,|bom,|a[hi]+,?|eh?|o,|assim,|veja)(?=[\s,.;!])[\s,.;!]*(?=\S)/
const POLITE = 'por favor|por gentileza|pf[av]?v?r?|pfvr|obrigad[oa]|brigad[oa]|obg|valeu|vlw|viu|ne'
const ENDING = '(?<=[^\\s,.;!])[\\s,.;!]*(?:[\\s,.;!](?:WORDS)|\\p{Extended_Pictographic}+)?[\\s,.;!]*$'
const AFTER = new RegExp(ENDING.replace('WORDS', POLITE).replace('|\\p{Extended_Pictographic}+', ''), 'u')
const AFTER_ADDRESSING = new RegExp(
  ENDING.replace('WORDS', `${POLITE}|(?:minha |meu )?senhora?|moc[ao]|doutora?|dra?`),
  'u',
)
const MOST_COURTESY = 4

/** "Bom dia, é 30 anos, viu moça" says "30 anos"; courtesy alone stays as it is. */
function withoutCourtesy(folded: string, after: RegExp): string {
  let said = folded
  for (let times = 0; times < MOST_COURTESY; times += 1) {
    const shorter = said.replace(after, '').replace(BEFORE, '')
    if (shorter === said || shorter === '') break
    said = shorter
  }
  return said
}

const SLIP =
  '(?:digo|(?:quer|quero|quis) dizer|opa|ops|eita|errei|(?<!\\b(?:ta|esta|e|eh|tudo|nada|foi|ficou|veio) )(?:errado|mentira)|alias|minto|corrigindo|corrijo|na verdade|ou melhor|melhor dizendo|pera(?: ?ai)?|espera|perdao|desculp[ae]|nao nao)'
const MARKED = new RegExp(
  `^(.*?\\S)[\\s,.;!-]*\\b${SLIP}\\b[\\s,:.;!-]*(?:(?:e|eh|foi|era|sao)\\s+)?(\\S.*)$`,
)
const DENIED_AFTER = /^(.*?\S)[\s,.;]+nao\s*[,.;!]+\s*(?:(?:e|eh|foi|era|sao)\s+)?(\S.*)$/
const DENIED_BEFORE =
  /^nao,? ?(?:e|eh|era|foi|sao|sou|a|o|na|no|em)?\s+([^,;]*?\S)(?:\s*[,;]\s*(?:mas\s+)?(?:(?:e|eh|foi|era|sao|sou|sim)\s+)?|\s+(?:e|eh|era|foi|mas)\s+)(\S.*)$/

/** "31 anos e não 29". */
const CONTRASTED = /^(.*\S),? e nao (?:e )?((?:[a-z]+ ){0,2}\d.*)$/

type Slip = {
  said: string
  meant: string
  /** "Não é 180, é 200" says plainly which of the two is meant. */
  plain: boolean
}

/** "1962, não, 1963", "30, digo, 32", "não é 180, é 200": what is not meant and what is. */
export function slipOf(folded: string): Slip | undefined {
  const contrasted = CONTRASTED.exec(folded)
  if (contrasted !== null) return { said: contrasted[2] ?? '', meant: contrasted[1] ?? '', plain: true }
  const slip = MARKED.exec(folded) ?? DENIED_AFTER.exec(folded)
  const found = slip ?? DENIED_BEFORE.exec(folded)
  return found === null ? undefined : { said: found[1] ?? '', meant: found[2] ?? '', plain: slip === null }
}

/**
 * Reads an answer that may hold a slip and its correction: the corrected value is to be read back. Without a value
 * on both sides the words of a slip are words like others ("não, é homem").
 */
export function mended<T>(folded: string, read: (folded: string) => Reading<T>): Reading<T> {
  const slip = slipOf(folded)
  if (slip === undefined) return read(folded)
  const said = read(slip.said)
  const meant = read(slip.meant)
  if (said.certainty === 'again' || meant.certainty === 'again') return read(folded)
  const same = JSON.stringify(said.value) === JSON.stringify(meant.value)
  return same || slip.plain ? meant : confirm(meant.value, 'corrected')
}
