import { calendar } from '../../law'
import { expandBenefit } from './benefits'
import type { Citizen, PaymentAccount } from './citizen'
import type { Deduction } from './deductions'
import { nitOf } from './digits'
import { expandRecord } from './record'
import type { Reference } from './reference'
import { banks, type CitizenFile } from './schema'
import { readDate } from './when'

/** A citizen and what only the checks look at: the deductions of each benefit. */
export type Expanded = { citizen: Citizen; deductions: Deduction[][] }

/** The life written in a file, as the INSS holds it on `today`. */
export function expandCitizen(file: CitizenFile, today: string, reference: Reference): Expanded {
  const birthDate = readDate(file.born, { today, birthDate: today })
  const life = { today, birthDate }
  const [city = '', state = ''] = file.city.split('/')
  const account = accountOf(file)
  const benefits = file.benefits.map((benefit) =>
    expandBenefit(benefit, account ?? atTheCounter, life, reference),
  )
  const relationships = expandRecord(file, life, reference)
  const citizen: Citizen = {
    cpf: file.cpf,
    name: file.name,
    socialName: file.socialName ?? null,
    birthDate,
    sex: file.sex,
    motherName: file.mother,
    email: file.email ?? null,
    phone: file.phone?.replace(/[ -]/g, '') ?? null,
    address: { street: file.street, city, state, cep: file.cep.replace('-', '') },
    paymentAccount: account,
    dependants: file.dependants.map(({ name, born, kinship }) => ({
      name,
      birthDate: readDate(born, life),
      kinship,
    })),
    flags: file.flags,
    govbr: file.govbr,
    nit: relationships.length > 0 || benefits.length > 0 ? nitOf(file.cpf) : null,
    relationships,
    benefits: benefits.map(({ deductions: _, ...benefit }) => benefit),
    pastRequests: file.requests
      .map((request) => ({
        protocol: request.protocol,
        service: request.service,
        status: request.status,
        createdOn: readDate(request.made, life),
        decidedOn: request.decided === undefined ? null : readDate(request.decided, life),
        facts: readFacts(request.facts, life),
        reasons: request.reasons,
        nextStep: request.next ?? null,
        benefitNumber: request.benefit ?? null,
        events: request.events.map(({ on, type, text }) => ({ on: readDate(on, life), type, text })),
      }))
      .sort((one, other) => other.createdOn.localeCompare(one.createdOn)),
    appointments: file.appointments
      .map(({ kind, on, at, place }, index) => ({
        id: String(index + 1),
        kind,
        date: workingDay(readDate(on, life)),
        time: at,
        place,
      }))
      .sort((one, other) => one.date.localeCompare(other.date)),
    what: file.what,
  }
  return { citizen, deductions: benefits.map(({ deductions }) => deductions) }
}

/** The INSS's offices are closed on Saturdays and Sundays. */
function workingDay(date: string): string {
  const weekday = calendar.weekday(date)
  return calendar.addDays(date, weekday === 6 ? 2 : weekday === 0 ? 1 : 0)
}

/** A benefit without an account is paid by card at this branch. */
const atTheCounter: PaymentAccount = { ...banks.caixa, branch: '0001', account: null, method: 'cartao' }

function accountOf(file: CitizenFile): PaymentAccount | null {
  if (file.account === undefined) return null
  const { bank, branch, number, method } = file.account
  return { ...banks[bank], branch, account: number ?? null, method }
}

/** Facts whose name ends in Date are written like any date of the file. */
function readFacts(
  facts: CitizenFile['requests'][number]['facts'],
  life: { today: string; birthDate: string },
) {
  return Object.fromEntries(
    Object.entries(facts).map(([name, value]) => [
      name,
      name.endsWith('Date') && typeof value === 'string' ? readDate(value, life) : value,
    ]),
  )
}
