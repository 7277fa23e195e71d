import { calendar } from '../../law'
import type { Payment, PaymentLine } from './citizen'
import { applies, type Deduction } from './deductions'
import { type ReasonCode, reason, type SpeciesCode, species } from './reasons'
import { thirteenthLine } from './thirteenth'

/** A benefit with everything settled that its payments depend on. Dates civil, months competências. */
export type PaidBenefit = {
  species: SpeciesCode
  start: string
  end: string | null
  amountOf(competencia: string): number
  payDateOf(competencia: string): string
  deductions: Deduction[]
  /** From which competência on nothing is paid. */
  stopped: { from: string; status: 'suspended' | 'blocked'; reason: ReasonCode } | null
  /** Payments that came back, by competência. */
  returned: Map<string, ReasonCode>
  bankName: string
  branch: string
}

/** The payments of these competências, oldest first; those after `today` are scheduled. */
export function expandPayments(benefit: PaidBenefit, competencias: string[], today: string): Payment[] {
  const payments = competencias.map((competencia) => expandPayment(benefit, competencia, today))
  return payments.map((payment, index) => ({
    ...payment,
    comparedWithPrevious: compare(payment, payments[index - 1]),
  }))
}

function expandPayment(benefit: PaidBenefit, competencia: string, today: string): Payment {
  const payDate = benefit.payDateOf(competencia)
  const lines = linesOf(benefit, competencia)
  const gross = sum(lines, 'credit')
  return {
    competencia,
    payDate,
    gross,
    net: gross - sum(lines, 'debit'),
    bankName: benefit.bankName,
    branch: benefit.branch,
    lines,
    comparedWithPrevious: null,
    ...outcome(benefit, competencia, payDate > today),
  }
}

function outcome(
  benefit: PaidBenefit,
  competencia: string,
  future: boolean,
): Pick<Payment, 'status' | 'reason'> {
  const { stopped, returned } = benefit
  if (stopped !== null && stopped.from <= competencia) {
    return { status: stopped.status, reason: reason(stopped.reason) }
  }
  if (future) return { status: 'scheduled', reason: null }
  const cameBack = returned.get(competencia)
  return cameBack === undefined
    ? { status: 'paid', reason: null }
    : { status: 'returned', reason: reason(cameBack) }
}

function linesOf(benefit: PaidBenefit, competencia: string): PaymentLine[] {
  const days = daysOf(competencia, benefit.start, benefit.end)
  const monthly = benefit.amountOf(competencia)
  const thirteenth = species[benefit.species].thirteenth
    ? thirteenthLine(competencia, { ...benefit, amount: monthly })
    : null
  return [
    {
      code: '101',
      kind: 'credit',
      description: 'Valor do benefício',
      amount: Math.round((monthly * days) / 30),
      detail: days === 30 ? null : days === 1 ? '1 dia' : `${days} dias`,
    },
    ...(thirteenth === null ? [] : [thirteenth]),
    ...benefit.deductions
      .filter((deduction) => applies(deduction, competencia))
      .map((deduction) => deduction.line(competencia)),
  ]
}

/** Days of benefit in a month of 30. */
function daysOf(competencia: string, start: string, end: string | null): number {
  const from = start.startsWith(competencia) ? Math.min(30, Number(start.slice(8))) : 1
  const endsEarly = end?.startsWith(competencia) === true && end !== calendar.lastDayOf(competencia)
  const to = endsEarly ? Number(end.slice(8)) : 30
  return Math.max(1, to - from + 1)
}

/** Why the net amount changed: the lines that differ, the greatest difference first. */
function compare(payment: Payment, previous: Payment | undefined): Payment['comparedWithPrevious'] {
  if (previous === undefined) return null
  const codes = [...new Set([...payment.lines, ...previous.lines].map(({ code }) => code))]
  const changes = codes.map((code) => ({
    code,
    by: Math.abs(sum(payment.lines, code) - sum(previous.lines, code)),
  }))
  return {
    difference: payment.net - previous.net,
    because: changes
      .filter(({ by }) => by > 0)
      .sort((one, other) => other.by - one.by)
      .map(({ code }) => code),
  }
}

/** Centavos of the lines of a kind or of a code. */
function sum(lines: PaymentLine[], which: string): number {
  return lines.reduce(
    (total, { kind, code, amount }) => total + (kind === which || code === which ? amount : 0),
    0,
  )
}
