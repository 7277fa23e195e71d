import type { ReasonCode } from '../reading'

/** Why a folded answer holds no value, when it says so: they do not know, will not say, or ask back. */
export function answersNothing(folded: string): ReasonCode | undefined {
  if (
    /\b(?:nao|n|num|nem|ñ) (?:sei|lembro|me lembro|recordo|faco ideia|tenho certeza|tenho ideia)\b|\bsei (?:nao|la)\b|\blembro nao\b|\besqueci\b/.test(
      folded,
    )
  ) {
    return 'does_not_know'
  }
  if (
    /\b(?:nao|n|num) (?:quero|vou|gosto de|posso) (?:falar|dizer|informar|passar|dar|responder)\b|\bprefiro nao\b/.test(
      folded,
    )
  )
    return 'refuses'
  if (
    /\bcomo assim\b|\bo que e\b|\boq e\b|\bnao entend\w*|\bque e isso\b|^(?:o )?que\??$|^qual\??$|^como\??$|\bpor ?que\b|^\?+$|\bhein\b/.test(
      folded,
    )
  ) {
    return 'wants_explanation'
  }
  return undefined
}
