import { type Clock, civilDate } from '../clock'

/** A synthetic person who can log in. */
export type Account = {
  /** Eleven digits. */
  cpf: string
  name: string
  email: string | null
  phone: string | null
  level: Level
  password: string
  /** What is special about this person, one short Portuguese sentence. */
  what: string
  /** Works at the desk: logs in to it, and to nothing else. */
  staff?: { roles: string[]; skills: string[] }
}

export const levels = ['bronze', 'silver', 'gold'] as const
export type Level = (typeof levels)[number]

export type Accounts = {
  list(): Account[]
  find(cpf: string): Account | undefined
  raise(cpf: string, level: Level): void
}

/** The accounts of today: what was handed in, read once a day, with the levels raised since the start. */
export function createAccounts(source: () => Account[], clock: Clock): Accounts {
  const raised = new Map<string, Level>()
  let read: { on: string; accounts: Account[] } | undefined
  const list = () => {
    const today = civilDate(clock.now())
    if (read?.on !== today) read = { on: today, accounts: source() }
    return read.accounts.map((account) => ({ ...account, level: raised.get(account.cpf) ?? account.level }))
  }
  return {
    list,
    find: (cpf) => list().find((account) => account.cpf === cpf),
    raise(cpf, level) {
      const account = list().find((each) => each.cpf === cpf)
      if (account !== undefined && reaches(level, account.level)) raised.set(cpf, level)
    },
  }
}

/** Whether a level is as high as another, or higher. */
export function reaches(level: Level, required: Level): boolean {
  return levels.indexOf(level) >= levels.indexOf(required)
}

// gov.br’s ids of what proves a level: basic register (201), bank (602), electoral court’s facial check (701).
const proofs: Record<Level, string[]> = {
  bronze: ['201'],
  silver: ['201', '602'],
  gold: ['201', '602', '701'],
}

/** gov.br's claims about a person; verified marks are strings there, and unverified contacts are left out. */
export function claimsOf(account: Account, updatedAt: string): Record<string, unknown> {
  return {
    sub: account.cpf,
    name: account.name,
    ...(account.email === null ? {} : { email: account.email }),
    email_verified: String(account.email !== null),
    ...(account.phone === null ? {} : { phone_number: account.phone }),
    phone_number_verified: String(account.phone !== null),
    reliability_info: {
      level: account.level,
      reliabilities: proofs[account.level].map((id) => ({ id, updatedAt })),
    },
    ...account.staff,
  }
}

/** Whether eleven digits carry the two check digits of a CPF. */
export function isCpf(digits: string): boolean {
  if (!/^\d{11}$/.test(digits)) return false
  return [9, 10].every((length) => {
    const sum = Array.from(digits.slice(0, length)).reduce(
      (total, digit, index) => total + Number(digit) * (length + 1 - index),
      0,
    )
    return ((sum * 10) % 11) % 10 === Number(digits[length])
  })
}

/** `000.123.456-78`. */
export function readableCpf(cpf: string): string {
  return cpf.replace(/^(\d{3})(\d{3})(\d{3})(\d{2})$/, '$1.$2.$3-$4')
}
