import type { Relative } from '../src/text'
import type { Question, Step } from './service'

/** JSON, kept by botbuilder's dialog stack between turns. */
export type State<F extends object> = {
  /** Names this run of the service, the same when a turn is run again. */
  instance: string
  facts: Partial<F>
  /** Facts the person gave, in the order they gave them, for going back. */
  given: (keyof F & string)[]
  asked?: Asked
  /** A reading that needs a yes before it becomes a fact. */
  confirming?: { fact: keyof F & string; value: unknown }
  /** What was understood of a date that is asked for: `YYYY`, `YYYY-MM` or `--MM-DD`. */
  partial?: { fact: string; date: string }
  /** How often each fact was asked without an answer we could read. */
  failures: Record<string, number>
  /** The facts before the last correction, to take it back. */
  before?: { facts: Partial<F>; given: (keyof F & string)[] }
  questions: number
  /** Whom the service is about, when that is not the person who writes. */
  relative?: Relative
  personRef?: string
}

export type Asked = { fact: string; questionId: string; at: string; choices?: string[] }

/** The first step whose fact is missing and that applies to this person. */
export function nextStep<F extends object>(steps: Step<F>[], facts: Partial<F>): Step<F> | undefined {
  return steps.find((step) => facts[step.fact] === undefined && (step.when?.(facts) ?? true))
}

export function stepOf<F extends object>(steps: Step<F>[], fact: string): Step<F> | undefined {
  return steps.find((step) => step.fact === fact)
}

export function questionsOf<F extends object>(steps: Step<F>[]): Question<F>[] {
  return steps.filter((step): step is Question<F> => 'ask' in step)
}

export function questionOf<F extends object>(steps: Step<F>[], fact: string): Question<F> | undefined {
  return questionsOf(steps).find((question) => question.fact === fact)
}

/** Keeps what the person said; what could be taken back before cannot any more. */
export function learn<F extends object>(state: State<F>, question: Question<F>, value: unknown): void {
  Object.assign(state.facts, { [question.fact]: value })
  state.given = [...state.given.filter((fact) => fact !== question.fact), question.fact]
  delete state.failures[question.fact]
  delete state.before
}

/** Drops everything found out or confirmed after this fact, and every answer whose question no longer arises. */
export function dropWhatDependsOn<F extends object>(
  steps: Step<F>[],
  state: State<F>,
  fact: keyof F & string,
): void {
  const from = steps.findIndex((step) => step.fact === fact)
  for (const step of steps.slice(from + 1)) {
    const derived = 'find' in step || ('confirms' in step && step.confirms === true)
    const noLongerAsked = step.when !== undefined && !step.when(state.facts)
    if (derived || (noLongerAsked && !('login' in step))) {
      delete state.facts[step.fact]
      state.given = state.given.filter((each) => each !== step.fact)
    }
  }
}
