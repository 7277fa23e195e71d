import { createHash } from 'node:crypto'
import type { Clock } from '../clock'
import { AppError } from '../errors'
import { derivedKey, keyedDigest } from '../identity/records'
import type { InssEvents } from '../inss/events'
import type { Log } from '../log'
import { codeOf } from './code'
import type { createDelivery } from './delivery'
import { type InssEvent, inssEvent, type News, newsOf, wordsOf } from './news'
import type { OptIn, OptIns } from './opt-ins'
import type { Notice, Trail, Try } from './trail'

/** An event older than this is no news any more. */
const OLDEST_NEWS_MS = 7 * 86_400_000
const MOST_PAGES = 1000

/** Makes events of the INSS API into notices on their way, each event once. */
export function createIntake(options: {
  optIns: OptIns
  trail: Trail
  delivery: ReturnType<typeof createDelivery>
  inss: InssEvents
  secretKey: Buffer
  clock: Clock
  log: Log
}) {
  const { optIns, trail, delivery, inss, secretKey, clock, log } = options
  const idKey = derivedKey(secretKey, 'notices-id')
  const codeKey = derivedKey(secretKey, 'notices-code')

  async function take(event: InssEvent): Promise<void> {
    if (await trail.wasTaken(event.id)) return
    const told = await tell(event)
    // Only now: a process that stops before starts over, and the same ids go into the outbox once.
    await trail.setTaken(event.id)
    log.info({ event: 'inss_event_taken', id: event.id, type: event.type, told })
  }

  async function tell(event: InssEvent): Promise<'told' | 'no_news' | 'old' | 'not_wanted' | 'too_late'> {
    const news = newsOf(event)
    if (news === undefined) return 'no_news'
    if (clock.now().getTime() - Date.parse(event.timestamp) > OLDEST_NEWS_MS) return 'old'
    const all = await optIns.ofPerson(event.person)
    if (all.length === 0) await unfollow(event.person)
    const wanted = all.filter((optIn) => optIn.subjects.includes(news.subject))
    if (wanted.length === 0) return 'not_wanted'
    const id = `n${keyedDigest(idKey, event.id).slice(0, 21)}`
    const known = await trail.notice(id)
    const notice = known ?? noticeOf(id, event, news, wanted)
    if (notice.tries.length === 0) return 'too_late'
    if (known === undefined) await trail.keep(notice)
    await delivery.schedule(notice)
    return 'told'
  }

  function noticeOf(id: string, event: InssEvent, news: News, wanted: OptIn[]): Notice {
    const code = codeOf(codeKey, id)
    const tries = delivery.plan(wanted.length, news).flatMap((due, index): Try[] => {
      const optIn = wanted[index]
      if (optIn === undefined) return []
      const { channel, conversationId, level } = optIn
      const { text, parameters } = wordsOf(news, code, due)
      const contentHash = createHash('sha256').update(text).digest('hex')
      const template = { name: news.template, parameters }
      return [
        { channel, conversationId, outboundId: `${id}.${channel}`, due, text, template, contentHash, level },
      ]
    })
    const { type, person, timestamp } = event
    const { subject, deadline } = news
    return {
      id,
      type,
      subject,
      person,
      at: timestamp,
      code,
      tries,
      ...(deadline !== undefined && { deadline }),
    }
  }

  /** Nobody is told any more, so the INSS API need not tell us. If it does not answer now, the next event tries again. */
  async function unfollow(person: string): Promise<void> {
    try {
      await inss.unfollow(person)
    } catch (error) {
      log.warn({ event: 'unfollow_failed', code: error instanceof AppError ? error.code : 'internal' })
    }
  }

  async function catchUp(): Promise<void> {
    try {
      for (let pages = 0; pages < MOST_PAGES; pages += 1) {
        const page = await inss.list(await trail.cursor())
        for (const item of page.items) {
          const event = inssEvent.safeParse(item)
          if (event.success) await take(event.data)
        }
        if (page.cursor !== null) await trail.setCursor(page.cursor)
        if (!page.more) return
      }
    } catch (error) {
      // The webhook brings them too, only later.
      log.warn({ event: 'catch_up_failed', code: error instanceof AppError ? error.code : 'internal' })
    }
  }

  return {
    /** Resolves once what follows from the event is durable. */
    take,
    unfollow,
    /** Takes what the INSS API kept since the last event read here. */
    catchUp,
  }
}
