import { endOfMonth } from '../../src/clock'
import { duration, longDate, money, shortDate } from '../../src/format'
import type { Period } from '../../src/inss/schemas'
import { type Mentions, readBirthDate, readDate, readDuration, readMoney, readSex } from '../../src/nlu/index'
import type { Reading } from '../../src/nlu/reading'
import { isAboutRelative, t } from '../../src/text'
import { birthReasons, fold, picked, yesOrNo } from '../readings'
import type { Answer, Context, Service } from '../service'
import { answerFollowUp, followUps, tellResult } from './result'

export type SimulationFacts = {
  source: 'told' | 'record'
  login: string
  sex: 'F' | 'M'
  /** Known when the person told the age and not the date. */
  age: number
  birthDate: string
  /** Null when the person does not know. */
  time: Period | null
  timeHelp: 'record' | 'estimate'
  timeFound: true
  stillContributing: boolean
  stoppedOn: string
  /** Centavos a month; null when the person does not know. */
  averageSalary: number | null
  /** The person told of work on the land or the water, which this sum does not hold. */
  rural: true
  result: true
  /** The service to ask for when a rule is met today. */
  applyFor: 'aposentadoria-idade' | 'aposentadoria-tempo-contribuicao'
  /** Whether the INSS API's answer says what waiting is worth, and which low months can be mended. */
  waits: boolean
  mends: boolean
  next: FollowUp
  /** The rest of what can be asked for was asked for. */
  more: true
  /** Centavos a month from now on. */
  newSalary: number
  followUp: true
}

export type FollowUp =
  | 'why'
  | 'calculated'
  | 'wait'
  | 'mend'
  | 'stop'
  | 'pay_more'
  | 'all_rules'
  | 'apply'
  | 'assumptions'
  | 'log_in'
  | 'more'
  | 'done'

/** Retirement simulation: from what the person tells, or from their contribution record. */
export const simulateRetirement: Service<SimulationFacts> = {
  id: 'simulate-retirement',
  title: 'simulation.title',
  ofRelatives: () => true,
  prefill,
  steps: [
    {
      fact: 'source',
      ask: () => ({
        say: [t(isAboutRelative() ? 'simulation.ask_source_kin' : 'simulation.ask_source')],
        choices: [t('simulation.choice_told'), choiceRecord()],
      }),
      read: (answer, _facts, context) => readSource(answer, context),
      why: 'simulation.why_source',
      example: 'simulation.example_source',
    },
    {
      fact: 'login',
      when: (facts) => facts.source === 'record',
      login: { purpose: 'simulation.login_purpose', level: 'bronze' },
      refused: () => ({ say: [t('simulation.without_login')], facts: { source: 'told' } }),
    },
    {
      fact: 'sex',
      when: told,
      ask: () => ({
        say: [t('simulation.ask_sex')],
        choices: [t('simulation.choice_woman'), t('simulation.choice_man')],
      }),
      read: (answer) => {
        const choice = picked(answer, ['F', 'M'] as const)
        return choice.certainty === 'sure' ? choice : readSex(answer.text)
      },
      show: (value) => t(value === 'F' ? 'simulation.choice_woman' : 'simulation.choice_man'),
      volunteered: true,
      names: 'simulation.names_sex',
      why: 'simulation.why_sex',
      example: 'simulation.example_sex',
    },
    {
      fact: 'birthDate',
      when: (facts) => told(facts) && facts.age === undefined,
      ask: () => ({ say: [t('simulation.ask_birth')] }),
      read: (answer, _facts, context) => readBirth(answer, context),
      show: (value) => longDate(String(value)),
      volunteered: true,
      names: 'simulation.names_birth',
      why: 'simulation.why_birth',
      example: 'simulation.example_birth',
      reasons: birthReasons,
    },
    {
      fact: 'time',
      when: told,
      ask: () => ({ say: [t('simulation.ask_time')], choices: [t('simulation.choice_dont_know')] }),
      read: (answer, facts, context) => readTime(answer, facts, context),
      show: (value) => (value === null ? t('simulation.choice_dont_know') : duration(value as Period)),
      names: 'simulation.names_time',
      why: 'simulation.why_time',
      example: 'simulation.example_time',
      reasons: { longer_than_life: 'simulation.time_longer_than_life' },
    },
    {
      fact: 'timeHelp',
      when: (facts) => told(facts) && facts.time === null,
      ask: () => ({
        say: [t('simulation.time_unknown')],
        choices: [choiceRecord(), t('simulation.choice_estimate')],
      }),
      read: (answer) => picked(answer, ['record', 'estimate'] as const),
      example: 'simulation.example_time_help',
    },
    {
      fact: 'timeFound',
      when: (facts) => told(facts) && facts.time === null,
      find: async (facts) =>
        facts.timeHelp === 'record'
          ? { facts: { source: 'record' }, forget: ['timeHelp', 'time'] }
          : { say: [t('simulation.example_time')], forget: ['timeHelp', 'time'] },
    },
    {
      fact: 'stillContributing',
      when: hasPaid,
      ask: () => ({
        say: [t('simulation.ask_still')],
        choices: [t('repair.choice_yes'), t('repair.choice_no')],
      }),
      read: readStill,
      show: (value) => t(value === true ? 'simulation.still_yes' : 'simulation.still_no'),
      names: 'simulation.names_still',
      why: 'simulation.why_still',
      example: 'simulation.example_still',
    },
    {
      fact: 'stoppedOn',
      when: (facts) => hasPaid(facts) && facts.stillContributing === false,
      ask: () => ({ say: [t('simulation.ask_stopped')] }),
      read: (answer, facts, context) => readStopped(answer, facts, context),
      show: (value) => t('simulation.until', { date: shortDate(String(value)) }),
      names: 'simulation.names_stopped',
      why: 'simulation.why_still',
      example: 'simulation.example_stopped',
      reasons: { future: 'simulation.stopped_future' },
    },
    {
      fact: 'averageSalary',
      when: hasPaid,
      ask: () => ({ say: [t('simulation.ask_salary')], choices: [t('simulation.choice_dont_know')] }),
      read: (answer, _facts, context) => readSalary(answer, context),
      show: (value) => (value === null ? t('simulation.salary_unknown') : money(Number(value))),
      names: 'simulation.names_salary',
      why: 'simulation.why_salary',
      example: 'simulation.example_salary',
      reasons: {
        negative: 'simulation.salary_negative',
        range: 'simulation.salary_range',
        too_low: 'simulation.salary_too_low',
        too_high: 'simulation.salary_too_high',
      },
    },
    { fact: 'result', find: tellResult },
    {
      fact: 'next',
      ask: (facts) => ({
        say: [t('simulation.ask_next')],
        choices: followUps(facts).map((each) => each.title),
      }),
      read: readFollowUp,
      example: 'simulation.example_next',
    },
    {
      fact: 'newSalary',
      when: (facts) => facts.next === 'pay_more' && facts.source === 'record',
      ask: () => ({ say: [t('simulation.ask_new_salary')] }),
      read: (answer, _facts, context) => readMoney(answer.text, context.amounts),
      show: (value) => money(Number(value)),
      example: 'simulation.example_salary',
    },
    { fact: 'followUp', find: answerFollowUp },
  ],
  finish: async () => ({ end: 'answered' }),
}

/** "Usar meu cadastro", "Usar o cadastro dela". */
export function choiceRecord(): string {
  return t(isAboutRelative() ? 'simulation.choice_record_kin' : 'simulation.choice_record')
}

/** Whoever answers with facts of theirs has begun to tell. */
function readSource(answer: Answer, context: Context): Reading<'told' | 'record'> {
  const choice = picked(answer, ['told', 'record'] as const)
  if (choice.certainty !== 'again' || answer.pressed) return choice
  const birth = readBirth(answer, context)
  const year = birth.certainty === 'again' && birth.partial !== undefined
  const tells =
    birth.certainty !== 'again' ||
    year ||
    readSex(answer.text).certainty === 'sure' ||
    prefill(answer.meaning.mentions, context, {}).source === 'told'
  return tells ? { certainty: 'sure', value: 'told' } : choice
}

function told(facts: Partial<SimulationFacts>): boolean {
  return facts.source === 'told'
}

/** Whoever never paid is asked nothing of what they paid. */
function hasPaid(facts: Partial<SimulationFacts>): boolean {
  const { years, months, days } = facts.time ?? { years: 1, months: 0, days: 0 }
  return told(facts) && years + months + days > 0
}

/** What the first sentence already said; any of it means that the person wants to tell. */
function prefill(
  mentions: Mentions,
  context: Context,
  known: Partial<SimulationFacts>,
): Partial<SimulationFacts> {
  const facts: Partial<SimulationFacts> = {}
  if (mentions.sex !== undefined) facts.sex = mentions.sex
  if (mentions.birthDate?.certainty === 'sure') {
    const reading = checkedBirth(mentions.birthDate.value, context)
    if (reading.certainty === 'sure') facts.birthDate = reading.value
  } else if (known.birthDate === undefined && mentions.age !== undefined) {
    if (mentions.age >= 14 && mentions.age <= 110) facts.age = mentions.age
  }
  if (mentions.contributionTime !== undefined) facts.time = mentions.contributionTime
  if (mentions.averageSalary !== undefined) facts.averageSalary = mentions.averageSalary
  if (mentions.rural === true) facts.rural = true
  if (mentions.stillContributing === true) facts.stillContributing = true
  if (mentions.stopsContributing === true) facts.stillContributing = false
  const said = facts.birthDate !== undefined || facts.age !== undefined || facts.time !== undefined
  if (said) facts.source = 'told'
  return facts
}

function readBirth(answer: Answer, context: Context): Reading<string> {
  const reading = readBirthDate(answer.text, context.today)
  if (reading.certainty === 'again') return reading
  const checked = checkedBirth(reading.value, context)
  return checked.certainty === 'sure' ? reading : checked
}

function checkedBirth(value: string, context: Context): Reading<string> {
  const age = Number(context.today.slice(0, 4)) - Number(value.slice(0, 4))
  if (value > context.today) return { certainty: 'again', reason: 'future' }
  if (age < 14) return { certainty: 'again', reason: 'too_young' }
  if (age > 110) return { certainty: 'again', reason: 'too_old' }
  return { certainty: 'sure', value }
}

function readTime(answer: Answer, facts: Partial<SimulationFacts>, context: Context): Reading<Period | null> {
  if (answer.choice === 0 || dontKnow(answer.text)) return { certainty: 'sure', value: null }
  const never =
    /^\W*(?:ela |ele |eu )?(?:nunca|nada|nenhum\w*)\b(?: (?:pag|contribu)\w*| tempo| ano| mes| o| inss)*\W*$/.test(
      fold(answer.text),
    )
  if (never) return { certainty: 'sure', value: { years: 0, months: 0, days: 0 } }
  const reading = readDuration(answer.text)
  if (reading.certainty === 'again') return reading
  const born = facts.birthDate?.slice(0, 4) ?? Number(context.today.slice(0, 4)) - (facts.age ?? 110)
  const lifetime = Number(context.today.slice(0, 4)) - Number(born)
  const { years, months, days } = reading.value
  // "180 meses" is read as it was said; the INSS API counts in years, months and days.
  const value = { years: years + Math.floor(months / 12), months: months % 12, days }
  if (value.years > lifetime - 10) return { certainty: 'again', reason: 'longer_than_life' }
  return { ...reading, value }
}

function readStill(answer: Answer): Reading<boolean> {
  const reading = yesOrNo(answer)
  if (answer.pressed) return reading
  const text = fold(answer.text)
  if (
    /\b(parei|parou|desempregad[oa]|aposentad[oa]|sem (pagar|trabalhar|carteira))\b|\bn(ao)? (pago|paga|contribuo|contribui|trabalho|trabalha)\b/.test(
      text,
    )
  ) {
    return { certainty: 'sure', value: false }
  }
  if (
    reading.certainty === 'again' &&
    /\b(ainda|continu[oa]|sigo|segue|pago|paga|trabalho|trabalha)\b/.test(text)
  ) {
    return { certainty: 'sure', value: true }
  }
  return reading
}

function readStopped(answer: Answer, _facts: Partial<SimulationFacts>, context: Context): Reading<string> {
  const reading = readDate(answer.text, { today: context.today, past: true })
  if (reading.certainty === 'again') {
    const { partial } = reading
    if (partial !== undefined && /^\d{4}(-\d{2})?$/.test(partial)) {
      const value = endOf(partial)
      if (value > context.today && partial !== context.today.slice(0, partial.length)) {
        return { certainty: 'again', reason: 'future' }
      }
      const last = [value, context.today].sort()[0] ?? value
      // Someone who says only the year is asked whether the whole year may be counted.
      return partial.length === 4
        ? { certainty: 'confirm', value: last, reason: 'year_assumed' }
        : { certainty: 'sure', value: last }
    }
    return reading
  }
  return reading.value > context.today ? { certainty: 'again', reason: 'future' } : reading
}

/** The last day of a year or a month. */
function endOf(partial: string): string {
  return partial.length === 4 ? `${partial}-12-31` : endOfMonth(partial)
}

function readSalary(answer: Answer, context: Context): Reading<number | null> {
  if (answer.choice === 0 || dontKnow(answer.text)) return { certainty: 'sure', value: null }
  const reading = readMoney(answer.text, context.amounts)
  if (reading.certainty === 'again') return reading
  if (reading.value < 10_000) return { certainty: 'again', reason: 'too_low' }
  if (reading.value > 10_000_000) return { certainty: 'again', reason: 'too_high' }
  return reading
}

function readFollowUp(answer: Answer, facts: Partial<SimulationFacts>): Reading<FollowUp> {
  const offered = followUps(facts)
  const choice = answer.choice === undefined ? undefined : offered[answer.choice]
  if (choice !== undefined && answer.pressed) return { certainty: 'sure', value: choice.id }
  const text = fold(answer.text)
  const asked: [RegExp, FollowUp][] = [
    [/\bpar(ar|o|asse|ei|e)\b.*|\bsem (pagar|contribuir)\b/, 'stop'],
    [
      /\bpag(ar|o|asse|ue)\b.*\b(mais|maior|teto)\b|\bcontribui\w* (com )?(mais|maior)\b|\baument/,
      'pay_more',
    ],
    [/\besper(ar?|o|ando|asse|e)\b/, 'wait'],
    [/\bminimo\b|\bacert(ar|o|e)\b|\bcomplet(ar|o|e)\b/, 'mend'],
    [/\bcomo (chegou|calcul|deu|foi|fez)|\bcalculo\b|\ba conta\b/, 'calculated'],
    [/\bpor ?que|\bpq\b|\bexplic|\bmotivo/, 'why'],
    [/\btodas\b|\boutras?\b.*\bregras?|\bregras\b/, 'all_rules'],
    [/\bconsider|\bsupos|\bpendenc/, 'assumptions'],
    [/\b(mais|outras) (opcoes|opcao|coisas)\b/, 'more'],
    [/\b(pedir|dar entrada|requerer|solicitar|quero (a|minha) aposentadoria)\b/, 'apply'],
    [/\b(cadastro|entrar|login|gov)\b/, 'log_in'],
    [
      /^(nao|n|nada|so isso|obrigad\w*|valeu|tchau|termin\w*|encerr\w*|chega|ok|ta bom|pronto|sair)\b/,
      'done',
    ],
  ]
  const found = asked.find(([pattern]) => pattern.test(text))
  // "E se eu pagar mais?" shares a word with "Mais opções": what was asked for comes before what resembles it.
  const value = found?.[1] ?? choice?.id
  return value === undefined ? { certainty: 'again', reason: 'choice' } : { certainty: 'sure', value }
}

function dontKnow(text: string): boolean {
  return /\b(nao|n|num|nem) (sei|lembro|faco ideia|tenho certeza)\b|\bsei la\b|\bnao tenho ideia\b/.test(
    fold(text),
  )
}
