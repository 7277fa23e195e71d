import type { DialogContext } from 'botbuilder-dialogs'
import type { Brief, Priority, Skill, Why } from '../../src/handoff/ticket'
import { t } from '../../src/text'
import { CollectDialog } from '../collect'
import { questionsOf, type State } from '../collect-state'
import type { Context, PersonWish, Question } from '../service'
import type { Turn } from '../turn-context'
import type { HandoffState } from './state'
import { isAngry, isElderly, needsAccessibility, tellsDisability } from './words'

/** The wish for a person as the desk is told it: why, who can help, how urgent, and what the bot knows. */
export async function wishOf(
  why: Why,
  skill: Skill,
  kept: HandoffState,
  turn: Turn,
  dialogs: DialogContext,
): Promise<PersonWish> {
  const session = await turn.context.login.session().catch(() => undefined)
  const service = dialogs.activeDialog?.id
  const brief: Brief = {
    level: session?.level ?? 'none',
    ...(kept.about !== undefined && { intent: kept.about }),
    ...(service !== undefined && { service }),
    facts: factsOf(dialogs, turn),
    done: kept.done ?? [],
    failed: kept.failed ?? [],
    flags: kept.flags ?? [],
  }
  return { why, skill, priority: why === 'crisis' ? 0 : priorityOf(kept, dialogs, turn.context), brief }
}

function priorityOf(kept: HandoffState, dialogs: DialogContext, { today }: Context): Priority {
  if (kept.flags?.includes('crisis') === true) return 0
  const { birthDate } = (stateOf(dialogs)?.facts ?? {}) as { birthDate?: unknown }
  const born = typeof birthDate === 'string' ? ({ certainty: 'sure', value: birthDate } as const) : undefined
  if (kept.needs?.includes('elderly') === true || (born && isElderly({ birthDate: born }, today))) return 1
  return kept.needs?.includes('disability') === true ? 2 : 3
}

/** Who can help: those who know the subject, or who can write to the deaf and the blind. */
export function skillOf(kept: HandoffState, turn: Turn, dialogs: DialogContext): Skill {
  if (kept.needs?.includes('accessibility') === true) return 'acessibilidade'
  const about = topicOf(turn) ?? dialogs.activeDialog?.id ?? kept.about ?? ''
  return bySubject.find(([subject]) => subject.test(about))?.[1] ?? 'geral'
}

const bySubject: [RegExp, Skill][] = [
  [/payment|discount|consigned_loan|thirteenth_salary|income_tax_statement/, 'pagamento'],
  [/^appeal_decision$/, 'recurso'],
  [
    /^(?:correct_records|contribution_statement|update_contact|pay_contribution|login_problem|data_privacy)$/,
    'cadastro',
  ],
  [
    /request|retirement|requirement|benefit|documents_needed|deadline_question|general_rules_question|proof_of_life/,
    'beneficio',
  ],
]

/** Remembers of a message what those who take over must know, however long ago it was said. */
export function noteSigns(kept: HandoffState, { meaning, context }: Turn): void {
  if (meaning === undefined) return
  const { text, mentions } = meaning
  if (meaning.crisis !== undefined) kept.flags = withOne(kept.flags, 'crisis')
  if (isAngry(text)) kept.flags = withOne(kept.flags, 'anger')
  if (isElderly(mentions, context.today)) kept.needs = withOne(kept.needs, 'elderly')
  if (tellsDisability(text)) kept.needs = withOne(kept.needs, 'disability')
  if (needsAccessibility(text)) kept.needs = withOne(kept.needs, 'accessibility')
}

/** Remembers what the person wants, to find who can help with it. */
export function noteTopic(kept: HandoffState, turn: Turn): void {
  const topic = topicOf(turn)
  if (topic !== undefined) kept.about = topic
}

function topicOf({ topic }: Turn): string | undefined {
  return topic === undefined || ACTS.test(topic) ? undefined : topic
}

/** What a conversation is kept going with; it is no subject. */
const ACTS = /^(?:greeting|goodbye|thanks|help_menu|human_agent|cancel|go_back|repeat|yes|no|out_of_scope)$/
const MOST_KEPT = 5

/** Keeps the last few of what was done or failed. */
export function keepLast(before: string[] | undefined, more: string[]): string[] {
  return [...(before ?? []), ...more.filter((each) => !before?.includes(each))].slice(-MOST_KEPT)
}

function withOne<T>(before: T[] | undefined, one: T): T[] {
  return before?.includes(one) === true ? before : [...(before ?? []), one]
}

type Facts = Record<string, unknown>

function stateOf(dialogs: DialogContext): State<Facts> | undefined {
  return dialogs.activeDialog?.state as State<Facts> | undefined
}

/** What the person told the open service, each under the question it answers, and whether they were asked it. */
function factsOf(dialogs: DialogContext, { context, meaning }: Turn): Brief['facts'] {
  const { activeDialog } = dialogs
  const dialog = activeDialog && dialogs.dialogs.find(activeDialog.id)
  const state = stateOf(dialogs)
  if (!(dialog instanceof CollectDialog) || state === undefined) return []
  const { facts, given } = state
  return questionsOf<Facts>(dialog.service.steps)
    .filter(({ fact, confirms }) => confirms !== true && facts[fact] !== undefined)
    .map((question) => ({
      name: nameOf(question, facts, context),
      value: shown(question, facts, context, meaning),
      confirmed: given.includes(question.fact),
    }))
}

/** The last sentence of the question: "Qual é a data de nascimento?" */
function nameOf(question: Question<Facts>, facts: Facts, context: Context): string {
  const last = question.ask(facts, context).say.at(-1)
  const text = typeof last === 'string' ? last : (last?.text ?? '')
  return (
    text
      .match(/[^.!?]+\?/g)
      ?.at(-1)
      ?.trim() ?? text
  )
}

function shown(question: Question<Facts>, facts: Facts, context: Context, meaning: Turn['meaning']): string {
  const value = facts[question.fact]
  if (question.show !== undefined) return question.show(value)
  if (typeof value === 'boolean') return t(value ? 'repair.choice_yes' : 'repair.choice_no')
  const { choices = [] } = question.ask(facts, context)
  const title = choices.find((text, choice) => {
    if (meaning === undefined) return false
    const reading = question.read({ text, meaning, choice, pressed: true }, facts, context)
    return reading.certainty === 'sure' && JSON.stringify(reading.value) === JSON.stringify(value)
  })
  return title ?? String(value)
}
