import type { z } from 'zod'
import { calendar, type MaternityAnswer, maternityPay, type Parameters } from '../../law'
import type { maternityFacts } from '../schemas/requests'
import type { Benefit, CitizenRecord, RecordSource } from '../sources/record-source'
import { clashesWithMaternity } from './accumulation'
import type { Finding, Lack, LegalBasis, Why } from './finding'
import { type Pending, pendingOf, recordHistory } from './history'
import { dateWords } from './words'

export type MaternityFacts = z.infer<typeof maternityFacts>

export type MaternityQuestion = {
  parameters: Parameters
  source: Pick<RecordSource, 'indicator'>
  record: CitizenRecord
  benefits: readonly Benefit[]
  facts: MaternityFacts
  der: string
}

/** Days before the birth from which work may stop (Lei 8.213/1991, art. 71). */
const daysBeforeBirth = 28
/** Years after the event in which it can still be asked for (Lei 8.213/1991, art. 103, sole paragraph). */
const yearsToAsk = 5

/** What the record says about a salario-maternidade for an event. */
export function findMaternity(question: MaternityQuestion): Finding {
  const { record, facts, der, parameters } = question
  const pending = pendingOf(record, question.source)
  const answer = pay(question, false)
  const clashes = clashesWithMaternity(question.benefits)
  const insured = answer?.entitled === true
  const employer = insured && answer.paidBy === 'empregador'
  const solved = !insured && pending.length > 0 ? pay(question, true) : undefined
  const proved = provedByRegistry(record, facts)
  const refusals: Why[] = [
    ...notYet(facts, der),
    ...(insured || solved?.entitled ? [] : [notInsured]),
    ...(employer ? [paidByEmployer] : []),
  ]
  const obstacles: Why[] = []
  if (!insured) obstacles.push(...pending.map(waiting))
  if (insured && refusals.length === 0) {
    obstacles.push(...clashes.flatMap((clash) => clash.obstacle ?? []))
    if (record.sex === 'M' && facts.eventKind !== 'adocao') obstacles.push(fatherAsks)
    if (facts.eventDate < calendar.addYears(der, -yearsToAsk)) obstacles.push(tooLate)
    if (!proved) obstacles.push(proofOf(facts))
    if (answer.amount === null) obstacles.push(noAmount)
  }
  const entitled = insured && (employer || refusals.length === 0)
  return {
    entitled,
    rule: 'salario_maternidade',
    entitledOn: answer?.entitled ? answer.startDate : null,
    conditions: answer?.conditions ?? [],
    benefit:
      answer === undefined || !entitled
        ? null
        : {
            startDate: answer.startDate,
            endDate: answer.endDate,
            durationDays: answer.durationDays,
            amount: answer.amount,
            amountStatus: 'exact',
            species: { code: '80', name: 'Salário-maternidade' },
          },
    legalBasis: [...basisOf(answer), ...clashes.map((clash) => clash.basis)],
    paidBy: employer ? 'employer' : 'inss',
    notice: notice(refusals, obstacles),
    pending,
    lacks: obstacles.some((each) => each.code === 'birth_certificate') ? certificateLack(facts) : [],
    obstacles,
    refusals,
    time: null,
  }

  function pay({ source }: MaternityQuestion, includePending: boolean): MaternityAnswer | undefined {
    const asOf = [facts.eventDate, der].sort()[0] ?? der
    const history = recordHistory(record, { asOf, includePending, source })
    if (history.length === 0) return undefined
    const periods = history.map(({ sequence: _sequence, ...period }) => period)
    return maternityPay(parameters, {
      eventKind: facts.eventKind,
      eventDate: facts.eventDate,
      history: periods,
    })
  }
}

const notInsured: Why = {
  code: 'not_insured',
  text: 'Na data informada, o registro não mostra contribuição recente, nem prazo que ainda proteja você.',
}
const paidByEmployer: Why = {
  code: 'paid_by_employer',
  text: 'Você tem direito, e quem paga é a empresa onde você trabalha: entregue a ela o atestado ou a certidão. Não é preciso pedir ao INSS.',
}
const fatherAsks: Why = {
  code: 'father_asks',
  text: 'O pai recebe no lugar da mãe só em casos especiais (falecimento ou adoção): um servidor precisa ver os documentos.',
}
const tooLate: Why = {
  code: 'older_than_five_years',
  text: 'O fato tem mais de cinco anos: um servidor precisa ver se ainda cabe pagamento.',
}
const noAmount: Why = {
  code: 'amount_unknown',
  text: 'O registro não tem os salários para calcular o valor na hora: um servidor vai calcular.',
}

function notYet(facts: MaternityFacts, der: string): Why[] {
  const earliest = facts.eventKind === 'afastamento_pre_parto' ? calendar.addDays(der, daysBeforeBirth) : der
  if (facts.eventDate <= earliest) return []
  const text = `A data informada (${dateWords(facts.eventDate)}) ainda não chegou. O pedido pode ser feito depois do parto, ou com atestado a partir de ${daysBeforeBirth} dias antes.`
  return [{ code: 'event_in_future', text }]
}

/** The civil registry's birth reached the record: a child born that day is among the dependants. */
function provedByRegistry(record: CitizenRecord, facts: MaternityFacts): boolean {
  if (facts.eventKind !== 'parto') return false
  return record.dependants.some((each) => each.kinship === 'filho' && each.birthDate === facts.eventDate)
}

function proofOf(facts: MaternityFacts): Why {
  if (facts.eventKind === 'parto') {
    const text =
      facts.certificate == null
        ? 'O nascimento ainda não chegou do cartório ao INSS: falta conferir a certidão de nascimento.'
        : 'A certidão informada precisa ser conferida com o cartório.'
    return { code: 'birth_certificate', text }
  }
  if (facts.eventKind === 'adocao') {
    return { code: 'adoption_order', text: 'O termo de guarda ou de adoção precisa ser conferido.' }
  }
  return { code: 'medical_certificate', text: 'O atestado médico precisa ser conferido.' }
}

function certificateLack(facts: MaternityFacts): Lack[] {
  if (facts.certificate !== undefined) return []
  const why =
    'O INSS ainda não recebeu do cartório o nascimento: o número da certidão (matrícula) ajuda a conferir.'
  return [{ fact: 'certificate', why, type: 'certificate', choices: [] }]
}

function waiting({ indicator, text }: Pending): Why {
  return { code: indicator, text: `No seu registro falta resolver: ${text}` }
}

function basisOf(answer: MaternityAnswer | undefined): LegalBasis[] {
  const sources = answer?.legalBasis ?? ['Lei 8.213/1991, art. 71']
  return sources.map((source) => ({
    source,
    text: basisWords.find(([start]) => source.includes(start))?.[1] ?? general,
  }))
}

const general = 'Regra do salário-maternidade.'
const basisWords: [string, string][] = [
  ['arts. 72 e 73', 'O valor depende do tipo de trabalho de quem pede.'],
  ['art. 71', 'O salário-maternidade é um direito de quem contribui, por tempo determinado.'],
  ['IN 188', 'Não se exige número mínimo de contribuições.'],
]

function notice(refusals: Why[], obstacles: Why[]): string | null {
  const words = (refusals.length > 0 ? refusals : obstacles).map((each) => each.text)
  return words.length === 0 ? null : words.join(' ')
}
