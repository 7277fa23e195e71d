import { calendar } from '../../law'
import type { Earning, Relationship } from './citizen'
import { cnpjOf, nitOf } from './digits'
import { indicator } from './indicators'
import { type PayPlan, payOf } from './pay'
import type { Reference } from './reference'
import { type CitizenFile, employed, type JobFile } from './schema'
import { type Life, readJobEnd, readJobStart } from './when'

/** Salaries are in today's currency from here on; earlier ones are not in the synthetic record. */
const firstCompetencia = '1994-07'
/** From here on a month counts only when its sum reaches the minimum wage (CF art. 195 § 14). */
const reformCompetencia = '2019-11'

/** The contribution record of a file: relationships by start date, with a salary per competência. */
export function expandRecord(file: CitizenFile, life: Life, reference: Reference): Relationship[] {
  const nit = nitOf(file.cpf)
  const relationships = file.record
    .map((job) => expandJob(job, nit, life, reference))
    .sort((one, other) => one.start.localeCompare(other.start))
    .map((relationship, index) => ({ ...relationship, sequence: index + 1 }))
  markMonthsBelowMinimum(relationships, reference)
  return relationships
}

function expandJob(job: JobFile, nit: string, life: Life, reference: Reference): Relationship {
  const start = readJobStart(job.from, life)
  const end = job.to === 'today' ? null : readJobEnd(job.to, life)
  const earnings = job.pay === undefined ? [] : expandEarnings(job, job.pay, { start, end }, life, reference)
  return {
    sequence: 0,
    nit,
    employer: job.employer === undefined ? null : { name: job.employer, cnpj: cnpjOfEmployer(job) },
    category: job.as,
    kind: job.kind ?? (job.as === 'segurado_especial' ? 'rural' : 'comum'),
    plan: planOf(job),
    start,
    end,
    lastEarning: earnings.at(-1)?.competencia ?? null,
    indicators: [...planIndicators(job), ...job.indicators].map(indicator),
    earnings,
  }
}

function expandEarnings(
  job: JobFile,
  pay: string,
  span: { start: string; end: string | null },
  life: Life,
  reference: Reference,
): Earning[] {
  // The extract of a month is complete only after it ends.
  const lastComplete = calendar.addCompetencias(life.today.slice(0, 7), -1)
  const last = span.end === null ? lastComplete : span.end.slice(0, 7)
  const plan: PayPlan = {
    from: span.start.slice(0, 7),
    to: last,
    seed: `${job.employer ?? job.as} ${life.birthDate}`,
  }
  const differing = job.months.map((months) => ({
    ...months,
    from: readJobStart(months.from, life).slice(0, 7),
    to: readJobEnd(months.to, life).slice(0, 7),
  }))
  const earnings: Earning[] = []
  const first = plan.from < firstCompetencia ? firstCompetencia : plan.from
  for (let competencia = first; competencia <= last; competencia = calendar.addCompetencias(competencia, 1)) {
    const month = differing.find(({ from, to }) => from <= competencia && competencia <= to)
    const whole = payOf(month?.pay ?? pay, competencia, plan, reference)
    if (whole === undefined) continue
    const amount = employed(job.as) ? Math.round((whole * daysWorked(competencia, span)) / 30) : whole
    earnings.push({ competencia, amount, indicators: [...(month?.indicators ?? [])] })
  }
  return earnings
}

/** Days of a month of 30 between the start and the end of the job. */
function daysWorked(competencia: string, span: { start: string; end: string | null }): number {
  const from = span.start.startsWith(competencia) ? Number(span.start.slice(8)) : 1
  const ends =
    span.end?.startsWith(competencia) === true &&
    span.end !== calendar.lastDayOf(calendar.competenciaOf(span.end))
  const to = ends ? Number(span.end?.slice(8)) : 30
  return Math.max(1, to - from + 1)
}

function markMonthsBelowMinimum(relationships: Relationship[], reference: Reference): void {
  const sums = new Map<string, number>()
  for (const { earnings } of relationships) {
    for (const { competencia, amount } of earnings)
      sums.set(competencia, (sums.get(competencia) ?? 0) + amount)
  }
  for (const { category, earnings } of relationships) {
    for (const earning of earnings) {
      const { competencia } = earning
      if ((sums.get(competencia) ?? 0) >= reference.minimumWage(competencia)) continue
      if (!employed(category)) earning.indicators.push('PREC-MENOR-MIN')
      else if (competencia >= reformCompetencia) earning.indicators.push('PSC-MEN-SM-EC103')
    }
  }
}

function cnpjOfEmployer(job: JobFile): string | null {
  return job.employer === undefined || job.as === 'domestico' ? null : cnpjOf(job.employer)
}

function planOf(job: JobFile): Relationship['plan'] {
  if (employed(job.as) || job.as === 'segurado_especial') return null
  return job.plan ?? (job.as === 'mei' ? '5' : '20')
}

function planIndicators(job: JobFile) {
  const plan = planOf(job)
  if (job.as === 'mei') return ['IREC-MEI' as const]
  if (plan === '11') return ['IREC-LC123' as const]
  return plan === '5' && !job.indicators.includes('PREC-FBR') ? ['IREC-FBR' as const] : []
}
