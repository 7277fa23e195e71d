import type { DialogContext } from 'botbuilder-dialogs'
import { deadline } from '../../src/format'
import { isOpen, ownerOf, type Skill, type Why } from '../../src/handoff/ticket'
import type { DeskEvent } from '../../src/message'
import { type TextKey, t } from '../../src/text'
import { CollectDialog } from '../collect'
import { fold } from '../readings'
import { crisisHelp, crisisWords } from '../repair/crisis'
import { menu } from '../repair/menu'
import type { Say, TurnDesk } from '../service'
import type { OpenQuestion, Turn } from '../turn-context'
import { hearAnswer, hearLogin, startAsking } from './asking'
import { noteSigns, noteTopic, skillOf, wishOf } from './brief'
import { lineIsOpen, offerInWords, readOffer, titleOf } from './offer'
import { readRating, titlesOfRatings } from './satisfaction'
import type { HandoffState, OpenOffer, Option } from './state'
import { asksAfterPeople } from './words'

type Here = {
  kept: HandoffState
  turn: Turn
  dialogs: DialogContext
  say: (bubbles: Say[], question?: OpenQuestion) => Promise<void>
}

/**
 * What has to do with people comes before any dialog: what the desk has the bot do, the answer to an offer, an
 * agent's question, the judgement of their help.
 * @returns whether the turn is done with that
 */
export async function beforeDialogs(here: Here): Promise<boolean> {
  const { kept, turn } = here
  const { inbound, context } = turn
  if (context.desk === undefined) return forgetPeople(kept)
  noteSigns(kept, turn)
  if (inbound.kind === 'event' && inbound.event.startsWith('desk_')) {
    await obey(here, context.desk, inbound as DeskEvent)
    return true
  }
  if (kept.asking !== undefined && (await heardForAgent(here, context.desk))) return true
  if (inbound.kind !== 'text' || turn.meaning === undefined) return false
  if (turn.meaning.crisis !== undefined) return false
  if (kept.away === true && !isWaited(context.desk)) {
    delete kept.away
    kept.backSaid = true
    await sayBack(here, 'handoff.returned')
    // It was written to people: the open question is asked before anything is taken for its answer.
    return resume(here)
  }
  if (await hearLateChoice(here)) return true
  if (context.desk.ticket?.state === 'callback' && asksAfterPeople(inbound.text)) {
    await offer(here, 'asked')
    return true
  }
  if (kept.offer !== undefined) return hearOffer(here, context.desk)
  return hearRating(here)
}

/** After the dialogs: a person is offered where one is wanted, and the help of people is judged once nothing is open. */
export async function afterDialogs(here: Here, asked: boolean): Promise<void> {
  const { kept, turn, dialogs } = here
  if (turn.context.desk !== undefined) noteTopic(kept, turn)
  if (turn.person !== undefined) {
    const { why, gently } = turn.person
    if (gently === true) return askWhetherWanted(here, why)
    return offer(here, why)
  }
  const owed = kept.satisfaction !== undefined && kept.satisfaction.questionId === undefined
  if (owed && !asked && dialogs.activeDialog === undefined && kept.offer === undefined) await askRating(here)
}

/** Help first; a person is called at once, or promised where none is there. */
export async function answerCrisis(here: Here, kind: NonNullable<NonNullable<Turn['meaning']>['crisis']>) {
  const { kept, turn, dialogs } = here
  const { context } = turn
  const { desk } = context
  turn.outcome = 'repair_crisis'
  context.record({ type: 'crisis_recognised', kind })
  if (desk === undefined) return here.say(crisisWords(kind, context.brasilia))
  turn.speaker = 'desk'
  // Those who have the conversation see it; what helps at once is said all the same.
  if (ownerOf(desk.ticket) !== 'bot') return here.say([crisisHelp(kind)])
  delete kept.offer
  const wish = await wishOf('crisis', 'crise', kept, turn, dialogs)
  const found = await desk.offer(wish)
  if (lineIsOpen(found)) {
    await here.say([crisisHelp(kind), t('handoff.crisis_queued')])
    kept.away = true
    turn.handoff = { do: 'queue', wish }
    return
  }
  const promised = desk.ticket?.state === 'callback' ? desk.ticket.callback?.by : undefined
  const by = promised ?? found.callbackBy
  await here.say([crisisHelp(kind), t('handoff.crisis_callback', { by: deadline(by, context.today) })])
  kept.away = true
  turn.handoff = { do: 'promise', wish, by }
}

/** The line, a call-back, or the assistant, with what is known of each just now. */
export async function offer(
  here: Here,
  why: Why,
  skill = skillOf(here.kept, here.turn, here.dialogs),
  before: Say[] = [],
): Promise<void> {
  const { kept, turn, dialogs } = here
  const { context } = turn
  const desk = context.desk as TurnDesk
  const ticket = desk.ticket !== undefined && isOpen(desk.ticket) ? desk.ticket : undefined
  if (ticket?.state === 'callback') return offerToChangeCallback(here, ticket.callback?.by ?? '', skill)
  const wish = await wishOf(why, skill, kept, turn, dialogs)
  const found = await desk.offer(wish)
  const { say, options } = offerInWords(found, context.today, context.off !== undefined)
  if (ticket === undefined) turn.handoff = { do: 'request', wish }
  if (ticket?.state !== 'expired') return openOffer(here, [...before, ...say], options, { why, skill })
  // Nobody goes back into a line they waited out.
  const by = deadline(found.callbackBy, context.today)
  const left = options.filter((option) => option !== 'wait')
  await openOffer(here, [...before, t('handoff.callback_question', { by })], left, { why, skill })
}

async function offerToChangeCallback(here: Here, by: string, skill: Skill): Promise<void> {
  const { today, desk } = here.turn.context
  const found = await desk?.offer({ skill, priority: 3 })
  const options: Option[] =
    found !== undefined && lineIsOpen(found)
      ? ['keep', 'wait', 'cancel_callback']
      : ['keep', 'cancel_callback']
  const stands = t('handoff.callback_stands', { by: deadline(by, today) })
  await openOffer(here, [stands, t('handoff.callback_stands_ask')], options, { why: 'asked', skill })
}

/** After a fault of ours, whatever was open: the choice is understood although no offer is. */
export function personAfterFault(id: string): { text: string } & OpenQuestion {
  const choices = [titleOf('person')]
  return { text: t('handoff.want_person'), expects: 'handoff.want', questionId: `person.${id}`, choices }
}

async function askWhetherWanted(here: Here, why: Why): Promise<void> {
  const skill = skillOf(here.kept, here.turn, here.dialogs)
  await openOffer(here, [t('handoff.want_person')], ['person', 'not_now'], { why, skill })
}

async function openOffer(
  here: Here,
  say: Say[],
  options: Option[],
  wish: { why: Why; skill: Skill },
): Promise<void> {
  const { kept, turn } = here
  const questionId = `person.${turn.inbound.id}`
  kept.offer = { ...wish, questionId, options }
  turn.context.record({ type: 'person_offered', why: wish.why, skill: wish.skill, first: options[0] })
  if (turn.outcome === 'answered') turn.outcome = 'asked'
  const expects = options[0] === 'person' ? 'handoff.want' : 'handoff.offer'
  await here.say(say, { expects, questionId, choices: options.map(titleOf) })
}

async function hearOffer(here: Here, desk: TurnDesk): Promise<boolean> {
  const { kept, turn } = here
  const { inbound, meaning } = turn
  const { offer: open } = kept
  if (open === undefined || inbound.kind !== 'text' || meaning === undefined) return false
  // It is said once more by whoever repeats.
  if (meaning.intent === 'repeat') return false
  const answer = readOffer(inbound, meaning, open)
  // With the assistant off there is nothing else to go on with.
  if (answer === undefined && turn.context.off !== undefined) return false
  delete kept.offer
  if (answer === undefined) {
    letGo(turn, desk)
    return false
  }
  turn.context.record({ type: 'person_offer_answered', answer })
  switch (answer) {
    case 'person':
      await offer(here, open.why, open.skill)
      return true
    case 'wait':
      await queue(here, desk, open)
      return true
    case 'callback':
      await promise(here, desk, open)
      return true
    case 'cancel_callback':
      delete kept.away
      turn.handoff = { do: 'return' }
      await here.say([t('handoff.callback_cancelled')])
      break
    case 'keep':
      await here.say([t('handoff.callback_kept')])
      break
    case 'go_on':
    case 'not_now':
      letGo(turn, desk)
      if (turn.context.off !== undefined || here.dialogs.activeDialog === undefined)
        await here.say([t('handoff.declined')])
  }
  await resume(here)
  return true
}

/** A choice of ours that was pressed when its question was over: a person is still wanted, or was judged already. */
async function hearLateChoice(here: Here): Promise<boolean> {
  const { kept, turn } = here
  const { inbound } = turn
  if (inbound.kind !== 'text') return false
  const pressed = inbound.questionId
  if (pressed === undefined) return hearMissingChoice(here, inbound.text)
  if (pressed === kept.offer?.questionId || pressed === kept.satisfaction?.questionId) return false
  if (pressed.startsWith('satisfaction.')) {
    await here.say([t('handoff.satisfaction_thanks')])
    return true
  }
  const wanted = (['person', 'wait', 'callback'] as const).some(
    (each) => titleOf(each) === inbound.text.trim(),
  )
  if (!pressed.startsWith('person.') || !wanted) return false
  await offer(here, 'asked')
  return true
}

/** "Esperar na fila" where no line was on offer: how things stand now is said. */
async function hearMissingChoice(here: Here, text: string): Promise<boolean> {
  const { kept, turn } = here
  const asked = (['wait', 'callback'] as const).find((each) => fold(titleOf(each)) === fold(text.trim()))
  if (asked === undefined || kept.offer?.options.includes(asked) === true) return false
  const { why = 'asked', skill = skillOf(kept, turn, here.dialogs) } = kept.offer ?? {}
  await offer(here, why, skill)
  return true
}

async function queue(here: Here, desk: TurnDesk, { why, skill }: OpenOffer): Promise<void> {
  const { kept, turn, dialogs } = here
  const wish = await wishOf(why, skill, kept, turn, dialogs)
  const found = await desk.offer(wish)
  if (!lineIsOpen(found)) return offer(here, why, skill)
  turn.handoff = { do: 'queue', wish }
  turn.speaker = 'desk'
  turn.outcome = 'handed_off'
  kept.away = true
  const place = found.ahead === 0 ? t('handoff.queued_next') : t('handoff.queued', { ahead: found.ahead })
  const instead = desk.ticket?.state === 'callback' ? [t('handoff.callback_replaced')] : []
  await here.say([[place, ...instead].join(' '), t('handoff.queued_how')])
}

async function promise(here: Here, desk: TurnDesk, { why, skill }: OpenOffer): Promise<void> {
  const { kept, turn, dialogs } = here
  const wish = await wishOf(why, skill, kept, turn, dialogs)
  const { callbackBy: by } = await desk.offer(wish)
  turn.handoff = { do: 'promise', wish, by }
  turn.outcome = 'handed_off'
  kept.away = true
  const key = turn.inbound.channel === 'web' ? 'handoff.callback_promised_web' : 'handoff.callback_promised'
  await here.say([t(key, { by: deadline(by, turn.context.today) })])
  await resume(here)
}

/** What the desk has the bot do. */
async function obey(here: Here, desk: TurnDesk, event: DeskEvent): Promise<void> {
  const { kept, turn, dialogs } = here
  delete kept.offer
  if (event.event === 'desk_asks') {
    turn.speaker = 'desk'
    return startAsking(event.field, asking(here))
  }
  delete kept.asking
  delete kept.away
  const said = kept.backSaid === true
  delete kept.backSaid
  switch (event.event) {
    case 'desk_expired': {
      const { why = 'asked', skill = skillOf(kept, turn, dialogs) } = desk.ticket ?? {}
      return offer(here, why, skill, [t('handoff.expired')])
    }
    case 'desk_starts':
      kept.satisfaction = { ticketId: event.ticketId }
      await here.say([t('handoff.starts')])
      return start(here, event.service)
    case 'desk_closed':
      kept.satisfaction = { ticketId: event.ticketId }
      if (!said) await sayBack(here, 'handoff.closed')
      return askRating(here)
    case 'desk_returned': {
      const helped = event.givenUp !== true
      if (helped) kept.satisfaction = { ticketId: event.ticketId }
      if (!said) await sayBack(here, helped ? 'handoff.returned' : 'handoff.gave_up')
      if (event.resume === 'menu') dialogs.stack.splice(0)
      // Told before, and what was open asked again then.
      if (said && dialogs.activeDialog !== undefined) return
      if (await resume(here)) return
      if (helped) return askRating(here)
      if (turn.context.off === undefined) await here.say(...menu(turn.inbound.id))
    }
  }
}

/** The service an agent chose, on top of what is open; one that is open already goes on where it is. */
async function start(here: Here, service: string): Promise<void> {
  const { dialogs } = here
  const at = dialogs.stack.findIndex((instance) => instance.id === service)
  if (at >= 0 || dialogs.dialogs.find(service) === undefined) {
    dialogs.stack.splice(0, Math.max(0, at))
    if (!(await resume(here))) await here.say(...menu(here.turn.inbound.id))
    return
  }
  await dialogs.beginDialog(service)
}

async function heardForAgent(here: Here, desk: TurnDesk): Promise<boolean> {
  const { kept, turn } = here
  const { inbound, meaning } = turn
  if (ownerOf(desk.ticket) !== 'agent') {
    delete kept.asking
    return false
  }
  turn.speaker = 'desk'
  if (inbound.kind === 'event') {
    const { event } = inbound
    const awaited = kept.asking?.field.startsWith('login.') === true
    if (awaited && (event === 'login_completed' || event === 'login_failed'))
      await hearLogin(asking(here), event)
    return true
  }
  if (meaning?.crisis !== undefined) return false
  await hearAnswer(asking(here))
  return true
}

/** Whether the conversation went to people and a ticket of it is still open. */
function isWaited({ ticket }: TurnDesk): boolean {
  return ticket !== undefined && isOpen(ticket)
}

/** The offer is over without a yes: the wish behind it ends. */
function letGo(turn: Turn, { ticket }: TurnDesk): void {
  const offered = ticket?.state === 'requested' || ticket?.state === 'expired'
  if (offered) turn.handoff = { do: 'return' }
}

/** People are done, and who speaks now. */
function sayBack({ turn, say }: Here, key: TextKey): Promise<void> {
  const now = t(turn.context.off === undefined ? 'handoff.bot_again' : 'handoff.turned_off')
  return say([`${t(key)} ${now}`])
}

/** The open question again, exactly there. @returns whether one is open */
async function resume({ dialogs, turn }: Here): Promise<boolean> {
  const open = dialogs.activeDialog && dialogs.dialogs.find(dialogs.activeDialog.id)
  if (turn.context.off !== undefined || !(open instanceof CollectDialog)) return false
  await open.resumeDialog(dialogs)
  return true
}

async function askRating(here: Here): Promise<void> {
  const { kept, turn } = here
  if (kept.satisfaction === undefined) return
  const questionId = `satisfaction.${turn.inbound.id}`
  kept.satisfaction.questionId = questionId
  const choices = titlesOfRatings()
  await here.say([t('handoff.satisfaction_ask')], { expects: 'handoff.satisfaction', questionId, choices })
}

/** A judgement is taken where it is one; anything else goes on, and is never asked again. */
async function hearRating(here: Here): Promise<boolean> {
  const { kept, turn } = here
  const { inbound, meaning } = turn
  const open = kept.satisfaction
  if (open?.questionId === undefined || inbound.kind !== 'text' || meaning === undefined) return false
  if (meaning.intent === 'repeat') return false
  delete kept.satisfaction
  const value = readRating(inbound, meaning, open.questionId)
  if (value === undefined) return false
  turn.satisfaction = { ticketId: open.ticketId, value }
  turn.context.record({ type: 'satisfaction_told', value })
  await here.say([t('handoff.satisfaction_thanks')])
  await resume(here)
  return true
}

function asking({ kept, turn, say }: Here) {
  return { kept, turn, say: (bubbles: Say[]) => say(bubbles), ask: say }
}

/** The desk is gone: what waited for it waits no more. */
function forgetPeople(kept: HandoffState): false {
  delete kept.offer
  delete kept.asking
  delete kept.satisfaction
  delete kept.away
  return false
}
