import { calendar } from '../../law'
import type { PaymentLine } from './citizen'
import { readMoney } from './pay'
import type { DeductionFile } from './schema'

/** A deduction with its competências and centavos settled. */
export type Deduction = {
  kind: DeductionFile['kind']
  from: string
  until: string | null
  amount: number
  line(competencia: string): PaymentLine
}

/** Settles a deduction: `from` and `until` are competências, `benefitAmount` is the benefit when it begins. */
export function settleDeduction(
  file: DeductionFile,
  from: string,
  until: string | null,
  benefitAmount: number,
): Deduction {
  const amount = file.amount.startsWith('R$')
    ? readMoney(file.amount)
    : Math.floor((benefitAmount * Number.parseFloat(file.amount)) / 100)
  const line = (competencia: string): PaymentLine => ({
    ...words[file.kind],
    kind: 'debit',
    amount,
    detail: [file.to, instalment(file, from, competencia), file.note]
      .filter((part) => part !== null && part !== undefined)
      .join('. '),
  })
  return { kind: file.kind, from, until, amount, line }
}

/** Whether the payment of a competência has the deduction. */
export function applies(deduction: Deduction, competencia: string): boolean {
  return deduction.from <= competencia && (deduction.until === null || competencia <= deduction.until)
}

// Codes as in the credit history (HISCRE); the association's differs by association, this one is made up.
const words = {
  loan: { code: '216', description: 'Empréstimo consignado' },
  card: { code: '217', description: 'Cartão de crédito consignado (RMC)' },
  association: { code: '249', description: 'Mensalidade de associação' },
} as const

function instalment(file: DeductionFile, from: string, competencia: string): string | null {
  if (file.instalments === undefined) return null
  return `Parcela ${calendar.competenciasBetween(from, competencia) + 1} de ${file.instalments}`
}
