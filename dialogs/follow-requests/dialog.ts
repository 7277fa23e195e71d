import { shortDate } from '../../src/format'
import { isShort, t } from '../../src/text'
import { picked } from '../readings'
import { tell } from '../request-benefit/effects'
import type { Context, Found, Service } from '../service'

export type FollowFacts = {
  login: string
  /** The person's requests in words, newest first. */
  names: string[]
  /** Position in that list. */
  chosen: number
  told: true
}

/** What happened to a request: status, events, next step. */
export const followRequests: Service<FollowFacts> = {
  id: 'follow-requests',
  title: 'follow.title',
  ofRelatives: () => true,
  steps: [
    {
      fact: 'login',
      login: { purpose: 'follow.login_purpose', level: 'bronze' },
      refused: () => ({ say: [t('follow.without_login')], end: 'answered', person: 'service_needs_person' }),
    },
    { fact: 'names', find: listRequests },
    {
      fact: 'chosen',
      ask: (facts) => ({ say: [t('follow.ask_which')], choices: facts.names ?? [] }),
      read: (answer, facts) =>
        picked(
          answer,
          (facts.names ?? []).map((_, index) => index),
        ),
      example: 'follow.example_which',
    },
    { fact: 'told', find: tellRequest },
  ],
  finish: async () => ({ end: 'answered' }),
}

/** More would not fit a list a phone can show. */
const MOST_SHOWN = 8

async function listRequests(_: Partial<FollowFacts>, context: Context): Promise<Found<FollowFacts>> {
  const requests = (await context.inss.requests(await context.login.token())).slice(0, MOST_SHOWN)
  if (requests.length === 0) return { say: [t('follow.none')], end: 'answered' }
  const names = requests.map((request) =>
    t('follow.name', { service: request.serviceName, date: shortDate(request.createdAt.slice(0, 10)) }),
  )
  return { facts: requests.length === 1 ? { names, chosen: 0 } : { names } }
}

async function tellRequest(facts: Partial<FollowFacts>, context: Context): Promise<Found<FollowFacts>> {
  const token = await context.login.token()
  const request = (await context.inss.requests(token))[facts.chosen ?? 0]
  if (request === undefined) return { forget: ['names', 'chosen'] }
  const all = await context.inss.requestEvents(token, request.protocol)
  // In brief only when a time to answer runs from the last one.
  const events = !isShort() ? all : request.status === 'needs_document' ? all.slice(-1) : []
  const lines = events.map((event) =>
    t('follow.event', { date: shortDate(event.at.slice(0, 10)), text: event.text }),
  )
  const history = lines.length === 0 ? [] : [[t('follow.events_title'), ...lines].join('\n')]
  const appeal = request.status === 'denied' ? ({ person: 'service_needs_person' } as const) : {}
  return { say: [...tell(request), ...history], facts: { told: true }, end: 'answered', ...appeal }
}
