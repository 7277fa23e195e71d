import { calendar } from '../../law'
import type { Relationship } from './citizen'
import { applies, type Deduction } from './deductions'
import type { Expanded } from './expand'
import { species } from './reasons'
import { type CitizenFile, employed } from './schema'

/** What is wrong in a life that is well written: one line per fault, `path: what was expected`. */
export function checkLife(file: CitizenFile, expanded: Expanded, today: string): string[] {
  return [
    ...checkBirth(expanded, today),
    ...checkJobs(expanded, today),
    ...checkBenefits(file, expanded, today),
    ...checkDeductions(file, expanded),
    ...checkRequests(expanded, today),
  ]
}

function checkBirth({ citizen }: Expanded, today: string): string[] {
  const alive = citizen.birthDate <= today && today < calendar.addYears(citizen.birthDate, 120)
  return [
    ...(alive ? [] : [`born: expected a day in the last 120 years, not ${citizen.birthDate}`]),
    ...citizen.dependants.flatMap(({ birthDate }, index) =>
      birthDate <= today ? [] : [`dependants.${index}.born: expected a day up to ${today}, not ${birthDate}`],
    ),
  ]
}

function checkJobs({ citizen }: Expanded, today: string): string[] {
  const name = (job: Relationship) => `record, ${job.employer?.name ?? job.category} from ${job.start}`
  return citizen.relationships.flatMap((job, index) => {
    const earliest = calendar.addYears(citizen.birthDate, job.kind === 'rural' ? 8 : 14)
    const twin = citizen.relationships
      .slice(0, index)
      .find((other) => sameSource(other, job) && (other.end ?? today) >= job.start)
    return [
      ...(job.start >= earliest ? [] : [`${name(job)}: expected a start from ${earliest} on`]),
      ...(job.start <= today ? [] : [`${name(job)}: expected a start up to ${today}`]),
      ...(job.end === null || (job.start < job.end && job.end <= today)
        ? []
        : [`${name(job)}: expected an end after the start and up to ${today}, not ${job.end}`]),
      ...(twin === undefined
        ? []
        : [`${name(job)}: expected to begin after the end of the same source's ${twin.start}`]),
    ]
  })
}

/** The same employer twice, or the same activity of one's own twice. */
function sameSource(one: Relationship, other: Relationship): boolean {
  return employed(one.category) || employed(other.category)
    ? one.employer?.name === other.employer?.name
    : one.category === other.category
}

function checkBenefits(file: CitizenFile, { citizen }: Expanded, today: string): string[] {
  return citizen.benefits.flatMap((benefit, index) => {
    const path = `benefits.${index}`
    const { stopped, returned } = file.benefits[index] ?? {}
    const shown = new Set(benefit.payments.map(({ competencia }) => competencia))
    const ended = benefit.endDate !== null && benefit.endDate <= today
    return [
      ...(benefit.startDate >= citizen.birthDate && benefit.startDate <= today
        ? []
        : [`${path}.from: expected a day in the life, not ${benefit.startDate}`]),
      ...(benefit.endDate === null || benefit.endDate > benefit.startDate
        ? []
        : [`${path}.to: expected a day after ${benefit.startDate}, not ${benefit.endDate}`]),
      ...(ended === (benefit.status === 'ceased')
        ? []
        : [`${path}.stopped: expected status ceased exactly when the benefit has ended`]),
      ...(stopped === undefined || (stopped.status === 'ceased') === (stopped.since === undefined)
        ? []
        : [`${path}.stopped.since: expected with suspended and blocked, and only with them`]),
      ...(returned ?? []).flatMap(({ at }, place) =>
        Number.parseInt(at, 10) <= shown.size
          ? []
          : [`${path}.returned.${place}.at: expected a payment made, not ${at}`],
      ),
    ]
  })
}

/** Deductions keep within the margin (Lei 10.820/2003 art. 6º § 5º): loans 35 %, 30 % in the BPC; card 5 %. */
function checkDeductions(file: CitizenFile, { citizen, deductions }: Expanded): string[] {
  return citizen.benefits.flatMap((benefit, index) => {
    const { loanPercent } = species[file.benefits[index]?.species ?? '41']
    const settled = deductions[index] ?? []
    return benefit.payments
      .filter(({ competencia, lines, net }) => {
        const base = lines.find(({ code, detail }) => code === '101' && detail === null)?.amount
        const total = (kind: Deduction['kind']) =>
          settled
            .filter((deduction) => deduction.kind === kind && applies(deduction, competencia))
            .reduce((sum, { amount }) => sum + amount, 0)
        const aboveMargin =
          total('loan') * 100 > (base ?? 0) * loanPercent || total('card') * 100 > (base ?? 0) * 5
        return net <= 0 || (base !== undefined && aboveMargin)
      })
      .slice(-1)
      .map(
        ({ competencia }) =>
          `benefits.${index}.deductions: expected loans up to ${loanPercent}% and card up to 5% in ${competencia}`,
      )
  })
}

function checkRequests({ citizen }: Expanded, today: string): string[] {
  return citizen.pastRequests.flatMap((request) => {
    const path = `requests, ${request.protocol}`
    const decided = request.status === 'granted' || request.status === 'denied'
    const days = request.events.map(({ on }) => on)
    const ordered = days.every((day, index) => day >= (days[index - 1] ?? request.createdOn) && day <= today)
    return [
      ...(decided === (request.decidedOn !== null)
        ? []
        : [`${path}: expected decided exactly when granted or denied`]),
      ...(ordered ? [] : [`${path}: expected events from ${request.createdOn} to ${today}, oldest first`]),
      ...(request.benefitNumber === null ||
      citizen.benefits.some(({ number }) => number === request.benefitNumber)
        ? []
        : [`${path}: expected the number of a benefit of this citizen`]),
    ]
  })
}
