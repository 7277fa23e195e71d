import { fold } from '../fold'
import { again, confirm, type Reading, sure } from '../reading'
import { answersNothing } from './no-answer'

const YES_SIGNS = /👍|✅|👌|🆗|✔|☑|🙏|🙌/u
const NO_SIGNS = /👎|❌|🚫|✖|⛔/u

/** Said to agree although a "não" is in it, or to refuse although a "sim" is. Read before single words are. */
const agreesAnyway =
  /\bpor ?que nao\b|\b(?:nao tem|sem|nao ha) problema|\bnao me importo\b|\bnao vejo por ?que nao\b|\bnao e que (?:e|eh)\b|\bnao tenho duvida/
const refusesAnyway =
  /\b(?:claro|logico|obvio|certeza|logicamente|acho|creio|acredito|penso|parece|espero) que (?:n|nao|num)\b|\bcom certeza nao\b|\bdeus me (?:livre|defenda)|\bnem (?:pensar|a pau|morta?|que|por|ferrando|fodendo|a|em)\b|\bde jeito (?:nenhum|maneira)|\bde (?:forma|maneira) (?:alguma|nenhuma)|\bque nada\b|\bsai fora\b|\bta doido\b|\bta (?:tudo )?errad[oa]\b|\besta (?:tudo )?errad[oa]\b|\b(?:nada|nao) (?:disso|esta cert|ta cert|e isso|confere|concordo|aceito|precisa|quero|pode|mesmo)/
const surelyYes =
  /\b(?:acho|creio|acredito|penso|parece|espero|claro|logico|obvio) que (?:sim|e|eh|pode|quero|da)\b/

const YES =
  /^(?:s+|s+i+m+|sin|siim|yes|yep|y|ok+|okay|okey|oki|oukey)$|\bs+i+m+\b|\bisso\b|\bissu\b|\bclaro\b|\bcerteza\b|\bcert[oa]\b|\bcertinho\b|\bcertissimo\b|\bcorret[oa]\b|\bexat\w+|\bperfeit\w+|\bpositivo\b|\bafirmativo\b|\bconfirm\w+|\bconcord\w+|\baceit\w+|\bde acordo\b|\bpode\b|\bpodi\b|\bpodem(?:os)?\b|\bquero\b|\bqro\b|\bbora\b|\bvamos?\b|\bsimbora\b|\bfech(?:ou|ado)\b|\bcombinado\b|\bblz\b|\bbeleza\b|\bbele\b|\bjoia\b|\bshow\b|\bmassa\b|\blegal\b|\bdemorou\b|\bja e\b|\bpode crer\b|\ba?ham+\b|\bahan\b|\ban?ha[mn]\b|\bu?h?um ?hum\b|\buhum\b|\buhun\b|\bhum hum\b|\buhu\b|\be verdade\b|\bverdade\b|\bta bo[mn]\b|\besta bom\b|\bta\b|\btah\b|\bcontinua\w*|\bprossegu\w+|\bsegue\b|\bseguir\b|\bmanda\b|\bfaz\b|\bfaca\b|\btenho\b|\bsou\b|\bfoi\b|\bfui\b|\bja\b|\blogico\b|\bobvio\b|\bevidente\w*|\bcom prazer\b|\be mesmo\b|\bmesmo\b|\bmermo\b|\bmemo\b|\bautorizo\b|\bpor favor\b|\bestou\b|\btrabalho\b|\bcontribuo\b|\bpago\b|\bsabe que sim\b|\boxe\b|\buai\b/
const SHORT_YES = /^(?:e|eh|he|e sim|e ue|e claro|ta|tá|a|aa|ah+ ?ta|hum|hm+)$/
const NO =
  /\bn+a+o+\b|\bnaum\b|\bnum\b|^n+$|\bn\b|\bñ\b|\bno+ps?\b|\bnope\b|^no$|\bnunca\b|\bjamais\b|\bnegativo\b|\bnec(?:a|as)\b|\bnem\b|\bnad(?:a|inha)\b|\berrad[oa]\b|\bincorret[oa]\b|\bdiscordo\b|\brecuso\b|\bnao sou\b|\bdispenso\b|\bnegado\b|\bparei\b/

/** Yes (true) or no (false), as people say it: "aham", "isso mermo", "quero não", "sim, não" (again). */
export function readYesNo(text: string): Reading<boolean> {
  const yesSign = YES_SIGNS.test(text)
  const noSign = NO_SIGNS.test(text)
  const said = fold(text)
    .replace(/([a-z])\1{2,}/g, '$1')
    .replace(/[^a-z0-9? ]+/g, ' ')
    .replace(/\b(?:ne|viu|ta ok|moco|moca|senhora?|obrigad[oa]|por gentileza)\b/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
  if (yesSign !== noSign && !/[a-z]{2}/.test(said)) return sure(yesSign)
  if (said === '') return again('nothing_found')
  if (said.split(' ').length > 14) return again('nothing_found')
  if (/^capaz\b(?! (?:de|que sim))/.test(said)) return confirm(false, 'regional_word')
  if (agreesAnyway.test(said)) return sure(true)
  const nothing = answersNothing(said)
  if (nothing === 'does_not_know' || nothing === 'wants_explanation') return again(nothing)
  if (
    /\btalvez\b|\bdepende\b|\bquem sabe\b|\bmais ou menos\b|\btanto faz\b|\bpode ser que\b|\bnao tenho certeza\b|\bvou pensar\b|\bdeixa eu ver\b|\bainda nao sei\b/.test(
      said,
    )
  ) {
    return again('unsure')
  }
  if (surelyYes.test(said)) return sure(true)
  if (refusesAnyway.test(said)) return sure(false)
  if (/\bs+i+m+\b (?:e |mas |ou )?(?:nao|n)\b|\b(?:nao|n) (?:e |mas |ou )?s+i+m+\b(?! senhor)/.test(said))
    return again('two_answers')
  if (NO.test(said)) return sure(false)
  if (SHORT_YES.test(said)) return sure(true)
  if (said.endsWith('?')) return again('wants_explanation')
  if (YES.test(said)) return sure(true)
  return again('nothing_found')
}
