import { dateWithWeekday, longDate, money, monthOfYear, shortDate } from '../../src/format'
import type { Benefit, Payment } from '../../src/inss/schemas'
import { isShort, t } from '../../src/text'
import type { Context, Found, Say } from '../service'
import type { PaymentFacts } from './dialog'

type Facts = Partial<PaymentFacts>

const SHOWN_AT_ONCE = 3
const SHOWN_OLDER = 12
const SHOWN_IN_BRIEF = 3

/** Finds the person's benefits; with one there is nothing to choose, with none we say what that means. */
export async function chooseBenefit(_: Facts, context: Context): Promise<Found<PaymentFacts>> {
  const benefits = await context.inss.benefits(await context.login.token())
  const names = benefits.map((benefit) =>
    t('payments.benefit_name', { name: benefit.species.name, final: benefit.number.slice(-4) }),
  )
  if (names.length === 0) return { say: [t('payments.no_benefit')], end: 'answered' }
  return { facts: names.length === 1 ? { names, benefit: 0 } : { names } }
}

/** The next payment, what is wrong if anything is, and the last ones. */
export async function tellPayments(facts: Facts, context: Context): Promise<Found<PaymentFacts>> {
  const { benefit, payments } = await load(facts, context, SHOWN_AT_ONCE + 1)
  if (benefit === undefined) return { forget: ['names', 'benefit'] }
  const past = payments.filter((payment) => payment.status !== 'scheduled').slice(0, SHOWN_AT_ONCE)
  const next = benefit.nextPayment ?? payments.find((payment) => payment.status === 'scheduled')
  const say: Say[] = [...trouble(benefit, past, facts), ...upcoming(benefit, next ?? undefined)]
  // In brief the months before are offered.
  const shown = isShort() && say.length > 0 ? [] : past
  if (shown.length > 0) say.push([t('payments.last_title'), ...shown.map(line)].join('\n'))
  context.record({ type: 'payments_shown', status: benefit.status })
  return { say, facts: { report: true } }
}

/** The days of the calendar, without login. */
export async function tellCalendar(facts: Facts, context: Context): Promise<Found<PaymentFacts>> {
  const { digit = 0, aboveMinimum = false } = facts
  return {
    say: [await calendar(digit, aboveMinimum, context), t('payments.calendar_login_hint')],
    end: 'answered',
  }
}

/** Explains the last payment line by line, shows older ones or the calendar, and asks what else. */
export async function answerNext(facts: Facts, context: Context): Promise<Found<PaymentFacts>> {
  if (facts.next === 'done') return { say: [t('payments.done')], end: 'answered' }
  const { benefit, payments } = await load(facts, context, SHOWN_OLDER)
  const forget = ['next', 'followUp'] as ('next' | 'followUp')[]
  if (benefit === undefined) return { forget: [...forget, 'names', 'benefit'] }
  if (facts.next === 'calendar') {
    const digit = Number(benefit.number[8])
    return { say: [await calendar(digit, benefit.aboveMinimum, context)], forget }
  }
  const past = payments.filter((payment) => payment.status !== 'scheduled')
  const newest = past[0]
  if (newest === undefined) return { say: [t('payments.none_yet')], forget }
  if (facts.next === 'older')
    return { say: [[t('payments.older_title'), ...past.slice(0, mostOlder()).map(line)].join('\n')], forget }
  return { say: explain(newest), forget }
}

async function load(facts: Facts, context: Context, limit: number) {
  const token = await context.login.token()
  const benefit = (await context.inss.benefits(token))[facts.benefit ?? 0]
  const payments = benefit === undefined ? [] : await context.inss.payments(token, benefit.number, limit)
  return { benefit, payments }
}

async function calendar(digit: number, aboveMinimum: boolean, context: Context): Promise<string> {
  const from = previousMonth(context.today)
  const { items, status } = await context.inss.paymentCalendar({ digit, aboveMinimum, from, months: 5 })
  const coming = items.filter((item) => item.payDate >= context.today).slice(0, isShort() ? 2 : 3)
  const lines = coming.map((item) =>
    t('payments.calendar_line', {
      month: monthOfYear(item.competencia),
      date: dateWithWeekday(item.payDate),
    }),
  )
  const title = t(aboveMinimum ? 'payments.calendar_title_above' : 'payments.calendar_title_minimum', {
    digit,
  })
  return [title, ...lines, ...(status === 'computed' ? [t('payments.calendar_computed')] : [])].join('\n')
}

function mostOlder(): number {
  return isShort() ? SHOWN_IN_BRIEF : SHOWN_OLDER
}

/** A payment of last month may still be to come. */
function previousMonth(date: string): string {
  const [year = 0, month = 0] = date.split('-').map(Number)
  return month === 1 ? `${year - 1}-12` : `${year}-${String(month - 1).padStart(2, '0')}`
}

/** What is wrong, why, and what to do: of the benefit, or of its last payment. */
function trouble(benefit: Benefit, past: Payment[], facts: Facts): Say[] {
  if (benefit.status !== 'active') {
    const say: Say[] = [t(`payments.status_${benefit.status}`, { name: benefit.species.name })]
    const reason = benefit.statusReason
    if (reason != null) {
      say.push(reason.text)
      if (reason.nextStep != null) say.push(t('payments.what_to_do', { step: reason.nextStep }))
    }
    return say
  }
  const last = past[0]
  if (last?.status === 'returned' || last?.status === 'blocked' || last?.status === 'suspended') {
    const say: Say[] = [t(`payments.payment_${last.status}`, { month: monthOfYear(last.competencia) })]
    if (last.reason != null) say.push(last.reason.text)
    if (last.reason?.nextStep != null) say.push(t('payments.what_to_do', { step: last.reason.nextStep }))
    return say
  }
  const difference = last?.comparedWithPrevious?.difference ?? 0
  if (last !== undefined && difference < 0) return smaller(last, difference)
  return facts.problem === true ? [t('payments.nothing_wrong')] : []
}

function smaller(payment: Payment, difference: number): Say[] {
  const because = payment.comparedWithPrevious?.because ?? []
  const lines = payment.lines
    .filter((each) => because.includes(each.code))
    .map((each) => t('payments.because', { description: each.description, amount: money(each.amount) }))
  const title = t('payments.smaller', {
    month: monthOfYear(payment.competencia),
    difference: money(-difference),
  })
  return [[title, ...lines].join('\n')]
}

function upcoming(benefit: Benefit, next: Payment | undefined): Say[] {
  if (next === undefined) return benefit.status === 'active' ? [t('payments.no_next')] : []
  const params = {
    name: benefit.species.name,
    month: monthOfYear(next.competencia),
    date: dateWithWeekday(next.payDate),
    bank: next.bankName,
    amount: money(next.net),
  }
  return [t('payments.next', params)]
}

function line(payment: Payment): string {
  const params = {
    month: monthOfYear(payment.competencia),
    date: shortDate(payment.payDate),
    amount: money(payment.net),
  }
  return t(`payments.line_${payment.status}`, params)
}

/** Each credit and discount of a payment, in words. */
function explain(payment: Payment): Say[] {
  const lines = payment.lines.map((each) => {
    const key = each.kind === 'credit' ? 'payments.line_credit' : 'payments.line_debit'
    const detail = each.detail == null ? '' : ` (${each.detail})`
    return t(key, { description: each.description + detail, amount: money(each.amount) })
  })
  const title = t('payments.explain_title', {
    month: monthOfYear(payment.competencia),
    date: longDate(payment.payDate),
  })
  const debits = payment.lines.some((each) => each.kind === 'debit')
  return [
    [title, ...lines, t('payments.explain_net', { amount: money(payment.net) })].join('\n'),
    t(debits ? 'payments.unknown_discount' : 'payments.no_discount'),
  ]
}
