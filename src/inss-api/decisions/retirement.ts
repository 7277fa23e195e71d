import {
  calendar,
  minimumWage,
  type Parameters,
  type RuleAnswer,
  type RuleId,
  type SimulationAnswer,
  simulateRetirement,
} from '../../law'
import type { Benefit, CitizenRecord, RecordSource } from '../sources/record-source'
import { clashesWithRetirement } from './accumulation'
import type { Finding, FoundBenefit, Lack, Why } from './finding'
import { isSilent, type Pending, pendingOf, recordHistory } from './history'
import { dateWords, moneyWords, ruleWords, startBasis, unmetWords } from './words'

export type RetirementService = 'aposentadoria-idade' | 'aposentadoria-tempo-contribuicao'

/** The rules each service covers; where none is met and none will be, the first one that applies is shown. */
const rulesOf: Record<RetirementService, readonly RuleId[]> = {
  'aposentadoria-idade': [
    'art18_idade',
    'art19_programada',
    'direito_adquirido_idade',
    'rural_idade',
    'hibrida',
  ],
  'aposentadoria-tempo-contribuicao': [
    'art15_pontos',
    'art15_professor',
    'art16_idade_progressiva',
    'art16_professor',
    'art17_pedagio50',
    'art20_pedagio100',
    'art20_professor',
    'direito_adquirido_tc',
    'direito_adquirido_tc_8595',
    'direito_adquirido_proporcional',
  ],
}
/** Rules that need a proof the record does not hold. */
const needsProof: Partial<Record<RuleId, string>> = {
  rural_idade:
    'O trabalho no campo precisa ser provado: um servidor vai ver a sua autodeclaração e os documentos.',
  hibrida:
    'O trabalho no campo precisa ser provado: um servidor vai ver a sua autodeclaração e os documentos.',
  art15_professor: 'O tempo de professor precisa ser provado com a declaração da escola.',
  art16_professor: 'O tempo de professor precisa ser provado com a declaração da escola.',
  art20_professor: 'O tempo de professor precisa ser provado com a declaração da escola.',
}

/** Lei 8.213/1991, art. 49, I: days after leaving the job in which the benefit still starts on that day. */
const daysToAsk = 90

export type RetirementQuestion = {
  parameters: Parameters
  source: Pick<RecordSource, 'indicator'>
  record: CitizenRecord
  /** Every benefit, those granted here included. */
  benefits: readonly Benefit[]
  service: RetirementService
  facts: { leftLastJobOn?: string | null | undefined }
  /** Date of the request. */
  der: string
}

/** What the record says about a retirement asked for on `der`. */
export function findRetirement(question: RetirementQuestion): Finding {
  const { der, record, service } = question
  const pending = pendingOf(record, question.source)
  const counted = simulate(question, der, false)
  const rule = bestRule(counted, service)
  const clashes = clashesWithRetirement(question.benefits)
  const benefit = rule?.entitled ? benefitOf(question, rule, counted) : null
  const refusals = clashes.flatMap((clash) => clash.refusal ?? [])
  const waiting = pending.length === 0 ? [] : pendingObstacle(question, pending, rule, benefit)
  const obstacles = [
    ...(rule?.entitled || waiting.length > 0 ? clashes.flatMap((clash) => clash.obstacle ?? []) : []),
    ...waiting,
    ...proofObstacles(rule),
    ...(rule?.entitled && benefit?.amount == null ? [noAmount] : []),
  ]
  if (!rule?.entitled) refusals.push(requirements(rule, counted !== undefined))
  return {
    entitled: rule?.entitled === true && refusals.length === 0,
    rule: rule?.id ?? null,
    entitledOn: rule?.entitledOn ?? null,
    conditions: rule?.conditions ?? [],
    benefit,
    legalBasis: [
      ...(rule === undefined ? [] : (ruleWords[rule.id]?.basis ?? [])),
      ...(benefit === null ? [] : [startBasis]),
      ...clashes.map((clash) => clash.basis),
    ],
    paidBy: 'inss',
    notice: notice(rule, refusals, obstacles, benefit, der),
    pending,
    lacks: lastJobLack(record, question.facts, der),
    obstacles,
    refusals,
    time: counted?.totals.time ?? null,
  }
}

const noAmount: Why = {
  code: 'amount_unknown',
  text: 'O registro não tem os dados para calcular o valor na hora: um servidor vai calcular.',
}

/** undefined when there is nothing to judge: no relationship in the record. */
function simulate(
  question: RetirementQuestion,
  asOf: string,
  includePending: boolean,
): SimulationAnswer | undefined {
  const { record, parameters, source } = question
  const history = recordHistory(record, { asOf, includePending, source })
  if (history.length === 0) return undefined
  const periods = history.map(({ sequence: _sequence, ...period }) => period)
  return simulateRetirement(parameters, {
    asOf,
    sex: record.sex,
    birthDate: record.birthDate,
    history: periods,
  })
}

/** The rule with the highest amount among those met; when none is, the one that comes first. */
function bestRule(answer: SimulationAnswer | undefined, service: RetirementService): RuleAnswer | undefined {
  const rules = rulesOf[service].flatMap((id) => answer?.rules.find((rule) => rule.id === id) ?? [])
  const met = rules.filter((rule) => rule.entitled)
  const amount = (rule: RuleAnswer) => rule.benefit?.amount ?? -1
  if (met.length > 0) return met.reduce((best, rule) => (amount(rule) > amount(best) ? rule : best))
  const when = (rule: RuleAnswer) => rule.entitledOn ?? '9999-12-31'
  return rules.length === 0
    ? undefined
    : rules.reduce((first, rule) => (when(rule) < when(first) ? rule : first))
}

function benefitOf(
  question: RetirementQuestion,
  rule: RuleAnswer,
  counted: SimulationAnswer | undefined,
): FoundBenefit {
  const left = leftOn(question)
  const onLeaving = left === undefined ? undefined : simulate(question, left, false)
  const ruleThen = bestRule(onLeaving, question.service)
  const early = left !== undefined && ruleThen?.entitled === true
  const benefit = early ? ruleThen.benefit : rule.benefit
  const answer = early ? onLeaving : counted
  const provisional = answer !== undefined && isProvisional(answer) && !isFloor(question, benefit)
  return {
    startDate: early ? left : question.der,
    endDate: null,
    durationDays: null,
    amount: benefit?.amount ?? null,
    amountStatus: provisional ? 'provisional' : 'exact',
    species:
      question.service === 'aposentadoria-idade'
        ? { code: '41', name: 'Aposentadoria por idade' }
        : { code: '42', name: 'Aposentadoria por tempo de contribuição' },
  }
}

/** An official value of the day was not published yet: the correction index of the last months, the new year's wage. */
function isProvisional({ asOf, assumptions }: SimulationAnswer): boolean {
  const lastIndex = calendar.addCompetencias(calendar.competenciaOf(asOf), -1)
  return assumptions.some(
    (each) =>
      (each.id === 'indice_ate' && String(each.month) < lastIndex) ||
      (each.id === 'valores_atuais' && String(each.year) < asOf.slice(0, 4)),
  )
}

/** The minimum wage, by so much that no index of the last months changes it. */
function isFloor({ parameters, der }: RetirementQuestion, benefit: RuleAnswer['benefit']): boolean {
  if (benefit?.average == null || benefit.amount !== minimumWage(parameters, der)) return false
  const share = Number(benefit.coefficient ?? 1) * Number(benefit.fator ?? 1)
  return benefit.average * share < benefit.amount * 0.97
}

/** The day an employee left the last job, when the request still reaches it. */
function leftOn({ record, facts, der }: RetirementQuestion): string | undefined {
  const jobs = record.relationships.filter(
    (each) => each.category === 'empregado' || each.category === 'domestico',
  )
  const last = jobs.reduce<(typeof jobs)[number] | undefined>(
    (latest, job) => (latest === undefined || (job.end ?? '9999') > (latest.end ?? '9999') ? job : latest),
    undefined,
  )
  if (last === undefined) return undefined
  const told = isSilent(last, der) ? toldEnd(last.lastEarning, facts.leftLastJobOn) : undefined
  const left = last.end ?? told
  if (left === undefined || left > der) return undefined
  return calendar.daysBetween(left, der) <= daysToAsk ? left : undefined
}

/** What the person told is believed where the record agrees: they left in the month of the last earning or the next. */
function toldEnd(lastEarning: string | null, told: string | null | undefined): string | undefined {
  if (told == null || lastEarning === null) return undefined
  const month = calendar.competenciaOf(told)
  return month === lastEarning || month === calendar.addCompetencias(lastEarning, 1) ? told : undefined
}

function lastJobLack(record: CitizenRecord, facts: RetirementQuestion['facts'], der: string): Lack[] {
  if (facts.leftLastJobOn !== undefined) return []
  const silent = record.relationships.filter((each) => each.employer !== null && isSilent(each, der)).at(-1)
  if (silent === undefined) return []
  const why = `O emprego em ${silent.employer?.name ?? 'aberto'} está sem data de saída no seu registro.`
  return [{ fact: 'leftLastJobOn', why, type: 'date', choices: [] }]
}

/**
 * A pending item matters when, solved, it would give the right, another rule or a better amount (the best benefit
 * is due, IN 128/2022, art. 222, § 3º), or when the right is not there and something still waits.
 */
function pendingObstacle(
  question: RetirementQuestion,
  pending: Pending[],
  rule: RuleAnswer | undefined,
  benefit: FoundBenefit | null,
): Why[] {
  const solved = bestRule(simulate(question, question.der, true), question.service)
  const better =
    solved?.entitled === true &&
    (benefit === null || solved.id !== rule?.id || (solved.benefit?.amount ?? 0) > (benefit.amount ?? 0))
  if (rule?.entitled && !better) return []
  return pending.map((item) => ({
    code: item.indicator,
    text: `No seu registro falta resolver: ${item.text}`,
  }))
}

function proofObstacles(rule: RuleAnswer | undefined): Why[] {
  const text = rule === undefined || !rule.entitled ? undefined : needsProof[rule.id]
  return text === undefined ? [] : [{ code: 'proof_needed', text }]
}

function requirements(rule: RuleAnswer | undefined, hasRecord: boolean): Why {
  if (!hasRecord) {
    return { code: 'no_contributions', text: 'Não há contribuições no seu registro.' }
  }
  if (rule === undefined) {
    const text = 'Esta aposentadoria é só para quem já contribuía em 13/11/2019.'
    return { code: 'affiliated_after_reform', text }
  }
  const unmet = rule.conditions.filter((condition) => !condition.met).map(unmetWords)
  const name = ruleWords[rule.id]?.name ?? rule.id
  return { code: 'requirements_not_met', text: `Pela ${name}, ainda falta cumprir: ${unmet.join('; ')}.` }
}

function notice(
  rule: RuleAnswer | undefined,
  refusals: Why[],
  obstacles: Why[],
  benefit: FoundBenefit | null,
  der: string,
): string | null {
  const words = [...refusals.filter((each) => each.code !== 'requirements_not_met'), ...obstacles].map(
    (each) => each.text,
  )
  if (rule !== undefined && !rule.entitled && rule.entitledOn !== null && rule.entitledOn > der) {
    words.push(`Se você continuar contribuindo, o direito começa em ${dateWords(rule.entitledOn)}.`)
  }
  if (benefit !== null && benefit.amountStatus === 'provisional' && benefit.amount !== null) {
    words.push(
      `O valor de ${moneyWords(benefit.amount)} é provisório: falta sair o índice oficial dos últimos meses. Quando sair, o valor é acertado.`,
    )
  }
  return words.length === 0 ? null : [...new Set(words)].join(' ')
}
