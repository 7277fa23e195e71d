import terms from '../../locales/pt-BR/terms.json'
import { money } from '../../src/format'
import { t } from '../../src/text'
import { fold } from '../readings'
import type { Context } from '../service'

/**
 * What a short question is answered with, wherever it comes: whether a call is a fraud, what a word means, or one of the
 * INSS's values.
 */
export function quickAnswer(text: string, context: Context): string | undefined {
  if (doubtsCall(bare(text))) return t('answers.doubtful_call')
  return explainTerm(text) ?? valueAsked(text, context)
}

/** "O INSS ligou pedindo meus dados, é golpe?" */
function doubtsCall(said: string): boolean {
  const call = /\b(?:lig(?:ou|aram|ando|acao|acoes)|me ligam|telefonaram|telefonema)\b/
  const asks = /\b(?:ped(?:iram|indo|iu|em|e)|quer(?:em|iam)?|golpe|fraude|estelionato|falso|verdade)\b/
  const what = /\b(?:dados|senha|foto|selfie|codigo|dinheiro|pix|cpf|conta|golpe|fraude|estelionato)\b/
  return call.test(said) && asks.test(said) && what.test(said)
}

/** "Quanto está o salário mínimo?", "qual o teto do INSS": with its year, since it changes every year. */
function valueAsked(text: string, { amounts, today }: Context): string | undefined {
  const asked =
    /^(?:e )?(?:quanto|qual|quais|que valor|valor)\b[^?]{0,25}\b(?:(salario minimo)|teto)\b[^?]{0,20}\??$/.exec(
      bare(text),
    )
  const value = asked?.[1] === undefined ? amounts.ceiling : amounts.minimumWage
  if (asked === null || value === 0 || amounts.since === undefined) return undefined
  const year = amounts.since.slice(0, 4)
  const now = today.slice(0, 4)
  const said = t(asked[1] === undefined ? 'answers.ceiling' : 'answers.minimum_wage', {
    amount: money(value),
    year,
  })
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
