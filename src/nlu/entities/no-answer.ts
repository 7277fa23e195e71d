import type { ReasonCode } from '../reading'

const NOT = '(?:nao|naum|n|num|nem|nunca)'
const KNOW = '(?:sei|lembro|me lembro|recordo|faco (?:nem )?ideia|faco a minima|tenho certeza|tenho ideia)'
const DOES_NOT_KNOW = new RegExp(
  `\\b${NOT} ${KNOW}\\b|\\b(?:nem|sem) ideia\\b|\\bnsei\\b|\\bsei la\\b|\\b(?:sei|lembro|recordo|faco ideia)(?: \\S{1,12}){0,3} nao\\b|\\besqueci\\b|\\bsabo nao\\b`,
)
const REFUSES = new RegExp(
  `\\b${NOT} (?:quero|vou|gosto de|posso) (?:te )?(?:falar|dizer|informar|passar|dar|responder)\\b|\\bprefiro nao\\b|\\bnao digo\\b`,
)
const WANTS_EXPLANATION =
  /\bcomo assim\b|\bo que e\b|\boq e\b|\b(?:nao|n|num) [ei]nt[ei]nd\w*|\b[ei]nt[ei]ndi (?:nao|nada|nadinha)\b|\bque e isso\b|^(?:o )?que\??$|^qual\??$|^como\??$|\bpor ?que\b|\bpra ?que\b|\bpara que\b|^\?+$|\bhein\b|\b(?:me )?explica\w*\b|\bqual (?:a|e a) diferenca\b|\bqual e melhor\b/

/** Why a folded answer holds no value, when it says so: they do not know, will not say, or ask back. */
export function answersNothing(folded: string): ReasonCode | undefined {
  if (DOES_NOT_KNOW.test(folded)) return 'does_not_know'
  if (REFUSES.test(folded)) return 'refuses'
  return WANTS_EXPLANATION.test(folded) ? 'wants_explanation' : undefined
}
