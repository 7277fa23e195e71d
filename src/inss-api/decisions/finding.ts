import type { z } from 'zod'
import type { Duration } from '../../law'
import type { condition } from '../schemas/common'
import type { lack, legalBasis } from '../schemas/requests'
import type { Pending } from './history'

export type Condition = z.infer<typeof condition>
export type LegalBasis = z.infer<typeof legalBasis>
export type Lack = z.infer<typeof lack>

/** A reason with its words for the citizen. */
export type Why = { code: string; text: string }

export type FoundBenefit = {
  startDate: string
  endDate: string | null
  durationDays: number | null
  /** null when the record or the law parameters do not give one. */
  amount: number | null
  amountStatus: 'exact' | 'provisional'
  species: { code: string; name: string }
}

/** What the record says about a right, before anything is asked for or decided. */
export type Finding = {
  entitled: boolean
  rule: string | null
  /** First day of the right, past or projected; null = never, or unknown. */
  entitledOn: string | null
  conditions: Condition[]
  benefit: FoundBenefit | null
  legalBasis: LegalBasis[]
  paidBy: 'inss' | 'employer'
  notice: string | null
  pending: Pending[]
  lacks: Lack[]
  /** Why a person of the INSS has to look; empty = the record decides by itself. */
  obstacles: Why[]
  /** Why the record clearly cannot give the right. */
  refusals: Why[]
  time: Duration | null
}

export type Verdict = 'granted' | 'denied' | 'in_analysis'

/**
 * What the record decides by itself: granted when every condition is proved, denied when it clearly cannot be and
 * nothing is pending, otherwise a person decides.
 */
export function verdictOf(finding: Finding): Verdict {
  if (finding.obstacles.length > 0) return 'in_analysis'
  if (finding.refusals.length > 0) return 'denied'
  return finding.entitled && finding.benefit?.amount != null ? 'granted' : 'in_analysis'
}
