import type { DialogContext, DialogTurnResult } from 'botbuilder-dialogs'
import { AppError } from '../src/errors'
import { aboutRelative, isAboutRelative, type Relative, type TextKey, t } from '../src/text'
import { Dialog } from './botbuilder'
import {
  answerOf,
  isNo,
  isPlainAnswer,
  isStale,
  readAnswer,
  refusesFirst,
  toldBesides,
} from './collect-answer'
import {
  dropWhatDependsOn,
  learn,
  nextStep,
  questionOf,
  questionsOf,
  type State,
  stepOf,
} from './collect-state'
import { loginPrompt, reaches } from './login-prompt'
import { yesOrNo } from './readings'
import { hearWhoItIsAbout } from './relative'
import { findCorrection, undoesCorrection } from './repair/correct'
import { interrupt } from './repair/interrupt'
import { offersPerson } from './repair/person'
import type { Answer, Found, LoginStep, Prompt, Question, Say, Service } from './service'
import { type OpenQuestion, say, type Turn, turnOf } from './turn-context'

/** Facts of ours among the names of facts: what is asked after a fault, and while someone logs in. */
export const RETRY = '@retry'
const MOST_STEPS_IN_A_TURN = 40
/** After this many answers in a row we could not read, a person is offered. */
const FAILURES_BEFORE_PERSON = 3
/** After this many faults of ours or a neighbour's in one service, a person is offered instead of another try. */
const FAULTS_BEFORE_PERSON = 2

/**
 * Asks the first fact that is missing, until the service can finish. The state is facts by name and the name of
 * the fact that was asked, never a step number, so that a deploy in the middle of a conversation is harmless.
 */
export class CollectDialog<F extends object> extends Dialog {
  constructor(readonly service: Service<F>) {
    super(service.id)
  }

  override async beginDialog(
    dc: DialogContext,
    options?: { facts?: Partial<F>; relative?: Relative },
  ): Promise<DialogTurnResult> {
    const turn = turnOf(dc.context)
    const prefilled = turn.meaning && this.service.prefill?.(turn.meaning.mentions, turn.context, {})
    const state: State<F> = {
      instance: turn.inbound.id,
      facts: { ...prefilled, ...options?.facts },
      given: [],
      failures: {},
      questions: 0,
      ...(options?.relative && { relative: options.relative }),
    }
    hearWhoItIsAbout(this.service, state, turn)
    this.save(dc, state)
    turn.context.record({ type: 'service_started', service: this.id })
    return aboutRelative(state.relative, () => this.run(dc, state))
  }

  override async continueDialog(dc: DialogContext): Promise<DialogTurnResult> {
    const turn = turnOf(dc.context)
    const state = this.state(dc)
    const about = state.confirming === undefined ? hearWhoItIsAbout(this.service, state, turn) : undefined
    return aboutRelative(state.relative, () =>
      about === undefined ? this.continueWith(dc, state, turn) : this.run(dc, state, about),
    )
  }

  private async continueWith(dc: DialogContext, state: State<F>, turn: Turn): Promise<DialogTurnResult> {
    if (turn.inbound.kind === 'event') return this.continueAfterEvent(dc, state, turn)
    if (turn.inbound.kind !== 'text' || turn.meaning === undefined) return this.run(dc, state)
    const { asked } = state
    if (asked === undefined) return this.run(dc, state)
    if (isStale(turn, asked, questionOf(this.service.steps, asked.fact)?.confirms ?? false)) {
      return this.askAgain(dc, state, [t('repair.stale_answer')], 'repair_stale_answer')
    }
    const answer = answerOf(turn, asked)
    if (asked.fact === RETRY) return this.continueAfterFault(dc, state, answer)
    if (state.confirming !== undefined) return this.continueConfirming(dc, state, answer)
    const step = stepOf(this.service.steps, asked.fact)
    // The question asked before a deploy that no longer has it: the facts stand, the next missing one is asked.
    if (step === undefined) return this.run(dc, state)
    if ('login' in step) return this.continueLogin(dc, state, step, answer)
    if ('find' in step) return this.run(dc, state)
    return this.continueQuestion(dc, state, step, answer)
  }

  /** The open question again, exactly there. */
  override async resumeDialog(dc: DialogContext): Promise<DialogTurnResult> {
    const state = this.state(dc)
    if (turnOf(dc.context).person !== undefined) return Dialog.EndOfTurn
    const resumed = [t('repair.resumed', { service: t(this.service.title) })]
    return aboutRelative(state.relative, () => this.askAgain(dc, state, resumed))
  }

  private async continueQuestion(
    dc: DialogContext,
    state: State<F>,
    question: Question<F>,
    answer: Answer,
  ): Promise<DialogTurnResult> {
    const turn = turnOf(dc.context)
    const exact = answer.pressed
    const reading = readAnswer(question, answer, state, turn.context)
    if (!exact) {
      if (undoesCorrection(answer.text) && state.before !== undefined) {
        Object.assign(state, state.before)
        delete state.before
        return this.run(dc, state, [t('repair.correction_undone')], 'repair_corrected')
      }
      const interrupted = await this.interrupted(dc, state, question, reading.certainty === 'sure')
      if (interrupted !== undefined) return interrupted
    }
    if (!exact) {
      const correction = findCorrection({
        answer,
        context: turn.context,
        facts: state.facts,
        given: state.given,
        questions: questionsOf(this.service.steps),
        // "Na verdade são 29" sounds like a yes; a yes or no never hides a correction.
        openReadingIsSure: reading.certainty === 'sure' && typeof reading.value !== 'boolean',
        openFact: question.fact,
      })
      if (correction !== undefined) return this.correct(dc, state, correction)
    }
    if (question.confirms === true && !exact && !isPlainAnswer(answer.text)) {
      return this.notUnderstood(dc, state, question, 'unsure')
    }
    const told = exact ? {} : toldBesides(this.service, state.facts, question, reading, answer, turn.context)
    Object.assign(state.facts, told)
    if (reading.certainty === 'sure') {
      const confirmed = reading.value === true ? state.asked?.questionId : 'no'
      learn(state, question, question.confirms === true ? confirmed : reading.value)
      return this.run(dc, state)
    }
    if (reading.certainty === 'confirm') {
      state.confirming = { fact: question.fact, value: reading.value }
      const shown = question.show?.(reading.value) ?? String(reading.value)
      return this.open(dc, state, question.fact, [t('repair.confirm_reading', { value: shown })], yesNo())
    }
    const digressed = await interrupt(dc, { topic: 'digression', service: this.service.title })
    if (digressed === 'started') return Dialog.EndOfTurn
    if (Object.keys(told).length > 0) return this.run(dc, state)
    if (digressed === 'ask_again') return this.askAgain(dc, state, [])
    return this.notUnderstood(dc, state, question, reading.reason)
  }

  /** Cancel, go back, repeat, a person, "por quê?": heard before the answer is read. */
  private async interrupted(
    dc: DialogContext,
    state: State<F>,
    question: Question<F> | undefined,
    readable = false,
  ): Promise<DialogTurnResult | undefined> {
    const turn = turnOf(dc.context)
    const what = await interrupt(dc, { topic: 'command', service: this.service.title, readable })
    switch (what) {
      case 'cancel': {
        turn.outcome = 'repair_cancelled'
        turn.context.record({ type: 'service_cancelled', service: this.id })
        await say(dc.context, [t('repair.cancelled', { service: t(this.service.title) })])
        return dc.endDialog({ outcome: 'cancelled' })
      }
      case 'go_back':
        return this.goBack(dc, state)
      case 'ask_again':
        return this.askAgain(dc, state, [])
      case 'why':
        // Where a question has no reason of its own, "por quê?" may be one of its answers.
        if (readable && question?.why === undefined) return undefined
        return this.askAgain(dc, state, [t(question?.why ?? 'repair.why_default')], 'repair_clarified')
      case 'help':
        return this.askAgain(dc, state, [t(question?.example ?? 'repair.help_default')], 'repair_clarified')
      case 'started':
        return Dialog.EndOfTurn
      default:
        return undefined
    }
  }

  private async goBack(dc: DialogContext, state: State<F>): Promise<DialogTurnResult> {
    const last = state.given.pop()
    if (last === undefined)
      return this.askAgain(dc, state, [t('repair.nothing_to_go_back_to')], 'repair_went_back')
    delete state.facts[last]
    dropWhatDependsOn(this.service.steps, state, last)
    return this.run(dc, state, [t('repair.went_back')], 'repair_went_back')
  }

  private async correct(
    dc: DialogContext,
    state: State<F>,
    correction: { question: Question<F>; value: unknown } | { question: Question<F>; value?: undefined },
  ): Promise<DialogTurnResult> {
    const { question } = correction
    state.before = { facts: structuredClone(state.facts), given: [...state.given] }
    delete state.facts[question.fact]
    dropWhatDependsOn(this.service.steps, state, question.fact)
    if (correction.value === undefined) {
      state.given = state.given.filter((fact) => fact !== question.fact)
      return this.run(dc, state, [t('repair.correction_asked')], 'repair_corrected')
    }
    const before = state.before
    learn(state, question, correction.value)
    state.before = before
    const shown = question.show?.(correction.value) ?? String(correction.value)
    return this.run(dc, state, [t('repair.corrected', { value: shown })], 'repair_corrected')
  }

  private async continueConfirming(
    dc: DialogContext,
    state: State<F>,
    answer: Answer,
  ): Promise<DialogTurnResult> {
    const { confirming } = state
    const question = confirming && questionOf(this.service.steps, confirming.fact)
    delete state.confirming
    if (confirming === undefined || question === undefined) return this.run(dc, state)
    const reading = yesOrNo(answer)
    if (reading.certainty === 'sure' && reading.value) {
      learn(state, question, confirming.value)
      return this.run(dc, state)
    }
    if (reading.certainty === 'sure') return this.askAgain(dc, state, [t('repair.asked_anew')])
    // Not a yes or a no: perhaps the value itself, said in another way.
    return this.continueQuestion(dc, state, question, answer)
  }

  private async continueLogin(
    dc: DialogContext,
    state: State<F>,
    step: LoginStep<F>,
    answer: Answer,
  ): Promise<DialogTurnResult> {
    const turn = turnOf(dc.context)
    const session = await turn.context.login.session()
    if (session !== undefined && reaches(session.level, step.login.level)) return this.run(dc, state)
    if (answer.choice === undefined) {
      const interrupted = await this.interrupted(dc, state, undefined)
      if (interrupted !== undefined) return interrupted
    }
    const refuses = answer.choice === 2 || (answer.choice === undefined && isNo(answer.text))
    // "Tão tirando um dinheiro que eu nunca autorizei" refuses nothing.
    const plainly = refuses && (isPlainAnswer(answer.text) || refusesFirst(answer.text))
    if (answer.choice === undefined && !plainly) {
      const digressed = await interrupt(dc, { topic: 'digression', service: this.service.title })
      if (digressed === 'started') return Dialog.EndOfTurn
      if (digressed === 'ask_again') return this.askLogin(dc, state, step, [])
    }
    if (refuses) {
      turn.context.record({ type: 'login_refused', service: this.id })
      return (await this.apply(dc, state, step.refused(state.facts, turn.context))) ?? this.run(dc, state)
    }
    if (answer.choice === 1) return this.askLogin(dc, state, step, [t('login_chat.new_link')])
    const often = answer.choice === 0 && this.failsOften(state, step.fact)
    if (often && offersPerson(turn, 'login_failed')) return this.leaveToPerson(dc, [t('login_chat.not_yet')])
    return this.askLogin(dc, state, step, [t('login_chat.not_yet')])
  }

  private async continueAfterEvent(
    dc: DialogContext,
    state: State<F>,
    turn: Turn,
  ): Promise<DialogTurnResult> {
    if (turn.inbound.kind === 'event' && turn.inbound.event === 'login_failed') {
      const step = this.service.steps.find((each) => 'login' in each) as LoginStep<F> | undefined
      const failure = (await turn.context.login.lastFailure()) ?? 'other'
      const key = `login_chat.failed_${failure}` as TextKey
      if (step !== undefined && this.failsOften(state, step.fact) && offersPerson(turn, 'login_failed'))
        return this.leaveToPerson(dc, [t('handoff.login_failed')])
      if (step !== undefined) return this.askLogin(dc, state, step, [t(key)])
    }
    return this.run(dc, state)
  }

  private async continueAfterFault(
    dc: DialogContext,
    state: State<F>,
    answer: Answer,
  ): Promise<DialogTurnResult> {
    // The second choice is a person, the third to cancel, whose titles are understood as such.
    if (answer.choice !== 0) {
      const interrupted = await this.interrupted(dc, state, undefined)
      if (interrupted !== undefined) return interrupted
      const digressed = await interrupt(dc, { topic: 'digression', service: this.service.title })
      if (digressed === 'started') return Dialog.EndOfTurn
    }
    return this.run(dc, state)
  }

  private async notUnderstood(
    dc: DialogContext,
    state: State<F>,
    question: Question<F>,
    reason: string,
  ): Promise<DialogTurnResult> {
    const turn = turnOf(dc.context)
    const often = this.failsOften(state, question.fact)
    const failures = state.failures[question.fact] ?? 1
    turn.context.record({ type: 'answer_not_understood', service: this.id, fact: question.fact, failures })
    const why = question.reasons?.[reason]
    const bubbles: Say[] = [
      t(why ?? (failures === 1 ? 'repair.not_understood' : 'repair.not_understood_again')),
    ]
    if (question.example !== undefined) bubbles.push(t(question.example))
    if (often && offersPerson(turn, 'not_understood')) {
      turn.outcome = 'repair_not_understood'
      return this.leaveToPerson(dc, bubbles.slice(0, 1))
    }
    if (failures >= FAILURES_BEFORE_PERSON) bubbles.push(t('repair.offer_person'))
    return this.askAgain(dc, state, bubbles, 'repair_not_understood')
  }

  /** Counts a failure. @returns whether it is time again for a person */
  private failsOften(state: State<F>, fact: string): boolean {
    const failures = (state.failures[fact] ?? 0) + 1
    state.failures[fact] = failures
    return failures % FAILURES_BEFORE_PERSON === 0
  }

  /** A person is offered now; the open question comes again when that was answered. */
  private async leaveToPerson(dc: DialogContext, before: Say[]): Promise<DialogTurnResult> {
    await say(dc.context, before)
    return Dialog.EndOfTurn
  }

  /** Takes the steps that need nobody's answer, and stops at the first that does. */
  private async run(
    dc: DialogContext,
    state: State<F>,
    before: Say[] = [],
    outcome?: Turn['outcome'],
  ): Promise<DialogTurnResult> {
    const turn = turnOf(dc.context)
    const answered = state.asked?.fact
    delete state.asked
    delete state.confirming
    await say(dc.context, before)
    if (outcome !== undefined) turn.outcome = outcome
    for (let taken = 0; taken < MOST_STEPS_IN_A_TURN; taken += 1) {
      this.save(dc, state)
      if (turn.person !== undefined) return Dialog.EndOfTurn
      const step = nextStep(this.service.steps, state.facts)
      if (step !== undefined && !('find' in step) && !('login' in step)) {
        if (outcome === undefined) turn.outcome = 'asked'
        return this.ask(dc, state, step, [])
      }
      try {
        if (step !== undefined && 'login' in step) {
          const session = await turn.context.login.session()
          if (session === undefined || !reaches(session.level, step.login.level)) {
            return this.askLogin(
              dc,
              state,
              step,
              session === undefined ? [] : [t('login_chat.level_too_low')],
            )
          }
          if (state.personRef !== undefined && state.personRef !== session.personRef) {
            await this.startOverForAnotherPerson(dc, state, session.firstName)
          } else if (isAboutRelative() && answered !== step.fact) {
            await say(dc.context, [t('login_chat.whose_account', { name: session.firstName })])
          } else if (turn.inbound.kind === 'event') {
            await say(dc.context, [t('login_chat.welcome', { name: session.firstName })])
          }
          state.personRef = session.personRef
          Object.assign(state.facts, { [step.fact]: session.personRef })
          continue
        }
        const found = await (step === undefined
          ? this.service.finish(state.facts, turn.context)
          : step.find(state.facts, turn.context))
        delete state.failures[RETRY]
        const ended = await this.apply(dc, state, found)
        if (ended !== undefined) return ended
        if (step === undefined && found.forget === undefined)
          throw new Error(`${this.id} neither ended nor went on`)
      } catch (error) {
        const handled = await this.afterFault(dc, state, error)
        if (handled !== undefined) return handled
      }
    }
    throw new Error(`${this.id} took too many steps in one turn`)
  }

  /** A neighbour's fault keeps the facts and offers to try again; a lost session asks for login again. */
  private async afterFault(
    dc: DialogContext,
    state: State<F>,
    error: unknown,
  ): Promise<DialogTurnResult | undefined> {
    if (!(error instanceof AppError)) throw error
    const turn = turnOf(dc.context)
    const login = this.service.steps.find((step) => 'login' in step)
    if (login !== undefined && (error.code === 'login_required' || error.code === 'login_level_too_low')) {
      delete state.facts[login.fact]
      if (error.code === 'login_required') await turn.context.login.logout()
      await say(dc.context, [t(error.textKey as TextKey)])
      return undefined
    }
    return this.offerRetry(dc, state, error)
  }

  private async offerRetry(dc: DialogContext, state: State<F>, error: AppError): Promise<DialogTurnResult> {
    const turn = turnOf(dc.context)
    turn.outcome = 'error_inss'
    turn.context.record({ type: 'neighbour_failed', code: error.code, service: this.id })
    const faults = (state.failures[RETRY] ?? 0) + 1
    state.failures[RETRY] = faults
    if (faults >= FAULTS_BEFORE_PERSON && offersPerson(turn, 'bot_failed'))
      return this.leaveToPerson(dc, [t('handoff.failed_again')])
    return this.open(
      dc,
      state,
      RETRY,
      [t(error.textKey as TextKey)],
      [t('repair.choice_retry'), t('repair.choice_person'), t('repair.choice_cancel')],
    )
  }

  private async apply(
    dc: DialogContext,
    state: State<F>,
    found: Found<F>,
  ): Promise<DialogTurnResult | undefined> {
    const turn = turnOf(dc.context)
    await say(dc.context, found.say ?? [])
    if (found.done !== undefined) turn.done.push(found.done)
    if (found.person !== undefined) offersPerson(turn, found.person, 'gently')
    Object.assign(state.facts, found.facts)
    for (const fact of found.forget ?? []) {
      delete state.facts[fact]
      state.given = state.given.filter((each) => each !== fact)
    }
    if (found.start !== undefined) {
      const { service, facts } = found.start
      return dc.replaceDialog(service, { facts, relative: state.relative })
    }
    if (found.end === undefined) return undefined
    turn.outcome = found.end
    turn.context.record({ type: 'service_finished', service: this.id, outcome: found.end })
    return dc.endDialog({ outcome: found.end })
  }

  private async ask(
    dc: DialogContext,
    state: State<F>,
    question: Question<F>,
    before: Say[],
  ): Promise<DialogTurnResult> {
    const prompt = question.ask(state.facts, turnOf(dc.context).context)
    return this.open(dc, state, question.fact, [...before, ...prompt.say], prompt.choices)
  }

  private async askLogin(
    dc: DialogContext,
    state: State<F>,
    step: LoginStep<F>,
    before: Say[],
  ): Promise<DialogTurnResult> {
    let prompt: Prompt
    try {
      prompt = await loginPrompt(step.login, turnOf(dc.context).context)
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      return this.offerRetry(dc, state, error)
    }
    return this.open(dc, state, step.fact, [...before, ...prompt.say], prompt.choices)
  }

  private async askAgain(
    dc: DialogContext,
    state: State<F>,
    before: Say[],
    outcome?: Turn['outcome'],
  ): Promise<DialogTurnResult> {
    const turn = turnOf(dc.context)
    const { asked } = state
    const step = asked && stepOf(this.service.steps, asked.fact)
    if (step === undefined || 'find' in step) return this.run(dc, state, before, outcome)
    if (outcome !== undefined) turn.outcome = outcome
    delete state.confirming
    if ('login' in step) return this.askLogin(dc, state, step, before)
    return this.ask(dc, state, step, before)
  }

  /** Opens a question: from here on its answer is waited for. */
  private async open(
    dc: DialogContext,
    state: State<F>,
    fact: string,
    bubbles: Say[],
    choices?: string[],
  ): Promise<DialogTurnResult> {
    const turn = turnOf(dc.context)
    if (turn.outcome === 'answered') turn.outcome = 'asked'
    state.questions += 1
    const questionId = `${state.instance}.${fact}.${state.questions}`
    const question: OpenQuestion = { expects: `${this.id}.${fact}`, questionId, ...(choices && { choices }) }
    state.asked = { fact, questionId, at: turn.context.now, ...(choices && { choices }) }
    this.save(dc, state)
    await say(dc.context, bubbles, question)
    return Dialog.EndOfTurn
  }

  private async startOverForAnotherPerson(dc: DialogContext, state: State<F>, name: string): Promise<void> {
    state.facts = {}
    state.given = []
    delete state.before
    await say(dc.context, [t('login_chat.another_person', { name })])
  }

  private state(dc: DialogContext): State<F> {
    return dc.activeDialog?.state as State<F>
  }

  private save(dc: DialogContext, state: State<F>): void {
    if (dc.activeDialog !== undefined) dc.activeDialog.state = state
  }
}

function yesNo(): string[] {
  return [t('repair.choice_yes'), t('repair.choice_no')]
}
