import type { Clock } from '../clock'
import { AppError } from '../errors'
import type { Log } from '../log'
import type { Govbr } from './govbr'
import { type Level, reaches } from './levels'
import type { Link, Links, Note } from './links'
import { fileName, keyedDigest, type SealedRecords, sameSecret } from './records'
import type { Sessions } from './sessions'
import type { TokenExchange } from './token-exchange'

/**
 * Why the last login of a conversation did not end well. `other_person`: whoever opened the link said that the
 * code was not theirs. `level`: they did log in, with a lower level than asked for.
 */
export type Failure = 'expired' | 'used' | 'denied' | 'other_person' | 'level' | 'unavailable'

export type LoginEvent = 'login_completed' | 'login_failed'

/** A login between leaving for gov.br and coming back. */
type Journey = { link: Link; browser: string; state: string; nonce: string; verifier: string }

/** What the browser shows when it is back. */
export type Arrival =
  | { kind: 'done'; link: Link }
  /** A login that did not end well can go on at another link. */
  | { kind: 'again'; link: Link }
  | { kind: 'stale' }
  | { kind: 'other_browser' }

export type Login = ReturnType<typeof createLogin>

/** How long a person may take at gov.br. */
const JOURNEY_SECONDS = 1800
const FAILURE_SECONDS = 3600

/** The steps of a login, from the opened link to the session. */
export function createLogin(options: {
  links: Links
  sessions: Sessions
  govbr: Govbr
  exchange: TokenExchange
  records: SealedRecords
  personKey: Buffer
  clock: Clock
  log: Log
  onEvent: (conversationId: string, event: LoginEvent, id: string) => Promise<void>
}) {
  const { links, sessions, govbr, exchange, records, log } = options
  const journeyPlace = (state: string) => `login-journey:${fileName(state)}`
  const failurePlace = (conversationId: string) => `login-failure:${conversationId}`

  /** @param id the same for the same happening, so that it moves the conversation once */
  async function tell(conversationId: string, event: LoginEvent, id: string): Promise<void> {
    try {
      await options.onEvent(conversationId, event, `login:${fileName(id)}`)
    } catch (error) {
      // What happened is kept: the conversation finds it at the person's next message.
      log.error({ event: 'login_event_lost', error: (error as Error).name })
    }
  }

  async function fail(link: Link, failure: Failure, id: string): Promise<void> {
    await records.set(failurePlace(link.conversationId), failure, FAILURE_SECONDS)
    log.info({ event: 'login_failed', failure })
    await tell(link.conversationId, 'login_failed', id)
  }

  /** Ends a journey that did not reach a session of the level asked for, and lays out another. */
  async function failAndGoOn(journey: Journey, note: Note): Promise<Arrival> {
    const link = await links.again(journey.link, note)
    await fail(link, note, journey.state)
    return { kind: 'again', link }
  }

  async function complete(journey: Journey, query: string): Promise<Arrival> {
    const person = await govbr.finish(query, journey)
    const token = await exchange('id_token', person.idToken)
    if (token === undefined) throw new AppError('login_provider_unavailable')
    const { conversationId } = journey.link
    const { firstName, level } = person
    const personRef = keyedDigest(options.personKey, person.cpf).slice(0, 22)
    await sessions.open(conversationId, { firstName, level, personRef }, token)
    if (!reaches(level, journey.link.level)) return failAndGoOn(journey, 'level')
    await records.delete(failurePlace(conversationId))
    log.info({ event: 'login_completed', level })
    await tell(conversationId, 'login_completed', journey.state)
    return { kind: 'done', link: journey.link }
  }

  return {
    /** A link for the conversation to show. @throws AppError `login_provider_unavailable` */
    async request(conversationId: string, wish: { purpose: string; level: Level }): Promise<Link> {
      await govbr.ready()
      await records.delete(failurePlace(conversationId))
      return links.request(conversationId, wish)
    },
    /**
     * The person confirmed the code: uses the link up.
     * @param browser a secret this browser keeps until it comes back
     * @returns where to go, or undefined when the link is not live any more
     * @throws AppError `login_provider_unavailable`; the link then stays good
     */
    async leave(linkId: string, browser: string): Promise<{ url: string; state: string } | undefined> {
      const { url, checks } = await govbr.begin()
      const link = await links.use(linkId)
      if (link === undefined) return undefined
      const journey: Journey = { link, browser: fileName(browser), ...checks }
      await records.set(journeyPlace(checks.state), journey, JOURNEY_SECONDS)
      log.info({ event: 'login_started' })
      return { url, state: checks.state }
    },
    /** The person says that the code is not theirs: nobody may use this link. */
    async refuse(linkId: string): Promise<void> {
      const link = await links.use(linkId)
      if (link !== undefined) await fail(link, 'other_person', linkId)
    },
    /** The person holds a link that is used or expired and wants another. */
    async askAnother(link: Link): Promise<void> {
      await fail(link, link.used ? 'used' : 'expired', `another:${link.id}`)
    },
    /**
     * The browser is back from gov.br.
     * @param browserOf the secret this browser kept for a state
     */
    async arrive(url: URL, browserOf: (state: string) => string | undefined): Promise<Arrival> {
      const state = url.searchParams.get('state') ?? ''
      const waiting = (await records.get(journeyPlace(state))) as Journey | undefined
      if (waiting === undefined) return { kind: 'stale' }
      const browser = browserOf(state)
      // Only the browser that left may use the journey up.
      if (browser === undefined || !sameSecret(fileName(browser), waiting.browser))
        return { kind: 'other_browser' }
      const journey = (await records.take(journeyPlace(state))) as Journey | undefined
      if (journey === undefined) return { kind: 'stale' }
      const refused = url.searchParams.get('error')
      if (refused !== null)
        return failAndGoOn(journey, refused === 'access_denied' ? 'denied' : 'unavailable')
      try {
        return await complete(journey, url.search)
      } catch (error) {
        if (!(error instanceof AppError)) throw error
        return failAndGoOn(journey, 'unavailable')
      }
    },
    async lastFailure(conversationId: string): Promise<Failure | undefined> {
      return (await records.get(failurePlace(conversationId))) as Failure | undefined
    },
  }
}
