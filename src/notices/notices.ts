import { createHash } from 'node:crypto'
import { Router } from 'express'
import { RateLimiterMemory } from 'rate-limiter-flexible'
import type { Clock } from '../clock'
import { AppError } from '../errors'
import type { Level } from '../identity/identity'
import { sealRecords } from '../identity/records'
import type { InssEvents } from '../inss/events'
import type { Log } from '../log'
import type { ChannelId, Inbound, Outbound, Receipt } from '../message'
import type { Outbox, Records } from '../store/store'
import { type TextKey, t } from '../text'
import { findCode } from './code'
import { createDelivery, type Going } from './delivery'
import { createIntake } from './intake'
import { createOptIns, type Ending } from './opt-ins'
import { createCheckPage } from './page'
import type { Subject } from './subjects'
import { createTrail, type Mark, type Marked, type Notice, type Try } from './trail'
import { createWebhook } from './webhook'

export type { Subject } from './subjects'

/** What a conversation may do about notices. */
export type ConversationNotices = {
  /** Whether notices can come to this very conversation. */
  carries: boolean
  /** What this conversation is told about. */
  current(): Promise<Subject[]>
  /**
   * The person logged in to this conversation wants to be told about these subjects, and no others.
   * @param wording the text that asked them
   * @throws AppError `login_required`, and what the INSS API may throw
   */
  choose(subjects: Subject[], wording: TextKey): Promise<void>
  stop(): Promise<void>
  check(text: string): Promise<Checked>
}

/** Whether a message is ours. `no_code`: there is no code in what was written; `wait`: too many wrong ones. */
export type Checked =
  | { result: 'ours'; at: string; subject: Subject }
  | { result: 'not_ours' | 'no_code' | 'wait' }

/** A notice with what became of each try. */
export type NoticeTrail = Omit<Notice, 'tries'> & {
  tries: (Omit<Try, 'text' | 'template'> & { marks: Partial<Record<Mark, Marked>> })[]
}

export type Notices = {
  /** `POST /webhooks/inss` and `GET /mensagem`, to be mounted at the root. */
  router: Router
  /** To be asked on every turn: a login as somebody else, or a new number, ends what was wanted here. */
  of(inbound: Inbound, login: Login): Promise<ConversationNotices>
  /** The person asked for no more messages. */
  optOut(channel: ChannelId, conversationId: string): Promise<void>
  /** The person wants messages again: what they wanted before, if they are logged in. @returns whether it is so */
  optIn(inbound: Inbound, login: Login): Promise<boolean>
  /**
   * To be asked right before a message with `notice` is sent. `drop`: take it out of the outbox unsent; `at`: put it
   * back until then. After `go` it counts as sent on its channel.
   */
  beforeSending(message: Outbound): Promise<Going>
  /** To be told each receipt; those of other messages are left. */
  onReceipt(receipt: Receipt): Promise<void>
  /** To be told when the outbox gave a message up. */
  onGivenUp(message: Outbound, code: string): Promise<void>
  /** Reads the events the INSS API kept since the last one read here; to be called at start. */
  catchUp(): Promise<void>
  trail(noticeId: string): Promise<NoticeTrail | undefined>
}

type Login = {
  session(): Promise<{ level: Level; personRef: string } | undefined>
  token(): Promise<string>
}

/** Messages nobody asked for just now: who wants them, what they say, when and where they go. */
export function createNotices(options: {
  outbox: Pick<Outbox, 'add' | 'receipts'>
  records: Records
  inss: InssEvents
  /** 32 bytes. */
  secretKey: Buffer
  /** What the INSS API signs its events with. */
  webhookSecret: string
  /** The channels that carry notices, the one to try first in front. */
  channels: readonly ChannelId[]
  publicUrl: string
  clock: Clock
  log: Log
}): Notices {
  const { channels, inss, clock, log, secretKey } = options
  const records = sealRecords(options.records, secretKey)
  const optIns = createOptIns({ records, channels })
  const trail = createTrail(records)
  const delivery = createDelivery({ outbox: options.outbox, optIns, trail, clock, log })
  const intake = createIntake({ optIns, trail, delivery, inss, secretKey, clock, log })
  const wrongCodes = new RateLimiterMemory({ points: 10, duration: 600, keyPrefix: 'wrong-code' })
  const at = () => clock.now().toISOString()

  async function end(channel: ChannelId, conversationId: string, why: Ending): Promise<void> {
    const ended = await optIns.end(channel, conversationId, why, at())
    if (ended === undefined) return
    log.info({ event: 'notices_ended', channel, why })
    if ((await optIns.ofPerson(ended.person)).length === 0) await intake.unfollow(ended.person)
  }

  async function yes(
    where: { channel: ChannelId; conversationId: string },
    login: Login,
    wanted: { subjects: Subject[]; wording: string; key: string },
  ): Promise<void> {
    const session = await login.session()
    if (session === undefined) throw new AppError('login_required')
    const { level, personRef } = session
    const { subjects, wording } = wanted
    const person = await inss.follow(await login.token(), wanted.key)
    const { channel, conversationId } = where
    await optIns.put({ channel, conversationId, person, personRef, subjects, level, at: at(), wording })
    // An event that came before the yes was kept ended the following: nobody seemed to want it.
    await inss.follow(await login.token(), `${wanted.key}.kept`)
    log.info({ event: 'notices_chosen', channel, subjects: subjects.length, level })
  }

  async function check(text: string, who: string): Promise<Checked> {
    const code = findCode(text)
    if (code === undefined) return { result: 'no_code' }
    const guesses = await wrongCodes.get(who)
    if (guesses !== null && guesses.remainingPoints <= 0) return { result: 'wait' }
    const id = await trail.noticeOfCode(code)
    const notice = id === undefined ? undefined : await trail.notice(id)
    const sent = notice && (await firstSent(notice))
    if (notice === undefined || sent === undefined) {
      await wrongCodes.penalty(who)
      return { result: 'not_ours' }
    }
    return { result: 'ours', at: sent, subject: notice.subject }
  }

  async function firstSent(notice: Notice): Promise<string | undefined> {
    const went = await Promise.all(notice.tries.map((_, index) => trail.mark(notice.id, index, 'went')))
    return went.flatMap((mark) => (mark === undefined ? [] : [mark.at])).sort()[0]
  }

  async function reconsider(inbound: Inbound, login: Login): Promise<void> {
    if (inbound.kind !== 'event') return
    const { channel, conversationId, event } = inbound
    if (event === 'number_changed') return end(channel, conversationId, 'number_changed')
    if (event !== 'login_completed') return
    const optIn = await optIns.of(channel, conversationId)
    if (optIn === undefined) return
    const session = await login.session()
    if (session !== undefined && session.personRef !== optIn.personRef) {
      await end(channel, conversationId, 'other_person')
    }
  }

  const router = Router()
  router.use(createWebhook({ secret: options.webhookSecret, take: intake.take, log }))
  router.use(createCheckPage({ check, https: options.publicUrl.startsWith('https:'), log }))

  return {
    router,
    async of(inbound, login) {
      await reconsider(inbound, login)
      const { channel, conversationId } = inbound
      return {
        carries: channels.includes(channel),
        current: async () => (await optIns.of(channel, conversationId))?.subjects ?? [],
        choose: (subjects, wording) =>
          yes({ channel, conversationId }, login, {
            subjects,
            wording: versionOf(wording),
            key: `notices.${channel}.${inbound.id}`,
          }),
        stop: () => end(channel, conversationId, 'asked'),
        check: (text) => check(text, `${channel}:${conversationId}`),
      }
    },
    optOut: (channel, conversationId) => end(channel, conversationId, 'asked'),
    async optIn({ channel, conversationId, id }, login) {
      if ((await optIns.of(channel, conversationId)) !== undefined) return true
      const before = await optIns.read(channel, conversationId)
      const session = await login.session()
      const change = before?.history.findLast((each) => 'subjects' in each)
      if (change === undefined || session === undefined || session.personRef !== before?.personRef)
        return false
      const { subjects, wording } = change
      await yes({ channel, conversationId }, login, { subjects, wording, key: `notices.${channel}.${id}` })
      return true
    },
    beforeSending: delivery.beforeSending,
    onReceipt: delivery.onReceipt,
    onGivenUp: ({ id }, code) => delivery.onReceipt({ outboundId: id, status: 'failed', at: at(), code }),
    catchUp: intake.catchUp,
    async trail(noticeId) {
      const notice = await trail.notice(noticeId)
      if (notice === undefined) return undefined
      const tries = await Promise.all(
        notice.tries.map(async ({ text: _text, template: _template, ...one }, index) => ({
          ...one,
          marks: await trail.marksOf(noticeId, index),
        })),
      )
      return { ...notice, tries }
    },
  }
}

/** Which words somebody said yes to: the key and a digest, so that any change of the text is another version. */
function versionOf(wording: TextKey): string {
  return `${wording}@${createHash('sha256').update(t(wording)).digest('hex').slice(0, 12)}`
}
