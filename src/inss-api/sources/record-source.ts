import type {
  Benefit,
  Citizen,
  Indicator,
  PastRequest,
  Payment,
  PaymentAccount,
  Relationship,
} from '../sandbox/citizen'

export type { Benefit, Indicator, PastRequest, Payment, PaymentAccount, Relationship }

/** What the INSS holds about one person. */
export type CitizenRecord = Omit<Citizen, 'govbr' | 'what'>

/**
 * Where the citizens' records come from: the synthetic citizens now, the legacy systems of the INSS later. Reading
 * only; what this service decides stays in its own database.
 */
export type RecordSource = {
  /** @throws AppError when the source is down */
  find: (cpf: string) => Promise<CitizenRecord | undefined>
  /** What an indicator of the record means; an unknown one is told as such, never hidden. */
  indicator: (code: string) => Indicator
}
