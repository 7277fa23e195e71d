/**
 * One synthetic person as the INSS holds them, expanded for one day. Money in centavos (before 1994-07, of then's
 * currency), civil dates `YYYY-MM-DD`, competências `YYYY-MM`. Texts are Portuguese data a citizen may read.
 */
export type Citizen = {
  /** Eleven digits, in the range 000.xxx.xxx-dd that is never issued. */
  cpf: string
  name: string
  socialName: string | null
  birthDate: string
  sex: 'F' | 'M'
  motherName: string
  email: string | null
  phone: string | null
  address: { street: string; city: string; state: string; cep: string }
  paymentAccount: PaymentAccount | null
  dependants: { name: string; birthDate: string; kinship: Kinship }[]
  flags: Flag[]
  govbr: { level: Level; password: string }
  /** Absent when the person has no record at the INSS. */
  nit: string | null
  /** Oldest first, as in the extract; `sequence` counts from 1. */
  relationships: Relationship[]
  benefits: Benefit[]
  /** Newest first. */
  pastRequests: PastRequest[]
  /** The next one first. */
  appointments: Appointment[]
  /** What is special about this life, one short Portuguese sentence. */
  what: string
}

export type Level = 'bronze' | 'silver' | 'gold'

export const kinships = ['filho', 'enteado', 'conjuge', 'companheiro', 'pai_mae', 'irmao'] as const
export type Kinship = (typeof kinships)[number]

export const flags = [
  'gestante',
  'desempregado',
  'pessoa_com_deficiencia',
  'cadunico',
  'segurado_especial_confirmado',
  'sem_registro',
] as const
/** What the INSS knows besides the record: `cadunico` = in the social register, up to date. */
export type Flag = (typeof flags)[number]

export const accountMethods = ['conta_corrente', 'poupanca', 'cartao'] as const
export type PaymentAccount = {
  bankCode: string
  bankName: string
  branch: string
  /** Absent when paid by card at the counter. */
  account: string | null
  method: (typeof accountMethods)[number]
}

export const appointmentKinds = ['pericia', 'avaliacao_social', 'atendimento'] as const
/** When and where the person is expected. */
export type Appointment = {
  id: string
  kind: (typeof appointmentKinds)[number]
  date: string
  /** `09:30`, in Brasília. */
  time: string
  place: string
}

export const categories = [
  'empregado',
  'domestico',
  'avulso',
  'contribuinte_individual',
  'facultativo',
  'mei',
  'segurado_especial',
] as const
export const kinds = [
  'comum',
  'magisterio',
  'especial_15',
  'especial_20',
  'especial_25',
  'deficiencia_leve',
  'deficiencia_moderada',
  'deficiencia_grave',
  'rural',
] as const
export const plans = ['20', '11', '5'] as const

/** One line of the contribution record (CNIS). */
export type Relationship = {
  sequence: number
  nit: string
  employer: { name: string; cnpj: string | null } | null
  category: (typeof categories)[number]
  kind: (typeof kinds)[number]
  plan: (typeof plans)[number] | null
  start: string
  /** Absent while the relationship goes on. */
  end: string | null
  /** Last competência with earnings. */
  lastEarning: string | null
  /** Of the whole relationship; those of one month are on the month. */
  indicators: Indicator[]
  /** Salário de contribuição, oldest first, one per competência. */
  earnings: Earning[]
}

export type Earning = { competencia: string; amount: number; indicators: string[] }

/** `pending` does not count until solved; `conditional` counts for some rules; the others only inform. */
export type Indicator = {
  code: string
  meaning: string
  effect: 'counts' | 'pending' | 'conditional' | 'informative'
  /** How the citizen solves it; absent when there is nothing to solve. */
  howToSolve: string | null
}

export type Benefit = {
  /** Ten digits, the last one the check digit; the pay day goes by the ninth. */
  number: string
  species: { code: string; name: string }
  status: 'active' | 'suspended' | 'blocked' | 'ceased'
  statusReason: StatusReason | null
  startDate: string
  endDate: string | null
  monthlyAmount: number
  aboveMinimum: boolean
  payment: Pick<PaymentAccount, 'bankCode' | 'bankName' | 'branch' | 'method'>
  nextPayment: Payment | null
  /** The next scheduled one, if any, then up to 24 months back, newest first. */
  payments: Payment[]
}

/** Why something stopped, and what the citizen does now. */
export type Reason = { code: string; text: string; nextStep: string }
export type StatusReason = Reason & { since: string }

export type Payment = {
  competencia: string
  payDate: string
  status: 'scheduled' | 'paid' | 'returned' | 'blocked' | 'suspended'
  gross: number
  net: number
  bankName: string
  branch: string
  lines: PaymentLine[]
  reason: Reason | null
  /** Difference of the net amount to the competência before, and the codes of the lines that explain it. */
  comparedWithPrevious: { difference: number; because: string[] } | null
}

export type PaymentLine = {
  code: string
  kind: 'credit' | 'debit'
  description: string
  amount: number
  detail: string | null
}

/** A request the person made before the demonstration began. */
export type PastRequest = {
  protocol: string
  service: 'aposentadoria-idade' | 'aposentadoria-tempo-contribuicao' | 'salario-maternidade'
  status: 'granted' | 'denied' | 'in_analysis' | 'withdrawn' | 'needs_document'
  /** Civil date; also the DER. */
  createdOn: string
  decidedOn: string | null
  /** What the person told then, as in `facts` of a request. */
  facts: Record<string, unknown>
  reasons: { code: string; text: string }[]
  /** What happens or what the citizen does next. */
  nextStep: string | null
  /** Number of the benefit that came of it. */
  benefitNumber: string | null
  /** Oldest first. */
  events: { on: string; type: string; text: string }[]
}
