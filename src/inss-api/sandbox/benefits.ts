import { calendar } from '../../law'
import type { Benefit, PaymentAccount } from './citizen'
import { type Deduction, settleDeduction } from './deductions'
import { expandPayments, type PaidBenefit } from './payments'
import { reason, species } from './reasons'
import type { Reference } from './reference'
import type { BenefitFile, DeductionFile } from './schema'
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
  const aboveMinimum = (competencia: string) => amountOf(competencia) > reference.minimumWage(competencia)
  const payDateOf = (competencia: string) =>
    reference.payDate(competencia, Number(file.number[8]), aboveMinimum(competencia))
  const { past, next } = competenciasOf(start, end, life.today, payDateOf)
  const stopped = stopOf(file, past)
  const deductions = file.deductions.map((deduction) => settle(deduction, past, life, amountOf))
  const paid: PaidBenefit = {
    species: file.species,
    start,
    end,
    amountOf,
    payDateOf,
    deductions,
    stopped,
    returned: new Map(file.returned.map(({ at, reason: code }) => [paymentsAgo(at, past), code])),
    bankName: account.bankName,
    branch: account.branch,
  }
  const upcoming = next === null || stopped !== null ? [] : [next]
  const payments = expandPayments(paid, [...past, ...upcoming], life.today)
    .slice(-monthsShown - upcoming.length)
    .reverse()
  const latest = payments[0]?.competencia ?? start.slice(0, 7)
  return {
    number: file.number,
    species: { code: file.species, name: species[file.species].name },
    status: file.stopped?.status ?? 'active',
    statusReason:
      file.stopped === undefined
        ? null
        : {
            ...reason(file.stopped.reason),
            since: stopped === null ? (end ?? life.today) : payDateOf(stopped.from),
          },
    startDate: start,
    endDate: end,
    monthlyAmount: amountOf(latest),
    aboveMinimum: aboveMinimum(latest),
    payment: {
      bankCode: account.bankCode,
      bankName: account.bankName,
      branch: account.branch,
      method: account.method,
    },
    nextPayment: payments.find(({ status }) => status === 'scheduled') ?? null,
    payments,
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
  const anchor = laterOf(startCompetencia, oldestNeeded(life.today))
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

/** The competências already due on `today`, oldest first, one more than is shown; and the next one, if any. */
function competenciasOf(
  start: string,
  end: string | null,
  today: string,
  payDateOf: (competencia: string) => string,
): { past: string[]; next: string | null } {
  const past: string[] = []
  const first = laterOf(start.slice(0, 7), oldestNeeded(today))
  const last = end === null ? '9999-12' : end.slice(0, 7)
  for (let month = first; month <= last; month = calendar.addCompetencias(month, 1)) {
    if (payDateOf(month) > today) return { past: past.slice(-monthsShown - 1), next: month }
    past.push(month)
  }
  return { past: past.slice(-monthsShown - 1), next: null }
}

/** A pay day is at most a month after the competência: two months more than are shown are enough. */
function oldestNeeded(today: string): string {
  return calendar.addCompetencias(today.slice(0, 7), -monthsShown - 2)
}

function stopOf(file: BenefitFile, past: string[]): PaidBenefit['stopped'] {
  const { stopped } = file
  if (stopped?.since === undefined || stopped.status === 'ceased') return null
  return { from: paymentsAgo(stopped.since, past), status: stopped.status, reason: stopped.reason }
}

function settle(
  file: DeductionFile,
  past: string[],
  life: Life,
  amountOf: (competencia: string) => number,
): Deduction {
  const from = file.from.includes('payment')
    ? paymentsAgo(file.from, past)
    : readDate(file.from, life).slice(0, 7)
  const lastInstalment =
    file.instalments === undefined ? null : calendar.addCompetencias(from, file.instalments - 1)
  const until = file.until === undefined ? lastInstalment : readDate(file.until, life).slice(0, 7)
  return settleDeduction(file, from, until, amountOf(from))
}

/** The competência of "1 payment ago", the last one due; "2 payments ago", the one before it. */
function paymentsAgo(words: string, past: string[]): string {
  return calendar.addCompetencias(past.at(-1) ?? '1994-07', 1 - Number.parseInt(words, 10))
}

function laterOf(one: string, other: string): string {
  return calendar.compare(one, other) > 0 ? one : other
}
