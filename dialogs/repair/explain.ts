import terms from '../../locales/pt-BR/terms.json'
import { money } from '../../src/format'
import { type TextKey, t } from '../../src/text'
import { fold } from '../readings'
import type { Context } from '../service'

/**
 * What a short question is answered with, wherever it comes: whether a call is a fraud, what answers here, whether who is
 * retired pays and may work, how the income for the BPC is counted, what a word means, or one of the INSS's values.
 * @param about the benefit spoken of before, where the text itself tells no other wish
 */
export function quickAnswer(text: string, context: Context, about?: string): string | undefined {
  const said = bare(text)
  if (doubtsCall(said)) return t('answers.doubtful_call')
  if (asksWhatIAm(said)) return t('menu.short_greeting')
  if (asksOfWorkRetired(said)) return t('answers.work_retired')
  if (asksOfIncome(said, about)) return householdIncome(context)
  return explainTerm(text) ?? valueAsked(text, context)
}

/** "O INSS ligou pedindo meus dados, é golpe?" */
function doubtsCall(said: string): boolean {
  const call = /\b(?:lig(?:ou|aram|ando|acao|acoes)|me ligam|telefonaram|telefonema)\b/
  const asks = /\b(?:ped(?:iram|indo|iu|em|e)|quer(?:em|iam)?|golpe|fraude|estelionato|falso|verdade)\b/
  const what = /\b(?:dados|senha|foto|selfie|codigo|dinheiro|pix|cpf|conta|golpe|fraude|estelionato)\b/
  return call.test(said) && asks.test(said) && what.test(said)
}

/** "Você é um robô?", "estou falando com uma pessoa?" */
function asksWhatIAm(said: string): boolean {
  const asked =
    /\b(?:(?:voce|vc|tu|quem fala) (?:e|eh|es)|falando com)\s+(?:um |uma )?(?:robo|robot|bot|maquina|pessoa|human[ao]|gente|programa|ia|computador|inteligencia artificial)\b/
  return said.length <= 60 && asked.test(said)
}

/**
 * "Sou aposentado e voltei a trabalhar, tenho que pagar o INSS?", "aposentado pode trabalhar?". The answer: Lei 8.212/1991,
 * art. 12, § 4º; Lei 8.213/1991, arts. 18, § 2º, 46 and 57, § 8º; STF, Temas 503 and 709.
 */
function asksOfWorkRetired(said: string): boolean {
  const retired =
    /\b(?:(?:sou|estou|to|ja|sendo|fica|depois de|quem e|quem esta) aposentad[oa]s?|aposentad[oa]s? (?:que|pode|tem|precisa|paga)|me aposentei|perco (?:a|minha) aposentadoria|perde a aposentadoria|aposentar e (?:continuar|seguir|ficar) trabalh)/
  const works = /\b(?:trabalh\w+|carteira assinada|emprego)\b/
  const pays =
    /\b(?:pag|recolh|descont)\w+[^?]{0,25}\b(?:inss|previdencia)\b|\bcontribu(?:ir|o|indo|icao|icoes)\b/
  const asks =
    /\b(?:tenho que|tem que|preciso|precisa|obrigad[oa]|devo|deve|continuo|de volta|devolv\w+)\b|\?/
  const may =
    /\b(?:posso|pode|da pra|perco|perde|perder|cortam?|permitido)\b[^?]{0,50}\btrabalh|\btrabalh\w+[^?]{0,50}\b(?:perco|perde|perder|cortam?)\b/
  return retired.test(said) && ((works.test(said) && pays.test(said) && asks.test(said)) || may.test(said))
}

/** "Qual a renda pro LOAS?"; once the BPC was spoken of, "a gente ganha dois salários aqui em casa, dá?" */
function asksOfIncome(said: string, about: string | undefined): boolean {
  if (/\b(?:bpc|loas)\b/.test(said))
    return /\brenda\b/.test(said) && /\b(?:qual|quanto|quantos|limite|maxim[ao]|ate)\b/.test(said)
  const earned = /\b(?:renda|ganh(?:a|o|am|amos)|receb(?:e|o|em|emos)|salarios?|aposentad[ao]s?)\b/
  const household =
    /\b(?:casa|familia|gente|pessoas?|marido|esposo|mulher|esposa|filh[ao]s?|mae|pai|neta|neto|mor(?:a|o|am|amos)|somos)\b/
  return about?.startsWith('bpc') === true && earned.test(said) && household.test(said)
}

/** Lei 8.742/1993, art. 20, §§ 1º, 3º and 14. */
function householdIncome(context: Context): string {
  const quarter = Math.floor(context.amounts.minimumWage / 4)
  return ofItsYear('answers.household_income', quarter, context) ?? t('answers.rules_bpc')
}

/** "Quanto está o salário mínimo?", "qual o teto do INSS". */
function valueAsked(text: string, context: Context): string | undefined {
  const asked =
    /^(?:e )?(?:quanto|qual|quais|que valor|valor)\b[^?]{0,25}\b(?:(salario minimo)|teto)\b[^?]{0,20}\??$/.exec(
      bare(text),
    )
  if (asked === null) return undefined
  const { ceiling, minimumWage } = context.amounts
  return asked[1] === undefined
    ? ofItsYear('answers.ceiling', ceiling, context)
    : ofItsYear('answers.minimum_wage', minimumWage, context)
}

/** A value with its year, since it changes every year; undefined when the INSS did not tell it. */
function ofItsYear(key: TextKey, value: number, { amounts, today }: Context): string | undefined {
  if (value === 0 || amounts.since === undefined) return undefined
  const year = amounts.since.slice(0, 4)
  const now = today.slice(0, 4)
  const said = t(key, { amount: money(value), year })
  return year === now ? said : `${said} ${t('answers.value_of_year_unknown', { year: now })}`
}

/** What a word of the INSS means, when someone asks ("o que é NIT?"); undefined when nobody asked or we do not know. */
function explainTerm(text: string): string | undefined {
  const asked =
    /\b(?:o que|oq|oque|que|qual)\s+(?:e|eh|seria|significa|quer dizer)\s+(?:um |uma |o |a |isso de |esse |essa )?(.{2,40}?)\s*\??$/.exec(
      bare(text),
    )?.[1]
  if (asked === undefined) return undefined
  return terms.find((term) => term.names.some((name) => bare(name) === asked))?.meaning
}

/** Folded, without the quotes and full stops people put around a word they ask about. */
function bare(text: string): string {
  return fold(text)
    .replace(/["'.!]/g, '')
    .trim()
}
