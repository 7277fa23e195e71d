import type { z } from 'zod'
import { calendar, minimumWage, type Parameters, paymentDay } from '../../law'
import type { payment as paymentSchema } from '../schemas/citizen'
import type { payingBanks } from '../schemas/requests'
import { payingBanks as banks } from '../schemas/requests'
import type { Benefit, CitizenRecord, Payment, PaymentAccount } from '../sources/record-source'

type BankCode = keyof typeof payingBanks

/** Days a new benefit needs to reach the bank. */
const processingDays = 5

/** Where a benefit is paid: the account of the record, or by card at the bank chosen (or the one INSS assigns). */
export function payingPlace(record: CitizenRecord, chosen: BankCode | undefined): PaymentAccount {
  if (record.paymentAccount !== null) return record.paymentAccount
  const bankCode = chosen ?? '104'
  return {
    bankCode,
    bankName: banks[bankCode],
    branch: 'a mais próxima do seu endereço',
    account: null,
    method: 'cartao',
  }
}

/** A benefit granted here, as it is kept. */
export type Granted = {
  number: string
  speciesCode: string
  speciesName: string
  startDate: string
  endDate: string | null
  monthlyAmount: number
  aboveMinimum: boolean
  payment: PaymentAccount
  firstPaymentDate: string
}

/** First day the benefit can be paid: the first pay day of its number that leaves time to reach the bank. */
export function firstPaymentDate(
  parameters: Parameters,
  granted: Pick<Granted, 'number' | 'aboveMinimum' | 'startDate'>,
  decidedOn: string,
): string {
  const earliest = calendar.addDays(decidedOn, processingDays)
  let competencia = calendar.competenciaOf(granted.startDate)
  for (;;) {
    const day = payDay(parameters, granted, competencia)
    if (day >= earliest) return day
    competencia = calendar.addCompetencias(competencia, 1)
  }
}

export function isAboveMinimum(parameters: Parameters, amount: number, on: string): boolean {
  return amount > minimumWage(parameters, on)
}

/** The benefit as the citizen reads it on `today`, with its payments, newest first. */
export function benefitOf(parameters: Parameters, granted: Granted, today: string): Benefit {
  const payments = paymentsOf(parameters, granted, today)
  const { bankCode, bankName, branch, method } = granted.payment
  const ceased = granted.endDate !== null && granted.endDate < today
  return {
    number: granted.number,
    species: { code: granted.speciesCode, name: granted.speciesName },
    status: ceased ? 'ceased' : 'active',
    statusReason: ceased
      ? {
          code: 'fim_do_prazo',
          text: 'O benefício chegou à data marcada para terminar.',
          nextStep: 'Não é preciso fazer nada.',
          since: granted.endDate ?? today,
        }
      : null,
    startDate: granted.startDate,
    endDate: granted.endDate,
    monthlyAmount: granted.monthlyAmount,
    payment: { bankCode, bankName, branch, method },
    aboveMinimum: granted.aboveMinimum,
    nextPayment: payments.find((each) => each.status === 'scheduled') ?? null,
    payments,
  }
}

/** One payment per pay day from the first on, which brings what was due before it; the last is the next to come. */
function paymentsOf(parameters: Parameters, granted: Granted, today: string): Payment[] {
  const lastMonth = granted.endDate === null ? '9999-12' : calendar.competenciaOf(granted.endDate)
  const payments: Payment[] = []
  let due = calendar.competenciaOf(granted.startDate)
  for (let month = due; month <= lastMonth; month = calendar.addCompetencias(month, 1)) {
    const payDate = payDay(parameters, granted, month)
    if (payDate < granted.firstPaymentDate) continue
    payments.unshift(paymentOf(granted, due, month, payDate, today, payments[0]))
    due = calendar.addCompetencias(month, 1)
    if (payDate > today) break
  }
  if (payments.length === 0) {
    // Granted after its whole time passed (a past birth): everything comes at once.
    payments.push(paymentOf(granted, due, lastMonth, granted.firstPaymentDate, today, undefined))
  }
  return payments
}

function paymentOf(
  granted: Granted,
  from: string,
  month: string,
  payDate: string,
  today: string,
  previous: Payment | undefined,
): z.infer<typeof paymentSchema> {
  const amountOf = (competencia: string) =>
    Math.round((granted.monthlyAmount * daysOf(granted, competencia)) / 30)
  let arrears = 0
  for (let each = from; each < month; each = calendar.addCompetencias(each, 1)) arrears += amountOf(each)
  const days = daysOf(granted, month)
  const lines: Payment['lines'] = [
    {
      code: '101',
      kind: 'credit',
      description: 'Valor do benefício',
      amount: amountOf(month),
      detail: days === 30 ? null : days === 1 ? '1 dia' : `${days} dias`,
    },
  ]
  if (arrears > 0) {
    lines.push({
      code: '103',
      kind: 'credit',
      description: 'Valores atrasados',
      amount: arrears,
      detail: `Desde ${granted.startDate.split('-').reverse().join('/')}`,
    })
  }
  const gross = lines.reduce((total, line) => total + line.amount, 0)
  return {
    competencia: month,
    payDate,
    status: payDate > today ? 'scheduled' : 'paid',
    gross,
    net: gross,
    bankName: granted.payment.bankName,
    branch: granted.payment.branch,
    lines,
    reason: null,
    comparedWithPrevious:
      previous === undefined
        ? null
        : {
            difference: gross - previous.net,
            because: gross === previous.net ? [] : changed(lines, previous.lines),
          },
  }
}

function changed(lines: Payment['lines'], before: Payment['lines']): string[] {
  const total = (list: Payment['lines'], code: string) =>
    list.filter((line) => line.code === code).reduce((sum, line) => sum + line.amount, 0)
  const codes = [...new Set([...lines, ...before].map((line) => line.code))]
  return codes.filter((code) => total(lines, code) !== total(before, code))
}

/** Days of benefit in a month of 30. */
function daysOf(granted: Granted, competencia: string): number {
  const from = granted.startDate.startsWith(competencia)
    ? Math.min(30, Number(granted.startDate.slice(8)))
    : 1
  const ends =
    granted.endDate?.startsWith(competencia) === true && granted.endDate !== calendar.lastDayOf(competencia)
  const to = ends ? Number(granted.endDate?.slice(8)) : 30
  return Math.max(1, to - from + 1)
}

function payDay(
  parameters: Parameters,
  granted: Pick<Granted, 'number' | 'aboveMinimum'>,
  competencia: string,
): string {
  const digit = Number(granted.number[8])
  return paymentDay(parameters, { competencia, digit, aboveMinimum: granted.aboveMinimum }).payDate
}
