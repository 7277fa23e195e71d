import type { Activity } from 'botbuilder'
import type { DialogInstance } from 'botbuilder-dialogs'
import { answerIntent, rightsFirst, serviceOf } from '../dialogs/answers'
import { DialogContext, DialogSet, TurnContext } from '../dialogs/botbuilder'
import { RETRY } from '../dialogs/collect'
import { CollectingAdapter, type Reply } from '../dialogs/collecting-adapter'
import { keepLast } from '../dialogs/handoff/brief'
import { afterDialogs, answerCrisis as answerCrisisBy, beforeDialogs, offer } from '../dialogs/handoff/desk'
import type { HandoffState } from '../dialogs/handoff/state'
import { dialogs as allDialogs } from '../dialogs/index'
import { noticesByWords } from '../dialogs/notices/words'
import { fold } from '../dialogs/readings'
import { type Spoken, withRelative } from '../dialogs/relative'
import { quickAnswer } from '../dialogs/repair/explain'
import { greeting, menu, menuChoice, menuTitle } from '../dialogs/repair/menu'
import { offerPerson } from '../dialogs/repair/person'
import { confirmHeard, exampleOf, readConfirmation } from '../dialogs/repair/unreadable'
import type { Context, ConversationEvent, Handoff, Say } from '../dialogs/service'
import { type OpenQuestion, putTurn, say, type Turn } from '../dialogs/turn-context'
import type { Inbound, Outcome } from './message'
import { asides, type Meaning, type Understand } from './nlu/index'
import { type TextKey, t } from './text'

/** Everything the conversation remembers between turns, as JSON. */
export type ConversationState = {
  version: 1
  greeted: boolean
  /** botbuilder's dialog stack. */
  dialogs: DialogInstance[]
  /** The last replies, to say them again. */
  lastReplies: Reply[]
  /** Intents of the same message that wait until the service that is open is done. */
  wishes: string[]
  /** Messages in a row that nobody understood, with no question open. */
  notUnderstood: number
  /** What a recording seemed to say, until the person says whether it is right, and the last replies before it. */
  heard?: { text: string; questionId: string; before: Reply[] }
  handoff?: HandoffState
  /** Of whom the person spoke last. */
  relative?: Spoken
  /** The benefit the last answer was about, so that "que documento precisa?" is of that one. */
  benefit?: string
}

export type BotTurn = {
  state: ConversationState
  replies: Reply[]
  outcome: Outcome
  events: ConversationEvent[]
  /** `desk`: what is said also passes while the conversation is not the bot's. */
  speaker?: 'desk'
  handoff?: Handoff
  /** How a person's help was judged, 1 to 5. */
  satisfaction?: { ticketId: string; value: number }
}

/** Takes the state over: what it was before must be read again from where it is kept. */
export type Bot = (
  state: ConversationState | undefined,
  inbound: Inbound,
  context: Omit<Context, 'record'>,
  /** Given when somebody listened to the recording that came; without `heard` nothing could be understood. */
  listened?: { heard?: string | undefined },
) => Promise<BotTurn>

export const newConversation: ConversationState = {
  version: 1,
  greeted: false,
  dialogs: [],
  lastReplies: [],
  wishes: [],
  notUnderstood: 0,
}

/** Longer messages are asked to be shorter; no form field of ours needs this much. */
const LONGEST_MESSAGE = 3000
/** What is less likely than this is not offered as what may have been meant. */
const LIKELY = 0.1

/**
 * The only bridge to botbuilder: state and message in, state and replies out. It sends nothing and stores nothing,
 * and the same input gives the same output, so a turn can be run again after a crash.
 */
export function createBot(understand: Understand): Bot {
  const dialogSet = new DialogSet()
  for (const dialog of allDialogs) dialogSet.add(dialog)

  let memory: unknown

  return async (before, given, deps, listened) => {
    const state = before ?? structuredClone(newConversation)
    const events: ConversationEvent[] = []
    const context: Context = { ...deps, record: (event) => events.push(event) }
    const open = waitsForAnswer(state)
    const readText = (words: string | undefined) => {
      const text = words === undefined ? undefined : inWords(clean(words), open)
      return { text, meaning: text === undefined || text === '' ? undefined : understand(text, deps.today) }
    }
    const spoken = given.kind === 'unsupported' && given.what === 'audio' ? listened?.heard : undefined
    const written = readText(given.kind === 'text' ? given.text : spoken)
    const confirmation = answerToHeard(state, given, written.meaning)
    const inbound: Inbound = confirmation?.right === undefined ? given : asWritten(given, confirmation.right)
    const { text, meaning: understood } = inbound === given ? written : readText(confirmation?.right)
    const meaning = withRelative(state, understood, given.at)
    if (confirmation !== undefined) context.record({ type: confirmation.event })
    const turn: Turn = { inbound, meaning, context, wishes: state.wishes, outcome: 'answered', done: [] }
    if (state.benefit !== undefined) turn.benefitBefore = state.benefit
    const kept = state.handoff ?? {}
    const adapter = new CollectingAdapter()
    const turnContext = new TurnContext(adapter, activityOf(inbound, text ?? ''))
    putTurn(turnContext, turn)
    if (memory !== undefined) turnContext.turnState.set(MEMORY, memory)
    const dialogs = new DialogContext(dialogSet, turnContext, { dialogStack: state.dialogs })
    memory ??= turnContext.turnState.get(MEMORY)
    await converse({
      state,
      kept,
      turn,
      dialogs,
      text,
      listened: listened !== undefined,
      misheard: confirmation?.event === 'audio_misheard',
      say: (bubbles, question) => say(turnContext, bubbles, question),
      asked: () => adapter.replies.at(-1)?.questionId !== undefined,
    })
    state.dialogs = dialogs.stack
    state.wishes = turn.wishes
    if (turn.benefit !== undefined) state.benefit = turn.benefit
    else if (meaning?.understood === true && !asides.has(meaning.intent)) delete state.benefit
    const { replies } = adapter
    if (context.desk !== undefined) keepWhatHappened(kept, turn, events)
    if (Object.keys(kept).length === 0) delete state.handoff
    else state.handoff = kept
    if (replies.length > 0 && turn.outcome !== 'repair_repeated') state.lastReplies = replies
    const { outcome, handoff, speaker, satisfaction } = turn
    return {
      state,
      replies,
      outcome,
      events,
      ...(handoff && { handoff }),
      ...(speaker && { speaker }),
      ...(satisfaction && { satisfaction }),
    }
  }
}

/** Whether a message may be an answer to something asked. */
export function waitsForAnswer(state: ConversationState): boolean {
  const { handoff } = state
  const people = handoff?.offer ?? handoff?.asking ?? handoff?.satisfaction?.questionId
  return state.dialogs.length > 0 || state.heard !== undefined || people !== undefined
}

/** What whoever takes over must know was done and what failed. */
function keepWhatHappened(kept: HandoffState, { done }: Turn, events: ConversationEvent[]): void {
  const failed = events.flatMap(({ type, code }) => (type === 'neighbour_failed' ? [String(code)] : []))
  if (done.length > 0) kept.done = keepLast(kept.done, done)
  if (failed.length > 0) kept.failed = keepLast(kept.failed, failed)
}

type Conversing = {
  state: ConversationState
  kept: HandoffState
  turn: Turn
  dialogs: DialogContext
  /** The cleaned text, written or heard; undefined when there is none. */
  text: string | undefined
  /** Somebody listened to the recording that came. */
  listened: boolean
  /** The person said that a recording was heard wrong. */
  misheard: boolean
  say: (bubbles: Say[], question?: OpenQuestion) => Promise<void>
  /** Whether the last thing said is a question. */
  asked: () => boolean
}

async function converse(conversing: Conversing): Promise<void> {
  const { state, kept, turn, dialogs, text, listened, misheard, say, asked } = conversing
  const { inbound, meaning, context } = turn
  const here = { kept, turn, dialogs, say }
  if (inbound.kind === 'opened') {
    if (!state.greeted) await say(...greeting(inbound.id))
    state.greeted = true
    return
  }
  const lost = dialogs.stack.some((instance) => dialogs.dialogs.find(instance.id) === undefined)
  if (lost) {
    // A service removed by a deploy while it was open.
    state.dialogs = []
    dialogs.stack.splice(0)
    turn.outcome = 'repair_code_changed'
    await say([t('repair.code_changed')])
    await say(...menu(inbound.id))
    return
  }
  if (inbound.kind === 'event' && inbound.event === 'not_delivered') return sayAgain()
  if (await beforeDialogs(here)) {
    const waits = turn.handoff?.do === 'queue' || context.off !== undefined || asked()
    if (!waits) await takeUpOtherWishes()
    return
  }
  if (context.off !== undefined) return leadToPeople(context.off)
  if (misheard) return unreadable('repair.heard_wrong')
  if (inbound.kind === 'unsupported') {
    if (inbound.what === 'audio' && listened) return hear()
    return unreadable(`repair.unsupported_${inbound.what}`)
  }
  if (inbound.kind === 'event') {
    if (dialogs.activeDialog !== undefined) await goOn(dialogs)
    else if (inbound.event === 'login_completed') {
      const session = await context.login.session()
      await say([t('login_chat.welcome', { name: session?.firstName ?? '' })])
      await say(...menu(inbound.id))
    }
    return afterDialogs(here, asked())
  }
  if (text === undefined || meaning === undefined) return unreadable('repair.empty')
  if (text.length > LONGEST_MESSAGE) return unreadable('repair.too_long')
  if (!/[\p{L}\p{N}?]/u.test(text)) return unreadable('repair.no_words')
  if (meaning.crisis !== undefined) return answerCrisis(meaning.crisis)
  if (meaning.intent === 'repeat' && meaning.confidence > 0.6 && mayRepeat(inbound, state)) return sayAgain()
  if (!state.greeted && dialogs.activeDialog === undefined && meaning.intents[0] !== 'greeting') {
    state.greeted = true
    await say([t('menu.short_greeting')])
  }
  if (leavesLogin(meaning)) {
    const { url } = await context.login.logout()
    context.record({ type: 'logged_out' })
    dialogs.stack.splice(0)
    const bye = t('login_chat.logged_out')
    await say([url === undefined ? bye : { text: bye, link: { title: t('login_chat.logout_title'), url } }])
    return
  }
  if (dialogs.activeDialog !== undefined) await goOn(dialogs)
  else await open()
  if (turn.person === undefined) await takeUpOtherWishes()
  await afterDialogs(here, asked())

  async function sayAgain(): Promise<void> {
    turn.outcome = 'repair_repeated'
    for (const reply of state.lastReplies) await say([bubble(reply)], questionOf(reply))
  }

  async function open(): Promise<void> {
    const message = meaning as Meaning
    if (inbound.kind === 'text' && inbound.questionId !== undefined && !isMenu(inbound.questionId)) {
      turn.outcome = 'repair_stale_answer'
      await say([t('repair.stale_answer')])
      return say(...menu(inbound.id))
    }
    const asksMore = !message.understood || message.intent === 'general_rules_question'
    const quick = quickAnswer(message.text, context, asksMore ? turn.benefitBefore : undefined)
    if (quick !== undefined) {
      state.notUnderstood = 0
      return say([quick])
    }
    const title = menuTitle(message, state.lastReplies.at(-1))
    const chosen = menuChoice(title ?? message.text) ?? noticesByWords(message.text)
    if (chosen !== undefined && 'service' in chosen) {
      await dialogs.beginDialog(chosen.service, chosen)
      return
    }
    const [first, ...others] =
      chosen !== undefined ? [chosen.intent] : message.understood ? message.intents : []
    if (first !== undefined) turn.topic = first
    const service = first === undefined ? undefined : serviceOf(first)
    if (service !== undefined) {
      state.notUnderstood = 0
      turn.wishes.push(...others)
      await say(rightsFirst(first ?? '', turn))
      await dialogs.beginDialog(service.id, { facts: service.facts })
      return
    }
    if (first === 'human_agent') return say(offerPerson(turn, 'asked'))
    const answer = first === undefined ? undefined : await answerIntent(first, turn)
    if (answer !== undefined) {
      state.notUnderstood = 0
      const { greeted } = state
      state.greeted = true
      if (first === 'greeting' || first === 'help_menu')
        return say(...(first === 'greeting' && !greeted ? greeting(inbound.id) : menu(inbound.id)))
      turn.wishes.push(...others)
      return say(answer)
    }
    return notUnderstood(message)
  }

  /** The second wish of "quero ver meu pagamento e simular", once the first is done. */
  async function takeUpOtherWishes(): Promise<void> {
    if (dialogs.activeDialog !== undefined) return
    const [next, ...later] = turn.wishes.map(serviceOf).filter((service) => service !== undefined)
    turn.wishes = later.length === 0 ? [] : turn.wishes.slice(-later.length)
    if (next === undefined) return
    await say([t('repair.other_wish')])
    await dialogs.beginDialog(next.id, { facts: next.facts })
  }

  async function notUnderstood(message: Meaning): Promise<void> {
    state.notUnderstood += 1
    turn.outcome = 'repair_not_understood'
    context.record({ type: 'not_understood', inARow: state.notUnderstood })
    if (state.notUnderstood === 1) return say([t('repair.not_understood_open')])
    if (state.notUnderstood === 2) {
      const choices = message.nearest
        .filter(({ intent, confidence }) => confidence >= LIKELY && serviceOf(intent) !== undefined)
        .map(({ intent }) => t(`menu.intent_${intent}` as TextKey))
      if (choices.length === 0) {
        await say([t('repair.not_understood_menu')])
        return say(...menu(inbound.id))
      }
      const unique = [...new Set([...choices, t('menu.choice_person')])]
      return say([t('repair.did_you_mean')], {
        expects: 'menu.choice',
        questionId: `menu.${inbound.id}`,
        choices: unique,
      })
    }
    await say([t('repair.still_not_understood'), ...offerPerson(turn, 'not_understood')])
  }

  function answerCrisis(kind: NonNullable<Meaning['crisis']>): Promise<void> {
    return answerCrisisBy(here, kind)
  }

  /** There is no assistant just now, only people; what was open waits for its return. */
  async function leadToPeople(off: NonNullable<Context['off']>): Promise<void> {
    if (meaning?.crisis !== undefined) return answerCrisis(meaning.crisis)
    if (inbound.kind === 'event') return
    await offer(here, 'turned_off', undefined, off === 'again' ? [] : [t('handoff.turned_off')])
  }

  /** A recording somebody listened to: what it seemed to say is asked back, but help is never put off. */
  async function hear(): Promise<void> {
    if (meaning?.crisis !== undefined) return answerCrisis(meaning.crisis)
    if (text === undefined || !/[\p{L}\p{N}]/u.test(text)) return unreadable('repair.heard_nothing')
    if (text.length > LONGEST_MESSAGE) return unreadable('repair.too_long')
    const questionId = `heard.${inbound.id}`
    state.heard = { text, questionId, before: state.heard?.before ?? state.lastReplies }
    turn.outcome = 'asked'
    context.record({ type: 'audio_heard' })
    await say(...confirmHeard(text, questionId))
  }

  /** A message we cannot take as words; whatever was asked stays asked, and how to answer it is said. */
  async function unreadable(key: string): Promise<void> {
    turn.outcome = 'repair_unsupported'
    const asked = state.lastReplies.at(-1)
    const open = waitsForAnswer({ ...state, dialogs: dialogs.stack, handoff: kept })
    const example =
      inbound.kind === 'unsupported' && state.heard === undefined ? exampleOf(dialogs) : undefined
    await say([t(key as TextKey), ...(example === undefined ? [] : [t(example)])])
    if (open && asked?.questionId !== undefined) await say([bubble(asked)], questionOf(asked))
    else if (!open) await say(...menu(inbound.id))
  }
}

/**
 * Takes the answer to "entendi: …, certo?" off the state. Whatever else was said or happened stands for itself, and
 * what was heard is forgotten; only a request to repeat, or another thing we cannot read, leaves it open.
 */
function answerToHeard(
  state: ConversationState,
  given: Inbound,
  meaning: Meaning | undefined,
): { event: 'audio_confirmed' | 'audio_misheard' | 'audio_passed_over'; right?: string } | undefined {
  const { heard } = state
  if (heard === undefined || given.kind === 'opened' || given.kind === 'unsupported') return undefined
  const said = given.kind === 'text' ? readConfirmation(given, meaning, heard.questionId) : 'new'
  if (said === 'new' && given.kind === 'text' && meaning?.intent === 'repeat') return undefined
  delete state.heard
  state.lastReplies = heard.before
  if (said === 'right') return { event: 'audio_confirmed', right: heard.text }
  return { event: said === 'wrong' ? 'audio_misheard' : 'audio_passed_over' }
}

/** The confirmed words as if the person had written them just now. */
function asWritten({ id, channel, conversationId, at }: Inbound, text: string): Inbound {
  return { id, channel, conversationId, at, kind: 'text', text }
}

/** Where botbuilder keeps, for one turn, the list of its memories; none of ours, and the same for every turn. */
const MEMORY = 'DialogStateManagerConfiguration'

/** Lets the open dialog hear the message, without botbuilder's events, which nobody here listens to. */
async function goOn(dialogs: DialogContext): Promise<void> {
  const open = dialogs.activeDialog && dialogs.dialogs.find(dialogs.activeDialog.id)
  await open?.continueDialog(dialogs)
}

/** Control characters, direction marks and the like carry no meaning for us and could disguise the text shown. */
function clean(text: string): string {
  return text
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}]/gu, (character) =>
      character === '\n' || character === '\t' ? ' ' : '',
    )
    .replace(/\s+/g, ' ')
    .trim()
}

/** A thumb is an answer on a telephone; with nothing asked, it is thanks. */
function inWords(text: string, open: boolean): string {
  const sign = text.replace(/\s|\u{FE0F}|[\u{1F3FB}-\u{1F3FF}]/gu, '')
  if (/^(?:👍|👌|✅|✔|🆗)+$/u.test(sign)) return open ? 'sim' : 'valeu'
  return open && /^(?:👎|❌|🚫)+$/u.test(sign) ? 'não' : text
}

/** "Sair" ends the session; inside a form "quero sair disso" cancels, which the form hears. */
function leavesLogin(meaning: Meaning): boolean {
  return /^(sair|logout|desconectar|sair da (minha )?conta|encerrar sessao|sair do gov\.?br)\W*$/.test(
    fold(meaning.text),
  )
}

/** "De novo" after a fault tries again, and a pressed choice is an answer: neither asks to hear it again. */
function mayRepeat(inbound: Inbound, state: ConversationState): boolean {
  const open = state.lastReplies.at(-1)
  const pressed = inbound.kind === 'text' && inbound.questionId !== undefined
  return open !== undefined && !pressed && open.expects?.endsWith(RETRY) !== true
}

function isMenu(questionId: string): boolean {
  return questionId.startsWith('menu.')
}

function bubble(reply: Reply): Say {
  return reply.link === undefined ? reply.text : { text: reply.text, link: reply.link }
}

function questionOf(reply: Reply): OpenQuestion | undefined {
  if (reply.expects === undefined || reply.questionId === undefined) return undefined
  return {
    expects: reply.expects,
    questionId: reply.questionId,
    ...(reply.choices && { choices: reply.choices }),
  }
}

function activityOf(inbound: Inbound, text: string): Partial<Activity> {
  return {
    type: inbound.kind === 'text' ? 'message' : 'event',
    id: inbound.id,
    text,
    channelId: inbound.channel,
    conversation: { id: inbound.conversationId } as Activity['conversation'],
    from: { id: 'person', name: '' },
    recipient: { id: 'bot', name: '' },
  }
}
