import { calendar } from '../../law'
import type { Benefit, Payment, PaymentAccount, PaymentLine } from './citizen'
import { applies, type Deduction, settleDeduction } from './deductions'
import { reason, species } from './reasons'
import type { Reference } from './reference'
import type { BenefitFile } from './schema'
import { thirteenthLine } from './thirteenth'
import { type Life, readDate } from './when'

const monthsShown = 24

/** A benefit of a file with its payments; the deductions are given apart for the checks. */
export function expandBenefit(
  file: BenefitFile,
  account: PaymentAccount,
  life: Life,
  reference: Reference,
): Benefit & { deductions: Deduction[] } {
  const start = readDate(file.from, life)
  const end = file.to === undefined ? null : readDate(file.to, life)
  const amountOf = amounts(file, start, life, reference)
  const payDateOf = (competencia: string) =>
    reference.payDate(
      competencia,
      Number(file.number[8]),
      amountOf(competencia) > reference.minimumWage(competencia),
    )
  const competencias = paidCompetencias(start, end, life.today, payDateOf)
  const ago = (words: string) => paymentsAgo(words, competencias.past)
  const deductions = file.deductions.map((deduction) => {
    const from = deduction.from.includes('payment')
      ? ago(deduction.from)
      : readDate(deduction.from, life).slice(0, 7)
    const last =
      deduction.until === undefined
        ? lastInstalment(from, deduction.instalments)
        : readDate(deduction.until, life).slice(0, 7)
    return settleDeduction(deduction, from, last, amountOf(from))
  })
  const stoppedFrom = file.stopped?.since === undefined ? null : ago(file.stopped.since)
  const next = stoppedFrom === null ? competencias.next : null
  const returned = new Map(file.returned.map(({ at, reason: code }) => [ago(at), code]))
  const place = { bankName: account.bankName, branch: account.branch }
  const payments: Payment[] = [...competencias.past, ...(next === null ? [] : [next])].map((competencia) => {
    const lines = linesOf(
      competencia,
      { start, end, amount: amountOf(competencia), species: file.species },
      deductions,
    )
    const gross = sum(lines, 'credit')
    const unpaidReason =
      stoppedFrom !== null && stoppedFrom <= competencia ? file.stopped?.reason : returned.get(competencia)
    return {
      competencia,
      payDate: payDateOf(competencia),
      status: statusOf(competencia, next, stoppedFrom, file, returned.has(competencia)),
      gross,
      net: gross - sum(lines, 'debit'),
      ...place,
      lines,
      reason: unpaidReason === undefined ? null : reason(unpaidReason),
      comparedWithPrevious: null,
    }
  })
  const compared = payments.map((payment, index) => ({
    ...payment,
    comparedWithPrevious: compare(payment, payments[index - 1]),
  }))
  const shown = compared.slice(-(monthsShown + (next === null ? 0 : 1))).reverse()
  const latest = shown[0]?.competencia ?? start.slice(0, 7)
  return {
    number: file.number,
    species: { code: file.species, name: species[file.species].name },
    status: file.stopped?.status ?? 'active',
    statusReason:
      file.stopped === undefined
        ? null
        : {
            ...reason(file.stopped.reason),
            since: stoppedFrom === null ? (end ?? life.today) : payDateOf(stoppedFrom),
          },
    startDate: start,
    endDate: end,
    monthlyAmount: amountOf(latest),
    aboveMinimum: amountOf(latest) > reference.minimumWage(latest),
    payment: { bankCode: account.bankCode, ...place, method: account.method },
    nextPayment: shown.find(({ status }) => status === 'scheduled') ?? null,
    payments: shown,
    deductions,
  }
}

/**
 * Monthly amount per competência. One minimum wage follows the minimum wage. Another is given for the oldest month
 * shown (or the start) and readjusted each January by the rise of the ceiling, which is the same index; the first
 * readjustment goes by the months since the start.
 */
function amounts(file: BenefitFile, start: string, life: Life, reference: Reference) {
  if (file.amount === 'minimum') return reference.minimumWage
  const startCompetencia = start.slice(0, 7)
  const oldest = calendar.addCompetencias(life.today.slice(0, 7), -monthsShown - 2)
  const anchor = laterOf(startCompetencia, oldest)
  const given = Math.round(Number.parseFloat(file.amount) * reference.minimumWage(anchor))
  return (competencia: string): number => {
    let amount = given
    for (let year = Number(anchor.slice(0, 4)) + 1; `${year}-01` <= competencia; year += 1) {
      const rise = reference.ceiling(`${year}-01`) / reference.ceiling(`${year - 1}-12`) - 1
      const months = Math.min(12, calendar.competenciasBetween(startCompetencia, `${year}-01`))
      amount = Math.max(Math.round(amount * (1 + (rise * months) / 12)), reference.minimumWage(`${year}-01`))
    }
    return amount
  }
}

/** The competências already paid on `today`, oldest first, one more than is shown; and the next one, if any. */
function paidCompetencias(
  start: string,
  end: string | null,
  today: string,
  payDateOf: (competencia: string) => string,
) {
  const past: string[] = []
  const thisMonth = today.slice(0, 7)
  const oldest = calendar.addCompetencias(thisMonth, -monthsShown - 2)
  const first = laterOf(start.slice(0, 7), oldest)
  const last = end === null ? '9999-12' : end.slice(0, 7)
  for (let competencia = first; competencia <= last; competencia = calendar.addCompetencias(competencia, 1)) {
    if (payDateOf(competencia) > today) return { past: past.slice(-monthsShown - 1), next: competencia }
    past.push(competencia)
  }
  return { past: past.slice(-monthsShown - 1), next: null }
}

function laterOf(one: string, other: string): string {
  return calendar.compare(one, other) > 0 ? one : other
}

function paymentsAgo(words: string, past: string[]): string {
  return calendar.addCompetencias(past.at(-1) ?? '1994-07', 1 - Number.parseInt(words, 10))
}

function lastInstalment(from: string, instalments: number | undefined): string | null {
  return instalments === undefined ? null : calendar.addCompetencias(from, instalments - 1)
}

function statusOf(
  competencia: string,
  next: string | null,
  stoppedFrom: string | null,
  file: BenefitFile,
  returned: boolean,
): Payment['status'] {
  if (competencia === next) return 'scheduled'
  if (stoppedFrom !== null && stoppedFrom <= competencia)
    return file.stopped?.status === 'blocked' ? 'blocked' : 'suspended'
  return returned ? 'returned' : 'paid'
}

function linesOf(
  competencia: string,
  benefit: { start: string; end: string | null; amount: number; species: BenefitFile['species'] },
  deductions: Deduction[],
): PaymentLine[] {
  const days = daysOf(competencia, benefit.start, benefit.end)
  const amount = Math.round((benefit.amount * days) / 30)
  const detail = days === 30 ? null : days === 1 ? '1 dia' : `${days} dias`
  const thirteenth = species[benefit.species].thirteenth ? thirteenthLine(competencia, benefit) : null
  return [
    { code: '101', kind: 'credit', description: 'Valor do benefício', amount, detail },
    ...(thirteenth === null ? [] : [thirteenth]),
    ...deductions
      .filter((deduction) => applies(deduction, competencia))
      .map((deduction) => deduction.line(competencia)),
  ]
}

/** Days of benefit in a month of 30. */
function daysOf(competencia: string, start: string, end: string | null): number {
  const from = start.startsWith(competencia) ? Math.min(30, Number(start.slice(8))) : 1
  const endsEarly =
    end?.startsWith(competencia) === true && end !== calendar.lastDayOf(calendar.competenciaOf(end))
  const to = endsEarly ? Number(end?.slice(8)) : 30
  return Math.max(1, to - from + 1)
}

function sum(lines: PaymentLine[], kind: PaymentLine['kind']): number {
  return lines.reduce((total, line) => total + (line.kind === kind ? line.amount : 0), 0)
}

/** Why the net amount changed: the lines that differ, the greatest difference first. */
function compare(payment: Payment, previous: Payment | undefined): Payment['comparedWithPrevious'] {
  if (previous === undefined) return null
  const total = (lines: PaymentLine[], code: string) =>
    lines.reduce((total, line) => total + (line.code === code ? line.amount : 0), 0)
  const codes = [...new Set([...payment.lines, ...previous.lines].map(({ code }) => code))]
  const changes = codes.map((code) => ({
    code,
    by: Math.abs(total(payment.lines, code) - total(previous.lines, code)),
  }))
  return {
    difference: payment.net - previous.net,
    because: changes
      .filter(({ by }) => by > 0)
      .sort((one, other) => other.by - one.by)
      .map(({ code }) => code),
  }
}
