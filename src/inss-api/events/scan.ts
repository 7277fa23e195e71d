import { and, eq, isNull, ne, or } from 'drizzle-orm'
import { civilDate } from '../../clock'
import { calendar } from '../../law'
import { followers } from '../db/schema'
import type { Deps } from '../deps'
import { benefitsOf } from '../requests/store'
import type { Benefit, CitizenRecord } from '../sources/record-source'
import { type Happening, writeEvents } from './outbox'

const AT_ONCE = 100
/** After a longer stop than this, an old payment is no news any more. */
const LOOK_BACK_DAYS = 7

/**
 * Finds what time alone brought about (a pay day came, an appointment is tomorrow) for the citizens not looked at
 * yet today. The record is brought up to date once a day, so once a day is enough.
 * @returns whether there may be more to look at
 */
export async function scanFollowers(deps: Deps): Promise<boolean> {
  const today = civilDate(deps.clock.now())
  const notYet = or(isNull(followers.scannedOn), ne(followers.scannedOn, today))
  const waiting = await deps.db.select().from(followers).where(notYet).limit(AT_ONCE)
  for (const { client, cpf, since } of waiting) {
    const record = await deps.source.find(cpf)
    const found = record === undefined ? [] : await happenings(deps, record, civilDate(since), today)
    await deps.db.transaction(async (tx) => {
      const mine = and(eq(followers.client, client), eq(followers.cpf, cpf), notYet)
      const [taken] = await tx.update(followers).set({ scannedOn: today }).where(mine).returning()
      // Another process looked at this person meanwhile.
      if (taken !== undefined) await writeEvents(tx, cpf, found)
    })
  }
  return waiting.length === AT_ONCE
}

async function happenings(
  deps: Deps,
  record: CitizenRecord,
  since: string,
  today: string,
): Promise<Happening[]> {
  const at = deps.clock.now()
  const benefits = await benefitsOf(deps.db, deps, record)
  const tomorrow = calendar.addDays(today, 1)
  return [
    ...benefits.flatMap((benefit) => payments(benefit, since, today)).map((each) => ({ ...each, at })),
    ...record.appointments
      .filter((appointment) => appointment.date === tomorrow)
      .map(({ id, date, time }) => ({
        type: 'appointment.tomorrow' as const,
        data: { date, time },
        once: `${id}|${date}`,
        at,
      })),
  ].map((each) => ({ ...each, cpf: record.cpf }))
}

/** Those of the last days; a payment of the day the citizen began to be followed was no news any more. */
function payments(
  { number, payments: all }: Benefit,
  since: string,
  today: string,
): Omit<Happening, 'cpf' | 'at'>[] {
  const from = calendar.addDays(today, -LOOK_BACK_DAYS)
  return all.flatMap(({ competencia, payDate, status }) => {
    if (payDate <= since || payDate < from || payDate > today) return []
    if (status !== 'paid' && status !== 'returned') return []
    const type = status === 'paid' ? 'payment.credited' : 'payment.returned'
    return [{ type, data: { date: payDate }, once: `${number}|${competencia}` } as const]
  })
}
