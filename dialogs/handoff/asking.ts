import { AppError } from '../../src/errors'
import { type TextKey, t } from '../../src/text'
import { answerOf, isNo } from '../collect-answer'
import { loginPrompt, reaches } from '../login-prompt'
import { fold, yesOrNo } from '../readings'
import type { Answer, Level, Prompt, Say } from '../service'
import type { OpenQuestion, Turn } from '../turn-context'
import { fieldExample, fieldQuestion, fieldReason, isDeskField, readField } from './fields'
import type { HandoffState } from './state'

/** After so many answers that could not be read the agent goes on without. */
const MOST_TRIES = 3

type Asking = NonNullable<HandoffState['asking']>
type AskingTurn = {
  kept: HandoffState
  turn: Turn
  ask: (say: Say[], question: OpenQuestion) => Promise<void>
  say: (say: Say[]) => Promise<void>
}

/** Puts an agent's question to the person, or tells the agent at once what is known already. */
export async function startAsking(field: string, here: AskingTurn): Promise<void> {
  here.kept.asking = { field, questionId: '', tries: 0 }
  await askOnce(here, [])
}

/** The person wrote while an agent's question was open. */
export async function hearAnswer(here: AskingTurn): Promise<void> {
  const { kept, turn } = here
  const { inbound, meaning } = turn
  const asking = kept.asking as Asking
  if (inbound.kind !== 'text' || meaning === undefined) return
  // The choice of an older question answers nothing that is asked now; the agent sees it as written.
  if (inbound.questionId !== undefined && inbound.questionId !== asking.questionId) return
  const { field, questionId, choices } = asking
  const answer = answerOf(turn, { fact: field, questionId, at: inbound.at, ...(choices && { choices }) })
  const level = levelOf(field)
  if (level !== undefined) return hearAboutLogin(here, level, answer)
  if (!isDeskField(field) || declines(answer, asking)) return giveUp(here)
  if (asking.confirming !== undefined) {
    const confirmed = yesOrNo(answer)
    const value = asking.confirming
    delete asking.confirming
    if (confirmed.certainty === 'sure' && confirmed.value) return received(here, value)
    if (confirmed.certainty === 'sure') return askOnce(here, [t('repair.asked_anew')])
  }
  const reading = readField(field, answer, turn.context)
  if (reading.certainty === 'sure') return received(here, reading.value)
  if (reading.certainty === 'confirm') {
    asking.confirming = reading.value
    const choices = [t('repair.choice_yes'), t('repair.choice_no')]
    return open(here, [t('repair.confirm_reading', { value: reading.value })], choices)
  }
  asking.tries += 1
  if (asking.tries >= MOST_TRIES) return giveUp(here)
  const why = fieldReason(field, reading.reason)
  const again = t(why ?? (asking.tries === 1 ? 'repair.not_understood' : 'repair.not_understood_again'))
  return askOnce(here, [again, fieldExample(field)])
}

/** The login an agent asked for went through, or failed. */
export async function hearLogin(here: AskingTurn, event: 'login_completed' | 'login_failed'): Promise<void> {
  const asking = here.kept.asking as Asking
  const { login } = here.turn.context
  if (event === 'login_completed') return askOnce(here, [])
  asking.tries += 1
  const failure = (await login.lastFailure()) ?? 'other'
  if (asking.tries >= MOST_TRIES) return giveUp(here)
  await askOnce(here, [t(`login_chat.failed_${failure}` as TextKey)])
}

async function askOnce(here: AskingTurn, before: Say[]): Promise<void> {
  const { field, tries } = here.kept.asking as Asking
  const level = levelOf(field)
  if (level !== undefined) return askLogin(here, level, before)
  if (!isDeskField(field)) return giveUp(here)
  const yesNo = [t('repair.choice_yes'), t('repair.choice_no')]
  const choices = field === 'yes_no' ? yesNo : tries > 0 ? [t('handoff.choice_dont_know')] : undefined
  await open(here, [...before, fieldQuestion(field)], choices)
}

async function askLogin(here: AskingTurn, level: Level, before: Say[]): Promise<void> {
  const { context } = here.turn
  const session = await context.login.session()
  if (session !== undefined && reaches(session.level, level)) {
    await here.say([...before, t('login_chat.welcome', { name: session.firstName })])
    return answered(here, session.level)
  }
  let prompt: Prompt
  try {
    prompt = await loginPrompt({ purpose: 'handoff.login_purpose', level }, context)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    context.record({ type: 'neighbour_failed', code: error.code })
    return giveUp(here)
  }
  const low = session === undefined ? [] : [t('login_chat.level_too_low')]
  await open(here, [...before, ...low, ...prompt.say], prompt.choices)
}

function hearAboutLogin(here: AskingTurn, level: Level, { choice, text }: Answer): Promise<void> {
  if (choice === 0) return askLogin(here, level, [t('login_chat.not_yet')])
  if (choice === 1) return askLogin(here, level, [t('login_chat.new_link')])
  if (choice === 2 || isNo(text)) return giveUp(here)
  // Anything else is for the agent, and the page stays open meanwhile.
  return Promise.resolve()
}

/** Opens the question: from here on its answer is waited for. */
async function open(here: AskingTurn, bubbles: Say[], choices?: string[]): Promise<void> {
  const asking = here.kept.asking as Asking
  asking.questionId = `desk.${here.turn.inbound.id}`
  delete asking.choices
  if (choices !== undefined) asking.choices = choices
  here.turn.outcome = 'asked'
  await here.ask(bubbles, {
    expects: `desk.${asking.field}`,
    questionId: asking.questionId,
    ...(choices && { choices }),
  })
}

async function received(here: AskingTurn, value: string): Promise<void> {
  await here.say([t('handoff.asked_received')])
  answered(here, value)
}

async function giveUp(here: AskingTurn): Promise<void> {
  await here.say([t('handoff.asked_given_up')])
  answered(here)
}

function answered({ kept, turn }: AskingTurn, value?: string): void {
  const { field } = kept.asking as Asking
  delete kept.asking
  turn.handoff = { do: 'answer', field, ...(value !== undefined && { value }) }
}

function levelOf(field: string): Level | undefined {
  return /^login\.(bronze|silver|gold)$/.exec(field)?.[1] as Level | undefined
}

/** "Não sei", "não quero": an answer to anything but a yes or a no, or to an open text. */
function declines({ text, choice }: Answer, { field, confirming }: Asking): boolean {
  if (field === 'yes_no' || field === 'free_text' || confirming !== undefined) return false
  const said = fold(text).replace(/[^a-z ]+/g, '')
  return (
    choice === 0 || /^(?:eu )?(?:prefiro nao|nao (?:sei|quero|vou|posso|lembro|tenho|consigo))\b/.test(said)
  )
}
