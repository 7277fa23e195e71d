import type { DialogContext } from 'botbuilder-dialogs'
import type { Inbound } from '../../src/message'
import { type Meaning, readChoice, readYesNo } from '../../src/nlu/index'
import { type TextKey, t } from '../../src/text'
import { CollectDialog } from '../collect'
import { questionOf, type State } from '../collect-state'
import type { Say } from '../service'
import type { OpenQuestion } from '../turn-context'

/** What a recording seemed to say is never acted on before the person said that it is right. */
export function confirmHeard(text: string, questionId: string): [Say[], OpenQuestion] {
  return [[t('repair.heard', { text })], { expects: 'repair.heard', questionId, choices: choices() }]
}

/** Longer than this is not just a yes or a no. */
const MOST_WORDS = 5

/** What was said to it: right, wrong, or something new that stands for itself ("sim, e quero ver meu pedido"). */
export function readConfirmation(
  inbound: Inbound & { kind: 'text' },
  meaning: Meaning | undefined,
  questionId: string,
): 'right' | 'wrong' | 'new' {
  if (inbound.questionId !== undefined && inbound.questionId !== questionId) return 'new'
  const text = inbound.text.trim()
  const same = choices().indexOf(text)
  if (same >= 0) return same === 0 ? 'right' : 'wrong'
  const words = text.split(/\s+/).length
  const other = meaning?.intents.some((intent) => intent !== 'yes' && intent !== 'no') ?? true
  if (words > MOST_WORDS || (other && !/^(vou|prefiro|quero) escrever\W*$/i.test(text))) return 'new'
  const reading = readYesNo(text)
  if (reading.certainty === 'sure') return reading.value ? 'right' : 'wrong'
  const choice = readChoice(text, choices())
  if (choice.certainty !== 'sure') return 'new'
  return choice.value === 0 ? 'right' : 'wrong'
}

/** An example of an answer to the question that is open, where it has one: for who sent what we cannot read. */
export function exampleOf(dialogs: DialogContext): TextKey | undefined {
  const { activeDialog } = dialogs
  if (activeDialog === undefined) return undefined
  const dialog = dialogs.dialogs.find(activeDialog.id)
  if (!(dialog instanceof CollectDialog)) return undefined
  const { asked, confirming } = activeDialog.state as State<Record<string, unknown>>
  if (asked === undefined || confirming !== undefined) return undefined
  return questionOf(dialog.service.steps, asked.fact)?.example
}

function choices(): string[] {
  return [t('repair.choice_yes'), t('repair.choice_write')]
}
